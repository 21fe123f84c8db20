"""From submissions to gradebook and feedback: the common cases, together, none stopping the others."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace

import pytest
from nbgrader.api import Gradebook

from tests.grading.grading_course import ASSIGNMENT, MAX_SCORE, hand_in, released, solved
from tinytorch_course.base.errors import CourseError
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.marking.blame import OwnCell, blamed, qualified_names
from tinytorch_course.grading.model import SubmissionResult


@pytest.fixture(scope="module")
def graded(template, tmp_path_factory):
    root = tmp_path_factory.mktemp("slice") / "course"
    shutil.copytree(template, root)
    hand_in(root, "perfect", solved(root))
    hand_in(root, "blank", released(root))
    hand_in(root, "half", solved(root, words=None, total=None, why=None))
    hand_in(root, "syntax", solved(root, shift="class Shift(Box:\n    pass"))
    hand_in(root, "loops", solved(root, double="def double(x):\n    while True:\n        pass"))
    seen = []
    result = grade(root, ASSIGNMENT, timeout=2, workers=2, progress=lambda *at: seen.append(at))
    return root, result, seen


def test_every_submission_gets_the_points_that_it_earns(graded):
    _, result, _ = graded
    assert {one.student: one.score for one in result} == {
        "perfect": 16,
        "blank": 0,
        "half": 8,
        "syntax": 12,
        "loops": 8,
    }
    assert all(one.state == "graded" and one.max_score == MAX_SCORE for one in result)
    assert not any(one.flags for one in result)


def test_progress_is_told_for_each_submission(graded):
    _, _, seen = graded
    assert [done for done, _, _ in seen] == [1, 2, 3, 4, 5]
    assert {total for _, total, _ in seen} == {5}


def test_the_gradebook_is_nbgraders(graded):
    root, _, _ = graded
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "perfect").score == 16
        grades = {
            grade.name: grade for grade in gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "perfect").grades
        }
        answer = grades["text-90-05-why"]
        assert answer.auto_score is None and answer.needs_manual_grade
        untouched = gradebook.find_grade("text-90-05-why", ASSIGNMENT, ASSIGNMENT, "blank")
        assert untouched.auto_score == 0 and not untouched.needs_manual_grade
        assert gradebook.find_comment("90-04-total", ASSIGNMENT, ASSIGNMENT, "blank").comment == "No response."
        assert gradebook.find_comment("90-04-total", ASSIGNMENT, ASSIGNMENT, "perfect").comment is None


def test_a_test_without_checks_may_give_part_of_its_points(plain_template, tmp_path):
    root = tmp_path / "course"
    shutil.copytree(plain_template, root)
    hand_in(root, "partly", solved(root, words="def words(text):\n    return text.split()"))
    result = grade(root, ASSIGNMENT, workers=1)["partly"]
    assert result.scores["test-90-03-words"] == 2
    assert result.score == 14


def test_the_autograded_notebook_is_there_with_its_outputs(graded):
    root, _, _ = graded
    path = root / "autograded" / "syntax" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    cell = next(c for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "test-90-02-shift")
    assert cell["outputs"][0]["ename"] == "CheckFailed"
    assert "secret_input" in json.dumps(nb)  # the grader's edition has the hidden tests


def test_feedback_says_what_failed_and_shows_no_test_code(graded):
    root, _, _ = graded
    page = (root / "feedback" / "half" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "8 of 20 points" in page
    assert "90.4 total" in page and "not written yet" in page
    for word in ("secret_input", "HIDDEN", "with Checks", "Traceback", str(root)):
        assert word not in page


def test_feedback_names_the_earlier_exercise_that_is_to_blame(graded):
    root, result, _ = graded
    failed = {item.number: item for item in result["loops"].exercises if item.message}
    assert failed["90.4"].because == "90.1" and failed["90.1"].because == ""
    page = (root / "feedback" / "loops" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "uses 90.1, which is not right yet" in page


def own(number, source):
    return OwnCell(number, frozenset(qualified_names(source)), source)


RELU = "class ReLU:\n    def forward(self, x):\n        return np.maximum(x, None)"
TANH = "class Tanh:\n    def forward(self, x):\n        return np.tanh(y)"
SUM = "@method_of(Tensor)\ndef sum(self):\n    return None"
CHAIN = "class Chain:\n    def run(self, x):\n        for layer in self.layers:\n            x = layer.forward(x)\n        return x"


@pytest.mark.parametrize(
    ("cells", "message", "because"),
    [
        ([RELU, TANH], "", ""),  # a `forward` of its own, and one of another class
        ([RELU, TANH, CHAIN], "", ""),  # whose `forward` is called is not known
        ([RELU, CHAIN], "", "02.1"),
        ([RELU, TANH, "def f(x):\n    return ReLU.forward(None, x)"], "", "02.1"),
        ([RELU, TANH, CHAIN], "  in        forward, line 3: return np.maximum(x, None)", "02.1"),
        ([RELU, TANH, CHAIN], "  in        forward, line 3: return np.tanh(y)", "02.2"),
        ([RELU, RELU.replace("ReLU", "Other"), CHAIN], "  in        forward, line 3: return np.maximum(x, None)", ""),
        ([RELU, TANH], "  in        forward, line 3: return np.tanh(y)", ""),
        ([SUM, "def mean(x):\n    return np.sum(x) / sum(x.shape)"], "", ""),  # NumPy's, Python's
        ([SUM, "def mean(x):\n    return x.sum() / x.size"], "", "02.1"),
        ([RELU, CHAIN], "  to do     02.7 Chain: write it", "02.7"),
        (["def f(x):\n    return x", "def g(x):\n    f = x\n    return f"], "", ""),  # a variable
        (["def f(x):\n    return x", "def g(x):\n    return f(x)"], "", "02.1"),
        ([RELU, "def f(x):\n    return x", CHAIN.replace("forward", "f")], "", ""),
    ],
)
def test_a_method_that_several_exercises_define_blames_none_of_them(cells, message, because):
    exercises = [own(f"02.{at}", source) for at, source in enumerate(cells, 1)]
    numbers = [exercise.number for exercise in exercises]
    assert blamed(numbers[-1], f"02.9: wrong\n{message}", exercises, numbers) == because


def test_a_failed_check_shows_its_card(root):
    hand_in(root, "wrong", solved(root, double="def double(x):\n    return np.asarray(x) ** 2"))
    result = grade(root, ASSIGNMENT, workers=1)["wrong"]
    card = result.exercises[0].message
    assert card.startswith("90.1 double: the result came out wrong")
    assert "expected" in card and "look at" in card and "Is every number twice as large?" in card


def test_a_demo_cell_is_not_run(graded):
    _, result, _ = graded
    assert result["perfect"].state == "graded"  # the demo raises SystemExit


def test_the_table_lists_everybody(graded):
    from rich.console import Console

    _, result, _ = graded
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(result.table())
    text = console.export_text()
    assert all(one.student in text for one in result) and "16 / 20" in text


def test_the_closing_line_counts_and_begins_with_who_waits_for_a_person(graded):
    _, result, _ = graded
    assert result.closing == "5 submissions: 3 with answers to grade by hand, 5 graded."
    broken = SubmissionResult("broken", ASSIGNMENT, "needs a person", flags=["odd"], seconds_late=7200)
    mended = SubmissionResult("mended", ASSIGNMENT, "graded with repairs")
    more = replace(result, results=[*result.results, broken, mended])
    assert more.closing == (
        "7 submissions: 1 need a person, 1 worth a look, 3 with answers to grade by hand, 6 graded, 1 of them repaired, 1 late."
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"assignment": "07_nothing"}, "does not know the assignment"),
        ({"submitted": "nowhere"}, "there is no folder"),
        ({"memory": "a lot"}, "not an amount of memory"),
        ({"memory": "1M"}, "too little"),
        ({"timeout": 0}, "no time"),
        ({"workers": 0}, "cannot grade"),
        ({"students": ["nobody"]}, "no submission from nobody"),
    ],
)
def test_wrong_usage_is_refused_in_one_sentence(root, options, words):
    hand_in(root, "one", solved(root))
    options = {"assignment": ASSIGNMENT, **options}
    with pytest.raises(CourseError, match=words):
        grade(root, **options)


def test_a_course_without_a_gradebook_is_refused(tmp_path):
    with pytest.raises(CourseError, match="no gradebook"):
        grade(tmp_path, ASSIGNMENT)
    assert not list(tmp_path.iterdir())
