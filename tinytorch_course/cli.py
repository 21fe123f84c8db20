"""The command line: `tinytorch`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from .config import Course
from .console import err, out
from .errors import CourseError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Build a deep-learning framework on NumPy, one auto-graded notebook at a time.",
)


@app.callback()
def _commands() -> None:
    pass


Modules = Annotated[Optional[list[str]], typer.Argument(help="For example 06_autograd, or just 06; by default all.")]


def _shown(course: Course, path: Path) -> Path:
    return path.relative_to(course.root) if path.is_relative_to(course.root) else path


# A student edition has no instructor's commands: their files are not in it.
if importlib.util.find_spec("tinytorch_course.build"):

    @app.command(epilog="Example: tinytorch build 06_autograd")
    def build(
        modules: Modules = None,
        check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when something committed differs.")] = False,
        take: Annotated[
            Optional[Literal["src", "notebook"]],
            typer.Option(help="Which side wins when source and notebook were both edited."),
        ] = None,
    ) -> None:
        """Make notebooks and library from src/."""
        from . import build as builder

        course = Course.find()
        chosen = course.chosen(modules) if modules else None
        if check:
            findings = builder.drift(course, chosen)
            for line in findings:
                out.print(line)
            if findings:
                raise CourseError(
                    f"{len(findings)} file{'s differ' if len(findings) > 1 else ' differs'} from what src/ gives",
                    "Run `tinytorch build`, look at `git diff`, and commit.",
                    exit_code=1,
                )
            out.print("Everything is as src/ gives it.")
            return
        done = builder.build(course, chosen, take)
        for module in done.taken_from_notebook:
            out.print(f"{module.name}: your edit of the notebook is now in {_shown(course, module.src)}")
        for path in done.written:
            out.print(f"wrote {path}")
        out.print(f"{len(done.written)} written, {len(done.unchanged)} as they were.")


def main() -> None:
    """Run the command line; errors that a person can mend become one message and an exit code."""
    try:
        app()
    except CourseError as error:
        err.print(f"tinytorch: {error}", markup=False, style="red")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
