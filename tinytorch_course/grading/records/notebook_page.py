"""A graded notebook for the person who looks at it: the student's own cells, what came of each, points and mark schemes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...base.marks import number_of
from .feedback_page import piece_of
from .own_work import OwnCell
from .pages import render
from .rows import Row

_LONGEST = 20_000  # characters of one output or cell on the page; the notebook has all


@dataclass(frozen=True)
class Shown:
    """A cell on the page, or an exercise's cell with its test."""

    anchor: str
    heading: str
    kind: str
    points: str
    code: str
    pieces: Sequence[tuple[str, str]]
    scheme: str


def page(row: Row, title: str, cells: Sequence[OwnCell], schemes: Mapping[str, str]) -> str:
    """The page as HTML. It shows what hidden tests found, so it is not for students."""
    recorded, exercises = row.recorded, {item.name: item for item in row.result.exercises}
    titles = {item.number: item.title for item in reversed(row.result.exercises)}
    shown: list[Shown] = []
    for at, cell in enumerate(cells, 1):
        number = number_of(cell.name) if cell.name else ""
        kind = points = ""
        if exercise := exercises.get(cell.name):
            piece = piece_of(at, exercise, recorded)
            kind, points = piece.kind, piece.points
        pieces = [(what, text[:_LONGEST] if what in ("text", "error") else text) for what, text in cell.pieces]
        heading = f"{number} {titles.get(number, '')}".strip() if number else "added by the student"
        if cell.kind == "test" and shown and shown[-1].heading == heading:
            before = shown.pop()
            code, pieces = before.code, [*before.pieces, *pieces]
        else:
            code = "" if cell.kind == "test" else cell.source[:_LONGEST]
        shown.append(Shown(f"c{at}", heading, kind, points, code, pieces, schemes.get(cell.name, "")))
    return render("notebook", title=title, row=row, cells=shown)
