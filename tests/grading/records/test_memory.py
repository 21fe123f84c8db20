"""What a large class costs in memory: a student of it no more than what the pages say about them."""

from __future__ import annotations

import shutil
import tracemalloc
from collections import Counter

import numpy as np
import pytest
from nbgrader.api import Gradebook

from tests.grading.grading_course import ASSIGNMENT
from tinytorch_course.grading.assignment import Assignment, open_gradebook
from tinytorch_course.grading.records import similar, standing
from tinytorch_course.grading.records.gradebook import Recorder
from tinytorch_course.grading.records.similar import Work, pairs_of
from tinytorch_course.grading.records.texts import read_questions

STUDENTS = 400


def peak(act):
    """Bytes at the highest while `act` runs the second time: what is imported and compiled does not count."""
    act()
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def large(template, tmp_path_factory):
    """A class in the gradebook, with nothing run."""
    root = tmp_path_factory.mktemp("large") / "course"
    shutil.copytree(template, root)
    ground = Assignment.open(root, ASSIGNMENT)
    with Recorder(ground.directory, ground.source, ground.config), Gradebook(ground.directory.db_url) as book:
        for at in range(STUDENTS):
            book.update_or_create_student(f"s{at}")
            book.update_or_create_submission(ASSIGNMENT, f"s{at}")
    return ground


def test_a_student_more_costs_what_is_kept_of_their_points(large, monkeypatch):
    monkeypatch.setattr(standing, "_AT_ONCE", 20)
    with Recorder(large.directory, large.source, large.config) as recorder:
        assert len(recorder.renewed_class()) == STUDENTS
        assert peak(recorder.renewed_class) < 3_500 * STUDENTS


def test_a_student_more_costs_what_is_kept_of_their_answers(large):
    with open_gradebook(large.directory) as book:
        assert peak(lambda: read_questions(large, book)) < 2_000 * STUDENTS


def prints(chance, students, shared):
    """Fingerprints of a class, 500 a student, some of them those of a few others too."""
    pool = chance.integers(0, 1 << 32, students * shared // 3, dtype=np.uint32)
    own = chance.integers(0, 1 << 32, (students, 500 - shared), dtype=np.uint32)
    return {f"s{at}": np.unique(np.concatenate([chance.choice(pool, shared), own[at]])) for at in range(students)}


@pytest.mark.parametrize("at_once", [500, 3_000, 1 << 30])
def test_pairs_are_the_same_however_many_fingerprints_are_looked_at_together(monkeypatch, at_once):
    """The pairs that were made, with what they share, counted by sets."""
    monkeypatch.setattr(similar, "_AT_ONCE", at_once)
    found = prints(np.random.default_rng(1), 40, 60)
    given = [int(value) for value in found["s7"][:50]]
    monkeypatch.setattr(similar, "prints_of", lambda pieces: np.array(sorted(pieces), np.uint32))
    for one, other in ((3, 4), (9, 30)):
        found[f"s{one}"] = np.unique(np.concatenate([found[f"s{other}"], found[f"s{one}"][:20]]))
    pairs = pairs_of({student: Work(own) for student, own in found.items()}, given)
    assert {(pair.one, pair.other) for pair in pairs} == {("s3", "s4"), ("s30", "s9")}
    counts = Counter(value for own in found.values() for value in own.tolist() if value not in given)
    few = {value for value, count in counts.items() if count <= 3}
    for pair in pairs:
        sides = [set(found[student].tolist()) & few for student in (pair.one, pair.other)]
        assert pair.prints == sides[0] & sides[1] and pair.shared == len(pair.prints)
        assert pair.likeness == pytest.approx(pair.shared / min(map(len, sides)))


def test_looking_for_pairs_takes_little_more_than_the_fingerprints(monkeypatch):
    monkeypatch.setattr(similar, "_AT_ONCE", 20_000)
    found = prints(np.random.default_rng(1), 400, 20)
    works = {student: Work(own) for student, own in found.items()}
    assert peak(lambda: pairs_of(works)) < 4 * sum(own.nbytes for own in found.values())
