"""The instructor's pages for a large class, which no kernel has graded: time and memory of the commands, how pages open.

python -m benchmarks.desk --students 800 --modules 06_autograd
python -m benchmarks.desk --students 120 --modules 01 02 06 --keep /tmp/class     leaves the course there, to be looked at
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.grading import ROOT, variants
from tinytorch_course.author.release import generate, stripped
from tinytorch_course.author.samples import reference_cells
from tinytorch_course.base.course import Course, Module
from tinytorch_course.base.marks import number_of
from tinytorch_course.grading.assignment import Assignment
from tinytorch_course.grading.model import (
    GRADED,
    Cell,
    CellResult,
    Executed,
    ExerciseResult,
    Prepared,
    SourceCell,
    SubmissionResult,
)
from tinytorch_course.grading.records.feedback_page import page as feedback_page
from tinytorch_course.grading.records.gradebook import Recorder, autograded_notebook

CARDS = (
    "the result has another shape than expected",
    "the gradient of `a` is wrong",
    "the result came out wrong\n  error     TypeError: unsupported operand",
)
# Answers of one question: a beginning, a middle and an end each, as many of a class come to the same in other words.
BEGINNINGS = (
    "Each result is needed again on the way back",
    "Because backward needs the inputs of forward",
    "The gradient of a product is the other factor",
    "Memory holds every intermediate tensor of the graph",
    "Adam keeps two more arrays for each weight",
    "Nothing can be freed before its rule has run",
)
MIDDLES = (
    "so it is kept until the loss has been differentiated",
    "and that is why the cost grows with the depth of the network",
    "which makes the batch decide how much memory there has to be",
    "and the weights themselves are only a small part of it",
    "so halving the batch halves what the activations take",
)
ENDS = ("while evaluation needs none of it", "as in the table above", "and a longer chain needs more", "that is all")
SLIPS = (("the", "teh"), ("gradient", "gradiant"), ("memory", "memmory"), ("Because", "Since"), ("is", "ist"))


def text_answer(chance: random.Random) -> str:
    """What one of a class writes to a question: often what others write too, with a slip or a sentence of one's own."""
    draw = chance.random()
    if draw < 0.05:
        return ""
    words = [chance.choice(part) for part in (BEGINNINGS, MIDDLES, ENDS)]
    if draw < 0.5:  # of one's own
        words += [" ".join(chance.choice(part) for part in (MIDDLES, ENDS, BEGINNINGS)) for _ in range(2)]
        own = " ".join(words).split()
        chance.shuffle(own)
        return " ".join(own[: chance.randint(12, 40)]) + "."
    text = ", ".join(words) + "."
    if draw < 0.75:
        text = text.replace(*chance.choice(SLIPS))
    return text.upper() if draw > 0.97 else text


def students(number: int) -> Iterator[str]:
    """The ids of a class."""
    return (f"s{at:05d}" for at in range(number))


def write_results(root: Path, module: Module, number: int, seed: int = 1) -> None:
    """A graded class in `root`: gradebook, autograded notebooks, feedback and results, with nothing run.

    Parameters
    ----------
    number : int
        Students. Each gets right and wrong answers at random, the more of them right the abler the student is.
    """
    home = root / "notebooks" / module.name
    shutil.copytree(module.notebook.parent, home, dirs_exist_ok=True)
    generate(module, course_dir=root)
    ground = Assignment.open(root, module.name)
    edition, right, wrong = stripped(module).cells, reference_cells(module), variants(module)
    with Recorder(ground.directory, ground.source, ground.config) as recorder:
        for at, student in enumerate(students(number)):
            chance = random.Random(f"{seed} {module.name} {at}")
            ability = random.Random(f"{seed} {at}").uniform(0.3, 1.0)  # the same in each module
            points = {
                cell.name: _exercise(cell, ability, chance) for cell in ground.source.cells if cell.grade or cell.task
            }
            cells = []
            for cell in edition:
                name = cell.metadata.get("nbgrader", {}).get("grade_id")
                text, result = cell.source, points.get(f"test-{name}")
                if name in points and cell.metadata.nbgrader.get("solution"):
                    text = text_answer(chance) or text
                elif result is not None:
                    text = right[name] if result.passed else chance.choice(wrong.get(name) or [text])
                cells.append(Cell(cell.cell_type, text, name))
            executed = Executed([CellResult(status="ok", count=1) for _ in cells], list(points.values()))
            _record(ground, recorder, student, Prepared(tuple(cells)), executed)


