"""The class at a glance, as an HTML page."""

from __future__ import annotations

import base64
import hashlib
import html
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..model import ExerciseResult, SubmissionResult
from .rows import Report, Row, summary_of
from .similar import Pair

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
th button { all: unset; cursor: pointer; font-weight: bold; } th button:focus-visible { outline: 2px solid #0072B2; }
th[aria-sort] button::after { content: " \\25B2"; } th[aria-sort="descending"] button::after { content: " \\25BC"; }
svg { max-width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: #444; }
.facts { display: flex; flex-wrap: wrap; gap: 2rem; padding: 0; list-style: none; } .facts b { display: block; font-size: 1.4rem; }
pre { margin: 0; white-space: pre-wrap; font-size: .85rem; } .quiet { color: #666; }
"""
# Sorts the tables of class "sortable" by the column whose heading is pressed. The page is complete without it.
_SCRIPT = """
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      const value = row => row.cells[column].dataset.value ?? row.cells[column].textContent;
      const order = (a, b) => isNaN(a) || isNaN(b) || a === "" || b === ""
        ? a.localeCompare(b, undefined, {numeric: true}) : a - b;
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      body.replaceChildren(...[...body.rows].sort((a, b) => sign * order(value(a), value(b))));
    });
  });
}
"""
_MOST_LINKS = 12  # longer lists are folded
_SCRIPT_HASH = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()


# -- the page ------------------------------------------------------------------------------------------------------


class _Html(str):
    """Text that is HTML already."""


@dataclass(frozen=True)
class _Cell:
    """A cell of a table that is sorted by something else than its text."""

    text: str
    value: float
    number: bool = False


def page(
    assignment: str, rows: Sequence[Row], missing: Sequence[Row], pairs: Sequence[Pair], report: Report | None = None
) -> str:
    """The report as HTML."""
    rows = sorted(rows, key=lambda row: row.result.student)
    scores = [row.score for row in rows if row.score is not None]
    most = rows[0].recorded.max_score
    waiting = [row for row in rows if row.score is None]
    facts = {"graded": f"{len(scores)} of {len(rows)}"}
    if scores:
        facts |= {"median": f"{statistics.median(scores):g} of {most:g}", "mean": f"{statistics.fmean(scores):.1f}"}
    without = len(rows) - len(scores)
    left_out = f" {without} submission{'s' if without > 1 else ''} without a score left out." if without else ""
    run = [row for row in rows if row.result.gradable or row.recorded.by_person]
    link = {row.result.student: _link(row) for row in rows}
    parts = [
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{_SCRIPT_HASH}'\">",
        f"<title>{_text(assignment)}: the class</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_text(assignment)}: the class</h1>",
        f"<p>{_text(summary_of(rows, missing))}</p>",
        *(f"<p><strong>{_text(remark)}</strong></p>" for remark in (report.remarks if report else [])),
        '<ul class="facts">' + "".join(f"<li><b>{_text(v)}</b>{_text(k)}</li>" for k, v in facts.items()) + "</ul>",
        "<h2>Scores</h2>",
        histogram(scores, most) if scores else "<p>None yet.</p>",
        f'<p class="quiet">{_text(left_out.strip())}</p>' if left_out else "",
        "<h2>Exercises</h2>",
        *(_exercises(run) if run else ["<p>Nothing could be run.</p>"]),
        "<h2>Submissions that need a person</h2>",
        '<p class="quiet">They have no score in the tables for import until somebody has entered points in the formgrader.</p>'
        if waiting
        else "",
        _table(["student", "points so far", "why"], [_person_row(row, link) for row in waiting], "None."),
        "<h2>Worth a look</h2>",
        '<p class="quiet">Code that reaches for the grading machinery, tests that passed in the notebook but not when judged apart, and the like.</p>',
        _grouped("what was noticed", rows, lambda result: result.flags, link),
        "<h2>Pairs that are nearly identical</h2>",
        '<p class="quiet">They share code that the rest of the class does not have. That is a reason to look, not a finding.</p>',
        _table(
            ["student", "student", "of the rarer code in common"],
            [
                [link.get(pair.one, pair.one), link.get(pair.other, pair.other)]
                + [_Cell(f"{pair.likeness:.0%} ({pair.shared} places)", pair.likeness)]
                for pair in pairs
            ],
            "None.",
        ),
        "<h2>Repaired before grading</h2>",
        _grouped("what was put right", rows, lambda result: result.repairs, link),
    ]
    if missing:
        names = [f"{row.result.student} ({row.name})" if row.name else row.result.student for row in missing]
        parts += ["<h2>Without a submission</h2>", f"<p>{len(names)}: {_text(', '.join(names))}</p>"]
    body = [
        [link[row.result.student], row.name, _points(row), row.result.state, _late(row), _notebook_link(row)]
        for row in rows
    ]
    parts += ["<h2>Everybody</h2>", _table(["student", "name", "points", "state", "late", "as graded"], body, "")]
    parts += [f"<script>{_SCRIPT}</script></body></html>"]
    return "\n".join(filter(None, parts)) + "\n"


def _text(value: str) -> str:
    return html.escape(value)


def _link(row: Row) -> str:
    """The student's id, leading to the feedback page."""
    if not row.feedback:
        return row.result.student
    return _Html(f'<a href="{_text(row.feedback)}">{_text(row.result.student)}</a>')


