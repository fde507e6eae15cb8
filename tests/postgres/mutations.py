"""Changes to a folder that runs clean, each of which lets statements fail on an empty database.

- `made again`: copies of what makes something, after the last statement (42P07, 42701, 42710, …)
- `made last`: a table, type, function or view is made after all else (42P01, 42704, 42883, …)
- `wrong column`: in an index, view, key, reference, ALTER, INSERT, UPDATE or comment (42703)
- `older first`: a table is made before with one column fewer, and the original is guarded (42703)
- `key removed`: under ON CONFLICT (42P10), and under a foreign key (42830, 42704)
- `renamed`: a type or function where it is made (42704, 42883)

Copies, and wrong columns outside CREATE TABLE, fail for themselves and have few consequences: they
are all in one mutant. The others have many; `together` puts a few into one that are about different
things.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pglast.parser import ParseError, parse_sql_json

from .mutable import overlap
from .truth import names_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .mutable import Edit, Folder, Statement

Place = TypeVar("Place")

#: A node's kind, and the field of its tree that names what it makes.
NAMED: dict[str, str] = {
    "CreateStmt": "relation",
    "ViewStmt": "view",
    "CreateSeqStmt": "sequence",
    "CreateEnumStmt": "typeName",
    "CompositeTypeStmt": "typevar",
    "CreateDomainStmt": "domainname",
    "CreateFunctionStmt": "funcname",
    "CreateSchemaStmt": "schemaname",
    "IndexStmt": "idxname",
    "CreateTrigStmt": "trigname",
    "CreatePolicyStmt": "policy_name",
}
ADDS = {"AT_AddColumn": "ADD COLUMN", "AT_AddConstraint": "ADD CONSTRAINT"}
#: What is made last, by node: how many of those asked for, in parts of 1.
LAST = {
    "CreateStmt": 1.0,
    "CreateEnumStmt": 0.3,
    "CreateDomainStmt": 0.2,
    "CreateFunctionStmt": 0.3,
    "ViewStmt": 0.3,
}
#: What is renamed, by node, and the word before its name.
RENAMED = {
    "CreateEnumStmt": "type",
    "CompositeTypeStmt": "type",
    "CreateDomainStmt": "domain",
    "CreateFunctionStmt": "function",
}
KEYS = frozenset({"CONSTR_PRIMARY", "CONSTR_UNIQUE"})
COLUMN_COMMANDS = {
    "AT_SetNotNull": "alter",
    "AT_DropNotNull": "alter",
    "AT_ColumnDefault": "alter",
    "AT_AlterColumnType": "alter",
    "AT_DropColumn": "drop",
}
#: What may stand behind a column's key and belongs to it.
MORE_OF_A_KEY = frozenset({"with", "using", "include", "nulls", "(", "deferrable", "initially"})
WRONG, NEW = "_missing", "_renamed"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A folder with changes of one kind; `about` says what was changed.

    `more` is how many statements it has more than the folder; `names` is what the changed statements
    name, where another change may stand beside this one.
    """

    kind: str
    about: str
    edits: tuple[Edit, ...]
    more: int = 0
    names: frozenset[str] = frozenset()

    @property
    def filenames(self) -> frozenset[str]:
        """The files that are changed."""
        return frozenset(edit.filename for edit in self.edits)


def mutants(folder: Folder, each: int, seed: int = 1) -> list[Mutant]:
    """Return mutants of all kinds, `each` places of a kind (or of a part of it) at most.

    The same folder, number and seed give the same mutants.
    """
    if not folder.statements or folder.last.verdict.copy_data:
        return []
    chance = random.Random(seed)
    found: list[Mutant] = []
    for make in (made_again, made_last, wrong_columns, older_first, keys_removed, renamed):
        found += make(folder, each, chance)
    return found


