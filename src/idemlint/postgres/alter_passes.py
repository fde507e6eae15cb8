"""The passes in which PostgreSQL runs the commands of one ALTER TABLE, whatever their order in the text.

Source: `ATPrepCmd` and `AlterTablePass` in PostgreSQL's src/backend/commands/tablecmds.c; passes that no two
commands of a migration are told apart by are one here.
"""

from __future__ import annotations

from typing import Final

DROP, TYPE, COLUMN, INDEX, CONSTRAINT, REST = range(6)

_PASSES: Final = {
    "AT_DropColumn": DROP,
    "AT_DropConstraint": DROP,
    "AT_DropNotNull": DROP,
    "AT_DropIdentity": DROP,
    "AT_DropExpression": DROP,
    "AT_AlterColumnType": TYPE,
    "AT_SetExpression": TYPE,
    "AT_AddColumn": COLUMN,
    "AT_ColumnDefault": CONSTRAINT,
    "AT_AddIdentity": CONSTRAINT,
}
#: Constraints (`ConstrType`) that an index enforces.
INDEXED: Final = frozenset({"CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION"})


def alter_pass(subtype: str, contype: str | None = None) -> int:
    """The pass of a command: its `AlterTableType`, and the `ConstrType` of the constraint that it adds."""
    if subtype == "AT_AddConstraint":
        return INDEX if contype in INDEXED else CONSTRAINT
    return _PASSES.get(subtype, REST)
