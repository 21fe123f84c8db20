"""`tinytorch certificate`: the page says what stands, of the student's own work, and nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import tinytorch
from tests.student.test_student import RIGHT, write
from tests.student.test_student import tinytorch as command
from tinytorch.core import autograd
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.base.course import Course
from tinytorch_course.base.errors import CourseError
from tinytorch_course.student import certificate, measured
from tinytorch_course.student.milestones import MILESTONES, Ending, Row, exported
from tinytorch_course.student.status import remember_milestone


@pytest.fixture
def edition(toy: Course, tmp_path: Path) -> Path:
    build(toy)
    return release(toy, [toy.module("01")], tmp_path / "edition")


def test_without_an_export_there_is_nothing_to_certify(edition: Path):
    done = command(edition, "certificate")
    assert done.returncode == 2 and "tinytorch export" in done.stdout + done.stderr
    assert not (edition / "certificate.html").exists()


def test_the_page_holds_exercises_milestones_and_the_checksum_of_what_was_exported(edition: Path):
    write(edition, **RIGHT)
    assert command(edition, "export", "01").returncode == 0
    done = command(edition, "certificate", "--name", "Ada <b>", "--to", "mine.html")
    assert done.returncode == 0, done.stderr
    page = (edition / "mine.html").read_text(encoding="utf-8")
    assert "Ada &lt;b&gt;" in page and "2 of 2, 0 of 1 text answer written" in page and "100 of 100" in page
    library = (edition / "tinytorch" / "core" / "tensor.py").read_bytes()
    assert hashlib.sha256(library).hexdigest() in page
    assert "None yet" in page and "Gradients" not in page  # there is no engine
    assert "src=" not in page and "href=" not in page  # it needs nothing else


def test_a_milestone_played_on_this_library_is_not_played_again(edition: Path, monkeypatch: pytest.MonkeyPatch):
    course, milestone = Course(edition), MILESTONES[0]
    for module in milestone.needs:
        exported(course, module).touch()
    monkeypatch.setattr(certificate, "play", lambda *_: Ending((Row("right", "1", "4", False),), 1.0, ""))
    remember_milestone(course, milestone, Ending((Row("right", "4", "4", True),), 1.0, ""))
    assert certificate.stories(course)[0][1].reached
    exported(course, "06_autograd").write_text("changed = 1\n", encoding="utf-8")
    assert not certificate.stories(course)[0][1].reached


def test_an_engine_that_cannot_be_imported_is_a_sentence(edition: Path):
    (edition / "tinytorch" / "core" / "autograd.py").write_text("1 / 0\n", encoding="utf-8")
    with pytest.raises(CourseError, match=r"cannot be measured: .*tinytorch export"):
        certificate.measured(Course(edition))
    (edition / "tinytorch" / "__init__.py").write_text("import os\nos._exit(3)\n", encoding="utf-8")
    with pytest.raises(CourseError, match="cannot be measured"):
        certificate.measured(Course(edition))


def test_the_gradients_of_the_reference_pass_and_a_wrong_rule_fails(monkeypatch: pytest.MonkeyPatch):
    tinytorch.Tensor([1.0])  # enables the engine
    assert all(row["passed"] for row in measured.gradient_checks())

    def own_factor(self, grad_output):
        a, b = self.saved_tensors
        return grad_output * a.data, grad_output * b.data

    monkeypatch.setattr(autograd.MulBackward, "apply", own_factor)
    failed = {row["what"] for row in measured.gradient_checks() if not row["passed"]}
    assert failed and all("*" in what or "/" in what for what in failed)
    monkeypatch.setattr(autograd.MulBackward, "apply", lambda self, grad_output: 1 / 0)
    assert any("ZeroDivisionError" in row["problem"] for row in measured.gradient_checks())
