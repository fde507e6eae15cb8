"""Own errors of the other runners, and what no runner in particular says.

Read in: sqlalchemy/alembic: alembic/script/{base,revision}.py, alembic/util/messaging.py; Django 5.2:
core/management/commands/migrate.py, db/migrations/loader.py; rails/rails:
activerecord/lib/active_record/migration.rb; sqitchers/sqitch: lib/App/Sqitch/Engine.pm, lib/App/Sqitch.pm;
yoyo-migrations 9.0: yoyo/backends/base.py; yandex-pgmigrate 1.0: pgmigrate.py; postgrator 8.0: postgrator.js.
How clients say that they were not connected, where that is no SQLSTATE: psql 15 and Node 20 (measured),
jackc/pgx: pgconn/errors.go, launchbadge/sqlx: sqlx-core/src/error.rs, flyway/flyway:
FlywaySqlUnableToConnectToDbException.java, pgjdbc: ConnectionFactoryImpl.java; [unverified] Go's net.OpError.
"""

from __future__ import annotations

from typing import Final

from idemlint.outage.own_errors import ANEW, NOTHING_RAN, PUT_BACK, OwnError

OTHERS: Final[tuple[OwnError, ...]] = (
    OwnError(
        "alembic",
        "Can't locate revision, or multiple heads",
        ("can't locate revision", "multiple head revisions", "multiple heads are present"),
        r"Can't locate revision identified by|Multiple head(?:s| revisions) are present",
        "alembic_version has a revision that this checkout has no file for, or two branches each added a"
        " revision.",
        NOTHING_RAN,
        (
            "`alembic heads` and `alembic current` show both sides",
            "two heads: `alembic merge heads`; a lost revision: deploy the checkout that has it",
        ),
        ran=False,
    ),
    OwnError(
        "django",
        "Conflicting migrations detected",
        ("conflicting migrations detected", "multiple leaf nodes in the migration graph"),
        r"Conflicting migrations detected; multiple leaf nodes",
        "Two branches each added a migration to one app.",
        NOTHING_RAN,
        (
            "`python manage.py makemigrations --merge`, and commit what it writes",
            "or let the one that has not run depend on the other",
        ),
        ran=False,
    ),
    OwnError(
        "django",
        "InconsistentMigrationHistory",
        ("inconsistentmigrationhistory", "is applied before its dependency"),
        r"InconsistentMigrationHistory|is applied before its dependency",
        "django_migrations has a migration, and not one that it depends on: a dependency was added to one"
        " that had run, or rows were taken out by hand.",
        NOTHING_RAN,
        (
            "`python manage.py showmigrations` shows both sides",
            "take the new dependency out of the migration that has run, or"
            " `migrate --fake APP NAME` where its work is done",
        ),
        ran=False,
    ),
    OwnError(
        "rails",
        "Migrations are pending",
        ("pendingmigrationerror", "migrations are pending"),
        r"ActiveRecord::PendingMigrationError|Migrations are pending",
        "The application has files that the database has not: the deploy's migration step failed, or did"
        " not run.",
        "Look into the log of that step: this one only says that it is not through.",
        (
            "`bin/rails db:migrate:status` shows which",
            "`idemlint explain - < that.log` with the log of the migration step",
        ),
        is_late=True,
    ),
    OwnError(
        "rails",
        "ConcurrentMigrationError",
        ("concurrentmigrationerror", "another migration process is currently running"),
        r"ConcurrentMigrationError|another migration process is currently running",
        "Another process migrates, and holds the advisory lock.",
        NOTHING_RAN,
        (
            "run it again when that one is through; let one machine of the deploy migrate",
            "a pooler in between keeps sessions, and so the lock: migrate over the direct connection",
        ),
        ran=False,
        is_passing=True,
    ),
    OwnError(
        "rails",
        "a version or a name is there twice",
        ("duplicatemigrationversionerror", "multiple migrations have the"),
        r"DuplicateMigrationVersionError|DuplicateMigrationNameError|Multiple migrations have the",
        "Two files have one version, or one class name: two branches each added one.",
        NOTHING_RAN,
        ("give the one that has not run another version or name",),
        ran=False,
    ),
    OwnError(
        "sqitch",
        "psql unexpectedly returned exit value 3",
        ("unexpectedly returned exit value", "deploy failed"),
        r"\"?psql\"? unexpectedly returned exit value [123]",
        "psql stopped at an error of a deploy script; the line above has it.",
        "What the script did before, unless it stands between BEGIN and COMMIT of the script's own.",
        (
            "`idemlint replay --stopped-at deploy/CHANGE.sql:LINE` says what stays",
            "`sqitch status`: with --mode all the changes before it in this run were reverted; “needs to be"
            " manually repaired” in the log: a revert script failed, too",
            "mend the script, take back what stayed, `sqitch deploy`",
        ),
    ),
    OwnError(
        "sqitch",
        "another instance of Sqitch is at work",
        ("blocked by another instance of sqitch", "another instance of sqitch"),
        r"Blocked by another instance of Sqitch|for another instance of Sqitch to finish",
        "Another Sqitch deploys to this database, and holds the lock (--lock-timeout, 60 seconds).",
        NOTHING_RAN,
        ("run it again when that one is through; the lock goes with its session",),
        ran=False,
        is_passing=True,
    ),
    OwnError(
        "sqitch",
        "the plan and the registry have come apart",
        (
            "cannot find change in sqitch.plan",
            "has already been deployed",
            "missing required change",
        ),
        r"^Cannot find \S+ \(.+\) in \S*sqitch\.plan|^Missing required changes?: "
        r"|^Changes? .*ha(?:s|ve) already been deployed",
        "The registry's last change is not in sqitch.plan, or a change that is to be deployed is there"
        " already, or one that it requires is not.",
        NOTHING_RAN,
        (
            "`sqitch status` and `sqitch log` show the registry's side",
            "deploy the checkout whose plan has the change; lines of the plan that have run never move",
        ),
        ran=False,
    ),
    OwnError(
        "yoyo",
        "the database is locked",
        ("run yoyo break-lock to remove this lock", "locktimeout"),
        r"run yoyo break-lock to remove this lock",
        "Another yoyo migrates this database, or one was killed and left its row in yoyo_lock.",
        NOTHING_RAN,
        (
            "look whether that process is alive; run it again when it is through",
            "`yoyo break-lock` when it is not",
        ),
        ran=False,
        is_passing=True,
    ),
    OwnError(
        "yandex-pgmigrate",
        "transactional and nontransactional migrations in one run",
        ("unable to mix transactional and nontransactional migrations",),
        r"Unable to mix transactional and nontransactional migrations",
        "The pending files are of both kinds, and the database has run some before.",
        NOTHING_RAN,
        ("`pgmigrate -t VERSION migrate` up to the last file of one kind, then the others",),
        ran=False,
    ),
    OwnError(
        "yandex-pgmigrate",
        "Migration versions have gaps",
        ("migration versions have gaps",),
        r"Migration versions have gaps",
        "A number between the last that has run and the newest has no file.",
        NOTHING_RAN,
        (
            "look whether the image has all of migrations/; else give the new files the next free numbers",
        ),
        ran=False,
    ),
    OwnError(
        "postgrator",
        "MD5 checksum failed",
        ("md5 checksum failed",),
        r"MD5 checksum failed for migration",
        "A file that has run is not what it was when it ran.",
        NOTHING_RAN,
        (PUT_BACK, ANEW),
        ran=False,
    ),
    OwnError(
        "",
        "the database was not reached",
        ("connection refused", "econnrefused", "could not translate host name"),
        r"could not translate host name|dial tcp \S+:5432: |connect E\w+ \S+:5432"
        r"|getaddrinfo E\w+ \S+|Connection to \S+:\d+ refused|failed to connect to `"
        r"|error communicating with database: |Unable to obtain connection from database",
        "The client did not get as far as the server: its address, its port, the network, or a server that"
        " was not up.",
        "Nothing, where it is the first thing that the run did: a runner connects before it looks at a"
        " migration. What the log has above it as applied stays.",
        (
            "look at the address as the deploy has it (DATABASE_URL, PGHOST), and at the network between",
            "a server that was still starting: wait for `pg_isready`, and run it again",
        ),
        ran=False,
        is_passing=True,
    ),
)
