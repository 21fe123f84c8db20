"""Keeps a student's work: copies of notebooks as they were checked, and what was exported; tells when something is gone.

An edition that is unpacked over a half-solved one replaces notebooks, and maybe exported modules, without a question.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterable
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from ..base.course import Course
from ..base.edition import BACKUPS, fingerprint
from ..base.errors import CourseError
from ..base.files import write_whole
from ..base.marks import number_of
from ..base.notebook import is_as_released, read_notebook

COPIES = 10  # of each notebook
EXPORTED = ".tinytorch/exported.json"


def written(nb: NotebookNode) -> dict[str, str]:
    """The numbers of the exercises that somebody has written into, by grade id."""
    cells = [cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    ids = [
        c.metadata.nbgrader["grade_id"] for c in cells if c.metadata.nbgrader.get("checksum") and not is_as_released(c)
    ]
    return {grade_id: number_of(grade_id) for grade_id in ids}


def _copies(course: Course, path: Path) -> list[Path]:
    """Copies of the notebook at `path`, the newest first."""
    return sorted((course.root / BACKUPS / path.stem).glob("*.ipynb"), reverse=True)


def keep(course: Course, path: Path, nb: NotebookNode) -> None:
    """Put a copy of the notebook aside, if there is work in it that the newest copy has not; the oldest ones go.

    A folder that cannot be written keeps nobody from checking.
    """
    copies = _copies(course, path)
    content = path.read_bytes()
    if not written(nb) or (copies and copies[0].read_bytes() == content):
        return
    with contextlib.suppress(OSError):
        write_whole({course.root / BACKUPS / path.stem / f"{time.strftime('%Y%m%d-%H%M%S')}.ipynb": content})
        for old in _copies(course, path)[COPIES:]:
            old.unlink()


def lost(course: Course, path: Path, nb: NotebookNode) -> str:
    """What to say where exercises are empty that were written before: which ones, and where they are; else nothing."""
    now = written(nb)
    checkpoints = path.parent / ".ipynb_checkpoints"
    for copy in [*_copies(course, path)[:1], checkpoints / f"{path.stem}-checkpoint.ipynb"]:
        try:
            before = written(read_notebook(copy))
        except (CourseError, OSError):
            continue
        empty = sorted({number for name, number in before.items() if name not in now and _is_there(nb, name)})
        if empty:
            shown = copy.relative_to(course.root) if copy.is_relative_to(course.root) else copy
            return (
                f"Empty again, though you had written them: {', '.join(empty)}. Was an edition unpacked over your work?\n"
                f"  Your notebook as it was: {shown}. Copy those cells from it, or put it in this one's place;\n"
                "  `tinytorch update EDITION.zip` brings an edition in and keeps what you wrote."
            )
    return ""


def _is_there(nb: NotebookNode, grade_id: str) -> bool:
    return any(cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id for cell in nb.cells)


def remember_export(course: Course, files: Iterable[Path]) -> None:
    """Note what exported modules are, and keep a copy, so that a later command can tell when they were replaced."""
    texts = {file: (course.root / file).read_bytes() for file in files}
    noted = _noted(course) | {file.as_posix(): fingerprint(text) for file, text in texts.items()}
    copies = {course.root / BACKUPS / "exported" / file.name: text for file, text in texts.items()}
    with contextlib.suppress(OSError):  # the export itself is done
        write_whole({**copies, course.root / EXPORTED: (json.dumps(noted, indent=1) + "\n").encode()})


def _noted(course: Course) -> dict[str, str]:
    try:
        return dict(json.loads((course.root / EXPORTED).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def replaced_exports(course: Course) -> list[str]:
    """One sentence for each exported module that is no longer what was exported."""
    found = []
    for name, digest in sorted(_noted(course).items()):
        file = course.root / name
        if not file.is_file() or fingerprint(file.read_bytes()) != digest:
            how = "changed" if file.is_file() else "gone"
            found.append(
                f"{name} is {how} since you exported it: export its notebook again to run on your own work.\n"
                f"  What you exported last: {BACKUPS}/exported/{file.name}."
            )
    return found
