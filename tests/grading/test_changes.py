"""The course changes after its release: a mended test counts or it is said, and nobody is accused of what others changed."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from tests.conftest import TOY_ONE
from tests.grading.grading_course import ASSIGNMENT, SOLUTIONS, find, hand_in, released, solved
from tinytorch_course.author.build import build
from tinytorch_course.author.release import generate
from tinytorch_course.base.errors import CourseError
from tinytorch_course.cli import app
from tinytorch_course.grading import grade as grade_module
from tinytorch_course.grading.assignment import Assignment
from tinytorch_course.grading.class_run import ClassRun
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.marking.explain import _points
from tinytorch_course.grading.marking.prepare import _checksum, prepare
from tinytorch_course.grading.model import CellResult, Change, SourceCell
from tinytorch_course.grading.records.letters import write_letters

MODULE, HALF = "01_tensor", "#| export\ndef half(x):\n    return x / 2"
CHECK = '    check.equal("half(-3)", half(-3), -1.5)\n'
GAINED = Change("ann", "01.1", "half", 0.0, 60.0)


@pytest.fixture
def graded(toy, without_kernels, monkeypatch):
    """A class of one, who is right, graded by a hidden test that is wrong. Gives a function that grades it first."""
    monkeypatch.setitem(SOLUTIONS, "01-01-half", HALF)

    def once(by_hand):
        say(toy, "# impossible")
        build(toy)
        if by_hand:  # as nbgrader's own command does
            generate(toy.module(MODULE))
        nb = json.loads(toy.module(MODULE).notebook.read_text(encoding="utf-8"))
        find(nb, "01-01-half")["source"] = HALF
        path = toy.root / "submitted" / "ann" / MODULE / f"{MODULE}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(nb), encoding="utf-8")
        assert scores(run(toy)) == [0.0]
        return toy

    return once


def say(course, remark):
    assert CHECK in TOY_ONE
    course.module(MODULE).src.write_text(TOY_ONE.replace(CHECK, f"    {remark}\n{CHECK}"), encoding="utf-8")


def run(course, **options):
    return grade(course.root, MODULE, workers=1, progress=False, **options)


def scores(result):
    return [one.exercises[0].score for one in result]


def test_a_mended_test_counts_and_says_whose_points_change(graded):
    course = graded(by_hand=False)
    say(course, "# mended")
    build(course)
    result = run(course)
    assert scores(result) == [60.0] and result.changes == [GAINED]
    assert any("(01.1): everybody is graded by the new ones" in note for note in result.notes)
    again = run(course)
    assert again.changes == [] and again.notes == []


def test_what_was_generated_by_hand_stays_until_it_is_asked_for(graded):
    course = graded(by_hand=True)
    say(course, "# mended")
    build(course)
    for _ in range(2):  # not once only
        result = run(course)
        assert scores(result) == [0.0]
        assert any("other tests (01.1) than the gradebook" in note and "regrade" in note for note in result.notes)
    result = run(course, corrected=True)
    assert scores(result) == [60.0] and result.changes == [GAINED]
    assert run(course).notes == []


def test_a_source_that_was_not_built_is_said(graded):
    course = graded(by_hand=False)
    say(course, "# mended")
    for _ in range(2):
        result = run(course)
        assert scores(result) == [0.0] and any("01_tensor.py and the notebook differ" in note for note in result.notes)
    build(course)
    assert scores(run(course)) == [60.0]


def test_other_work_is_no_change_of_the_test(graded):
    course = graded(by_hand=False)
    path = course.root / "submitted" / "ann" / MODULE / f"{MODULE}.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "More."})
    path.write_text(json.dumps(nb), encoding="utf-8")
    say(course, "# mended")
    build(course)
    result = run(course)
    assert scores(result) == [60.0] and result.changes == []


def test_one_command_for_a_test_that_was_wrong(graded, monkeypatch):
    course = graded(by_hand=True)
    say(course, "# mended")
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, ["regrade", "01", "--workers", "1"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "01.1 half" in done.output and "+60" in done.output and "01.1: 0 → 60" in done.output
    table = (course.root / "report" / MODULE / "changes.csv").read_text(encoding="utf-8")
    assert table.splitlines() == ["student,exercise,title,before,after,difference", "ann,01.1,half,0,60,+60"]
    letter = (course.root / "report" / MODULE / "letters" / "ann.txt").read_text(encoding="utf-8")
    assert "01.1 half: 0 before, 60 now (+60)" in letter and "now 60 of 105" in letter


def letters(root, assignment=ASSIGNMENT, name="letters.csv"):
    with open(root / "report" / assignment / name, encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def called(course, monkeypatch):
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, ["regrade", "01", "--workers", "1"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_an_interrupted_regrade_loses_no_change_and_no_letter(graded, monkeypatch):
    course = graded(by_hand=False)
    people = ["ann", "ben", "cat", "dan"]
    for student in people[1:]:
        shutil.copytree(course.root / "submitted" / "ann", course.root / "submitted" / student)
    assert scores(run(course)) == [0.0] * 4
    say(course, "# mended")
    build(course)

    def stopped_after(number):
        def stop(done, *_):
            if done == number:
                raise KeyboardInterrupt

        return stop

    for number in (2, 3):  # the second time after one more
        with pytest.raises(KeyboardInterrupt):
            grade(course.root, MODULE, workers=1, corrected=True, progress=stopped_after(number))
        assert not (course.root / "report").exists()
    assert "4 of 4 students" in called(course, monkeypatch)
    assert sorted(letters(course.root, MODULE)) == people
    rows = (course.root / "report" / MODULE / "changes.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0] for row in rows] == ["student", *people]
    assert run(course).changes == []  # once told, it is not told again


def test_what_was_not_told_is_told_though_it_cannot_run_now(graded, monkeypatch):
    course = graded(by_hand=False)
    say(course, "# mended")
    build(course)
    with monkeypatch.context() as patch, pytest.raises(CourseError, match="cannot be written"):
        patch.setattr(grade_module, "tell", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        run(course)
    monkeypatch.setattr(ClassRun, "_unchanged", lambda *_: None)
    monkeypatch.setattr(ClassRun, "_finish", lambda self, student, _: self._leave(student, "the disk is full"))
    result = run(course)
    assert result.incomplete and result.changes == [GAINED] and list(letters(course.root, MODULE)) == ["ann"]


def test_letters_and_changes_belong_together_and_none_is_lost(graded, monkeypatch):
    course = graded(by_hand=False)
    folder = course.root / "report" / MODULE
    assert "Nobody's points are other than before." in called(course, monkeypatch) and not folder.exists()
    say(course, "# mended")
    assert "earlier" not in called(course, monkeypatch)
    first = {name: (folder / name).read_bytes() for name in ("changes.csv", "letters.csv", "letters/ann.txt")}
    assert "letters.csv are of the last change, and stay" in called(course, monkeypatch).replace("\n", " ")
    assert {name: (folder / name).read_bytes() for name in first} == first
    say(course, "# impossible")
    assert "letters-1.csv: letters of the change before" in called(course, monkeypatch)
    names = ("changes-1.csv", "letters-1.csv", "letters-1/ann.txt")
    assert [(folder / name).read_bytes() for name in names] == list(first.values())
    assert letters(course.root, MODULE)["ann"]["points"] == "-60"
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as book:  # the next letter would say nothing
        book.find_grade("test-01-01-half", MODULE, MODULE, "ann").manual_score = 3.0
        book.db.commit()
    say(course, "# mended again")
    assert "letters-2.csv" in called(course, monkeypatch)
    assert not (folder / "letters.csv").exists() and "+60" in (folder / "changes.csv").read_text(encoding="utf-8")


def test_a_letter_goes_to_those_whose_grade_changed_and_to_nobody_else(root, without_kernels):
    for student in ("ann", "bob", "cat"):
        hand_in(root, student, solved(root))
    result = grade(root, ASSIGNMENT, workers=1, progress=False)
    shift = Change("ann", "90.2", "Shift.apply", 0.0, 4.0)
    result.changes = [
        Change("ann", "90.4", "total", 4.0, 1.5), shift, replace(shift, student="bob"),
    ]  # fmt: skip
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        book.update_or_create_student("ann", first_name="Ann & Co", last_name="=1+1", email="ann@x.edu")
        book.find_grade("test-90-02-shift", ASSIGNMENT, ASSIGNMENT, "bob").manual_score = 3.0  # a person's: no change
        book.db.commit()
    assert write_letters(root, result) == root / "report" / ASSIGNMENT / "letters.csv"
    assert list(letters(root)) == ["ann"] and [
        p.name for p in (root / "report" / ASSIGNMENT / "letters").iterdir()
    ] == ["ann.txt"]
    ann = letters(root)["ann"]
    assert ann["points"] == "+1.5" and ann["email"] == "ann@x.edu" and "Dear Ann & Co" in ann["letter"]
    assert ann["letter"].index("90.2 Shift.apply: 0 before, 4 now (+4)") < ann["letter"].index("now (-2.5)")
    assert "score is now 16 of 20; answers that a person reads" in ann["letter"]
    result.changes = []
    assert write_letters(root, result) is None and "ann" in letters(root)  # they may not be sent yet


def edited(source, name, text):
    """The assignment with one cell's text changed by its author."""
    cells = [replace(cell, source=cell.source.replace(*text)) if cell.name == name else cell for cell in source.cells]
    return replace(source, cells=tuple(cells))


