"""Puts a module into the gradebook, and again when its notebook has changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..author.release import generate, stripped
from ..base.errors import CourseError
from ..base.files import write_whole
from .assignment import course_directory, missing_gradebook, read_config, read_source
from .earlier_modules import module_of


def generate_if_needed(root: Path, assignment: str) -> str:
    """Put a module of the course into the gradebook if it is not there, or was put there from an older notebook.

    Returns a remark for people when that cannot be done: nbgrader adds and removes no cells once there are submissions.
    """
    module = module_of(root, assignment)
    if module is None or not module.notebook.is_file():
        return ""
    mark = root / ".tinytorch" / "grading" / f"{assignment}.generated"
    now = hashlib.sha256(module.notebook.read_bytes()).hexdigest()
    before = mark.read_text(encoding="utf-8").strip() if mark.is_file() else None
    if before == now and missing_gradebook(course_directory(root)) is None:
        return ""
    known = _names_in_gradebook(root, assignment)
    if before is None and known:
        return ""  # somebody generated it with nbgrader's own command
    if known:
        cells = [cell.metadata.get("nbgrader", {}) for cell in stripped(module).cells]
        if known != {about["grade_id"] for about in cells if about.get("grade_id")}:
            return (
                "The notebook has gained or lost cells since this assignment was released. "
                "Submissions are graded by what was released."
            )
    generate(module, course_dir=root, config=read_config(root))
    write_whole({mark: now + "\n"})
    return ""


def _names_in_gradebook(root: Path, assignment: str) -> set[str]:
    directory = course_directory(root)
    if missing_gradebook(directory) is not None:
        return set()
    try:
        return {cell.name for cell in read_source(directory, assignment).cells}
    except CourseError:
        return set()
