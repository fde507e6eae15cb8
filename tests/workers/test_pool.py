"""Several processes say what one says, in its order, with its errors; and none is left behind."""

from __future__ import annotations

import os
import pickle
import re
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from idemlint import engine
from idemlint.settings import Settings
from idemlint.workers import pool, wire

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from idemlint.sequence.order import Group

FIXTURES = Path(__file__).parents[1] / "fixtures"
NAMES = ("drizzle/bookings", "prisma/shop", "psql/ledger", "supabase/clinic")
FOLDERS = [os.path.relpath(FIXTURES / name) for name in NAMES]
SETTINGS = Settings.load(isolated=True)
WHOLE = wire.Request((SETTINGS,) * 20, {}, None, whole=True, effects=False, excerpts=True)


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The processes of a test; when it is over, they are too."""
    processes = []
    start = pool._start

    def remember() -> subprocess.Popen[bytes]:
        processes.append(start())
        return processes[-1]

    monkeypatch.setattr(pool, "_start", remember)
    yield processes
    assert [each.poll() is not None for each in processes] == [True] * len(processes)


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process leaves all groups to the others, as long as there are any."""
    take = pool._Board.take
    main = threading.current_thread()

    def others_take(board: pool._Board) -> int | None:
        is_main = threading.current_thread() is main
        return None if is_main and threading.active_count() > 1 else take(board)

    monkeypatch.setattr(pool._Board, "take", others_take)


def groups_of(folders: list[str] = FOLDERS) -> list[Group]:
    return engine.open(folders, SETTINGS, once=True).groups


def shared(
    request: wire.Request = WHOLE, number: int = 2, groups: list[Group] | None = None
) -> Iterator[Any]:
    groups = groups_of() if groups is None else groups
    return pool.answers(
        groups, [len(each.names) for each in groups], request, number, lambda _: None
    )


