"""Migrations that are no SQL: how they are recognised, and how their tools give the SQL that they run."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

#: Languages by the end of a name.
_LANGUAGES: Final = {
    "py": "Python",
    "ts": "TypeScript",
    "mts": "TypeScript",
    "cts": "TypeScript",
    "js": "JavaScript",
    "mjs": "JavaScript",
    "cjs": "JavaScript",
    "rb": "Ruby",
    "go": "Go",
    "java": "Java",
    "kt": "Kotlin",
    "xml": "XML",
    "yaml": "YAML",
    "yml": "YAML",
    "php": "PHP",
    "cs": "C#",
    "exs": "Elixir",
    "fizz": "Fizz",
}

#: How to get at the SQL of tools that run no SQL files, by language (the manuals of Knex, TypeORM, Laravel
#: `migrate --pretend`, Doctrine `--write-sql`, EF Core `dotnet ef migrations script`, Ecto
#: `--log-migrations-sql`). Runners' own ways are fields of their profiles.
_LOGGED: Final = "let the tool log the statements that it runs, and give them to `idemlint -`"
WAYS: Final = {
    "PHP": "`php artisan migrate --pretend` (Laravel) or `doctrine:migrations:migrate --write-sql`"
    " gives SQL for `idemlint -`",
    "C#": "`dotnet ef migrations script | idemlint -` (EF Core)",
    "Elixir": "`mix ecto.migrate --log-migrations-sql` shows the SQL for `idemlint -`",
}

#: How tools begin the names of migrations: a number, a time, Flyway's letters, Alembic's and Prisma's hashes.
_NAME: Final = r"(?:\d{3,}|\d+[._-]|[vru]\d+[._]|[0-9a-f]{12}_|migration\d)"
_FOLDER: Final = r"(?:.*[._-])?(?:migrations?|migrate|versions|changelogs?|changesets?)\Z"


def language(folder: str, name: str) -> str | None:
    """What a migration `name` in a folder of that name is written in; `None`: it is none, as it seems, or it
    is SQL."""
    found = _LANGUAGES.get(name.rpartition(".")[2].lower())
    if found is None or name.startswith(("__", ".")):
        return None
    is_named = _compiled(_NAME).match(name) is not None
    return found if is_named or _compiled(_FOLDER).match(folder) is not None else None


def way(language: str) -> str:
    """How to get at the SQL of migrations in a language, where no runner of ours knows one."""
    return WAYS.get(language, _LOGGED)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
