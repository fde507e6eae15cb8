"""Compare what idemlint says of rolling back with a real server, on folders of real migrations.

    python -m tests.postgres.redo FOLDER... [--runner R] [--json OUT]

`idemlint replay --rerun redo` says of every file what its rollback does, what that leaves and loses, and
what the file does afterwards. Here the same statements are sent to a throwaway server, one by one in
autocommit: the file, over what the files before it left; then, in a copy of the database, what rolls it back,
and the file again, going on after errors. A file is judged only where its first run succeeded. See `truth`.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idemlint import runners

from .by_statement import Sent, _blamed, _Looking, run_all
from .command_line import parser_of, replayed, server_of
from .comparison import DISAGREEMENTS, compare, read_replay, shortened
from .rerun import Judgement, first_error, judged_change
from .snapshot import DATA, SEQUENCE, Difference
from .truth import PRELUDES

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from .comparison import Agreement, Verdict
    from .server import Database
    from .snapshot import Snapshot

#: What a thing is, the name, and what it is in: `("column", "id", "users")`.
Thing = tuple[str, str, str]

_NAME = r'(?:"(?:[^"]|"")*"|[^".\s])+'
#: Words of idemlint for what a catalog of the server has under one roof.
_ROOFS = {
    "table": "relation",
    "view": "relation",
    "materialized view": "relation",
    "foreign table": "relation",
    "index": "relation",
    "sequence": "relation",
    "composite type": "type",
    "domain": "type",
    "attribute": "column",
    "function": "routine",
    "procedure": "routine",
    "aggregate": "routine",
}
#: Catalogs whose names stand by themselves.
_ALONE = {
    "pg_namespace": "schema",
    "pg_authid": "role",
    "pg_publication": "publication",
    "pg_event_trigger": "event trigger",
}
#: Catalogs whose names begin with what they are on.
_ON = {
    "pg_constraint": "constraint",
    "pg_trigger": "trigger",
    "pg_policy": "policy",
    "pg_rewrite": "rule",
}


#: What stands before each further line of a rollback in comments.
_COMMENT = re.compile(r"\n[ \t]*--[ \t]*rollback[ \t]")
_CHOSEN = re.compile(r"_(?:seq|not_null)\d*\b")


@dataclass(frozen=True, slots=True)
class Half:
    """The statements of one half of a redo, with what idemlint says that they leave and lose."""

    filename: str
    verdicts: tuple[Verdict, ...] = ()
    leaves: frozenset[Thing] = frozenset()
    loses: frozenset[Thing] = frozenset()


@dataclass(frozen=True, slots=True)
class Redo:
    """A migration: it runs, is rolled back, and runs again."""

    up: Half
    down: Half
    runner: str = ""
    applies: bool = True


@dataclass(slots=True)
class Found:
    """All comparisons: of statements by half, of things that are left or lost; and notes."""

    counts: dict[str, Counter[str]] = field(
        default_factory=lambda: {
            "down": Counter(),
            "up": Counter(),
            "leaves": Counter(),
            "loses": Counter(),
        }
    )
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take in what another folder gave."""
        for half, counts in other.counts.items():
            self.counts[half] += counts

    def text(self) -> str:
        """What is printed."""
        counts = [
            f"{half}: " + ", ".join(f"{name} {number}" for name, number in sorted(each.items()))
            for half, each in self.counts.items()
        ]
        return "\n".join([*self.lines, *(f"note: {note}" for note in self.notes), *counts])