def instead(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Let other processes answer in another way."""
    code = pool._CODE.replace(
        "serve()",
        f"import os, sys, time\nfrom idemlint.workers import wire\nusual = wire.answers\n"
        f"def answers(request, task, done):\n    {body}\nwire.answers = answers\nserve()",
    )
    monkeypatch.setattr(pool, "_CODE", code)


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize("number", [2, 3])
def test_the_reports_are_those_of_one_process_in_the_order_of_the_groups(number: int) -> None:
    assert list(shared(number=number)) == list(engine.open(FOLDERS, SETTINGS).reports())


@pytest.mark.usefixtures("idle")
def test_where_nobody_asks_for_statements_their_number_is_said() -> None:
    expected = list(engine.open(FOLDERS, SETTINGS).tallies())
    assert list(shared(WHOLE._replace(whole=False))) == expected


@pytest.mark.usefixtures("idle")
def test_effects_come_along() -> None:
    reports = list(engine.open(FOLDERS, SETTINGS).reports(effects=True))
    assert list(shared(WHOLE._replace(effects=True))) == reports


def test_this_process_does_its_part() -> None:
    groups = groups_of()
    assert list(shared(number=1, groups=groups)) == list(engine.open(FOLDERS, SETTINGS).reports())


@pytest.mark.usefixtures("idle")
def test_texts_that_were_given_and_the_files_that_are_asked_about_come_along() -> None:
    name = f"{FOLDERS[2]}/new.sql"
    texts = {name: b"CREATE TABLE fresh (id int);\n"}
    folder = engine.open([*FOLDERS, name], SETTINGS, texts, once=True)
    request = WHOLE._replace(texts=texts, only=frozenset({name}))
    (report,) = shared(request, groups=folder.groups)
    assert [finding.code for finding in report.findings] == ["IDM101"]


@pytest.mark.usefixtures("idle")
def test_files_are_counted_as_they_are_done() -> None:
    groups, steps = groups_of(), []
    found = list(pool.answers(groups, [1] * len(groups), WHOLE, 2, steps.append))
    assert sum(steps) == len(found) > len(groups)


def _vanished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Group]:
    monkeypatch.chdir(tmp_path)
    for folder in "abc":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.sql").write_text("SELECT 1;\n")
    groups = groups_of(["a", "b", "c"])
    for folder in "bc":
        (tmp_path / folder / "1.sql").unlink()
    return groups


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize("sizes", [[1, 2, 3], [3, 2, 1]])
def test_a_file_that_has_gone_costs_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: list[int]
) -> None:
    groups = _vanished(tmp_path, monkeypatch)
    found = list(pool.answers(groups, sizes, WHOLE, 2, lambda _: None))
    assert [each.filename for each in found] == ["a/1.sql", "b/1.sql", "c/1.sql"]
    assert [each.problem.split(": ")[:2] for each in found] == [
        [""],
        ["b/1.sql", "cannot be read"],
        ["c/1.sql", "cannot be read"],
    ]


def test_it_is_the_same_where_this_process_meets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = list(shared(number=1, groups=_vanished(tmp_path, monkeypatch)))
    assert [bool(each.problem) for each in found] == [False, True, True]


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{}['no such key']", "KeyError: 'no such key'"),
        ("return answers(request, task, done)", "nested too deeply"),
        ("raise type('Odd', (Exception,), {})('told')", "RuntimeError: Odd: told"),
    ],
)
def test_an_error_of_ours_costs_the_group_and_says_where_it_was(
    monkeypatch: pytest.MonkeyPatch, body: str, text: str
) -> None:
    instead(monkeypatch, body)
    found = list(shared())
    (fault,) = found[-1].faults
    assert fault.error == text
    assert "in answers" in fault.trace


@pytest.mark.usefixtures("idle")
def test_a_process_that_dies_costs_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = list(engine.open(FOLDERS, SETTINGS).reports())
    instead(
        monkeypatch,
        "os._exit(7) if task.runner == 'psql' else None; return usual(request, task, done)",
    )
    found = list(shared())
    lost = [each for each in found if each.problem]
    assert {each.runner for each in lost} == {"psql"}
    assert re.search(r"psql.ledger.* \(psql\): the process .* \(exit code 7\)", lost[0].problem)
    assert [each.filename for each in found] == [each.filename for each in expected]
    assert [each for each in found if not each.problem] == [
        each for each in expected if each.runner != "psql"
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
@pytest.mark.usefixtures("idle")
def test_a_process_that_is_killed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, "os.kill(os.getpid(), 9)")
    assert any("signal 9" in each.problem for each in shared())


def test_where_none_starts_this_one_does_all(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = list(engine.open(FOLDERS, SETTINGS).reports())
    monkeypatch.setattr(pool, "_CODE", "raise SystemExit(3)")
    assert list(shared()) == expected
    monkeypatch.setattr(sys, "executable", "no/such/python")
    assert list(shared()) == expected


@pytest.mark.usefixtures("idle")
def test_what_others_print_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = list(engine.open(FOLDERS, SETTINGS).reports())
    instead(monkeypatch, "print('noise', flush=True); return usual(request, task, done)")
    assert list(shared()) == expected


@pytest.mark.usefixtures("idle")
def test_modules_come_from_where_ours_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = groups_of([str(FIXTURES / name) for name in NAMES])
    (tmp_path / "orjson.py").write_text("raise SystemExit('taken from the working folder')")
    monkeypatch.chdir(tmp_path)
    assert len(list(shared(groups=groups))) > len(groups)


@pytest.mark.usefixtures("idle")
def test_the_user_ends_all(
    monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    instead(monkeypatch, "time.sleep(600)")
    groups = groups_of()

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(pool.answers(groups, [1] * len(groups), WHOLE, 3, interrupted))
    assert len(started) == 2  # and they are over: see the fixture


@pytest.mark.usefixtures("idle")
def test_who_stops_asking_ends_all(started: list[subprocess.Popen[bytes]]) -> None:
    answers = shared()
    next(answers)
    answers.close()
    assert len(started) == 1


def test_when_we_are_killed_the_others_end_in_the_midst_of_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instead(monkeypatch, "time.sleep(600)")
    process = pool._start()
    asking, answering = pool._there(process.stdin), pool._there(process.stdout)
    pickle.dump(WHOLE, asking)
    asking.flush()
    wire.receive(answering)
    pickle.dump(wire.task_of(0, groups_of()[0]), asking)
    asking.flush()
    asking.close()
    assert process.wait(60) == 1
    answering.close()
