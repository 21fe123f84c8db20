"""A small assignment of its own, and a class that hands in all kinds of things."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path

import nbformat

ASSIGNMENT = "90_sample"
MAX_SCORE = 20.0
CONFIG = """
from tinytorch_course.base.nbgrader_setup import PREPROCESSORS
c = get_config()
c.GenerateAssignment.preprocessors = PREPROCESSORS
"""


def _cell(source, kind="code", tags=None, **nbgrader):
    new = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}[kind]
    cell = new(source.strip("\n"))
    if tags:
        cell.metadata["tags"] = tags
    if nbgrader:
        base = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
        cell.metadata["nbgrader"] = {**base, **nbgrader}
    return cell


def given(name, source, kind="code", tags=None):
    return _cell(source, kind, tags, grade_id=name, locked=True)


def exercise(name, source):
    return _cell(source, grade_id=name, solution=True)


def test(name, points, source):
    return _cell(source, grade_id=name, grade=True, locked=True, points=points)


def source_notebook():
    cells = [
        given("90-title", "# Module 90: Sample\n\n> For tests.", "markdown"),
        given("90-imports", "import numpy as np\n\nfrom tinytorch.checks import Checks, bare"),
        given("90-text-1", "### 90.1 Twice\n\nDouble the array.", "markdown"),
        exercise(
            "90-01-double",
            '''
def double(x):
    """Twice `x`, as an array."""
    ### BEGIN SOLUTION 90.1 double: return twice x
    return 2 * np.asarray(x)
    ### END SOLUTION
''',
        ),
        test(
            "test-90-01-double",
            4,
            """
with Checks("90.1", "double") as check:
    check.given(x=[1.0, 2.0], look="Is every number twice as large?")
    check.equal("the result", double([1.0, 2.0]), [2.0, 4.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    secret_input = [-3.5, 0.0, 17.25]
    check.equal("the result for negative numbers", double(secret_input), [-7.0, 0.0, 34.5])
    ### END HIDDEN TESTS
""",
        ),
        given(
            "90-class",
            """
class Box:
    def __init__(self, value):
        self.value = value
""",
        ),
        exercise(
            "90-02-shift",
            '''
class Shift(Box):
    """Adds its value."""

    def apply(self, x):
        ### BEGIN SOLUTION 90.2 Shift.apply: return x plus the value
        return np.asarray(x) + self.value
        ### END SOLUTION
''',
        ),
        test(
            "test-90-02-shift",
            4,
            """
with Checks("90.2", "Shift.apply") as check:
    shifted = bare(Shift, value=3.0).apply([1.0, 2.0])
    check.equal("the result", shifted, [4.0, 5.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the result for a matrix", bare(Shift, value=-1.0).apply(np.ones((2, 3))), np.zeros((2, 3)))
    ### END HIDDEN TESTS
""",
        ),
        given("90-demo", "print('a picture')\nraise SystemExit", tags=["demo"]),
        exercise(
            "90-03-words",
            '''
def words(text):
    """The words of `text`, in lower case."""
    ### BEGIN SOLUTION 90.3 words: return the words in lower case
    return text.lower().split()
    ### END SOLUTION
''',
        ),
        test(
            "test-90-03-words",
            4,
            """
with Checks("90.3", "words") as check:
    check.same("the words", words("A b"), ["a", "b"])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.same("the words of nothing", words(""), [])
    check.same("the words of Aé", words(" Aé "), ["aé"])
    ### END HIDDEN TESTS
""",
        ),
        exercise(
            "90-04-total",
            '''
def total(values):
    """The sum of the doubled values."""
    ### BEGIN SOLUTION 90.4 total: return the sum of the doubled values
    return double(values).sum()
    ### END SOLUTION
''',
        ),
        test(
            "test-90-04-total",
            4,
            """
with Checks("90.4", "total") as check:
    check.equal("the total", total([1.0, 2.0]), 6.0)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the total of nothing", total([]), 0.0)
    ### END HIDDEN TESTS
""",
        ),
        given("90-text-2", "### 90.5 In your own words\n\nWhy does doubling commute with adding?", "markdown"),
        _cell(
            "Because multiplication distributes over addition.",
            "markdown",
            grade_id="text-90-05-why",
            grade=True,
            solution=True,
            points=4,
        ),
    ]
    for position, cell in enumerate(cells):
        cell.id = f"cell-{position}"
    nb = nbformat.v4.new_notebook(cells=cells)
    nb.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nb


PLAIN_TEST = """
assert callable(words)
right = [words("A b") == ["a", "b"], words("") == [], words(" x ") == ["x"], words("Aé") == ["aé"]]
sum(right)
"""


def make_course(root: Path, config: str = "", plain: bool = False) -> Path:
    """A course folder with the assignment generated by nbgrader's own command. With `plain`, the test of 90.3 has no
    checks and gives part of its points, as nbgrader's do."""
    folder = root / "source" / ASSIGNMENT
    folder.mkdir(parents=True)
    nb = source_notebook()
    for cell in nb.cells if plain else []:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "test-90-03-words":
            cell.source = PLAIN_TEST.strip("\n")
    for cell in nb.cells:  # nbgrader wants the answer of a text cell to be replaced
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "text-90-05-why":
            cell.source = f"### BEGIN SOLUTION\n{cell.source}\n### END SOLUTION"
    nbformat.write(nb, folder / f"{ASSIGNMENT}.ipynb")
    (root / "nbgrader_config.py").write_text(CONFIG + config, encoding="utf-8")
    nbgrader(root, "generate_assignment", ASSIGNMENT)
    return root


def nbgrader(root: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
    """Call nbgrader as an instructor would, in an activated environment."""
    import os

    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=root, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    if check and done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return done


# -- what students hand in -----------------------------------------------------------------------------------------


def released(root: Path) -> dict:
    """The student edition as JSON."""
    path = root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        cell["source"] = "".join(cell["source"])
    return nb


def find(nb: dict, name: str) -> dict:
    return next(cell for cell in nb["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == name)


SOLUTIONS = {
    "90-01-double": "def double(x):\n    return 2 * np.asarray(x)",
    "90-02-shift": "class Shift(Box):\n    def apply(self, x):\n        return np.asarray(x) + self.value",
    "90-03-words": "def words(text):\n    return text.lower().split()",
    "90-04-total": "def total(values):\n    return double(values).sum()",
}


def solved(root: Path, **changes: str | None) -> dict:
    """A student's notebook: all right, but for `changes` by grade id (dashes as underscores, without ``90_``).

    None leaves the stub. The text answer is given unless it is changed too.
    """
    nb = copy.deepcopy(released(root))
    answers = {**SOLUTIONS, "text-90-05-why": "Since it is the same as adding it to itself."}
    for key, text in changes.items():
        name = next(name for name in answers if name.replace("-", "_").endswith(key))
        answers[name] = text
    for name, text in answers.items():
        if text is not None:
            find(nb, name)["source"] = text
    return nb


def code(source: str) -> dict:
    """A cell that a student added."""
    return {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
        "id": "added",
    }


def hand_in(root: Path, student: str, nb: dict | bytes | None, name: str = f"{ASSIGNMENT}.ipynb") -> Path:
    """Put a submission where nbgrader collects it."""
    folder = root / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    if nb is not None:
        data = nb if isinstance(nb, bytes) else json.dumps(nb, indent=1).encode()
        (folder / name).write_bytes(data)
    return folder / name
