"""What holds for every profile."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from typing import Any

import pytest

from idemlint.runners import FALLBACK, FolderClues, detection, get, misdirectives, names
from idemlint.runners.line_patterns import compiled
from idemlint.runners.profile import version_key

ALL = names()
#: Its name since Python 3.11, and the one before.
_PARSER: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")


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
    for pattern in (
        profile.own_directive,
        profile.directives_read,
        *(m.pattern for m in profile.near_misses),
    ):
        compiled(pattern)
    for pattern in (profile.placeholders.pattern, profile.placeholders.breaks):
        re.compile(pattern or "")


def reaches_over_a_slash(parsed: Any) -> bool:
    """Whether a pattern, as `re` reads it, may match a `/` anywhere."""
    for code, argument in parsed:
        word = str(code)
        if word == "ANY" or (word in ("LITERAL", "RANGE") and _covers(word, argument)):
            return True
        if word == "NOT_LITERAL" and argument != ord("/"):
            return True
        if word == "IN":
            negated = str(argument[0][0]) == "NEGATE"
            if negated != any(_covers(str(each), inner) for each, inner in argument):
                return True
        if word in ("BRANCH", "SUBPATTERN", "MAX_REPEAT", "MIN_REPEAT", "ATOMIC_GROUP"):
            inner = argument if word == "ATOMIC_GROUP" else argument[-1]
            if any(map(reaches_over_a_slash, inner if word == "BRANCH" else [inner])):
                return True
    return False


def _covers(word: str, argument: Any) -> bool:
    if word == "LITERAL":
        return bool(argument == ord("/"))
    if word == "RANGE":
        return bool(argument[0] <= ord("/") <= argument[1])
    return word == "CATEGORY" and "_NOT_" in str(argument)


@pytest.mark.parametrize(
    ("pattern", "reaches"),
    [
        (r"a.b", True),
        (r"[^.]*", True),
        (r"(?:x|y(?P<name>/))", True),
        (r"\W+", True),
        (r"[+-9]", True),
        (r"(?P<name>[^/]*)\.sql", False),
        (r"\d+(?:[-._]\d+)*\w", False),
        (r"[^./]+", False),
    ],
)
def test_what_reaches_over_a_slash(pattern: str, reaches: bool) -> None:
    assert reaches_over_a_slash(_PARSER.parse(pattern)) == reaches


@pytest.mark.parametrize("name", ALL)
def test_each_pattern_is_for_one_name(name: str) -> None:
    """A file's, or a folder's: how many folders a migration's name has is how many are declared."""
    for rule in get(name).files:
        for pattern in (*rule.folders, rule.pattern):
            assert not reaches_over_a_slash(_PARSER.parse(pattern)), pattern


@pytest.mark.parametrize("name", ALL)
def test_a_variant_names_its_family(name: str) -> None:
    family = get(name).family
    assert not family or (family in ALL and name.startswith(family))


@pytest.mark.parametrize("name", ALL)
def test_a_transaction_over_all_files_is_one_session(name: str) -> None:
    profile = get(name)
    assert (profile.session == "transaction") == (profile.sending == "tx-all")


@pytest.mark.parametrize("name", ALL)
def test_who_keeps_a_journal_does_something_known_with_late_files(name: str) -> None:
    """Synapse's depends on the version that a database is at: a file's name does not tell."""
    profile = get(name)
    is_known = profile.late != "unknown"
    assert is_known == (profile.has_journal and name != "synapse")
    assert not profile.late_option or profile.late == "refuses", "what is run needs no option"


@pytest.mark.parametrize("name", ALL)
def test_a_module_is_named_after_its_runner(name: str) -> None:
    module = f"idemlint.runners.profiles.{(get(name).family or name).replace('-', '_')}"
    assert get(name) in importlib.import_module(module).PROFILES


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
    edit = profile.opt_out_edit(data)
    if edit is None:
        assert not profile.own_directive, "say what writes it: `opt_out_edit`, and `opt_out`"
        return
    data = data[: edit.span.start] + edit.content.encode() + data[edit.span.end :]
    assert profile.opt_out is not None
    assert profile.opt_out("1_x.sql", data, clues) not in (None, profile.sending)
    assert misdirectives(profile, data) == ()
    if profile.own_directive:
        [line] = compiled(profile.own_directive).findall(data)
        [foreign] = misdirectives(get(FALLBACK), data)
        assert data[slice(*foreign.span)] == line.rstrip()


def test_versions_compare_as_numbers() -> None:
    assert version_key("1.10") > version_key("1.9")
    assert version_key("2_0") == version_key("2")


def test_what_nobody_claims_is_plain_psql() -> None:
    detect = detection(FolderClues())
    assert detect("no/such/folder/tables.sql", b"SELECT 1;").profile.name == FALLBACK


def test_one_profile_costs_one_import() -> None:
    code = (
        "import sys; from idemlint.runners import get; get('drizzle');"
        "print(any(m.endswith(('.flyway', '.goose')) for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
