"""Names as PostgreSQL stores them, and those that it chooses where a statement gives none."""

from __future__ import annotations

from idemlint.postgres.names import NAME_BYTES, cut

__all__ = ["NAME_BYTES", "ChosenName", "chosen_name", "cut"]


class ChosenName(str):
    """A name that PostgreSQL chooses: where it is taken, the parts are cut anew to make room for a number."""

    __slots__ = ("parts",)

    def __new__(cls, table: str, columns: str, suffix: str) -> ChosenName:
        """From the table, the columns and what it is for (`key`, `idx`, …)."""
        self = super().__new__(cls, _object_name(table, columns, suffix))
        self.parts = (table, columns, suffix)
        return self

    parts: tuple[str, str, str]

    def numbered(self, number: int) -> str:
        """The name after `number` others were found taken."""
        table, columns, suffix = self.parts
        return _object_name(table, columns, f"{suffix}{number or ''}")


def chosen_name(table: str, columns: str, suffix: str) -> ChosenName:
    """`ChooseRelationName` (src/backend/commands/indexcmds.c), as long as nothing is in the way."""
    return ChosenName(table, columns, suffix)


def _object_name(table: str, columns: str, suffix: str) -> str:
    """`makeObjectName` (src/backend/commands/indexcmds.c): the longer part is cut until all fits."""
    first, second = table.encode(), columns.encode()
    spare = NAME_BYTES - len(suffix) - 1 - (1 if second else 0)
    one, two = len(first), len(second)
    while one + two > spare:
        if one > two:
            one -= 1
        else:
            two -= 1
    parts = [first[:one].decode(errors="ignore")]
    if second:
        parts.append(second[:two].decode(errors="ignore"))
    return "_".join([*parts, suffix])
