"""Reads the tables that people keep in spreadsheets, in the encodings and with the delimiters that those write."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from ...base.errors import CourseError

_WORKBOOK = "a workbook of Excel or LibreOffice (.xlsx, .ods)"
_NO_TEXT = {b"PK\x03\x04": _WORKBOOK, b"\xd0\xcf\x11\xe0": "a workbook of Excel (.xls)", b"%PDF": "a PDF file"}


def table_lines(path: Path) -> tuple[list[list[str]], str]:
    """The lines of a table that are not empty, and the sign between its columns: a comma, a semicolon or a tab.

    Raises
    ------
    CourseError
        When the file cannot be read or is no table.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"cannot be read: {error.strerror}", file=path) from None
    text = _text(data, path)
    first, _, rest = text.partition("\n")
    if found := re.fullmatch(r"sep=(.)\r?", first):  # Excel's own first line
        delimiter, text = found[1], rest
    else:
        delimiter = max(",;\t", key=first.count)
    try:
        return [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if line], delimiter
    except csv.Error as error:
        raise CourseError(f"is not a table: {error}", file=path) from None


def _text(data: bytes, path: Path) -> str:
    """A table's text, in the encodings that spreadsheets write."""
    what = next((what for start, what in _NO_TEXT.items() if data.startswith(start)), "")
    if what:
        raise CourseError(f"is {what}, not a CSV file", "Open it and save it as CSV UTF-8.", file=path)
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not wide and b"\0" in data[:4000]:  # UTF-16 without its mark
        wide, data = True, (b"\xfe\xff" if data[:1] == b"\0" else b"\xff\xfe") + data
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0" if wide else data.decode("cp1252", "replace")
    if "\0" in text:
        raise CourseError("is not text", "Save the table as CSV UTF-8.", file=path)
    if re.match(r"\s*<(!doctype|html)", text, re.IGNORECASE):
        raise CourseError("is a web page, not a CSV file", "Was the session over? Download it again.", file=path)
    return text