def read_redos(document: dict[str, Any], read: Callable[[str], bytes]) -> list[Redo]:
    """Turn `idemlint replay --rerun redo --output-format json` into migrations, in the order given there."""
    ups: dict[str, Redo] = {}
    for entry, migration in zip(document["files"], read_replay(document, read), strict=True):
        each = list(zip(entry["statements"], migration.verdicts, strict=True))
        name = entry.get("undoes") or entry["filename"]
        profile = runners.get(entry["runner"])
        if profile.undoing.last_first:
            # Statements are told in the order of the file.
            parts = [part.span.start for part in profile.parts(read(entry["filename"]))]
            each.sort(
                key=lambda one: (
                    -sum(start <= one[1].start for start in parts)
                    if one[0].get("half") == "down"
                    else 0
                )
            )
        halves = {half: _half(entry["filename"], each, half) for half in ("up", "down")}
        if "undoes" in entry:
            ups[name] = replace(ups[name], down=halves["down"])
        else:
            applies = not any(one["verdict"] == "not-applicable" for one in entry["statements"])
            ups[name] = Redo(halves["up"], halves["down"], entry["runner"], applies)
    return list(ups.values())


def _half(filename: str, each: Sequence[tuple[dict[str, Any], Verdict]], half: str) -> Half:
    mine = [(told, verdict) for told, verdict in each if told.get("half", "up") == half]
    return Half(
        filename,
        tuple(replace(each, text=_COMMENT.sub("\n", each.text)) for _, each in mine),
        frozenset(_thing(one) for told, _ in mine for one in told.get("leaves", ())),
        frozenset(_thing(one) for told, _ in mine for one in told.get("loses", ())),
    )


def _thing(words: str) -> Thing:
    """`column id on users` as a thing."""
    noun = next(
        (one for one in sorted(_ROOFS, key=len, reverse=True) if words.startswith(f"{one} ")), ""
    )
    if not noun:
        known = [*_ALONE.values(), *_ON.values()]
        noun = next((one for one in known if words.startswith(f"{one} ")), words.split(" ")[0])
    name, _, holder = words.removeprefix(f"{noun} ").partition(" on ")
    roof = _ROOFS.get(noun, noun)
    return roof, name.partition("(")[0], holder


def things(snapshot: Snapshot) -> dict[Thing, tuple[Thing, ...]]:
    """The objects of a database that a migration makes and a rollback drops, and what each of them is in."""
    found: dict[Thing, tuple[Thing, ...]] = {}
    parts = snapshot.parts
    kinds = {name: content[1] for name, content in parts.get("pg_class", ())}
    owned = {
        name.removeprefix("sequence "): content.split(" ", 1)[-1]
        for name, content in parts.get("pg_depend", ())
        if name.startswith("sequence ")
    }
    keys = {
        _schema(name.split(" ")[0]) + name.split(" ", 1)[1]
        for name, content in parts.get("pg_constraint", ())
        if content[1] in "pux"
    }
    tables = {name: _first_field(content) for name, content in parts.get("pg_index", ())}
    for name, kind in kinds.items():
        if kind in "rvmpfiIS" and name not in keys:
            inside = [_schema_of(name)]
            if name in owned:
                relation, _, column = owned[name].rpartition(".")
                inside += [
                    ("relation", _short(relation), ""),
                    ("column", _bare(column), _short(relation)),
                ]
            if name in tables:
                inside.append(("relation", _short(tables[name]), ""))
            found["relation", _short(name), ""] = tuple(inside)
    for name, _ in parts.get("pg_type", ()):
        if not name.endswith("[]") and kinds.get(name, "c") == "c":
            found["type", _short(name), ""] = (_schema_of(name),)
    for name, _ in parts.get("pg_proc", ()):
        found["routine", _short(name).partition("(")[0], ""] = (_schema_of(name),)
    for name, _ in parts.get("pg_attribute", ()):
        relation, _, column = name.rpartition(".")
        if kinds.get(relation, "") in "rpfc":
            roof = "type" if kinds[relation] == "c" else "relation"
            holder = (roof, _short(relation), "")
            found["column", _bare(column), _short(relation)] = (holder,)
    for part, noun in _ON.items():
        for name, content in parts.get(part, ()):
            relation, _, own = name.partition(" ")
            is_internal = own.startswith("RI_ConstraintTrigger") or own.strip('"') == "_RETURN"
            if not is_internal and not (part == "pg_constraint" and content[1] == "n"):
                holders = tuple((roof, _short(relation), "") for roof in ("relation", "type"))
                found[noun, _bare(own), _short(relation)] = holders
    for part, noun in _ALONE.items():
        for name, _ in parts.get(part, ()):
            found[noun, _bare(name), ""] = ()
    return found


