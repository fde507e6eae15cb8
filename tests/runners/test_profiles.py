"""What holds for every profile."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import idemlint
from idemlint.runners import (
    FALLBACK,
    FolderClues,
    all_profiles,
    detect,
    get,
    misdirectives,
    names,
    own_directives,
)
from idemlint.runners.directives import compiled
from idemlint.runners.profile import (
    Claim,
    Misdirective,
    Named,
    OptOut,
    Part,
    Placeholders,
    Profile,
    version_key,
)

ALL = names()
EXAMPLES = {
    "atlas": b"-- atlas:txmode none\n",
    "dbmate": b"-- migrate:up transaction:false\n",
    "evolve": b"-- evolve-tx-off\n",
    "goose": b"-- +goose NO TRANSACTION\n",
    "graphile-migrate": b"--! no-transaction\n",
    "postgres-migrations": b"-- postgres-migrations disable-transaction\n",
    "sql-migrate": b"-- +migrate Up notransaction\n",
    "sqlx": b"-- no-transaction\n",
    "supabase": b"-- pg-delta: transaction=false\n",
    "tern": b"---- tern: disable-tx ----\n",
    "yoyo": b"-- transactional: false\n",
}


def test_no_name_is_taken_twice_and_all_are_found() -> None:
    assert len(ALL) == len(set(ALL)) >= 35
    with pytest.raises(KeyError):
        get("nobody")


@pytest.mark.parametrize("name", ALL)
def test_patterns_compile(name: str) -> None:
    profile = get(name)
    for claim in profile.claims:
        assert claim.needle is None or claim.needle == claim.needle.lower()
        assert not claim.near or claim.needle is not None
        if claim.text is not None:
            compiled(claim.text)
        for pattern in (claim.name, claim.folder, *(pattern for _, pattern in claim.depends)):
            re.compile(pattern or "")
    assert profile.version_of("nothing-of-the-kind.sql")
    misdirectives(profile, "x.sql", b"-- no-transaction tx\n", FolderClues())
    for pattern in (profile.placeholders.pattern, profile.placeholders.breaks):
        re.compile(pattern or "")


@pytest.mark.parametrize("name", ALL)
def test_a_variant_names_its_family(name: str) -> None:
    family = get(name).family
    assert not family or (family in ALL and name.startswith(family))


@pytest.mark.parametrize("name", ALL)
def test_its_own_directive_works_and_does_not_mislead(name: str) -> None:
    profile, clues = get(name), FolderClues()
    marker = {
        "dbmate": b"-- migrate:up\n",
        "goose": b"-- +goose Up\n",
        "liquibase": b"--changeset a:1\n",
        "sql-migrate": b"-- +migrate Up\n",
    }.get(name, b"")
    data = marker + b"VACUUM;\n"
    edit = profile.directive(data)
    if edit is None:
        return
    data = data[: edit.span.start] + edit.content.encode() + data[edit.span.end :]
    found = profile.opt_out("1_x.sql", data, clues)
    assert found is not None
    assert found.sending == profile.opted_out
    assert misdirectives(profile, "1_x.sql", data, clues) == ()


@pytest.mark.parametrize(("name", "directive"), list(EXAMPLES.items()))
def test_another_runners_directive_misleads(name: str, directive: bytes) -> None:
    (found,) = misdirectives(get("prisma"), "x.sql", directive, FolderClues())
    assert own_directives()[name][0] in found.message
    assert found.message.endswith("Prisma does not read it")


def test_every_opt_out_by_a_comment_has_an_example() -> None:
    assert set(EXAMPLES) == set(own_directives())


def test_versions_compare_as_numbers() -> None:
    assert version_key("1.10") > version_key("1.9")
    assert version_key("2_0") == version_key("2")


def test_what_nobody_claims_is_plain_psql() -> None:
    assert detect("no/such/folder/tables.sql", b"SELECT 1;", FolderClues()).name == FALLBACK


def test_one_profile_costs_one_import() -> None:
    code = (
        "import sys; from idemlint.runners import get; get('drizzle');"
        "print(any(m.endswith(('.flyway', '.goose')) for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


SOURCE = Path(idemlint.__file__).parent
ELSEWHERE = [
    path
    for path in sorted(SOURCE.rglob("*.py"))
    if SOURCE / "runners" / "profiles" not in path.parents
]


def test_only_its_profile_knows_a_runner_by_name() -> None:
    """What another module must know of a runner is a field of its profile."""
    known = {*names(), *(profile.family for profile in all_profiles().values())} - {"", "psql"}
    offenders = [
        f"{path.relative_to(SOURCE)}:{node.lineno}: {node.value}"
        for path in ELSEWHERE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in known
    ]
    assert offenders == [], "make it a field of Profile, and set it in the runner's module"


@pytest.mark.parametrize(
    "record",
    [Profile, Part, OptOut, Misdirective, Named, Claim, Placeholders],
    ids=lambda r: r.__name__,
)
def test_every_field_of_a_profile_is_read(record: type) -> None:
    docs = Path(__file__).parents[2] / "docs" / "regenerate.py"  # the README's table of runners
    read = {
        node.attr
        for path in (*ELSEWHERE, docs)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    fields = set(record._fields) - {"facts"}  # type: ignore[attr-defined]  # for people
    assert fields - read == set(), "nobody asks: the fact belongs into the docstring"
