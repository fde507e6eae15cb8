"""The words that say what a statement does to the catalog. A statement is a list of them.

An effect is data: a word and the names that it is about, nothing of a catalog. What each word means when
it is carried out stands in `replay.machine.handlers`, a function a word; `replay` has the table of all.

**The order is PostgreSQL's.** The effects of a statement stand in the order in which PostgreSQL notices
things, so that the first requirement that is not met gives the SQLSTATE that PostgreSQL raises, and all
behind it has not happened:

    CREATE TABLE app.users (id int)
        Requires(app, present, else 3F000)        CREATE TABLE in a schema that is gone
        Requires(app.users, absent, else 42P07)   … of a table that is there
        Creates(app.users)

**A guard is what an unmet requirement leads to.** IF NOT EXISTS is the same list with `SKIP` in place of
42P07: nothing is raised, and nothing behind it is done. Where the schema is gone, 3F000 is raised all the
same, since that is looked at before. `ALTER TABLE … ADD COLUMN IF NOT EXISTS a, ADD b` skips the one and
not the other: each is a `Command`, whose effects a guard skips together.

**Verdicts name an effect.** What decides a statement's verdict is one of its effects, and rules say which
they name: the verb of a `Requires` and its kind, or another word (`on = fails(Verb.CREATE, Kind.TABLE)`)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from idemlint.plpgsql.bindings import Declared
    from idemlint.plpgsql.nodes import Block
    from idemlint.postgres.kinds import Kind, Ref
    from idemlint.replay.catalog.identifiers import ChosenName
    from idemlint.replay.catalog.known_rows import Listed, Source, Value
    from idemlint.replay.catalog.refs import Called
    from idemlint.replay.guards.conditions import Condition
    from idemlint.replay.queries.scope import Reading, Scope
    from idemlint.replay.rewrites.picked import Rewritten
    from idemlint.source.statement import Span
    from idemlint.source.tree import Tree

#: What an unmet requirement leads to when the statement has a guard: nothing happens.
SKIP: Final = "skip"


class Verb(Enum):
    """What a statement is about to do with an object when it finds it there, or missing."""

    CREATE = "create"
    DROP = "drop"
    RENAME = "rename"
    MOVE = "move"
    ALTER = "alter"
    USE = "use"
    WRITE = "write"
    #: Nothing yet: the name has to mean one thing first, and one of the kind that it is taken for.
    MEAN = "mean"

    __hash__ = object.__hash__


class Requires(NamedTuple):
    """`ref` must be there (or must not): otherwise SQLSTATE `otherwise` is raised, or `SKIP`.

    `kind` is what the statement takes it to be; a relation that is there but of another kind raises
    `wrong_kind` where that is set. What must not be there is looked for where it would be made: an index
    in the schema of its table, a new name in that of the old one (`beside`); a view among the temporary ones
    where something that it reads is (`needs`). A `query` asks for columns before it comes to all its tables.
    """

    ref: Ref
    want: bool
    otherwise: str
    kind: Kind
    verb: Verb
    wrong_kind: str | None = None
    beside: Ref | None = None
    needs: tuple[Ref, ...] = ()
    query: Reading | None = None


class UsesColumns(NamedTuple):
    """Columns that a statement mentions have to be there: 42703."""

    table: Ref
    names: tuple[str, ...]


class ReadsColumns(NamedTuple):
    """The names of a query or an expression have to be columns (42703), in bodies maybe others (`names`)."""

    scope: Scope
    names: Declared | None = None


class Calls(NamedTuple):
    """A routine of that name has to be there: 42883. What is behind is so `unless` the folder has made it."""

    ref: Ref
    gives: tuple[str, ...] = ()
    unless: Opaque | None = None


class Validates(NamedTuple):
    """What a body reads or declares has to be there when its routine is made, what it `makes` is not yet."""

    body: tuple[Reading | Requires, ...]
    makes: tuple[Ref, ...] = ()


class Creates(NamedTuple):
    """`ref` is made. `owners` are what it goes with, `needs` what cannot be dropped under it.

    `copies` are the tables its rows come from; `replaces`: OR REPLACE, the object stays who it is;
    `beside` as in `Requires`. `reads` is what its query or its expressions mention: with columns of its
    own table an index or a constraint goes, anything else of it cannot be dropped under the thing. A
    relation made by a query (`gives`) has the columns that the query gives, by names of its own.
    """

    ref: Ref
    kind: Kind
    definition: Any = None
    owners: tuple[Ref, ...] = ()
    needs: tuple[Ref, ...] = ()
    copies: tuple[Ref, ...] = ()
    replaces: bool = False
    beside: Ref | None = None
    reads: Reading | None = None
    gives: tuple[str, ...] | None = None


class CreatesUnnamed(NamedTuple):
    """An index or a constraint whose name PostgreSQL chooses: `base`, or `base1`, `base2` … where taken.

    `table` holds it (for a constraint) or stands beside it (for an index); `reads` as in `Creates`.
    """

    table: Ref
    base: ChosenName
    kind: Kind
    definition: Any = None
    owners: tuple[Ref, ...] = ()
    needs: tuple[Ref, ...] = ()
    reads: Reading | None = None


class EndsAtCommit(NamedTuple):
    """`ON COMMIT DROP`."""

    ref: Ref


class EndsTemporary(NamedTuple):
    """All temporary objects of the session are gone."""


class Drops(NamedTuple):
    """`ref` is gone, with all that lives inside it; with `cascade` also what needs it.

    `among` are the others that the same statement drops: they do not keep each other.
    """

    ref: Ref
    kind: Kind
    cascade: bool = False
    among: tuple[Ref, ...] = ()


class Renames(NamedTuple):
    """`ref` is called `to` from now on, with all that lives inside it (SET SCHEMA too)."""

    ref: Ref
    to: Ref
    kind: Kind


class Sets(NamedTuple):
    """A property gets a value whatever it was: idempotent by nature."""

    ref: Ref
    facet: str
    value: Any


class Retypes(NamedTuple):
    """A column gets a type: what is made of the column forbids that, be the type the same."""

    ref: Ref
    type: str
    typmods: str = ""


class Converts(NamedTuple):
    """What the USING (raw) of ALTER COLUMN … TYPE `reads` has to be of types that give `type` (`wants`).

    `why`: what is said where it cannot be told whether it is (empty: nothing is).
    """

    ref: Ref
    type: str
    wants: Ref
    using: Tree
    why: str = ""
    reads: tuple[Ref, ...] = ()


class Entitles(NamedTuple):
    """Roles may do `what` with an object (empty: all), `revokes`: no longer.

    `sort` is `@granted`, `@default` (with what is made in future, in a schema or in any), or `@owner`.
    `inside`: with all of these kinds that are in a schema.
    """

    ref: Ref | None
    roles: tuple[Ref, ...]
    sort: str
    what: tuple[str, ...] = ()
    revokes: bool = False
    inside: tuple[str, ...] = ()


class Disowns(NamedTuple):
    """What belongs to roles is another's (`to`), or (`drops`) gone, with what is granted to them."""

    roles: tuple[Ref, ...]
    to: Ref | None = None
    drops: bool = False


