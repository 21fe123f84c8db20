"""Grading names known mistakes by what came of visible and hidden checks, and right work never."""

from __future__ import annotations

import copy
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.conftest import put_mutants
from tests.mutation.harness import variants_of
from tinytorch_course.author import mistakes
from tinytorch_course.author.build import build
from tinytorch_course.author.release import generate, release, stripped
from tinytorch_course.author.samples import submission
from tinytorch_course.author.variants import Variant
from tinytorch_course.base.course import Course
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.records.report import make_report
from tinytorch_course.grading.records.results import result_from

HELD_BACK = Path(__file__).parents[2] / "mutation" / "held_back"
MUTANTS = {
    "01-01_doubles": ("Doubles instead of halving.\n\nbreaks: 01-01-half", "return x * 2"),
    "01-01_sign": ("Forgets the sign.\n\nbreaks: 01-01-half\nhidden: yes", "return abs(x) / 2"),
    "01-01_seven": ("Always answers with 7.\n\nbreaks: 01-01-half", "return 7"),
    "01-01_sevens": ("Adds up to 7.\n\nbreaks: 01-01-half", "return 3 + 4"),
    "01-01_right_times": ("Right.\n\nright: 01-01-half", "return x * 0.5"),
}
ANSWERS = {
    "doubles": ("return x + x", "Doubles instead of halving."),
    "sign": ("return (x * x) ** 0.5 / 2", "Forgets the sign."),
    "sign-alone": ("return x / 2 if x > 0 else x", ""),  # only hidden checks see it, and it is no known mistake
    "seven": ("return 7", ""),  # two mistakes answer like that
    "third": ("return x / 3", ""),
    "right": ("return x - x / 2", ""),
    "empty": ("raise NotImplementedError('01.1 half: return half of x')", ""),
    "typo": ("return y / 2", ""),
    "says-so": ("raise ValueError('Doubles instead of halving.')", ""),
}


@pytest.fixture
def known(toy: Course) -> Course:
    """The toy with wrong solutions, two of which answer alike."""
    put_mutants(toy, MUTANTS)
    build(toy)
    mistakes.make(toy.module("01"))
    return toy


def hand_in(course: Course, name: str, students: dict[str, dict[str, str]], root: Path) -> None:
    """Put submissions into a course folder: for each student, what stands in place of exercises."""
    module = course.module(name)
    edition = stripped(module)
    for student, instead in students.items():
        path = root / "submitted" / student / module.name / f"{module.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(submission(module, instead=instead, edition=copy.deepcopy(edition))), "utf-8")


def half_as(line: str) -> dict[str, str]:
    return {"01-01-half": f"#| export\ndef half(x):\n    {line}\n"}


def test_grading_names_mistakes_that_visible_or_hidden_checks_see(known: Course):
    hand_in(known, "01", {student: half_as(line) for student, (line, _) in ANSWERS.items()}, known.root)
    found = grade(known.root, "01_tensor", workers=1, progress=False)
    halves = {one.student: one.exercises[0] for one in found}
    assert {student: item.mistake for student, item in halves.items()} == {
        student: says for student, (_, says) in ANSWERS.items()
    }
    assert halves["sign"].message.endswith("\n  perhaps   Forgets the sign.") and halves["sign"].hidden
    assert "perhaps" not in halves["third"].message

    report = make_report(known.root, "01_tensor")
    page = (found.feedback / "sign" / "01_tensor" / "01_tensor.html").read_text(encoding="utf-8")
    assert "perhaps   Forgets the sign." in page and "half(-3)" not in page
    as_graded = (report.page.parent / "graded" / "sign" / "notebook.html").read_text(encoding="utf-8")
    assert "perhaps   Forgets the sign." in as_graded
    assert "Doubles instead of halving." in report.page.read_text(encoding="utf-8")


def test_a_test_that_changed_takes_its_names_along(known: Course):
    text = known.module("01").src.read_text(encoding="utf-8")
    known.module("01").src.write_text(text.replace("half(-3), -1.5", "half(-8), -4.0"), encoding="utf-8")
    build(known)
    hand_in(known, "01", {"doubles": half_as("return x * 2")}, known.root)
    (one,) = grade(known.root, "01_tensor", workers=1, progress=False)
    assert one.score < one.max_score and one.exercises[0].mistake == ""
    mistakes.make(known.module("01"))
    (one,) = grade(known.root, "01_tensor", workers=1, progress=False)  # not what was stored before
    assert one.exercises[0].mistake == "Doubles instead of halving."


def test_what_grading_knows_is_in_no_edition(known: Course, tmp_path: Path):
    edition = release(known, [known.module("01")], tmp_path / "edition")
    hidden = [print_ for print_, says in mistakes.known_in_grading(known.module("01")).items() if "sign" in says]
    files = [path.read_text(encoding="utf-8", errors="replace") for path in edition.rglob("*") if path.is_file()]
    assert hidden and not [text for text in files if hidden[0] in text or "Forgets the sign" in text]


def test_results_of_earlier_gradings_are_still_read():
    exercise = {"name": "test-01-01-half", "number": "01.1", "title": "half", "score": 0.0, "max_score": 4.0}
    result = result_from({"student": "a", "assignment": "01", "state": "graded", "exercises": [exercise]})
    assert result.exercises[0].mistake == ""


@pytest.mark.parametrize("text", ["", "[]", '{"mistakes": 3}', '{"mistakes": {"a": 1}}', "\0"])
def test_a_broken_file_of_mistakes_stops_nothing(known: Course, text: str):
    mistakes.graded_file(known.module("01")).write_text(text, encoding="utf-8")
    assert set(mistakes.known_in_grading(known.module("01"))) <= {"a"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["03_layers", "06_autograd"])
def test_mistakes_of_another_shape_are_named_and_rightly(name: str, course: Course, tmp_path: Path):
    """Wrong solutions that took no part, run in the sandbox: 60 % of them are named, 95 % of the names are true; and
    right ones get none. A submission has one of each exercise."""
    module = course.module(name)
    says = {variant.name: variant.says for variant in variants_of(module)}
    files = {path.stem: Variant.read(path) for path in sorted((HELD_BACK / name).glob("*.py"))}
    several: dict[str, list[Variant]] = defaultdict(list)
    for variant in [*files.values(), *(variant for variant in variants_of(module) if variant.right)]:
        several[variant.grade_id].append(variant)
    rounds = {f"student-{at}": {g: found[at] for g, found in several.items() if at < len(found)}
              for at in range(max(map(len, several.values())))}  # fmt: skip
    hand_in(course, name, {s: {g: v.source for g, v in own.items()} for s, own in rounds.items()}, tmp_path)
    generate(module, course_dir=tmp_path)
    named, wrong = [], []
    for one in grade(tmp_path, name, workers=2, progress=False):
        given = {f"test-{grade_id}": variant for grade_id, variant in rounds[one.student].items()}
        for item in one.exercises:
            variant = given.get(item.name)
            if not item.mistake:
                continue
            assert variant is not None and not variant.right, item
            named.append(variant.name)
            text = (HELD_BACK / name / f"{variant.name}.py").read_text(encoding="utf-8")
            means = re.search("^means: (.*)$", text, re.MULTILINE).group(1).split()
            if item.mistake not in {says.get(mutant) for mutant in means}:
                wrong.append((variant.name, item.mistake))
    assert len(files) >= 20 and len(named) >= 0.6 * len(files)
    assert len(wrong) <= 0.05 * len(named), wrong
    print(f"{name}: {len(named)} of {len(files)} named, {len(named) - len(wrong)} of them rightly")
