"""Small facts that the text of a cell or a grade id holds."""

from __future__ import annotations

import re

_MARKERS = re.compile(r"HIDDEN TESTS|\bcheck\.\w")
_LONGEST_ERROR = 200
_UNBROKEN = re.compile(r"\S{61,}")
_ROW = re.compile(r"^  (error|got) *(.*(?:\n {12}.*)*)", re.MULTILINE)
_ERROR = re.compile(r"[A-Za-z_][\w.]*: ")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_MODULE = re.compile(
    r"^(?:ModuleNotFoundError|  error +ModuleNotFoundError): No module named '([\w.]{1,60})'", re.MULTILINE
)


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


def without_addresses(text: str) -> str:
    """``<Box object>`` for ``<Box object at 0x7f…>``, which is another one each time."""
    return _ADDRESS.sub("", text)


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
