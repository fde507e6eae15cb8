"""What is left in memory when something was said: plain results, and nothing that holds on to trees."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.settings import Settings
from idemlint.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from idemlint.sequence.chain import Chain

SETTINGS = Settings.load(isolated=True, runner="flyway")
#: Two folders; in the second one stands a file by itself beside the order.
TEXTS = {
    "a/V1__t.sql": b"CREATE TABLE t (id int);\n",
    "a/V2__u.sql": b"CREATE TABLE u (id int);\n",
    "b/V1__t.sql": b"CREATE TABLE t (id int);\n",
    "b/other.sql": b"CREATE TABLE t (id text);\n",
}
#: Statements that cannot be read, mended ones and bodies among them: each has an error, or fixes.
BROKEN = b"""\
CREATE TABLE t (id int);
SELEC 1;
CREATE TABLE ${schema}.u (id int);
DO $$ BEGIN CREATE TABLE v (id int); EXCEPTION WHEN duplicate_table THEN NULL; END $$;
CREATE FUNCTION f() RETURNS int AS $ SELECT 1 $ LANGUAGE sql;
DO $$ BEGIN IF x IS NOT BROKEN; END $$;
INSERT INTO t SELECT id FROM u WHERE NOT EXISTS (SELECT FROM t);
UPDATE t SET id = id + 1;
"""


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Only what nobody refers to goes, as in a run of the command line."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def chains(folder: engine.Folder) -> list[weakref.ref[Chain]]:
    return [weakref.ref(sequence._chain) for sequence in folder]


@pytest.mark.usefixtures("no_collection")
def test_a_sequence_that_has_said_all_is_let_go_of_where_nobody_comes_back() -> None:
    folder = engine.open(TEXTS, SETTINGS, TEXTS, once=True)
    first, second, third = chains(folder)
    reports = folder.reports()
    assert [next(reports).filename, next(reports).filename] == ["a/V1__t.sql", "a/V2__u.sql"]
    assert first() is not None
    assert next(reports).filename == "b/V1__t.sql"
    assert (first(), second() is None) == (None, False)
    assert next(reports).filename == "b/other.sql"
    assert (second(), third() is None) == (None, False)
    assert list(reports) == []
    assert third() is None
    assert list(folder) == []


@pytest.mark.usefixtures("no_collection")
def test_bytes_that_were_read_go_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in TEXTS.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text)
    folder = engine.open(["a", "b"], SETTINGS, once=True)
    read = folder._texts._known
    assert len(list(folder.reports())) == 4
    assert read == {}


def test_who_comes_back_finds_all_as_it_was() -> None:
    folder = engine.open(TEXTS, SETTINGS, TEXTS)
    told = list(folder.reports())
    assert list(folder.reports()) == told
    assert [folder.sequence_of(name) is not None for name in TEXTS] == [True] * 4


@pytest.mark.usefixtures("no_collection")
@pytest.mark.parametrize("rerun", ["any", "folder"])
def test_nothing_holds_on_to_itself(rerun: str) -> None:
    texts = {f"{folder}/V1__x.sql": BROKEN for folder in "ab"}
    settings = SETTINGS._replace(rerun=rerun)  # type: ignore[arg-type]
    for _ in engine.open(texts, settings, texts, once=True).reports():
        pass
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        held = [each for each in gc.garbage if isinstance(each, Tree)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert held == []