def _notebook_link(row: Row) -> str:
    return _Html(f'<a href="{_text(row.notebook)}">notebook</a>') if row.notebook else ""


def _points(row: Row) -> _Cell:
    if row.score is None:
        return _Cell(f"({row.recorded.score:g})" if row.result.gradable else "–", -1, number=True)
    return _Cell(f"{row.score:g}", row.score, number=True)


def _late(row: Row) -> _Cell:
    penalty = f"−{row.recorded.late_penalty:g} points" if row.recorded.late_penalty else ""
    text = ", ".join(filter(None, [row.result.late, penalty]))
    return _Cell(text, row.recorded.seconds_late or float(row.result.marked_late))


def _person_row(row: Row, link: Mapping[str, str]) -> list[str | _Cell]:
    why = "; ".join([row.result.reason, *row.result.flags, *row.result.repairs])
    return [link[row.result.student], _points(row), why]


def _grouped(
    what: str, rows: Sequence[Row], remarks: Callable[[SubmissionResult], Sequence[str]], link: Mapping[str, str]
) -> str:
    """The same remark on many submissions once, with all whom it concerns."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        for remark in dict.fromkeys(remarks(row.result)):
            groups.setdefault(remark, []).append(row.result.student)
    body = [
        [remark, _Cell(str(len(students)), len(students), number=True), _links(students, link)]
        for remark, students in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return _table([what, "how often", "students"], body, "None.")


def _links(students: Sequence[str], link: Mapping[str, str]) -> _Html:
    names = ", ".join(_cell(link[student]) for student in students)
    if len(students) <= _MOST_LINKS:
        return _Html(names)
    return _Html(f"<details><summary>{len(students)} students</summary>{names}</details>")


def _cell(value: str) -> str:
    return value if isinstance(value, _Html) else _text(value)


def _table(head: Sequence[str], body: Sequence[Sequence[str | _Cell]], empty: str) -> str:
    if not body:
        return f"<p>{empty}</p>"
    numbers = {i for i, value in enumerate(body[0]) if isinstance(value, _Cell) and value.number}
    kinds = [' class="number"' if i in numbers else "" for i in range(len(head))]
    top = "".join(f"<th{kind}>{_text(word)}</th>" for kind, word in zip(kinds, head))
    lines = ["<tr>" + "".join(map(_td, line)) + "</tr>" for line in body]
    return f'<table class="sortable"><thead><tr>{top}</tr></thead><tbody>' + "\n".join(lines) + "</tbody></table>"


def _td(value: str | _Cell) -> str:
    if isinstance(value, _Cell):
        kind = ' class="number"' if value.number else ""
        return f'<td{kind} data-value="{value.value:g}">{_text(value.text)}</td>'
    return f"<td>{_cell(value)}</td>"


def histogram(scores: Sequence[float], most: float, bins: int = 20) -> str:
    """The distribution of scores as SVG."""
    width, height, base, left = 760, 220, 185, 40
    most = most or 1.0
    counts = [0] * bins
    for score in scores:
        counts[min(bins - 1, max(0, int(score / most * bins)))] += 1
    tallest = max([*counts, 1])
    step = (width - left - 10) / bins
    bars = []
    for at, count in enumerate(counts):
        tall = count / tallest * 155
        x, low, high = left + at * step, most * at / bins, most * (at + 1) / bins
        bars.append(
            f'<rect x="{x + 1:.1f}" y="{base - tall:.1f}" width="{step - 2:.1f}" height="{tall:.1f}" fill="{BLUE}">'
            f"<title>{low:g} to {high:g} points: {count}</title></rect>"
        )
        if count:
            bars.append(f'<text x="{x + step / 2:.1f}" y="{base - tall - 4:.1f}" text-anchor="middle">{count}</text>')
    ticks = [
        f'<text x="{left + (width - left - 10) * part:.1f}" y="{base + 18}" text-anchor="middle">{most * part:g}</text>'
        for part in (0, 0.25, 0.5, 0.75, 1)
    ]
    summary = f"Histogram of {len(scores)} scores from 0 to {most:g}; median {statistics.median(scores):g}."
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{summary}"><title>{summary}</title>'
        f'<line x1="{left}" y1="{base}" x2="{width - 10}" y2="{base}" stroke="#888"/>'
        + "".join([*bars, *ticks])
        + f'<text x="{width / 2}" y="{height - 4}" text-anchor="middle">points</text></svg>'
    )


def _exercises(rows: Sequence[Row]) -> list[str]:
    """For each exercise: how many have it right, and what goes wrong most often."""
    lines = []
    for place, exercise in enumerate(rows[0].result.exercises):
        found = [row for row in rows if place < len(row.result.exercises)]
        waiting = sum(exercise.name in row.recorded.waiting for row in found)
        found = [row for row in found if exercise.name not in row.recorded.waiting]
        if not found:
            lines.append(f'<tr><td>{_label(exercise)}</td><td colspan="4">{waiting} to be graded by hand</td></tr>')
            continue
        scores = [row.recorded.scores.get(exercise.name, 0.0) for row in found]
        full = sum(score >= exercise.max_score for score in scores)
        part = sum(0 < score < exercise.max_score for score in scores)
        messages = Counter(_first_line(row, place) for row in found)
        messages.pop("", None)
        common = "".join(f"<div>{count} × {_text(text)}</div>" for text, count in messages.most_common(3))
        if waiting:
            common += f'<div class="quiet">{waiting} more to be graded by hand</div>'
        lines.append(
            f"<tr><td>{_label(exercise)}</td><td>{_bar(full, part, len(found))}</td>"
            f'<td class="number">{full / len(found):.0%}</td><td class="number">{statistics.fmean(scores):.1f} / {exercise.max_score:g}</td>'
            f"<td>{common}</td></tr>"
        )
    head = '<tr><th>exercise</th><th></th><th class="number">right</th><th class="number">mean</th><th>what goes wrong most often</th></tr>'
    return ["<table>", head, *lines, "</table>"]


def _label(exercise: ExerciseResult) -> str:
    named = exercise.number != exercise.name
    return _text(f"{exercise.number} {exercise.title}" if named else exercise.title)


def _first_line(row: Row, place: int) -> str:
    exercise = row.result.exercises[place]
    if not exercise.message or row.recorded.scores.get(exercise.name, 0.0) >= exercise.max_score:
        return ""
    if exercise.because:
        return f"needs {exercise.because}, which is not right"
    lines = exercise.message.splitlines()
    text = lines[0].split(": ", 1)[-1] if lines[0].startswith(exercise.number) else lines[0]
    error = next((line.strip().removeprefix("error").strip() for line in lines if line.startswith("  error")), "")
    return f"{text} ({error})"[:120] if error else text[:120]


def _bar(full: int, part: int, total: int) -> str:
    width = 140
    a, b = width * full / total, width * part / total
    label = f"{full} of {total} right, {part} partly"
    return (
        f'<svg width="{width}" height="14" viewBox="0 0 {width} 14" role="img" aria-label="{label}"><title>{label}</title>'
        f'<rect width="{width}" height="14" fill="#e5e5e5"/><rect width="{a:.1f}" height="14" fill="{GREEN}"/>'
        f'<rect x="{a:.1f}" width="{b:.1f}" height="14" fill="{ORANGE}"/></svg>'
    )
