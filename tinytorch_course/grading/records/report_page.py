"""The class at a glance, as an HTML page: who waits for a person first, then scores, exercises, what is odd."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from ..model import SubmissionResult
from .analysis import items
from .feedback_page import points_open
from .pages import render
from .rows import Report, Row, summary_of
from .scatter import scatter
from .similar import Pair

_OF_ITS_OWN = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\d+(?:\.\d+)?")


def page(
    assignment: str,
    rows: Sequence[Row],
    missing: Sequence[Row],
    pairs: Sequence[tuple[Pair, str]],
    report: Report | None = None,
    schemes: Mapping[str, str] | None = None,
) -> str:
    """The report as HTML.

    Parameters
    ----------
    pairs : sequence of (Pair, str)
        Pairs that are nearly identical, and the addresses of the pages that show both sides.
    schemes : mapping, optional
        Mark schemes of text answers by grade id.
    """
    rows = sorted(rows, key=lambda row: row.result.student)
    by_student = {row.result.student: row for row in rows}
    scores = [row.score for row in rows if row.score is not None]
    most = rows[0].recorded.max_score
    folder = report.page.parent if report else None
    answers = _answers(rows, schemes or {}, folder)
    exercises = items([row for row in rows if row.result.gradable or row.recorded.by_person])
    return render(
        "report",
        runs="table",
        wide=True,
        assignment=assignment,
        term="../index.html" if folder and (folder.parent / "index.html").is_file() else "",
        summary=summary_of(rows, missing),
        remarks=report.remarks if report else [],
        tiles=_tiles(rows, scores, most, answers),
        persons=[(row, "; ".join(_whys(row))) for row in rows if row.score is None],
        answers=answers,
        again=[row for row in rows if row.score is not None and row.recorded.needs_manual_grade and not row.waiting],
        histogram=histogram(scores, most) if scores else None,
        without_score=len(rows) - len(scores),
        provisional=sum(row.is_provisional for row in rows),
        items=exercises,
        scatter=scatter(exercises),
        noticed=_grouped(rows, lambda result: result.flags),
        repaired=_grouped(rows, lambda result: result.repairs),
        pairs=[(by_student[pair.one], by_student[pair.other], pair, address) for pair, address in pairs],
        missing=missing,
        rows=rows,
    )


def _whys(row: Row) -> list[str]:
    return [row.result.reason, *row.result.flags, *row.result.repairs]


# -- who waits, and the numbers ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tile:
    """A number at the top, with the place on the page that says more."""

    number: str
    what: str
    place: str = ""
    asks: bool = False  # somebody has to do something


def _tiles(rows: Sequence[Row], scores: Sequence[float], most: float, answers: Sequence[Answers]) -> list[Tile]:
    persons, read = len(rows) - len(scores), sum(len(group.rows) for group in answers)
    tiles = []
    if persons:
        tiles.append(Tile(str(persons), "wait for a person", "#waiting", asks=True))
    if read:
        tiles.append(Tile(str(read), "text answers to read", "#answers", asks=True))
    if odd := sum(bool(row.result.flags) for row in rows):
        tiles.append(Tile(str(odd), "worth a look", "#noticed", asks=True))
    tiles.append(Tile(f"{len(scores)} of {len(rows)}", "graded", "#everybody"))
    if scores:
        so_far = ", so far" if read else ""
        tiles.append(Tile(f"{statistics.median(scores):g} of {most:g}", f"median{so_far}", "#scores"))
        tiles.append(Tile(f"{statistics.fmean(scores):.1f}", f"mean{so_far}", "#scores"))
    return tiles


@dataclass
class Answers:
    """The answers to one question that nobody has read yet."""

    number: str
    title: str
    points: float
    scheme: str
    page: str  # the address of the page for marking them, if there is one
    rows: list[Row] = field(default_factory=list)


def _answers(rows: Sequence[Row], schemes: Mapping[str, str], folder: Path | None) -> list[Answers]:
    found: dict[str, Answers] = {}
    for row in rows:
        if row.score is None or not points_open(row.result, row.recorded):
            continue
        for item in row.result.exercises:
            if item.name in row.recorded.waiting:
                if item.name not in found:
                    there = folder is not None and (folder / "texts" / f"{item.name}.html").is_file()
                    address = f"texts/{quote(item.name)}.html" if there else ""
                    scheme = schemes.get(item.name, "")
                    found[item.name] = Answers(item.number, item.title, item.max_score, scheme, address)
                found[item.name].rows.append(row)
    return list(found.values())


# -- remarks -------------------------------------------------------------------------------------------------------


@dataclass
class Group:
    """Remarks that say the same, but for what is each submission's own (a name, a number)."""

    text: str
    rows: list[Row] = field(default_factory=list)
    each: list[tuple[Row, str]] = field(default_factory=list)  # where they differ


def _grouped(rows: Sequence[Row], remarks: Callable[[SubmissionResult], Sequence[str]]) -> list[Group]:
    """What was said of submissions, each thing once, with all whom it concerns; the commonest first."""
    said: dict[str, list[tuple[Row, str]]] = {}
    for row in rows:
        for remark in dict.fromkeys(remarks(row.result)):
            said.setdefault(_OF_ITS_OWN.sub("…", remark), []).append((row, remark))
    groups = []
    for kind, found in said.items():
        whole = Counter(remark for _, remark in found)
        several = len(whole) > 1
        people = list({row.result.student: row for row, _ in found}.values())
        groups.append(Group(kind if several else found[0][1], people, found if several else []))
    return sorted(groups, key=lambda group: (-len(group.rows), group.text))


# -- the picture ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """A bar of the histogram, in the picture's units, and the scores that it counts."""

    x: float
    wide: float
    tall: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Histogram:
    """The distribution of scores, ready to be drawn."""

    summary: str
    bars: list[Bar]
    ticks: list[tuple[float, float]]  # place and points
    width: int = 760
    height: int = 236
    base: int = 185
    left: int = 40


def histogram(scores: Sequence[float], most: float, bins: int = 20) -> Histogram:
    """The distribution of scores between 0 and `most`; what lies outside is counted at the edge."""
    most = most or 1.0
    counts = Counter(min(bins - 1, max(0, int(score / most * bins))) for score in scores)
    summary = f"Histogram of {len(scores)} scores from 0 to {most:g}; median {statistics.median(scores):g}."
    frame = Histogram(summary, [], [])
    wide = frame.width - frame.left - 24  # half of the last number stands beyond the last bar
    for at in range(bins):
        tall = counts[at] / max(counts.values()) * 155
        x, low, high = frame.left + at * wide / bins, most * at / bins, most * (at + 1) / bins
        frame.bars.append(Bar(x, wide / bins, tall, low, high, counts[at]))
    frame.ticks.extend((frame.left + wide * part, most * part) for part in (0, 0.25, 0.5, 0.75, 1))
    return frame
