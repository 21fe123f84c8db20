"""Small facts that the text of a cell or a grade id holds."""

from __future__ import annotations

import re

from .model import SourceCell

_HIDDEN = re.compile(r"^[ \t]*#+ *BEGIN HIDDEN TESTS.*?^[ \t]*#+ *END HIDDEN TESTS[^\n]*\n?", re.DOTALL | re.MULTILINE)
_NUMBER = re.compile(r"(?:(?:test|text)-)?(\d\d)-(\d\d)-(.*)")
_TITLE = re.compile(r"""Checks\(\s*["'][\d.]+["']\s*,\s*["'](.+?)["']\s*\)""")


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
