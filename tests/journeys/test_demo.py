"""`make demo`: the main job from end to end, on a copy of the checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.conftest import ROOT

PARTS = ("src", "notebooks", "tinytorch", "data", "settings.ini", "pyproject.toml", "setup.py", "README.md", "LICENSE")


@pytest.mark.slow
def test_the_demo_builds_releases_grades_and_says_where_things_lie(tmp_path: Path):
    for name in PARTS:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-m", "tinytorch_course.demo"], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for word in ("ada-perfect", "student edition", "gradebook", "feedback", "tinytorch lab"):
        assert word in done.stdout
    with Gradebook(f"sqlite:///{tmp_path / 'demo' / 'course' / 'gradebook.db'}") as gradebook:
        assignment = gradebook.find_assignment("06_autograd")
        by_hand = sum(c.max_score for n in assignment.notebooks for c in n.grade_cells if c.cell_type == "markdown")
        scores = {s.student.id: s.score for s in assignment.submissions}
    assert scores["ada-perfect"] == assignment.max_score - by_hand == 100 - by_hand
    assert scores["ben-blank"] == 0
    assert 0 < scores["cleo-half"] < scores["dan-syntax"] < scores["ada-perfect"]
    assert scores["eve-endless"] == scores["dan-syntax"], "an endless loop costs one exercise, as a syntax error does"
    for student in scores:
        [page] = (tmp_path / "demo" / "course" / "feedback" / student).rglob("*.html")
        text = page.read_text(encoding="utf-8")
        assert "06." in text and "Traceback" not in text and "check.hidden" not in text
