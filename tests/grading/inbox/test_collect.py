"""From an inbox as an instructor has it to one submission a student, and back into the tables of Canvas and Moodle."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile

import pytest
from nbgrader.api import Gradebook

from tests.grading.grading_course import ASSIGNMENT, hand_in, released, solved
from tinytorch_course.base.errors import CourseError
from tinytorch_course.grading.assignment import course_directory, read_source
from tinytorch_course.grading.forget import forget, traces
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.inbox.collect import collect
from tinytorch_course.grading.inbox.roster import Entry, read_roster
from tinytorch_course.grading.marking.prepare import prepare
from tinytorch_course.grading.model import Recorded, SubmissionResult
from tinytorch_course.grading.records.feedback_page import is_final
from tinytorch_course.grading.records.report import make_report

NOTEBOOK = f"{ASSIGNMENT}.ipynb"


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def put(inbox, name, text="{}"):
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def collected(inbox, **options):
    return {one.student: one for one in collect(inbox, ASSIGNMENT, ASSIGNMENT, **options).submissions}


def zip_of(path, members):
    """A zip file; a member is (name, content, hour of its time)."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data, hour in members:
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 20, hour, 0, 0)), data)
    return path


def graded(root, **options):
    return grade(root, ASSIGNMENT, workers=1, timeout=5, **options)


# -- names that platforms give -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "student", "number", "late"),
    [
        (f"lovelaceada_12345_67890_{ASSIGNMENT}.ipynb", "lovelaceada_12345", "12345", False),
        (f"lovelaceada_LATE_12345_67890_{ASSIGNMENT}-2.ipynb", "lovelaceada_12345", "12345", True),
        (f"anon_Ab3xZ_67890_{ASSIGNMENT}.ipynb", "anon_Ab3xZ", "Ab3xZ", False),
        (f"LATE_anon_Ab3xZ_67890_{ASSIGNMENT}.ipynb", "anon_Ab3xZ", "Ab3xZ", True),
        (f"Ada Lovelace_4711_assignsubmission_file_/{NOTEBOOK}", "Ada Lovelace_4711", "4711", False),
        (f"Ada Lovelace_4711_assignsubmission_file/{NOTEBOOK}", "Ada Lovelace_4711", "4711", False),
        (f"Ada Lovelace_4711_assignsubmission_file_{NOTEBOOK}", "Ada Lovelace_4711", "4711", False),
        (f"Module 90_alovelace_attempt_2026-11-20-10-00-00_{NOTEBOOK}", "alovelace", "", False),
        ("ada.ipynb", "ada", "", False),
        (f"student_06_01/{NOTEBOOK}", "student_06_01", "", False),
        ("lab_06_01_mine.ipynb", "lab_06_01_mine", "", False),
    ],
)
def test_a_name_says_who_it_was_and_whether_late(inbox, name, student, number, late):
    put(inbox, name)
    (one,) = collect(inbox, ASSIGNMENT, ASSIGNMENT).submissions
    assert (one.student, one.lms_id, one.late) == (student, number, late) and one.path is not None


def test_lateness_without_a_time_is_shown_and_costs_nothing(root, inbox):
    put(inbox, f"lovelaceada_LATE_12345_67890_{NOTEBOOK}", json.dumps(solved(root)))
    put(inbox, f"babbagecharles_12346_67891_{NOTEBOOK}", json.dumps(solved(root)))
    result = graded(root, submitted=inbox)
    assert {one.student: (one.late, one.score) for one in result} == {
        "lovelaceada_12345": ("late", 16),
        "babbagecharles_12346": ("", 16),
    }
    again = graded(root)  # from the copy in the course's own folder, whose name says nothing
    assert again["lovelaceada_12345"].late == "late" and again["lovelaceada_12345"].cached
    report = make_report(root, ASSIGNMENT)
    assert "1 late" in report.summary and '">late</td>' in report.page.read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO((report.page.parent / "grades.csv").read_text(encoding="utf-8"))))
    assert ["lovelaceada_12345", "12345", "", "", "", "16"] in rows  # Canvas knows the student by this number
    page = next((root / "feedback" / "lovelaceada_12345").rglob("*.html")).read_text(encoding="utf-8")
    assert "(late;" in page


# -- handed in more than once --------------------------------------------------------------------------------------


