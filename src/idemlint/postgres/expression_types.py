"""Which operator or function an expression means, what type it has, and which casts there are.

The rules are PostgreSQL's own (`oper`: src/backend/parser/parse_oper.c, `func_get_detail`,
`func_select_candidate`: parse_func.c, `find_coercion_pathway`, `select_common_type`: parse_coerce.c), the
facts are its catalogs' (`pg_type`, `pg_cast`, `pg_operator`, `pg_proc` of 15, held against those of 13 and
18: `expression_types.txt`). A type is written as the grammar has it (`int4`, `text[]`); an enum goes by any
name that begins with `ENUM`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from idemlint.postgres.functions import facts_in
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

#: How the names of enums begin.
ENUM: Final = "enum "
#: A literal, or NULL, before it is known what it is for.
UNKNOWN: Final = "unknown"
#: How far a conversion may go: of its own accord, in an assignment, where it is asked for.
IMPLICIT, ASSIGNMENT, EXPLICIT = range(3)
#: An explicit cast that not all versions have.
_NEWER: Final = "newer"
_CONTEXTS: Final = {
    "implicit": IMPLICIT,
    "assignment": ASSIGNMENT,
    "explicit": EXPLICIT,
    _NEWER: EXPLICIT,
}
_STRING: Final = "S"
#: Pseudo-types that are all one type in a call, and those that only have one type in common.
_SAME: Final = frozenset({"anyelement", "anyarray", "anynonarray", "anyenum"})
_COMMON: Final = frozenset({"anycompatible", "anycompatiblearray", "anycompatiblenonarray"})
_ANY: Final = _SAME | _COMMON | {"any"}


class Untold(Exception):
    """It cannot be told what PostgreSQL does."""


class TypeRefused(Exception):
    """PostgreSQL refuses it: the SQLSTATE, and why in words."""

    def __init__(self, sqlstate: str, reason: str) -> None:
        super().__init__(sqlstate, reason)
        self.sqlstate = sqlstate
        self.reason = reason


class Meant(NamedTuple):
    """An operator or a function: what it takes and gives. `variadic`: the last as often as one likes;
    `defaults`: how many at the end may be left out."""

    takes: tuple[str, ...]
    gives: str
    variadic: bool = False
    defaults: int = 0


class Chosen(NamedTuple):
    """What a call comes to: the types that its arguments are converted to, and what it gives."""

    takes: tuple[str, ...]
    gives: str


class _Facts(NamedTuple):
    """`pg_type` (category, whether preferred), `pg_cast`, and the lines of operators and functions."""

    types: dict[str, tuple[str, bool]]
    casts: dict[tuple[str, str], str]
    operator: dict[str, list[str]]
    function: dict[str, list[str]]


@cache
def _facts() -> _Facts:
    found = _Facts({}, {}, {}, {})
    for line in facts_in("expression_types.txt").splitlines():
        word, name, *rest = line.split()
        if word == "type":
            found.types[name] = rest[0], len(rest) > 1
        elif word == "cast":
            found.casts[name, rest[0]] = rest[1]
        else:
            (found.operator if word == "operator" else found.function)[name] = rest
    return found


@cache
def _candidates(sort: str, name: str) -> tuple[tuple[Meant, ...], frozenset[int]] | None:
    """All operators or functions of a name, and with how many arguments there are more of it, or others in
    other versions; `None`: nothing is known of that name."""
    facts = _facts()
    row = (facts.operator if sort == "operator" else facts.function).get(name)
    if row is None:
        return None
    found, open_counts = [], set()
    for each in row:
        if each[0] == "?":
            open_counts.add(int(each[1:]))
            continue
        takes, _, gives = each.rpartition(":")
        takes, _, defaults = takes.partition("=")
        variadic = takes.endswith("...")
        parts = takes.removesuffix("...").split(",") if takes else []
        found.append(Meant(tuple(parts), gives, variadic, int(defaults or 0)))
    return tuple(found), frozenset(open_counts)


def is_known(name: str) -> bool:
    """Whether there are facts about a type."""
    bare = name.removesuffix("[]")
    return bare in _facts().types or bare.startswith(ENUM)


def _category(name: str) -> tuple[str, bool]:
    """`pg_type.typcategory` and `typispreferred`."""
    if name.endswith("[]"):
        return "A", False
    if name.startswith(ENUM):
        return "E", False
    return _facts().types.get(name, ("P", False))


def is_string(name: str) -> bool:
    """Whether a type is one of the string types."""
    return _category(name)[0] == _STRING


def is_castable(source: str, target: str, context: int) -> bool:
    """Whether a value of one type can be made one of another."""
    if source in {target, UNKNOWN}:
        return True
    known = _facts().casts.get((source, target))
    if known is not None:
        if known == _NEWER and context == EXPLICIT:
            raise Untold
        return context >= _CONTEXTS[known]
    if (
        source.endswith("[]")
        and target.endswith("[]")
        and is_castable(source[:-2], target[:-2], context)
    ):
        return True
    # By the text of the value.
    return (context >= ASSIGNMENT and is_string(target)) or (
        context >= EXPLICIT and is_string(source)
    )


def common_type(types: Sequence[str]) -> str | None:
    """The type that values are all converted to; `None`: they have none."""
    found = types[0]
    for each in types[1:]:
        if each in {UNKNOWN, found}:
            continue
        if found == UNKNOWN:
            found = each
            continue
        (one, preferred), (other, _) = _category(found), _category(each)
        if one != other:
            return None
        if (
            not preferred
            and is_castable(found, each, IMPLICIT)
            and not is_castable(each, found, IMPLICIT)
        ):
            found = each
    return "text" if found == UNKNOWN else found


def operate(name: str, given: tuple[str, ...]) -> Chosen:
    """The operator that is meant by a name between (or before) operands of these types."""
    known = _candidates("operator", name)
    if known is None or (set(given) == {UNKNOWN} and name != "||"):
        raise Untold
    candidates, open_counts = known
    exact = given
    if len(given) == 2 and UNKNOWN in given:
        exact = (given[given[0] == UNKNOWN],) * 2
    found: Meant | str | None = next((each for each in candidates if each.takes == exact), None)
    if found is None:
        found = _choose([each for each in candidates if len(each.takes) == len(given)], given)
    if isinstance(found, Meant):
        return _resolved(found, given)
    if len(given) in open_counts:
        raise Untold
    shown = f" {name} ".join(given) if len(given) > 1 else f"{name} {given[0]}"
    raise TypeRefused(_SQLSTATES[found], f"there is {_WORDS[found]} operator {shown}")


def call(name: str, given: tuple[str, ...]) -> Chosen:
    """The function of PostgreSQL's own that is meant by a name with arguments of these types."""
    known = _candidates("function", name)
    if known is None or (given and set(given) == {UNKNOWN}):
        raise Untold
    candidates, open_counts = known
    fitting = [full for each in candidates if (full := _filled(each, len(given))) is not None]
    found: Meant | str | None = next((each for each in fitting if each.takes == given), None)
    if found is None and len(given) == 1 and name in _facts().types:
        # As a cast: `date(x)`.
        found = Meant(given, name) if is_castable(given[0], name, EXPLICIT) else None
    if found is None:
        found = _choose(fitting, given)
    if isinstance(found, Meant):
        return _resolved(found, given)
    if len(given) in open_counts:
        raise Untold
    raise TypeRefused(
        _SQLSTATES[found], f"there is {_WORDS[found]} function {name}({', '.join(given)})"
    )


