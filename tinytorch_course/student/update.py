"""`tinytorch update`: a corrected edition comes into a folder in which somebody works, and their work stays."""

from __future__ import annotations

import copy
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import nbformat
from nbformat.notebooknode import NotebookNode

from ..base.course import Course
from ..base.edition import BACKUPS, RECORD, fingerprint, recorded
from ..base.errors import CourseError
from ..base.files import write_whole
from ..base.notebook import is_as_released, read_notebook, to_json

LARGEST = 200_000_000  # bytes of an edition, unpacked


@dataclass
class Updated:
    """What an update did, in sentences; and where the files that it replaced are."""

    written: list[str] = field(default_factory=list)
    to_look_at: list[str] = field(default_factory=list)
    aside: Path | None = None


def update(course: Course, archive: Path) -> Updated:
    """Bring the edition in `archive`, a zip file, into the folder of `course`.

    In notebooks prose and checks are the new ones, and what the student wrote or added stays. Exported modules stay, and
    of all other files the new ones are taken. Each file that is replaced after somebody changed it is put aside first.

    Raises
    ------
    CourseError
        When the file is no edition, or a notebook of the folder cannot be read. Nothing is written then.
    """
    if course.src.is_dir():
        raise CourseError(
            "is a checkout of the course, not a student edition", "Change into your edition.", file=course.root
        )
    new, before, done = _members(archive), recorded(course.root), Updated()
    files: dict[str, bytes] = {}
    aside: dict[str, bytes] = {}
    for name, content in new.items():
        path = course.root / name
        there = path.read_bytes() if path.is_file() else None
        if name == RECORD or there is None or fingerprint(there) == fingerprint(content):
            files |= {name: content} if there != content else {}
            continue
        changed = fingerprint(there) != before.get(name)
        if name.endswith(".ipynb"):
            merged, remarks = merge(read_notebook(path), nbformat.reads(content.decode("utf-8"), as_version=4))
            content = to_json(merged).encode()
            if content == there:
                continue
            done.to_look_at += [f"{name}: {remark}" for remark in remarks]
        elif changed and PurePosixPath(name).parent.name == "core":
            done.to_look_at.append(f"{name} is what you exported, and stays.")
            continue
        if changed:
            aside[name] = there
        files[name] = content
    if aside:
        done.aside = course.root / BACKUPS / f"update-{time.strftime('%Y%m%d-%H%M%S')}"
        write_whole({done.aside / name: content for name, content in aside.items()})
    last = sorted(files, key=lambda name: name == RECORD)
    write_whole({course.root / name: files[name] for name in last})
    done.written = sorted(set(files) - {RECORD})
    return done


def _members(archive: Path) -> dict[str, bytes]:
    """The files of an edition's zip, by their path in the edition."""
    try:
        with zipfile.ZipFile(archive) as opened:
            found = [info for info in opened.infolist() if not info.is_dir()]
            record = next((info.filename for info in found if info.filename.endswith(RECORD)), None)
            if record is None or sum(info.file_size for info in found) > LARGEST:
                raise CourseError("is not a zip file of a student edition", file=archive)
            top = record.removesuffix(RECORD)
            inside = [info for info in found if info.filename.startswith(top)]
            names = [PurePosixPath(info.filename.removeprefix(top)) for info in inside]
            if any(name.is_absolute() or ".." in name.parts for name in names):
                raise CourseError("holds files that belong outside of an edition", file=archive)
            return {str(name): opened.read(info) for name, info in zip(names, inside)}
    except FileNotFoundError:
        raise CourseError("there is no such file", "Name the edition's zip file.", file=archive) from None
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise CourseError(f"cannot be unpacked: {error}", "Download it again.", file=archive) from error


def merge(mine: NotebookNode, new: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The notebook `new` with what stands in `mine` that its student wrote; and what a person should look at."""
    merged, remarks = copy.deepcopy(new), list[str]()
    answers = {_name(cell): cell for cell in mine.cells if _is_answer(cell) and not is_as_released(cell)}
    for cell in merged.cells:
        own = answers.pop(_name(cell), None) if _is_answer(cell) else None
        if own is not None:
            if own.metadata.get("nbgrader", {}).get("checksum") != cell.metadata.get("nbgrader", {}).get("checksum"):
                remarks.append(f"the task of {_name(cell)} has changed; your answer is still there: read it again.")
            cell.source = own.source
    names = [_name(cell) for cell in merged.cells]
    before: str | None = None
    for cell in mine.cells:
        name = _name(cell)
        if name not in names:
            if not cell.metadata.get("editable", True) or (_is_answer(cell) and name not in answers):
                continue  # the earlier edition's: given, or an exercise that nobody wrote
            place = names.index(before) + 1 if before else 0
            merged.cells.insert(place, _free(cell))
            names.insert(place, name)
            if name in answers:
                remarks.append(f"{name} is no exercise any more; your answer stands in a cell of its own.")
        before = name
    return merged, remarks


def _name(cell: NotebookNode) -> str:
    """What a cell is known by in both notebooks: its grade id, else its own id."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.id)


def _is_answer(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution")) or "play" in cell.metadata.get("tags", [])


def _free(cell: NotebookNode) -> NotebookNode:
    """A student's own cell: one that no grading knows."""
    free = copy.deepcopy(cell)
    free.metadata.pop("nbgrader", None)
    return free
