"""The tests of the tests: every wrong solution is caught, by its own exercise only; right ones keep full points."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.mutation.harness import HERE, Outcome, Variant, Verdict, judge
from tinytorch_course.base.course import Course

MODULES = [module.name for module in Course(ROOT).modules]


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULES)
def test_mutants(name: str, request: pytest.FixtureRequest):
    verdict: Verdict = judge(Course(ROOT).module(name))
    request.node.user_properties.append(("mutants", verdict.row()))
    assert verdict.complaints() == []
    assert verdict.points == 100


def test_every_folder_of_mutants_belongs_to_a_module():
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(MODULES)


@pytest.mark.parametrize(
    ("hidden", "visible_failed", "said"),
    [
        (True, False, ""),
        (False, True, ""),
        (False, False, "only hidden checks catch it, but it does not say `hidden: yes`"),
        (True, True, "says `hidden: yes`, but a visible check catches it"),
    ],
)
def test_the_label_of_a_mutant_has_to_be_true(hidden: bool, visible_failed: bool, said: str):
    variant = Variant("01-01_it", "", "01-01-as-array", hidden=hidden)
    outcome = Outcome(variant, {"01.1": "it came out wrong"}, visible_failed)
    verdict = Verdict("01_tensor", ["01.1"], 100, {}, [], [outcome])
    assert [line for line in verdict.complaints() if line.startswith("01-01_it")] == (
        [f"01-01_it: {said}"] if said else []
    )
