"""Writes migration folders for the benchmark: the same bytes for the same seed, on every machine.

Each project is one folder of migrations in the shape of Prisma, Drizzle, Supabase or plain files, of a
schema that grows: tables, foreign keys, indexes, columns, enums, seed rows, guards. They run from
first to last on an empty database, as real ones do.

    python benchmarks/generate.py FOLDER [--files 2400] [--seed 1]
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FILES_OF_A_PROJECT = 100

_NOUNS = """
account address audit badge batch booking branch budget campaign cart channel city claim client
comment company contact contract country coupon customer device discount document driver email
employee event export feature feedback file folder gateway grant group guest import invoice
item job journal key label language ledger lesson license line link list location log member
membership message metric milestone note offer order organization owner package page partner
payment permission person photo plan policy post price product profile project promotion quote
rating reaction receipt refund region report request reservation review reward role route rule
schedule session setting shipment skill snapshot source stage status step stock store
subscription supplier survey tag task tax team template tenant ticket token topic transfer
trigger unit upload user vehicle vendor version visit voucher wallet warehouse webhook worker
""".split()  # noqa: SIM905
_COLUMNS = {
    "title": "TEXT NOT NULL",
    "name": "VARCHAR(255) NOT NULL",
    "slug": "TEXT NOT NULL",
    "email": "VARCHAR(320)",
    "description": "TEXT",
    "amount": "NUMERIC(12, 2) NOT NULL DEFAULT 0",
    "quantity": "INTEGER NOT NULL DEFAULT 1",
    "position": "INTEGER",
    "is_active": "BOOLEAN NOT NULL DEFAULT true",
    "archived": "BOOLEAN NOT NULL DEFAULT false",
    "metadata": "JSONB NOT NULL DEFAULT '{}'::jsonb",
    "settings": "JSONB",
    "external_id": "UUID",
    "started_at": "TIMESTAMP(3)",
    "expires_at": "TIMESTAMP WITH TIME ZONE",
    "currency": "CHAR(3) NOT NULL DEFAULT 'EUR'",
    "score": "DOUBLE PRECISION",
    "tags": "TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[]",
    "checksum": "BYTEA",
    "starts_on": "DATE",
}
#: Types of a primary key, and of what references it.
_KEYS = {"SERIAL": "INTEGER", "BIGSERIAL": "BIGINT", "UUID": "UUID"}
_WORDS = """
adds the columns that billing asked for; old rows keep their default until the backfill has run
over all tenants and nobody reads the former place any more
""".split()  # noqa: SIM905


class Project:
    """A schema that grows, and the statements that make it grow."""

    def __init__(self, seed: int, quote: bool) -> None:
        self.random = random.Random(seed)
        self.quote = quote
        self.tables: dict[str, set[str]] = {}
        self.keys: dict[str, str] = {}
        self.enums: dict[str, int] = {}
        self.names = list(_NOUNS)
        self.random.shuffle(self.names)
        self.made = 0

    def q(self, name: str) -> str:
        return f'"{name}"' if self.quote else name

    def new_name(self) -> str:
        self.made += 1
        rounds, index = divmod(self.made, len(self.names))
        return self.names[index] + (f"_{rounds}" if rounds else "") + "s"

    def some_table(self) -> str:
        return self.random.choice(list(self.tables))

    def create_table(self) -> list[str]:
        name, random = self.new_name(), self.random
        chosen = random.sample(sorted(_COLUMNS), random.randint(4, 10))
        key = random.choice(list(_KEYS))
        self.keys[name] = _KEYS[key]
        lines = [f"    {self.q('id')} {key} NOT NULL"]
        lines += [f"    {self.q(column)} {_COLUMNS[column]}" for column in chosen]
        if self.enums and random.random() < 0.3:
            enum = random.choice(list(self.enums))
            chosen.append("kind")
            lines.append(f"    {self.q('kind')} {self.q(enum)} NOT NULL DEFAULT 'value_0'")
        lines.append(f"    {self.q('created_at')} TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP")
        lines.append(f"\n    CONSTRAINT {self.q(name + '_pkey')} PRIMARY KEY ({self.q('id')})")
        self.tables[name] = {"id", "created_at", *chosen}
        made = [f"CREATE TABLE {self.q(name)} (\n" + ",\n".join(lines) + "\n);"]
        if random.random() < 0.6:
            made += self.create_index(name)
        if len(self.tables) > 2 and random.random() < 0.7:
            made += self.add_foreign_key(name)
        return made

    def create_index(self, table: str | None = None) -> list[str]:
        table = table or self.some_table()
        free = sorted(self.tables[table] - {"metadata", "settings", "tags"})
        columns = self.random.sample(free, self.random.randint(1, 2))
        self.made += 1
        unique = "UNIQUE " if columns == ["slug"] else ""
        name = self.q(f"{table}_{'_'.join(columns)}_{self.made}_idx")
        on = ", ".join(self.q(column) for column in columns)
        return [f"CREATE {unique}INDEX {name} ON {self.q(table)}({on});"]

    def add_foreign_key(self, table: str | None = None) -> list[str]:
        table = table or self.some_table()
        other = self.some_table()
        self.made += 1
        column = f"{other[:-1]}_ref_{self.made}"
        self.tables[table].add(column)
        return [
            f"ALTER TABLE {self.q(table)} ADD COLUMN {self.q(column)} {self.keys[other]};",
            f"ALTER TABLE {self.q(table)} ADD CONSTRAINT {self.q(f'{table}_{column}_fkey')} FOREIGN KEY"
            f" ({self.q(column)}) REFERENCES {self.q(other)}({self.q('id')})"
            " ON DELETE SET NULL ON UPDATE CASCADE;",
        ]

    def add_columns(self) -> list[str]:
        table = self.some_table()
        free = sorted(set(_COLUMNS) - self.tables[table])
        if len(free) < 3:
            return self.create_table()
        chosen = self.random.sample(free, self.random.randint(1, 3))
        self.tables[table].update(chosen)
        guard = "IF NOT EXISTS " if self.random.random() < 0.2 else ""
        added = (f"ADD COLUMN {guard}    {self.q(c)} {_COLUMNS[c]}" for c in chosen)
        return [f"ALTER TABLE {self.q(table)} " + ",\n".join(added) + ";"]

    def change_column(self) -> list[str]:
        table = self.some_table()
        column = self.random.choice(sorted(self.tables[table] - {"id"}))
        what = self.random.choice(["DROP NOT NULL", "DROP DEFAULT"])
        return [f"ALTER TABLE {self.q(table)} ALTER COLUMN {self.q(column)} {what};"]

    def drop_column(self) -> list[str]:
        table = self.some_table()
        plain = sorted(self.tables[table] & set(_COLUMNS))
        if not plain:
            return self.add_columns()
        column = self.random.choice(plain)
        self.tables[table].discard(column)
        guard = "IF EXISTS " if self.random.random() < 0.3 else ""
        return [f"ALTER TABLE {self.q(table)} DROP COLUMN {guard}{self.q(column)};"]

    def create_enum(self) -> list[str]:
        self.made += 1
        name = f"kind_{self.made}"
        self.enums[name] = self.random.randint(2, 6)
        values = ", ".join(f"'value_{number}'" for number in range(self.enums[name]))
        return [f"CREATE TYPE {self.q(name)} AS ENUM ({values});"]

    def add_enum_value(self) -> list[str]:
        if not self.enums:
            return self.create_enum()
        name = self.random.choice(list(self.enums))
        self.enums[name] += 1
        return [f"ALTER TYPE {self.q(name)} ADD VALUE 'value_{self.enums[name] - 1}';"]

    def guarded_constraint(self) -> list[str]:
        table = self.some_table()
        self.made += 1
        name = f"{table}_check_{self.made}"
        return [
            "DO $$ BEGIN\n"
            f" ALTER TABLE {self.q(table)} ADD CONSTRAINT {self.q(name)}"
            f" CHECK ({self.q('created_at')} IS NOT NULL);\n"
            "EXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;"
        ]

    def guarded_column(self) -> list[str]:
        table = self.some_table()
        self.made += 1
        column = f"extra_{self.made}"
        self.tables[table].add(column)
        return [
            "DO $$\nBEGIN\n"
            "  IF NOT EXISTS (\n    SELECT 1 FROM information_schema.columns\n"
            f"    WHERE table_schema = 'public' AND table_name = '{table}'"
            f" AND column_name = '{column}'\n  ) THEN\n"
            f"    ALTER TABLE {self.q(table)} ADD COLUMN {self.q(column)} TEXT;\n"
            "  END IF;\nEND\n$$;"
        ]

    def seed(self) -> list[str]:
        self.made += 1
        table = f"setting_{self.made}"
        columns = f"({self.q('key')}, {self.q('value')})"
        rows = ",\n".join(
            f"  ('key_{number}', '{' '.join(self.random.sample(_WORDS, 4))}')"
            for number in range(self.random.randint(2, 8))
        )
        conflict = self.random.choice(["", f" ON CONFLICT ({self.q('key')}) DO NOTHING"])
        return [
            f"CREATE TABLE IF NOT EXISTS {self.q(table)}"
            f" ({self.q('key')} TEXT PRIMARY KEY, {self.q('value')} TEXT);",
            f"INSERT INTO {self.q(table)} {columns} VALUES\n{rows}{conflict};",
        ]

    def backfill(self) -> list[str]:
        table = self.some_table()
        column = self.random.choice(sorted(self.tables[table]))
        return [
            f"UPDATE {self.q(table)} SET {self.q('created_at')} = CURRENT_TIMESTAMP\n"
            f"WHERE {self.q(column)} IS NULL;"
        ]

    def function(self) -> list[str]:
        table = self.some_table()
        self.made += 1
        return [
            f"CREATE OR REPLACE FUNCTION touch_{self.made}() RETURNS trigger AS $$\n"
            "BEGIN\n  NEW.created_at := now();\n  RETURN NEW;\nEND;\n$$ LANGUAGE plpgsql;",
            f"CREATE TRIGGER touch_{self.made}_trigger BEFORE UPDATE ON {self.q(table)}\n"
            f"  FOR EACH ROW EXECUTE FUNCTION touch_{self.made}();",
        ]

    def migration(self, comment: str, between: str) -> str:
        """One file: half a kilobyte to two and a half."""
        kinds: list[tuple[Callable[[], list[str]], int]] = [
            (self.create_table, 22),
            (self.add_columns, 22),
            (self.create_index, 16),
            (self.add_foreign_key, 12),
            (self.change_column, 6),
            (self.drop_column, 4),
            (self.create_enum, 4),
            (self.add_enum_value, 2),
            (self.guarded_constraint, 5),
            (self.guarded_column, 3),
            (self.seed, 4),
            (self.backfill, 4),
            (self.function, 3),
        ]
        statements = [] if self.tables else self.create_table()
        size = self.random.randint(400, 2200)
        while sum(map(len, statements)) < size:
            kind = self.random.choices(
                [each for each, _ in kinds], [weight for _, weight in kinds]
            )[0]
            statements += kind()
        text = []
        for statement in statements:
            note = f"-- {comment}: {' '.join(self.random.sample(_WORDS, 5))}\n"
            text.append((note if self.random.random() < 0.4 else "") + statement)
        return between.join(text) + "\n"


def _prisma(folder: Path, number: int) -> Path:
    return folder / "prisma" / "migrations" / f"{20200101000000 + number}_step" / "migration.sql"


def _drizzle(folder: Path, number: int) -> Path:
    return folder / "drizzle" / f"{number:04}_step.sql"


def _supabase(folder: Path, number: int) -> Path:
    return folder / "supabase" / "migrations" / f"{20220101000000 + number}_step.sql"


def _plain(folder: Path, number: int) -> Path:
    return folder / "sql" / f"{number:03}_step.sql"


#: Where a file lies, whether names are quoted, what stands above and between statements.
STYLES: tuple[tuple[Callable[[Path, int], Path], bool, str, str], ...] = (
    (_prisma, True, "AlterTable", "\n\n"),
    (_drizzle, True, "step", "\n--> statement-breakpoint\n"),
    (_supabase, False, "this", "\n\n"),
    (_plain, False, "note", "\n"),
)


def generate(folder: Path, files: int = 2400, seed: int = 1) -> list[Path]:
    """Write `files` migrations below `folder`; returns their paths."""
    paths: list[Path] = []
    while len(paths) < files:
        number = len(paths) // FILES_OF_A_PROJECT
        place, quote, comment, between = STYLES[number % len(STYLES)]
        project = Project(seed * 1000 + number, quote)
        for step in range(min(FILES_OF_A_PROJECT, files - len(paths))):
            path = place(folder / f"project_{number:02}", step)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(project.migration(comment, between), encoding="utf-8", newline="\n")
            paths.append(path)
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=2400)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    paths = generate(arguments.folder, arguments.files, arguments.seed)
    size = sum(path.stat().st_size for path in paths)
    print(f"{len(paths)} files, {size / len(paths):.0f} bytes each")


if __name__ == "__main__":
    main()
