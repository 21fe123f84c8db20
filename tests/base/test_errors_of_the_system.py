"""Full disks and folders that cannot be written: each command says so in a sentence, and leaves whole what was there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.student.test_student import RIGHT, write
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.base.course import Course
from tinytorch_course.base.errors import CourseError
from tinytorch_course.base.files import copy_folder

MOUNT = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec"]


def may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*MOUNT, "mount -t tmpfs none /mnt"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not may_mount(), reason="no user may mount a folder here")


def command(cwd: Path, mounts: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`tinytorch` in a mount namespace of its own."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "300"} | environment
    line = f'{mounts}\ncd "$0"\nexec "$@"'
    process = [*MOUNT, line, str(cwd), sys.executable, "-m", "tinytorch_course", *words]
    return subprocess.run(process, env=env, capture_output=True, text=True, encoding="utf-8")


@pytest.fixture
def edition(toy: Course, tmp_path: Path) -> Path:
    build(toy)
    edition = release(toy, [toy.module("01")], tmp_path / "edition")
    write(edition, **RIGHT)
    return edition


def read_only(folder: Path) -> str:
    return f"mount --bind {folder} {folder}; mount -o remount,bind,ro {folder}"


def assert_sentence(done: subprocess.CompletedProcess[str], says: str) -> None:
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.startswith("tinytorch: ") and says in done.stderr and "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 2 and len(done.stderr) < 600, done.stderr


def test_where_nothing_can_be_written_check_works_and_export_says_why(edition: Path):
    done = command(edition, read_only(edition), "check", "01")
    assert "2 of 2 exercises pass" in done.stdout, done.stderr
    assert_sentence(command(edition, read_only(edition), "export", "01"), "Read-only file system")


def test_a_full_disk_for_scratch_files_is_said_once(edition: Path, tmp_path: Path):
    (tmp_path / "small").mkdir()
    full = f"mount -t tmpfs -o size=40k none {tmp_path / 'small'}"
    done = command(edition, full, "export", "01", TMPDIR=str(tmp_path / "small"))
    assert_sentence(done, "No space left on device")
    assert not (edition / "tinytorch/core/tensor.py").exists()


@pytest.mark.parametrize(
    "words", [("build",), ("release", "01", "--to", "{full}/edition"), ("release", "01", "--to", "{shut}/x")]
)
def test_an_author_is_told_too(toy: Course, tmp_path: Path, words: tuple[str, ...]):
    if words[0] == "release":
        build(toy)
    full, shut = tmp_path / "full", tmp_path / "shut"
    full.mkdir()
    shut.mkdir()
    mounts = f"mount -t tmpfs -o size=100k none {full}\n{read_only(shut)}\n"
    mounts += read_only(toy.root) if words[0] == "build" else ""
    done = command(toy.root, mounts, *(word.format(full=full, shut=shut) for word in words))
    assert_sentence(done, "No space left" if "{full}" in words[-1] else "Read-only file system")


def test_names_that_are_too_long_are_said(toy: Course):
    build(toy)
    for words in (("release", "01", "--to", "a" * 300), ("check", "a" * 300 + ".ipynb")):
        done = command(toy.root, "", *words)
        assert done.returncode == 2 and "File name too long" in done.stderr and "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_copied_is_one_sentence(tmp_path: Path):
    (tmp_path / "here").mkdir()
    for name in "ab":
        (tmp_path / "here" / name).symlink_to(tmp_path / "nowhere")
    with pytest.raises(CourseError, match=r"cannot be copied to .*: No such file or directory\n"):
        copy_folder(tmp_path / "here", tmp_path / "there")
