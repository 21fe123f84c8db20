"""The class's table comes after the first grading: nobody is there twice, and what people have entered stays."""

from __future__ import annotations

import csv
import io
import json

from nbgrader.api import Gradebook

from tests.grading.grading_course import ASSIGNMENT, hand_in, solved
from tests.grading.inbox.test_collect import CANVAS, NOTEBOOK, WORKSHEET, graded, put, zip_of
from tinytorch_course.grading.inbox.kept import Kept
from tinytorch_course.grading.inbox.roster import read_roster
from tinytorch_course.grading.inbox.submission import Submission
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


def keep(root, tmp_path, name, text):
    """A table that was given for another module."""
    Kept(root / ".tinytorch" / "grading", "89_before").keep(put(tmp_path, name, text))


def test_a_gradebook_given_for_another_module_is_filled_in_this_ones_column(root, tmp_path, without_kernels):
    keep(root, tmp_path, "grades.csv", CANVAS)
    members = [(f"lovelaceada_12345_70_{NOTEBOOK}", json.dumps(solved(root)), 9)]
    result = graded(root, submitted=zip_of(tmp_path / "class.zip", members))
    assert [one.student for one in result] == ["ada@uni.example"]
    assert any("2 of 3 in grades.csv handed in nothing here: charles, grace" in note for note in result.notes)
    lines = list(csv.reader(make_report(root, ASSIGNMENT).page.with_name("grades.csv").open(encoding="utf-8")))
    assert lines[0][5:] == ["Module 90: Sample (8)"] and lines[3] == [
        "Lovelace, Ada",
        "12345",
        "S1",
        "ada@uni.example",
        "A",
        "16",
    ]


def test_of_moodles_worksheet_for_another_module_only_the_people_count(root, tmp_path, without_kernels):
    """Catches: a participant's number, a time and a grade of the other module, each somebody else's here."""
    keep(root, tmp_path, "worksheet.csv", WORKSHEET)
    members = [(f"Charles Babbage_4711_assignsubmission_file_/{NOTEBOOK}", json.dumps(solved(root)), 9)]
    result = graded(root, submitted=zip_of(tmp_path / "class.zip", members))
    assert [one.student for one in result] == ["charles@uni.example"] and not any(
        "times" in note for note in result.notes
    )
    report = make_report(root, ASSIGNMENT)
    lines = list(csv.reader(report.page.with_name("grades-moodle.csv").open(encoding="utf-8")))
    assert [line[:4] for line in lines[:2]] == [
        ["Username", "ID number", "Email address", ASSIGNMENT], ["ada@uni.example", "", "ada@uni.example", ""],
    ]  # fmt: skip
    assert "Ada Lovelace (ada@uni.example)" in report.page.read_text(encoding="utf-8")


def test_of_a_table_of_ones_own_for_another_module_teams_count_and_files_do_not(tmp_path):
    files = put(tmp_path, "files.csv", "submitted,student\nhomework.ipynb,ann\n")
    teams = put(tmp_path, "teams.csv", "student,team\nann,team1\n")
    handed_in = [Submission(name, None, name=f"{name}.ipynb") for name in ("homework", "team1")]
    for path, own, elsewhere in ((files, [("ann",), ()], [(), ()]), (teams, [(), ("ann",)], [(), ("ann",)])):
        roster = read_roster(path)
        assert [roster.students_of(one) for one in handed_in] == own
        assert [roster.for_another("89_before").students_of(one) for one in handed_in] == elsewhere


def test_who_handed_in_nothing_has_a_name_also_if_the_gradebook_knows_the_id_only(root, tmp_path, without_kernels):
    hand_in(root, "ann", solved(root))
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        book.add_student("bob")  # of another module
    graded(root, roster=put(tmp_path, "class.csv", "student,name,Section\nann,Ann A,X\nbob,Bob B,Y\n"))
    report = make_report(root, ASSIGNMENT)
    assert "Bob B (bob)" in report.page.read_text(encoding="utf-8")
    lines = list(csv.reader(report.page.with_name("grades.csv").open(encoding="utf-8")))
    assert [(line[0], line[4]) for line in lines[2:]] == [("Ann A", "X"), ("Bob B", "Y")]


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
