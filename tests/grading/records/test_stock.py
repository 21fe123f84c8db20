"""nbgrader's own commands on the same course: the same grades, cell by cell, and the sandbox under `nbgrader autograde`."""

from __future__ import annotations

import json
import shutil

import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import notebook_hash

from tests.grading.grading_course import ASSIGNMENT, code, hand_in, nbgrader, released, solved
from tinytorch_course.grading.grade import grade

pytestmark = pytest.mark.slow

SANDBOX = """
from tinytorch_course.base.nbgrader_setup import AUTOGRADE_PREPROCESSORS
c.Autograde.autograde_preprocessors = AUTOGRADE_PREPROCESSORS
c.Execute.timeout = 5
"""
PLAIN = "c.Execute.timeout = 5\n"


def honest_class(root):
    hand_in(root, "perfect", solved(root))
    hand_in(root, "blank", released(root))
    hand_in(root, "half", solved(root, words=None, total=None, why=None))
    hand_in(root, "syntax", solved(root, shift="class Shift(Box:\n    pass"))
    hand_in(root, "partly", solved(root, words="def words(text):\n    return text.split()"))
    hand_in(root, "wrong", solved(root, double="def double(x):\n    return np.asarray(x) ** 2"))
    hand_in(root, "loops", solved(root, shift="class Shift(Box):\n    def apply(self, x):\n        while True: pass"))
    extra = solved(root)
    extra["cells"].insert(3, code("helper = 2\n%precision 3\nprint('hi')"))
    hand_in(root, "extra", extra)


def written(root):
    """All that the gradebook holds about the class."""
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        grades, comments = {}, {}
        for submission in gradebook.assignment_submissions(ASSIGNMENT):
            notebook = submission.notebooks[0]
            for item in notebook.grades:
                grades[submission.student.id, item.name] = (
                    item.auto_score,
                    item.manual_score,
                    item.needs_manual_grade,
                    item.failed_tests,
                )
            for item in notebook.comments:
                comments[submission.student.id, item.name] = item.comment
            grades[submission.student.id, "penalty"] = notebook.late_submission_penalty
        return grades, comments


@pytest.fixture(scope="module")
def three(plain_template, tmp_path_factory):
    """The same class graded by stock nbgrader, by stock nbgrader in the sandbox, and by us."""
    roots = {}
    for name, config in (("stock", PLAIN), ("boxed", SANDBOX), ("ours", "")):
        root = roots[name] = tmp_path_factory.mktemp(name) / "course"
        shutil.copytree(plain_template, root)
        with open(root / "nbgrader_config.py", "a", encoding="utf-8") as file:
            file.write(config)
        honest_class(root)
        if name == "boxed":
            spy = solved(root)
            peek = f"print(len(open({str(root / 'gradebook.db')!r}, 'rb').read()))"
            spy["cells"].insert(3, code(f"import os\nprint(os.getuid(), os.listdir('/'))\n{peek}"))
            hand_in(root, "spy", spy)
        if name != "ours":
            nbgrader(root, "autograde", ASSIGNMENT)
    result = grade(roots["ours"], ASSIGNMENT, timeout=5, workers=2)
    return roots, result


def test_honest_submissions_get_the_grades_of_stock_nbgrader_cell_by_cell(three):
    roots, result = three
    assert len(result.results) == 8
    assert written(roots["ours"]) == written(roots["stock"])


def test_nbgrader_autograde_runs_in_the_sandbox_by_configuration_alone(three):
    roots, _ = three
    boxed, stock = written(roots["boxed"]), written(roots["stock"])
    for mine, theirs in zip(boxed, stock):
        assert {key: value for key, value in mine.items() if key[0] != "spy"} == theirs
    path = roots["boxed"] / "autograded" / "spy" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    (cell,) = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if "listdir" in "".join(c["source"])]
    assert "FileNotFoundError" in json.dumps(cell["outputs"]) and "sockets" in json.dumps(cell["outputs"])


def test_stock_commands_go_on_from_our_results(three):
    roots, _ = three
    root = roots["ours"]
    shutil.rmtree(root / "feedback")
    nbgrader(root, "generate_feedback", ASSIGNMENT)
    page = (root / "feedback" / "half" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "Score: 8.0 / 20.0" in page
    nbgrader(root, "export", "--to", "grades.csv")
    assert "perfect" in (root / "grades.csv").read_text(encoding="utf-8")
    before = written(root)
    nbgrader(root, "autograde", ASSIGNMENT)  # finds everything autograded, does nothing
    assert written(root) == before


def test_a_regrade_by_stock_nbgrader_comes_to_the_same(three):
    roots, _ = three
    root = roots["ours"]
    before = written(root)
    with open(root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(PLAIN)
    nbgrader(root, "autograde", ASSIGNMENT, "--force", "--student", "partly")
    assert written(root) == before


def test_feedback_of_a_class_that_came_on_several_ways_is_released(root, tmp_path):
    """Through the exchange and without it: nobody stops the others, with our pages and with nbgrader's."""
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    beside = hand_in(root, "ann", solved(root)).parent
    (beside / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC", encoding="utf-8")
    (beside / "submission_secret.txt").write_text("ann's secret", encoding="utf-8")
    hand_in(root, "bob", solved(root, words=None))
    hand_in(root, "cut", b"{")
    grade(root, ASSIGNMENT, workers=1)
    names = {
        student: notebook_hash(secret=secret_of(root, student), notebook_id=ASSIGNMENT) for student in ("ann", "bob")
    }
    assert names["ann"] == notebook_hash(secret="ann's secret", notebook_id=ASSIGNMENT)
    options = ("release_feedback", ASSIGNMENT, f"--Exchange.root={exchange}", "--course", "sample")
    nbgrader(root, *options)
    released_pages = exchange / "sample" / "feedback"
    assert len(list(released_pages.glob("*.html"))) == 3
    assert "16 of 20 points" in (released_pages / f"{names['ann']}.html").read_text(encoding="utf-8")

    (beside / "submission_secret.txt").write_text("another secret", encoding="utf-8")  # she has handed in again
    secret = secret_of(root, "bob")
    grade(root, ASSIGNMENT, workers=1, force=True)
    assert secret_of(root, "ann") == "another secret" and secret_of(root, "bob") == secret
    nbgrader(root, "generate_feedback", ASSIGNMENT, "--force")
    nbgrader(root, *options)
    page = (released_pages / f"{names['bob']}.html").read_text(encoding="utf-8")
    assert "Score: 12.0 / 20.0" in page or "Score: 8.0 / 20.0" in page


def secret_of(root, student):
    return (root / "feedback" / student / ASSIGNMENT / "submission_secret.txt").read_text(encoding="utf-8")
