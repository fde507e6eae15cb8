"""Migrations that are no SQL: how they are recognised, and how their tools give the SQL that they run."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from idemlint.records import NamedTuple


class Language(NamedTuple):
    """What migrations are written in, and how to get at their SQL."""

    name: str
    way: str


_JAVASCRIPT: Final = (
    "let the tool print what it would run (`node-pg-migrate up --dry-run`, the query logs of Knex,"
    " TypeORM and Sequelize), and give that to `idemlint -`"
)
_LIQUIBASE: Final = "`liquibase update-sql | idemlint -`"

_TYPESCRIPT: Final = Language("TypeScript", _JAVASCRIPT)
_SCRIPT: Final = Language("JavaScript", _JAVASCRIPT)
_YAML: Final = Language("YAML", _LIQUIBASE)

#: By the end of a name. The ways are those of the tools' own manuals (Alembic "Generating SQL scripts",
#: Django `sqlmigrate`, Liquibase `update-sql`, EF Core `dotnet ef migrations script`, Ecto
#: `mix ecto.migrate`, Laravel `migrate --pretend`).
_LANGUAGES: Final[dict[str, Language]] = {
    "py": Language(
        "Python",
        "`alembic upgrade head --sql | idemlint -` (Alembic),"
        " `python manage.py sqlmigrate APP NAME | idemlint -` (Django)",
    ),
    "ts": _TYPESCRIPT,
    "mts": _TYPESCRIPT,
    "cts": _TYPESCRIPT,
    "js": _SCRIPT,
    "mjs": _SCRIPT,
    "cjs": _SCRIPT,
    "rb": Language(
        "Ruby",
        "`config.active_record.schema_format = :sql` keeps db/structure.sql, and the log of"
        " `rails db:migrate` has each statement for `idemlint -`",
    ),
    "go": Language("Go", "log the statements that they run, and give them to `idemlint -`"),
    "java": Language("Java", "log the statements that they run, and give them to `idemlint -`"),
    "kt": Language("Kotlin", "log the statements that they run, and give them to `idemlint -`"),
    "xml": Language("XML", _LIQUIBASE),
    "yaml": _YAML,
    "yml": _YAML,
    "php": Language(
        "PHP",
        "`php artisan migrate --pretend` (Laravel) or `doctrine:migrations:migrate --write-sql`"
        " gives SQL for `idemlint -`",
    ),
    "cs": Language("C#", "`dotnet ef migrations script | idemlint -` (EF Core)"),
    "exs": Language(
        "Elixir", "`mix ecto.migrate --log-migrations-sql` shows the SQL for `idemlint -`"
    ),
    "fizz": Language("Fizz", "`soda` translates it; give the SQL to `idemlint -`"),
}

#: How tools begin the names of migrations: a number, a time, Flyway's letters, Alembic's and Prisma's hashes.
_NAME: Final = r"(?:\d{3,}|\d+[._-]|[vru]\d+[._]|[0-9a-f]{12}_|migration\d)"
_FOLDER: Final = r"(?:.*[._-])?(?:migrations?|migrate|versions|changelogs?|changesets?)\Z"


def language(folder: str, name: str) -> Language | None:
    """What a migration `name` in a folder of that name is written in; `None`: it is none, as it seems, or it
    is SQL."""
    found = _LANGUAGES.get(name.rpartition(".")[2].lower())
    if found is None or name.startswith(("__", ".")):
        return None
    is_named = _compiled(_NAME).match(name) is not None
    return found if is_named or _compiled(_FOLDER).match(folder) is not None else None


def way_of(name: str) -> str:
    """How to get at the SQL, by the name of a language."""
    return next((each.way for each in _LANGUAGES.values() if each.name == name), "")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