def together(found: Sequence[Mutant], most: int) -> list[Mutant]:
    """Put up to so many changes of one kind into one mutant, where they are about other things."""
    groups: list[list[Mutant]] = []
    for one in found:
        fitting = (
            group
            for group in groups
            if len(group) < most
            and one.names
            and all(
                one.kind == other.kind and other.names and not one.names & other.names
                for other in group
            )
            and not overlap([edit for other in (*group, one) for edit in other.edits])
        )
        if (group := next(fitting, None)) is None:
            groups.append([one])
        else:
            group.append(one)
    return [
        Mutant(
            group[0].kind,
            "; ".join(one.about for one in group),
            tuple(edit for one in group for edit in one.edits),
            sum(one.more for one in group),
        )
        for group in groups
    ]


def _chosen(places: Sequence[Place], number: int, chance: random.Random) -> list[Place]:
    """Return so many of the places, in their order."""
    if len(places) <= number:
        return list(places)
    return [places[index] for index in sorted(chance.sample(range(len(places)), number))]


def _parses(text: str) -> bool:
    try:
        parse_sql_json(text)
    except ParseError:
        return False
    return True


# What a statement makes


def _name(value: Any) -> str:
    """Return the name in a field: a string, a list of strings, or a relation."""
    if isinstance(value, list):
        return str(value[-1]["String"]["sval"])
    return str(value["relname"] if isinstance(value, dict) else value or "")


def _names(statement: Statement) -> frozenset[str]:
    return frozenset(names_in(statement.text))


def _made(statement: Statement) -> str:
    kind, fields = statement.node
    return _name(fields.get(NAMED[kind])) if kind in NAMED else ""


def _command(statement: Statement) -> dict[str, Any]:
    """Return the command of an ALTER TABLE that has one."""
    kind, fields = statement.node
    if kind != "AlterTableStmt" or len(fields["cmds"]) != 1:
        return {}
    command: dict[str, Any] = fields["cmds"][0]["AlterTableCmd"]
    return command


def _constraint(statement: Statement) -> dict[str, Any]:
    """Return the constraint that an ALTER TABLE with one command adds."""
    command = _command(statement)
    found: dict[str, Any] = {}
    if command.get("subtype") == "AT_AddConstraint":
        found = command["def"]["Constraint"]
    return found


def _makes_once(statement: Statement) -> str:
    """Return the sort of a statement that fails when it runs again; empty where it may not."""
    kind, fields = statement.node
    if _made(statement):
        guarded = any(fields.get(key) for key in ("if_not_exists", "replace", "concurrent"))
        relation = fields.get("relation") or fields.get("view") or {}
        return "" if guarded or relation.get("relpersistence") == "t" else kind
    command = _command(statement)
    sort = ADDS.get(command.get("subtype", ""), "")
    if not sort or command.get("missing_ok"):
        return ""
    return sort if sort == "ADD COLUMN" or _constraint(statement).get("conname") else ""


# The kinds


def made_again(folder: Folder, each: int, chance: random.Random) -> list[Mutant]:
    """Copies behind the last statement; those with bodies for themselves, as some runners cut them."""
    sorts: dict[str, list[Statement]] = defaultdict(list)
    for one in folder.statements:
        if sort := _makes_once(one):
            sorts[sort].append(one)
    copied = sorted(
        (one for places in sorts.values() for one in _chosen(places, each, chance)),
        key=lambda one: one.number,
    )
    found = []
    for name, wanted in (("all sorts", False), ("with bodies", True)):
        mine = [one.text for one in copied if ("$" in one.text) == wanted]
        if mine:
            about = f"{len(mine)} copies, {name}"
            found.append(Mutant("made again", about, (folder.appended(mine),), len(mine)))
    return found


def made_last(folder: Folder, each: int, chance: random.Random) -> list[Mutant]:
    """One thing that others name is made behind all of them."""
    found = []
    for sort, part in LAST.items():
        places = [
            one
            for one in folder.statements[: folder.last.number]
            if one.node[0] == sort
            and not one.node[1].get("replace")
            and folder.uses[_made(one).lower()] > 1
        ]
        for one in _chosen(places, max(1, round(each * part)), chance):
            edits = (folder.taken_away(one), folder.appended([one.text]))
            about = f"{sort} {_made(one)} ({one.where})"
            found.append(Mutant("made last", about, edits, 1, _names(one)))
    return found


