"""The command line: `tinytorch`. It has the commands of the rooms that are there: an edition has the student's only."""

from __future__ import annotations

import importlib
import importlib.util
import sys

import typer

from .base.console import err
from .base.errors import CourseError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Build a deep-learning framework on NumPy, one auto-graded notebook at a time.",
)


@app.callback()
def _commands() -> None:
    pass


for room in ("author", "grading", "student"):
    if importlib.util.find_spec(f"{__package__}.{room}") is not None:
        app.registered_commands += importlib.import_module(
            f".{room}.commands", __package__
        ).commands.registered_commands


def main() -> None:
    """Run the command line; errors that a person can mend become one message and an exit code."""
    try:
        app()
    except CourseError as error:
        err.print(f"tinytorch: {error}", markup=False, style="red")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
