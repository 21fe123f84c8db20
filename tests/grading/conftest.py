"""One generated course for all tests; each test gets a copy of its own."""

from __future__ import annotations

import shutil
from concurrent.futures import Future

import pytest

from tests.grading.grading_course import make_course
from tinytorch_course.base.marks import number_of
from tinytorch_course.grading.model import CellResult, Executed, ExerciseResult, Worked
from tinytorch_course.grading.sandbox.walls import missing_reason


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def plain_template(tmp_path_factory):
    """The same with a test that has no checks."""
    return make_course(tmp_path_factory.mktemp("plain"), plain=True)


@pytest.fixture
def root(template, tmp_path):
    """A course folder with a generated assignment and no submissions."""
    target = tmp_path / "course"
    shutil.copytree(template, target)
    return target


@pytest.fixture(scope="session", autouse=True)
def _bubblewrap():
    reason = missing_reason()
    if reason is not None:
        pytest.skip(f"grading needs a working bubblewrap: {reason}")


@pytest.fixture
def without_kernels(monkeypatch):
    """Grading in which nothing runs."""
    leave_kernels_out(monkeypatch)


def leave_kernels_out(monkeypatch):
    """Grading for tests of what lies around the run: an answer is right if it is the one of
    `grading_course.SOLUTIONS` and its test does not say that it is impossible."""
    from tests.grading import grading_course as sample
    from tinytorch_course.grading import class_run, grade
    from tinytorch_course.grading.marking.prepare import prepare

    class AtOnce:
        """A backend that runs nothing."""

        width = 1

        def __init__(self, setting):
            self._source = setting.source

        def submit(self, task):
            future = Future()
            future.set_result(Worked(task.student, *self._looked_at(task)))
            return future

        def _looked_at(self, task):
            prepared = prepare(task.data, self._source)
            if prepared.refused is not None:
                return prepared, None
            texts = {cell.name: cell.source for cell in prepared.cells}
            found = Executed([CellResult() for _ in prepared.cells])
            for cell in self._source.cells:
                if cell.grade:
                    answer = cell.name.removeprefix("test-")
                    right = cell.is_test and texts.get(answer) == sample.SOLUTIONS.get(answer)
                    right = right and "# impossible" not in cell.source
                    points = cell.points * right if cell.is_test else None
                    found.exercises.append(
                        ExerciseResult(cell.name, number_of(cell.name), cell.title, points, cell.points, passed=right)
                    )
            return prepared, found

        def restart(self): ...

        def close(self, now=False): ...

        def is_death(self, error):
            return False

    monkeypatch.setattr(grade, "_with_answers", lambda setting, ground: setting)
    monkeypatch.setattr(grade, "require", lambda: None)
    monkeypatch.setattr(class_run, "scheduler_backend", lambda setting, *_: AtOnce(setting))
