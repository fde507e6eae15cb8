"""A folder under an editor's hands: texts come, change and go, and answers are those of a fresh folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from idemlint import engine
from idemlint.postgres.kinds import Ref, Space
from idemlint.replay.catalog.view import StaleView
from idemlint.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from idemlint.modes import Mode

SETTINGS = Settings.load(isolated=True)
JOURNAL = (
    '{"version": "7", "entries": [{"idx": 0, "when": 1, "tag": "0000_a", "breakpoints": true}]}'
)


def told(folder: engine.Folder) -> dict[str, object]:
    """Each file's findings and fixes."""
    return {report.filename: report.findings for report in folder.reports()}


def applicabilities(folder: engine.Folder, name: str) -> list[str | None]:
    sequence = folder.sequence_of(name)
    assert sequence is not None
    return [
        finding.fix.applicability if finding.fix else None
        for finding in sequence.report(name).findings
    ]


@pytest.fixture
def drizzle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One migration that the journal lists, and one that it does not."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m" / "meta").mkdir(parents=True)
    (tmp_path / "m" / "meta" / "_journal.json").write_text(JOURNAL)
    (tmp_path / "m" / "0000_a.sql").write_text("CREATE TABLE a (id int);\n")
    (tmp_path / "m" / "0001_b.sql").write_text("CREATE TABLE a (id int);\n")
    return tmp_path / "m"


def test_a_file_beside_the_order_is_compared_with_those_in_it(drizzle: Path) -> None:
    folder = engine.open(["m"], SETTINGS)
    assert applicabilities(folder, "m/0001_b.sql") == [None, "safe"]  # Drizzle does not read it
    moved = folder.update({"m/0000_a.sql": b"CREATE TABLE a (id int, z int);\n"})
    assert moved == {"m/0000_a.sql", "m/0001_b.sql"}
    assert applicabilities(folder, "m/0001_b.sql") == [None, "unsafe"]


def test_a_file_is_the_same_however_it_is_spelled(drizzle: Path) -> None:
    text = b"CREATE TABLE IF NOT EXISTS a (id int);\n"
    for spelled in ("./m/0000_a.sql", str(drizzle / "0000_a.sql"), "m/../m/0000_a.sql"):
        folder = engine.open(["m"], SETTINGS, {spelled: text})
        assert applicabilities(folder, "m/0000_a.sql") == []
        folder = engine.open(["m"], SETTINGS)
        assert "m/0000_a.sql" in folder.update({spelled: text})
        assert applicabilities(folder, "m/0000_a.sql") == []


def test_a_path_that_is_named_twice_is_one(drizzle: Path) -> None:
    folder = engine.open(["m", drizzle, "m/0000_a.sql"], SETTINGS)
    assert [each.names for each in folder] == [("m/0000_a.sql",), ("m/0001_b.sql",)]


def test_a_new_buffer_is_a_file_of_the_folder_that_it_would_stand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "1_a.sql").write_text("CREATE TABLE a (id int);\n")
    text = b"CREATE TABLE b (id int);\n"
    assert list(told(engine.open(["m"], SETTINGS, {"m/2_b.sql": text}))) == [
        "m/1_a.sql",
        "m/2_b.sql",
    ]
    folder = engine.open(["m"], SETTINGS)
    assert "m/2_b.sql" in folder.update({"m/2_b.sql": text})
    assert list(told(folder)) == ["m/1_a.sql", "m/2_b.sql"]
    assert "m/2_b.sql" in folder.update({"m/2_b.sql": None})
    assert list(told(folder)) == ["m/1_a.sql"]


def test_a_folder_may_be_of_buffers_alone() -> None:
    folder = engine.open(["no/such"], SETTINGS, {"no/such/1.sql": b"CREATE TABLE a (id int);\n"})
    assert list(told(folder)) == ["no/such/1.sql"]


def test_a_file_beside_the_order_may_come_back(drizzle: Path) -> None:
    folder = engine.open(["m"], SETTINGS)
    (drizzle / "0001_b.sql").unlink()
    for text in (None, b"CREATE TABLE b (id int);\n"):
        assert "m/0001_b.sql" in folder.update({"m/0001_b.sql": text})
        assert folder.sequence_of("m/0000_a.sql") is not None
        assert ("m/0001_b.sql" in told(folder)) == (text is not None)
        (ordered, *_) = folder
        assert list(ordered.outside) == ([] if text is None else ["m/0001_b.sql"])


