"""Reads what was handed in, within limits: files, archives, folders."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from ...base.errors import CourseError

LARGEST = 64 << 20  # bytes of a notebook
LARGEST_FILE = 1 << 20  # bytes of another file that is taken along
MOST_FILES = 20


class Unreadable(Exception):
    pass


def read_safely(path: Path, largest: int) -> bytes:
    """A regular file's content; no links, no devices, nothing without an end."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unreadable(f"{path.name} is a symbolic link") from None
        raise
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(f"{path.name} is not a regular file")
        if status.st_size > largest:
            raise Unreadable(f"{path.name} has {status.st_size >> 20} MB; at most {largest >> 20} MB are read")
        return file.read(largest + 1)


def is_clutter(parts: Sequence[str]) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def archive_entries(folder: Path) -> Iterator[Path]:
    for name in sorted(os.listdir(folder)):
        if not name.startswith(".") and name != "__MACOSX":
            yield folder / name


def is_percent(path: Path) -> bool:
    """Whether a Python file has Jupytext's cells."""
    try:
        return re.search(rb"^# %%", read_safely(path, LARGEST), re.MULTILINE) is not None
    except (OSError, Unreadable):
        return False


def unpack(archive: Path, to: Path) -> Path:
    """A zip file with the whole class, as a learning management system hands it out, in the folder `to`.

    Only regular files of a bearable size are taken. A path that leads outside refuses the archive as a whole.
    """
    try:
        with zipfile.ZipFile(archive) as file:
            members = [member for member in file.infolist() if not member.is_dir()]
            for member in members:
                name = PurePosixPath(member.filename.replace("\\", "/"))
                if name.is_absolute() or ".." in name.parts:
                    raise CourseError(f"holds a path that leads outside: {member.filename!r}", file=archive)
            for member in members:
                name = PurePosixPath(member.filename.replace("\\", "/"))
                if is_clutter(name.parts) or member.file_size > LARGEST or stat.S_ISLNK(member.external_attr >> 16):
                    continue
                target = to.joinpath(*name.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with file.open(member) as origin, open(target, "wb") as copy:
                    shutil.copyfileobj(origin, copy, 1 << 20)
                with contextlib.suppress(ValueError, OverflowError):
                    when = time.mktime((*member.date_time, 0, 0, -1))
                    os.utime(target, (when, when))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise CourseError(f"is not a zip file that can be read: {error}", file=archive) from error
    except FileNotFoundError:
        raise CourseError("the file is missing", file=archive) from None
    inside = [path for path in archive_entries(to)]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() and inside[0].name == archive.stem else to
