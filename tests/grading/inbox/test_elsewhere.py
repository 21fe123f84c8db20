"""Answers that stand where nobody looked: merged cells, a cell beside, the question's own cell, pictures."""

from __future__ import annotations

import json

import pytest

from tests.grading.grading_course import ASSIGNMENT, SOLUTIONS, code, find, solved
from tinytorch_course.grading.assignment import course_directory, read_source
from tinytorch_course.grading.marking.prepare import prepare
from tinytorch_course.grading.records.gradebook import autograded_notebook

WHY = "text-90-05-why"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


@pytest.fixture(scope="module")
def source(template):
    return read_source(course_directory(template), ASSIGNMENT)


@pytest.fixture
def right(template):
    return solved(template)


@pytest.fixture
def blank(template):
    """All right but 90.3, whose cell is as it was handed out."""
    return solved(template, words=None)


def prepared(nb, source):
    return prepare(json.dumps(nb).encode(), source)


def run_of(nb, source):
    """What the notebook's code defines in the end, and the answer's text; the tests' cells are left out."""
    one = prepared(nb, source)
    names: dict[str, object] = {}
    for cell in one.cells:
        if cell.run and cell.cell_type == "code" and cell.name in (None, "90-class", *SOLUTIONS):
            exec("import numpy as np\n" + cell.source, names)
        if cell.name == "test-90-03-words":
            names["when tested"] = names.get("words")
    return one, names


def said(one):
    return any("was found in another" in repair for repair in one.repairs)


def markdown(text):
    return {"cell_type": "markdown", "metadata": {}, "id": "mine", "source": text}


@pytest.mark.parametrize("host", ["90-01-double", "90-02-shift", "90-04-total"])
def test_code_merged_into_another_answers_cell_counts_in_its_own_place(source, right, host):
    """Catches: the stub that is put back overrides what was merged."""
    find(right, host)["source"] += "\n\n\n" + SOLUTIONS["90-03-words"]
    right["cells"].remove(find(right, "90-03-words"))
    one, names = run_of(right, source)
    assert names["words"]("A b") == ["a", "b"] and names["when tested"] is not None
    assert names["when tested"]("A b") == ["a", "b"] and said(one) and not any("put back" in r for r in one.repairs)


@pytest.mark.parametrize("host", ["test-90-03-words", "test-90-04-total", "90-class"])
def test_code_written_into_a_given_or_a_test_cell_counts(source, blank, host):
    """Catches: an original put back throws away the student's work with the cell."""
    find(blank, host)["source"] += (
        "\n\nimport string\n\nLOW = str.lower\n\n\ndef words(text):\n    return LOW(text).split()"
    )
    one, names = run_of(blank, source)
    assert names["when tested"]("A b") == ["a", "b"] and said(one)


@pytest.mark.parametrize("step", [0, 1, 3])
def test_code_in_a_new_cell_above_or_below_the_untouched_one_counts(source, blank, step):
    """Catches: the stub defined later overrides the cell above; the cell below its test comes too late."""
    at = blank["cells"].index(find(blank, "90-03-words")) + step
    blank["cells"].insert(at, code("@staticmethod\ndef nothing():\n    pass\n\n\n" + SOLUTIONS["90-03-words"]))
    one, names = run_of(blank, source)
    assert names["when tested"]("A b") == ["a", "b"] and said(one)


def test_what_another_cell_defines_anyway_is_no_answer(source, blank, right):
    """Catches: a stub, or a name that the other cell has in the release too, is taken for an answer."""
    stub = source.by_name()["90-03-words"].source
    blank["cells"].insert(1, code(stub))
    assert not said(prepared(blank, source)) and not said(prepared(right, source))
    find(right, "90-04-total")["source"] = (
        "def total(values):\n    return words('a')\n\n\ndef words(text):\n    return 7"
    )
    one, names = run_of(right, source)  # 90.3 was answered in its own cell: that one is tested
    assert names["when tested"]("A b") == ["a", "b"] and not said(one)


ANSWER = "Doubling is linear, so the order makes no difference."


def text_of(nb, source):
    one = prepared(nb, source)
    return next(cell for cell in one.cells if cell.name == WHY), one


@pytest.mark.parametrize("step", [0, 1])
def test_a_text_answer_in_a_new_cell_beside_its_own_reaches_the_person_who_grades(template, source, step):
    """Catches: an unchanged answer cell counts as no answer."""
    nb = solved(template, why=None)
    nb["cells"].insert(nb["cells"].index(find(nb, WHY)) + step, markdown(ANSWER))
    cell, one = text_of(nb, source)
    assert cell.source == ANSWER and said(one)


@pytest.mark.parametrize("text", [ANSWER, f"# {ANSWER}"])
def test_a_text_answer_in_a_code_cell_or_below_the_question_does_too(template, source, text):
    nb = solved(template, why=None)
    nb["cells"].append(code(text))
    assert text_of(nb, source)[0].source == text
    nb = solved(template, why=None)
    find(nb, "90-text-2")["source"] += f"\n\n{text}"
    assert text_of(nb, source)[0].source == text


