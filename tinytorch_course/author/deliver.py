"""Puts a finished edition where it belongs, and takes nobody's work away.

An edition remembers in ``.tinytorch/edition.json`` what it was when it was released. So a later release can tell its own
files from those that somebody wrote or changed since, and touches only its own.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

from ..base.course import Course
from ..base.edition import BACKUPS, RECORD, fingerprint, recorded
from ..base.errors import CourseError
from ..base.files import write_whole

_SHOWN = 5  # names in a message


def refuse_foreign(course: Course, to: Path) -> None:
    """Raise where `to` is no place for an edition: a file, a checkout, a part of this course, somebody's folder."""
    if to.exists() and not to.is_dir():
        raise CourseError("--to names a file", "Name a folder.", file=to)
    if to == course.root:
        raise CourseError("--to names the checkout itself", "Name another folder.")
    if any(to.is_relative_to(part) for part in (course.src, course.notebooks, course.library, course.data)):
        raise CourseError(f"--to names a part of the checkout: {to}", "Name a folder outside it.")
    if (to / "src").is_dir() or (to / "tinytorch_course" / "author").is_dir() or course.root.is_relative_to(to):
        raise CourseError(f"{to} holds a checkout of the course, not a student edition", "Name another folder.")
    edition = (to / RECORD).is_file() or ((to / "settings.ini").is_file() and (to / "tinytorch_course").is_dir())
    if to.is_dir() and any(to.iterdir()) and not edition:
        raise CourseError(f"{to} is not empty and not a student edition", "Name a new or an empty folder with --to.")


def deliver(files: Mapping[str, bytes], to: Path, *, replace: bool = False, only_add: bool = False) -> Path | None:
    """Write an edition's `files` to the folder `to`; files there that are not the edition's stay.

    All files are written beside the folder first and moved in at the end, so that a release that is stopped leaves the
    edition that was there.

    Parameters
    ----------
    files : mapping of str to bytes
        Contents by their path in the edition.
    replace : bool
        Also replace files that were changed since they were released; they are put aside first.
    only_add : bool
        Leave there what an earlier edition brought and this one does not.

    Returns
    -------
    path or None
        Where changed files were put aside.

    Raises
    ------
    CourseError
        When files were changed since they were released, and not `replace`. Nothing is written then.
    """
    before = recorded(to)
    now = {name: fingerprint(content) for name, content in files.items()}
    there = {name: print_of(to / name) for name in [*now, *before]}
    changed = sorted(name for name, new in now.items() if there[name] not in (None, new, before.get(name)))
    if ".gitignore" in changed:  # whoever keeps editions in git has one of their own
        files = {name: content for name, content in files.items() if name != ".gitignore"}
        changed.remove(".gitignore")
    if changed and not replace:
        raise CourseError(
            f"holds work that is not the edition's, and the release would write over it:\n    {_listed(changed)}",
            f"Name a new folder, or add `--replace`: then these files go to {BACKUPS}/ there first. "
            "For students who go on in their folder, `--no-library` leaves tinytorch/core alone.",
            file=to,
        )
    files = _with_record(files, before if only_add else {})
    aside = _put_aside(to, changed) if changed else None
    gone = [] if only_add else [name for name in before if name not in files and there[name] == before[name]]
    draft = to.parent / f".{to.name}.draft"
    shutil.rmtree(draft, ignore_errors=True)  # of a release that was stopped
    try:
        for name, content in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(content)
        _move_in(files, draft, to, gone)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return aside


def _move_in(files: Mapping[str, bytes], draft: Path, to: Path, gone: list[str]) -> None:
    """Put the draft's files in their places in `to`, and remove those that are `gone`."""
    if not to.exists():
        draft.rename(to)
        return
    for name in filter(RECORD.__ne__, files):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(draft / name, to / name)
    _remove(to, gone)
    (to / RECORD).parent.mkdir(exist_ok=True)  # last: until all is done, the earlier edition's files are known
    os.replace(draft / RECORD, to / RECORD)


def print_of(path: Path) -> str | None:
    """The fingerprint of a file; nothing where there is none."""
    return fingerprint(path.read_bytes()) if path.is_file() else None


def _with_record(files: Mapping[str, bytes], earlier: Mapping[str, str]) -> dict[str, bytes]:
    record = {**earlier, **{name: fingerprint(content) for name, content in files.items()}}
    return {**files, RECORD: (json.dumps({"files": record}, indent=1, sort_keys=True) + "\n").encode()}


def _listed(names: list[str]) -> str:
    more = [f"and {len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    return "\n    ".join([*names[:_SHOWN], *more])


def _put_aside(to: Path, names: list[str]) -> Path:
    """Copy files to a folder of their own among the backups."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = to / BACKUPS / f"release-{stamp}"
    count = 1
    while aside.exists():
        count += 1
        aside = aside.with_name(f"release-{stamp}-{count}")
    write_whole({aside / name: (to / name).read_bytes() for name in names})
    return aside


def _remove(to: Path, names: list[str]) -> None:
    """Remove an earlier edition's files, and the folders that are empty then."""
    for name in names:
        path = to / name
        path.unlink()
        for folder in path.parents:
            if folder == to or any(folder.iterdir()):
                break
            folder.rmdir()


def zipped(files: Mapping[str, bytes], to: Path) -> Path:
    """Write an edition as ``NAME.zip`` beside the folder `to`, with the folder's name in front; the zip's path."""
    held = io.BytesIO()
    now = time.localtime()[:6]
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(_with_record(files, {}).items()):
            member = zipfile.ZipInfo(f"{to.name}/{name}", now)
            member.external_attr = 0o644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    path = to.parent / f"{to.name}.zip"
    write_whole({path: held.getvalue()})
    return path
