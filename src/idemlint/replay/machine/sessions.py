"""The session that statements are sent in: where names are looked for, and what a ROLLBACK takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from idemlint.replay.effects.vocabulary import (
        EndsAtCommit,
        EndsTemporary,
        SetsPath,
        Transaction,
    )
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result

#: What begins a transaction, and what ends one whose work stays (`TransactionStmtKind`).
BEGINS: Final = frozenset({"TRANS_STMT_BEGIN", "TRANS_STMT_START"})
COMMITS: Final = frozenset({"TRANS_STMT_COMMIT", "TRANS_STMT_PREPARE"})


def sets_path(run: Pass, effect: SetsPath) -> Result:
    """From here on, names are looked for elsewhere."""
    schemas = effect.schemas
    run.state.set_path(("public",) if schemas == () else schemas, local=effect.local)
    return None


def transaction(run: Pass, effect: Transaction) -> Result:
    """What is rolled back never was. A rollback in a body, or of nothing, does nothing here."""
    kind, state = effect.kind, run.state
    if run.in_body:
        return None
    if kind in BEGINS:
        # In a transaction, it is no more than a warning.
        if "" not in state.savepoints:
            state.save("")
    elif kind == "TRANS_STMT_SAVEPOINT":
        state.save(effect.name)
    elif kind in {"TRANS_STMT_ROLLBACK", "TRANS_STMT_ROLLBACK_TO"}:
        since = state.undo(effect.name if kind == "TRANS_STMT_ROLLBACK_TO" else "")
        if since is not None:
            run.candidates = [each for each in run.candidates if each.statement <= since.statement]
    elif kind in COMMITS:
        state.commit()
    return None


def ends_at_commit(run: Pass, effect: EndsAtCommit) -> Result:
    """ON COMMIT DROP."""
    key = run.catalog.key(effect.ref)
    if key is not None:
        run.state.until_commit = (*run.state.until_commit, key)
    return None


def ends_temporary(run: Pass, effect: EndsTemporary) -> Result:
    """DISCARD TEMP."""
    run.state.end_temporary()
    return None
