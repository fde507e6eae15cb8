"""IDM0: the file can be read."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, ClassVar, Final

from idemlint.diagnostics import Applicability, Diagnostic, Fix
from idemlint.records import NamedTuple
from idemlint.replay.effects.vocabulary import Fails
from idemlint.rules.kit.rule import FileRule
from idemlint.rules.unsupported import unsupported
from idemlint.runners.units import torn_bodies
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.runners.profile import Part
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Problem, ProblemKind, Statement


class _ProblemRule(FileRule):
    """Reports what the source package could not read."""

    kinds: ClassVar[frozenset[ProblemKind]] = frozenset()
    changes_meaning = True
    title: ClassVar[str] = ""
    advice: ClassVar[str] = ""

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """The file's problems of these kinds, where they are in what the runner applies."""
        for problem, statement in problems(migration, self.kinds):
            fix = None
            if problem.repair:
                level = Applicability.SAFE if problem.certain else Applicability.UNSAFE
                fix = Fix(level, self.title, problem.repair)
            yield self.diagnostic(
                migration,
                problem.span,
                problem.message,
                help_text=problem.help or ("" if fix else self.advice),
                statement=statement.index if statement is not None else None,
                sqlstate="42601",
                fix=fix,
            )


def problems(
    migration: Migration, kinds: frozenset[ProblemKind]
) -> Iterator[tuple[Problem, Statement | None]]:
    """The problems of some kinds, each with the statement that it is in."""
    for problem in migration.parsed.problems:
        if problem.kind not in kinds:
            continue
        statement = _statement_at(migration, problem.span)
        if statement is None or statement.index in migration.outcomes:
            yield problem, statement


def _statement_at(migration: Migration, span: Span) -> Statement | None:
    statements = migration.parsed.statements
    place = bisect_right(statements, span.start, key=lambda statement: statement.start) - 1
    if place >= 0 and span.start <= statements[place].end:
        return statements[place]
    return None


class SyntaxError_(_ProblemRule):
    """A statement that PostgreSQL's parser rejects."""

    code = "IDM001"
    name = "syntax-error"
    kinds = frozenset({"encoding", "too-large", "syntax"})
    explains = True
    advice = "PostgreSQL's own parser says so: the statement does not run as it stands"

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """What no narrower rule explains: a placeholder, or a guard that PostgreSQL does not have."""
        if migration.parsed.masks and not migration.profile.runs_files:
            yield from self._commands(migration)
        yield from self._bodies(migration)
        if not migration.parsed.problems:
            return
        explained = {place.span.start for place in placeholders(migration)}
        explained.update(guard.place.start for guard in unsupported(migration))
        found = [each for each in super().check(migration) if each.span.start not in explained]
        if not found:
            return
        from idemlint.source.dialects import dialect  # most files are PostgreSQL's

        name = dialect(migration.data)
        for diagnostic in found:
            if name is not None and diagnostic.help == self.advice:
                text = f"this looks like a file for {name}: PostgreSQL does not run it"
                diagnostic = diagnostic._replace(help=text)
            yield diagnostic

    def _bodies(self, migration: Migration) -> Iterator[Diagnostic]:
        """What is refused of a body, or of its language, whenever its statement runs."""
        for statement in migration.applied():
            if statement.kind not in _WITH_BODIES:
                continue
            for effect in migration.programs[statement.index]:
                if not isinstance(effect, Fails) or effect.span is None:
                    continue
                outcomes = migration.outcomes[statement.index].values()
                if any(each.effect is effect for each in outcomes):
                    yield self.diagnostic(
                        migration,
                        effect.span,
                        effect.reason,
                        help_text=_WITH_BODIES[statement.kind],
                        statement=statement.index,
                        sqlstate=effect.sqlstate,
                    )

    def _commands(self, migration: Migration) -> Iterator[Diagnostic]:
        """Commands of psql, where the runner sends them to the server."""
        from idemlint.source.psql_commands import commands_in

        data = migration.data
        applied = [part.span for part in migration.profile.parts(data) if part.section == "up"]
        for span in commands_in(migration.parsed):
            if any(part.start <= span.start < part.end for part in applied):
                text = migration.text(span).strip()
                yield self.diagnostic(
                    migration,
                    span,
                    f"`{text}` is a command of psql, and {migration.profile.title} sends it to the server",
                    help_text="only psql knows it: take it out",
                    sqlstate="42601",
                )


#: When a body is looked at.
_WITH_BODIES: Final = {
    "CreateFunctionStmt": "PostgreSQL looks at the body when it makes the routine, and makes none",
    "DoStmt": "PostgreSQL looks at all of the body before any of it runs",
}


class MisquotedBody(_ProblemRule):
    """`DO $ … $;`."""

    code = "IDM002"
    name = "misquoted-body"
    kinds = frozenset({"misquoted"})
    title = "write `$$` at both ends of the body"


class MismatchedDollarTag(_ProblemRule):
    """`$body$ … $$`."""

    code = "IDM003"
    name = "mismatched-dollar-tag"
    kinds = frozenset({"unclosed"})
    title = "close the body with the tag that opened it"


