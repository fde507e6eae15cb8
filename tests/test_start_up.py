"""What the hook of every commit loads: a run on a small file that is clean, as a process.

Each module that is loaded for nothing costs as much as the replay of several statements. Who adds one to
the list says with it that every run needs it.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from idemlint import rules
from idemlint.on_demand import modules_in
from idemlint.runners import profiles

if TYPE_CHECKING:
    from pathlib import Path

#: Ours that a clean file needs. Besides, every rule says whether it finds something, and every runner
#: whether the file is its own: all of `rules` and of `runners.profiles`.
NEEDED = """
analysis analysis.file_report analysis.findings analysis.fingerprint analysis.judged
analysis.judging analysis.unanswered
cli cli.app cli.check cli.collector cli.exits cli.interrupts cli.notes cli.options cli.output
cli.progress cli.rulebook cli.session cli.terminal
config configured
diagnostics
engine
errors
faults
files
fixes
left_out
modes
on_demand
plpgsql plpgsql.nodes
postgres postgres.alter_passes postgres.create_drop postgres.functions postgres.kinds
postgres.names postgres.no_block postgres.sqlstates
records
replay replay.catalog replay.catalog.column replay.catalog.constraint replay.catalog.datatype
replay.catalog.definition replay.catalog.identifiers replay.catalog.key_index
replay.catalog.knowledge replay.catalog.known_rows replay.catalog.lookup
replay.catalog.refs replay.catalog.relation replay.catalog.slots replay.catalog.table_rows
replay.catalog.view replay.effects replay.effects.program replay.effects.queries
replay.effects.tables replay.effects.vocabulary replay.judge replay.judge.assembly
replay.judge.first replay.judge.lasting replay.judge.patterns replay.judge.rerun
replay.judge.settling replay.judge.stops
replay.judge.verdict replay.machine replay.machine.budget replay.machine.handlers
replay.machine.objects replay.machine.objects.create replay.machine.objects.own_faults
replay.machine.requirements replay.machine.run
replay.machine.signals replay.machine.state replay.queries replay.queries.scope
report report.account report.formats report.full report.lines report.run_report report.summary
report.words
rules rules.kit rules.kit.first_runs rules.kit.pages rules.kit.rule rules.kit.ways_out
runners runners.body_spans runners.clues runners.cutters runners.detector runners.directives
runners.line_patterns runners.majority runners.profile runners.profiles runners.sections
runners.undoing runners.units
selection
sequence sequence.asked sequence.chain sequence.facts sequence.first
sequence.first.blame sequence.first.first_outcome
sequence.first.fresh_database sequence.first.first_run sequence.grouping sequence.migration
sequence.order sequence.owners sequence.paths sequence.running sequence.running.runs sequence.script
sequence.standing sequence.start_after sequence.terms sequence.texts sequence.unjudged
settings
source source.grammar source.lexer source.libpg_query source.parse source.positions source.split
source.statement source.text source.tokens source.tree
"""

#: Of others, what must not be there, be it only for a name in it. What Python, click and orjson
#: bring along is not ours to choose.
HEAVY = (
    "_hashlib",
    "asyncio",
    "difflib",
    "fnmatch",
    "hashlib",
    "importlib.metadata",
    "importlib.resources",
    "importlib.util",
    "logging",
    "multiprocessing",
    "pathlib",
    "pathspec",
    "pglast.ast",
    "pglast.enums",
    "pkgutil",
    "rich",
    "shutil",
    "subprocess",
    "tempfile",
    "textwrap",
    "tomli",
    "tomllib",
    "traceback",
    "unicodedata",
    "urllib.parse",
)

_RUN = """
import sys, click, orjson
there = set(sys.modules)
from idemlint.cli.app import app
from idemlint.cli.exits import run
code = run(app, ["clean.sql"])
print(*sorted(set(sys.modules) - there))
sys.exit(code)
"""


def test_a_small_run_on_several_folders_knows_nothing_of_processes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.sql").write_text("SELECT 1;\n")
    run = _RUN.replace('"clean.sql"', '"one", "two"')
    done = subprocess.run(
        [sys.executable, "-c", run], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    found = set(done.stdout.splitlines()[-1].split())
    assert {"idemlint.workers.pool", "idemlint.workers.wire", *HEAVY}.isdisjoint(found)
    assert "idemlint.workers.sizing" in found


def loaded(folder: Path, text: str) -> set[str]:
    (folder / "clean.sql").write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", _RUN], capture_output=True, text=True, cwd=folder, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_a_clean_file_loads_what_it_needs(tmp_path: Path) -> None:
    every = {f"idemlint.rules.{name}" for name in modules_in(rules.__path__)}
    every |= {f"idemlint.runners.profiles.{name}" for name in modules_in(profiles.__path__)}
    found = loaded(tmp_path, "CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, name text);\n")
    assert found.isdisjoint(HEAVY)
    ours = {name for name in found if name.split(".")[0] == "idemlint"}
    assert ours - every == {f"idemlint.{name}".rstrip(".") for name in NEEDED.split()} | {
        "idemlint"
    }
