"""`tinytorch status`: how far a student is, and what comes next."""

from __future__ import annotations

import getpass
import json
import socket
from pathlib import Path

import pytest

from tests.student.test_student import RIGHT, tinytorch, write
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.base.course import Course
from tinytorch_course.student import status
from tinytorch_course.student.milestones import MILESTONES, Ending, Row


@pytest.fixture
def edition(toy: Course, tmp_path: Path) -> Path:
    build(toy)
    return release(toy, toy.modules, tmp_path / "edition")


def said(edition: Path) -> str:
    done = tinytorch(edition, "status")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_stage_is_told_and_names_what_comes_next(edition: Path):
    fresh = said(edition)
    assert "01_tensor    not begun" in fresh and "02_quarters  not begun" in fresh
    assert "Next: begin 01_tensor: `tinytorch lab 01_tensor`" in fresh
    assert not (edition / ".tinytorch" / "checked.json").exists()  # nothing to run yet

    half = {"_01_01_half": RIGHT["_01_01_half"]}
    write(edition, **half)
    begun = said(edition)
    assert (
        "01_tensor    1 of 2 exercises, 60 of 100 points that visible checks can see, 0 of 1 text answer written, not"
        in begun
    )
    assert "Next: 01.2 Twice in 01_tensor: not written yet" in begun

    write(edition, **RIGHT, _text_01_03_why="Because.")
    assert "Next: `tinytorch export 01_tensor`" in said(edition)
    assert tinytorch(edition, "export", "01").returncode == 0
    exported = said(edition)
    assert (
        "01_tensor    2 of 2 exercises, 100 of 100 points that visible checks can see, 1 of 1 text answer written, exported"
        in exported
    )
    assert "Next: begin 02_quarters" in exported


def test_the_last_check_is_enough_until_the_notebook_changes(edition: Path):
    write(edition, **RIGHT)
    tinytorch(edition, "check", "01")
    record = edition / ".tinytorch" / "checked.json"
    noted = json.loads(record.read_text(encoding="utf-8"))
    noted["notebooks/01_tensor/01_tensor.ipynb"]["rows"][0]["state"] = "failed"
    record.write_text(json.dumps(noted), encoding="utf-8")
    assert "40 of 100 points" in said(edition)  # as it was noted, without a run
    write(edition, **RIGHT, _text_01_03_why="Because.")
    assert "100 of 100 points" in said(edition)


def test_a_notebook_that_does_not_end_is_a_line_and_stops_nothing(edition: Path):
    write(edition, _01_01_half="import os\nos._exit(1)")
    text = said(edition)
    assert "01_tensor    cannot be checked" in text and "the kernel died" in text and "02_quarters" in text


@pytest.mark.parametrize("broken", ["", "[]", "{", '{"notebooks/01_tensor/01_tensor.ipynb": 3}'])
def test_a_damaged_record_is_none(edition: Path, broken: str):
    write(edition, **RIGHT)
    (edition / ".tinytorch" / "checked.json").write_text(broken, encoding="utf-8")
    assert "100 of 100 points" in said(edition)


def test_a_milestone_counts_for_the_library_on_which_it_was_played(edition: Path):
    course, milestone = Course(edition), MILESTONES[0]
    status.remember_milestone(course, milestone, Ending((Row("right", "4", "4", True),), 1.0, "It learns."))
    assert status.played(course, milestone).reached
    (edition / "tinytorch" / "core" / "tensor.py").write_text("class Tensor: ...\n", encoding="utf-8")
    assert status.played(course, milestone) is None


# -- sharing ---------------------------------------------------------------------------------------------------------


def test_nothing_is_written_for_others_unless_the_student_shares(edition: Path):
    write(edition, **RIGHT)
    said(edition)
    assert not list(edition.rglob("progress-*")) and not (edition / ".tinytorch" / "progress-id").exists()


def test_what_is_shared_is_shown_whole_and_says_nobodys_name(edition: Path, tmp_path: Path):
    write(edition, _01_01_half=RIGHT["_01_01_half"], _text_01_03_why="Because.")
    folder = tmp_path / "shared"
    folder.mkdir()
    done = tinytorch(edition, "status", "--share", "--to", str(folder))
    assert done.returncode == 0, done.stderr
    [path] = folder.iterdir()
    text = path.read_text(encoding="utf-8")
    assert text in done.stdout and str(path) in done.stdout
    found = json.loads(text)
    assert found.pop("id") == path.stem.removeprefix("progress-") and len(found.pop("date")) == 10
    module = {"right": ["01.1"], "exercises": 2, "points": 60.0, "of": 100.0, "exported": False}
    assert found == {"kind": "tinytorch progress", "modules": {"01_tensor": module}, "milestones": []}
    assert getpass.getuser() not in text and socket.gethostname() not in text and str(Path.home()) not in text


def test_a_students_next_file_takes_the_place_of_the_last(edition: Path, tmp_path: Path):
    for _ in range(2):
        assert tinytorch(edition, "status", "--share").returncode == 0
    [by_chance] = edition.glob("progress-*.json")
    assert tinytorch(edition, "status", "--share", "--as", "ada").returncode == 0
    assert {path.name for path in edition.glob("progress-*.json")} == {by_chance.name, "progress-ada.json"}
    (edition / ".tinytorch" / "progress-id").write_text("../../x", encoding="utf-8")
    assert tinytorch(edition, "status", "--share").returncode == 0
    assert len(list(edition.glob("progress-*.json"))) == 3 and not (edition.parent / "x.json").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--share", "--as", "../ada"], "cannot be the name of a file"),
        (["--share", "--to", "nowhere"], "there is no such folder"),
        (["--as", "ada"], "Add --share"),
    ],
)
def test_sharing_that_cannot_be_is_refused_with_a_sentence(edition: Path, arguments: list[str], why: str):
    done = tinytorch(edition, "status", *arguments)
    assert done.returncode == 2 and why in done.stderr and "Traceback" not in done.stderr
    assert not list(edition.parent.rglob("progress-*"))
