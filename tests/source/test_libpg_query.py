"""pglast's parser is there without the rest of pglast, and the rest is there for who asks."""

from __future__ import annotations

import subprocess
import sys

import pytest

PARSE = (
    "from idemlint.source.libpg_query import ParseError, parse_sql_json; parse_sql_json('SELECT 1')"
)
TABLES = "[name for name in ('pglast.ast', 'pglast.enums') if name in sys.modules]"


def said(*lines: str) -> str:
    """What a new process prints."""
    code = "\n".join(("import sys", *lines))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_enums_and_nodes_are_not_made() -> None:
    assert said(PARSE, f"print({TABLES})") == "[]"


def test_what_is_wrong_has_its_place() -> None:
    failing = "try: parse_sql_json(' SELEC 1')\nexcept ParseError as error: print(*error.args)"
    assert said(PARSE, failing) == 'syntax error at or near "SELEC" 1'


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import pglast; print(pglast.__version__[:2])", "v8"),
        ("import pglast; print(pglast.parse_sql('SELECT 1')[0].stmt.op.name)", "SETOP_NONE"),
        (
            "from pglast import parse_sql; print(type(parse_sql('SELECT 1')[0]).__module__)",
            "pglast.ast",
        ),
        ("import pglast.ast; print(pglast.ast.RawStmt.__name__)", "RawStmt"),
        ("from pglast import ast; print(ast.RawStmt.__name__)", "RawStmt"),
        ("from pglast.ast import RawStmt; print(RawStmt.__name__)", "RawStmt"),
        ("from pglast.enums import SetOperation; print(SetOperation.SETOP_NONE.value)", "0"),
        ("import pglast; print(pglast.enums.SetOperation.SETOP_NONE.value)", "0"),
        ("from pglast import *; print(prettify('select 1'))", "SELECT 1"),
        ("from pglast.stream import RawStream; print(RawStream()('select 1'))", "SELECT 1"),
        ("from pglast import keywords; print('table' in keywords.RESERVED_KEYWORDS)", "True"),
        ("import pglast; print(pglast.parser.parse_sql_json is parse_sql_json)", "True"),
        ("import pglast; print(pglast.Error is pglast.error.Error)", "True"),
        ("import pglast; print(issubclass(ParseError, pglast.Error))", "True"),
        ("import pglast; print(hasattr(pglast, 'nothing'))", "False"),
        ("import pglast.ast as a; print(hasattr(a, 'nothing'))", "False"),
    ],
)
def test_all_of_pglast_is_there_for_who_asks(code: str, expected: str) -> None:
    assert said(PARSE, code) == expected


def test_no_thread_sees_half_of_it() -> None:
    threads = (
        "import pglast; from concurrent.futures import ThreadPoolExecutor",
        "sys.setswitchinterval(1e-6); pool = ThreadPoolExecutor(8)",
        "found = list(pool.map(lambda _: pglast.parse_sql('SELECT 1')[0].stmt_len, range(8)))",
        "print(set(found))",
    )
    assert said(PARSE, *threads) == "{0}"


def test_where_pglast_is_there_already_it_is_used() -> None:
    there = "from pglast.parser import parse_sql_json as there"
    assert said("import pglast", there, PARSE, "print(there is parse_sql_json)") == "True"


def test_where_our_way_fails_all_is_imported_as_usual() -> None:
    empty = "import types; sys.modules['pglast.error'] = types.ModuleType('pglast.error')"
    assert said(empty, PARSE, f"print(len({TABLES}))") == "2"
