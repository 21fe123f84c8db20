"""Reading text and writing files whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .errors import CourseError


def read_text(path: Path) -> str:
    """A file's text, or a clear error. A byte order mark is left out, and lines end in line feeds however they were saved."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CourseError("the file is missing", file=path) from None
    except UnicodeDecodeError as error:
        raise CourseError(
            f"is not UTF-8 text (byte {error.start})", "Save it again with the encoding UTF-8.", file=path
        ) from error


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder without Python's caches, or raise a clear error: the copy's own would list every file."""
    try:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    except shutil.Error as error:
        why = str(error.args[0][0][2] if error.args and error.args[0] else error).partition("] ")[2].partition(": '")[0]
        hint = "Look whether the disk is full and whether the folder may be read, and call this again."
        raise CourseError(f"cannot be copied to {target}: {why}", hint, file=source) from error


def write_whole(files: Mapping[Path, str | bytes], mode: int = 0o644) -> None:
    """Write files, each whole or not at all: all of them beside their places first, then moved there.

    Whatever goes wrong on the way to the first move leaves everything as it was. Text is written as UTF-8 with line feeds.
    A symbolic link in a file's place is replaced, not followed.
    """
    drafts: list[tuple[str, Path]] = []
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
            drafts.append((name, path))
            with os.fdopen(descriptor, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
                file.flush()
                os.fsync(descriptor)
            os.chmod(name, mode)
        for name, path in drafts:
            os.replace(name, path)
    finally:
        for name, _ in drafts:
            Path(name).unlink(missing_ok=True)


def write_changed(path: Path, content: str | bytes) -> None:
    """Write a file whole, unless that is what it holds: a file that stays tells when it came, and costs no wait for a disk."""
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    try:
        same = not path.is_symlink() and path.read_bytes() == data
    except OSError:
        same = False
    if not same:
        write_whole({path: data})
