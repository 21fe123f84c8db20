"""`tinytorch status`: how far a student is, and what comes next."""

from __future__ import annotations

import json
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
    assert "01_tensor    1 of 3 exercises, 60 of 100 points that visible checks can see, not exported" in begun
    assert "Next: 01.2 Twice in 01_tensor: not written yet" in begun

    write(edition, **RIGHT, _text_01_03_why="Because.")
    assert "Next: `tinytorch export 01_tensor`" in said(edition)
    assert tinytorch(edition, "export", "01").returncode == 0
    exported = said(edition)
    assert "01_tensor    3 of 3 exercises, 100 of 100 points that visible checks can see, exported" in exported
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
