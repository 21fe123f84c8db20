"""The page of the term: its figures against a gradebook whose points are known."""

from __future__ import annotations

import json
import re
from dataclasses import asdict

import pytest
from nbgrader.api import Gradebook

from tests.grading.grading_course import ASSIGNMENT
from tinytorch_course.base.errors import CourseError
from tinytorch_course.grading.assignment import Assignment
from tinytorch_course.grading.model import PERSON, SubmissionResult
from tinytorch_course.grading.records.report import make_report
from tinytorch_course.grading.records.term import Line, Mark, Module, make_term_report, term_page

TEXT = "text-90-05-why"
# student: points of the four tests of 90 (None: not handed in) and of its text answer (None: nobody has read it), of 91
POINTS = {
    "ada": ((4, 4, 4, 4), 3, 10),
    "ben": ((4, 4, 0, 0), None, 2),
    "cleo": (None, None, 8),
    "dan": ((4, 0, 0, 0), 0, None),
}
ROSTER = (
    "Student,ID,SIS User ID,SIS Login ID,Section\nLovelace Ada,1,,ada,Monday\nB,2,,ben,Monday\nC,3,,cleo,Friday\n"
    "D,4,,dan,Friday\nE,5,,eve,Friday\n"
)


def store(root, assignment, student, **about):
    path = Assignment.open(root, assignment).stored(student)
    path.parent.mkdir(parents=True, exist_ok=True)
    result = SubmissionResult(student, assignment, about.pop("state", "graded"), **about)
    path.write_text(json.dumps({"key": "", "auto": {}, "result": asdict(result)}), encoding="utf-8")


@pytest.fixture
def term(root):
    """Two modules, graded; `eve` is in the class's table only."""
    more = "91_more"
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        book.add_assignment(more)
        book.add_notebook(more, more)
        book.add_grade_cell("test-91-01-all", more, more, max_score=10, cell_type="code")
        book.add_source_cell("test-91-01-all", more, more, cell_type="code")
        names = sorted(
            cell.name for cell in book.find_notebook(ASSIGNMENT, ASSIGNMENT).grade_cells if cell.name != TEXT
        )
        for student, (tests, text, last) in POINTS.items():
            book.add_student(student)
            if tests is not None:
                book.add_submission(ASSIGNMENT, student)
                for name, points in zip(names, tests, strict=True):
                    book.find_grade(name, ASSIGNMENT, ASSIGNMENT, student).auto_score = points
                answer = book.find_grade(TEXT, ASSIGNMENT, ASSIGNMENT, student)
                answer.manual_score, answer.needs_manual_grade = text, text is None
            if last is not None:
                book.add_submission(more, student)
                book.find_grade("test-91-01-all", more, more, student).auto_score = last
        book.find_submission_notebook(more, more, "cleo").late_submission_penalty = 1
        book.db.commit()
    for student, (tests, _, last) in POINTS.items():
        if tests is not None:
            store(root, ASSIGNMENT, student)
        if last is not None:
            store(root, more, student)
    (root / "class.csv").write_text(ROSTER, encoding="utf-8")
    Assignment.open(root, ASSIGNMENT).keep_roster(root / "class.csv")
    return root


def everybody(page):
    part = page.split('<section id="everybody">')[1]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(<td>.*?)</tr>", part)]
    return {row[0]: row[1:6] for row in rows}


def test_points_totals_and_trends_are_the_gradebooks(term):
    page = make_term_report(term).read_text(encoding="utf-8")
    assert everybody(page) == {
        "Lovelace Ada (ada)": ["Monday", "19", "10", "29", "+5"],  # 19 of 20, then all
        "B (ben)": ["Monday", "(8)", "2", "10", "-30"],  # a text answer waits: 8 of 16 so far
        "C (cleo)": ["Friday", "–", "7", "7", ""],  # with the penalty
        "D (dan)": ["Friday", "4", "–", "4", ""],
        "E (eve)": ["Friday", "–", "–", "0", ""],
    }
    assert "2 modules, 5 people, 30 points so far" in page


