"""deadlines.csv and the ready-made penalties: who has until when, what late work costs, anew at every call."""

from __future__ import annotations

import csv
import shutil
from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config

from tests.grading.conftest import leave_kernels_out
from tests.grading.grading_course import ASSIGNMENT, hand_in, solved
from tinytorch_course.base.errors import CourseError
from tinytorch_course.grading.assignment import Assignment, read_config
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.inbox.kept import Kept
from tinytorch_course.grading.records.deadlines import Deadlines, extend
from tinytorch_course.grading.records.late import LatePenalty
from tinytorch_course.grading.records.report import make_report
from tinytorch_course.grading.records.term import make_term_report

HEAD = "module,student,due,zone,reason\n"
HANDED_IN = datetime(2026, 6, 1, 13)
STUDENTS = ("ann", "bob", "cat")
ROSTER = "student,section\nann,A\nbob,A\ncat,B\ndan,B\n"


def run(root, **options):
    return grade(root, ASSIGNMENT, workers=1, progress=False, **options)


def due(root, when):
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=when)


@pytest.fixture(scope="module")
def graded_once(template, tmp_path_factory):
    """All handed in at 13:00 UTC; it was due at 12:00, which costs 10 percent a day."""
    root = tmp_path_factory.mktemp("deadlines") / "course"
    shutil.copytree(template, root)
    (root / "settings.ini").write_text("[DEFAULT]\nlate_per_day = 10 percent\n", encoding="utf-8")
    (root / "class.csv").write_text(ROSTER, encoding="utf-8")
    for student in STUDENTS:
        place = hand_in(root, student, solved(root)).with_name("timestamp.txt")
        place.write_text(f"{HANDED_IN} UTC", encoding="utf-8")
    due(root, "2026-06-01 12:00:00 UTC")
    with pytest.MonkeyPatch.context() as patch:
        leave_kernels_out(patch)
        run(root, roster=root / "class.csv")
    return root


@pytest.fixture
def graded(graded_once, root, without_kernels):
    shutil.copytree(graded_once, root, dirs_exist_ok=True)
    return root


def rows(root, *lines):
    (root / "deadlines.csv").write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def late_hours(root):
    return {result.student: result.seconds_late / 3600 for result in run(root)}


def hours_of(root, *students):
    """The same without grading: hours from the deadline to 13:00."""
    deadlines = Deadlines.of(Assignment.open(root, ASSIGNMENT))
    nbgraders = datetime(2026, 6, 1, 12)
    return [(HANDED_IN - deadlines.due(student, nbgraders)) / timedelta(hours=1) for student in students]


def test_the_table_counts_at_every_call_and_is_said_before(graded):
    assert late_hours(graded) == {"ann": 1, "bob": 1, "cat": 1}
    rows(graded, "90,*,2026-06-01 13:30,Europe/Berlin,", f"{ASSIGNMENT},ann,2026-06-01 13:00 UTC,,ill")
    said = []
    result = run(graded, say=said.append)
    assert {one.student: (one.score, one.late_penalty) for one in result} == {
        "ann": (16.0, 0.0), "bob": (14.4, 1.6), "cat": (14.4, 1.6),
    }  # fmt: skip
    assert said == [
        "deadline   2026-06-01 11:30 UTC", "           ann: 2026-06-01 13:00 UTC (ill)", "late work  10 percent a day",
    ]  # fmt: skip
    rows(graded, "90,*,2026-06-01 14:00,UTC,")
    make_report(graded, ASSIGNMENT)  # the report alone, too
    assert "bob,,,16,20" in (graded / "report" / ASSIGNMENT / "remarks.csv").read_text(encoding="utf-8-sig")
    (graded / "deadlines.csv").unlink()
    assert late_hours(graded) == {"ann": 1, "bob": 1, "cat": 1}


def test_a_students_row_comes_before_the_sections_and_that_before_the_one_for_all(graded):
    rows(graded, "90,ann,2026-06-01 10:00,UTC,", "90,section:a,2026-06-01 11:00,UTC,", "90,*,2026-06-01 09:00,UTC,")
    assert hours_of(graded, "ann", "bob", "cat") == [3, 2, 4]


def test_of_two_rows_for_the_same_the_last_counts_and_other_modules_rows_do_not(graded):
    rows(graded, "sample,ann,2026-06-01 10:00,UTC,", "6,ann,2026-01-01 10:00,UTC,", "90,ann,2026-06-01 12:30,UTC,")
    assert hours_of(graded, "ann", "bob") == [0.5, 1]