class SetsPath(NamedTuple):
    """`SET search_path`; `None` resets it. `local`: only until the transaction ends."""

    schemas: tuple[str, ...] | None
    local: bool = False


class Again(Enum):
    """What writing a value once more comes to."""

    SAME = "same"
    MOVES = "moves"
    VOLATILE = "volatile"
    UNKNOWN = "unknown"

    __hash__ = object.__hash__


class Arbiter(NamedTuple):
    """What ON CONFLICT names: raw `IndexElem`s and the WHERE behind them, or a constraint."""

    elements: tuple[Tree, ...] = ()
    where: Tree | None = None
    constraint: str = ""


class Inserts(NamedTuple):
    """Rows are added. `rows` are those that it gives (column → value as text, `None`: not a constant); one
    stands for all that a query makes of the rows of its `source`. `picks`: it may give others each time.
    `conflict` says what ON CONFLICT does (`""`, `nothing`, `update`), `arbiter` which key it asks for.
    `guard` is the condition that keeps out a row that is there already (`WHERE NOT EXISTS …`), `guarded` that
    there is one which is not read (`None`: there may be); `update` what its DO UPDATE comes to when it runs
    again. `kept`, in an outcome: whether a key would keep the rows of a second run out. `literals` are what a
    query gives whose rows cannot be told, by column; `query` has to give as many as are asked.
    """

    table: Ref
    columns: tuple[str, ...] | None
    rows: tuple[tuple[Value, ...], ...] | None
    conflict: str = ""
    arbiter: Arbiter | None = None
    guard: Condition | None = None
    guarded: bool | None = False
    update: Again | None = None
    sources: tuple[Ref, ...] = ()
    from_file: bool = False
    kept: bool | None = None
    source: Source | None = None
    literals: tuple[tuple[str, str], ...] = ()
    query: Scope | None = None
    picks: bool = False


