"""What strangers wrote, as a terminal and a table can show it."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"  # Persian names and emoji need them; they move nothing
_OBEYED = {
    "Cc",
    "Cf",
    "Cs",
    "Zl",
    "Zp",
}  # control, format (which turns the direction of writing), half a pair, line ends


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
