"""The commands by name. A table of its own: the group imports the modules, and those may ask it."""

from __future__ import annotations

from typing import Final

#: Command → what it does. Its module has the same name and is imported when the command is.
COMMANDS: Final = {
    "check": "Say what breaks or repeats when the migrations run again (the default).",
    "replay": "Show every statement with its verdict on a rerun, and why.",
    "init": "Look at the folder and write the configuration.",
    "explain": "Explain a rule or an SQLSTATE.",
    "rules": "List all rules.",
}
