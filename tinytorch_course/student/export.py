"""`tinytorch export`: a student's notebook becomes part of their own library."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from ..base.course import REFERENCE, Course
from ..base.errors import CourseError
from ..base.files import copy_folder, read_text, write_whole
from ..base.nbdev_export import exported_files
from ..base.notebook import read_notebook
from .check import run_needed, standings
from .keep import remember_export
from .place import require_earlier
from .run_notebook import Failure

IMPORT_SECONDS = 120
REFERENCE_MARK = "_reference_of"  # a name in an exported module that is the course's, not the student's


def export(course: Course, path: Path, *, force: bool = False) -> list[Path]:
    """Put what the notebook at `path` exports into the course's library; the files that were written.

    What runs before is what `check` runs: demonstrations are left out.

    Parameters
    ----------
    course : Course
        Whose ``tinytorch/`` is written.
    path : path
        The notebook, as it was saved.
    force : bool
        Export although visible checks fail. A notebook whose other cells fail is refused all the same.

    Raises
    ------
    CourseError
        When the notebook does not run, a visible check fails, or the exported module cannot be imported. What was
        exported before stays.
    """
    nb = read_notebook(path)
    ran = read_notebook(path)
    require_earlier(course, path, nb)
    failures = run_needed(course, path, ran)
    named = path.relative_to(course.root) if path.is_relative_to(course.root) else path
    _refuse_unfinished(ran, failures, named, force)
    files = exported_files(course, named if not named.is_absolute() else Path("notebooks", path.stem, path.name), nb)
    if not files:
        raise CourseError("has no cell marked `#| export`, so there is nothing to export", file=named)
    _put(course, files)
    return list(files)


def _refuse_unfinished(ran: NotebookNode, failures: list[Failure], named: Path, force: bool) -> None:
    """Raise where the notebook does not run, or a check fails that the student does not waive."""
    tests = [f for f in failures if f.exercise and f.exercise.kind == "test"]
    broken = [f for f in failures if f not in tests]
    unfinished = [s for s in standings(ran, failures) if s.state in ("failed", "not written") and s.code]
    # A missing exercise also breaks the given cells that use it: name the exercise first.
    if unfinished and not force:
        number = unfinished[0].number
        first = next(f for f in failures if f.exercise and f.exercise.number == number)
        also = ", ".join(s.number for s in unfinished[1:])
        raise CourseError(
            f"not exported, since a check fails:\n{unfinished[0].message}" + (f"\nalso: {also}" if also else ""),
            "What you exported before is still there. `--force` exports a notebook whose checks fail, if the rest runs.",
            file=named,
            cell=first.cell,
            line=first.line,
            exit_code=1,
        )
    if broken:
        raise CourseError(
            f"not exported, since this cell fails: {broken[0].message}\n  {broken[0].where}",
            "Mend the cell, save the notebook, and export again. What you exported before is still there.",
            file=named,
            cell=broken[0].cell,
            line=broken[0].line,
            exit_code=1,
        )


def take_reference(course: Course, name: str) -> tuple[str, list[Path]]:
    """Put the course's own version of a module into the library of a student who is stuck.

    The file says what it is, and later notebooks print it. The student's own export is kept beside it, as ``….own``.

    Parameters
    ----------
    course : Course
        The student edition.
    name : str
        The module: ``06_autograd``, ``06`` or ``autograd``.

    Returns
    -------
    str, list of path
        The module's name and the files that were written.

    Raises
    ------
    CourseError
        When the edition does not allow it.
    """
    folder = course.root / REFERENCE
    allowed = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    found = [a for a in allowed if name in (a, a[:2], a[:2].lstrip("0"), a[3:])]
    if not found:
        raise CourseError(
            f"the reference of {name} is not in this edition",
            f"Your instructor allows it at release; allowed here: {', '.join(allowed) or 'none'}.",
        )
    files = {}
    for source in sorted((folder / found[0]).rglob("*.py")):
        target = course.library / source.relative_to(folder / found[0])
        files[target.relative_to(course.root)] = f"{read_text(source)}\n{REFERENCE_MARK} = {found[0]!r}\n"
        if target.is_file() and REFERENCE_MARK not in (own := read_text(target)):
            write_whole({target.with_name(f"{target.name}.own"): own})
    _put(course, files)
    return found[0], list(files)


def _put(course: Course, files: Mapping[Path, str]) -> None:
    """Move `files` into the library, once a copy of the library with them in it can be imported.

    Whatever happens on the way, and whenever it is stopped, the library is the one that was there or the new one.
    """
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as folder:
        draft = Path(folder, course.library.name)
        copy_folder(course.library, draft)
        write_whole({Path(folder, name): text for name, text in files.items()})
        _import_all(Course(Path(folder)), list(files))
    write_whole({course.root / name: text for name, text in files.items()})
    remember_export(course, files)


def _import_all(course: Course, files: list[Path]) -> None:
    """Import the exported modules in a fresh Python, as the next notebook will."""
    names = [".".join(file.with_suffix("").parts) for file in files]
    code = f"import {', '.join(names)}\nimport tinytorch\ntinytorch.Tensor"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=course.environment(),
        cwd=course.root,
        capture_output=True,
        text=True,
        timeout=IMPORT_SECONDS,
        encoding="utf-8",
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no message"]
        at = max((n for n, line in enumerate(said[:-2]) if str(course.library) in line), default=None)
        line = f", in the line `{said[at + 1].strip()}`" if at is not None else ""
        raise CourseError(
            f"not exported: the module cannot be imported: {said[-1]}{line}",
            "Exported cells may use only other exported cells and imports that are exported too (`#| export`). "
            "What you exported before is still there.",
            exit_code=1,
        )
