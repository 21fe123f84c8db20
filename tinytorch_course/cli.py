"""The command line: `tinytorch`. It has the commands of the rooms that are there: an edition has the student's only."""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
from pathlib import Path
from typing import Annotated

import typer

from .base.console import exit_code, out
from .base.course import Course

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Build a deep-learning framework on NumPy, one auto-graded notebook at a time.",
)


def _version(wanted: bool) -> None:
    if wanted:
        try:
            out.print(f"tinytorch {importlib.metadata.version('tinytorch-course')}")
        except importlib.metadata.PackageNotFoundError:
            out.print(f"tinytorch {Course.find().settings['version']}")
        raise typer.Exit


@app.callback()
def _commands(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


for room in ("author", "grading", "student"):
    # Beside this file, not where Python would find one: another checkout may be installed as well.
    if Path(__file__).with_name(room).is_dir():
        app.registered_commands += importlib.import_module(
            f".{room}.commands", __package__
        ).commands.registered_commands


def main() -> int:
    """Run the command line; errors that a person can mend become one message and an exit code."""
    return exit_code(app, "tinytorch")


if __name__ == "__main__":
    sys.exit(main())
