"""Deadlines, zones and what late work costs: read as they were meant or refused, and computed anew at every call."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook

from tests.grading.grading_course import ASSIGNMENT, hand_in, nbgrader, solved
from tinytorch_course.base.errors import CourseError
from tinytorch_course.base.times import NoTime, read_time, zone_of
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.records.report import make_report

ONE_O_CLOCK = datetime(2026, 6, 1, 13)
OWN_PLUGIN = """
from nbgrader.plugins import BasePlugin

class TenPercentADay(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        {body}
"""


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-01 13:00:00 UTC",
        "2026-06-01T13:00:00Z",
        "2026-06-01 13:00:00.000000 GMT",
        "2026-06-01 09:00:00 EDT",
        "2026-06-01 15:00:00 CEST",
        "2026-06-01 15:00:00 +0200",
        "2026-06-01 15:00:00 +02:00",
        "2026-06-01T15:00:00+02:00",
        "2026-06-01 15:00 UTC+2",
        "2026-06-01 3:00 PM CEST",
        "2026-06-01 15:00 Europe/Berlin",
        "2026-06-01 09:00 US/Eastern",
        "Mon, 01 Jun 2026 15:00:00 +0200",
        "Mon Jun  1 15:00:00 CEST 2026",
        "June 1, 2026 9:00 am EDT",
        "2026-06-01 15:00:00 GMT+2 (CEST)",
    ],
)
def test_a_time_is_read_in_the_zone_that_it_names(text):
    moment = read_time(text)
    assert moment.utc == ONE_O_CLOCK and moment.zoned


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-06-01 18:30:00 IST", "'IST' could be several"),
        ("2026-06-01 14:00:00 BST", "'BST' could be several"),
        ("2026-06-01 14:00:00 XYZ", "'XYZ' could be several"),
        ("2026-06-01 14:00:00 Europe/Nowhere", "no zone 'Europe/Nowhere'"),
        ("2026-06-01 14:00:00 +99:00", "no offset"),
        ("01/06/2026 13:00", "which number is the month"),
        ("June 2026", "not a time"),
        ("1780318800", "not a time"),
        ("2026-06-31 13:00 UTC", "not a time"),
        ("9999-12-31 23:00 -05:00", "not a time"),
        ("yesterday", "not a time"),
        ("", "not a time"),
        ("7" * 5000, "not a time"),
    ],
)
def test_a_time_that_could_be_another_is_refused(text, why):
    with pytest.raises(NoTime, match=why) as refused:
        read_time(text)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    ("place", "text"), [("Asia/Kolkata", "2026-06-01 18:30:00 IST"), ("Europe/London", "2026-06-01 14:00:00 BST")]
)
def test_the_courses_own_zone_says_what_its_short_names_mean(place, text):
    assert read_time(text, zone_of(place)).utc == ONE_O_CLOCK
    assert read_time("2026-06-01 09:00:00 EDT", zone_of(place)).utc == ONE_O_CLOCK


def due(root, when):
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=when)


def configured(root, text):
    with open(root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(text + "\n")


def late(root, *students, when="2026-06-01 13:00:00 UTC"):
    for student in students:
        hand_in(root, student, solved(root)).with_name("timestamp.txt").write_text(when, encoding="utf-8")


def graded(root, **options):
    return grade(root, ASSIGNMENT, workers=1, progress=False, **options)


@pytest.fixture
def nothing_for_late_work(root, without_kernels):
    configured(root, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    due(root, "2026-06-01 12:00:00 UTC")
    late(root, "ann", "bob")
    assert [one.score for one in graded(root)] == [0, 0]
    return root


def test_a_moved_deadline_changes_the_penalty_at_the_next_call(nothing_for_late_work):
    root = nothing_for_late_work
    due(root, "2026-06-01 13:00:00 UTC")
    result = graded(root)
    assert [(one.score, one.late_penalty, one.late, one.cached) for one in result] == [(16, 0, "", True)] * 2
    page = (root / "feedback" / "ann" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "16 of 20 points" in page and "being late" not in page
    due(root, "2026-06-01 11:00:00 UTC")
    make_report(root, ASSIGNMENT)  # the report alone, too
    assert "ann,,,0,20" in (root / "report" / ASSIGNMENT / "remarks.csv").read_text(encoding="utf-8-sig")


def test_an_extension_is_for_one_student(nothing_for_late_work):
    root = nothing_for_late_work
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "ann", hours=2)
    said = []
    result = graded(root, say=said.append)
    assert {one.student: one.score for one in result} == {"ann": 16, "bob": 0}
    assert said == ["deadline   2026-06-01 12:00 UTC; 1 has an extension"]


def test_a_corrected_timestamp_changes_the_penalty(nothing_for_late_work):
    root = nothing_for_late_work
    late(root, "ann", when="2026-06-01 13:59:00 +02:00")
    result = graded(root)
    assert {one.student: (one.score, one.cached) for one in result} == {"ann": (16, True), "bob": (0, True)}


def test_points_by_hand_are_under_the_penalty(nothing_for_late_work):
    root = nothing_for_late_work
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        answer = gradebook.find_grade("text-90-05-why", ASSIGNMENT, ASSIGNMENT, "bob")
        answer.manual_score, answer.needs_manual_grade = 4.0, False
        gradebook.db.commit()
    assert graded(root)["bob"].score == 0
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        assert gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "bob").late_submission_penalty == 20


def test_a_time_that_cannot_be_read_is_said_until_it_is_mended(root, without_kernels):
    due(root, "2026-06-01 12:00:00 UTC")
    late(root, "ann", when="2026-06-01 18:30:00 IST")
    late(root, "bob", when="2026-06-01 13:00:00")
    result = graded(root)
    assert result["ann"].late == "" and "'IST' could be several" in result["ann"].flags[0]
    assert result["bob"].late == "1 h late" and result.notes == ["Times that name no zone were read as UTC: bob."]
    late(root, "ann", when="2026-06-01 18:30:00 +05:30")
    again = graded(root)["ann"]
    assert (again.late, again.flags, again.cached) == ("1 h late", [], True)
    make_report(root, ASSIGNMENT)
    assert "IST" not in (root / "report" / ASSIGNMENT / "remarks.csv").read_text(encoding="utf-8-sig")


def test_nbgraders_own_commands_read_the_zone_of_a_due_date(root):
    configured(
        root,
        "from pathlib import Path\nfrom tinytorch_course.nbgrader_setup import configure\nconfigure(c, Path.cwd())",
    )
    for text in ("2026-06-01 09:00:00 EDT", "2026-06-01 15:00:00 +0200"):
        nbgrader(root, "db", "assignment", "add", ASSIGNMENT, "--duedate", text)
        with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
            assert gradebook.find_assignment(ASSIGNMENT).duedate == ONE_O_CLOCK
    done = nbgrader(root, "db", "assignment", "add", ASSIGNMENT, "--duedate", "2026-06-01 18:30 IST", check=False)
    assert done.returncode != 0 and "'IST' could be several" in done.stderr


def test_the_deadline_is_said_in_the_courses_own_zone(root, without_kernels):
    configured(root, "c.Exchange.timezone = 'Europe/Berlin'")
    due(root, "2026-06-01 12:00:00 UTC")
    late(root, "ann")
    said = []
    graded(root, say=said.append)
    assert said == ["deadline   2026-06-01 12:00 UTC, 2026-06-01 14:00 CEST"]


WORKSHEET = """Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,{column},Last modified (grade)
Participant 41,Ann Lee,ann@x.edu,Submitted,,20.00,Yes,"{ann}",-
Participant 42,Bob Roe,bob@x.edu,Submitted,,20.00,Yes,"{bob}",-
"""


@pytest.mark.parametrize(
    ("column", "ann", "bob"),
    [
        ("Last modified (submission)", "Monday, 1 June 2026, 3:30 PM", "Monday, 1 June 2026, 1:59 PM"),
        ("Zuletzt geändert (Abgabe)", "Montag, 1. Juni 2026, 15:30", "Montag, 1. Juni 2026, 13:59"),
        ("Última modificación (entrega)", "lunes, 1 de junio de 2026, 15:30", "lunes, 1 de junio de 2026, 13:59"),
    ],
)
def test_moodles_own_times_are_used_in_the_courses_zone(root, without_kernels, tmp_path, column, ann, bob):
    configured(root, "c.Exchange.timezone = 'Europe/Berlin'")
    due(root, "2026-06-01 12:00:00 UTC")
    table = tmp_path / "worksheet.csv"
    table.write_text(WORKSHEET.format(column=column, ann=ann, bob=bob), encoding="utf-8")
    for name in ("Ann Lee_41", "Bob Roe_42"):
        path = tmp_path / "download" / f"{name}_assignsubmission_file_" / f"{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(solved(root)), encoding="utf-8")
    result = graded(root, submitted=tmp_path / "download", roster=table)
    assert {one.student: one.late for one in result} == {"ann@x.edu": "1.5 h late", "bob@x.edu": ""}
    assert result.notes == []
    assert [one.late for one in graded(root)] == ["1.5 h late", ""]  # from submitted/, too
    due(root, "2026-06-01 14:00:00 UTC")
    assert [one.late for one in graded(root)] == ["", ""]


def test_the_zone_of_moodles_times_is_said_where_the_course_names_none(root, without_kernels, tmp_path):
    table = tmp_path / "worksheet.csv"
    text = WORKSHEET.format(
        column="Last modified (submission)", ann="Monday, 1 June 2026, 3:30 PM", bob="01/06/26, 14:00"
    )
    table.write_text(text, encoding="utf-8")
    for name in ("ann@x.edu", "bob@x.edu"):
        hand_in(root, name, solved(root))
    notes = graded(root, roster=table).notes
    assert any("1 times in worksheet.csv cannot be read: '01/06/26, 14:00'" in note for note in notes)
    assert any("read as this machine's" in note and "c.Exchange.timezone" in note for note in notes)


def own_plugin(root, body):
    (root / f"penalties_{root.parent.name}.py").write_text(OWN_PLUGIN.format(body=body), encoding="utf-8")
    configured(root, f"c.AssignLatePenalties.plugin_class = 'penalties_{root.parent.name}.TenPercentADay'")
    due(root, "2026-06-01 12:00:00 UTC")
    late(root, "ann")
    hand_in(root, "bob", solved(root))


def test_a_plugin_beside_the_configuration_is_used(root, without_kernels):
    own_plugin(root, "return 0.1 * score * (1 + total_seconds_late // 86400)")
    result = graded(root)
    assert result["ann"].score == pytest.approx(14.4) and result["bob"].score == 16 and not result.incomplete
    late(root, "ann", when=str(ONE_O_CLOCK + timedelta(days=1)) + " UTC")
    assert graded(root)["ann"].score == pytest.approx(12.8)


@pytest.mark.parametrize(
    ("body", "why"),
    [("return 1 / 0", "ZeroDivisionError"), ("return float('nan')", "'nan'"), ("return 'much'", "'much'")],
)
def test_a_plugin_that_fails_stops_nobody_and_is_said(root, without_kernels, body, why):
    own_plugin(root, body)
    result = graded(root)
    assert (result["ann"].score, result["bob"].score) == (16, 16)
    assert why in result["ann"].flags[0] and not result["bob"].flags
    assert result.incomplete == ["Late work without its penalty, since the plugin failed: ann."]


def test_a_plugin_that_is_not_there_is_a_sentence(root, without_kernels):
    configured(root, "c.AssignLatePenalties.plugin_class = 'no_such_file.Penalty'")
    hand_in(root, "ann", solved(root))
    with pytest.raises(CourseError, match=r"penalty plugin no_such_file\.Penalty cannot be used"):
        graded(root)
