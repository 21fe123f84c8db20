"""The class's table comes after the first grading: nobody is there twice, and what people have entered stays."""

from __future__ import annotations

import csv
import io
import json

from nbgrader.api import Gradebook

from tests.grading.grading_course import ASSIGNMENT, solved
from tests.grading.inbox.test_collect import CANVAS, NOTEBOOK, graded, put, zip_of
from tinytorch_course.grading.records.report import make_report


def remarks(root):
    path = make_report(root, ASSIGNMENT).page.with_name("remarks.csv")
    return {row["student"]: row for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))}


def test_a_table_given_later_doubles_nobody_and_keeps_points_given_by_hand(root, tmp_path):
    """Catches: an old and a new entry of each student; points of people lost with the old one."""
    right = json.dumps(solved(root))
    members = [
        (f"lovelaceada_12345_70_{NOTEBOOK}", right, 9),
        ("Charles Babbage.ipynb", right, 9),
        ("eve.ipynb", "{", 9),
    ]
    archive = zip_of(tmp_path / "class.zip", members)
    graded(root, submitted=archive)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        book.find_grade("text-90-05-why", ASSIGNMENT, ASSIGNMENT, "lovelaceada_12345").manual_score = 3
        book.db.commit()
    roster = put(tmp_path, "class.csv", CANVAS)
    make_report(root, ASSIGNMENT, roster=roster)
    assert set(remarks(root)) == {"lovelaceada_12345", "Charles Babbage", "eve", "grace"}  # each once, under old names
    result = graded(root, submitted=archive, roster=roster)
    assert {one.student: one.score for one in result} == {"ada@uni.example": 19, "charles": 16, "eve": 0}
    assert result["ada@uni.example"].cached
    found = remarks(root)
    assert set(found) == {"ada@uni.example", "charles", "eve", "grace"} and found["ada@uni.example"]["score"] == "19"
    assert {path.name for path in (root / "submitted").iterdir()} == {"ada@uni.example", "charles", "eve"}
    assert {one.student for one in graded(root)} == {"ada@uni.example", "charles", "eve"}  # from the copies
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        assert {student.id for student in book.students} == {"ada@uni.example", "charles", "eve"}


def test_a_team_is_graded_as_one_and_not_as_copied(root, tmp_path):
    """Catches: only one of the team gets points; the report says of a team that they copied; a helper file is lost."""
    inbox = tmp_path / "inbox"
    helper = "from helper import lower\n\n\ndef words(text):\n    return lower(text).split()"
    put(inbox, f"team1/{NOTEBOOK}", json.dumps(solved(root, words=helper)))
    put(inbox, "team1/helper.py", "lower = str.lower\n")
    roster = put(tmp_path, "teams.csv", "team,student\nteam1,ann\nteam1,bob\n")
    for options in ({"submitted": inbox, "roster": roster}, {"force": True}):  # the second from the copies
        assert {one.student: (one.score, one.team) for one in graded(root, **options)} == {
            "ann": (16, ["ann", "bob"]),
            "bob": (16, ["ann", "bob"]),
        }
    assert "ann and bob" not in make_report(root, ASSIGNMENT).page.read_text(encoding="utf-8")
