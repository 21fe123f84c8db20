"""The class at a glance: one HTML page with pictures that needs nothing else, and tables that Canvas and Moodle import."""

from __future__ import annotations

import csv
import html
import io
import json
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import CourseError
from .grading.model import PERSON, SubmissionResult
from .grading.pages import page as feedback_page
from .grading.pipeline import Ground, stored_results
from .grading.record import Recorded, Recorder, replace_file
from .grading.similar import Pair, similar_pairs
from .grading.texts import lateness

BLUE, ORANGE, GREEN, PINK = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
svg { max-width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: #444; }
.facts { display: flex; flex-wrap: wrap; gap: 2rem; padding: 0; list-style: none; } .facts b { display: block; font-size: 1.4rem; }
pre { margin: 0; white-space: pre-wrap; font-size: .85rem; } .quiet { color: #666; }
"""


@dataclass
class Row:
    """One student: the grader's result, and what the gradebook says now."""

    result: SubmissionResult
    recorded: Recorded
    name: str = ""
    email: str = ""
    lms_id: str = ""


def write_report(course_dir: Path, assignment: str) -> Path:
    """Write ``report/<assignment>/`` in the course folder: report.html, grades.csv (Canvas), grades-moodle.csv.

    Scores are the gradebook's at this moment, so what people graded by hand counts. The students' feedback pages are
    written again with it, too.

    Returns
    -------
    path
        The HTML page.
    """
    ground = Ground.open(Path(course_dir), assignment)
    results = stored_results(ground)
    if not results:
        raise CourseError(
            f"no submission of {assignment} has been graded", f"Call `tinytorch grade {assignment}` first."
        )
    with Recorder(ground.directory, ground.source, ground.config) as recorder:
        people = recorder.people()
        rows = [
            Row(result, recorder.recorded(result.student), *people.get(result.student, ("", "", "")))
            for result in results
        ]
        for row in rows:
            own_page = feedback_page(row.result, row.recorded, ground.title(row.result.student))
            replace_file(recorder.feedback_path(row.result.student), own_page)
        missing = sorted(set(people) - {result.student for result in results})
        work = {result.student: _own_code(recorder.autograded_path(result.student)) for result in results}
    folder = Path(ground.directory.root) / "report" / assignment
    replace_file(folder / "grades.csv", canvas_table(assignment, rows, ground.source.max_score))
    replace_file(folder / "grades-moodle.csv", moodle_table(assignment, rows))
    path = folder / "report.html"
    replace_file(path, page(assignment, rows, missing, similar_pairs(work)))
    return path


def _own_code(path: Path) -> list[str]:
    """What a student wrote in code cells."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return []
    own = []
    for cell in cells:
        about = cell["metadata"].get("nbgrader")
        if cell["cell_type"] == "code" and (about is None or about["solution"]):
            own.append(cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"]))
    return own


# -- tables for other programs -------------------------------------------------------------------------------------


def _safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _csv(lines: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [[_safe(v) if isinstance(v, str) else v for v in line] for line in lines]
    )
    return out.getvalue()


def canvas_table(assignment: str, rows: Sequence[Row], points: float) -> str:
    """The columns of a Canvas gradebook import."""
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment]
    possible = ["    Points Possible", "", "", "", "", f"{points:g}"]
    body = [
        [row.name or row.result.student, row.lms_id, "", row.result.student, "", f"{row.recorded.score:g}"]
        for row in sorted(rows, key=lambda row: row.result.student)
    ]
    return _csv([head, possible, *body])


def moodle_table(assignment: str, rows: Sequence[Row]) -> str:
    """The columns of a Moodle grade import: who, grade, a comment."""
    body = [
        [row.result.student, row.lms_id, row.email, f"{row.recorded.score:g}", _comment(row)]
        for row in sorted(rows, key=lambda row: row.result.student)
    ]
    return _csv([["Username", "ID number", "Email address", assignment, f"{assignment} (feedback)"], *body])


def _comment(row: Row) -> str:
    lost = [item.number for item in row.result.exercises if row.recorded.scores.get(item.name, 0) < item.max_score]
    return f"points lost in {', '.join(dict.fromkeys(lost))}" if lost else "all right"


# -- the page ------------------------------------------------------------------------------------------------------


def page(assignment: str, rows: Sequence[Row], missing: Sequence[str], pairs: Sequence[Pair]) -> str:
    """The report as HTML."""
    scores = [row.recorded.score for row in rows]
    most = rows[0].recorded.max_score
    person = [row for row in rows if row.result.state == PERSON]
    flagged = [row for row in rows if row.result.flags and row.result.state != PERSON]
    waiting = sum(row.recorded.needs_manual_grade for row in rows)
    facts = {
        "submissions": str(len(rows)),
        "median": f"{statistics.median(scores):g} of {most:g}",
        "mean": f"{statistics.fmean(scores):.1f}",
        "need a person": str(len(person)),
        "flagged": str(len(flagged)),
        "wait for manual grading": str(waiting),
    }
    parts = [
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{_text(assignment)}: the class</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_text(assignment)}: the class</h1>",
        '<ul class="facts">' + "".join(f"<li><b>{_text(v)}</b>{_text(k)}</li>" for k, v in facts.items()) + "</ul>",
        "<h2>Scores</h2>",
        histogram(scores, most),
        "<h2>Exercises</h2>",
        *_exercises(rows),
        "<h2>Submissions that need a person</h2>",
        _table(["student", "points", "why"], [_person_row(row) for row in person], "None."),
        "<h2>Worth a look</h2>",
        '<p class="quiet">Code that reaches for the grading machinery, tests that passed in the notebook but not when judged apart, and the like.</p>',
        _table(
            ["student", "points", "what was noticed"],
            [[row.result.student, _points(row), "; ".join(row.result.flags)] for row in flagged],
            "None.",
        ),
        "<h2>Pairs that are nearly identical</h2>",
        '<p class="quiet">They share code that the rest of the class does not have. That is a reason to look, not a finding.</p>',
        _table(
            ["student", "student", "of the rarer code in common"],
            [[pair.one, pair.other, f"{pair.likeness:.0%} ({pair.shared} places)"] for pair in pairs],
            "None.",
        ),
        "<h2>Repaired before grading</h2>",
        _table(
            ["student", "what"],
            [[r.result.student, "; ".join(r.result.repairs)] for r in rows if r.result.repairs],
            "None.",
        ),
    ]
    if missing:
        parts += ["<h2>In the gradebook without a submission</h2>", f"<p>{_text(', '.join(missing))}</p>"]
    body = [
        [row.result.student, _points(row), row.result.state, _late(row)]
        for row in sorted(rows, key=lambda r: r.result.student)
    ]
    parts += ["<h2>Everybody</h2>", _table(["student", "points", "state", "late"], body, ""), "</body></html>"]
    return "\n".join(parts) + "\n"


def _text(value: str) -> str:
    return html.escape(value)


def _points(row: Row) -> str:
    return f"{row.recorded.score:g}"


def _late(row: Row) -> str:
    penalty = f"−{row.recorded.late_penalty:g} points" if row.recorded.late_penalty else ""
    return ", ".join(filter(None, [lateness(row.recorded.seconds_late), penalty]))


def _person_row(row: Row) -> list[str]:
    return [row.result.student, _points(row), "; ".join([row.result.reason, *row.result.flags, *row.result.repairs])]


def _table(head: Sequence[str], body: Sequence[Sequence[str]], empty: str) -> str:
    if not body:
        return f"<p>{empty}</p>"
    top = "".join(f"<th>{_text(word)}</th>" for word in head)
    lines = ["".join(f"<td>{_text(value)}</td>" for value in line) for line in body]
    return f"<table><tr>{top}</tr>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


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
        scores = [row.recorded.scores.get(exercise.name, 0.0) for row in found]
        full = sum(score >= exercise.max_score for score in scores)
        part = sum(0 < score < exercise.max_score for score in scores)
        messages = Counter(_first_line(row, place) for row in found)
        messages.pop("", None)
        common = "".join(f"<div>{count} × {_text(text)}</div>" for text, count in messages.most_common(3))
        label = exercise.title if exercise.number == exercise.name else f"{exercise.number} {exercise.title}"
        lines.append(
            f"<tr><td>{_text(label)}</td><td>{_bar(full, part, len(found))}</td>"
            f'<td class="number">{full / len(found):.0%}</td><td class="number">{statistics.fmean(scores):.1f} / {exercise.max_score:g}</td>'
            f"<td>{common}</td></tr>"
        )
    head = '<tr><th>exercise</th><th></th><th class="number">right</th><th class="number">mean</th><th>what goes wrong most often</th></tr>'
    return ["<table>", head, *lines, "</table>"]


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
