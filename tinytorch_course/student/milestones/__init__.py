"""`tinytorch milestones`: small true stories, played by the engine in the course's own tinytorch/.

Each file beside this one is a story: a network, a task, and what has to be reached. It uses nothing but the public names
of tinytorch, so it runs on whatever was exported there, the course's or a student's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...base.course import Course
from ...base.errors import CourseError

SECONDS = 600  # for one story: nothing that learns takes so long


@dataclass(frozen=True)
class Milestone:
    """One story: its name, its title, and the modules whose work it needs."""

    name: str
    title: str
    needs: tuple[str, ...]

    def missing(self, course: Course) -> list[str]:
        """The modules that it needs and that are not in the course's library yet."""
        return [module for module in self.needs if not exported(course, module).is_file()]


_FIRST = ("01_tensor", "02_activations", "03_layers", "04_losses", "06_autograd")
_ENGINE = (*_FIRST, "07_optimizers")
MILESTONES = (
    Milestone("perceptron", "XOR by a perceptron: why one layer is not enough", _FIRST),
    Milestone("xor", "XOR by a network with a hidden layer", _ENGINE),
    Milestone("digits", "Digits that nobody showed it", tuple(sorted({*_ENGINE, "05_dataloader", "08_training"}))),
    Milestone(
        "moved",
        "Digits wherever they stand, by convolutions",
        tuple(sorted({*_ENGINE, "05_dataloader", "08_training", "09_convolutions"})),
    ),
    Milestone(
        "reversing",
        "Sequences turned round, by attention",
        tuple(sorted({*_ENGINE, "08_training", "11_embeddings", "12_attention"})),
    ),
    Milestone(
        "writer",
        "Descriptions of functions that do not exist, by a GPT",
        (
            *("01_tensor", "03_layers", "05_dataloader", "06_autograd", "07_optimizers", "08_training"),
            *("10_tokenization", "13_transformers"),
        ),
    ),
)


def exported(course: Course, module: str) -> Path:
    """The file that a module exports to: ``tinytorch/core/autograd.py`` for ``06_autograd``."""
    return course.library / "core" / f"{module[3:]}.py"


def chosen(names: Iterable[str]) -> list[Milestone]:
    """The milestones with these names, or all; CourseError for an unknown name."""
    known = {milestone.name: milestone for milestone in MILESTONES}
    for name in names:
        if name not in known:
            raise CourseError(f"there is no milestone {name!r}", f"The milestones are: {', '.join(known)}.")
    return [known[name] for name in dict.fromkeys(names)] or list(MILESTONES)


def taken(course: Course, milestone: Milestone) -> list[str]:
    """The modules that it needs of which the library holds the course's version, by `tinytorch export --reference`."""
    from ..export import REFERENCE_MARK

    files = {module: exported(course, module) for module in milestone.needs}
    return [m for m, file in files.items() if file.is_file() and REFERENCE_MARK in file.read_text(encoding="utf-8")]


@dataclass(frozen=True)
class Row:
    """What was reached against what is required, in words, and whether that is enough."""

    what: str
    reached: str
    required: str
    enough: bool


@dataclass(frozen=True)
class Ending:
    """How a story ended.

    `rows` is what was reached so far, `meaning` what it says, `error` what stopped it (if anything did), `look` where to
    look when it was not reached.
    """

    rows: tuple[Row, ...]
    seconds: float
    meaning: str
    error: str = ""
    look: str = ""

    @classmethod
    def read(cls, found: dict[str, Any]) -> Ending:
        """An ending that was written down as JSON."""
        return cls(**{**found, "rows": tuple(Row(**row) for row in found["rows"])})

    @property
    def reached(self) -> bool:
        return not self.error and bool(self.rows) and all(row.enough for row in self.rows)


def play(course: Course, milestone: Milestone, seconds: float = SECONDS) -> Ending:
    """Run one story in a Python of its own, on the library of `course`.

    A story that takes longer than `seconds` is given up; what it printed goes where this process prints.
    """
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "1")  # small matrices: more threads only wait
    env = course.environment(OPENBLAS_NUM_THREADS=threads)
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as folder:
        answer = Path(folder) / "ending.json"
        command = [sys.executable, "-m", f"{__name__}.stage", milestone.name, str(answer)]
        try:
            done = subprocess.run(command, cwd=course.root, env=env, timeout=seconds)
        except subprocess.TimeoutExpired:
            look = "Is there a loop in your code that does not end, or one that visits every path of the graph?"
            return Ending((), seconds, "", f"given up after {seconds:g} seconds", look)
        if not answer.is_file():
            return Ending((), 0.0, "", f"Python ended with code {done.returncode}, before the story did")
        return Ending.read(json.loads(answer.read_text(encoding="utf-8")))


def told(ending: Ending, taken_over: Iterable[str] = ()) -> list[str]:
    """What there is to say about an ending, line by line: rows in columns, then what stopped it, or what it means."""
    lines = [f"This runs on the course's {module}, not on yours." for module in taken_over]
    what = max((len(row.what) for row in ending.rows), default=0)
    reached = max((len(row.reached) for row in ending.rows), default=0)
    for row in ending.rows:
        miss = "" if row.enough else "   <- not enough"
        lines.append(f"{row.what:<{what}}   {row.reached:>{reached}}   required: {row.required}{miss}")
    if ending.reached:
        return [*lines, *textwrap.wrap(ending.meaning, 100)]
    if ending.error:
        lines.append(f"It stopped: {ending.error}")
    return [*lines, *ending.look.splitlines()]
