"""Small folders with what becomes of each statement on an empty database (`cases/*.sql`), as idemlint and as
a server says. The language that they are written in: `asking`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from postgres.conftest import server
from postgres.server import execute

from .asking import FirstCase, read, said, split

if TYPE_CHECKING:
    from postgres.server import Server

__all__ = ["server"]

CASES = [
    pytest.param(case, id=f"{path.stem}: {case.title}")
    for path in sorted(Path(__file__).with_name("cases").glob("*.sql"))
    for case in read(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_the_first_run_is_told(case: FirstCase) -> None:
    assert said(case.files) == case.told


@pytest.mark.server
@pytest.mark.parametrize("case", CASES)
def test_a_server_says_the_same(server: Server, case: FirstCase) -> None:
    with server.fresh_database() as database, database.connect() as connection:
        given = [
            execute(connection, text)
            for content in case.files.values()
            for text, _ in split(content)
        ]
    assert ["runs" if each is None else f"fails {each}" for each in given] == case.truth