def test_who_has_an_earlier_edition_has_edited_nothing(root):
    source = Assignment.open(root, ASSIGNMENT).source
    later = edited(source, "test-90-01-double", ("Is every number twice as large?", "Is each number doubled?"))
    later = edited(later, "90-imports", ("import numpy as np", "import numpy as np  # arrays"))
    assert later != source
    assert prepare(json.dumps(solved(root)).encode(), later).repairs == ()


def test_every_cell_of_a_release_is_known_by_its_checksum(root):
    for cell in released(root)["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        assert not about or _checksum(cell["cell_type"], cell["source"], about) == about["checksum"]


def test_who_has_edited_a_test_is_still_named(root):
    source = Assignment.open(root, ASSIGNMENT).source
    nb = released(root)
    find(nb, "test-90-01-double")["source"] = "pass"
    assert prepare(json.dumps(nb).encode(), source).repairs == (
        "test cells were edited, the originals were put back: test 90.1",
    )


@pytest.mark.parametrize(
    ("shown", "points"),
    [
        ("2", 2),
        ("2.5", 2.5),
        ("0", 0),
        ("np.float64(1.5)", 1.5),
        ("np.float32(1.5)", 1.5),
        ("np.int64(3)", 3),
        ("array(2.5)", 2.5),
        ("array(2.5, dtype=float32)", 2.5),
        ("np.float64(9.0)", 4),  # no more than there are
        ("'2'", 4),  # no numbers: all points, as with nbgrader
        ("[2.0]", 4),
        ("array([1., 2.])", 4),
        ("np.float64(2.0) or so", 4),
    ],
)
def test_a_number_at_the_end_of_a_test_is_its_share_of_the_points(shown, points):
    cell = SourceCell("test-90-01", "code", True, True, False, False, 4.0, "share", None)
    output = {"output_type": "execute_result", "data": {"text/plain": shown}, "metadata": {}, "execution_count": 1}
    assert _points(CellResult([output], "ok"), cell) == points