def test_of_several_uploads_to_canvas_the_latest_counts(inbox):
    put(inbox, f"lovelaceada_12345_700_{ASSIGNMENT}.ipynb", '{"first": 1}')
    put(inbox, f"lovelaceada_LATE_12345_1001_{ASSIGNMENT}-2.ipynb", '{"third": 1}')
    put(inbox, f"lovelaceada_12345_900_{ASSIGNMENT}-1.ipynb", '{"second": 1}')
    (one,) = collected(inbox).values()
    assert b"third" in one.read() and one.late and one.problem is None
    assert "3 times" in one.repairs[0] and "the latest by Canvas' number" in one.repairs[0]


def test_another_notebook_that_was_uploaded_later_does_not_count(inbox):
    put(inbox, f"lovelaceada_12345_700_{ASSIGNMENT}-1.ipynb", '{"right": 1}')
    put(inbox, "lovelaceada_12345_900_scratch.ipynb", '{"wrong": 1}')
    (one,) = collected(inbox).values()
    assert b"right" in one.read() and "scratch" in one.repairs[0]


@pytest.mark.parametrize(
    "names",
    [
        ("ada.ipynb", f"ada/{NOTEBOOK}"),
        ("ada.ipynb", "ada (1).ipynb"),
        (f"Ada_7_assignsubmission_file_/{NOTEBOOK}", f"Ada_7_assignsubmission_file_{NOTEBOOK}"),
    ],
)
def test_where_nothing_says_which_is_the_latest_a_person_does(inbox, names):
    for name in names:
        put(inbox, name, json.dumps({"from": name}))
    (one,) = collected(inbox).values()
    assert one.path is None and "handed in 2 times" in one.problem and "keep one" in one.problem
    assert len(one.places) == 2


def test_the_same_twice_is_no_question(inbox):
    put(inbox, "ada.ipynb", '{"a": 1}')
    put(inbox, f"ada/{NOTEBOOK}", '{"a": 1}')
    (one,) = collected(inbox).values()
    assert one.problem is None and "all the same" in one.repairs[0]


def test_times_of_the_exchange_and_of_the_zip_file_decide(inbox, tmp_path):
    for name, hour in (("ada", 10), ("ada (1)", 12)):
        put(inbox, f"{name}/{NOTEBOOK}", json.dumps({"hour": hour}))
        put(inbox, f"{name}/timestamp.txt", f"2026-11-20 {hour}:00:00 UTC")
    assert b"12" in collected(inbox)["ada"].read()
    members = [("ada.ipynb", '{"hour": 14}', 14), (f"ada/{NOTEBOOK}", '{"hour": 9}', 9)]
    archive = zip_of(tmp_path / "class.zip", members)
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    (one,) = collected(archive, scratch=unpacked).values()
    assert b"14" in one.read() and "the zip file's time" in one.repairs[0]
    (one,) = collected(unpacked).values()  # a copied folder's times say when it was copied
    assert one.path is None


def test_a_moodle_text_without_a_file_is_one_submission_that_needs_a_person(inbox):
    put(inbox, "Ada_7_assignsubmission_onlinetext_/onlinetext.html", "<p>see attachment</p>")
    put(inbox, "Bob_8_assignsubmission_onlinetext_/onlinetext.html", "<p>done</p>")
    put(inbox, f"Bob_8_assignsubmission_file_/{NOTEBOOK}")
    found = collected(inbox)
    assert "only onlinetext.html" in found["Ada_7"].problem
    assert found["Bob_8"].path is not None and found["Bob_8"].problem is None
    assert found["Bob_8"].repairs == [] and len(found["Bob_8"].places) == 2


def test_a_notebook_deep_in_a_students_folder_is_found(inbox):
    put(inbox, f"ada/edition/notebooks/{ASSIGNMENT}/{NOTEBOOK}")
    put(inbox, "bob/05_data/05_data.ipynb")
    found = collect(inbox, ASSIGNMENT, ASSIGNMENT)
    (one,) = found.submissions
    assert one.student == "ada" and "edition/notebooks" in one.repairs[0] and found.others == {"05_data": 1}


# -- what is no submission -----------------------------------------------------------------------------------------


