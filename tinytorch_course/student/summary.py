"""A check's result as a table in Markdown, with points: what GitHub shows of a run."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ..base.marks import number_of
from ..base.printable import printable
from .check import Standing

_MARKUP = re.compile(r"([\\`*_{}\[\]<>|#$&~!])")  # in a heading that somebody may have changed


def summary_of(title: str, rows: Sequence[Standing], changed: Collection[str]) -> str:
    """The table, and the points of the visible checks.

    Parameters
    ----------
    changed : collection of str
        Grade ids of tests that are not as they were released: their exercises have no points here.
    """
    edited = {number_of(grade_id) for grade_id in changed}
    lines = [f"## {_plain(title)}", "", "| exercise | state | points |", "|---|---|---:|"]
    got = most = 0.0
    for row in rows:
        name, state = _plain(f"{row.number} {row.title}"), row.state
        if not row.code:
            lines.append(f"| {name} | {state} | a person reads it, for {row.points:g} |")
            continue
        if row.number in edited:
            state = "its test was changed"
        points = row.points if state == "passed" else 0.0
        got, most = got + points, most + row.points
        lines.append(f"| {name} | {state} | {points:g} of {row.points:g} |")
    lines += ["", f"**{got:g} of {most:g} points** by the visible checks. Grading uses hidden ones as well.", ""]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", printable(text, keep="").strip())