def test_sections_and_modules_have_the_means_of_those_with_a_score(term):
    page = make_term_report(term).read_text(encoding="utf-8")
    sections = page.split('<section id="sections">')[1].split("</section>")[0]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(<td>.*?)</tr>", sections)]
    assert rows == [["Friday", "3", "20%", "70%"], ["Monday", "2", "72%", "60%"]]
    modules = page.split('<section id="modules">')[1].split("</section>")[0]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row)[:5] for row in re.findall(r"<tr>(<td>.*?)</tr>", modules)]
    assert rows == [[ASSIGNMENT, "3 of 5", "3", "1", "11.0 / 20 so far"], ["91_more", "3 of 5", "3", "0", "6.3 / 10"]]


def test_what_waits_for_a_person_has_no_score_until_somebody_gives_points(term):
    store(term, "91_more", "ben", state=PERSON, reason="cut off")
    assert everybody(make_term_report(term).read_text(encoding="utf-8"))["B (ben)"][2:4] == ["?", "8"]
    with Gradebook(f"sqlite:///{term}/gradebook.db") as book:
        book.find_grade("test-91-01-all", "91_more", "91_more", "ben").manual_score = 6
        book.db.commit()
    assert everybody(make_term_report(term).read_text(encoding="utf-8"))["B (ben)"][2:4] == ["6", "14"]


@pytest.mark.parametrize(
    ("marks", "why"),
    [
        ([Mark(8, 10), Mark(9, 10)], ""),
        ([Mark(None, 10, handed_in=False)] * 3, "never handed in"),
        ([Mark(9, 10), *[Mark(None, 10, handed_in=False)] * 2], "handed in nothing lately"),
        ([Mark(9, 10), Mark(None, 10, handed_in=False)], "did not hand in the last module"),
        ([Mark(9, 10), Mark(4, 10), Mark(3, 10)], "less than 50% of the points lately"),
        ([Mark(9, 10), Mark(4, 10), Mark(3, 10, open=2)], ""),  # it may still grow to half
        ([Mark(9, 10), Mark(4, 10), Mark(3, 10, open=1)], "less than 50% of the points lately"),  # and this may not
        ([Mark(9, 10), Mark(4, 10), Mark(None, 10)], ""),  # nobody has graded the last one
        ([Mark(3, 10), Mark(9, 10)], ""),
    ],
)
def test_who_falls_behind(marks, why):
    assert Line("ada", marks=marks).behind == why


def test_who_is_furthest_behind_comes_first():
    points = {"ada": 3, "ben": 1, "cleo": 9, "dora": 2}
    people = [Line(name, marks=[Mark(number, 10)]) for name, number in points.items()]
    part = (
        term_page([Module("90_sample", 10, 4, 4, 0, 3.75, False, "")], people)
        .split('id="behind"')[1]
        .split('id="everybody"')[0]
    )
    assert re.findall(r"<tr><td>(\w+)", part) == ["ben", "dora", "ada"] and "3 of 4" in part


def test_a_page_of_a_module_is_one_click_away_where_there_is_one(term):
    page = make_term_report(term)
    assert "tinytorch report 91_more" in page.read_text(encoding="utf-8")
    assert 'href="../index.html"' in make_report(term, ASSIGNMENT).page.read_text(encoding="utf-8")  # and back
    other = page.parent / "91_more" / "report.html"
    other.parent.mkdir()
    other.write_text("…", encoding="utf-8")
    assert '<a href="91_more/report.html">91_more</a>' in make_term_report(term).read_text(encoding="utf-8")


def test_a_term_in_which_nothing_was_graded_has_no_page(root):
    with pytest.raises(CourseError, match="nothing has been graded"):
        make_term_report(root)
