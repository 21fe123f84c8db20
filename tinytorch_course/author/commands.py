"""The author's commands: build, mistakes, release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ..base.console import out
from ..base.course import Course, Module
from ..base.errors import CourseError

commands = typer.Typer()


Modules = Annotated[list[str] | None, typer.Argument(help="For example 06_autograd, or just 06; by default all.")]


def _shown(course: Course, path: Path) -> Path:
    return path.relative_to(course.root) if path.is_relative_to(course.root) else path


@commands.command(epilog="Example: tinytorch build 06_autograd")
def build(
    modules: Modules = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when something committed differs.")
    ] = False,
    take: Annotated[
        Literal["src", "notebook"] | None,
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


@commands.command(epilog="Example: tinytorch mistakes 06_autograd")
def mistakes(
    modules: Modules = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when something is out of date.")] = False,
) -> None:
    """Let the wrong solutions in tests/mutants/ answer the visible checks, so that cards can name a mistake."""
    from . import mistakes as known

    course = Course.find()
    old = [module for module in course.chosen(modules) if not known.is_current(module)]
    if check and old:
        raise CourseError(
            f"older than the source or the wrong solutions: {', '.join(module.name for module in old)}",
            "Run `tinytorch mistakes`, look at `git diff`, and commit.",
            exit_code=1,
        )
    for module in [] if check else old:
        for (path, seen, named), which in zip(known.make(module), ("visible", "all")):
            out.print(
                f"wrote {_shown(course, path)}: {named} of the {seen} mistakes that {which} checks see have a name"
            )
    if not old:
        out.print("What is known of wrong solutions is up to date.")


def _say_what_lacks(course: Course, chosen: list[Module]) -> None:
    """Notes about an edition: earlier modules that it needs, and cards that name no mistakes."""
    from .mistakes import is_current
    from .release import gaps

    if missing := ", ".join(module.name for module in gaps(course, chosen)):
        out.print(
            f"Note: what is released needs {missing}, neither in its library nor among its notebooks. It is for students "
            "who have exported that in the same folder; for all others release it too.",
            style="yellow",
        )
    if old := " ".join(module.name for module in chosen if not is_current(module)):
        out.print(
            f"Note: cards name no mistakes, since {old} has changed: run `tinytorch mistakes {old}` and release again.",
            style="yellow",
        )


@commands.command(epilog="Example: tinytorch release 06_autograd --to ../edition --zip")
def release(
    modules: Annotated[list[str], typer.Argument(help="For example 06_autograd, or just 06.")],
    to: Annotated[
        Path | None, typer.Option(help="The folder to write; an edition that is there is brought up to date.")
    ] = None,
    zip: Annotated[bool, typer.Option("--zip", help="Also write a zip file beside the folder.")] = False,
    library: Annotated[
        bool,
        typer.Option(help="Without it: for students who go on, with their own exports, in the folder they have."),
    ] = True,
    allow_reference: Annotated[
        list[str] | None, typer.Option(help="A module whose reference a stuck student may take; may be repeated.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also replace files that were changed there; they are put aside first.")
    ] = False,
    gradescope: Annotated[
        bool, typer.Option("--gradescope", help="Instead: the autograder of one module for Gradescope, a zip file.")
    ] = False,
    github_classroom: Annotated[
        bool, typer.Option("--github-classroom", help="An edition that checks itself on GitHub, for a template there.")
    ] = False,
) -> None:
    """Write a student edition: no solutions, no hidden tests, earlier modules only."""
    from .platforms import workflow, write_autograder
    from .release import release as write_edition

    course = Course.find()
    chosen = course.chosen(modules)
    if (gradescope or github_classroom) and len(chosen) != 1:
        raise CourseError("a platform's edition is of one module", "Name one.")
    if gradescope:
        out.print(f"The autograder is {write_autograder(course, chosen[0], (to or Path.cwd()).resolve())}")
        return
    if to is None:
        if not github_classroom:
            raise typer.BadParameter("the folder to write is missing", param_hint="--to")
        to = Path.cwd() / f"{chosen[0].name}-classroom"
    path = write_edition(
        course,
        chosen,
        to,
        archive=zip,
        library=library,
        reference=[course.module(name) for name in allow_reference or ()],
        replace=replace,
        more=workflow(course, chosen[0]) if github_classroom else {},
    )
    _say_what_lacks(course, chosen)
    out.print(f"The student edition is in {path}")
