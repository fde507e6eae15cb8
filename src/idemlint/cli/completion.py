"""`idemlint completion`: the script that makes a shell complete our command lines."""

from __future__ import annotations

import click

from idemlint.cli import terminal
from idemlint.cli.exits import Code

#: The shells that click has scripts for.
SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> Code:
    """Print the script for a shell: bash (4.4 or newer), zsh or fish.

    \b
    bash:  eval "$(idemlint completion bash)"          in ~/.bashrc
    zsh:   eval "$(idemlint completion zsh)"           in ~/.zshrc, behind compinit
    fish:  idemlint completion fish | source           in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    root = click.get_current_context().find_root()
    script = found(root.command, {}, "idemlint", "_IDEMLINT_COMPLETE")
    # What click's `source` does, but for its question after the shell's version: that is no matter here.
    terminal.emit(script.source_template % script.source_vars() + "\n")
    return Code.CLEAN
