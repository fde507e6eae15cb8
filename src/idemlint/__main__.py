"""`python -m idemlint`."""

from idemlint.cli import main

main()
