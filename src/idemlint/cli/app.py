"""The group of commands: `idemlint PATHS` is `idemlint check PATHS`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

import click

from idemlint import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

#: Command → what it does. Its module has the same name and is imported when the command is.
COMMANDS: Final = {
    "check": "Say what breaks or repeats when the migrations run again (the default).",
    "replay": "Show every statement with its verdict on a rerun, and why.",
    "init": "Look at the folder and write the configuration.",
    "explain": "Explain a rule or an SQLSTATE.",
    "rules": "List all rules.",
    "completion": "Print what makes a shell complete command lines.",
}
DEFAULT: Final = "check"


class Commands(click.Group):
    """Commands that are imported when used; without one, `check`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"idemlint.cli.{cmd_name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `check` in front of what is no command."""
        if ctx.resilient_parsing and not args:
            return super().parse_args(ctx, args)  # the shell asks for the first word
        if not args or args[0] not in {*COMMANDS, "--help", "-h", "--version", "-V"}:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands, and what `check` takes."""
        found = super().shell_complete(ctx, incomplete)
        check = self.get_command(ctx, DEFAULT)
        if check is not None:
            below = click.Context(check, parent=ctx, info_name=DEFAULT)
            known = {item.value for item in found}
            items = check.shell_complete(below, incomplete)
            for parameter in check.params:
                if isinstance(parameter, click.Argument) and not incomplete.startswith("-"):
                    items += parameter.shell_complete(below, incomplete)
            found += [item for item in items if item.value not in known or item.type != "plain"]
        return found

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both ways to call it."""
        formatter.write_usage(ctx.command_path, "[OPTIONS] [PATHS]...")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, and the options of the default one, which nearly everybody wants."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
        with formatter.section("About"):
            formatter.write_dl([("-V, --version", "Show the version and exit.")])
        check = self.get_command(ctx, DEFAULT)
        if check is not None:
            check.format_options(click.Context(check, parent=ctx, info_name=DEFAULT), formatter)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message=f"idemlint, version {__version__}")
def app() -> None:
    """What happens if this PostgreSQL migration runs again?

    PATHS are files, folders (searched for *.sql files) or - for standard input. A path that is
    named like a command is written with its folder: ./check
    """