class Updates(NamedTuple):
    """Rows get new values in `columns`: `again` says what doing it once more comes to, `why` in words.

    `sets` are the literals among them; `rows`: it finds those with one of these. `told`: more, if it matters.
    """

    table: Ref
    again: Again
    why: str = ""
    columns: tuple[str, ...] = ()
    sets: frozenset[tuple[str, str]] = frozenset()
    rows: tuple[frozenset[tuple[str, str]], ...] = ()
    told: Rewritten | None = None


class Deletes(NamedTuple):
    """Rows are removed: all (`every`), or those with one of `rows`, or some that cannot be told (`None`).
    `restarts`: sequences begin anew; `others` are found each time (`None`: may be); `refilled`: rows come
    after it. `among` are all of a TRUNCATE: others' foreign keys forbid it, unless it goes on (`cascade`).
    """

    table: Ref
    rows: tuple[frozenset[tuple[str, str]], ...] | None = None
    every: bool = False
    others: bool | None = False
    restarts: bool = False
    among: tuple[Ref, ...] = ()
    cascade: bool = False
    refilled: bool = False


OF_ROWS: Final = frozenset({Inserts, Updates, Deletes})
_OfRows = Inserts | Updates | Deletes


class Fills(NamedTuple):
    """A table is scanned for rows that offend: with some, the first run may fail (23502: NOT NULL)."""

    table: Ref
    sqlstate: str
    subject: Ref
    kind: Kind


class Repeats(NamedTuple):
    """It raises nothing and does it again, whatever the catalog holds (`nextval`, `lo_creat`)."""

    what: str
    kind: Kind | None = None
    subject: Ref | None = None


class Fails(NamedTuple):
    """It raises by itself the second time, or if it is `listed` so; or each time, at bytes of a `body`."""

    sqlstate: str
    reason: str
    body: tuple[int, int] | None = None
    span: Span | None = None
    listed: Listed | None = None


class Opaque(NamedTuple):
    """It cannot be told, but for a `call` of what has a known body; what it mentions becomes unknown."""

    reason: str
    mentions: frozenset[str] = frozenset()
    call: Called | None = None


class Command(NamedTuple):
    """Some effects that a guard skips together (one command of an ALTER TABLE)."""

    effects: tuple[Effect, ...]


class Transaction(NamedTuple):
    """BEGIN, COMMIT, SAVEPOINT …: `kind` as in the parse tree (`TRANS_STMT_BEGIN`), `name` the savepoint."""

    kind: str
    name: str = ""


class Body(NamedTuple):
    """A DO block: control flow over statements."""

    block: Block


Effect = (
    Requires
    | UsesColumns
    | ReadsColumns
    | Calls
    | Validates
    | Creates
    | CreatesUnnamed
    | EndsAtCommit
    | EndsTemporary
    | Drops
    | Renames
    | Sets
    | Converts
    | Retypes
    | Entitles
    | Disowns
    | SetsPath
    | _OfRows
    | Fills
    | Repeats
    | Fails
    | Opaque
    | Command
    | Transaction
    | Body
)
