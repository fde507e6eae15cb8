"""Rails' `structure.sql` (rails/rails:
activerecord/lib/active_record/tasks/postgresql_database_tasks.rb).

`psql --set ON_ERROR_STOP=1 --quiet --no-psqlrc --file`, no `-1`: one by one. Migrations themselves
are Ruby (`disable_ddl_transaction!`), and other SQL files below `db/` (views of the gem scenic,
functions of fx) are read by Ruby code, not run as files.
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.profile import Claim, Named, Profile

PROFILES: Final = (
    Profile(
        name="rails",
        title="Rails",
        renders=(
            (
                "Ruby",
                "`config.active_record.schema_format = :sql` keeps db/structure.sql, and the log of"
                " `rails db:migrate` has each statement for `idemlint -`",
            ),
        ),
        edits="ignored",
        sending="stmt",
        runs_files=True,
        session="new",
        has_journal=False,
        message="statement",
        claims=(
            Claim(76, name=r"(?:\w+_)?structure\.sql", folder=r"db"),
            Claim(
                74, name=r".*\.sql", folder=r"db/(?:views|functions|triggers)", above=("Gemfile",)
            ),
            Claim(
                74,
                name=r".*_v\d+\.sql",
                folder=r"db/(?:views|functions|triggers)",
                beside=("../migrate",),
            ),
            Claim(73, name=r".*\.sql", folder=r"db/\w*migrate(?:/.*)?", above=("structure.sql",)),
        ),
        files=(Named(r"(?:\w+_)?structure\.sql", "up"),),
        ordered_by="path",
    ),
)