def test_what_is_ignored_is_said(inbox):
    put(inbox, "ada.ipynb")
    put(inbox, "bob.py", "# %%\nx = 1\n")
    put(inbox, "cem.py", "x = 1\n")
    put(inbox, "report.pdf")
    put(inbox, "notes.txt")
    put(inbox, ".secret")
    put(inbox, ".DS_Store")
    lines = collect(inbox, ASSIGNMENT, ASSIGNMENT).ignored
    assert len(lines) == 4
    assert "bob.py" in lines[0] and "jupytext --to notebook bob.py" in lines[0]
    assert "cem.py" in lines[1] and "ask for the notebook" in lines[1]
    assert "2 other files (notes.txt, report.pdf) were ignored" in lines[2]
    assert "1 hidden file (.secret) was ignored" in lines[3]


def test_a_folder_with_a_script_only_says_what_to_do(inbox):
    put(inbox, "ada/solution.py", "# %% [markdown]\n# hi\n")
    (one,) = collected(inbox).values()
    assert "only solution.py" in one.problem and "jupytext" in one.problem


def other_module(root, number="05"):
    """A notebook of another module: the same cells under other numbers, with another heading."""
    text = (
        json.dumps(released(root)).replace("90-0", f"{number}-0").replace("Module 90: Sample", f"Module {number}: Data")
    )
    text = text.replace("def double", "def gather").replace("double(", "gather(")
    return text


def test_a_wrong_inbox_is_refused_and_nobody_gets_a_grade(root, inbox):
    for student in ("ada", "bob"):
        put(inbox, f"{student}.ipynb", other_module(root))
    with pytest.raises(CourseError, match=rf"not one notebook.* is of {ASSIGNMENT}: 2 of Module 05") as refusal:
        graded(root, submitted=inbox)
    assert refusal.value.exit_code == 2
    assert not (root / "submitted").exists() and not (root / "feedback").exists()


def test_an_inbox_without_notebooks_is_refused(root, inbox):
    with pytest.raises(CourseError, match="no submission of"):
        graded(root, submitted=inbox)
    put(inbox, "photos/cat.jpg")
    put(inbox, "report.pdf")
    put(inbox, "bob.py", "# %%\n")
    with pytest.raises(CourseError, match=r"report\.pdf.*|bob\.py") as refusal:
        graded(root, submitted=inbox)
    assert refusal.value.exit_code == 2
    put(inbox, "ada/05_data/05_data.ipynb")
    with pytest.raises(CourseError, match=r"folders of 05_data \(1\)"):
        graded(root, submitted=inbox)


def test_one_notebook_of_another_module_needs_a_person_and_the_others_are_graded(root, inbox):
    put(inbox, "ada.ipynb", json.dumps(solved(root)))
    put(inbox, "bob.ipynb", other_module(root))
    result = graded(root, submitted=inbox)
    assert result["ada"].score == 16
    assert result["bob"].state == "needs a person" and "it looks like Module 05: Data" in result["bob"].reason
    assert not result["bob"].gradable and any(
        "1 of 2 notebooks look like another module's: bob" in n for n in result.notes
    )


def test_lost_metadata_is_no_other_module(template):
    source = read_source(course_directory(template), ASSIGNMENT)
    nb = solved(template)
    for cell in nb["cells"]:
        cell["metadata"] = {}
    assert prepare(json.dumps(nb).encode(), source).refused is None


# -- taking one back -----------------------------------------------------------------------------------------------


def everything(root):
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        submissions = {s.student.id: s.score for s in gradebook.assignment_submissions(ASSIGNMENT)}
        students = {student.id for student in gradebook.students}
    folders = [".tinytorch/grading", "submitted", "autograded", "feedback"]
    files = {p.relative_to(root): p.read_bytes() for f in folders for p in (root / f).rglob("*") if p.is_file()}
    kept = (".lock", f"{ASSIGNMENT}.came.json")  # that a submission was taken back outlives the next download
    return submissions, students, {path: data for path, data in files.items() if path.name not in kept}


