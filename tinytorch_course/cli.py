"""The command line: `tinytorch`."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

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


Modules = Annotated[list[str] | None, typer.Argument(help="For example 06_autograd, or just 06; by default all.")]


def _shown(course: Course, path: Path) -> Path:
    return path.relative_to(course.root) if path.is_relative_to(course.root) else path


# A student edition has no instructor's commands: their files are not in it.
if (Path(__file__).parent / "build.py").is_file():

    @app.command(epilog="Example: tinytorch build 06_autograd")
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

    @app.command(epilog="Example: tinytorch release 06_autograd --to ../edition --zip")
    def release(
        modules: Annotated[list[str], typer.Argument(help="For example 06_autograd, or just 06.")],
        to: Annotated[Path, typer.Option(help="The folder to write; it is replaced when it holds an edition.")],
        zip: Annotated[bool, typer.Option("--zip", help="Also write a zip file beside the folder.")] = False,
        library: Annotated[
            bool,
            typer.Option(help="Without it: for students who go on, with their own exports, in the folder they have."),
        ] = True,
        allow_reference: Annotated[
            list[str] | None, typer.Option(help="A module whose reference a stuck student may take; may be repeated.")
        ] = None,
    ) -> None:
        """Write a student edition: no solutions, no hidden tests, earlier modules only."""
        from .release import release as write_edition

        course = Course.find()
        path = write_edition(
            course,
            course.chosen(modules),
            to,
            archive=zip,
            library=library,
            reference=[course.module(name) for name in allow_reference or ()],
        )
        out.print(f"The student edition is in {path}")

    @app.command(epilog="Example: tinytorch grade 06_autograd --submitted inbox --workers 4")
    def grade(
        module: Annotated[str, typer.Argument(help="For example 06_autograd.")],
        submitted: Annotated[
            Path | None,
            typer.Option(
                help="Folder or zip file with the submissions, as Canvas or Moodle hands it out, or with STUDENT/…, STUDENT.ipynb, STUDENT.zip; by default submitted/ of the course."
            ),
        ] = None,
        workers: Annotated[int | None, typer.Option(help="Processes; by default one a core.")] = None,
        scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, tcp://host:port.")] = None,
        timeout: Annotated[float, typer.Option(help="Seconds for one cell.")] = 30,
        memory: Annotated[str, typer.Option(help="Memory for one submission, for example 2G.")] = "2G",
        sandbox: Annotated[
            bool, typer.Option(help="Run submissions without bubblewrap: only for code you trust.")
        ] = True,
        force: Annotated[bool, typer.Option("--force", help="Grade again what has not changed.")] = False,
        roster: Annotated[
            Path | None,
            typer.Option(help="The class as Canvas or Moodle exported it (CSV): gives submissions their ids; kept."),
        ] = None,
        id_column: Annotated[
            str | None, typer.Option(help="Heading of the ids there, where it cannot be told.")
        ] = None,
        email_column: Annotated[str | None, typer.Option(help="Heading of the email addresses there.")] = None,
        name_column: Annotated[str | None, typer.Option(help="Heading of the names there.")] = None,
        forget: Annotated[
            list[str] | None,
            typer.Option(
                metavar="STUDENT", help="Instead of grading, take this submission back; may be repeated. Asks first."
            ),
        ] = None,
        yes: Annotated[bool, typer.Option("--yes", help="Do not ask before forgetting.")] = False,
        course_dir: Annotated[
            Path | None, typer.Option(help="Where gradebook, autograded and feedback lie; by default the checkout.")
        ] = None,
    ) -> None:
        """Grade a class: nbgrader's gradebook, hidden tests, parallel, each submission in a sandbox."""
        from .grading import grade as grade_class

        course = Course.find()
        if forget:
            _forget((course_dir or course.root).resolve(), course.module(module).name, forget, yes)
            return
        if not sandbox:
            err.print(
                "Without the sandbox, submitted code runs with your rights: it can read your files and reach the network.",
                style="yellow",
            )
        columns = {"id": id_column, "email": email_column, "name": name_column}
        result = grade_class(
            (course_dir or course.root).resolve(),
            course.module(module).name,
            submitted=submitted,
            workers=workers,
            scheduler=scheduler,
            timeout=timeout,
            memory=memory,
            sandbox=sandbox,
            force=force,
            roster=roster,
            columns={what: heading for what, heading in columns.items() if heading},
        )
        out.print(result.table())
        for line in result.notes:
            out.print(line, markup=False, style="yellow")
        out.print(f"gradebook  {result.gradebook}")
        out.print(f"feedback   {result.feedback}")
        out.print(f"`tinytorch report {result.assignment}` writes the report, and the tables for Canvas and Moodle.")

    def _forget(course_dir: Path, assignment: str, students: list[str], yes: bool) -> None:
        """Say what goes away with each submission, ask, and do it."""
        from .grading.pipeline import forget, traces

        for student in students:
            found = traces(course_dir, assignment, student)
            out.print(f"The submission of {student!r} for {assignment} is taken back. This goes away:", markup=False)
            for line in found.describe():
                out.print(f"  {line}", markup=False)
            if not yes:
                if not sys.stdin.isatty():
                    raise CourseError("nobody is there to be asked", "Add --yes to do it without asking.")
                typer.confirm("Do it?", abort=True)
            forget(course_dir, assignment, student)
            out.print("Done. Nothing else was touched.")

    @app.command(epilog="Example: tinytorch report 06_autograd")
    def report(
        module: Annotated[str, typer.Argument(help="For example 06_autograd.")],
        course_dir: Annotated[
            Path | None, typer.Option(help="Where the gradebook lies; by default the checkout.")
        ] = None,
        roster: Annotated[
            Path | None,
            typer.Option(
                help="The gradebook or worksheet that Canvas or Moodle exported: its column is filled in; by default the one given before."
            ),
        ] = None,
        column: Annotated[
            str | None, typer.Option(help="Heading of the module's column there, where it cannot be told.")
        ] = None,
    ) -> None:
        """Write the class's report, the tables to import into Canvas and Moodle, and everybody's feedback page again."""
        from .report import make_report

        course = Course.find()
        name = course.module(module).name
        report = make_report((course_dir or course.root).resolve(), name, roster=roster, column=column)
        out.print(report.summary)
        for line in report.remarks:
            out.print(line, markup=False, style="yellow")
        out.print(f"report     {report.page}")
        for path in report.tables:
            out.print(f"table      {path}")
        if report.feedback is not None:
            out.print(f"feedback   {report.feedback}")


