"""yoyo: a transaction a file; directives in the leading comment; order by dependencies."""

from __future__ import annotations

import pytest

from runners.words import Folder, misleads, opt_out, reruns, sent

OFF = "-- transactional: false\n"


def test_its_directives_and_configuration_give_it_away(folder: Folder) -> None:
    folder.write({"a/x.sql": f"-- depends: y\n{OFF}VACUUM;", "b/yoyo.ini": "", "b/m/x.sql": ""})
    folder.write({"c/x.sql": "SELECT 1;", "c/x.rollback.sql": "SELECT 1;"})
    assert folder.runners() == {"yoyo"}


def test_dependencies_rule(folder: Folder) -> None:
    folder.write(
        {"a.sql": "-- depends: c\nSELECT 1;", "b.sql": "", "c.sql": "", "c.rollback.sql": ""}
    )
    assert folder.order("yoyo") == ["b.sql", "c.sql", "a.sql"], "the first that is ready"


def test_names_rule_else(folder: Folder) -> None:
    names = ["a-b.sql", "a.sql", "a_b.sql"]
    folder.write(dict.fromkeys(names, ""))
    assert folder.order("yoyo") == names


def test_what_runs_behind_all_others_does_so_every_time(folder: Folder) -> None:
    folder.write({"post-apply.sql": "", "z.sql": "-- depends: post-apply\n"})
    assert folder.order("yoyo") == ["z.sql", "post-apply.sql"]
    assert reruns("yoyo", "m/post-apply.sql") is not None
    assert reruns("yoyo", "m/z.sql") is None


def test_a_cycle_does_not_hang(folder: Folder) -> None:
    folder.write({"a.sql": "-- depends: b\n", "b.sql": "-- depends: a\n"})
    assert sorted(folder.order("yoyo")) == ["a.sql", "b.sql"]


def test_the_directive_frees_every_statement() -> None:
    assert sent("yoyo", "SELECT 1; VACUUM;") == ["0 transaction!"] * 2
    assert sent("yoyo", f"-- depends: x\n{OFF}SELECT 1; VACUUM;") == ["0 none", "1 none"]


@pytest.mark.parametrize("near", ["-- transaction: false", "SELECT 1;\n-- transactional: false"])
def test_near_misses(near: str) -> None:
    assert opt_out("yoyo", f"{near}\nVACUUM;") is None
    assert misleads("yoyo", f"{near}\nVACUUM;") == [near.split("\n")[-1]]
