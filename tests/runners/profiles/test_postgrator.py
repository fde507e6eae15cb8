"""postgrator: the file is one text through the caller, no transaction."""

from __future__ import annotations

from runners.words import Folder, sent


def test_its_names_give_it_away(folder: Folder) -> None:
    folder.write(dict.fromkeys(["001.do.init.sql", "001.undo.init.sql", "010.do.sql"], ""))
    assert folder.runners() == {"postgrator"}
    assert folder.order("postgrator") == ["001.do.init.sql", "010.do.sql"]


def test_a_file_is_one_message() -> None:
    assert sent("postgrator", "VACUUM;") == ["0 none"]
    assert sent("postgrator", "SELECT 1; VACUUM;") == ["0 message!"] * 2