def test_a_file_that_vanishes_is_gone(drizzle: Path) -> None:
    folder = engine.open(["m", "m/0001_b.sql"], SETTINGS)
    (drizzle / "0001_b.sql").unlink()
    moved = folder.update({"m/0001_b.sql": None, "m/0000_a.sql": b"CREATE TABLE c (id int);\n"})
    assert moved == {"m/0000_a.sql", "m/0001_b.sql"}
    assert list(told(folder)) == ["m/0000_a.sql"]
    sequence = folder.sequence_of("m/0000_a.sql")
    assert sequence is not None
    assert sequence.after("m/0000_a.sql").surely.presence(Ref(Space.RELATION, "c")) == "present"


def test_a_file_that_appears_on_disk_is_asked_about_once_that_is_told(drizzle: Path) -> None:
    (drizzle / "meta" / "_journal.json").unlink()
    folder = engine.open(["m"], SETTINGS)
    (drizzle / "0002_c.sql").write_text("CREATE TABLE c (id int);\n")
    assert "m/0002_c.sql" not in told(folder)
    assert "m/0002_c.sql" in folder.update({"m/0002_c.sql": None})
    assert list(told(folder)) == ["m/0000_a.sql", "m/0001_b.sql", "m/0002_c.sql"]


def test_what_a_change_has_replaced_refuses_to_answer() -> None:
    folder = engine.open(["no/such"], SETTINGS, {"no/such/1.sql": b"CREATE TABLE a (id int);\n"})
    (before,) = folder
    view = before.after("no/such/1.sql")
    folder.update({"no/such/2.sql": b"DROP TABLE a;\n"})
    with pytest.raises(StaleView):
        view.surely.presence(Ref(Space.RELATION, "a"))
    with pytest.raises(StaleView, match="other sequences"):
        before.report("no/such/1.sql")
    (now,) = folder
    assert now.names == ("no/such/1.sql", "no/such/2.sql")


NAMES = ("0000_a.sql", "0001_b.sql", "0002_c.sql")
TEXTS = (
    None,
    b"CREATE TABLE a (id int);\n",
    b"CREATE TABLE a (id int, z int);\n",
    b"CREATE TABLE IF NOT EXISTS a (id int);\nALTER TABLE a ADD COLUMN z int;\n",
    b"-- +goose Up\nCREATE TABLE a (k int);\n",
    b"DROP TABLE a;\n",
)


#: A change: of which file, to which text, and which files somebody then asks about, in which order.
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(TEXTS),
        st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=5),
    ),
    max_size=6,
)


@hypothesis_settings(max_examples=60, deadline=None)
@given(CHANGES, st.sampled_from(("any", "folder")), st.booleans())
def test_after_any_changes_a_folder_tells_what_a_fresh_one_would(
    changes: list[tuple[str, bytes | None, list[tuple[str, bool]]]], rerun: Mode, with_journal: bool
) -> None:
    texts = {"no/such/0000_a.sql": b"CREATE TABLE a (id int);\n"}
    if with_journal:
        texts["no/such/meta/_journal.json"] = JOURNAL.encode()
    settings = Settings.load(isolated=True, rerun=rerun)
    folder = engine.open(["no/such"], settings, texts)
    before = told(folder)
    for name, text, asked in changes:
        path = f"no/such/{name}"
        moved = folder.update({path: text})
        if text is None:
            texts.pop(path, None)
        else:
            texts[path] = text
        is_empty = not any(each.endswith(".sql") for each in texts)
        fresh = {} if is_empty else told(engine.open(["no/such"], settings, texts, once=True))
        for each, with_view in asked:
            sequence = folder.sequence_of(f"no/such/{each}")
            if sequence is not None:
                report = sequence.report(f"no/such/{each}")
                assert report.findings == fresh[report.filename]
                if with_view:
                    # What was said is kept; the catalog stands elsewhere than behind that file.
                    sequence.after(sequence.files[0])
        now = told(folder)
        assert now == fresh
        differ = {each for each in before.keys() | now.keys() if before.get(each) != now.get(each)}
        assert differ <= moved
        before = now
