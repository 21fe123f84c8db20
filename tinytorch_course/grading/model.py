"""What passes between the three steps of grading: plain data that pickles, so that a step can run anywhere."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..base.marks import GradeId

if TYPE_CHECKING:
    from rich.table import Table

State = Literal["graded", "graded with repairs", "needs a person"]
GRADED: State = "graded"
REPAIRED: State = "graded with repairs"
PERSON: State = "needs a person"

_TITLE = re.compile(r"""Checks\(\s*["'][\d.]+["']\s*,\s*["'](.+?)["']\s*\)""")


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Parameters
    ----------
    timeout : float
        Seconds for one cell.
    total : float
        Seconds for the whole notebook, restarts included.
    memory : int
        Bytes of memory for all processes of the submission together.
    processes : int
        Processes and threads.
    disk : int
        Bytes in its own /tmp.
    output, outputs : int
        Characters of output kept for one cell and for the whole notebook; what comes after is dropped as it arrives.
    records : int
        Characters of what the tests' checks may send out.
    """

    timeout: float = 30.0
    total: float = 300.0
    memory: int = 2 << 30
    processes: int = 48
    disk: int = 64 << 20
    output: int = 200_000
    outputs: int = 2_000_000
    records: int = 64 << 20
    restarts: int = 3


@dataclass(frozen=True)
class SourceCell:
    """A cell of the assignment that the grader knows by its grade id, as the gradebook has it."""

    name: str
    cell_type: str
    locked: bool
    grade: bool
    solution: bool
    task: bool
    points: float
    source: str
    checksum: str | None
    demo: bool = False

    @property
    def title(self) -> str:
        """What the checks call the exercise, or what its grade id says."""
        if found := _TITLE.search(self.source):
            return found.group(1)
        grade_id = GradeId.of(self.name)
        return grade_id.slug.replace("-", " ") if grade_id else self.name

    @property
    def is_text(self) -> bool:
        """Whether it holds an answer that people grade."""
        return self.grade and self.solution

    @property
    def is_test(self) -> bool:
        return self.grade and not self.solution and self.cell_type == "code"

    @property
    def restored(self) -> bool:
        """Whether the submission's text is replaced by the instructor's."""
        return self.is_test or self.task or (self.locked and not self.solution)


@dataclass(frozen=True)
class Source:
    """One notebook of an assignment: its cells in order and what runs them."""

    assignment: str
    notebook: str
    cells: tuple[SourceCell, ...]
    kernelspec: str = "{}"
    preload: tuple[str, ...] = ()
    key: str = ""  # fingerprint of everything here
    schemes: Mapping[str, str] = field(default_factory=dict, hash=False)  # mark schemes of text answers, by grade id

    prose: tuple[str, ...] = field(default=(), hash=False)  # the texts of cells that have no grade id

    def by_name(self) -> dict[str, SourceCell]:
        return {cell.name: cell for cell in self.cells}

    @property
    def stubs(self) -> dict[str, str]:
        """What was handed out in the cells for answers, by grade id."""
        return {cell.name: cell.source for cell in self.cells if cell.solution}

    @property
    def max_score(self) -> float:
        return sum(cell.points for cell in self.cells if cell.grade or cell.task)


@dataclass(frozen=True)
class Library:
    """The files that the sandbox shows beside the notebook: the library as a student has it at this module."""

    files: Mapping[str, bytes]
    key: str


@dataclass(frozen=True)
class Cell:
    """One cell of a submission, ready to run. `name` is its grade id, if it has one."""

    cell_type: str
    source: str
    name: str | None = None
    added: bool = False  # put back because the submission had lost it
    run: bool = True
    attachments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # pasted pictures


@dataclass(frozen=True)
class Prepared:
    """A submission that can be executed, or the reason why it cannot."""

    cells: tuple[Cell, ...] = ()
    repairs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    refused: str | None = None


@dataclass
class CellResult:
    """What came of one cell."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    status: str = "skipped"  # ok, error, timeout, dead, skipped
    count: int | None = None
    seconds: float = 0.0
    records: list[str] = field(default_factory=list)  # what a test's checks sent out


@dataclass(slots=True)
class ExerciseResult:
    """Points and message of one graded cell."""

    name: str
    number: str  # "06.4", or the grade id where it says no number
    title: str
    score: float | None  # None: waits for a person
    max_score: float
    message: str = ""  # the failure card
    because: str = ""  # an earlier exercise that this one uses and that is not right yet
    passed: bool = False
    hidden: bool = False  # it was a hidden check that failed
    mistake: str = ""  # a sentence about the known mistake that answers alike


@dataclass
class Executed:
    """The outcome of executing one submission."""

    cells: list[CellResult] = field(default_factory=list)
    exercises: list[ExerciseResult] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    problem: str | None = None  # why it could not be executed to the end
    left_out: list[str] = field(default_factory=list)  # cells that ended Python or ran too long
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass
class SubmissionResult:
    """One submission's end: a state on which an instructor can act."""

    student: str
    assignment: str
    state: State
    reason: str = ""
    repairs: list[str] = field(default_factory=list)
    score: float = 0.0
    max_score: float = 0.0
    exercises: list[ExerciseResult] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    cached: bool = False
    late_penalty: float = 0.0
    manual: bool = False  # text answers wait for a person
    by_hand: float = 0.0  # points that a person has yet to give, those for an answer that was changed since included
    seconds_late: float = 0.0
    gradable: bool = True  # False: nothing of it could be run, so it has no score
    marked_late: bool = False  # the platform says so; by how much is not known
    lms_id: str = ""  # the platform's number of the student, where the submission's name holds it
    moodle_folder: str = ""  # the folder in which Moodle handed it out, and takes feedback for it
    team: list[str] = field(default_factory=list)  # all who handed it in together
    failed: bool = False  # the grader could not run it this time

    @property
    def late(self) -> str:
        """A remark on lateness; nothing for what was in time."""
        return lateness(self.seconds_late) or ("late" if self.marked_late else "")

    @property
    def scores(self) -> dict[str, float | None]:
        """Points by grade id."""
        return {exercise.name: exercise.score for exercise in self.exercises}


@dataclass(frozen=True)
class Change:
    """Points of one exercise that the same work has now, and had when that was last told."""

    student: str
    number: str
    title: str
    before: float
    after: float


@dataclass(frozen=True)
class Told:
    """Where changes were written down."""

    changes: Path
    letters: Path | None  # the table; None where nobody's grade is another
    aside: Path | None  # the table of earlier letters, which may not be sent yet


@dataclass
class ClassResult:
    """All submissions of an assignment, and where everything lies."""

    assignment: str
    results: list[SubmissionResult]
    gradebook: str
    autograded: Path
    feedback: Path
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)  # remarks on the whole run
    changes: list[Change] = field(default_factory=list)  # who gained and who lost since that was last told
    told: Told | None = None  # where they are written down
    incomplete: list[str] = field(default_factory=list)  # what the machinery did not manage

    def __iter__(self) -> Iterator[SubmissionResult]:
        return iter(self.results)

    def __getitem__(self, student: str) -> SubmissionResult:
        for result in self.results:
            if result.student == student:
                return result
        raise KeyError(student)

    @property
    def closing(self) -> str:
        """The class in one line, what waits for a person first."""
        waiting = [r for r in self.results if r.manual and r.state != PERSON]
        counts = {
            "need a person": sum(r.state == PERSON for r in self.results),
            "worth a look": sum(bool(r.flags) for r in self.results),
            "with answers to grade by hand": len(waiting),
            "graded": sum(r.state != PERSON for r in self.results),
            "of them repaired": sum(r.state == REPAIRED for r in self.results),
            "late": sum(bool(r.late) for r in self.results),
        }
        told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        return f"{len(self.results)} submissions: {told}."

    def table(self, longest: int | None = None) -> Table:
        """The class as a rich table, those that need a person first."""
        from rich.table import Table
        from rich.text import Text

        table = Table(title=f"{self.assignment}: {len(self.results)} submissions")
        table.add_column("student")
        table.add_column("score", justify="right")
        table.add_column("state")
        table.add_column("remarks", overflow="fold")
        order = sorted(self.results, key=lambda r: (r.state != PERSON, not r.flags, r.student))
        for result in order[:longest]:
            style = "red" if result.state == PERSON else "yellow" if result.flags or result.repairs else None
            by_hand = f"{result.by_hand:g} points to be given by hand" if result.by_hand else ""
            remarks = "; ".join(filter(None, [result.reason, *result.flags, *result.repairs, result.late, by_hand]))
            score = f"{result.score:g} / {result.max_score:g}" if result.gradable or result.score else "–"
            table.add_row(Text(result.student), score, result.state, Text(remarks), style=style)
        if longest is not None and len(order) > longest:
            table.add_row("…", "", f"{len(order) - longest} more", "")
        return table