#: Nothing fits; more than one does.
_NONE, _MANY = "none", "many"
_SQLSTATES: Final = {_NONE: "42883", _MANY: "42725"}
_WORDS: Final = {_NONE: "no", _MANY: "more than one"}


def _filled(candidate: Meant, count: int) -> Meant | None:
    """A candidate with as many arguments as are given, if it takes that many."""
    takes = candidate.takes
    if candidate.variadic:
        more = count - len(takes) + 1
        if more < 1:
            return None
        return candidate._replace(takes=takes[:-1] + takes[-1:] * more)
    if not len(takes) - candidate.defaults <= count <= len(takes):
        return None
    return candidate._replace(takes=takes[:count])


def _choose(candidates: list[Meant], given: tuple[str, ...]) -> Meant | str:
    """`func_match_argtypes` and `func_select_candidate`; a word where there is not one that is best."""
    left = [each for each in candidates if _fits(each, given)]
    if len(left) < 2:
        return left[0] if left else _NONE
    left = _best(left, [_exact(each, given) for each in left])
    if len(left) > 1:
        left = _best(left, [_exact(each, given, preferred=True) for each in left])
    unknown = [place for place, each in enumerate(given) if each == UNKNOWN]
    if len(left) == 1 or not unknown:
        return left[0] if len(left) == 1 else _MANY
    left = _by_category(left, unknown)
    if len(left) > 1:
        known = set(given) - {UNKNOWN}
        if len(known) == 1:
            alike = tuple(known) * len(given)
            left = [each for each in left if _fits(each, alike)]
    return left[0] if len(left) == 1 else _MANY


