"""Fixtures: a server for the session, a database for each test."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from .server import ServerUnavailable, start_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .server import Database, Server

REQUIRE = "IDEMLINT_REQUIRE_POSTGRES"
MAJOR = "IDEMLINT_POSTGRES_MAJOR"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Start a server once a session (and once a worker under pytest-xdist).

    Without one the tests are skipped, or fail where IDEMLINT_REQUIRE_POSTGRES=1 says that they
    must run. IDEMLINT_POSTGRES_MAJOR asks for one major version among those installed.
    """
    unavailable = pytest.fail if os.environ.get(REQUIRE) == "1" else pytest.skip
    major = os.environ.get(MAJOR)
    try:
        running = start_server(int(major) if major else None)
    except ServerUnavailable as error:
        unavailable(f"no PostgreSQL server: {error}")
    with running:
        yield running


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """Give an empty database that is dropped after the test."""
    with server.fresh_database() as fresh:
        yield fresh


@pytest.fixture
def psql(database: Database) -> Database:
    """The same, where psql is there to talk to it."""
    if database.server.installation.program("psql") is None:
        pytest.skip("no psql beside the server")
    return database
