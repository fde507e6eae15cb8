"""Where the bytes of a file come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.errors import UsageProblem
from idemlint.sequence.texts import Texts

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_handed_in_goes_before_what_is_on_disk(tmp_path: Path) -> None:
    (tmp_path / "1.sql").write_bytes(b"disk")
    name = str(tmp_path / "1.sql")
    assert Texts().read(name) == b"disk"
    assert Texts({name: b"buffer"}).read(name) == b"buffer"


def test_a_file_is_read_once_until_it_is_said_to_have_changed(tmp_path: Path) -> None:
    path = tmp_path / "1.sql"
    path.write_bytes(b"old")
    texts = Texts()
    assert texts.read(str(path)) == b"old"
    path.write_bytes(b"new")
    assert texts.read(str(path)) == b"old"
    texts.replace(str(path), None)
    assert texts.read(str(path)) == b"new"


def test_a_closed_buffer_gives_way_to_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "1.sql"
    path.write_bytes(b"disk")
    texts = Texts({str(path): b"buffer"})
    texts.replace(str(path), None)
    assert texts.read(str(path)) == b"disk"


def test_a_buffer_that_was_saved_as_it_is_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "1.sql"
    path.write_bytes(b"disk")
    texts = Texts({str(path): b"buffer"})
    path.write_bytes(b"buffer")
    assert not texts.replace(str(path), None)
    assert not texts.replace(str(path), b"buffer")
    path.unlink()
    assert texts.replace(str(path), None)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=r"gone\.sql: cannot be read: No such file"):
        Texts().read(str(tmp_path / "gone.sql"))
