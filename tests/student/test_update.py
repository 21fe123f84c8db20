"""`tinytorch update`: a corrected edition comes in, and nothing that a student wrote goes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import nbformat
import pytest

from tests.student.test_student import RIGHT, tinytorch, write
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.base.course import Course
from tinytorch_course.base.errors import CourseError
from tinytorch_course.student.update import update

NOTEBOOK = "notebooks/01_tensor/01_tensor.ipynb"


def corrected(toy: Course, to: Path, *changes: tuple[str, str], modules: tuple[str, ...] = ("01",)) -> Path:
    """The zip of a later edition, after changes of Module 01's source."""
    path = toy.module("01").src
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    build(toy)
    return release(toy, [toy.module(name) for name in modules], to / "later", archive=True)


def sources(edition: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(edition / NOTEBOOK, 4).cells]


@pytest.fixture
def edition(toy: Course, tmp_path: Path) -> Path:
    """Half solved: 01.1 is written, and a cell of the student's own stands below its test."""
    build(toy)
    edition = release(toy, [toy.module("01")], tmp_path / "edition")
    write(edition, _01_01_half=RIGHT["_01_01_half"], _text_01_03_why="Because I say so.")
    nb = nbformat.read(edition / NOTEBOOK, 4)
    at = next(
        n for n, cell in enumerate(nb.cells) if "test-01-01" in cell.metadata.get("nbgrader", {}).get("grade_id", "")
    )
    nb.cells.insert(at + 1, nbformat.v4.new_code_cell("half(10)  # tried by myself"))
    nbformat.write(nb, edition / NOTEBOOK)
    return edition


def test_prose_and_checks_are_new_and_answers_stay(toy: Course, edition: Path, tmp_path: Path):
    later = corrected(
        toy, tmp_path, ("Half of 4 is 2.", "Half of 6 is 3."), ('"half(4)", half(4), 2.0', '"half(6)", half(6), 3.0')
    )
    before = (edition / NOTEBOOK).read_bytes()
    done = update(Course(edition), later)
    text = sources(edition)
    assert "### 01.1 Half\n\nHalf of 6 is 3." in text and RIGHT["_01_01_half"] in text and "Because I say so." in text
    test = next(n for n, source in enumerate(text) if "half(6), 3.0" in source)
    assert text[test + 1] == "half(10)  # tried by myself"
    assert sum("NotImplementedError" in source for source in text) == 1, "01.2 is still to do"
    assert done.written == [NOTEBOOK] and done.to_look_at == []
    assert (done.aside / NOTEBOOK).read_bytes() == before
    says = tinytorch(edition, "check", "01").stdout
    assert "01.1 Half   passed" in says and "01.2 Twice  not written" in says and "was changed" not in says
    assert update(Course(edition), later).written == []


def test_a_task_that_changed_or_went_is_told_and_the_answer_stays(toy: Course, edition: Path, tmp_path: Path):
    changed = corrected(toy, tmp_path, ('"""Half of `x`."""', '"""Half of `x`, as a float."""'))
    done = update(Course(edition), changed)
    assert len(done.to_look_at) == 1 and "the task of 01-01-half has changed" in done.to_look_at[0]
    assert RIGHT["_01_01_half"] in sources(edition)
    gone = corrected(toy, tmp_path, ("01-01-half", "01-01-halved"))
    done = update(Course(edition), gone)
    assert "01-01-half is no exercise any more" in done.to_look_at[0]
    assert RIGHT["_01_01_half"] in sources(edition)


def test_the_next_module_comes_in_beside_exported_work(toy: Course, edition: Path, tmp_path: Path):
    (edition / "tinytorch/core/tensor.py").write_text("mine = 1\n", encoding="utf-8")
    (edition / "README.md").write_text("my notes\n", encoding="utf-8")
    done = update(Course(edition), corrected(toy, tmp_path, modules=("02",)))
    assert (edition / "notebooks/02_quarters/02_quarters.ipynb").is_file() and (edition / NOTEBOOK).is_file()
    assert (edition / "tinytorch/core/tensor.py").read_text(encoding="utf-8") == "mine = 1\n"
    assert "tinytorch/core/tensor.py is what you exported, and stays." in done.to_look_at
    assert (done.aside / "README.md").read_text(encoding="utf-8") == "my notes\n"


@pytest.mark.parametrize("kind", ["text", "other zip", "outside", "missing"])
def test_what_is_no_edition_changes_nothing(edition: Path, tmp_path: Path, kind: str):
    path = tmp_path / "some.zip"
    if kind == "text":
        path.write_text("<html>please log in</html>", encoding="utf-8")
    elif kind != "missing":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a/readme.txt", "x")
            if kind == "outside":
                archive.writestr("a/.tinytorch/edition.json", "{}")
                archive.writestr("a/../../outside.txt", "x")
    before = sources(edition)
    with pytest.raises(CourseError, match=r"unpacked|not a zip file of|outside of|no such file"):
        update(Course(edition), path)
    assert sources(edition) == before and not (tmp_path / "outside.txt").exists()
