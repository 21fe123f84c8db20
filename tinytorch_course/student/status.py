"""`tinytorch status`: how far a student is, from what the last check and the last milestones left in ``.tinytorch/``."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..base.course import Course, Module, exported_file
from ..base.edition import fingerprint
from ..base.errors import CourseError
from ..base.files import write_whole
from ..base.notebook import read_notebook
from .check import Standing, Tally, check
from .keep import written
from .milestones import MILESTONES, Ending, Milestone

CHECKED, PLAYED = ".tinytorch/checked.json", ".tinytorch/milestones.json"


@dataclass(frozen=True)
class Progress:
    """How a module stands.

    Parameters
    ----------
    module : Module
    rows : tuple of Standing
        Its exercises; none where nothing is written yet, or the notebook does not run.
    exported : bool
        Whether the library holds the module.
    problem : str
        Why the notebook could not be checked.
    """

    module: Module
    rows: tuple[Standing, ...] = ()
    exported: bool = False
    problem: str = ""

    @property
    def file(self) -> Path | None:
        """What the module exports to, within the library."""
        return exported_file(self.module)

    @property
    def tally(self) -> Tally:
        """How many exercises pass, and how many text answers are written."""
        return Tally.of(self.rows)

    @property
    def points(self) -> tuple[float, float]:
        """Points whose visible checks pass, and all that checks can give."""
        code = [row for row in self.rows if row.code]
        return sum(row.points for row in code if row.state == "passed"), sum(row.points for row in code)

    @property
    def done(self) -> bool:
        return bool(self.rows) and self.tally.is_all and self.exported


def remember_check(course: Course, path: Path, content: bytes, rows: Sequence[Standing]) -> None:
    """Note how a notebook with this `content` stands. A folder that cannot be written keeps nobody from checking."""
    if path.is_relative_to(course.root):
        noted = {"of": fingerprint(content), "rows": [asdict(row) for row in rows]}
        _remember(course, CHECKED, {path.relative_to(course.root).as_posix(): noted})


def remember_milestone(course: Course, milestone: Milestone, ending: Ending) -> None:
    """Note how a milestone ended on the library as it is."""
    _remember(course, PLAYED, {milestone.name: {"of": library_print(course), "ending": asdict(ending)}})


def played(course: Course, milestone: Milestone) -> Ending | None:
    """How a milestone ended on the library as it is; None where it has not been played on that one."""
    noted = _noted(course, PLAYED).get(milestone.name, {})
    with contextlib.suppress(KeyError, TypeError):
        if noted["of"] == library_print(course):
            return Ending.read(noted["ending"])
    return None


def progress_of(course: Course, module: Module) -> Progress:
    """How a module stands: from the last check, or from a new one where the notebook has changed since."""
    file = exported_file(module)
    exported = file is not None and (course.library / file).is_file()
    path = module.notebook
    try:
        content = path.read_bytes()
        noted = _noted(course, CHECKED).get(path.relative_to(course.root).as_posix(), {})
        with contextlib.suppress(KeyError, TypeError, AttributeError):
            if noted["of"] == fingerprint(content):
                return Progress(module, tuple(Standing(**row) for row in noted["rows"]), exported)
        if not written(read_notebook(path)) and not course.src.is_dir():
            return Progress(module, (), exported)
        rows = check(course, path)[0]
        remember_check(course, path, content, rows)
        return Progress(module, tuple(rows), exported)
    except (CourseError, OSError) as error:
        return Progress(module, (), exported, str(error))


def next_step(course: Course, found: Sequence[Progress]) -> str:
    """In a sentence, what comes next."""
    for progress in found:
        name = progress.module.name
        if progress.problem:
            return f"{name}: {progress.problem}"
        if not progress.rows:
            return f"begin {name}: `tinytorch lab {name}`"
        open_ = [row for row in progress.rows if row.state not in ("passed", "by hand")]
        if open_:
            state = "not written yet" if open_[0].state == "not written" else open_[0].state
            return f"{f'{open_[0].number} {open_[0].title}'.strip()} in {name}: {state}"
        if not progress.exported:
            return f"`tinytorch export {name}`: your work becomes part of your library"
    for milestone in MILESTONES:
        ending = played(course, milestone)
        if not milestone.missing(course) and not (ending and ending.reached):
            return f"`tinytorch milestones {milestone.name}`: {milestone.title}"
    return "nothing is open here; hand in, or go on with the next module"


def library_print(course: Course) -> str:
    """A fingerprint of the library's modules, exported or given."""
    files = sorted((course.library / "core").glob("*.py"))
    return fingerprint(b"\0".join(file.name.encode() + b"\0" + file.read_bytes() for file in files))


def _noted(course: Course, name: str) -> dict[str, Any]:
    try:
        return dict(json.loads((course.root / name).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _remember(course: Course, name: str, more: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        write_whole({course.root / name: json.dumps(_noted(course, name) | more, indent=1) + "\n"})
