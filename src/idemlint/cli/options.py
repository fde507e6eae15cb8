"""The options that commands share, and what they hold once parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from idemlint.config import MODES, OLDEST_POSTGRES
from idemlint.records import NamedTuple
from idemlint.report.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.modes import Mode

F = TypeVar("F", bound="Callable[..., Any]")
R = TypeVar("R", "Shared", "RuleOptions")


class OutputFile(NamedTuple):
    """A file that output goes to; without a format of its own it gets that of `--output-format`."""

    name: str
    format: str | None = None


class Shared(NamedTuple):
    """What every command that reads migrations takes; `None` and empty mean: not given."""

    paths: tuple[str, ...] = ()
    config: str | None = None
    isolated: bool = False
    runner: str | None = None
    rerun: Mode | None = None
    postgres_version: int | None = None
    search_path: tuple[str, ...] = ()
    start_after: str | None = None
    since: str | None = None
    from_revision: str | None = None
    default_branch: str | None = None
    down: bool = False
    exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    stdin_filename: str | None = None
    output_format: str | None = None
    output_file: tuple[OutputFile, ...] = ()
    show_files: bool = False
    jobs: int | None = None
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False


class RuleOptions(NamedTuple):
    """Which rules count: codes, names and prefixes as they were given, and PATTERN:CODE."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: tuple[str, ...] = ()


class CheckOptions(NamedTuple):
    """The options of `check`."""

    shared: Shared
    rules: RuleOptions
    fix: bool = False
    unsafe_fixes: bool = False
    fix_applied: bool = False
    diff: bool = False
    exit_non_zero_on_fix: bool = False
    exit_zero: bool = False
    statistics: bool = False
    no_limit: bool = False
    add_ignore: str | None = None
    baseline: str | None = None
    write_baseline: str | None = None
    strict: bool = False
    summary_file: str | None = None


class ReplayOptions(NamedTuple):
    """The options of `replay`."""

    shared: Shared
    effects: bool = False
    first: bool = False
    stopped_at: str | None = None


def taken(record: type[R], values: dict[str, Any]) -> R:
    """Those of click's values that the record has fields for; they leave `values`."""
    return record(**{name: values.pop(name) for name in record._fields})


def words(name: str, help: str, metavar: str = "CODES") -> Callable[[F], F]:
    """An option that may be given several times, each time with words separated by commas."""
    return click.option(name, multiple=True, metavar=metavar, help=help, callback=_split)


def pairs(name: str, help: str, metavar: str) -> Callable[[F], F]:
    """The same with words that belong to a pattern: of `x:A,B,y:C`, A and B are x's."""
    return click.option(name, multiple=True, metavar=metavar, help=help, callback=_split_pairs)


def _split_pairs(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    found = []
    for value in values:
        pattern = ""
        for word in _split(ctx, param, (value,)):
            before, colon, _ = word.rpartition(":")
            pattern = before if colon else pattern
            found.append(word if colon or not pattern else f"{pattern}:{word}")
    return tuple(found)


def _split(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def flag(*names: str, help: str) -> Callable[[F], F]:
    """A switch."""
    return click.option(*names, is_flag=True, help=help)


def _output_files(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[OutputFile, ...]:
    """`sarif:out.sarif` is a format and a file; `./sarif:out.sarif` and `C:\\out` are files."""
    found = []
    for value in values:
        form, colon, name = value.partition(":")
        is_format = bool(colon) and form in FORMATS
        found.append(OutputFile(name, form) if is_format else OutputFile(value))
    return tuple(found)


_FILE: Final = click.Path(dir_okay=False, path_type=str)

#: Shown in this order.
_SHARED: Final[tuple[Callable[[Any], Any], ...]] = (
    click.argument("paths", nargs=-1, type=click.Path(path_type=str)),
    click.option("--runner", metavar="NAME", help="Who runs the migrations [default: auto]."),
    click.option("--rerun", type=click.Choice(MODES), help="What runs again [default: any]."),
    click.option(
        "--postgres-version",
        type=click.IntRange(min=OLDEST_POSTGRES),
        metavar="N",
        help="Oldest server that the migrations must run on [default: 14].",
    ),
    words("--search-path", "Schemas of unqualified names [default: public].", "SCHEMAS"),
    click.option("--start-after", metavar="V", help="Version or file up to which all is context."),
    click.option("--since", metavar="REV", help="Only files added or changed since the revision."),
    click.option(
        "--from",
        "from_revision",
        metavar="REV",
        help="What databases have run that the rest runs on [default: where REV of --since was left].",
    ),
    click.option(
        "--default-branch",
        metavar="NAME",
        help="Whose files count as applied [default: origin's HEAD, main or master].",
    ),
    flag("--down", help="Down, undo and revert sections too."),
    words("--exclude", "Files and folders to leave out, as in .gitignore.", "PATTERNS"),
    flag("--force-exclude", help="Leave out files that are named, too."),
    click.option("--stdin-filename", metavar="F", help="What to call the file read from -."),
    flag("--show-files", help="List the files that would be read, and stop."),
    click.option("--config", type=_FILE, metavar="F", help="Configuration file to use."),
    flag("--isolated", help="Read no configuration file."),
    click.option(
        "--output-file",
        multiple=True,
        type=_FILE,
        metavar="[FORMAT:]F",
        help="Write the output format, or FORMAT, to F; may be given more than once.",
        callback=_output_files,
    ),
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        help="Processes at most [default: as many as pay, of those that there are].",
    ),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Colours [default: auto; NO_COLOR and FORCE_COLOR count].",
    ),
    flag("--quiet", "-q", help="Findings only, no summary."),
    flag("--verbose", "-v", help="Say on stderr what is done."),
)


def shared(function: F) -> F:
    """The options of every command that reads migrations."""
    for option in reversed(_SHARED):
        function = option(function)
    return function


def output_format(*names: str) -> Callable[[F], F]:
    """`--output-format`."""
    return click.option(
        "--output-format",
        type=click.Choice(names or tuple(FORMATS)),
        help="[default: full]",
    )
