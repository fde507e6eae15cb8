"""IDM8 beyond what the pages show."""

from __future__ import annotations

from pathlib import Path

import pytest

from idemlint import engine
from idemlint.settings import Settings


@pytest.mark.parametrize(
    ("runner", "form", "found"),
    [
        ("goose", "{}_{}.sql", True),
        ("yandex-pgmigrate", "V{}__{}.sql", True),
        ("supabase-2.114", "{}_{}.sql", True),
        ("golang-migrate-multi", "{}_{}.up.sql", True),
        ("node-pg-migrate", "{}_{}.sql", False),
        ("prisma", "{}_{}/migration.sql", False),
        ("drizzle", "{}_{}.sql", False),
    ],
)
def test_two_files_with_one_version(runner: str, form: str, found: bool) -> None:
    """Whether the runner knows only one of them."""
    files = {f"no/such/{form.format(1, name)}": b"-- +goose Up\nSELECT 1;" for name in ("a", "b")}
    settings = Settings(frozenset({"IDM802"}), Path(), runner=runner)
    (sequence,) = engine.open(files, settings, files)
    told = [bool(sequence.judged(name).diagnostics) for name in sequence]
    assert told == [found, found]
