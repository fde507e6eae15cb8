"""Where in its file a body is wrong, and what is wrong with its language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.replay.effects.vocabulary import Effect, Fails, Validates
from idemlint.source.lexer import tokens
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.source.statement import ParsedFile, Statement
    from idemlint.source.tree import Tree

_PLPGSQL: Final = "plpgsql"
#: Languages that every database has (https://www.postgresql.org/docs/current/catalog-pg-language.html); a
#: DO runs only what has a handler for it.
_OWN: Final = frozenset({"internal", "c", "sql", _PLPGSQL})


def of_do(parsed: ParsedFile, statement: Statement, version: int) -> tuple[Effect, ...]:
    """What a DO needs to be there before it runs, and why it never does."""
    assert statement.tree is not None
    options = _options(statement.tree.args)
    language = options[1] or _PLPGSQL
    wrong = _unknown(language)
    if wrong is None and language in _OWN and language != _PLPGSQL:
        wrong = Fails("0A000", f'language "{language}" does not support inline code execution')
    if wrong is not None:
        return (wrong._replace(span=_named(parsed, statement, statement.tree.args)),)
    if language != _PLPGSQL or options[0] is None:
        return ()
    from idemlint.replay.effects.routines.plpgsql_bodies import of_do as checked

    text = options[0].arg.sval or ""
    needs, refusal = checked(text, version)
    found: tuple[Effect, ...] = (Validates(needs),) if needs else ()
    if refusal is None or is_mended(parsed, statement):
        return found
    return (*found, _placed(parsed, statement, options[0], refusal)._replace(body=None))


def is_of_no_use(effects: tuple[Effect, ...]) -> bool:
    """Whether what is said of a DO is that its language cannot run it: then its body is none."""
    return len(effects) == 1 and isinstance(effects[0], Fails) and effects[0].sqlstate in _LANGUAGE


#: What is said of a language that is not there, and of one without DO.
_LANGUAGE: Final = frozenset({"42704", "0A000"})


def of_routine(
    parsed: ParsedFile, statement: Statement, effects: Iterable[Effect]
) -> Iterator[Effect]:
    """The effects of a `CreateFunctionStmt`, with the places of what is wrong in its body."""
    assert statement.tree is not None
    option, language = _options(statement.tree.options)
    wrong = _unknown(language)
    if wrong is not None:
        yield wrong._replace(span=_named(parsed, statement, statement.tree.options))
    for each in effects:
        if not isinstance(each, Fails) or each.body is None or option is None:
            yield each
        elif not is_mended(parsed, statement):
            yield _placed(parsed, statement, option, each)


def _options(options: Iterable[Tree] | None) -> tuple[Tree | None, str]:
    """What says the body, and the language."""
    body, language = None, ""
    for option in options or ():
        if option.defname == "as":
            body = option
        elif option.defname == "language":
            language = option.arg.sval or ""
    return body, language


def _named(parsed: ParsedFile, statement: Statement, options: Iterable[Tree] | None) -> Span:
    """The bytes of LANGUAGE and the name behind it."""
    for option in options or ():
        if option.defname == "language" and option.location is not None:
            words = tokens(parsed.code, option.location, statement.end)
            ends = [each.end for each in words if each.kind != "comment"][:2]
            return Span(option.location, ends[-1]) if ends else statement.span
    return statement.span


def _unknown(language: str) -> Fails | None:
    """A language is called as it is written: one in capitals is another."""
    if language in _OWN or language.lower() not in _OWN:
        return None
    return Fails("42704", f'language "{language}" does not exist')


def is_mended(parsed: ParsedFile, statement: Statement) -> bool:
    """Whether what is read of a statement is not what stands there."""
    return any(
        span.start < statement.end and statement.start < span.end
        for span in (
            *(each.span for each in parsed.problems),
            *(each.span for each in parsed.masks),
        )
    )


def _placed(parsed: ParsedFile, statement: Statement, option: Tree, refusal: Fails) -> Fails:
    return refusal._replace(span=_place(parsed.code, statement, option, refusal.body or (0, 0)))


def _place(code: bytes, statement: Statement, option: Tree, at: tuple[int, int]) -> Span:
    """The bytes of the file that bytes of a body are; those of the literal where that cannot be told."""
    first = max(option.location or 0, statement.start)
    for kind, start, end in tokens(code, first, statement.end):
        if kind == "dollar":
            begin = code.index(b"$", start + 1) + 1
            return Span(begin + at[0], begin + at[1])
        if kind == "string":
            if code[start] != _QUOTE and b"\\" in code[start:end]:
                return Span(start, end)
            begin = code.index(b"'", start) + 1
            return Span(_unquoted(code, begin, at[0]), _unquoted(code, begin, at[1]))
    return statement.span


_QUOTE: Final = 0x27


def _unquoted(code: bytes, begin: int, count: int) -> int:
    """The byte at which so many bytes of a literal are read; two quotes are one."""
    place = begin
    for _ in range(count):
        place += 2 if code[place] == _QUOTE else 1
    return place