def _first_field(row: str) -> str:
    """The first field of a row as text: quoted where it has quotes."""
    quoted = re.match(r'\("((?:[^"]|"")*)"', row)
    return quoted[1].replace('""', '"') if quoted else row[1:].split(",")[0]


def _schema(name: str) -> str:
    schema, dot, _ = name.rpartition(".")
    return f"{schema}." if dot else ""


def _schema_of(name: str) -> Thing:
    schema = re.match(rf"({_NAME})\.", name)
    return "schema", _bare(schema[1]) if schema else "public", ""


def _short(name: str) -> str:
    return ".".join(map(_bare, re.findall(_NAME, name.removeprefix("public."))))


def _bare(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') and name.endswith('"') else name


def gone(before: Snapshot, after: Snapshot) -> frozenset[Thing]:
    """What is in one state and not in the other; what went with what it is in goes without saying, and so
    does what an extension brings."""
    had, has = things(before), things(after)
    lost = had.keys() - has.keys()
    extensions = (state.parts.get("pg_extension") for state in (before, after))
    brought = ("routine", "type") if len(set(extensions)) > 1 else ()
    return frozenset(
        each for each in lost if not lost.intersection(had[each]) and each[0] not in brought
    )


def measure(database: Database, redos: Sequence[Redo]) -> Found:
    """Run all migrations in order; roll each back and run it again where it stands."""
    found = Found()
    for message in PRELUDES.get(redos[0].runner if redos else "", ()):
        database.send(message)
    before = database.snapshot()
    for redo in redos:
        if any(one.runs_programs for one in (*redo.up.verdicts, *redo.down.verdicts)):
            found.notes.append(f"{redo.up.filename}: starts programs, left out")
            continue
        with database.connect() as connection:
            first = run_all(connection, _sent(redo.up.verdicts))
        after = database.snapshot()
        if (failed := first_error(first)) is not None:
            found.notes.append(f"{redo.up.filename}: first run {failed}")
        elif not redo.applies:
            found.notes.append(f"{redo.up.filename}: never rolled back")
        else:
            _redo(database, redo, before, after, found)
        before = after
    return found


def _sent(verdicts: Iterable[Verdict]) -> list[Sent]:
    return [Sent(one.text, one.copy_data, one.unit) for one in verdicts]


def _redo(database: Database, redo: Redo, before: Snapshot, after: Snapshot, found: Found) -> None:
    with database.copy() as again:
        with again.connect() as connection:
            rolled = run_all(connection, _sent(redo.down.verdicts))
        undone = again.snapshot()
        rows: list[int | None] = []
        with again.connect() as connection:
            looking = _Looking(again, connection, lambda: undone)
            second = run_all(connection, _sent(redo.up.verdicts), look=looking, rows=rows)
        lasting = _without_rows(after.difference(again.snapshot()))
    for verdict, sqlstate in zip(redo.down.verdicts, rolled, strict=True):
        judgement = Judgement("safe" if sqlstate is None else "fails", sqlstate)
        _note(found, "down", redo.down.filename, verdict, judgement)
    mine = zip(redo.up.verdicts, second, _blamed(looking.touched, lasting), rows, strict=True)
    for verdict, sqlstate, change, number in mine:
        judgement = judged_change(change, (None,), (sqlstate,))
        _note(found, "up", redo.up.filename, verdict, replace(judgement, rows=number))
    halves = (redo.up, redo.down)
    same = things(before).keys() & things(undone).keys()
    leaves = {one for half in halves for one in half.leaves if not _is_overload(one, same)}
    loses = {one for half in halves for one in half.loses if not _is_overload(one, same)}
    _things(found, "leaves", redo, leaves, gone(undone, before))
    _things(found, "loses", redo, loses, gone(before, undone))


def _is_overload(thing: Thing, same: Container[Thing]) -> bool:
    """Whether it is a routine of which there is one before and after: which, its arguments say."""
    return thing[0] == "routine" and thing in same


def _without_rows(changes: Mapping[str, Difference]) -> dict[str, Difference]:
    """The same without what was rolled back and came again with other rows, or in another order."""
    kept = {part: _without_chosen(change) for part, change in changes.items()}
    kept.pop(SEQUENCE, None)
    if DATA in kept:
        came, went = (
            Counter(name for name, _ in items) for items in (kept[DATA].added, kept[DATA].removed)
        )
        added = tuple(one for one in kept[DATA].added if came[one[0]] > went[one[0]])
        kept[DATA] = Difference(added, ())
    if "pg_attribute" in kept:
        had, has = (
            {(name, content.partition(",")[2]): (name, content) for name, content in items}
            for items in (kept["pg_attribute"].removed, kept["pg_attribute"].added)
        )
        kept["pg_attribute"] = Difference(
            tuple(has[one] for one in has if one not in had),
            tuple(had[one] for one in had if one not in has),
        )
    return {part: change for part, change in kept.items() if change.added or change.removed}


def _without_chosen(change: Difference) -> Difference:
    """The same without names that PostgreSQL numbers as they are free: sequences, NOT NULL constraints."""
    added, removed = (
        tuple(one for one in items if not _CHOSEN.search(" ".join(one)))
        for items in (change.added, change.removed)
    )
    return Difference(added, removed)


def _note(found: Found, half: str, filename: str, verdict: Verdict, judgement: Judgement) -> None:
    agreement: Agreement = compare(verdict.verdict, verdict.sqlstate, judgement, verdict.reason)
    name = f"{agreement} {verdict.verdict}" if agreement == "agree" else str(agreement)
    if agreement == "unknown":
        name += f" ({judgement.outcome})"
    found.counts[half][name] += 1
    if agreement in DISAGREEMENTS or (agreement == "unknown" and judgement.outcome != "safe"):
        said = " ".join(filter(None, (verdict.verdict, verdict.sqlstate)))
        found.lines.append(
            f"{half} {agreement}: {filename} at byte {verdict.start}\n"
            f"    {shortened(verdict.text, 300)}\n"
            f"    idemlint: {said} ({verdict.reason})\n    server:   {judgement}"
        )
        for part, change in judgement.difference.items():
            found.lines += [
                f"      {part} {shortened(line, 200)}" for line in str(change).split("\n")[:4]
            ]


def _things(found: Found, what: str, redo: Redo, said: set[Thing], seen: frozenset[Thing]) -> None:
    columns = {holder for roof, _, holder in said | seen if roof == "column"}

    def counts(each: Thing) -> bool:
        """A key and an index go with a column of theirs: who tells of that one need not tell of them. Nor
        do names count that PostgreSQL numbers as they are free."""
        chosen = _CHOSEN.search(each[1]) is not None
        return not chosen and (each[0] not in ("relation", "constraint") or not columns)

    found.counts[what]["right"] += len(said & seen)
    for verb, those in (("false", said - seen), ("missed", seen - said)):
        for each in sorted(filter(counts, those)):
            found.counts[what][verb] += 1
            found.lines.append(f"{what} {verb}: {redo.up.filename}: {each}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison from the command line; 0 also where there are disagreements."""
    options = parser_of("redo", __doc__).parse_args(arguments)
    total = Found()
    with server_of(options) as server:
        for folder in options.folders:
            document = replayed(options.idemlint, folder, "redo", options.runner)
            redos = read_redos(document, lambda name: Path(name).read_bytes())
            with server.fresh_database() as database:
                found = measure(database, redos)
            print(f"== {folder} (PostgreSQL {server.version})\n{found.text()}\n", flush=True)
            total.add(found)
    print("== all folders\n" + total.text())
    if options.json:
        options.json.write_text(json.dumps(total.counts, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
