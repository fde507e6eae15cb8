"""How deep a body may be, and that it does not depend on who asks."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.plpgsql.depth import MOST_LEVELS, TOO_DEEP
from idemlint.plpgsql.nodes import Dynamic, parts, walk
from idemlint.settings import Settings

from .story import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.plpgsql.nodes import Block

MANY_EXITS = "EXIT WHEN f(); PERFORM g(); " * 80

#: What opens a level, what closes it.
NESTED = {
    "blocks": ("BEGIN ", "END; "),
    "handlers": ("BEGIN PERFORM f(); EXCEPTION WHEN others THEN ", "END; "),
    "handled blocks": ("BEGIN ", "EXCEPTION WHEN others THEN NULL; END; "),
    "conditions": ("IF f() THEN ", "END IF; "),
    "else": ("IF f() THEN NULL; ELSE ", "END IF; "),
    "cases": ("CASE WHEN f() THEN ", "END CASE; "),
    "loops": ("LOOP ", "END LOOP; "),
    "loops with conditions": ("WHILE f() LOOP IF g() THEN ", "END IF; END LOOP; "),
    "loops that are left": ("LOOP " + MANY_EXITS, "END LOOP; "),
    "conditions with exits": ("IF f() THEN EXIT WHEN f(); ", "END IF; "),
    "conditions with many exits": ("IF f() THEN " + MANY_EXITS, "END IF; "),
    "chains": (
        "LOOP IF f() THEN NULL; " + "ELSIF f() THEN NULL; " * 70 + "ELSE ",
        "END IF; END LOOP; ",
    ),
    "bodies": ("DO $do{n}$ BEGIN ", "END $do{n}$; "),
}

#: Those whose levels hold 160 statements each, which end long before they are deep.
LONG = {name for name, (first, _) in NESTED.items() if MANY_EXITS in first}


def each_at(*levels: int) -> list[tuple[str, int]]:
    """Return every form at these numbers of levels; the long ones, which take time, at the lowest."""
    return [
        (name, number) for name in NESTED for number in (levels[:1] if name in LONG else levels)
    ]


def body(name: str, levels: int) -> str:
    first, last = NESTED[name]
    opened = "".join(first.replace("{n}", str(n)) for n in range(levels))
    ended = "".join(last.replace("{n}", str(n)) for n in reversed(range(levels)))
    return f"BEGIN LOOP {opened} CREATE TABLE made (a int); {ended} END LOOP; END"


def levels_of(block: Block) -> int:
    level, count = [block], 0
    while level := [part for each in level for node in each.body for part in parts(node)]:
        count += 1
    return count


def unread(block: Block) -> set[str]:
    return {place.node.reason for place in walk(block) if isinstance(place.node, Dynamic)}


@pytest.mark.parametrize(("name", "levels"), each_at(100, 1_000))
def test_no_body_is_deeper_than_those_who_walk_it_can_go(name: str, levels: int) -> None:
    block = read(body(name, levels))
    assert levels_of(block) <= MOST_LEVELS
    assert unread(block) & {TOO_DEEP, "too many jumps"}


@pytest.mark.parametrize("name", sorted(NESTED.keys() - LONG))
def test_what_people_write_is_read(name: str) -> None:
    assert not unread(read(body(name, 1 if name == "chains" else 20)))


def test_what_is_too_deep_says_where_it_stands_and_what_it_names() -> None:
    [place] = [
        place
        for place in walk(read(body("loops with conditions", 70)))
        if isinstance(place.node, Dynamic)
    ]
    assert isinstance(place.node, Dynamic)
    assert place.node.span is not None
    assert "made" in place.node.mentions


def far_down(frames: int, ask: Callable[[], str]) -> str:
    """What is answered with that many more frames on the stack."""
    return far_down(frames - 1, ask) if frames else ask()


@pytest.mark.parametrize(("name", "levels"), each_at(40, 100, 250))
def test_it_is_judged_alike_however_deep_the_caller_is(name: str, levels: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "1.sql").write_text(f"DO $body$ {body(name, levels)} $body$;\n")
        settings = Settings.load([folder], isolated=True, select=["ALL"])

        def ask() -> str:
            [report] = engine.open([folder], settings).reports()
            return repr(report)

        assert far_down(300, ask) == ask()