@app.command(epilog="Example: tinytorch check 06_autograd")
def check(notebook: Annotated[str, typer.Argument(help="A notebook, or a module such as 06_autograd.")]) -> None:
    """Run the visible tests on your notebook and say where you stand, exercise by exercise."""
    from .check import check as run_checks
    from .check import find_notebook

    course = Course.find()
    rows, failures, changed = run_checks(course, find_notebook(course, notebook))
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
    passed = sum(row.state == "passed" for row in rows)
    by_hand = sum(row.state == "by hand" for row in rows)
    hand = f", {by_hand} to be graded by a person" if by_hand else ""
    out.print(f"\n{passed} of {len(rows)} exercises pass their visible checks{hand}.")
    if passed + by_hand < len(rows) or loose:
        raise typer.Exit(1)


@app.command(epilog="Example: tinytorch export 06_autograd")
def export(
    notebook: Annotated[str, typer.Argument(help="A notebook, or a module such as 06_autograd.")],
    force: Annotated[bool, typer.Option("--force", help="Export although visible checks fail.")] = False,
    reference: Annotated[
        bool, typer.Option("--reference", help="Take the course's version instead, if your instructor allowed it.")
    ] = False,
) -> None:
    """Put your work into your own tinytorch/, so that later modules run on it."""
    from .check import find_notebook
    from .export import export as export_notebook
    from .export import take_reference

    course = Course.find()
    if reference:
        name, written = take_reference(course, notebook)
        for path in written:
            out.print(f"wrote {path}")
        out.print(f"From now on later modules run on the course's {name}, not on yours, and say so.")
        out.print(f"`tinytorch export {name}` takes yours again.")
        return
    for path in export_notebook(course, find_notebook(course, notebook), force=force):
        out.print(f"wrote {path}")
    out.print("From now on `from tinytorch import Tensor` uses your work.")


@app.command(epilog="Example: tinytorch milestones xor digits")
def milestones(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="perceptron, xor, digits or reversing; by default all.", metavar="NAME"),
    ] = None,
) -> None:
    """Play small true stories on the engine in your tinytorch/: what it learns, against what is required."""
    from . import milestones as stories

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


@app.command(epilog="Example: tinytorch lab 06_autograd")
def lab(
    notebook: Annotated[
        str | None, typer.Argument(help="A notebook or module to open; by default the last one.")
    ] = None,
) -> None:
    """Open JupyterLab: in a student edition on its notebook, in the checkout on the paired notebooks."""
    from .check import find_notebook

    course = Course.find()
    if notebook is None and not course.modules:
        raise CourseError(
            "there is no notebook here", "Run `tinytorch build` in a checkout, or change into a student edition."
        )
    path = find_notebook(course, notebook or course.modules[-1].name)
    if importlib.util.find_spec("jupyterlab") is None:
        raise CourseError("JupyterLab is not installed here", 'Run `pip install -e ".[student]"` in this folder.')
    where = path.relative_to(course.root) if path.is_relative_to(course.root) else path
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={course.root}", str(where)]
    out.print(f"Opening {where}. Stop JupyterLab with Ctrl-C.")
    env = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(course.root), *filter(None, [os.environ.get("PYTHONPATH")])])
    }
    raise typer.Exit(subprocess.call(command, cwd=course.root, env=env))


@app.command(epilog="Example: tinytorch doctor")
def doctor() -> None:
    """Look whether everything that is needed is here, and say what mends what is not."""
    from .doctor import main as examine

    raise typer.Exit(examine())


def main() -> None:
    """Run the command line; errors that a person can mend become one message and an exit code."""
    try:
        app()
    except CourseError as error:
        err.print(f"tinytorch: {error}", markup=False, style="red")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
