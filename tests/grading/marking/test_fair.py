"""One mistake costs one exercise, and the feedback says what it was; it carries no hidden test, in whatever code."""

from __future__ import annotations

import base64
import shutil

import pytest

from tests.grading.grading_course import ASSIGNMENT, code, find, hand_in, released, solved
from tinytorch_course.base.code import unreadable
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.marking.blame import OwnCell, blamed
from tinytorch_course.grading.marking.feedback_text import advice

# A cell that a student adds after the imports, and what it takes.
TAKEN = {
    "sum": "sum = 3",
    "numpy": "np = None",
    "builtin-list": "callable = list = [1, 2]",
    "loop": "for sum in range(3):\n    pass",
    "function": "def sum(values, more):\n    return 'mine'",
    "checks": "Checks = None",
    "another-import": "import math as np",
}

# Student code that wants a hidden test to reach its feedback page. `@` is the text to carry.
CARRIERS = {
    "plain": "@",
    "base64": "__import__('base64').b64encode(@.encode()).decode()",
    "hex": "@.encode().hex()",
    "reversed": "@[::-1]",
    "spaced": "' '.join(@)",
    "numbers": "' '.join(str(ord(each)) for each in @)",
    "words": "' '.join('zero one'.split()[int(bit)] for bit in format(int(@.encode().hex(), 16), 'b'))",
}
SOURCES = {
    "in": "In[-1][-300:-200]",
    "history": "get_ipython().user_ns['_ih'][-1][-300:-200]",
    "lines": "__import__('linecache').getlines(__import__('sys')._getframe(1).f_code.co_filename)[-4].strip()",
    "constants": "str(__import__('sys')._getframe(1).f_code.co_consts)[-180:-80]",
}
BEARERS = {
    "message": "def double(x):\n    raise ValueError({})",
    "result": "def double(x):\n    return {}",
    "card": "def double(x):\n    from tinytorch.checks import CheckFailed\n    raise CheckFailed('90.1', 'double', {})",
    "name": "def double(x):\n    raise type({}, (Exception,), {{}})('x')",
    "shape": "def double(x):\n    text = {}\n    return np.array([float(ord(each)) for each in text[:20]])",
}


@pytest.fixture(scope="module")
def graded(plain_template, tmp_path_factory):
    root = tmp_path_factory.mktemp("fair") / "course"
    shutil.copytree(plain_template, root)
    for name, text in TAKEN.items():
        nb = solved(root)
        nb["cells"].insert(3, code(text))
        hand_in(root, f"taken-{name}", nb)
    hand_in(root, "in-an-exercise", solved(root, double="np = 3\n\ndef double(x):\n    return 2 * np.asarray(x)"))
    hand_in(
        root, "wanted", solved(root, words="sorted = str.lower\n\ndef words(text):\n    return sorted(text).split()")
    )
    nb = solved(root, double="def double(x):\n    return 3 * np.asarray(x)")
    nb["cells"].insert(3, code("np = None"))
    hand_in(root, "taken-and-wrong", nb)
    hand_in(root, "exits", solved(root, double="def double(x):\n    exit()", shift="import sys\nsys.exit(0)"))
    hand_in(root, "scipy", solved(root, double="import scipy_of_another_world.special\ndef double(x):\n    return x", words="def words(text):\n    import scipy_of_another_world\n"))  # fmt: skip
    hand_in(root, "syntax", solved(root, shift="class Shift(Box):\n    def apply(self, x):\n        return x +* 3"))
    hand_in(root, "definition", solved(root, shift="class Shift(Bux):\n    pass"))
    hand_in(root, "does-more", solved(root, double="def double(x):\n    return x / 0\nprint(double(1))"))
    for bearer, body in BEARERS.items():
        for source, text in SOURCES.items():
            for carrier, way in CARRIERS.items():
                if source == "in" or carrier == "base64" or (bearer == "message" and carrier in ("spaced", "plain")):
                    how = way.replace("@", f"({text})")
                    hand_in(root, f"leak-{bearer}-{source}-{carrier}", solved(root, double=body.format(how)))
    cell = solved(root)
    find(cell, "90-04-total")["source"] = "raise ValueError(' '.join(In[-5]))"
    hand_in(root, "leak-cell", cell)
    result = grade(root, ASSIGNMENT, timeout=6, workers=2, progress=False)
    return root, result


def page(root, student):
    return (root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TAKEN)
def test_a_name_that_a_cell_takes_costs_no_exercise(graded, name):
    root, result = graded
    one = result[f"taken-{name}"]
    assert one.score == 16, one
    assert not one.flags
    (repair,) = one.repairs
    assert "cell 4 gives" in repair and "another meaning" in repair
    assert "cell 4 gives" in page(root, one.student)


def test_a_name_taken_by_an_exercise_costs_that_exercise_and_it_says_why(graded):
    _, result = graded
    one = result["in-an-exercise"]
    assert {item.number: item.score for item in one.exercises[:4]} == {"90.1": 0, "90.2": 4, "90.3": 4, "90.4": 4}
    assert "gives `np` (line 1) another meaning" in one.exercises[0].message