def test_nbgraders_extension_is_on_top_of_the_row_for_all(graded):
    with Gradebook(f"sqlite:///{graded}/gradebook.db") as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "ann", hours=2)
    rows(graded, "90,*,2026-06-01 10:00,UTC,", "90,bob,2026-06-01 12:30,UTC,")
    assert late_hours(graded) == {"ann": 1, "bob": 0.5, "cat": 3}


@pytest.mark.parametrize(
    ("row", "hours"),
    [
        ("90,ann,2026-06-01 13:00 CEST,,", 2),
        ("90,ann,2026-06-01 13:00,+02:00,", 2),
        ("90,ann,2026-01-01 13:00,Europe/Berlin,", 3625),  # in winter, an hour from UTC
        ('90,ann,"1 June 2026, 1:00 PM",Europe/Berlin,', 2),
    ],
)
def test_a_deadline_is_read_in_its_zone(graded, row, hours):
    rows(graded, row)
    assert hours_of(graded, "ann") == [hours]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("90,ann,2026-06-01,UTC,", "no time of day"),
        ("90,ann,2026-06-01 13:00,,", "no zone"),
        ("90,ann,2026-06-01 13:00,IST,", "could be several"),
        ("90,ann,2026-06-01 13:00 CEST,Europe/London,", "no zone"),
        ("90,ann,soon,UTC,", "not a time"),
        ("90,,2026-06-01 13:00,UTC,", "for nobody"),
        ("90_sampel,ann,2026-06-01 13:00,UTC,", "no module '90_sampel'"),
        ("sampel,ann,2026-06-01 13:00,UTC,", "no module 'sampel'"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_before_anything_is_graded(graded, row, why):
    rows(graded, "90,bob,2026-06-01 10:00,UTC,", row)
    with pytest.raises(CourseError, match=f"row 3: .*{why}"):
        run(graded)


def test_who_is_named_and_not_there_is_said(graded):
    rows(graded, "90,anne,2026-06-01 13:00,UTC,", "90,dan,2026-06-01 13:00,UTC,", "90,section:C,2026-06-01 13:00,UTC,")
    assert "deadlines.csv names who is not here: anne, section:C." in run(graded).notes


def given_for(root, assignment, table):
    (root / "given.csv").write_text(table, encoding="utf-8")
    Kept(root / ".tinytorch" / "grading", assignment).keep(root / "given.csv")


def test_the_table_given_last_serves_a_module_without_one(graded):
    rows(graded, "90,section:B,2026-06-01 10:00,UTC,")
    for file in (graded / ".tinytorch" / "grading").glob(f"{ASSIGNMENT}.roster.*"):
        file.unlink()
    said = []
    assert "deadlines.csv names who is not here: section:B." in run(graded, say=said.append).notes
    assert not any("class" in line for line in said)
    given_for(graded, "91_later", ROSTER.replace("cat,B", "cat,A"))
    given_for(graded, "89_before", ROSTER)
    assert hours_of(graded, "ann", "bob", "cat") == [1, 1, 3]
    result = run(graded, say=said.append)
    assert "class      given.csv, as given for 89_before" in said and result["cat"].seconds_late == 3 * HOUR
    assert "1 of 4 in given.csv handed in nothing here: dan." in result.notes
    given_for(graded, ASSIGNMENT, ROSTER.replace("cat,B", "cat,A"))  # its own, also when another comes after it
    given_for(graded, "91_later", ROSTER)
    assert hours_of(graded, "cat") == [1]


def test_who_is_in_no_section_is_named_and_is_in_none_anywhere(graded):
    rows(graded, "90,section:B,2026-06-01 14:00,UTC,", "90,ann,2026-06-01 14:00,UTC,")
    assert not any("names sections" in note for note in run(graded).notes)
    given_for(graded, ASSIGNMENT, "student,section\nann,\nbob,\ncat,B\n")  # bob was in A before, and eve is in neither
    given_for(graded, "89_before", "student,name\nbob,Bob\n")  # knows no sections
    hand_in(graded, "eve", solved(graded))
    line = next(note for note in run(graded).notes if "names sections" in note)
    assert line.startswith("deadlines.csv names sections; 2 in none have the deadline for all: bob, eve.")
    page = make_term_report(graded).read_text(encoding="utf-8")
    assert "<td>B</td>" in page and "<td>A</td>" not in page
    assert make_report(graded, ASSIGNMENT).page.with_name("grades.csv").read_text(encoding="utf-8").count(",B,") == 1


def test_hours_are_counted_from_the_deadline_that_holds_for_the_student(graded):
    rows(graded, "90,section:A,2026-06-01 10:00,UTC,")
    assert extend(graded, ASSIGNMENT, "ann", hours=2)[0] == datetime(2026, 6, 1, 12)
    assert extend(graded, ASSIGNMENT, "ann", hours=0.5, reason="=ill, again")[0] == datetime(2026, 6, 1, 12, 30)
    assert extend(graded, ASSIGNMENT, "section:B", until="2026-06-01 15:00 +02:00")[0] == HANDED_IN
    assert hours_of(graded, "ann", "bob", "cat") == [0.5, 3, 0]
    with open(graded / "deadlines.csv", encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[1] == ["90", "section:A", "2026-06-01 10:00", "UTC", ""]
    assert lines[3] == [ASSIGNMENT, "ann", "2026-06-01 12:30", "UTC", "'=ill, again"]


def test_a_row_joins_a_table_as_a_spreadsheet_saved_it(graded):
    text = "Student;Module;Reason;Due;Zone\nbob;90;Krankheit für länger;2026-06-01 10:00;UTC"  # no line end
    (graded / "deadlines.csv").write_bytes(text.encode("cp1252"))
    with (graded / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write("\nc.Exchange.timezone = 'Europe/Berlin'\n")
    extend(graded, ASSIGNMENT, "ann", until="2026-06-01 14:30", reason="für ann")
    assert (graded / "deadlines.csv").read_bytes().decode("cp1252") == (
        f"{text}\nann;{ASSIGNMENT};für ann;2026-06-01 14:30;Europe/Berlin\n"
    )
    assert hours_of(graded, "ann", "bob") == [0.5, 3]


def test_an_extension_for_nobody_is_refused(graded):
    with pytest.raises(CourseError, match="did you mean ann"):
        extend(graded, ASSIGNMENT, "annn", until="2026-06-02 12:00 UTC")
    with pytest.raises(CourseError, match="--until or --hours"):
        extend(graded, ASSIGNMENT, "ann")
    with pytest.raises(CourseError, match="no time of day"):
        extend(graded, ASSIGNMENT, "ann", until="2026-06-02 UTC")
    assert not (graded / "deadlines.csv").exists()


DAY, HOUR = 86400, 3600


@pytest.mark.parametrize(
    ("settings", "late", "penalty"),
    [
        ({"per_day": "10 percent"}, 1, 8),
        ({"per_day": "10%"}, DAY, 8),
        ({"per_day": "10 percent"}, DAY + 1, 16),
        ({"per_day": "10 percent"}, 30 * DAY, 80),
        ({"per_day": "5"}, 2 * DAY, 10),
        ({"per_hour": "2,5 percent"}, 3 * HOUR, 6),
        ({"per_hour": "1 point"}, HOUR + 1, 2),
        ({"per_day": "10 percent", "grace": "15 min"}, 15 * 60, None),
        ({"per_day": "10 percent", "grace": "15 min"}, 15 * 60 + 1, 8),
        ({"per_day": "10 percent", "grace": "1 d"}, 2 * DAY, 8),
        ({"per_day": "30 percent", "cap": "50 percent"}, 3 * DAY, 40),
        ({"per_day": "30 percent", "cap": "30 points"}, 3 * DAY, 30),
        ({"per_day": "90 points"}, DAY, 80),
    ],
)
def test_what_late_work_costs(settings, late, penalty):
    found = LatePenalty(config=Config(LatePenalty=settings)).late_submission_penalty("ann", 80.0, late)
    assert found == (penalty if penalty is None else pytest.approx(penalty))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("late_per_day = much", "late_per_day = 'much' is no amount"),
        ("late_per_day = 10\nlate_per_hour = 1", "one of late_per_day and late_per_hour"),
        ("late_grace = 15 min", "one of late_per_day and late_per_hour"),
        ("late_per_day = 10\nlate_grace = 15", "late_grace = '15' is no time"),
    ],
)
def test_settings_that_make_no_sense_are_a_sentence(graded, text, why):
    (graded / "settings.ini").write_text(f"[DEFAULT]\n{text}\n", encoding="utf-8")
    with pytest.raises(CourseError, match=why):
        run(graded)


def test_settings_and_a_plugin_of_ones_own_are_not_mixed(graded):
    with (graded / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write("\nc.AssignLatePenalties.plugin_class = 'penalties.Own'\n")
    with pytest.raises(CourseError, match="two places say what late work costs"):
        run(graded)
    (graded / "settings.ini").write_text("[DEFAULT]\n", encoding="utf-8")
    assert read_config(graded).AssignLatePenalties.plugin_class == "penalties.Own"
