"""Reads what was handed in, within limits and without following anything that leads elsewhere."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...base.printable import printable

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
            raise Unreadable("the file is a symbolic link") from None
        if error.errno == errno.ENXIO:
            raise Unreadable("the file is not a regular file") from None
        raise Unreadable(f"the file cannot be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("the file is not a regular file")
        if status.st_size > largest:
            raise Unreadable(too_large(status.st_size, largest))
        return file.read(status.st_size + 1)


def too_large(size: int, largest: int) -> str:
    return f"the file is too large: {size / (1 << 20):.0f} MB, and at most {largest >> 20} MB are read"


def is_clutter(parts: Sequence[str]) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def may_come_along(name: str) -> bool:
    """Whether a student's file may lie beside the notebook: not in the place of anything of the grader's own."""
    own = name in ("timestamp.txt", "submission_secret.txt") or name.lower().endswith((".ipynb", ".zip"))
    return not own and not is_clutter([name]) and printable(name, keep="") == name


def archive_entries(folder: Path) -> Iterator[Path]:
    for name in sorted(os.listdir(folder)):
        if not is_clutter([name]):
            yield folder / name


def is_percent(path: Path) -> bool:
    """Whether a Python file has Jupytext's cells."""
    try:
        return re.search(rb"^# %%", read_safely(path, LARGEST), re.MULTILINE) is not None
    except Unreadable:
        return False


def is_notebook(path: Path) -> bool:
    """Whether a file is a notebook by what it holds, whatever it is called."""
    if path.suffix.lower() == ".ipynb":
        return True
    try:
        data = read_safely(path, LARGEST)
    except Unreadable:
        return ".ipynb" in path.name.lower()
    return data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{" and b'"cell_type"' in data and b'"nbformat"' in data
