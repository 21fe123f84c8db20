"""`tinytorch check`: where a student stands, exercise by exercise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from ..base.code import names_bound, names_read, parsed
from ..base.course import Course
from ..base.marks import GradeId
from ..base.notebook import is_as_released, read_notebook
from .place import require_earlier
from .run_notebook import Failure, run


@dataclass(frozen=True)
class Standing:
    """How one exercise stands: ``passed``, ``failed``, ``not written`` or, for text answers, ``by hand``."""

    number: str
    title: str
    state: str
    message: str
    points: float
    code: bool = True  # a text answer is not code


@dataclass(frozen=True)
class Tally:
    """How many exercises pass their visible checks, and how many text answers, which no check can see, are written."""

    right: int
    exercises: int
    written: int
    texts: int

    @classmethod
    def of(cls, rows: Iterable[Standing]) -> Tally:
        code: list[str] = []
        texts: list[str] = []
        for row in rows:
            (code if row.code else texts).append(row.state)
        return cls(code.count("passed"), len(code), texts.count("by hand"), len(texts))

    @property
    def is_all(self) -> bool:
        return self.right == self.exercises and self.written == self.texts

    @property
    def of_texts(self) -> str:
        """``, 1 of 2 text answers written``; nothing where the module asks for none."""
        return f", {self.written} of {self.texts} text answer{'s' * (self.texts > 1)} written" if self.texts else ""

    def __str__(self) -> str:
        return f"{self.right} of {self.exercises} exercises pass their visible checks{self.of_texts}"


def _headings(nb: NotebookNode) -> dict[str, str]:
    """Titles of the exercises, from headings like ``### 06.4 Multiplication``."""
    titles: dict[str, str] = {}
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            for line in cell.source.split("\n"):
                first, _, rest = line.lstrip("# ").partition(" ")
                if line.startswith("#") and first.count(".") == 1 and first.replace(".", "").isdigit() and rest:
                    titles.setdefault(first, rest.strip().replace("`", ""))
    return titles


def changed_tests(nb: NotebookNode) -> list[str]:
    """Grade ids of test cells that are no longer as they were released (their checksum differs)."""
    marked = [(cell, cell.metadata.get("nbgrader", {})) for cell in nb.cells]
    released = [
        (c, about) for c, about in marked if about.get("grade") and about.get("locked") and about.get("checksum")
    ]
    return [about["grade_id"] for cell, about in released if not is_as_released(cell)]


def demonstrations(nb: NotebookNode) -> set[int]:
    """Cells that show something, or are there to play in, and that no answer needs, by their place from 0.

    No other given cell uses what a cell tagged `demo` defines. A student's may: then it is no demonstration here, and
    neither is any that it builds on.
    """
    cells = {at: cell for at, cell in enumerate(nb.cells) if cell.cell_type == "code"}
    tags = {at: set(cell.metadata.get("tags", [])) for at, cell in cells.items()}
    given = {at for at, cell in cells.items() if is_as_released(cell) or "play" in tags[at]}
    shows = {at for at in given if "demo" in tags[at]}
    bound = {at: {name for name, _ in names_bound(parsed(cell.source))} for at, cell in cells.items()}
    needed = set(cells) - given
    while needed:
        names = ((at, name) for at in needed for name in names_read(cells[at].source))
        sources = {max((b for b in cells if b < at and name in bound[b]), default=-1) for at, name in names}
        needed = sources & shows
        shows -= needed
    return shows


def run_needed(course: Course, path: Path, nb: NotebookNode) -> list[Failure]:
    """Run the notebook without its demonstrations; the whole of it where all checks pass and another cell fails.

    Such a cell may miss what a demonstration does besides defining names. Where a check fails, that is what to look at.
    """
    skipped = demonstrations(nb)
    failures = run(course, path, nb, skip=skipped)
    if skipped and failures and all(failure.exercise is None for failure in failures):
        failures = run(course, path, nb)
    return failures


def standings(nb: NotebookNode, failures: list[Failure]) -> list[Standing]:
    """One line an exercise, from the failures of a run."""
    failed = {failure.grade_id: failure for failure in failures if failure.grade_id}
    titles = _headings(nb)
    # A cell that does not run at all explains more than the names that its test then misses.
    own_cells = {f.exercise.number: f for f in failures if f.exercise and f.exercise.kind == "exercise"}
    rows: dict[str, Standing] = {}
    for cell in nb.cells:
        metadata = cell.metadata.get("nbgrader", {})
        exercise = GradeId.of(metadata.get("grade_id", ""))
        if not metadata.get("grade") or exercise is None:
            continue
        failure = failed.get(metadata["grade_id"])
        if metadata.get("solution"):
            state = "not written" if "YOUR ANSWER HERE" in cell.source or not cell.source.strip() else "by hand"
            message = "graded by a person"
        elif failure is None:
            state, message = "passed", ""
        else:
            state = "not written" if ": not written yet" in failure.message.split("\n")[0] else "failed"
            message, own = failure.message, own_cells.get(exercise.number)
            if own:
                written = nb.cells[own.cell - 1].source.split("\n")
                text = f": {written[own.line - 1].strip()}" if own.line and own.line <= len(written) else ""
                line = f"\n  line      {own.line}{text}" if own.line else ""
                message = f"{exercise.number}: your cell does not run\n  error     {own.message}\n  cell      {own.cell}{line}"
        earlier = rows.get(exercise.number)
        points = metadata.get("points", 0) + (earlier.points if earlier else 0)
        if earlier and earlier.state != "passed":
            state, message = earlier.state, earlier.message
        rows[exercise.number] = Standing(
            exercise.number, titles.get(exercise.number, ""), state, message, points, cell.cell_type == "code"
        )
    return list(rows.values())


def check(course: Course, path: Path, *, whole: bool = False) -> tuple[list[Standing], list[Failure], list[str]]:
    """Run the notebook at `path` as it was saved: what its answers need, or the `whole` of it.

    Returns
    -------
    standings : list of Standing
        One for each exercise.
    failures : list of Failure
        Every cell that raised, tests or not.
    changed : list of str
        Grade ids of test cells that were edited; grading uses the original ones.

    Raises
    ------
    CourseError
        When the notebook cannot be read, or needs an earlier module that was not exported.
    """
    nb = read_notebook(path)
    require_earlier(course, path, nb)
    changed = changed_tests(nb)
    failures = run(course, path, nb) if whole else run_needed(course, path, nb)
    return standings(nb, failures), failures, changed
