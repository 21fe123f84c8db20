"""Work is never lost without a word: copies as they were checked, and what an edition unpacked over them has emptied."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest

from tests.student.test_student import RIGHT, tinytorch, write
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.base.course import Course
from tinytorch_course.base.notebook import checksum, read_notebook
from tinytorch_course.student import keep

NOTEBOOK = "notebooks/01_tensor/01_tensor.ipynb"


@pytest.fixture
def edition(toy: Course, tmp_path: Path) -> Path:
    build(toy)
    release(toy, [toy.module("01")], tmp_path / "edition", archive=True)
    return tmp_path / "edition"


def kept(edition: Path) -> list[str]:
    return [p.read_text(encoding="utf-8") for p in sorted((edition / ".tinytorch/backups/01_tensor").glob("*"))]


def test_an_edition_unpacked_over_solved_work_is_noticed_and_the_work_is_there(edition: Path):
    write(edition, **RIGHT)
    assert tinytorch(edition, "export", "01").returncode == 0
    solved = (edition / NOTEBOOK).read_text(encoding="utf-8")
    (edition / "tinytorch/core").joinpath("tensor.py").write_text(
        "class Tensor: pass\n", encoding="utf-8"
    )  # as in a zip
    with zipfile.ZipFile(edition.with_suffix(".zip")) as archive:
        archive.extractall(edition.parent)
    done = tinytorch(edition, "check", "01")
    assert "Empty again, though you had written them: 01.1, 01.2" in done.stdout
    assert "tinytorch/core/tensor.py is changed since you exported it" in done.stdout
    assert kept(edition) == [solved]
    exported = (edition / ".tinytorch/backups/exported/tensor.py").read_text(encoding="utf-8")
    assert "return x * 0.5" in exported
    shutil.copy(next((edition / ".tinytorch/backups/01_tensor").iterdir()), edition / NOTEBOOK)
    again = tinytorch(edition, "export", "01")
    assert again.returncode == 0
    assert "Empty again" not in tinytorch(edition, "check", "01").stdout


def test_work_that_was_never_checked_is_found_in_jupyterlabs_checkpoint(edition: Path):
    fresh = (edition / NOTEBOOK).read_bytes()
    write(edition, _01_02_twice=RIGHT["_01_02_twice"])
    checkpoint = edition / "notebooks/01_tensor/.ipynb_checkpoints/01_tensor-checkpoint.ipynb"
    checkpoint.parent.mkdir()
    (edition / NOTEBOOK).rename(checkpoint)
    (edition / NOTEBOOK).write_bytes(fresh)
    says = keep.lost(Course(edition), edition / NOTEBOOK, read_notebook(edition / NOTEBOOK))
    assert "01.2." in says and "01.1" not in says and "01_tensor-checkpoint.ipynb" in says


def test_a_fresh_notebook_and_a_corrected_test_raise_no_alarm(edition: Path):
    course, path = Course(edition), edition / NOTEBOOK
    keep.keep(course, path, read_notebook(path))
    assert kept(edition) == [] and keep.lost(course, path, read_notebook(path)) == ""
    write(edition, **RIGHT)
    keep.keep(course, path, read_notebook(path))
    nb = read_notebook(path)
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "test-01-01-half":
            cell.source += "\n# corrected"
    assert keep.lost(course, path, nb) == "" and keep.replaced_exports(course) == []


def test_the_last_copies_are_kept_each_once(edition: Path, monkeypatch: pytest.MonkeyPatch):
    course, path = Course(edition), edition / NOTEBOOK
    for number in range(keep.COPIES + 3):
        write(edition, _01_01_half=f"def half(x):\n    return {number}")
        monkeypatch.setattr(keep.time, "strftime", lambda _, number=number: f"{number:04d}")
        keep.keep(course, path, read_notebook(path))
        keep.keep(course, path, read_notebook(path))
    copies = kept(edition)
    assert len(copies) == keep.COPIES and "return 12" in copies[-1] and "return 3" in copies[0]


def test_a_folder_that_cannot_be_written_keeps_nobody_from_checking(edition: Path):
    (edition / ".tinytorch/backups").write_text("in the way", encoding="utf-8")
    write(edition, **RIGHT)
    keep.keep(Course(edition), edition / NOTEBOOK, read_notebook(edition / NOTEBOOK))


def test_checksums_are_nbgraders(edition: Path):
    from nbgrader.utils import compute_checksum

    cells = [c for c in nbformat.read(edition / NOTEBOOK, 4).cells if "nbgrader" in c.metadata]
    assert {c.metadata.nbgrader.get("solution") for c in cells} == {True, False}
    for cell in cells:
        assert checksum(cell) == compute_checksum(cell) == cell.metadata.nbgrader.checksum
        cell.source += "\n# ä"
        assert checksum(cell) == compute_checksum(cell) != cell.metadata.nbgrader.checksum
