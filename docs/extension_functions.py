"""Writes what is known of the functions of extensions: src/idemlint/postgres/extension_functions.txt.

    python3 docs/extension_functions.py SCRIPT…     the installation scripts, `postgis--3.3.2.sql` and so on

A line of that file is an extension and its functions that give the same for the same arguments: those which
its scripts declare IMMUTABLE or STABLE, in all their forms and in all the scripts given
(`pg_proc.provolatile`: https://www.postgresql.org/docs/current/xfunc-volatility.html). Left out are those
that no statement calls (trigger functions, those of types and operators that take or give `internal` or
`cstring`, and those whose name begins with `_`), those with a name that PostgreSQL has itself, and words that
people have for functions of their own. What has a schema in its script has it here.

The scripts: PostgreSQL's own lie in `contrib` (installed: share/extension), PostGIS's, pgRouting's, hll's and
ip4r's in Debian's packages postgresql-15-*, those of pgvector and TimescaleDB in their repositories under
`sql/`. What a platform makes that ships no script (Supabase's schemas `auth` and `storage`) is in lines of
the file's own, which are kept.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pglast import parser

from idemlint.postgres.functions import Call, call

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILE: Final = Path(__file__).parents[1] / "src/idemlint/postgres/extension_functions.txt"
#: Types of what no statement calls.
_UNCALLED: Final = frozenset(
    {
        *("internal", "cstring", "trigger", "event_trigger", "language_handler", "fdw_handler"),
        *("index_am_handler", "table_am_handler", "tsm_handler"),
    }
)
#: Plain words: who calls one that the folder does not make need not mean the extension's.
_PLAIN: Final = frozenset(
    {
        *("defined", "delete", "each", "equals", "exist", "family", "first", "idx", "in_range"),
        *("index", "intersects", "is_valid", "last", "make_valid", "slice", "sort", "sort_asc"),
        *("sort_desc", "uniq"),
    }
)
#: Schemas of an extension's own machinery.
_INTERNAL: Final = re.compile(r"_|pg_catalog$")


def functions(text: str) -> Iterator[tuple[str, bool]]:
    """The functions that a script makes: a name, and whether it may give another value each time."""
    text = re.sub(r"(?m)^\\.*$", "", text)
    text = re.sub(r"@extschema(?::\w+)?@\.?|@[A-Z_]+@", "", text)
    for statement in _statements(text):
        try:
            [raw] = _tree(statement)
        except (parser.Error, ValueError):
            continue
        [(kind, fields)] = raw["stmt"].items()
        if kind == "DefineStmt" and fields["kind"] == "OBJECT_AGGREGATE":
            yield _dotted(fields["defnames"]), False
        elif kind == "CreateFunctionStmt" and not _types(fields) & _UNCALLED:
            options = {each["DefElem"]["defname"]: each["DefElem"] for each in fields["options"]}
            said = options.get("volatility", {}).get("arg", {}).get("String", {}).get("sval")
            yield _dotted(fields["funcname"]), said not in {"immutable", "stable"}


def _statements(text: str) -> Iterator[str]:
    """Cut by the scanner: scripts have words that only their build takes out."""
    for each in parser.split(text, with_parser=False, only_slices=True):
        yield text[each]


def _tree(statement: str) -> list[dict[str, Any]]:
    """The statements of a text, as JSON."""
    found: list[dict[str, Any]] = json.loads(parser.parse_sql_json(statement)).get("stmts", [])
    return found


def _dotted(names: Iterable[dict[str, Any]]) -> str:
    return ".".join(each["String"]["sval"] for each in names)


def _types(fields: dict[str, Any]) -> set[str]:
    """The types that a function takes and gives."""
    given = [each["FunctionParameter"]["argType"] for each in fields.get("parameters", ())]
    if "returnType" in fields:
        given.append(fields["returnType"])
    return {each["names"][-1]["String"]["sval"] for each in given}


def main(scripts: Iterable[Path]) -> None:
    """Write the lines of the extensions whose scripts are given."""
    lines = dict(each.split(" ", 1) for each in FILE.read_text().splitlines() if each)
    said: dict[str, dict[str, bool]] = {}
    for script in scripts:
        extension = re.split(r"--|\.", script.name)[0]
        known = said.setdefault(extension, {})
        for name, volatile in functions(script.read_text(errors="replace")):
            known[name] = volatile or known.get(name, False)
    for extension, known in said.items():
        pure = [
            name
            for name, volatile in known.items()
            if not volatile and name.isascii() and not name.rpartition(".")[2].startswith("_")
            if "." not in name or not _INTERNAL.match(name)
            if "." in name or (name not in _PLAIN and call((name,)) is Call.UNKNOWN)
        ]
        if pure:
            lines[extension] = " ".join(sorted(pure))
    FILE.write_text("".join(f"{name} {lines[name]}\n" for name in sorted(lines)), encoding="ascii")


if __name__ == "__main__":
    main(map(Path, sys.argv[1:]))
