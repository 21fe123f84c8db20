"""Two submissions that are nearly identical, side by side. Marked is what only they share; what the edition gave is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...base.marks import number_of
from .own_work import OwnCell
from .pages import render
from .rows import Row
from .similar import Pair, shared_lines

_LONGEST = 50_000  # characters of one cell


@dataclass(frozen=True)
class Line:
    """A line of code, and why it is coloured: ``same``, ``left-out``, or nothing."""

    text: str
    kind: str = ""


def page(
    pair: Pair, rows: tuple[Row, Row], cells: tuple[Sequence[OwnCell], Sequence[OwnCell]], given: Mapping[str, str]
) -> str:
    """The page as HTML: exercises in which the two share something, then nothing else.

    Parameters
    ----------
    rows, cells
        Of the two, in the pair's order.
    given : mapping
        What the edition holds in the cells of exercises, by grade id.
    """
    sides = tuple({_label(cell, at): cell for at, cell in enumerate(side) if cell.kind != "test"} for side in cells)
    parts = []
    for label in dict.fromkeys([*sides[0], *sides[1]]):
        columns = [_lines(side.get(label), pair, given) for side in sides]
        if any(line.kind == "same" for column in columns for line in column):
            parts.append((label, columns))
    return render("pair", wide=True, pair=pair, rows=rows, parts_shown=parts)


def _label(cell: OwnCell, at: int) -> str:
    return number_of(cell.name) if cell.name else f"added, place {at + 1}"


def _lines(cell: OwnCell | None, pair: Pair, given: Mapping[str, str]) -> list[Line]:
    if cell is None:
        return []
    code = cell.source[:_LONGEST]
    known = {line.strip() for line in given.get(cell.name, "").split("\n")}
    same = shared_lines(code, pair.prints) if cell.kind == "code" else set()
    found: list[Line] = []
    for at, text in enumerate(code.split("\n")):
        if text.strip() in known:
            if text.strip() and (not found or found[-1].kind != "left-out"):
                found.append(Line("⋯", "left-out"))
        else:
            found.append(Line(text, "same" if at in same or cell.name in pair.equal else ""))
    return found
