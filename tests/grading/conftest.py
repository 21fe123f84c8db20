"""One generated course for all tests; each test gets a copy of its own."""

from __future__ import annotations

import shutil

import pytest

from tests.grading.grading_course import make_course
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