def lateness(seconds: float) -> str:
    """``1.5 h late``; nothing for what was in time."""
    if seconds <= 0:
        return ""
    return f"{round(seconds / 3600, 1):g} h late" if seconds >= 3600 else f"{math.ceil(seconds / 60)} min late"


@dataclass
class Recorded:
    """What the gradebook says after a submission was written down."""

    score: float
    max_score: float
    late_penalty: float
    needs_manual_grade: bool
    scores: dict[str, float] = field(default_factory=dict)
    auto: dict[str, float | None] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    seconds_late: float = 0.0
    waiting: set[str] = field(default_factory=set)  # cells that nobody has given points, as they are now
    by_person: bool = False  # a person has entered points
    penalty_problem: str = ""  # why the penalty plugin gave none


@dataclass(frozen=True)
class Task:
    """One submission's work, complete."""

    student: str
    data: bytes | None
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """What all submissions of a run share."""

    source: Source
    library: Library
    limits: Limits
    sandbox: bool = True
    hide: tuple[Path, ...] = ()
    key: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the answers, by grade id of the test
    tests: Mapping[str, str] = field(default_factory=dict)  # their code without the answers, by grade id
    answers: str = ""  # fingerprint of the key
    seed: str = ""  # from which tests draw their inputs
    known: Mapping[str, str] = field(default_factory=dict)  # sentences about mistakes, by fingerprint


@dataclass
class Worked:
    """What a worker gives back."""

    student: str
    prepared: Prepared
    executed: Executed | None
