"""`tinytorch certificate`: one page, to print, with what a student's own engine has reached."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..base.course import Course
from ..base.errors import CourseError
from ..base.files import write_whole
from ..base.pages import templates
from .export import REFERENCE_MARK
from .milestones import MILESTONES, Ending, Milestone, play, taken
from .status import Progress, played, progress_of, remember_milestone

SECONDS = 300  # for the gradients and the times
_TEMPLATES = Path(__file__).with_name("templates")


def certificate(course: Course, to: Path, *, name: str = "") -> Path:
    """Write the page to the file `to`. What has not been played or checked on today's work is played and checked first.

    Raises
    ------
    CourseError
        When nothing has been exported yet, or the engine cannot be measured.
    """
    modules = [progress_of(course, module) for module in course.modules]
    if not any(progress.exported for progress in modules):
        raise CourseError(
            "nothing has been exported yet, so there is no engine of yours to speak of",
            "Run `tinytorch export` with the module that you have finished, for example `tinytorch export 06`.",
        )
    page = templates(_TEMPLATES).get_template("certificate.html.j2")
    values = {
        "name": name,
        "date": time.strftime("%Y-%m-%d"),
        "version": course.settings.get("version", ""),
        "modules": modules,
        "milestones": stories(course),
        "measured": measured(course),
        "files": files(course, modules),
    }
    write_whole({to: page.render(**values)})
    return to


def stories(course: Course) -> list[tuple[Milestone, Ending, list[str]]]:
    """The milestones that the library has the modules for: how each ended on it, and what of it was taken over."""
    found = []
    for milestone in MILESTONES:
        if milestone.missing(course):
            continue
        ending = played(course, milestone)
        if ending is None:
            ending = play(course, milestone)
            remember_milestone(course, milestone, ending)
        found.append((milestone, ending, taken(course, milestone)))
    return found


def measured(course: Course) -> dict[str, Any]:
    """Gradients and times of the engine in the library, found by a Python of its own; nothing where there is no engine."""
    if not (course.library / "core" / "autograd.py").is_file():
        return {}
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as folder:
        answer = Path(folder) / "measured.json"
        command = [sys.executable, "-m", f"{__package__}.measured", str(answer)]
        env = course.environment(OPENBLAS_NUM_THREADS="1")
        try:
            done = subprocess.run(
                command, cwd=course.root, env=env, timeout=SECONDS, capture_output=True, text=True, encoding="utf-8"
            )
        except subprocess.TimeoutExpired:
            raise CourseError(f"your engine was still computing after {SECONDS} s", exit_code=1) from None
        if not answer.is_file():
            said = (done.stderr.strip().splitlines() or ["Python ended without a word"])[-1]
            raise CourseError(f"your engine cannot be measured: {said}", exit_code=1)
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    return found


def files(course: Course, modules: Sequence[Progress]) -> list[tuple[str, str, bool]]:
    """Each exported file of these modules with its SHA-256, and whether it is the course's and not the student's."""
    found = []
    for progress in modules:
        file = progress.file
        if file is not None and progress.exported:
            content = (course.library / file).read_bytes()
            shown = f"{course.library.name}/{file.as_posix()}"
            found.append((shown, hashlib.sha256(content).hexdigest(), REFERENCE_MARK.encode() in content))
    return found
