"""Reading text and writing files whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from .errors import CourseError


def read_text(path: Path) -> str:
    """A file's text, or a clear error."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError("the file is missing", file=path) from None
    except UnicodeDecodeError as error:
        raise CourseError(
            f"is not UTF-8 text (byte {error.start})", "Save it again with the encoding UTF-8.", file=path
        ) from error


def replace_file(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _write_if_changed(path: Path, data: bytes) -> None:
    if path.is_symlink():
        path.unlink()
    if path.is_file() and path.read_bytes() == data:
        return
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(data)
    os.replace(temporary, path)