def test_a_name_taken_on_purpose_keeps_its_new_meaning(graded):
    _, result = graded
    assert result["wanted"].score == 16 and not result["wanted"].repairs and not result["wanted"].flags


def test_a_mistake_behind_a_taken_name_is_shown(graded):
    _, result = graded
    one = result["taken-and-wrong"]
    assert one.scores["test-90-01-double"] == 0 and one.scores["test-90-02-shift"] == 4
    assert one.exercises[0].message.startswith("90.1 double: the result came out wrong")


def test_exit_is_explained(graded):
    _, result = graded
    one = result["exits"]
    assert "ended Python with exit()" in one.exercises[0].message
    assert "The cell of this exercise stopped: your code ended Python with exit()" in one.exercises[1].message


def test_a_package_that_the_course_does_not_have_is_explained(graded):
    _, result = graded
    one = result["scipy"]
    for item in (one.exercises[0], one.exercises[2]):
        assert "is not part of the course: the exercises need Python and NumPy only" in item.message, item


def test_a_syntax_error_is_shown_with_its_line(graded):
    _, result = graded
    assert "is not Python: invalid syntax, in line 3: return x +* 3" in result["syntax"].exercises[1].message


def test_an_error_of_a_definition_is_shown_and_another_one_by_its_kind(graded):
    _, result = graded
    assert (
        "stopped with a NameError: `Bux` is not defined, in line 1: class Shift(Bux)"
        in result["definition"].exercises[1].message
    )
    assert "stopped with a ZeroDivisionError, in line 3: print(double(1))." in result["does-more"].exercises[0].message


def test_no_coding_carries_a_hidden_test_to_the_page(graded, template):
    root, result = graded
    names = [one.student for one in result if one.student.startswith("leak-")]
    assert len(names) > 50
    secrets = ("secret_input", "check.hidden", "check.equal", "17.25", "34.5", "negative numbers")
    for name in names:
        text = page(root, name)
        for secret in secrets:
            for coded in (
                secret,
                base64.b64encode(secret.encode()).decode().rstrip("=")[:-2],
                secret.encode().hex(),
                secret[::-1],
                " ".join(secret),
                " ".join(str(ord(each)) for each in secret),
            ):
                assert coded not in text, (name, secret)
        assert "one zero one" not in text and "one zero zero" not in text, name


def test_an_error_is_told_by_its_kind_and_the_line_that_raised_it(root):
    """Its message is not: code that a submission runs could put a hidden test there. The line is in the notebook."""
    hand_in(root, "honest", solved(root, double="def double(x):\n    raise ValueError(f'give me {x}')"))
    message = grade(root, ASSIGNMENT, workers=1, progress=False)["honest"].exercises[0].message
    assert message.startswith("90.1 double: your code raised a ValueError\n")
    assert "double, line 2: raise ValueError(f'give me {x}')" in message and "give me [1.0" not in message


def test_a_blank_notebook_says_what_is_to_be_written(root):
    hand_in(root, "blank", released(root))
    messages = [item.message for item in grade(root, ASSIGNMENT, workers=1, progress=False)["blank"].exercises]
    assert "not written yet" in messages[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ModuleNotFoundError: No module named 'scipy'", "scipy is not part of the course"),
        ("90.1 f: your code raised an error\n  error     ModuleNotFoundError: No module named 'torch.nn'", "torch.nn is"),
        ("ModuleNotFoundError: No module named 'tinytorch.core.optimizers'", "a later module"),
        ("ValueError: no", ""),
    ],
)  # fmt: skip
def test_advice_for_errors_that_the_course_knows(text, words):
    assert words in advice(text) and bool(advice(text)) == bool(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = (1,\ny = 2", "'(' was never closed, in line 1"),
        ("def f():\nreturn 1", "in line 2: return 1"),
        ("x = 1\0", "null bytes"),
        ("-" * 200_000 + "1", "nested too deeply"),
        ("x = 1", ""),
    ],
)
def test_what_is_not_python_is_said_with_the_line(text, words):
    found = unreadable(text)
    assert words in found and bool(found) == bool(words)


@pytest.mark.parametrize(
    ("row", "exercise"),
    [
        ("in        total, line 2: return first(x) + second(x)", "90.1"),  # both are used, neither is named
        ("in        second, line 2: return x.nothing", "90.2"),
        ("in        total, line 2: return first(x) + second(x)\n  calls     second, line 2: return x.nothing", "90.2"),
    ],
)
def test_the_innermost_line_of_a_card_says_which_earlier_exercise_it_was(row, exercise):
    cells = [
        OwnCell("90.1", frozenset({"first"}), "def first(x):\n    return x.something"),
        OwnCell("90.2", frozenset({"second"}), "def second(x):\n    return x.nothing"),
        OwnCell("90.3", frozenset({"total"}), "def total(x):\n    return first(x) + second(x)"),
    ]
    card = f"90.3 total: your code raised an error\n  error     AttributeError: x\n  {row}"
    assert blamed("90.3", card, cells, {"90.1", "90.2", "90.3"}) == exercise
