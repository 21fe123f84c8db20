"""Honest work of every module: the reference and every right solution of another shape keep their points, unflagged.

Each submission holds one right variant of every exercise that has one more, so that few submissions cover them all.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from tests.mutation.harness import HERE, variants_of
from tinytorch_course.author.release import generate, stripped
from tinytorch_course.author.samples import submission
from tinytorch_course.base.course import Course
from tinytorch_course.grading.grade import grade

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
MODULES = [module.name for module in Course(ROOT).modules if (HERE / module.name).is_dir()]


@pytest.mark.parametrize("name", MODULES)
def test_the_reference_and_all_right_variants_keep_their_points_without_a_flag(name, course: Course, tmp_path):
    module = course.module(name)
    edition = stripped(module)
    right: dict[str, list[str]] = {}
    for variant in variants_of(module):
        if variant.right:
            right.setdefault(variant.grade_id, []).append(variant.source)
    rounds = max(map(len, right.values()))
    everybody = [{}] + [{g: sources[at % len(sources)] for g, sources in right.items()} for at in range(rounds)]
    for at, instead in enumerate(everybody):
        path = tmp_path / "submitted" / f"student-{at}" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nb = submission(module, instead=instead, edition=copy.deepcopy(edition))
        path.write_text(json.dumps(nb), encoding="utf-8")
    generate(module, course_dir=tmp_path)
    for one in grade(tmp_path, name, workers=2, progress=False):
        lost = [item.number for item in one.exercises if item.score is not None and item.score < item.max_score]
        assert not lost and not one.flags and not one.repairs and one.state == "graded", one
