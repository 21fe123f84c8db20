"""The tests of the tests: every wrong solution is caught, by its own exercise only; right ones keep full points."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.mutants.harness import HERE, Verdict, judge
from tinytorch_course.config import Course

MODULES = [module.name for module in Course(ROOT).modules]


@pytest.mark.parametrize("name", MODULES)
def test_mutants(name: str, request: pytest.FixtureRequest):
    verdict: Verdict = judge(Course(ROOT).module(name))
    request.node.user_properties.append(("mutants", verdict.row()))
    assert verdict.complaints() == []
    assert verdict.points == 100


def test_every_folder_of_mutants_belongs_to_a_module():
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(MODULES)
