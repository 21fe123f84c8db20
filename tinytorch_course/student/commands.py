"""The student's commands: check, export, update, status, milestones, certificate, lab, doctor."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..base.console import out
from ..base.course import Course
from ..base.errors import CourseError

if TYPE_CHECKING:
    from .live_page import LivePage
    from .status import Progress

commands = typer.Typer()


def _with_work_kept(notebook: str) -> tuple[Course, Path]:
    """The notebook that is meant and its course, once a copy is put aside and it is said what is gone."""
    from ..base.notebook import read_notebook
    from .keep import keep, lost, replaced_exports
    from .place import find

    course, path = find(notebook)
    nb = read_notebook(path)
    for sentence in filter(None, [lost(course, path, nb), *replaced_exports(course)]):
        out.print(sentence, style="bold yellow", markup=False)
    keep(course, path, nb)
    return course, path


@commands.command(epilog="Example: tinytorch check 06_autograd")
def check(
    notebook: Annotated[str, typer.Argument(help="A notebook, or a module such as 06_autograd.")],
    whole: Annotated[bool, typer.Option("--all", help="Run the demonstrations too, which no answer needs.")] = False,
    summary: Annotated[
        Path | None, typer.Option(help="Also add a table in Markdown to this file, for GitHub.", metavar="FILE")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on: check again after each save, until Ctrl-C.")] = False,
    page: Annotated[bool, typer.Option("--page", help="With --watch: also on a page in the browser.")] = False,
) -> None:
    """Run the visible tests on your notebook and say where you stand, exercise by exercise."""
    from .check import Tally
    from .check import check as run_checks
    from .status import remember_check
    from .summary import summary_of

    if page and not watch:
        raise typer.BadParameter("the page follows what is watched; give --watch too", param_hint="--page")
    course, path = _with_work_kept(notebook)
    if watch:
        return _watched_on_a_page(course, path) if page else _watched(course, path)
    content = path.read_bytes()
    rows, failures, changed = run_checks(course, path, whole=whole)
    remember_check(course, path, content, rows)
    if summary is not None:
        with open(summary, "a", encoding="utf-8") as file:
            file.write(summary_of(path.stem, rows, changed))
    width = max((len(f"{row.number} {row.title}") for row in rows), default=0)
    styles = {"passed": "green", "failed": "red", "not written": "yellow", "by hand": "cyan"}
    for row in rows:
        out.print(f"{row.number} {row.title}".ljust(width + 2), end="")
        out.print(row.state, style=styles[row.state])
    for row in rows:
        if row.state == "failed":
            out.print()
            out.print(row.message, markup=False)
    for grade_id in changed:
        out.print(f"The test cell {grade_id} was changed; grading uses the original one.", style="yellow")
    loose = [f for f in failures if not f.exercise]
    if loose and not any(row.state in ("failed", "not written") for row in rows):
        out.print(f"\n{loose[0].where}, fails: {loose[0].message}", markup=False)
    tally = Tally.of(rows)
    out.print(f"\n{tally}{', for a person to grade' if tally.written else ''}.")
    if not tally.is_all or loose:
        raise typer.Exit(1)


def _watched_on_a_page(course: Course, path: Path) -> None:
    from .live_page import LivePage

    with LivePage(path.stem) as page:
        out.print(f"The page is at {page.address}", markup=False, soft_wrap=True)
        sys.stdout.flush()
        _watched(course, path, page)


def _watched(course: Course, path: Path, page: LivePage | None = None) -> None:
    """Check a notebook after each save, until somebody presses Ctrl-C."""
    import time

    from .check import Standing, Tally
    from .status import remember_check
    from .watch import Watch, saves

    def tell(row: Standing) -> None:
        if page is not None:
            page.tell(row)
        out.print(f"{row.number} {row.title}  {row.state}", markup=False)
        if row.state == "failed":
            out.print(f"\n{row.message}\n", markup=False)
        sys.stdout.flush()

    desk = Watch(course, path)
    try:
        for _ in saves(path):
            if page is not None:
                page.saved()
            out.print(time.strftime("%H:%M:%S"), style="bold")
            content = path.read_bytes()
            try:
                rows = desk.check(tell)
            except CourseError as error:
                if page is not None:
                    page.could_not(str(error))
                out.print(f"{error}\n", markup=False)
            else:
                if page is not None:
                    page.done(rows)
                remember_check(course, path, content, rows)
                out.print(f"{Tally.of(rows)}. Waiting for a save; Ctrl-C ends it.\n")
            sys.stdout.flush()
            desk.prepare()
    except KeyboardInterrupt:
        out.print("Ended.")
    finally:
        desk.close()


@commands.command(epilog="Example: tinytorch export 06_autograd")
def export(
    notebook: Annotated[str, typer.Argument(help="A notebook, or a module such as 06_autograd.")],
    force: Annotated[bool, typer.Option("--force", help="Export although visible checks fail.")] = False,
    reference: Annotated[
        bool, typer.Option("--reference", help="Take the course's version instead, if your instructor allowed it.")
    ] = False,
) -> None:
    """Put your work into your own tinytorch/, so that later modules run on it."""
    from .export import export as export_notebook
    from .export import take_reference
    from .place import with_library

    if reference:
        course = Course.find()
        name, written = take_reference(course, notebook)
        for path in written:
            out.print(f"wrote {path}")
        out.print(f"From now on later modules run on the course's {name}, not on yours, and say so.")
        out.print(f"`tinytorch export {name}` takes yours again.")
        return
    course, path = _with_work_kept(notebook)
    if with_library(course):
        out.print(f"made {course.library}: your own library, from the one that is installed here")
    for file in export_notebook(course, path, force=force):
        out.print(f"wrote {file}")
    out.print("From now on later modules, and whatever imports tinytorch here, run on your work.")


@commands.command(epilog="Example: tinytorch update ~/Downloads/edition.zip")
def update(
    edition: Annotated[Path, typer.Argument(help="The zip file of a corrected or later student edition.")],
) -> None:
    """Bring a new edition into this folder: its prose, checks and modules come in, and your work stays."""
    from .update import update as bring_in

    course = Course.find()
    done = bring_in(course, edition)
    for name in done.written:
        out.print(f"wrote {name}", markup=False)
    for sentence in done.to_look_at:
        out.print(sentence, style="yellow", markup=False)
    if done.aside:
        out.print(f"Files that were replaced are in {done.aside.relative_to(course.root)}.", markup=False)
    if not done.written:
        out.print("Everything is as in that edition already.")


@commands.command(epilog="Example: tinytorch status --share --to /srv/course/progress")
def status(
    share: Annotated[
        bool,
        typer.Option("--share", help="Also write how far you are to a file for your course, and show what is in it."),
    ] = False,
    to: Annotated[Path | None, typer.Option(help="Folder for that file; by default this edition.")] = None,
    name: Annotated[
        str, typer.Option("--as", help="What to call yourself in it; by default something by chance.", metavar="NAME")
    ] = "",
) -> None:
    """Say how far you are: exercises and points by module, milestones, and what comes next."""
    from .milestones import MILESTONES
    from .status import next_step, played, progress_of

    if not share and (to is not None or name):
        raise CourseError("--to and --as say where to share, and as whom", "Add --share.")
    course = Course.find()
    if not course.modules:
        raise CourseError("there is no notebook here", "Change into a student edition.")
    found = [progress_of(course, module) for module in course.modules]
    width = max(len(progress.module.name) for progress in found) + 2
    for progress in found:
        (have, all_), tally = progress.points, progress.tally
        said = f"{tally.right} of {tally.exercises} exercises, {have:g} of {all_:g} points that visible checks can see"
        said += tally.of_texts + (", exported" if progress.exported else ", not exported")
        said = said if progress.rows else "not begun"
        out.print(progress.module.name.ljust(width), end="")
        out.print("cannot be checked" if progress.problem else said, style="green" if progress.done else None)
    out.print()
    for milestone in MILESTONES:
        ending, missing = played(course, milestone), milestone.missing(course)
        said = "not played on this library yet" if ending is None else "reached" if ending.reached else "not reached"
        out.print(f"{milestone.name.ljust(width)}{f'waits for {missing[0]}' if missing else said}")
    out.print(f"\nNext: {next_step(course, found)}", markup=False)
    if share:
        _shared(course, found, to, name)


def _shared(course: Course, found: Sequence[Progress], to: Path | None, name: str) -> None:
    """Write the file and say all that is in it."""
    from .share import share

    path, text = share(course, found, to, name)
    out.print(f"\nwrote {path}, with this in it and nothing else:\n", markup=False)
    out.print(text, markup=False, highlight=False)
    if name:
        out.print("It has the name that you gave.")
    else:
        out.print(
            "Its id was drawn by chance. It is kept in .tinytorch/progress-id, so that your next file replaces this."
        )
    if to is None:
        out.print("Nothing has left this folder: hand the file in where your course asks for it.")


@commands.command(epilog="Example: tinytorch milestones xor digits")
def milestones(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="perceptron, xor, digits or reversing; by default all.", metavar="NAME"),
    ] = None,
) -> None:
    """Play small true stories on the engine in your tinytorch/: what it learns, against what is required."""
    from . import milestones as stories
    from .status import remember_milestone

    course = Course.find()
    chosen = stories.chosen(names or [])
    played = failed = 0
    waiting = [milestone for milestone in chosen if milestone.missing(course)]
    for milestone in chosen:
        if milestone in waiting:
            missing = ", ".join(f"`tinytorch export {module}`" for module in milestone.missing(course))
            out.print(f"{milestone.name}: {milestone.title}", style="bold")
            out.print(f"  waits for {missing}\n", style="yellow")
            continue
        ending = stories.play(course, milestone)
        remember_milestone(course, milestone, ending)
        out.print(f"{milestone.name}: {milestone.title}", style="bold")
        for line in stories.told(ending, stories.taken(course, milestone)):
            out.print(f"  {line}", markup=False)
        out.print("  reached\n" if ending.reached else "  not reached\n", style="green" if ending.reached else "red")
        played += 1
        failed += not ending.reached
    later = f", {len(waiting)} waiting for a module" if waiting else ""
    out.print(f"{played - failed} of {played} milestones reached{later}.")
    if failed:
        raise typer.Exit(1)
    if waiting and (names or not played):
        raise typer.Exit(2)


@commands.command(epilog='Example: tinytorch certificate --name "Ada Lovelace"')
def certificate(
    to: Annotated[Path, typer.Option(help="The file to write.")] = Path("certificate.html"),
    name: Annotated[str, typer.Option(help="Whose engine it is.")] = "",
) -> None:
    """Write one page, to print, with what your own engine has reached: exercises, milestones, gradients, time."""
    from .certificate import certificate as write_page

    path = write_page(Course.find(), to, name=name)
    out.print(f"wrote {path}: open it in a browser; it prints on paper.", markup=False)


@commands.command(
    epilog="Example: tinytorch lab 06_autograd --no-browser --port 8890",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def lab(
    context: typer.Context,
    notebook: Annotated[
        str | None, typer.Argument(help="A notebook or module to open; by default the last one.")
    ] = None,
) -> None:
    """Open JupyterLab: in a student edition on its notebook, in the checkout on the paired notebooks.

    Options that are not of this command go to JupyterLab: --no-browser, --allow-root, --port.
    """
    from .place import find

    course = Course.find()
    if notebook is None and not course.modules:
        raise CourseError(
            "there is no notebook here", "Run `tinytorch build` in a checkout, or change into a student edition."
        )
    handed_on = list(context.args)
    if notebook and notebook.startswith("-"):  # an option of JupyterLab's that stood first
        handed_on, notebook = [notebook, *handed_on], None
    _, path = find(notebook or course.modules[-1].name)
    if importlib.util.find_spec("jupyterlab") is None:
        raise CourseError("JupyterLab is not installed here", 'Run `pip install -e ".[student]"` in this folder.')
    where = path.relative_to(course.root) if path.is_relative_to(course.root) else path
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={course.root}", str(where), *handed_on]
    out.print(f"Opening {where}. Stop JupyterLab with Ctrl-C.")
    raise typer.Exit(subprocess.call(command, cwd=course.root, env=course.environment()))


@commands.command(epilog="Example: tinytorch doctor")
def doctor() -> None:
    """Look whether everything that is needed is here, and say what mends what is not."""
    from .doctor import main as examine

    raise typer.Exit(examine())