class UnresolvedPlaceholder(FileRule):
    """`INSERT INTO t VALUES {{ rows }};`: what it does stands in what is filled in."""

    code = "IDM004"
    name = "unresolved-placeholder"

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Placeholders that stand for more than a name or a value."""
        profile = migration.profile
        for place in placeholders(migration):
            pattern = profile.placeholders.pattern
            filled = pattern is not None and re.search(pattern, place.text) is not None
            whose = (
                f"{profile.title} fills in {place.text}"
                if filled
                else f"{place.text} is for something to fill in, and {profile.title} does not"
            )
            yield self.diagnostic(
                migration,
                place.span,
                f"{whose}: what this statement does cannot be told",
                help_text="give idemlint the file as it is sent: with everything filled in",
                statement=place.statement,
                sqlstate="42601",
            )


class _Placeholder(NamedTuple):
    """A placeholder that hides what a statement does. `span` is where PostgreSQL's parser stumbles."""

    span: Span
    text: str
    statement: int | None


def placeholders(migration: Migration) -> Iterator[_Placeholder]:
    """Those at which the parser stops whatever stands for them, and those that are a whole statement."""
    parsed = migration.parsed
    for problem, statement in problems(migration, SyntaxError_.kinds):
        if statement is None:
            continue
        # Most files parse as they are, and need no patterns of placeholders.
        from idemlint.source.placeholders import EVERY, find

        for found in find(parsed.code[statement.start : statement.end], EVERY):
            span = Span(statement.start + found.start, statement.start + found.end)
            if span.start <= problem.span.start < span.end:
                text = migration.text(span)
                yield _Placeholder(problem.span, text, statement.index)
                break
    yield from _alone(migration)


def _alone(migration: Migration) -> Iterator[_Placeholder]:
    """Placeholders beside which nothing but a `;` stands, and in whose place nothing was put."""
    blanks = re.compile(rb"\s*")
    begin = end = 0  # a stretch of blanks that was passed before
    code = migration.parsed.code
    for span, what in migration.parsed.masks:
        if what != "placeholder" or code[span.start : span.end].strip():
            continue
        if not begin <= span.end <= end:
            found = blanks.match(code, span.end)
            begin, end = found.span() if found else (span.end, span.end)
        if code[end : end + 1] == b";" and not _is_text(migration, span):
            yield _Placeholder(span, migration.text(span), None)


def _is_text(migration: Migration, span: Span) -> bool:
    """Whether it only steers what fills it in, or is part of a statement."""
    from idemlint.source.placeholders import CONTROL

    if CONTROL.match(migration.data, span.start):
        return True
    statements = migration.parsed.statements
    place = bisect_right(statements, span.start, key=lambda statement: statement.start) - 1
    return place >= 0 and span.start < statements[place].end


class RunnerSplitsBody(FileRule):
    """A runner that cuts at every `;` tears a DO block or a function's body."""

    code = "IDM005"
    name = "runner-splits-body"
    changes_meaning = writes_directives = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """One finding a body."""
        profile, data = migration.profile, migration.data
        if profile.cutter is None or (b"$" not in data and b"atomic" not in data.lower()):
            return
        for part in profile.parts(data):
            torn: dict[Span, list[int]] = {}
            for each in torn_bodies(profile, data, part):
                torn.setdefault(each.body, []).append(each.at)
            for body, places in torn.items():
                statement = _statement_at(migration, body)
                if statement is None or statement.index not in migration.outcomes:
                    continue
                yield self.diagnostic(
                    migration,
                    body,
                    f"{profile.title} cuts this body into pieces: it does not know dollar quotes",
                    statement=statement.index,
                    sqlstate="42601",
                    fix=_whole(migration, part, statement, places),
                )


def _whole(migration: Migration, part: Part, statement: Statement, places: list[int]) -> Fix:
    """The runner's own way to keep a body whole."""
    profile, data = migration.profile, migration.data
    newline = migration.parsed.source.newline
    if profile.wrap[0]:
        begin, end = profile.wrap
        message = f"put it between `{begin}` and `{end}`"
        start = data.rfind(b"\n", 0, statement.start) + 1
        semicolon = data.find(b";", statement.end)
        stop = data.find(b"\n", semicolon) if semicolon >= 0 else -1
        stop = len(data) if stop < 0 else stop + 1
        if (
            semicolon < 0
            or data[start : statement.start].strip()
            or data[semicolon + 1 : stop].strip()
        ):
            return Fix(Applicability.DISPLAY, message)
        last = "" if data.endswith(b"\n", 0, stop) else newline
        edits = (
            Edit(Span(start, start), begin + newline),
            Edit(Span(stop, stop), f"{last}{end}{newline}"),
        )
        return Fix(Applicability.SAFE, message, edits)
    if profile.breakpoint:
        lines = tuple(Edit(_line(data, at), "") for at in places)
        return Fix(Applicability.SAFE, "take the breakpoint out of the body", lines)
    way = profile.keep_body(data, part)
    if way is None:
        return Fix(Applicability.DISPLAY, f"keep {profile.title} from cutting here")
    if way.edit is None:
        return Fix(Applicability.DISPLAY, way.advice)
    return Fix(Applicability.UNSAFE, way.advice, (way.edit,))


def _line(data: bytes, at: int) -> Span:
    """The line that a byte stands on, if it has nothing else; else up to its end."""
    start = data.rfind(b"\n", 0, at) + 1
    end = data.find(b"\n", at)
    if data[start:at].strip():
        return Span(at, end if end >= 0 else len(data))
    return Span(start, end + 1 if end >= 0 else len(data))
