"""Small facts that the text of a cell or a grade id holds."""

from __future__ import annotations

import ast
import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import SourceCell

_HIDDEN = re.compile(r"^[ \t]*#+ *BEGIN HIDDEN TESTS.*?^[ \t]*#+ *END HIDDEN TESTS[^\n]*\n?", re.DOTALL | re.MULTILINE)
_NUMBER = re.compile(r"(?:(?:test|text)-)?(\d\d)-(\d\d)-(.*)")
_MARKERS = re.compile(r"HIDDEN TESTS|\bcheck\.\w")
_LONGEST_ERROR = 200
_UNBROKEN = re.compile(r"\S{61,}")
_ROW = re.compile(r"^  (error|got) *(.*(?:\n {12}.*)*)", re.MULTILINE)
_ERROR = re.compile(r"[A-Za-z_][\w.]*: ")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_MODULE = re.compile(
    r"^(?:ModuleNotFoundError|  error +ModuleNotFoundError): No module named '([\w.]{1,60})'", re.MULTILINE
)
_TITLE = re.compile(r"""Checks\(\s*["'][\d.]+["']\s*,\s*["'](.+?)["']\s*\)""")


BAD_CODE = (SyntaxError, ValueError, RecursionError, MemoryError)  # what `ast.parse` raises for what is not Python


def without_magics(code: str) -> str:
    """A cell's code without IPython's own lines, which are not Python. What is Python stays as it is: a line of it may
    start with ``%`` too."""
    try:
        ast.parse(code)
        return code
    except BAD_CODE:
        return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in code.split("\n"))


def parsed(code: str) -> ast.Module:
    """A cell's code as a tree; an empty one if it is not Python."""
    try:
        return ast.parse(without_magics(code))
    except BAD_CODE:
        return ast.Module(body=[], type_ignores=[])


def visible(source: str) -> str:
    """A test cell's text as the student has it."""
    return _HIDDEN.sub("", source).rstrip("\n")


def hidden_lines(source: str) -> list[str]:
    """The lines that only the grader has, long enough to be recognised."""
    shown = {line.strip() for line in visible(source).split("\n")}
    lines = [line.strip() for block in _HIDDEN.findall(source) for line in block.split("\n")]
    skipped = {"check.hidden()", *shown}
    return [line for line in lines if len(line) >= 12 and not line.startswith("###") and line not in skipped]


def number_of(name: str) -> str:
    """``06.4`` for ``test-06-04-mul-backward``; the grade id itself where it says no number."""
    found = _NUMBER.fullmatch(name)
    return f"{found.group(1)}.{int(found.group(2))}" if found else name


def title_of(cell: SourceCell) -> str:
    found = _TITLE.search(cell.source)
    if found:
        return found.group(1)
    slug = _NUMBER.fullmatch(cell.name)
    return slug.group(3).replace("-", " ") if slug else cell.name


def guarded(card: str) -> str:
    """A failure card without what student code may have smuggled into it: text as long or as dense as a hidden test."""
    return _ROW.sub(lambda row: f"  {row.group(1):<10}{_guarded_row(row.group(1), row.group(2))}", card)


def _guarded_row(kind: str, text: str) -> str:
    if kind == "error" or _ERROR.match(text):
        return guarded_error(text)
    return "(withheld: it repeats a test)" if _MARKERS.search(text) else text


def guarded_error(text: str) -> str:
    """An exception's name and message, cut, or without a message that could carry a hidden test."""
    if _UNBROKEN.search(text) or _MARKERS.search(text):
        name = _ERROR.match(text)
        return f"{name.group() if name and len(name.group()) <= 60 else 'an error: '}(its message was withheld)"
    return text if len(text) <= _LONGEST_ERROR else text[: _LONGEST_ERROR - 1] + "…"


def lateness(seconds: float) -> str:
    """``1.5 h late``; nothing for what was in time."""
    if seconds <= 0:
        return ""
    return f"{round(seconds / 3600, 1):g} h late" if seconds >= 3600 else f"{math.ceil(seconds / 60)} min late"


def without_addresses(text: str) -> str:
    """``<Box object>`` for ``<Box object at 0x7f…>``, which is another one each time."""
    return _ADDRESS.sub("", text)


def unreadable(code: str) -> str:
    """Why a cell is not Python, with the line; nothing if it is."""
    try:
        ast.parse(code)
    except SyntaxError as error:
        lines = code.split("\n")
        at = error.lineno or 0
        line = lines[at - 1].strip()[:120] if 0 < at <= len(lines) else ""
        return error.msg + (f", in line {at}" if at else "") + (f": {line}" if line else "")
    except ValueError as error:
        return str(error)[:120]
    except BAD_CODE:
        return "it is nested too deeply"
    return ""


def advice(text: str, before: str = "") -> str:
    """What to do about an error that the course knows; nothing for others."""
    if text.startswith("SystemExit"):
        return (
            f"{before}your code ended Python with exit(), quit() or sys.exit(). Take the call out, or return a value."
        )
    found = _MODULE.search(text)
    if found is None:
        return ""
    name = found.group(1)
    if name.split(".")[0] == "tinytorch":
        return f"{before}{name} is not there yet: it is a later module, or its name is spelled differently."
    return f"{before}{name} is not part of the course: the exercises need Python and NumPy only."
