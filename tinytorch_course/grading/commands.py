"""The instructor's commands: grade, regrade, extend, texts, report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..base.console import err, out
from ..base.course import Course
from ..base.errors import CourseError
from .model import ClassResult

commands = typer.Typer()


Named = Annotated[str, typer.Argument(help="For example 06_autograd.")]
Folder = Annotated[
    Path | None, typer.Option(help="Where gradebook, autograded and feedback lie; by default the checkout.")
]
Submitted = Annotated[
    Path | None,
    typer.Option(
        help="Folder or zip file with the submissions, as Canvas or Moodle hands it out, or with STUDENT/…, "
        "STUDENT.ipynb, STUDENT.zip; by default submitted/ of the course."
    ),
]
Table = Annotated[
    Path | None,
    typer.Option(help="The class as Canvas or Moodle exported it (CSV): gives submissions their ids; kept."),
]
TakenBack = Annotated[
    list[str] | None,
    typer.Option(metavar="STUDENT", help="Instead of grading, take this submission back; may be repeated. Asks first."),
]
Only = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Grade only this student's submission; may be repeated.")
]
Workers = Annotated[int | None, typer.Option(help="Processes; by default one a core.")]
Scheduler = Annotated[str | None, typer.Option(help="Address of a Dask scheduler, tcp://host:port.")]
Protected = Annotated[bool, typer.Option(help="Run submissions without bubblewrap: only for code you trust.")]
IdColumn = Annotated[str | None, typer.Option(help="Heading of the ids there, where it cannot be told.")]


@commands.command(epilog="Example: tinytorch grade 06_autograd --submitted inbox --workers 4")
def grade(
    module: Named,
    submitted: Submitted = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    timeout: Annotated[float, typer.Option(help="Seconds for one cell.")] = 30,
    memory: Annotated[str, typer.Option(help="Memory for one submission, for example 2G.")] = "2G",
    sandbox: Protected = True,
    student: Only = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what has not changed.")] = False,
    roster: Table = None,
    id_column: IdColumn = None,
    email_column: Annotated[str | None, typer.Option(help="Heading of the email addresses there.")] = None,
    name_column: Annotated[str | None, typer.Option(help="Heading of the names there.")] = None,
    forget: TakenBack = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before forgetting.")] = False,
    course_dir: Folder = None,
) -> None:
    """Grade a class: nbgrader's gradebook, hidden tests, parallel, each submission in a sandbox."""
    from .grade import grade as grade_class

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
        students=student or None,
        say=lambda line: out.print(line, markup=False),
    )
    _show(result)
    _show_changes(result)
    if result.incomplete:
        raise typer.Exit(1)


def _show(result: ClassResult) -> None:
    """The class as a table, what concerns all of it, and where things are."""
    out.print(result.table())
    out.print(result.closing)
    for line in result.notes:
        out.print(line, markup=False, style="yellow")
    out.print(f"gradebook  {result.gradebook}")
    out.print(f"feedback   {result.feedback}")
    out.print(f"`tinytorch report {result.assignment}` writes the report, and the tables for Canvas and Moodle.")
    for line in result.incomplete:
        err.print(line, markup=False, style="red")


def _show_changes(result: ClassResult) -> None:
    """How many have other points for the same work, and where that stands."""
    if result.told is None:
        return
    students = len({change.student for change in result.changes})
    out.print(f"The same work has other points than before: {students} of {len(result.results)} students.")
    out.print(f"changes    {result.told.changes}")
    if (letters := result.told.letters) is not None:
        out.print(f"letters    {letters}, and a file for each in {letters.with_suffix('')}")
    if (aside := result.told.aside) is not None:
        out.print(f"earlier    {aside}: letters of the change before, if they are not sent yet")


@commands.command(epilog="Example: tinytorch regrade 06_autograd")
def regrade(
    module: Named,
    workers: Workers = None,
    scheduler: Scheduler = None,
    timeout: Annotated[float, typer.Option(help="Seconds for one cell.")] = 30,
    memory: Annotated[str, typer.Option(help="Memory for one submission, for example 2G.")] = "2G",
    sandbox: Protected = True,
    course_dir: Folder = None,
) -> None:
    """A test was wrong: build what src/ says now, grade the class by it, and say who gained and who lost."""
    from ..author.build import build
    from .changes import tables
    from .grade import grade as grade_class

    course = Course.find()
    chosen, root = course.module(module), (course_dir or course.root).resolve()
    if chosen.src.is_file():
        build(course, [chosen])
    result = grade_class(
        root,
        chosen.name,
        workers=workers,
        scheduler=scheduler,
        timeout=timeout,
        memory=memory,
        sandbox=sandbox,
        corrected=True,
        say=lambda line: out.print(line, markup=False),
    )
    _show(result)
    for table in tables(result.changes):
        out.print(table)
    _show_changes(result)
    if result.told is None:
        out.print(_nothing_changed(root / "report" / chosen.name))
    if result.incomplete:
        raise typer.Exit(1)


