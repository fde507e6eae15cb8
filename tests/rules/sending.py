"""Send a migration to a server as its runner would: what stands in one block, stays in one."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from postgres.server import execute

if TYPE_CHECKING:
    from idemlint.analysis.judged import Judged
    from postgres.server import Database


def send(database: Database, report: Judged, *, until: int | None = None) -> str | None:
    """Run the file in a session of its own up to its first error; return its SQLSTATE, or None.

    `until` is the first unit that is not sent any more: the run is stopped there.
    """
    deliveries = report.migration.deliveries
    chosen = [
        statement
        for statement in report.parsed.statements
        if statement.section == "up" and (until is None or deliveries[statement.index].unit < until)
    ]
    data = report.parsed.source.data
    with database.connect() as connection:
        for _, group in groupby(chosen, key=lambda each: deliveries[each.index].unit):
            statements = list(group)
            delivery = deliveries[statements[0].index]
            texts = [data[each.start : each.end].decode() for each in statements]
            if delivery.block == "transaction" and not delivery.authored:
                texts = ["BEGIN", *texts, "COMMIT"]
            elif delivery.block in ("message", "pipeline"):
                texts = [";\n".join(texts)]
            for text in texts:
                sqlstate = execute(connection, text)
                if sqlstate is not None:
                    return sqlstate
    return None


def roll_back(database: Database, report: Judged) -> list[str | None]:
    """Run what rolls the file back, one by one, going on after errors; return the SQLSTATE of each."""
    data = report.parsed.source.data
    with database.connect() as connection:
        return [
            execute(connection, data[each.start : each.end].decode())
            for each in report.parsed.statements
            if report.migration.rolls_back(each)
        ]


def units(report: Judged) -> list[int]:
    """The numbers of the units that a run consists of, in their order."""
    return sorted(
        {
            report.migration.deliveries[statement.index].unit
            for statement in report.parsed.statements
            if statement.section == "up"
        }
    )
