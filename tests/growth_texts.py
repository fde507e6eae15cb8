"""More folders that grow: texts, bodies, expressions, runners' files, findings and their fixes.

What `growth_shapes.py` has grows what a catalog holds; here it is one file that has much of something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from growth_shapes import Files, Shape

if TYPE_CHECKING:
    from collections.abc import Callable

_T: Final = "CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, a text, b text);\n"
_MACHINES: Final = ("full", "concise", "json", "github", "gitlab", "sarif", "junit", "markdown")


def one(text: str) -> Files:
    """A folder with one file."""
    return {"all.sql": text}


def each(count: int, template: str) -> str:
    """The template once for each number, which stands for `#`."""
    return "".join(template.replace("#", str(number)) + "\n" for number in range(count))


def _text(make: Callable[[int], str], **facts: object) -> Shape:
    return Shape(lambda n: one(make(n)), **facts)  # type: ignore[arg-type]


def _repeated(template: str, before: str = "", after: str = "", **facts: object) -> Shape:
    """One file with the template once for each number."""
    return _text(lambda n: before + each(n, template) + after, **facts)


def _block(template: str, declare: str = "", before: str = _T, **facts: object) -> Shape:
    """One DO block with the template once for each number."""
    return _text(lambda n: f"{before}DO $$ {declare} BEGIN\n{each(n, template)}END $$;\n", **facts)


def _nested(opens: str, closes: str, inside: str = "PERFORM 1;", declare: str = "") -> Shape:
    """One DO block with the template one in the other."""
    return _text(
        lambda n: (
            f"{_T}DO $$ {declare} BEGIN\n{each(n, opens)}{inside}\n{(closes + chr(10)) * n}END $$;\n"
        ),
        deep=True,
    )


def _named(name: str, text: Callable[[int], str], runner: str, fix: bool = False) -> Shape:
    return Shape(lambda n: {name: text(n)}, runner=runner, fix=fix)


def _folder(name: str, text: str, runner: str, fix: bool = False) -> Shape:
    """A folder of n files."""

    def files(count: int) -> Files:
        return {
            name.replace("#", f"{number:04d}"): text.replace("#", str(number))
            for number in range(count)
        }

    return Shape(files, runner=runner, fix=fix)


_SOURCE: Final[dict[str, Shape]] = {
    "placeholders": _repeated("CREATE TABLE ${schema}.t# (id int);"),
    "placeholders of one statement": _text(
        lambda n: f"CREATE TABLE t (id int, {', '.join(f'${{c{k}}} int' for k in range(n))});\n"
    ),
    "placeholders in braces": _repeated("INSERT INTO {{ schema }}.t# VALUES ({{ value }});"),
    "placeholders that are no names": _repeated("CREATE TABLE t# (id int) ${options} ${more};"),
    "placeholders with a colon": _repeated("SELECT * FROM t WHERE id = :id# AND :name;"),
    "quotes that never end": _repeated("SELECT 'it''s # \\' FROM t;"),
    "single quotes, an odd number": _repeated("SELECT 'a# FROM t;"),
    "double quotes, an odd number": _repeated('SELECT "a# FROM t;'),
    "dollar quotes with tags of their own": _repeated("SELECT $a#$ x $b$ y $a#$;"),
    "dollar tags that never end": _repeated("SELECT $a#$ x;"),
    "one dollar tag, an odd number": _repeated("SELECT $a$ # ;\nSELECT $$;"),
    "bodies in single dollars": _repeated("DO $ BEGIN CREATE TABLE t# (id int); END $;", fix=True),
    "bodies with mismatched tags": _repeated(
        "DO $body$ BEGIN CREATE TABLE t# (id int); END $$;", fix=True
    ),
    "bodies in single dollars that never end": _repeated(
        "DO $ BEGIN\nCREATE TABLE t# (id int);\nEND;\n"
    ),
    "COPY with data": _repeated("COPY t (id, a) FROM stdin;\n#\tx\n\\."),
    "rows of COPY": _repeated("#\tx", _T + "COPY t (id, a) FROM stdin;\n", "\\.\n"),
    "psql commands": _repeated("\\echo '#'\nCREATE TABLE t# (id int);"),
    "psql commands that send": _repeated("SELECT # \\gset"),
    "comments": _repeated("-- a comment # of a line\n/* and # another; */", after="SELECT 1;\n"),
    "comments, one in another": _text(lambda n: "/* " * n + "x" + " */" * n + "\nSELECT 1;\n"),
    "comments that never end": _text(lambda n: "SELECT 1;\n/* " * n),
    "comments in one statement": _text(
        lambda n: "CREATE TABLE t (id int\n" + each(n, "-- column #\n, c# int /* # */") + ");\n",
        fix=True,
    ),
    "comments about transactions": _repeated("-- transaction # of many; tx\nSELECT 1;"),
    "letters that are not ASCII": _repeated("CREATE TABLE таблица# (имя text); -- комментарий"),
    "statements in one line": _text(
        lambda n: "".join(f"CREATE TABLE t{k} (id int); " for k in range(n)) + "\n",
        formats=_MACHINES,
    ),
    "statements in one line, not ASCII": _text(
        lambda n: "".join(f"CREATE TABLE ж{k} (id int); " for k in range(n)) + "\n",
        formats=("json", "sarif", "concise"),
    ),
    "one string of many letters": _text(
        lambda n: f"{_T}INSERT INTO t VALUES (1, '{'x;' * 20 * n}');\n"
    ),
    "blank lines": _text(lambda n: "\n" * 50 * n + "CREATE TABLE t (id int);\n"),
    "empty statements": _text(lambda n: ";" * 20 * n + "CREATE TABLE t (id int);\n"),
    "BEGIN ATOMIC": _repeated(
        "CREATE FUNCTION f#() RETURNS int LANGUAGE sql BEGIN ATOMIC; SELECT #; SELECT 2; END;"
    ),
    "BEGIN ATOMIC that never ends": _repeated(
        "CREATE FUNCTION f#() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT #; SELECT 2;"
    ),
    "rules with several commands": _repeated(
        "CREATE RULE r# AS ON INSERT TO t DO ALSO (SELECT 1; SELECT #);", _T + "SELEC 1;\n"
    ),
    "rules that never end": _repeated(
        "CREATE RULE r# AS ON INSERT TO t DO ALSO (SELECT 1; SELECT #;"
    ),
    "unreadable statements in one transaction": _repeated("CREATE TABEL t# (id int);", "BEGIN;\n"),
    "parentheses": _text(lambda n: f"SELECT {'(' * n}1{')' * n};\n"),
    "parentheses that never end": _repeated("SELECT (#;"),
}

_BODIES: Final[dict[str, Shape]] = {
    "statements of one block": _block("CREATE TABLE IF NOT EXISTS t# (id int);"),
    "findings of one block": _block("CREATE TABLE t# (id int);", formats=_MACHINES),
    "fixes of one block": _block("CREATE TABLE t# (id int);", fix=True),
    "fixes of one block: what repeats": _block("CREATE INDEX ON t (c#);", fix=True),
    "fixes of one block: lookups": _block(
        "ALTER TABLE t ADD CONSTRAINT c# CHECK (id > #);", "DECLARE v int;", fix=True
    ),
    "fixes of one block: handlers that miss the error": _block(
        "BEGIN CREATE TABLE t# (id int); EXCEPTION WHEN unique_violation THEN END;", fix=True
    ),
    "fixes of one block: branches": _block(
        "IF to_regclass('u#') IS NULL THEN ALTER TABLE t ADD COLUMN c# int; END IF;", fix=True
    ),
    "assignments of one block": _block("v := v + #;", "DECLARE v int := 0;"),
    "variables of one block": _text(
        lambda n: (
            "DO $$ DECLARE\n"
            + each(n, "v# text := 't#';")
            + "BEGIN\n"
            + each(n, "EXECUTE 'CREATE TABLE IF NOT EXISTS ' || v# || ' (id int)';")
            + "END $$;\n"
        )
    ),
    "variables, each from the one before": _text(
        lambda n: (
            "DO $$ DECLARE\nv0 text := 't';\n"
            + "".join(f"v{k + 1} text := v{k} || '{k}';\n" for k in range(n))
            + f"BEGIN EXECUTE 'DROP TABLE IF EXISTS ' || v{n}; END $$;\n"
        )
    ),
    "a string built piece by piece": _block(
        "s := s || 'CREATE TABLE IF NOT EXISTS t# (id int);';",
        "DECLARE s text := '';",
    ),
    "EXECUTE": _block("EXECUTE 'CREATE TABLE IF NOT EXISTS t# (id int)';"),
    "EXECUTE of what is not known": _block(
        "EXECUTE 'DROP TABLE IF EXISTS t#_' || x;", "DECLARE x text := now();"
    ),
    "EXECUTE format": _block("EXECUTE format('CREATE TABLE IF NOT EXISTS %I (id int)', 't#');"),
    "EXECUTE in a loop over names": _text(
        lambda n: (
            "DO $$ DECLARE x text; BEGIN FOREACH x IN ARRAY ARRAY["
            + ", ".join(f"'t{k}'" for k in range(n))
            + "] LOOP EXECUTE 'CREATE TABLE IF NOT EXISTS ' || x || ' (id int)'; END LOOP; END $$;\n"
        )
    ),
    "loops over a query": _block(
        "FOR r IN SELECT tablename FROM pg_tables WHERE schemaname = 's#' LOOP"
        " EXECUTE 'DROP TABLE ' || r.tablename; END LOOP;",
        "DECLARE r record;",
    ),
    "loops over rows of VALUES": _text(
        lambda n: (
            "DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM (VALUES "
            + ", ".join(f"('t{k}', 'c{k}')" for k in range(n))
            + ") AS v(t, c) LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN IF NOT EXISTS %I int', r.t, r.c);"
            " END LOOP; END $$;\n"
        )
    ),
    "loops": _block("FOR i IN 1..3 LOOP PERFORM #; END LOOP;"),
    "loops, one in another": _nested(
        "FOR i# IN 1..3 LOOP", "END LOOP;", "CREATE TABLE IF NOT EXISTS x (id int);"
    ),
    "loops without end, one in another": _nested(
        "WHILE x LOOP EXIT WHEN y;",
        "END LOOP;",
        "CREATE TABLE x (id int);",
        "DECLARE x bool; y bool;",
    ),
    "handlers": _block(
        "BEGIN CREATE TABLE t# (id int); EXCEPTION WHEN duplicate_table THEN NULL; END;"
    ),
    "handlers, one in another": _nested(
        "BEGIN CREATE TABLE t# (id int);", "EXCEPTION WHEN duplicate_table THEN NULL; END;"
    ),
    "handlers, one in another's handler": _text(
        lambda n: (
            _T
            + "DO $$ BEGIN\n"
            + each(n, "BEGIN CREATE TABLE t# (id int); EXCEPTION WHEN duplicate_table THEN")
            + "NULL;\n"
            + "END;\n" * n
            + "END $$;\n"
        ),
        deep=True,
    ),
    "handlers of many conditions": _text(
        lambda n: (
            "DO $$ BEGIN CREATE TABLE t (id int); EXCEPTION\n"
            + each(n, "WHEN duplicate_column THEN PERFORM #;")
            + "WHEN OTHERS THEN NULL; END $$;\n"
        )
    ),
    "blocks, one in another": _nested("BEGIN", "END;"),
    "guards of one block": _block(
        "IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'c#') THEN"
        " ALTER TABLE t ADD CONSTRAINT c# CHECK (id > #); END IF;"
    ),
    "guards of the wrong thing": _block(
        "IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'x#') THEN"
        " CREATE TABLE t# (id int); END IF;",
        formats=_MACHINES,
    ),
    "guards, one in another": _nested(
        "IF NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name = 't#') THEN",
        "END IF;",
        "CREATE TABLE t (id int);",
    ),
    "unknown conditions, with ELSE, one in another": _nested(
        "IF current_setting('x.y#') = 'on' THEN CREATE TABLE t# (id int); ELSE",
        "END IF;",
        "CREATE TABLE t (id int);",
    ),
    "unknown conditions over one table": _block(
        "IF current_setting('x.y#') = 'on' THEN DROP TABLE IF EXISTS t; ELSE CREATE TABLE t (id int); END IF;"
    ),
    "unknown conditions that return": _block(
        "IF current_setting('x.y#') = 'on' THEN RETURN; END IF; CREATE TABLE IF NOT EXISTS t# (id int);"
    ),
    "unknown conditions that set a variable": _block(
        "IF current_setting('x.y#') = 'on' THEN v := 'a#'; END IF;\n"
        "EXECUTE 'CREATE TABLE IF NOT EXISTS ' || v || ' (id int)';",
        "DECLARE v text := 'a';",
    ),
    "ELSIF": _text(
        lambda n: (
            "DO $$ BEGIN IF current_setting('x.y') = 'on' THEN NULL;\n"
            + each(n, "ELSIF current_setting('x.y#') = 'on' THEN CREATE TABLE t# (id int);")
            + "END IF; END $$;\n"
        ),
        deep=True,
    ),
    "CASE": _text(
        lambda n: (
            "DO $$ BEGIN CASE current_setting('x.y')\n"
            + each(n, "WHEN 'v#' THEN CREATE TABLE t# (id int);")
            + "ELSE NULL; END CASE; END $$;\n"
        ),
        deep=True,
    ),
    "jumps out of loops": _block(
        "<<l#>> LOOP EXIT l# WHEN x; CREATE TABLE IF NOT EXISTS t# (id int); CONTINUE l#; END LOOP;",
        "DECLARE x bool;",
    ),
    "SELECT INTO, and a look at it": _block(
        "SELECT count(*) INTO n FROM information_schema.tables WHERE table_name = 't#';\n"
        "IF n = 0 THEN CREATE TABLE t# (id int); END IF;",
        "DECLARE n int;",
    ),
    "PERFORM and FOUND": _block(
        "PERFORM 1 FROM pg_type WHERE typname = 'e#';\n"
        "IF NOT FOUND THEN CREATE TYPE e# AS ENUM ('a'); END IF;"
    ),
    "conditions of one IF": _text(
        lambda n: (
            "DO $$ BEGIN IF to_regclass('t') IS NULL\n"
            + each(n, "OR to_regclass('t#') IS NULL")
            + "THEN CREATE TABLE t (id int); END IF; END $$;\n"
        )
    ),
    "conditions of one lookup": _text(
        lambda n: (
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 't'\n"
            + each(n, "AND relnamespace <> #")
            + ") THEN CREATE TABLE t (id int); END IF; END $$;\n"
        )
    ),
    "names of one lookup": _text(
        lambda n: (
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname IN ('t'\n"
            # Up to 16 are looked up one by one (`guards.query`), more are one unknown, at each size.
            + each(n + 20, ", 't#'")
            + ")) THEN CREATE TABLE t (id int); END IF; END $$;\n"
        )
    ),
    "names that are looked up one by one": _text(
        lambda n: each(
            n,
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname IN ('t#', 'u#', 'v#', 'w#'))"
            " THEN CREATE TABLE t# (id int); END IF; END $$;",
        )
    ),
    "RAISE": _block("RAISE NOTICE 'step % of %', #, 'many';"),
    "functions with bodies": _repeated(
        "CREATE OR REPLACE FUNCTION f#() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
        "NEW.updated_at := now(); RETURN NEW; END $$;"
    ),
    "functions, called in blocks": _text(
        lambda n: each(
            n,
            "CREATE OR REPLACE FUNCTION f#() RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
            " CREATE TABLE IF NOT EXISTS t# (id int); END $$;\nSELECT f#();",
        )
    ),
    "functions that call the one before": _text(
        lambda n: (
            "CREATE OR REPLACE FUNCTION f0() RETURNS void LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;\n"
            + "".join(
                f"CREATE OR REPLACE FUNCTION f{k + 1}() RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
                f" PERFORM f{k}(); END $$;\n"
                for k in range(n)
            )
            + f"SELECT f{n}();\n"
        )
    ),
    "one long function": _text(
        lambda n: (
            "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n"
            + each(n, "UPDATE t SET a = 'x#' WHERE id = #;")
            + "END $$;\n"
        ),
        fix=True,
    ),
    "variables that conditions read": _text(
        lambda n: (
            f"{_T}DO $$ DECLARE {each(n, 'v# int;')} BEGIN\n"
            + each(n, "IF EXISTS (SELECT 1 FROM t WHERE id = v#) THEN NULL; END IF;")
            + "END $$;\n"
        )
    ),
    "cursors of inner blocks": _block(
        "DECLARE c# CURSOR FOR SELECT id FROM t; BEGIN OPEN c#; UPDATE t SET a = 'x' WHERE f(id); END;"
    ),
    "variables of blocks one in another": _nested(
        "<<l#>> DECLARE v# int; BEGIN", "END;", "PERFORM 1 FROM t WHERE id = v0 AND id = l1.v1;"
    ),
    "a body that only tokens tell": _block("x.y := #; CREATE TABLE IF NOT EXISTS t# (id int);"),
}

_EXPRESSIONS: Final[dict[str, Shape]] = {
    "terms of one sum": _text(lambda n: f"SELECT 1{' + 1' * n};\n"),
    "conditions of one WHERE": _text(
        lambda n: f"{_T}UPDATE t SET a = 'x' WHERE id = 0\n" + each(n, "OR id = #") + ";\n"
    ),
    "conditions, one in another": _text(
        lambda n: f"{_T}UPDATE t SET a = 'x' WHERE {'(NOT (' * n}id = 0{'))' * n};\n"
    ),
    "members of one list": _text(lambda n: f"{_T}DELETE FROM t WHERE id IN (0{each(n, ', #')});\n"),
    "UNION ALL": _text(
        lambda n: (
            f"{_T}INSERT INTO t (id, a) SELECT 0, 'x'\n"
            + each(n, "UNION ALL SELECT #, 'x#'")
            + ";\n"
        )
    ),
    "common table expressions": _text(
        lambda n: (
            f"{_T}WITH c AS (SELECT 1)\n"
            + each(n, ", c# AS (SELECT # AS x)")
            + "INSERT INTO t (id) SELECT 1 FROM c;\n"
        )
    ),
    "common table expressions, each of the one before": _text(
        lambda n: (
            f"{_T}WITH c0 AS (SELECT id FROM t)\n"
            + "".join(f", c{k + 1} AS (SELECT id FROM c{k})\n" for k in range(n))
            + f"INSERT INTO t (id) SELECT id FROM c{n};\n"
        )
    ),
    "common table expressions that write": _text(
        lambda n: (
            f"{_T}WITH c AS (SELECT 1)\n"
            + each(n, ", c# AS (INSERT INTO t (id) VALUES (#) RETURNING id)")
            + "SELECT 1;\n"
        )
    ),
    "queries, one in another": _text(
        lambda n: (
            f"{_T}CREATE OR REPLACE VIEW v AS {'SELECT * FROM (' * n}SELECT id FROM t"
            + "".join(f") x{k}" for k in range(n))
            + ";\n"
        )
    ),
    "subqueries of one query": _text(
        lambda n: (
            f"{_T}INSERT INTO t (id) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM t WHERE id = 0)\n"
            + each(n, "AND NOT EXISTS (SELECT 1 FROM t WHERE id = #)")
            + ";\n"
        )
    ),
    "joins": _text(
        lambda n: (
            f"{_T}CREATE OR REPLACE VIEW v AS SELECT 1 FROM t\n"
            + each(n, "JOIN t AS t# ON t#.id = t.id")
            + ";\n"
        )
    ),
    "columns of one view": _text(
        lambda n: f"{_T}CREATE VIEW v AS SELECT id" + each(n, ", id AS c#") + " FROM t;\n"
    ),
    "columns of one definition": _text(
        lambda n: "CREATE TABLE t (id int" + each(n, ", c# int NOT NULL DEFAULT #") + ");\n",
        fix=True,
    ),
    "columns of one definition, and statements that use them": _text(
        lambda n: (
            "CREATE TABLE t (id int"
            + each(n, ", c# int")
            + ");\n"
            + each(n, "UPDATE t SET c# = #;\nCREATE INDEX IF NOT EXISTS i# ON t (c#);")
        )
    ),
    "columns of one INSERT": _text(
        lambda n: (
            "CREATE TABLE t (id int"
            + each(n, ", c# int")
            + ");\nINSERT INTO t VALUES (0"
            + each(n, ", #")
            + ");\nINSERT INTO t (id"
            + each(n, ", c#")
            + ") VALUES (1"
            + each(n, ", #")
            + ") ON CONFLICT DO NOTHING;\n"
        )
    ),
    "columns of one UPDATE": _text(
        lambda n: f"{_T}UPDATE t SET a = 'x'" + each(n, ", c# = c# + 1") + ";\n"
    ),
    "tables made from one another": _text(
        lambda n: (
            "CREATE TABLE t0 (id int);\n"
            + "".join(f"CREATE TABLE t{k + 1} AS SELECT * FROM t{k};\n" for k in range(n))
        )
    ),
    "tables like one another": _text(
        lambda n: (
            "CREATE TABLE t0 (id int);\n"
            + "".join(
                f"CREATE TABLE t{k + 1} (LIKE t{k} INCLUDING ALL, c{k} int);\n" for k in range(n)
            )
        )
    ),
    "tables that inherit from the one before": _text(
        lambda n: (
            "CREATE TABLE t0 (id int);\n"
            + "".join(f"CREATE TABLE t{k + 1} (c{k} int) INHERITS (t{k});\n" for k in range(n))
            + "ALTER TABLE t0 ADD COLUMN z int;\n"
        )
    ),
    "views of the one before": _text(
        lambda n: (
            _T
            + "CREATE OR REPLACE VIEW v0 AS SELECT * FROM t;\n"
            + "".join(f"CREATE OR REPLACE VIEW v{k + 1} AS SELECT * FROM v{k};\n" for k in range(n))
        )
    ),
    "sets of rows": _repeated(
        "INSERT INTO t (id, a) VALUES (#, 'x') ON CONFLICT (id) DO UPDATE SET a = excluded.a;", _T
    ),
    "rows that are not known": _repeated(
        "INSERT INTO t (id, a) SELECT id, a FROM u WHERE id = #;", _T
    ),
    "UPDATEs that read what they write": _repeated("UPDATE t SET id = id + # WHERE a = 'x#';", _T),
    "UPDATEs of other tables' rows": _repeated(
        "UPDATE t SET a = u.a FROM u WHERE u.id = t.id AND u.x = #;", _T
    ),
    "privileges": _repeated("GRANT SELECT ON t# TO r#;\nREVOKE ALL ON t# FROM PUBLIC;"),
    "words about objects": _repeated(
        "COMMENT ON TABLE t IS 'table #';\nCOMMENT ON COLUMN t.a IS 'c #';", _T
    ),
    "settings": _repeated("SET search_path = s#, public;\nCREATE TABLE IF NOT EXISTS t (id int);"),
    "setval": _repeated("SELECT setval('s', #);"),
    "NOT NULL": _repeated(
        "ALTER TABLE t ADD COLUMN c# int;\nUPDATE t SET c# = 0;\nALTER TABLE t ALTER COLUMN c# SET NOT NULL;",
        _T,
    ),
    "NOT NULL in a table of old": _repeated(
        "UPDATE t SET a# = 0;\nALTER TABLE t ALTER COLUMN c# SET NOT NULL;"
    ),
    "COPYs in one line": _text(lambda n: "COPY t FROM '/a'; " * n + "\n"),
    "types that change": _repeated("ALTER TABLE t ALTER COLUMN a TYPE varchar(#);", _T),
    "publications": _repeated("ALTER PUBLICATION p ADD TABLE t#;", "CREATE PUBLICATION p;\n"),
    "functions replaced": _repeated(
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT #';"
    ),
    "DROP of many": _text(lambda n: "DROP TABLE IF EXISTS t" + each(n, ", t#") + ";\n"),
    "TRUNCATE of many": _text(
        lambda n: each(n, "CREATE TABLE t# (id int);") + "TRUNCATE t0" + each(n, ", t#") + ";\n"
    ),
}

_RUNNERS: Final[dict[str, Shape]] = {
    "sections of goose": _named(
        "001_a.sql",
        lambda n: each(
            n, "-- +goose Up\nCREATE TABLE t# (id int);\n-- +goose Down\nDROP TABLE t#;"
        ),
        "goose",
    ),
    "statements of goose": _named(
        "001_a.sql",
        lambda n: "-- +goose Up\n" + each(n, "CREATE TABLE t# (id int);"),
        "goose",
        fix=True,
    ),
    "whole statements of goose": _named(
        "001_a.sql",
        lambda n: (
            "-- +goose Up\n"
            + each(
                n,
                "-- +goose StatementBegin\nDO $$ BEGIN CREATE TABLE t# (id int); END $$;\n"
                "-- +goose StatementEnd",
            )
        ),
        "goose",
    ),
    "bodies that goose tears": _named(
        "001_a.sql",
        lambda n: "-- +goose Up\n" + each(n, "DO $$ BEGIN\nCREATE TABLE t# (id int);\nEND $$;"),
        "goose",
        fix=True,
    ),
    "a body that goose tears": _named(
        "001_a.sql",
        lambda n: (
            "-- +goose Up\nDO $$ BEGIN\n" + each(n, "CREATE TABLE t# (id int);") + "END $$;\n"
        ),
        "goose",
        fix=True,
    ),
    "changesets of liquibase": _named(
        "a.sql",
        lambda n: (
            "--liquibase formatted sql\n"
            + each(n, "--changeset me:#\nCREATE TABLE t# (id int);\n--rollback DROP TABLE t#;")
        ),
        "liquibase",
        fix=True,
    ),
    "sections of dbmate": _named(
        "1_a.sql",
        lambda n: each(
            n, "-- migrate:up\nCREATE TABLE t# (id int);\n-- migrate:down\nDROP TABLE t#;"
        ),
        "dbmate",
    ),
    "transactions of dbmate": _named(
        "1_a.sql", lambda n: "-- migrate:up\n" + each(n, "BEGIN;\nSELECT #;\nCOMMIT;"), "dbmate"
    ),
    "breakpoints of drizzle": _named(
        "0000_a.sql",
        lambda n: each(n, "CREATE TABLE t# (id int);\n--> statement-breakpoint"),
        "drizzle",
        fix=True,
    ),
    "bodies that drizzle tears": _named(
        "0000_a.sql",
        lambda n: each(n, "DO $$ BEGIN\n--> statement-breakpoint\nPERFORM #; END $$;"),
        "drizzle",
        fix=True,
    ),
    "statements that need no transaction": _named(
        "V1__a.sql",
        lambda n: _T + each(n, "CREATE INDEX CONCURRENTLY i# ON t (a);"),
        "flyway",
        fix=True,
    ),
    "statements that need no transaction, sqlx": _named(
        "1_a.sql",
        lambda n: _T + each(n, "CREATE INDEX CONCURRENTLY i# ON t (a);"),
        "sqlx",
        fix=True,
    ),
    "directives of another runner": _named(
        "V1__a.sql",
        lambda n: each(n, "-- +goose NO TRANSACTION\n-- migrate:up transaction:false\nSELECT #;"),
        "flyway",
    ),
    "transactions within flyway's": _named(
        "V1__a.sql", lambda n: each(n, "BEGIN;\nCREATE TABLE t# (id int);\nCOMMIT;"), "flyway"
    ),
    "ends of transactions within flyway's": _named(
        "V1__a.sql", lambda n: each(n, "COMMIT;\nSET x = #;\nVACUUM;"), "flyway"
    ),
    "one transaction's statements": _named(
        "a.sql", lambda n: "BEGIN;\n" + each(n, "BEGIN;\nSELECT #;"), "psql"
    ),
    "labels in one transaction": _named(
        "V1__a.sql",
        lambda n: (
            "CREATE TYPE e AS ENUM ('x');\nCREATE TABLE t (id int, e e);\n"
            + each(
                n, "ALTER TYPE e ADD VALUE IF NOT EXISTS 'v#';\nUPDATE t SET e = 'x' WHERE id = #;"
            )
        ),
        "flyway",
    ),
    "labels in one transaction, used": _named(
        "V1__a.sql",
        lambda n: (
            "CREATE TYPE e AS ENUM ('x');\nCREATE TABLE t (id int, e e);\n"
            + each(n, "ALTER TYPE e ADD VALUE IF NOT EXISTS 'v#';")
            + each(n, "UPDATE t SET e = 'v#';")
        ),
        "flyway",
    ),
    "files of sqitch": _folder("deploy/t#.sql", "CREATE TABLE t# (id int);\n", "sqitch"),
    "files of prisma": _folder(
        "2024010100#_t/migration.sql", "CREATE TABLE t# (id int);\n", "prisma", fix=True
    ),
    "files of golang-migrate": _folder(
        "#_t.up.sql", "CREATE TABLE t# (id int);\n", "golang-migrate"
    ),
    "files of diesel": _folder("#_t/up.sql", "CREATE TABLE t# (id int);\n", "diesel"),
    "files of goose": _folder("#_t.sql", "-- +goose Up\nCREATE TABLE t# (id int);\n", "goose"),
    "files of unknown runners": _folder("V#__t.sql", "CREATE TABLE t# (id int);\n", "auto"),
    "folders of unknown runners": _folder("#_t/up.sql", "CREATE TABLE t# (id int);\n", "auto"),
    "files that alter one table": _folder(
        "V#__t.sql",
        "CREATE TABLE IF NOT EXISTS t (id int);\nALTER TABLE t ADD COLUMN c# int;\n",
        "flyway",
        fix=True,
    ),
    "files that make the same table otherwise": _folder(
        "V#__t.sql", "CREATE TABLE t (id int, c# int);\n", "flyway", fix=True
    ),
    "tables made otherwise in one file": _repeated(
        "CREATE TABLE IF NOT EXISTS t (id int, c# int);\n"
    ),
}

_FINDINGS: Final[dict[str, Shape]] = {
    "findings in all formats": _repeated("CREATE TABLE t# (id int);", formats=_MACHINES),
    "commands of one ALTER TABLE in all formats": _text(
        lambda n: _T + "ALTER TABLE t" + each(n, "ADD COLUMN c# int,") + "ADD COLUMN z int;\n",
        formats=_MACHINES,
    ),
    "equal findings": _text(lambda n: "CREATE INDEX ON t (a);\n" * n, formats=_MACHINES),
    "suppressions of nothing": _repeated("-- idemlint: ignore[IDM101]\nSELECT #;", fix=True),
    "suppressions of a file": _repeated(
        "CREATE TABLE t# (id int);", "-- idemlint: ignore-file[IDM101]\n"
    ),
    "suppressions of one statement": _text(
        lambda n: "-- idemlint: ignore[IDM101]\n" * n + "CREATE TABLE t (id int);\n"
    ),
    "suppressions at the ends of lines": _repeated(
        "CREATE TABLE t# (id int); -- idemlint: ignore[IDM101]"
    ),
    "indexes built concurrently without a guard": _repeated(
        "CREATE INDEX CONCURRENTLY i# ON t (a);", _T, fix=True
    ),
    "INSERTs that get a guard": _repeated("INSERT INTO t VALUES (#, 'a', 'b');", _T, fix=True),
    "INSERTs into a table without keys": _repeated(
        "INSERT INTO u VALUES (#, 'a', 'b');",
        "CREATE TABLE IF NOT EXISTS u (id int, a text, b text);\n",
        fix=True,
    ),
    "one INSERT that gets a guard": _text(
        lambda n: f"{_T}INSERT INTO t VALUES (0, 'a', 'b')\n" + each(n, ", (#, 'x', 'y')") + ";\n",
        fix=True,
    ),
    "constraints of one ALTER TABLE": _text(
        lambda n: (
            _T
            + "ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0)"
            + each(n, ", ADD CONSTRAINT c# CHECK (id > #)")
            + ";\n"
        ),
        fix=True,
    ),
    "columns and constraints of one ALTER TABLE": _text(
        lambda n: (
            _T
            + "ALTER TABLE t ADD COLUMN z int"
            + each(n, ", ADD COLUMN c# int UNIQUE, DROP COLUMN d#")
            + ";\n"
        ),
        fix=True,
    ),
    "types": _repeated("CREATE TYPE e# AS ENUM ('a', 'b');", fix=True),
    "labels of one type": _text(
        lambda n: "CREATE TYPE e AS ENUM ('x'" + each(n, ", 'v#'") + ");\n", fix=True
    ),
    "labels added": _repeated(
        "ALTER TYPE e ADD VALUE 'v#';", "CREATE TYPE e AS ENUM ('x');\n", fix=True
    ),
    "policies with fixes": _repeated("CREATE POLICY p# ON t USING (true);", _T, fix=True),
    "triggers with fixes": _repeated(
        "CREATE TRIGGER g# BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();", _T, fix=True
    ),
    "renames with fixes": _repeated("ALTER TABLE t RENAME COLUMN a# TO b#;", _T, fix=True),
    "unnamed indexes with fixes": _repeated("CREATE INDEX ON t# (a);", fix=True),
    "drops with fixes": _repeated("DROP TABLE t#;", fix=True),
    "views with fixes": _repeated("CREATE VIEW v# AS SELECT * FROM t;", _T, fix=True),
    "functions with fixes": _repeated(
        "CREATE FUNCTION f#() RETURNS int LANGUAGE sql AS 'SELECT #';", fix=True
    ),
    "guards without a schema": _repeated(
        "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE column_name = 'c#')"
        " THEN ALTER TABLE s.t ADD COLUMN c# int; END IF; END $$;",
        fix=True,
        formats=_MACHINES,
    ),
    "tables that drifted": Shape(
        lambda n: {
            "1.sql": each(n, "CREATE TABLE t# (id int);"),
            "2.sql": each(n, "CREATE TABLE IF NOT EXISTS t# (id int, c int);"),
        },
        fix=True,
    ),
    "columns of a table that drifted": Shape(
        lambda n: {
            "1.sql": "CREATE TABLE t (id int);\n",
            "2.sql": f"CREATE TABLE IF NOT EXISTS t (id int{each(n, ', c# int')});\n",
        },
        fix=True,
    ),
    "files that make the same table alike": _folder(
        "V#__t.sql", "CREATE TABLE t (id int);\n", "flyway"
    ),
    "tables of one name in many schemas": _repeated("CREATE TABLE IF NOT EXISTS s#.t (id int);"),
}

#: All of them, by what grows.
TEXTS: Final[dict[str, Shape]] = {**_SOURCE, **_BODIES, **_EXPRESSIONS, **_RUNNERS, **_FINDINGS}
