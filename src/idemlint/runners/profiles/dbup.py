"""DbUp (DbUp/DbUp: dbup-core VariableSubstitutionSqlParser.cs; dbup-postgresql
PostgresqlQueryParser.cs).

- Scripts by name, once each (journal `schemaversions`), contents not compared. Its lexer cuts; one
  by one, no transaction unless the code asks for one; the journal's row is apart.
- `$name$` (letters, digits, `_`, `-`) is a variable everywhere except in comments, in literals too,
  no escape, on by default: a dollar tag `$body$` fails as undefined; `$$` and `$1` are safe.
  `WithVariablesDisabled()` turns it off.
- One connection for all scripts (dbup-core: NoTransactionStrategy.cs,
  DatabaseConnectionManager.cs OperationStarting).
- Late scripts run: each is looked up by its name (dbup-core: Engine/Filters/DefaultScriptFilter.cs).
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.profile import Claim, Named, Placeholders, Profile

_VARIABLE: Final = r"\$[A-Za-z0-9_-]+\$"

PROFILES: Final = (
    Profile(
        name="dbup",
        title="DbUp",
        edits="ignored",
        sending="stmt",
        session="kept",
        late="runs",
        message="statement",
        claims=(Claim(46, name=r".*\.sql", depends=(("*.csproj", r'(?i)"dbup[-\w.]*"'),)),),
        files=(
            Named(r"(?P<version>\d+)(?P<name>[^/]*)\.sql", "up"),
            Named(r"(?P<name>[^/]*)\.sql", "up"),
        ),
        ordered_by="path",
        placeholders=Placeholders(
            pattern=_VARIABLE,
            in_bodies=True,
            breaks=_VARIABLE,
        ),
    ),
)
