"""Matrix Synapse's schema deltas (element-hq/synapse: synapse/storage/prepare_database.py,
engines/postgres.py executescript).

Folders by number, then names. `COMMIT; BEGIN TRANSACTION;` and the file are one message, the row in
the same transaction; `$%AUTO_INCREMENT_PRIMARY_KEY%$` is replaced. `.sql.sqlite` is for the other
database. Edits are not seen. One connection for all files. A late file runs in the folder of the
version that the database is at, and in no older one (_upgrade_existing_database): by its name alone
that is not known.
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.profile import Claim, Named, Placeholders, Profile

PROFILES: Final = (
    Profile(
        name="synapse",
        title="Synapse",
        edits="ignored",
        sending="tx",
        session="kept",
        claims=(Claim(87, name=r".*\.sql(?:\.postgres)?", folder=r"schema/[^/]+/delta/\d+"),),
        files=(
            Named(
                r"(?P<name>[^/]*)\.sql(?:\.postgres)?",
                "up",
                folders=("delta", r"(?P<version>\d+)"),
            ),
        ),
        placeholders=Placeholders(pattern=r"\$%AUTO_INCREMENT_PRIMARY_KEY%\$", in_bodies=True),
    ),
)
