"""The page that a student gets: points for each exercise, the failure card, where to look. No test code, no tracebacks."""

from __future__ import annotations

import html
from collections.abc import Sequence

from ...base.marks import number_of
from ..model import PERSON, ExerciseResult, Recorded, SubmissionResult

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
.total { font-size: 1.1rem; margin: .25rem 0 1.5rem; }
section { border-left: 4px solid #ccc; padding: .1rem 0 .3rem 1rem; margin: 1rem 0; }
section.right { border-color: #009E73; }
section.part { border-color: #E69F00; }
section.wrong { border-color: #D55E00; }
section.waits { border-color: #0072B2; }
h2 { font-size: 1.05rem; margin: 0; display: flex; justify-content: space-between; }
pre { background: #f6f6f6; padding: .6rem .8rem; overflow-x: auto; white-space: pre-wrap; font-size: .9rem; margin: .4rem 0; }
p { margin: .3rem 0; }
.quiet { color: #555; }
@media (prefers-color-scheme: dark) { body { background: #1b1b1b; color: #ddd; } pre { background: #2a2a2a; } .quiet { color: #aaa; } }
"""


def page(result: SubmissionResult, recorded: Recorded, title: str) -> str:
    """The feedback page as HTML that needs nothing else."""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{html.escape(title)}</h1>",
        f'<p class="total"><strong>{_total(result, recorded)}</strong> {_remark(result, recorded)}</p>',
    ]
    if result.state == PERSON:
        parts.append(f"<p>This submission needs a person's attention: {html.escape(result.reason)}.</p>")
    if result.repairs:
        parts.append("<p>Before grading, this was put right:</p><ul>")
        parts += [f"<li>{html.escape(repair)}</li>" for repair in result.repairs]
        parts.append("</ul>")
    comments = _comments(result, recorded)
    graded = result.exercises if result.gradable or recorded.by_person else []
    parts += [_section(exercise, recorded, comments.get(exercise.name, [])) for exercise in graded]
    parts += [f'<p class="quiet">{html.escape(comment)}</p>' for comment in comments.get("", [])]
    parts.append("</body></html>")
    return "\n".join(parts) + "\n"


def is_final(result: SubmissionResult, recorded: Recorded) -> bool:
    """Whether there is a score to hand on: of what needs a person only when a person has given points."""
    return result.state != PERSON or recorded.by_person


def _total(result: SubmissionResult, recorded: Recorded) -> str:
    if not result.gradable and not recorded.by_person:
        return "Not graded yet"
    return f"{recorded.score:g} of {recorded.max_score:g} points"


def _remark(result: SubmissionResult, recorded: Recorded) -> str:
    remarks = []
    if recorded.late_penalty:
        remarks.append(f"after {recorded.late_penalty:g} points for being late")
    if result.late:
        remarks.append(result.late)
    if recorded.needs_manual_grade:
        remarks.append("some answers still wait for a person")
    return html.escape("(" + "; ".join(remarks) + ")") if remarks else ""


def _comments(result: SubmissionResult, recorded: Recorded) -> dict[str, list[str]]:
    """People's comments by graded cell. nbgrader keeps those on code at the solution, not at its test."""
    names = {exercise.name for exercise in result.exercises}
    by_number = {exercise.number: exercise.name for exercise in reversed(result.exercises)}
    found: dict[str, list[str]] = {}
    for name, comment in recorded.comments.items():
        if name not in names and comment == "No response.":  # the card says so already
            continue
        place = name if name in names else by_number.get(number_of(name), "")
        found.setdefault(place, []).append(comment)
    return found


def _section(exercise: ExerciseResult, recorded: Recorded, comments: Sequence[str]) -> str:
    score, most = recorded.scores.get(exercise.name, 0.0), exercise.max_score
    waits = exercise.name in recorded.waiting
    kind = "waits" if waits else "right" if score >= most else "part" if score > 0 else "wrong"
    points = "not graded yet" if waits else f"{score:g} of {most:g}"
    heading = exercise.title if exercise.number == exercise.name else f"{exercise.number} {exercise.title}"
    lines = [f'<section class="{kind}"><h2><span>{html.escape(heading)}</span><span>{points}</span></h2>']
    if exercise.message and score < most:
        lines.append(f"<pre>{html.escape(exercise.message)}</pre>")
    if exercise.because and score < most:
        text = (
            f"This exercise uses {exercise.because}, which is not right yet. Get that one right first, then look again."
        )
        lines.append(f"<p>{html.escape(text)}</p>")
    lines += [f'<p class="quiet">{html.escape(comment)}</p>' for comment in comments]
    lines.append("</section>")
    return "\n".join(lines)