def _exercise(cell: SourceCell, ability: float, chance: random.Random) -> ExerciseResult:
    found = ExerciseResult(cell.name, number_of(cell.name), cell.title, None, cell.points)
    if cell.is_test:
        found.passed = chance.random() < ability
        found.score = cell.points * found.passed
        if not found.passed:
            found.hidden = chance.random() < 0.3
            found.message = f"{found.number} {cell.title}: {chance.choice(CARDS)}"
    return found


def _record(ground: Assignment, recorder: Recorder, student: str, prepared: Prepared, executed: Executed) -> None:
    """As a grading run writes one submission down."""
    result = SubmissionResult(student, ground.assignment, GRADED, exercises=executed.exercises)
    nb = autograded_notebook(ground.source, prepared, executed)
    scores = {item.name: item.score for item in executed.exercises if item.score is not None}
    recorded = recorder.save(student, nb, scores, set(), None)
    recorder.write_autograded(student, nb, None, {})
    for item in result.exercises:
        item.score = recorded.auto.get(item.name)
    result.score, result.max_score, result.manual = recorded.score, recorded.max_score, recorded.needs_manual_grade
    page, stored = recorder.feedback_path(student), ground.stored(student)
    stored.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(feedback_page(result, recorded, ground.title(student)), encoding="utf-8")
    about = {"key": "", "auto": recorded.auto, "work": student, "result": asdict(result)}
    stored.write_text(json.dumps(about), encoding="utf-8")


def called(root: Path, *arguments: str) -> tuple[float, int]:
    """Seconds of a `tinytorch` command, and the most memory that it took, in MB."""
    command = [sys.executable, "-m", "tinytorch_course", *arguments, "--course-dir", str(root)]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - began, usage.ru_maxrss >> 10


def opened(path: Path) -> dict[str, float]:
    """Seconds until a page is loaded and painted, sorted by its last table's second heading, and searched."""
    from playwright.sync_api import sync_playwright

    from tests.conftest import CHROMIUM, FLAGS

    paint = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
    found = {}
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        page = browser.new_page()
        table = page.locator("table.sortable").last

        def timed(what: str, act: object) -> None:
            began = time.perf_counter()
            act()  # type: ignore[operator]
            page.evaluate(paint)
            found[what] = time.perf_counter() - began

        page.goto("about:blank")
        timed("open", lambda: page.goto(path.as_uri()))
        if table.count():
            timed("sort", lambda: table.locator("th button").nth(2).evaluate("button => button.click()"))
            timed("search", lambda: page.locator("input.find").last.fill("s0001"))
        browser.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=800)
    parser.add_argument("--modules", nargs="+", default=["06_autograd"])
    parser.add_argument("--keep", type=Path, help="make the course here and leave it; one that is there is used")
    options = parser.parse_args()
    modules = [Course(ROOT).module(name) for name in options.modules]
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        root = options.keep or Path(folder)
        began = time.perf_counter()
        for module in modules:
            if not (root / "autograded" / "s00000" / module.name).is_dir():
                write_results(root, module, options.students)
        print(f"{options.students} students made in {time.perf_counter() - began:.0f} s")
        for module in modules:
            last = (root / "report" / module.name, module.name)
            for what, arguments, page in (
                ("report", ["report", module.name], last[0] / "report.html"),
                ("report again", ["report", module.name], last[0] / "report.html"),
                ("texts", ["texts", module.name], None),
                ("term", ["report"], root / "report" / "index.html"),
            ):
                seconds, memory = called(root, *arguments)
                page = page or next(iter(sorted((last[0] / "texts").glob("*.html"))), None)
                shown = " ".join(f"{name} {took:.2f} s" for name, took in (opened(page) if page else {}).items())
                size = page.stat().st_size / 1e6 if page else 0
                print(
                    f"{module.name} {what:<13} {seconds:6.1f} s {memory:5d} MB   page {size:.1f} MB {shown}", flush=True
                )


if __name__ == "__main__":
    main()