def test_a_mistaken_submission_can_be_taken_back_and_nothing_else_changes(root):
    hand_in(root, "ada", solved(root))
    graded(root)
    before = everything(root)
    hand_in(root, "phantom", b"{")
    graded(root)
    found = traces(root, ASSIGNMENT, "phantom")
    said = "\n".join(found.describe())
    assert "grades in the gradebook" in said and "feedback/phantom" in said and "moved to" in said and "ada" not in said
    assert everything(root) != before
    forget(root, ASSIGNMENT, "phantom")
    assert everything(root) == before
    assert (found.kept / ASSIGNMENT / NOTEBOOK).read_bytes() == b"{"
    with pytest.raises(CourseError, match="no submission of 'phantom'"):
        forget(root, ASSIGNMENT, "phantom")
    with pytest.raises(CourseError, match=r"Did you mean 'ada'\?"):
        traces(root, ASSIGNMENT, "adda")


def test_a_student_with_a_name_stays_and_points_of_people_are_mentioned(root):
    hand_in(root, "ada", b"{")
    graded(root)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_student("ada", last_name="Lovelace")
        gradebook.find_grade("text-90-05-why", ASSIGNMENT, ASSIGNMENT, "ada").manual_score = 3.0
        gradebook.db.commit()
    assert "1 scores" in "\n".join(traces(root, ASSIGNMENT, "ada").describe())
    forget(root, ASSIGNMENT, "ada")
    submissions, students, _ = everything(root)
    assert submissions == {} and students == {"ada"}


