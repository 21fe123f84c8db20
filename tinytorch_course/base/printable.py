"""What strangers wrote, as a terminal and a table can show it."""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"  # Persian names and emoji need them; they move nothing
_OBEYED = {
    "Cc",
    "Cf",
    "Cs",
    "Zl",
    "Zp",
}  # control, format (which turns the direction of writing), half a pair, line ends


_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def without_colours(text: str) -> str:
    """The text without the sequences that colour it. (nbconvert's strip_ansi does the same, after a second of imports.)"""
    return _COLOURS.sub("", text)


def printable(text: str, keep: str = "\n\t") -> str:
    """The text with a mark in place of each character that a terminal obeys instead of showing it.

    Escape sequences, other control characters, those that turn the direction of writing and lone surrogates go; `keep`
    stays.
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter in keep or letter in _JOINERS or unicodedata.category(letter) not in _OBEYED else "\ufffd"
        for letter in text
    )
