"""A notebook is checked and exported wherever it stands: in an edition, or fetched through nbgrader's exchange."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.student.test_student import RIGHT, tinytorch, write
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.base.course import Course


@pytest.fixture
def edition(toy: Course, tmp_path: Path) -> Path:
    build(toy)
    return release(toy, [toy.module("01"), toy.module("02")], tmp_path / "edition")


@pytest.mark.parametrize("command", ["check", "export"])
def test_an_earlier_module_that_was_not_exported_is_named(edition: Path, command: str):
    done = tinytorch(edition, command, "02")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "core/tensor.py is not in your tinytorch/" in done.stderr and "`tinytorch export 01_tensor`" in done.stderr


def test_a_notebook_from_the_exchange_is_checked_and_exported(edition: Path, tmp_path: Path):
    """nbgrader puts an assignment's files into a folder without settings.ini; the library is what the hub has installed."""
    write(edition, **RIGHT)
    home = tmp_path / "home"
    for module in ("01_tensor", "02_quarters"):
        shutil.copytree(edition / "notebooks" / module, home / module)
    installed = tmp_path / "site-packages"
    for package in ("tinytorch", "tinytorch_course"):
        shutil.copytree(edition / package, installed / package)

    def hub(*words: str, where: Path = home) -> subprocess.CompletedProcess[str]:
        env = os.environ | {"PYTHONPATH": str(installed), "PYTHONIOENCODING": "utf-8", "COLUMNS": "120"}
        command = [sys.executable, "-m", "tinytorch_course", *words]
        return subprocess.run(command, cwd=where, env=env, capture_output=True, text=True, encoding="utf-8")

    checked = hub("check", "01_tensor.ipynb", where=home / "01_tensor")
    assert "2 of 2 exercises pass" in checked.stdout, checked.stdout + checked.stderr
    assert not (home / "tinytorch").exists(), "to check writes no library"
    exported = hub("export", "01_tensor")
    assert exported.returncode == 0, exported.stderr
    assert "return x * 0.5" in (home / "tinytorch/core/tensor.py").read_text(encoding="utf-8")
    assert not (installed / "tinytorch/core/tensor.py").exists()
    later = hub("check", "02")
    assert "02.1 Quarter  not written" in later.stdout, later.stdout + later.stderr
    doctor = hub("doctor")
    assert doctor.returncode == 0, doctor.stdout
    nowhere = hub("check", "03_nothing")
    assert nowhere.returncode == 2 and "no settings.ini" in nowhere.stderr
