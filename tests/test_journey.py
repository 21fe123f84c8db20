"""A student's own engine carries them on: the modules after 06 run on what they exported, right or slow, and say when it is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.mutants.harness import HERE, Variant
from tinytorch_course.config import Course
from tinytorch_course.release import release
from tinytorch_course.samples import submission

pytestmark = pytest.mark.slow
JOURNEY = ("06", "07", "08")


def tinytorch(edition: Path, *words: str) -> subprocess.CompletedProcess:
    env = os.environ | {"PYTHONPATH": str(edition), "PYTHONIOENCODING": "utf-8", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tinytorch_course", *words]
    return subprocess.run(command, cwd=edition, env=env, capture_output=True, text=True, encoding="utf-8")


def solve(course: Course, edition: Path, name: str, instead: dict[str, str] | None = None) -> None:
    module = course.module(name)
    path = edition / "notebooks" / module.name / f"{module.name}.ipynb"
    nbformat.write(submission(module, instead=instead, edition=nbformat.read(path, 4)), path)


@pytest.fixture
def edition(course: Course, tmp_path: Path) -> Path:
    return release(course, [course.module(name) for name in JOURNEY], tmp_path / "edition")


def variant(name: str) -> Variant:
    return Variant.read(HERE / "06_autograd" / f"{name}.py")


def test_a_reference_student_walks_from_06_to_08(course: Course, edition: Path):
    core = edition / "tinytorch" / "core"
    for name, file in zip(JOURNEY, ("autograd.py", "optimizers.py", "training.py")):
        assert not (core / file).exists(), "the edition holds nothing of the modules that it asks for"
        solve(course, edition, name)
        done = tinytorch(edition, "export", name)
        assert done.returncode == 0, done.stdout + done.stderr
        assert (core / file).read_text(encoding="utf-8") == (course.library / "core" / file).read_text(encoding="utf-8")


def test_07_without_06_says_what_to_export_first(course: Course, edition: Path):
    solve(course, edition, "07")
    done = tinytorch(edition, "export", "07")
    assert done.returncode == 1 and "06_autograd" in done.stderr and "Traceback" not in done.stderr


def test_a_right_engine_of_another_kind_carries_on(course: Course, edition: Path):
    other = variant(sorted(p.stem for p in (HERE / "06_autograd").glob("06-20_right_*.py"))[0])
    solve(course, edition, "06", {other.grade_id: other.source})
    assert tinytorch(edition, "export", "06").returncode == 0
    solve(course, edition, "07")
    done = tinytorch(edition, "export", "07")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_engine_is_told_which_exercise_of_06_to_look_at(course: Course, edition: Path):
    wrong = variant("06-21_same_input_twice")
    assert wrong.hidden, "it passes every visible check, so the student exports it in good faith"
    solve(course, edition, "06", {wrong.grade_id: wrong.source})
    assert tinytorch(edition, "export", "06").returncode == 0
    solve(course, edition, "07")
    done = tinytorch(edition, "export", "07")
    assert done.returncode == 1 and "06.21" in done.stderr, done.stderr