def test_the_command_asks_first(root, toy_course_of):
    home = toy_course_of(root)
    hand_in(root, "ada", b"{")
    graded(root)
    command = [
        sys.executable,
        "-m",
        "tinytorch_course",
        "grade",
        ASSIGNMENT,
        "--forget",
        "ada",
        "--course-dir",
        str(root),
    ]
    env = os.environ | {"COLUMNS": "300"}
    done = subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 2 and "--yes" in done.stderr and "grades in the gradebook" in done.stdout
    assert everything(root)[0] == {"ada": 0}
    done = subprocess.run([*command, "--yes"], cwd=home, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert everything(root)[0] == {}


@pytest.fixture
def toy_course_of(tmp_path):
    """A checkout that has a module of the assignment's name."""

    def make(root):
        home = tmp_path / "checkout"
        (home / "src" / ASSIGNMENT).mkdir(parents=True)
        (home / "src" / ASSIGNMENT / f"{ASSIGNMENT}.py").write_text("# %% [markdown]\n# # Module 90: Sample\n")
        (home / "settings.ini").write_text(
            "[DEFAULT]\nlib_name = tinytorch\nlib_path = tinytorch\nnbs_path = notebooks\n"
        )
        return home

    return make


# -- the class's table ---------------------------------------------------------------------------------------------

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Module 89: Before (7),Module 90: Sample (8),Assignments Current Score
,,,,,,Manual Posting,
    Points Possible,,,,,10,20,(read only)
"Lovelace, Ada",12345,S1,ada@uni.example,A,9,,90
"Babbage, Charles",12346,S2,charles,A,8,3,80
"Hopper, Grace",12347,S3,grace,A,7,,70
"Student, Test",999,,x7y8,A,,,
"""
WORKSHEET = """\
\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments
Participant 4711,Ada Lovelace,ada@uni.example,Submitted for grading,,20.00,Yes,"Friday, 20 November 2026, 10:00 AM",-,
Participant 4712,Charles Babbage,charles@uni.example,Submitted for grading,3.00,20.00,Yes,-,-,kept
Participant 4713,Grace Hopper,grace@uni.example,No submission,,20.00,No,-,-,
"""
MOODLE = """\
First name,Last name,ID number,Email address,Assignment: Module 89 (Real),Assignment: Module 90: Sample (Real),Last downloaded from this course
Ada,Lovelace,S1,ada@uni.example,9,-,1700000000
Charles,Babbage,S2,charles@uni.example,8,3,1700000000
"""


def table(text):
    return list(csv.reader(io.StringIO(text)))


def test_canvas_export_comes_back_with_its_column_filled_and_no_other(tmp_path):
    roster = read_roster(put(tmp_path, "grades.csv", CANVAS))
    assert roster.kind == "canvas" and [p.student for p in roster.people] == ["ada@uni.example", "charles", "grace"]
    entries = {"ada@uni.example": Entry(19.5), "charles": Entry(None, "not graded: empty")}
    text, remarks = roster.filled(ASSIGNMENT, 20, entries)
    rows = table(text)
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Module 90: Sample (8)"]
    assert rows[1][5] == "Manual Posting" and rows[2] == ["    Points Possible", "", "", "", "", "20"]
    assert rows[3] == ["Lovelace, Ada", "12345", "S1", "ada@uni.example", "A", "19.5"]
    assert [row[5] for row in rows[4:]] == ["3", "", ""] and remarks == []  # who has no score keeps what was there


def test_a_column_that_cannot_be_told_is_asked_for(tmp_path):
    roster = read_roster(put(tmp_path, "grades.csv", CANVAS.replace("Module 90: Sample (8)", "Week 3 (8)")))
    text, remarks = roster.filled(ASSIGNMENT, 20, {"charles": Entry(4)})
    assert table(text)[0][5] == ASSIGNMENT and "--column" in remarks[0]
    text, remarks = roster.filled(ASSIGNMENT, 25, {"charles": Entry(4)}, "Week 3")
    assert table(text)[0][5] == "Week 3 (8)" and table(text)[4][5] == "4" and "20 points" in remarks[0]
    with pytest.raises(CourseError, match="no column 'Week 4'"):
        roster.filled(ASSIGNMENT, 20, {}, "Week 4")


def test_moodles_worksheet_comes_back_filled_in(tmp_path):
    roster = read_roster(put(tmp_path, "Grades-90.csv", WORKSHEET))
    assert roster.kind == "moodle worksheet"
    entries = {
        "ada@uni.example": Entry(19.5, "points lost in 90.1"),
        "charles@uni.example": Entry(None, "not graded: the file is empty"),
        "grace@uni.example": Entry(5, "x"),
    }
    text, remarks = roster.filled(ASSIGNMENT, 20, entries)
    before, after = table(WORKSHEET.removeprefix("\ufeff")), table(text)
    assert [row[4] for row in after] == ["Grade", "19.5", "3.00", ""] and "1 grades that they cannot" in remarks[0]
    assert [row[9] for row in after[1:3]] == ["points lost in 90.1", "not graded: the file is empty"]
    for old, new in zip(before, after):
        assert old[:4] + old[5:9] == new[:4] + new[5:9]  # "-" too stays as Moodle wrote it


def test_moodles_gradebook_export_comes_back_filled_in(tmp_path):
    roster = read_roster(put(tmp_path, "export.csv", MOODLE))
    assert roster.kind == "moodle"
    text, remarks = roster.filled(ASSIGNMENT, 20, {"ada@uni.example": Entry(12)})
    assert remarks == [] and table(text) == [
        ["First name", "Last name", "ID number", "Email address", "Assignment: Module 90: Sample (Real)"],
        ["Ada", "Lovelace", "S1", "ada@uni.example", "12"],
        ["Charles", "Babbage", "S2", "charles@uni.example", "3"],
    ]


GERMAN_WORKSHEET = """\
\ufeffID;"Vollständiger Name";E-Mail-Adresse;Status;Bewertung;Bestwertung;"Bewertung kann geändert werden";"Zuletzt geändert (Abgabe)"
Teilnehmer/in4711;"Ada Lovelace";ada@uni.example;"Zur Bewertung abgegeben";;20,00;Ja;"Freitag, 20. November 2026, 10:00"
Teilnehmer/in4712;"Charles Babbage";charles@uni.example;"Zur Bewertung abgegeben";3,00;20,00;Ja;-
"""
FRENCH_GRADEBOOK = """\
Prénom,Nom de famille,Numéro d'identification,Institution,Adresse de courriel,Devoir : Module 90 (Brut)
Ada,Lovelace,S1,,ada@uni.example,-
Charles,Babbage,S2,,charles@uni.example,3
"""


def test_a_worksheet_in_another_language_comes_back_filled_in(tmp_path):
    roster = read_roster(put(tmp_path, "Bewertungen.csv", GERMAN_WORKSHEET))
    assert roster.kind == "moodle worksheet"
    assert [(p.student, p.name, p.number) for p in roster.people] == [
        ("ada@uni.example", "Ada Lovelace", "4711"),
        ("charles@uni.example", "Charles Babbage", "4712"),
    ]
    text, remarks = roster.filled(ASSIGNMENT, 20, {"ada@uni.example": Entry(19.5, "good")})
    before, after = GERMAN_WORKSHEET.removeprefix("\ufeff").splitlines(), text.splitlines()
    named = read_roster(put(tmp_path, "named.csv", GERMAN_WORKSHEET), columns={"id": "Vollständiger Name"})
    assert [(p.student, p.number) for p in named.people] == [("Ada Lovelace", "4711"), ("Charles Babbage", "4712")]
    assert remarks == [] and [line.split(";")[4] for line in after] == ["Bewertung", "19.5", "3,00"]
    assert [line.replace('"', "") for line in before] == [line.replace("19.5", "") for line in after]
    assert "20,00 points" in roster.filled(ASSIGNMENT, 25, {})[1][0]


def test_a_worksheet_without_addresses_has_names_but_not_the_state_of_all_for_a_name(tmp_path):
    lines = [line.split(";") for line in GERMAN_WORKSHEET.strip().splitlines()]
    named = read_roster(put(tmp_path, "a.csv", "\n".join(";".join(line[:2] + line[3:7]) for line in lines)))
    assert [p.student for p in named.people] == ["Ada Lovelace_4711", "Charles Babbage_4712"]
    blind = read_roster(put(tmp_path, "b.csv", "\n".join(";".join(line[:1] + line[3:7]) for line in lines)))
    assert [p.student for p in blind.people] == ["Participant_4711", "Participant_4712"]


def test_a_gradebook_in_another_language_comes_back_filled_in(tmp_path):
    roster = read_roster(put(tmp_path, "notes.csv", FRENCH_GRADEBOOK))
    assert roster.kind == "moodle" and [p.name for p in roster.people] == ["Ada Lovelace", "Charles Babbage"]
    text, remarks = roster.filled(ASSIGNMENT, 20, {"ada@uni.example": Entry(12)})
    assert remarks == [] and table(text) == [
        ["Prénom", "Nom de famille", "Adresse de courriel", "Devoir : Module 90 (Brut)"],
        ["Ada", "Lovelace", "ada@uni.example", "12"],
        ["Charles", "Babbage", "charles@uni.example", "3"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "A,B,C\nS1,,20\nS2,,20\n",  # ids, not participants
        "Wer,An,Cc\nx,ada@uni.example,eve@uni.example\ny,bob@uni.example,eve@uni.example\n",  # which address?
        "Wer,An\nx,ada@uni.example\ny,none\n",
    ],
)
def test_what_content_does_not_tell_is_not_guessed(tmp_path, text):
    with pytest.raises(CourseError, match="are not known") as refusal:
        read_roster(put(tmp_path, "x.csv", text))
    assert all(repr(name) in str(refusal.value) for name in text.split("\n")[0].split(","))  # all columns are listed
    assert "--id-column" in str(refusal.value)


def test_columns_that_cannot_be_told_are_named(tmp_path):
    path = put(tmp_path, "x.csv", "Matrikel,Person,Module 90\n7001,Ada Lovelace,\n7002,Charles Babbage,3\n")
    with pytest.raises(CourseError, match=r"has no column 'Nummer'") as refusal:
        read_roster(path, columns={"id": "Nummer"})
    assert "'Matrikel', 'Person', 'Module 90'" in str(refusal.value)
    roster = read_roster(path, columns={"id": "Matrikel", "name": "Person"})
    assert [(p.student, p.name) for p in roster.people] == [("7001", "Ada Lovelace"), ("7002", "Charles Babbage")]
    text, _ = roster.filled(ASSIGNMENT, 20, {"7001": Entry(12)})
    assert table(text) == [
        ["Matrikel", "Person", "Module 90"],
        ["7001", "Ada Lovelace", "12"],
        ["7002", "Charles Babbage", "3"],
    ]
    french = put(tmp_path, "notes.csv", FRENCH_GRADEBOOK)  # a named id comes before the address
    assert read_roster(french, columns={"id": "Numéro d'identification"}).people[0].student == "S1"


def test_named_columns_are_kept_for_later_calls_and_newer_tables(root, tmp_path):
    path = put(tmp_path, "x.csv", "Matrikel,Person,Module 90\n7001,Ada Lovelace,\n")
    hand_in(root, "7001", solved(root))
    with pytest.raises(CourseError, match="columns of no table"):
        graded(root, columns={"id": "Matrikel"})
    graded(root, roster=path, columns={"id": "Matrikel"})
    grades = make_report(root, ASSIGNMENT).page.with_name("grades-moodle.csv")
    assert table(grades.read_text(encoding="utf-8"))[1] == ["7001", "16"]
    newer = put(tmp_path, "newer.csv", "Matrikel,Person,Module 90\n7001,Ada,\n7002,Bob,\n")
    make_report(root, ASSIGNMENT, roster=newer)
    assert table(grades.read_text(encoding="utf-8"))[1:] == [["7001", "16"], ["7002", ""]]
    make_report(root, ASSIGNMENT, roster=put(tmp_path, "canvas.csv", CANVAS))  # has no such column, and needs none


def pages_in(archive):
    with zipfile.ZipFile(archive) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def test_feedback_goes_back_to_moodle_under_the_names_of_its_download(root, tmp_path):
    right = json.dumps(solved(root))
    members = [
        (f"Ada Lovelace_4711_assignsubmission_file_/{NOTEBOOK}", right, 9),
        (f"Émilie du Châtelet_4714_assignsubmission_file_{NOTEBOOK}", right, 9),  # "in folders" was off
        ("bob.ipynb", right, 9),
    ]
    roster = put(tmp_path, "worksheet.csv", WORKSHEET)
    graded(root, submitted=zip_of(tmp_path / "class.zip", members), roster=roster)
    report = make_report(root, ASSIGNMENT)
    assert report.feedback == report.page.with_name("feedback-moodle.zip")
    folders = ["Ada Lovelace_4711_assignsubmission_file_", "Émilie du Châtelet_4714_assignsubmission_file_"]
    before = pages_in(report.feedback)
    assert list(before) == [f"{folder}/{ASSIGNMENT}.html" for folder in folders]
    own = root / "feedback" / "ada@uni.example" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    assert before[f"{folders[0]}/{ASSIGNMENT}.html"] == own.read_text(encoding="utf-8")
    assert all(result.cached for result in graded(root))  # from the copies, whose names say nothing of it
    assert pages_in(make_report(root, ASSIGNMENT).feedback) == before


def test_the_worksheet_says_where_feedback_belongs_when_the_submissions_do_not(root, tmp_path):
    for student in ("ada@uni.example", "stranger"):
        hand_in(root, student, solved(root))
    graded(root)
    assert make_report(root, ASSIGNMENT).feedback is None
    report = make_report(root, ASSIGNMENT, roster=put(tmp_path, "worksheet.csv", WORKSHEET))
    assert list(pages_in(report.feedback)) == [f"Ada Lovelace_4711_assignsubmission_file_/{ASSIGNMENT}.html"]


@pytest.mark.parametrize(
    ("roster", "names", "students"),
    [
        (
            CANVAS,
            [f"lovelaceada_12345_1_{NOTEBOOK}", f"lovelaceada_12345_77_{NOTEBOOK}"],
            {"lovelaceada_12345_1_" + ASSIGNMENT, "ada@uni.example"},
        ),
        (CANVAS, [f"whoever_12346_77_{NOTEBOOK}", "grace.ipynb"], {"charles", "grace"}),
        (CANVAS, ["hopper grace.ipynb", "Charles Babbage.ipynb", "eve.ipynb"], {"grace", "charles", "eve"}),
        (
            WORKSHEET,
            [f"Ada L_4711_assignsubmission_file_/{NOTEBOOK}", "charles.ipynb"],
            {"ada@uni.example", "charles@uni.example"},
        ),
        (WORKSHEET, [f"Ada Lovelace_9999_assignsubmission_file_/{NOTEBOOK}"], {"Ada Lovelace_9999"}),
        (MOODLE, [f"Ada Lovelace_31_assignsubmission_file_/{NOTEBOOK}"], {"ada@uni.example"}),
        (
            "submitted,student\nsolution (3).ipynb,ada\nx77,bob\n",
            ["solution (3).ipynb", f"x77/{NOTEBOOK}"],
            {"ada", "bob"},
        ),
        ("Student;Submitted\nada;my file\n", ["my file.zip"], {"ada"}),
    ],
)
def test_submissions_get_the_ids_of_the_table(inbox, tmp_path, roster, names, students):
    known = read_roster(put(tmp_path, "roster.csv", roster))
    for name in names:
        put(inbox, name, json.dumps({"from": name}))
    assert set(collected(inbox, rename=known.students_of)) == students


def test_two_of_the_same_name_are_told_apart_by_number_or_not_at_all(inbox, tmp_path):
    twice = CANVAS + '"Hopper, Grace",12350,S9,grace2,B,,,\n'
    known = read_roster(put(tmp_path, "roster.csv", twice))
    put(inbox, f"hoppergrace_12350_77_{NOTEBOOK}")
    put(inbox, "Grace Hopper.ipynb")
    assert set(collected(inbox, rename=known.students_of)) == {"grace2", "Grace Hopper"}


def test_what_is_no_table_of_a_class_is_refused(tmp_path):
    with pytest.raises(CourseError, match=r"columns of x\.csv are not known: 'a', 'b'"):
        read_roster(put(tmp_path, "x.csv", "a,b\n1,2\n"))
    with pytest.raises(CourseError, match="cannot be read"):
        read_roster(tmp_path / "nowhere.csv")


def test_from_canvas_and_back(root, tmp_path):
    """A class's zip file and its gradebook in, the gradebook's column out."""
    right = json.dumps(solved(root))
    members = [
        (f"lovelaceada_12345_70_{NOTEBOOK}", json.dumps(released(root)), 9),
        (f"lovelaceada_LATE_12345_80_{ASSIGNMENT}-1.ipynb", right, 9),
        (f"babbagecharles_12346_75_{NOTEBOOK}", "{", 9),
        (f"stranger_666_75_{NOTEBOOK}", right, 9),
    ]
    archive = zip_of(tmp_path / "submissions.zip", members)
    roster = put(tmp_path, "2026 Grades.csv", CANVAS)
    result = graded(root, submitted=archive, roster=roster)
    assert {one.student: one.score for one in result} == {"ada@uni.example": 16, "charles": 0, "stranger_666": 16}
    assert any("Not in 2026 Grades.csv" in note and "stranger_666" in note for note in result.notes)
    assert any("1 of 3 in 2026 Grades.csv handed in nothing here: grace" in note for note in result.notes)
    report = make_report(root, ASSIGNMENT)  # it knows the table still
    rows = {row[0]: row for row in table((report.page.parent / "grades.csv").read_text(encoding="utf-8"))}
    assert rows["Lovelace, Ada"][5] == "16" and rows["Babbage, Charles"][5] == "3" and rows["Hopper, Grace"][5] == ""
    assert "stranger_666" in report.remarks[0] and "1 missing" in report.summary
    assert report.summary.startswith("3 submissions, 2 graded, 1 not gradable")
    why = {row[0]: row[7] for row in table((report.page.parent / "remarks.csv").read_text(encoding="utf-8"))}
    assert "cut off" in why["charles"] and why["grace"] == "nothing was handed in"


def test_ids_of_nbgraders_own_folders_stay_and_the_table_is_filled_all_the_same(root, tmp_path):
    hand_in(root, "ada", solved(root))  # as collected from the exchange; Canvas calls her ada@uni.example
    hand_in(root, "grace", b"{")
    result = graded(root, roster=put(tmp_path, "grades.csv", CANVAS))
    assert {one.student for one in result} == {"ada", "grace"}
    assert not any("Not in" in note for note in result.notes)
    assert any("1 of 3" in note and "charles" in note for note in result.notes)
    report = make_report(root, ASSIGNMENT)
    rows = {row[0]: row[5] for row in table((report.page.parent / "grades.csv").read_text(encoding="utf-8"))}
    assert rows["Lovelace, Ada"] == "16" and rows["Hopper, Grace"] == "" and rows["Babbage, Charles"] == "3"
    (remark,) = report.remarks
    assert remark.startswith("1 of 2 scores are provisional")


def test_what_was_graded_in_part_only_has_no_score_until_a_person_gives_points():
    part = SubmissionResult("ada", ASSIGNMENT, "needs a person", "it ended Python again and again", score=8)
    assert not is_final(part, Recorded(8, 20, 0, True))
    assert is_final(part, Recorded(8, 20, 0, True, by_person=True))
    assert is_final(SubmissionResult("ada", ASSIGNMENT, "graded with repairs"), Recorded(8, 20, 0, True))
