"""Guards that a statement can have itself: `IF NOT EXISTS`, `IF EXISTS`, `OR REPLACE`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Applicability, Fix
from idemlint.fixes.layout import Site
from idemlint.postgres.create_drop import FORMS
from idemlint.postgres.kinds import Ref

if TYPE_CHECKING:
    from idemlint.sequence.migration import Case
    from idemlint.source.statement import Edit

SAFE: Final = Applicability.SAFE
UNSAFE: Final = Applicability.UNSAFE

#: What stands between CREATE, ALTER or DROP and the name, where it is more than one word: by the first, the
#: others.
_PHRASES: Final[dict[str, list[list[str]]]] = {}
for _phrase in (
    *(form.keyword for form in FORMS.values() if " " in form.keyword),
    "PROCEDURAL LANGUAGE",
    "INDEX CONCURRENTLY",
):
    _PHRASES.setdefault(_phrase.split()[0], []).append(_phrase.split()[1:])
#: Words between CREATE and what is created.
_MODIFIERS: Final = frozenset(
    [
        "GLOBAL",
        "LOCAL",
        "TEMP",
        "TEMPORARY",
        "UNLOGGED",
        "UNIQUE",
        "TRUSTED",
        "RECURSIVE",
        "DEFAULT",
        "CONSTRAINT",
    ]
)


def advice(message: str) -> Fix:
    """A way out that a person has to take."""
    return Fix(Applicability.DISPLAY, message)


def fix_or_advice(
    applicability: Applicability, message: str, edits: tuple[Edit, ...], otherwise: str = ""
) -> Fix:
    """The fix, if it has edits, else advice: `otherwise`, or the message."""
    return Fix(applicability, message, edits) if edits else advice(otherwise or message)


def ref_of(case: Case) -> Ref | None:
    """What the outcome is about."""
    ref = getattr(case.effect, "ref", None)
    return ref if isinstance(ref, Ref) else None


def object_end(site: Site) -> int | None:
    """The byte behind the words that say what is created or dropped: `CREATE UNIQUE INDEX CONCURRENTLY`."""
    at = 3 if _says(site, 1, "OR") and _says(site, 2, "REPLACE") else 1
    while (word := site.word(at)) is not None and word.text.upper() in _MODIFIERS:
        at += 1
    if word is None:
        return None
    for others in _PHRASES.get(word.text.upper(), ()):
        if all(_says(site, at + number, each) for number, each in enumerate(others, 1)):
            return (site.word(at + len(others)) or word).end
    return word.end


def _says(site: Site, number: int, keyword: str) -> bool:
    word = site.word(number)
    return word is not None and word.says(keyword)


def _told_elsewhere(text: str) -> Fix:
    """What cannot be edited here stands in a string, or in another statement."""
    return advice(f"{text} in the string, or the routine, that is executed")


def if_not_exists(case: Case, applicability: Applicability = SAFE, message: str = "") -> Fix | None:
    """`IF NOT EXISTS` behind `CREATE TABLE`, `ADD VALUE` and their like."""
    site = Site(case)
    end = site.after("ADD VALUE") if site.tree.kind == "AlterEnumStmt" else object_end(site)
    text = message or f"add {site.style('IF NOT EXISTS')}"
    if end is None or not site.editable:
        return _told_elsewhere(text)
    return fix_or_advice(
        applicability, text, (site.insertion(end, " " + site.style("IF NOT EXISTS")),)
    )


def if_exists(case: Case, applicability: Applicability = SAFE) -> Fix:
    """`IF EXISTS` behind `DROP TABLE`, `ALTER TABLE` and their like."""
    site = Site(case)
    if case.outcome.sqlstate == "42809":
        return advice("something else has this name by then: guard it by what that is")
    text = f"add {site.style('IF EXISTS')}"
    end = object_end(site)
    if end is None or not site.editable:
        return _told_elsewhere(text)
    return fix_or_advice(applicability, text, (site.insertion(end, " " + site.style("IF EXISTS")),))


def if_exists_after(case: Case, words: str) -> Fix:
    """`IF EXISTS` behind these keywords: `ALTER DOMAIN d DROP CONSTRAINT`."""
    site = Site(case)
    text = f"add {site.style('IF EXISTS')}"
    end = site.after(words) if site.editable else None
    edits = () if end is None else (site.insertion(end, " " + site.style("IF EXISTS")),)
    return fix_or_advice(SAFE, text, edits)


def or_replace(case: Case, applicability: Applicability = UNSAFE) -> Fix:
    """`OR REPLACE` behind CREATE. What is there is replaced: safe only where that is the same."""
    site = Site(case)
    text = f"add {site.style('OR REPLACE')}"
    create = site.word(0)
    if create is None or not site.editable:
        return _told_elsewhere(text)
    return fix_or_advice(
        applicability, text, (site.insertion(create.end, " " + site.style("OR REPLACE")),)
    )
