"""Sqitch: each script by psql, with its own BEGIN and COMMIT; order by the plan; rework."""

from __future__ import annotations

from runners.words import Folder, direction, reruns, sent

PLAN = """%syntax-version=1.0.0
%project=x

users 2024-05-13T17:21:58Z A <a@b> # first
flips [users] 2024-05-14T17:21:58Z A <a@b>
@v1 2024-05-15T17:21:58Z A <a@b> # a tag
zeta [!old] 2024-05-16T17:21:58Z A <a@b>
flips [flips@v1] 2024-05-17T17:21:58Z A <a@b> # reworked
"""


def scripts(folder: Folder) -> Folder:
    names = ["users", "flips", "flips@v1", "zeta", "stray"]
    folder.write(
        {f"{way}/{name}.sql": "" for way in ("deploy", "revert", "verify") for name in names}
    )
    return folder.write({"sqitch.plan": PLAN, "sqitch.conf": ""})


def test_the_plan_gives_it_away(folder: Folder) -> None:
    assert scripts(folder).runners() == {"sqitch"}


def test_the_plan_rules_and_a_reworked_change_runs_twice(folder: Folder) -> None:
    assert scripts(folder).order("sqitch") == [
        "deploy/users.sql",
        "deploy/flips@v1.sql",
        "deploy/zeta.sql",
        "deploy/flips.sql",
    ]


def test_revert_is_down_and_verify_is_not_applied() -> None:
    assert direction("sqitch", "sql/revert/users.sql") == "down"
    assert direction("sqitch", "sql/verify/users.sql") == "ignored"


def test_a_reworked_change_runs_again_by_design(folder: Folder) -> None:
    scripts(folder)
    assert reruns("sqitch", folder.path("deploy/flips.sql")) is not None
    assert reruns("sqitch", folder.path("deploy/flips@v1.sql")) is None
    assert reruns("sqitch", folder.path("deploy/users.sql")) is None


def test_scripts_bring_their_own_transaction() -> None:
    assert sent("sqitch", "BEGIN; SELECT 1; COMMIT;") == ["0 transaction! own"] * 3
    assert sent("sqitch", "SELECT 1; VACUUM;") == ["0 none", "1 none"]
