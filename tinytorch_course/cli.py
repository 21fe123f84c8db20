"""The command line: `tinytorch`. It has the commands of the rooms that are there: an edition has the student's only."""

from __future__ import annotations

import errno
import importlib
import importlib.metadata
import importlib.util
import sys
from typing import Annotated

import typer

from .base.console import err, out
from .base.course import Course
from .base.errors import CourseError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Build a deep-learning framework on NumPy, one auto-graded notebook at a time.",
)


# What a person can do about an error of the operating system, by its number.
_MEND = {
    errno.EACCES: "Give yourself the right to write there, or work in a folder of your own.",
    errno.EPERM: "Give yourself the right to write there, or work in a folder of your own.",
    errno.EROFS: "Work in a folder that can be written, for example in your home folder.",
    errno.ENOSPC: "The disk is full: make room, and call this again.",
    errno.EDQUOT: "Your share of the disk is full: make room, and call this again.",
    errno.ENAMETOOLONG: "Move the course to a folder with a shorter path.",
    None: "Nothing more is known here; the operating system refused it.",
}


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
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        what = f"{place}{error.strerror or error}"
        err.print(f"tinytorch: {what}\n  {_MEND.get(error.errno, _MEND[None])}", markup=False, style="red")
        sys.exit(2)


if __name__ == "__main__":
    main()
