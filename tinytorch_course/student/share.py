"""`tinytorch status --share`: how far a student is, in a small file that they may give to their course."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..base.course import Course
from ..base.errors import CourseError
from ..base.files import write_whole
from .milestones import MILESTONES
from .status import Progress, played

KIND = "tinytorch progress"
PREFIX = "progress-"  # of the file's name
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@+-]{0,63}")
_KEPT = ".tinytorch/progress-id"


def name_of(course: Course) -> str:
    """What the student's files are called: drawn by chance once and kept, so that a new file takes the old one's place.

    A name that says who it is would be the student's to give. One made from the login or the machine would say it too.
    """
    path = course.root / _KEPT
    try:
        kept = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        kept = ""
    if not NAME.fullmatch(kept):
        kept = secrets.token_hex(6)
        write_whole({path: kept + "\n"})
    return kept


def standing(course: Course, found: Sequence[Progress], name: str) -> dict[str, Any]:
    """What is shared: per module the exercises whose visible checks pass, points, and the milestones that were reached."""
    modules = {}
    for progress in found:
        have, most = progress.points
        if progress.rows:
            modules[progress.module.name] = {
                "right": [row.number for row in progress.rows if row.state == "passed"],
                "exercises": progress.tally.exercises,
                "points": have,
                "of": most,
                "exported": progress.exported,
            }
    endings = {milestone.name: played(course, milestone) for milestone in MILESTONES}
    reached = [name for name, ending in endings.items() if ending is not None and ending.reached]
    return {"kind": KIND, "id": name, "date": time.strftime("%Y-%m-%d"), "modules": modules, "milestones": reached}


def share(course: Course, found: Sequence[Progress], to: Path | None = None, name: str = "") -> tuple[Path, str]:
    """Write the file, and give its path and its text.

    Parameters
    ----------
    to : path, optional
        The folder for it; by default the edition's.
    name : str, optional
        What to call it; by default something by chance.

    Raises
    ------
    CourseError
        When the name cannot be one of a file, or the folder is not there or cannot be written.
    """
    if name and not NAME.fullmatch(name):
        raise CourseError(f"{name!r} cannot be the name of a file", "Take letters, digits and -, at most 64.")
    folder = (to or course.root).expanduser()
    if not folder.is_dir():
        raise CourseError("there is no such folder", "Ask your course for the right one.", file=folder)
    name = name or name_of(course)
    text = json.dumps(standing(course, found, name), indent=1, ensure_ascii=True) + "\n"
    path = folder / f"{PREFIX}{name}.json"
    try:
        write_whole({path: text})
    except OSError as error:
        raise CourseError(f"cannot be written: {error.strerror}", file=path) from error
    return path, text
