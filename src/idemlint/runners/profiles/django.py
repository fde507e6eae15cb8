"""SQL that Django writes (`manage.py sqlmigrate`).

BEGIN … COMMIT only where the migration is `atomic`. It is run by hand, with psql: one by one.
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.profile import Claim, Named, Profile

PROFILES: Final = (
    Profile(
        name="django",
        title="psql (SQL from Django)",
        renders=(("Python", "`python manage.py sqlmigrate APP NAME | idemlint -` (Django)"),),
        edits="ignored",
        sending="stmt",
        runs_files=True,
        session="new",
        has_journal=False,
        message="statement",
        claims=(
            Claim(
                69,
                needle=b"\n--\n",
                text=r"^--\n-- (?:create model \w+|delete model \w+|rename model \w+ to \w+"
                r"|(?:add|remove|alter|rename) field \w+ (?:to|from|on) \w+[^\n]*"
                r"|(?:create|remove|rename) (?:index|constraint) \w+ (?:on|from|to) [^\n]*"
                r"|alter (?:unique|index)_together for [^\n]*|raw (?:sql|python) operation)\n--\n",
            ),
        ),
        files=(Named(r"(?P<version>\d+)?(?P<name>[^/]*)\.sql", "up"),),
        other_files="up",
        ordered_by="path",
    ),
)