def _nothing_changed(folder: Path) -> str:
    kept = [folder / name for name in ("changes.csv", "letters.csv") if (folder / name).is_file()]
    stay = f" {' and '.join(map(str, kept))} are of the last change, and stay." if kept else ""
    return f"Nobody's points are other than before.{stay}"


def _forget(course_dir: Path, assignment: str, students: list[str], yes: bool) -> None:
    """Say what goes away with each submission, ask, and do it."""
    from .forget import forget, traces

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


@commands.command(
    epilog="Example: tinytorch extend 06_autograd ada --until '2026-12-05 23:59 Europe/Berlin' --reason ill"
)
def extend(
    module: Named,
    student: Annotated[str, typer.Argument(help="Whose deadline; section:NAME for a section, '*' for all.")],
    until: Annotated[
        str, typer.Option(help="The new deadline, with its zone; without one, in the course's.", metavar="TIME")
    ] = "",
    hours: Annotated[float | None, typer.Option(help="Instead: so long after the deadline of now.")] = None,
    reason: Annotated[str, typer.Option(help="For yourself, and for who grades with you.")] = "",
    course_dir: Folder = None,
) -> None:
    """Give more time: one more row in deadlines.csv, which counts at the next grade or report."""
    from .records.deadlines import FILE, shown
    from .records.deadlines import extend as write_row

    course = Course.find()
    root = (course_dir or course.root).resolve()
    due, remarks = write_row(root, course.module(module).name, student, until=until, hours=hours, reason=reason)
    out.print(f"{student} has until {shown(due, None)}, says {root / FILE} now.", markup=False)
    for line in remarks:
        out.print(line, markup=False, style="yellow")


@commands.command(epilog="Example: tinytorch texts 06_autograd --in report/06_autograd/texts.csv")
def texts(
    module: Named,
    table: Annotated[
        Path | None, typer.Option("--in", help="texts.csv, filled in: what it says goes into the gradebook.")
    ] = None,
    course_dir: Folder = None,
) -> None:
    """Grade text answers question by question: pages with equal answers grouped, and a table to fill in."""
    from .records.texts import write_texts
    from .records.texts_in import read_texts

    course = Course.find()
    name, root = course.module(module).name, (course_dir or course.root).resolve()
    if table is None:
        written = write_texts(root, name)
        for question in written.questions:
            out.print(
                f"{question.number}  {len(question.entered)} students, {question.pieces} groups of answers, "
                f"{len(question.blank)} without an answer, {question.waiting} without points"
            )
        if written.left_out:
            out.print(f"Left out, since not graded: {', '.join(written.left_out)}.", markup=False, style="yellow")
        for path in written.pages:
            out.print(f"page       {path}")
        out.print(f"table      {written.table}")
        if written.aside is not None:
            out.print(
                f"The table that was there has entries that were not taken in; it is {written.aside} now.",
                style="yellow",
            )
        return
    taken = read_texts(root, name, table)
    counts = {"new": taken.new, "changed": taken.changed, "as they were": taken.answers - taken.new - taken.changed}
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "none"
    have = "answer has" if taken.answers == 1 else "answers have"
    out.print(f"{taken.answers} {have} the table's points and comments: {told}.")
    if taken.kept:
        out.print(f"{taken.kept} new in {root / 'comments.csv'}: comments to be given again.", markup=False)
    for line in taken.bad:
        err.print(f"not entered: {line}", markup=False, style="red")
    out.print(f"`tinytorch report {name}` writes totals, tables and feedback pages anew.")
    if taken.bad:
        raise typer.Exit(1)


@commands.command(epilog="Example: tinytorch report 06_autograd")
def report(
    module: Annotated[str | None, typer.Argument(help="For example 06_autograd; without it, the whole term.")] = None,
    course_dir: Annotated[Path | None, typer.Option(help="Where the gradebook lies; by default the checkout.")] = None,
    roster: Annotated[
        Path | None,
        typer.Option(
            help="The gradebook or worksheet that Canvas or Moodle exported: its column is filled in; by default the one given before."
        ),
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="Heading of the module's column there, where it cannot be told.")
    ] = None,
    progress: Annotated[
        Path | None,
        typer.Option(help="For the term: folder with what students have shared; by default progress/ of the course."),
    ] = None,
) -> None:
    """Write the class's report, the tables to import into Canvas and Moodle, and everybody's feedback page again."""
    from .records.report import make_report

    course = Course.find()
    if module is None:
        if roster is not None or column is not None:
            raise CourseError("a table is filled in for one module", "Name the module too.")
        _report_term(course, (course_dir or course.root).resolve(), progress)
        return
    if progress is not None:
        raise CourseError("what students have shared stands on the page of the term", "Leave the module out.")
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


def _report_term(course: Course, root: Path, progress: Path | None) -> None:
    from .records.progress import FOLDER, class_progress
    from .records.term import make_term_report

    folder = progress or root / FOLDER
    shared = class_progress(course, folder) if progress is not None or folder.is_dir() else None
    out.print(f"report     {make_term_report(root, shared)}")
    if shared is not None:
        left = f"; {len(shared.out)} files left out, the page says why" if shared.out else ""
        out.print(f"progress   {shared.files} student{'s' * (shared.files != 1)}, from {folder}{left}", markup=False)