def _best(candidates: list[Meant], scores: list[int]) -> list[Meant]:
    most = max(scores)
    return [each for each, score in zip(candidates, scores, strict=True) if score == most]


def _exact(candidate: Meant, given: tuple[str, ...], *, preferred: bool = False) -> int:
    """How many arguments are of the very type, or of their category's preferred one."""
    count = 0
    for takes, each in zip(candidate.takes, given, strict=True):
        if each == UNKNOWN:
            continue
        count += takes == each or (
            preferred and takes not in _ANY and _category(takes) == (_category(each)[0], True)
        )
    return count


def _by_category(candidates: list[Meant], unknown: list[int]) -> list[Meant]:
    """Those that take, where a literal stands, what most likely is meant: a string."""
    left = candidates
    for place in unknown:
        sorts = [_category(each.takes[place]) for each in candidates]
        categories = {category for category, _ in sorts}
        if len(categories) > 1 and _STRING not in categories:
            return candidates
        category = _STRING if _STRING in categories else sorts[0][0]
        prefers = (category, True) in sorts
        left = [
            each
            for each in left
            if (sort := _category(each.takes[place]))[0] == category and sort[1] >= prefers
        ]
    return left or candidates


def _fits(candidate: Meant, given: tuple[str, ...]) -> bool:
    """`can_coerce_type`, for all arguments."""
    for takes, each in zip(candidate.takes, given, strict=True):
        if takes not in _ANY and not is_castable(each, takes, IMPLICIT):
            return False
    return _all_same(candidate.takes, given) is not None and (
        _all_common(candidate.takes, given) is not None
    )


def _all_same(takes: tuple[str, ...], given: tuple[str, ...]) -> str | None:
    """The one type of `anyelement` in a call (empty: there is none to be seen); `None`: it would be two."""
    found = ""
    for kind, each in zip(takes, given, strict=True):
        if kind not in _SAME or each == UNKNOWN:
            continue
        is_array = each.endswith("[]")
        if (
            (kind == "anyarray" and not is_array)
            or (kind == "anynonarray" and is_array)
            or (kind == "anyenum" and not each.startswith(ENUM))
        ):
            return None
        of = each[:-2] if kind == "anyarray" else each
        if found not in {"", of}:
            return None
        found = of
    return found


def _all_common(takes: tuple[str, ...], given: tuple[str, ...]) -> str | None:
    """The same of `anycompatible`, whose types need only have one in common."""
    types = []
    for kind, each in zip(takes, given, strict=True):
        if kind not in _COMMON:
            continue
        if kind == "anycompatiblearray" and each != UNKNOWN:
            if not each.endswith("[]"):
                return None
            types.append(each[:-2])
        elif kind == "anycompatiblenonarray" and each.endswith("[]"):
            return None
        else:
            types.append(each)
    known = [each for each in types if each != UNKNOWN]
    if not known:
        return "text" if types else ""
    common = common_type(known)
    if common is None or not all(is_castable(each, common, IMPLICIT) for each in known):
        return None
    return common


def _resolved(candidate: Meant, given: tuple[str, ...]) -> Chosen:
    """What is chosen, with types instead of pseudo-types."""
    same, common = _all_same(candidate.takes, given), _all_common(candidate.takes, given)

    def real(kind: str, each: str) -> str:
        if kind not in _ANY:
            return kind
        of = same if kind in _SAME else common
        if kind == "any":
            return each
        if not of:
            raise Untold
        return f"{of}[]" if kind.endswith("array") and "non" not in kind else of

    takes = tuple(map(real, candidate.takes, given))
    return Chosen(takes, real(candidate.gives, UNKNOWN))