def wrong_columns(folder: Folder, each: int, chance: random.Random) -> list[Mutant]:
    """A column by a name that it does not have."""
    sorts: dict[str, list[tuple[Statement, int]]] = defaultdict(list)
    for one in folder.statements:
        for sort, index in _columns(one):
            sorts[sort].append((one, index))
    found: list[Mutant] = []
    # A statement has one wrong column; what others it could have goes into a second mutant.
    shared: tuple[dict[int, Edit], dict[int, Edit]] = ({}, {})
    for sort, places in sorts.items():
        alone = sort.startswith("CREATE TABLE")
        for one, index in _chosen(places, each // 2 or 1 if alone else each, chance):
            edit = one.renamed(index, WRONG)
            if alone:
                about = f"{sort} ({one.where})"
                found.append(Mutant("wrong column", about, (edit,), names=_names(one)))
            else:
                shared[one.number in shared[0]].setdefault(one.number, edit)
    for edits in filter(None, shared):
        about = f"{len(edits)} places"
        found.append(Mutant("wrong column", about, tuple(edits.values())))
    return found


def _columns(one: Statement) -> Iterator[tuple[str, int]]:
    """Give the tokens of a statement that name a column which has to be there."""
    kind, fields = one.node
    index: int | None = None
    sort = kind
    if kind == "CreateStmt":
        yield from _columns_of_table(one, fields)
    elif constraint := _constraint(one):
        yield from _columns_of_constraint(one, constraint, "ADD ")
    elif kind == "IndexStmt":
        on = one.after("on")
        index = one.after("(", start=on) if on is not None else None
        if index is not None and _name_of_element(fields) != one.tokens[index].name:
            index = None
    elif kind == "ViewStmt":
        targets = fields["query"].get("SelectStmt", {}).get("targetList", [])
        refs = (target["ResTarget"].get("val", {}).get("ColumnRef") for target in targets)
        named = (ref for ref in refs if ref and "String" in ref["fields"][-1])
        index = _dotted(one, next((ref["location"] for ref in named), None))
    elif kind in ("InsertStmt", "UpdateStmt"):
        columns = fields.get("cols" if kind == "InsertStmt" else "targetList", [])
        if columns and "ResTarget" in columns[0]:
            index = one.at(columns[0]["ResTarget"]["location"])
    elif kind == "CommentStmt" and fields["objtype"] == "OBJECT_COLUMN":
        column = one.after("column")
        index = one.last_part(column) if column is not None else None
    elif kind == "RenameStmt" and fields["renameType"] == "OBJECT_COLUMN":
        index = _named(one, fields["subname"], "rename")
    else:
        command = _command(one)
        verb = COLUMN_COMMANDS.get(command.get("subtype", ""))
        if verb and not command.get("missing_ok"):
            sort = command["subtype"]
            index = _named(one, command["name"], verb)
    if index is not None:
        yield sort, index


def _name_of_element(fields: dict[str, Any]) -> str:
    name: str = fields["indexParams"][0]["IndexElem"].get("name", "")
    return name


def _dotted(one: Statement, place: int | None) -> int | None:
    index = one.at(place) if place is not None else None
    return one.last_part(index) if index is not None else None


def _named(one: Statement, name: str, verb: str) -> int | None:
    """Return the token that is the name behind a verb, with or without COLUMN between them."""
    for words in ((verb, "column"), (verb,)):
        start = 1  # ALTER TABLE itself has the verb ALTER
        while (index := one.after(*words, start=start)) is not None:
            if one.tokens[index].name == name:
                return index
            start = index
    return None


def _columns_of_table(one: Statement, fields: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for element in fields.get("tableElts", []):
        inside = element.get("ColumnDef", {}).get("constraints", [])
        for each in (element, *inside):
            if "Constraint" in each:
                yield from _columns_of_constraint(one, each["Constraint"], "CREATE TABLE ")


def _columns_of_constraint(
    one: Statement, constraint: dict[str, Any], title: str
) -> Iterator[tuple[str, int]]:
    begin = one.at(constraint["location"])
    if begin is None:
        return
    own = constraint.get("keys") or constraint.get("fk_attrs")
    if own:
        index = one.after("(", start=begin)
        if index is not None and one.tokens[index].name == _name(own[:1]):
            yield title + constraint["contype"], index
    if referenced := constraint.get("pk_attrs"):
        target = one.after("references", start=begin)
        index = one.after("(", start=target) if target is not None else None
        if index is not None and one.tokens[index].name == _name(referenced[:1]):
            yield title + "REFERENCES", index


def older_first(folder: Folder, each: int, chance: random.Random) -> list[Mutant]:
    """A table with a column fewer stands before, and the original skips where there is one."""
    places = []
    for one in folder.statements:
        if one.node[0] == "CreateStmt" and _makes_once(one):
            spare = _spare_columns(folder, one)
            if spare:
                places.append((one, spare))
    found = []
    for one, spare in _chosen(places, each, chance):
        element, name = chance.choice(spare)
        start, end = one.without(element)
        older = one.text[:start] + one.text[end:]
        table = one.after("table")
        if table is None or not _parses(older):
            continue
        names = {token.name for token in one.tokens}
        alone = not names & folder.named_before(one)
        before = folder.first_of_file(one) if alone else one
        guard = one.edit(one.tokens[table].start, one.tokens[table].start, "IF NOT EXISTS ")
        about = f"{_made(one)} without {name} ({one.where})"
        edits = (folder.inserted(before, older), guard)
        found.append(Mutant("older first", about, edits, 1, _names(one)))
    return found


def _spare_columns(folder: Folder, one: Statement) -> list[tuple[int, str]]:
    """Return columns that nothing else in the statement names; those that others name, if any are."""
    fields = one.node[1]
    elements = fields.get("tableElts", [])
    plain = not any(fields.get(key) for key in ("partbound", "ofTypename", "partspec"))
    if not plain or len(elements) < 2 or len(elements) != len(one.elements):
        return []
    names = [token.name for token in one.tokens]
    spare = [
        (index, element["ColumnDef"]["colname"])
        for index, element in enumerate(elements)
        if "ColumnDef" in element and names.count(element["ColumnDef"]["colname"]) == 1
    ]
    used = [each for each in spare if folder.uses[each[1].lower()] > 1]
    return used or spare


class _Key(NamedTuple):
    """A key of a table, and how it is taken away; without edits where that is not known."""

    columns: frozenset[str]
    primary: bool
    edits: tuple[Edit, ...]


def keys_removed(folder: Folder, each: int, chance: random.Random) -> list[Mutant]:
    """The keys that an ON CONFLICT or a foreign key needs are gone, all that fit."""
    keys: dict[str, list[_Key]] = defaultdict(list)
    needs: dict[str, dict[tuple[str, frozenset[str]], str]] = defaultdict(dict)
    for one in folder.statements:
        for table, key in _keys(folder, one):
            keys[table].append(key)
        for sort, table, columns in _needs(one):
            needs[sort].setdefault((table, columns), one.where)
    found = []
    for sort, wanted in needs.items():
        mine = []
        for (table, columns), where in wanted.items():
            fitting = [one for one in keys[table] if _fits(one, columns)]
            edits = tuple(edit for one in fitting for edit in one.edits)
            if fitting and all(one.edits for one in fitting) and not overlap(edits):
                told = ", ".join(sorted(columns)) or "the primary key"
                about = f"{sort}: {table} ({told}), needed at {where}"
                mine.append(Mutant("key removed", about, edits, names=frozenset({table})))
        found += _chosen(mine, each, chance)
    return found


def _fits(key: _Key, columns: frozenset[str]) -> bool:
    return key.columns == columns if columns else key.primary


def _needs(one: Statement) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Give the keys that a statement needs: what for, the table, columns; none: the primary key."""
    kind, fields = one.node
    if kind == "InsertStmt":
        infer = fields.get("onConflictClause", {}).get("infer", {})
        elements = [each["IndexElem"].get("name") for each in infer.get("indexElems", [])]
        if elements and all(elements) and "whereClause" not in infer:
            yield "ON CONFLICT", fields["relation"]["relname"], frozenset(elements)
    constraints = [_constraint(one)]
    if kind == "CreateStmt":
        for element in fields.get("tableElts", []):
            inside = element.get("ColumnDef", {}).get("constraints", [])
            constraints += [each.get("Constraint", {}) for each in (element, *inside)]
    for constraint in constraints:
        if constraint.get("contype") == "CONSTR_FOREIGN":
            columns = frozenset(_name([each]) for each in constraint.get("pk_attrs", []))
            yield "FOREIGN KEY", constraint["pktable"]["relname"], columns


def _keys(folder: Folder, one: Statement) -> Iterator[tuple[str, _Key]]:
    """Give the keys that a statement makes, with their tables."""
    kind, fields = one.node
    if kind == "IndexStmt" and fields.get("unique") and "whereClause" not in fields:
        columns = [each["IndexElem"].get("name") for each in fields["indexParams"]]
        index = one.after("unique")
        if all(columns) and index is not None:
            word = one.tokens[index - 1]
            edit = one.edit(word.start, word.end, "")
            yield fields["relation"]["relname"], _Key(frozenset(columns), False, (edit,))
    constraint = _constraint(one)
    if constraint.get("contype") in KEYS and constraint.get("keys"):
        names = frozenset(_name([each]) for each in constraint["keys"])
        primary = constraint["contype"] == "CONSTR_PRIMARY"
        key = _Key(names, primary, (folder.taken_away(one),))
        yield fields["relation"]["relname"], key
    if kind == "CreateStmt":
        for key in _keys_of_table(one, fields.get("tableElts", [])):
            yield fields["relation"]["relname"], key


def _keys_of_table(one: Statement, elements: list[dict[str, Any]]) -> Iterator[_Key]:
    known = len(elements) == len(one.elements) > 1
    for number, element in enumerate(elements):
        column = element.get("ColumnDef", {})
        for inside in column.get("constraints", []):
            constraint = inside["Constraint"]
            if constraint["contype"] in KEYS:
                primary = constraint["contype"] == "CONSTR_PRIMARY"
                edits = _without_words(one, constraint["location"])
                yield _Key(frozenset({column["colname"]}), primary, edits)
        constraint = element.get("Constraint", {})
        if constraint.get("contype") in KEYS:
            names = frozenset(_name([each]) for each in constraint.get("keys", []))
            primary = constraint["contype"] == "CONSTR_PRIMARY"
            gone = (one.edit(*one.without(number), ""),) if known else ()
            yield _Key(names, primary, gone)


def _without_words(one: Statement, place: int) -> tuple[Edit, ...]:
    """Take a column's own key away: its words, and the name of its constraint."""
    index = one.at(place)
    if index is None:
        return ()
    words = one.tokens[index:]
    length = 2 if words[0].text.lower() == "constraint" else 0
    length += 2 if words[length].text.lower() == "primary" else 1
    if len(words) > length and words[length].text.lower() in MORE_OF_A_KEY:
        return ()
    return (one.edit(place, words[length - 1].end, ""),)


def renamed(folder: Folder, each: int, chance: random.Random) -> list[Mutant]:
    """A type or function gets another name where it is made."""
    makers: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for one in folder.statements:
        if one.node[0] in RENAMED:
            makers[one.node[0], _made(one)].append(one)
    sorts: dict[str, list[Mutant]] = defaultdict(list)
    for (sort, name), mine in makers.items():
        index = mine[0].after(RENAMED[sort])
        if len(mine) == 1 and folder.uses[name.lower()] > 1 and index is not None:
            edit = mine[0].renamed(mine[0].last_part(index), NEW)
            about = f"{sort} {name} ({mine[0].where})"
            change = Mutant("renamed", about, (edit,), names=frozenset({name}))
            sorts[RENAMED[sort]].append(change)
    return [one for places in sorts.values() for one in _chosen(places, each // 2 or 1, chance)]