@pytest.mark.parametrize("text", ["double([1, 2])", "", "   "])
def test_code_that_was_tried_out_below_is_no_text_answer(template, source, text):
    """Catches: every blank answer with a scratch cell below costs a person's time."""
    nb = solved(template, why=None)
    nb["cells"].append(code(text))
    cell, one = text_of(nb, source)
    assert cell.source == source.by_name()[WHY].source and not said(one)


def test_a_pasted_picture_stays_and_what_is_none_does_not(template, source):
    """Catches: attachments dropped; an attachment that a browser would run kept."""
    nb = solved(template, why="![sketch](attachment:sketch.png)")
    find(nb, WHY)["attachments"] = {
        "sketch.png": {"image/png": PIXEL},
        "page": {"text/html": "<script>x</script>"},
        "drawing": {"image/svg+xml": "PHN2Zz4="},
        "bad": {"image/png": '"><script>'},
        "odd": 7,
    }
    cell, one = text_of(nb, source)
    assert cell.attachments == {"sketch.png": {"image/png": PIXEL}}
    notebook = autograded_notebook(source, one, None)
    graded = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == WHY)
    assert graded.attachments == {"sketch.png": {"image/png": PIXEL}}


def test_a_picture_in_a_new_cell_comes_with_its_text(template, source):
    nb = solved(template, why=None)
    nb["cells"].append(markdown("![x](attachment:a.png)") | {"attachments": {"a.png": {"image/png": PIXEL}}})
    assert text_of(nb, source)[0].attachments == {"a.png": {"image/png": PIXEL}}


@pytest.mark.parametrize("attachments", [None, [], "x", {"a": None}, {"a": {"image/png": 3}}, {"\ud800": {}}])
def test_malformed_attachments_are_no_obstacle(right, source, attachments):
    find(right, WHY)["attachments"] = attachments
    assert text_of(right, source)[1].refused is None


def test_the_editions_own_prose_is_nobodys_answer(root):
    """A question and what is explained between two graded cells have no grade id in a real module."""
    path = root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    at = next(
        i
        for i, cell in enumerate(nb["cells"])
        if cell["metadata"].get("nbgrader", {}).get("grade_id", "").startswith("text-")
    )
    nb["cells"].insert(
        at, {"cell_type": "markdown", "id": "prose", "metadata": {}, "source": "### 90.5 Why?\n\nSay why."}
    )
    path.chmod(0o644)
    path.write_text(json.dumps(nb), encoding="utf-8")
    source = read_source(course_directory(root), ASSIGNMENT)
    blank = prepare(json.dumps(nb).encode(), source)
    assert not [repair for repair in blank.repairs if "did not stand" in repair]
    nb["cells"][at]["source"] += "\n\nBecause the gradient is a sum."
    below = prepare(json.dumps(nb).encode(), source)
    (answer,) = [cell.source for cell in below.cells if (cell.name or "").startswith("text-")]
    assert answer == "Because the gradient is a sum."


PROSE = (
    "### 90.6 Further on\n\nAdding rules work out for any array at all. Multiply one by two and look at what you get."
)


def with_prose(root):
    """The course as a real module has it: its prose and the question have no grade ids."""
    path = root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        cell["source"] = "".join(cell["source"])
    question = "### 90.5 In your own words\n\nSay in two to five sentences why doubling commutes with adding."
    nb["cells"].insert(nb["cells"].index(find(nb, WHY)), markdown(question))
    nb["cells"].append(markdown(PROSE))
    path.chmod(0o644)
    path.write_text(json.dumps(nb), encoding="utf-8")
    return nb, read_source(course_directory(root), ASSIGNMENT)


@pytest.mark.parametrize("edited", [("", ""), ("two", "three"), (" in ", "\n")])
def test_a_deleted_text_answer_comes_back_empty_whatever_prose_stands_there(root, edited):
    """Catches: the question itself, or what is explained after it, becomes the answer and costs a person's time."""
    nb, source = with_prose(root)
    at = nb["cells"].index(find(nb, WHY))
    for cell in nb["cells"]:
        if cell["source"].startswith("### 90.") and "nbgrader" not in cell["metadata"]:
            cell["source"] = cell["source"].replace(*edited)
    find(nb, "90-text-2")["metadata"] = {}
    del nb["cells"][at]
    cell, one = text_of(nb, source)
    assert cell.added and cell.source == source.by_name()[WHY].source
    assert one.repairs == ("cells were missing and put back: answer 90.5",)


def test_a_text_answer_whose_marks_are_lost_is_found_between_edited_prose(root):
    """Catches: what keeps the edition's words from being an answer keeps the student's from it too."""
    nb, source = with_prose(root)
    answer = find(nb, WHY)
    answer["source"], answer["metadata"] = ANSWER, {}
    nb["cells"][-1]["source"] = PROSE.replace("two", "three")
    cell, one = text_of(nb, source)
    assert cell.source == ANSWER and any("found again by content" in repair for repair in one.repairs)


def test_what_was_written_into_edited_prose_is_an_answer_without_the_prose(root):
    nb, source = with_prose(root)
    nb["cells"].remove(find(nb, WHY))
    nb["cells"][-1]["source"] = PROSE.replace("two", "three") + f"\n{ANSWER}\n"
    assert text_of(nb, source)[0].source == ANSWER
