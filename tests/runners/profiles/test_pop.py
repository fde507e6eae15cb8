"""gobuffalo pop: as popx, but always in a transaction."""

from __future__ import annotations

from runners.words import Folder, opt_out, sent


def test_fizz_files_or_go_mod_give_it_away(folder: Folder) -> None:
    folder.write({"a/20240101_x.up.sql": "", "a/20240101_y.up.fizz": ""})
    folder.write({"b/go.mod": "require github.com/gobuffalo/pop/v6 v6.1.1\n", "b/m/1_x.up.sql": ""})
    assert folder.runners() == {"pop"}


def test_autocommit_in_the_name_means_nothing_here() -> None:
    assert sent("pop", "VACUUM;", "1_x.up.sql") == ["0 transaction!"]
    assert opt_out("pop", "VACUUM;", "1_x.autocommit.up.sql") is None


def test_versions_compare_as_texts(folder: Folder) -> None:
    folder.write(dict.fromkeys(["9_a.up.sql", "10_b.up.sql"], ""))
    assert folder.order("pop") == ["10_b.up.sql", "9_a.up.sql"]
