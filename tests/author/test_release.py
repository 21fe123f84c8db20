"""`tinytorch release`: the student edition holds what a student needs, and nothing that they must not see."""

from __future__ import annotations

import zipfile
from pathlib import Path

import nbformat
import pytest

from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.author.samples import reference_cells
from tinytorch_course.author.source import read_source
from tinytorch_course.base.course import Course, exported_file
from tinytorch_course.base.errors import CourseError
from tinytorch_course.base.marks import is_export, stub_of
from tinytorch_course.base.marks import visible as visible_part


def cells(path: Path) -> dict[str, nbformat.NotebookNode]:
    return {c.metadata.nbgrader.grade_id: c for c in nbformat.read(path, 4).cells if "nbgrader" in c.metadata}


def distinctive(source: str) -> list[str]:
    """Lines of a solution that do not stand in its own stub."""
    stub = stub_of(source)
    return [line.strip() for line in source.split("\n") if line.strip() and len(line.strip()) > 12 and line not in stub]


@pytest.fixture
def edition(toy: Course, tmp_path: Path) -> Path:
    build(toy)
    return release(toy, [toy.module("01")], tmp_path / "edition", archive=False)


def test_stubs_name_their_task_and_answers_are_gone(edition: Path):
    found = cells(edition / "notebooks" / "01_tensor" / "01_tensor.ipynb")
    half = found["01-01-half"].source
    assert half.endswith('    # YOUR CODE HERE\n    raise NotImplementedError("01.1 half: return half of x")')
    assert '"""Half of `x`."""' in half
    assert found["text-01-03-why"].source == "YOUR ANSWER HERE"


def test_hidden_tests_are_gone_and_visible_ones_are_locked(edition: Path):
    test = cells(edition / "notebooks" / "01_tensor" / "01_tensor.ipynb")["test-01-01-half"]
    assert "half(4)" in test.source and "-1.5" not in test.source and "hidden" not in test.source
    assert test.metadata.editable is False and test.metadata.deletable is False


def test_prose_and_given_code_are_locked_and_exercises_are_not(edition: Path):
    nb = nbformat.read(edition / "notebooks" / "01_tensor" / "01_tensor.ipynb", 4)
    for cell in nb.cells:
        solution = cell.metadata.get("nbgrader", {}).get("solution", False)
        assert cell.metadata.get("editable", True) == solution, cell.source
    assert any(c.metadata.get("nbgrader", {}).get("grade_id", "").startswith("given-") for c in nb.cells)


def test_the_library_holds_earlier_modules_only(toy: Course, tmp_path: Path):
    build(toy)
    first = release(toy, [toy.module("01")], tmp_path / "one")
    assert sorted(p.name for p in (first / "tinytorch" / "core").glob("*.py")) == ["__init__.py"]
    second = release(toy, [toy.module("02")], tmp_path / "two")
    assert sorted(p.name for p in (second / "tinytorch" / "core").glob("*.py")) == ["__init__.py", "tensor.py"]
    assert not list(second.rglob("src")) and not list(second.rglob("01_tensor.ipynb"))


def test_releasing_again_replaces_and_a_foreign_folder_is_left_alone(toy: Course, edition: Path, tmp_path: Path):
    (edition / "old.txt").write_text("old", encoding="utf-8")
    release(toy, [toy.module("01")], edition)
    assert not (edition / "old.txt").exists()
    foreign = tmp_path / "thesis"
    foreign.mkdir()
    (foreign / "chapter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CourseError, match="not a student edition"):
        release(toy, [toy.module("01")], foreign)
    assert [p.name for p in foreign.iterdir()] == ["chapter.txt"]
    with pytest.raises(CourseError, match="checkout itself"):
        release(toy, [toy.module("01")], toy.root)


def test_what_is_not_built_is_not_released(toy: Course, tmp_path: Path):
    build(toy)
    path = toy.module("01").src
    path.write_text(path.read_text(encoding="utf-8").replace("x / 2", "0.5 * x"), encoding="utf-8")
    with pytest.raises(CourseError, match="not built"):
        release(toy, [toy.module("01")], tmp_path / "edition")
    assert not (tmp_path / "edition").exists()


def test_a_zip_holds_the_same(toy: Course, tmp_path: Path):
    build(toy)
    path = release(toy, [toy.module("01")], tmp_path / "edition", archive=True)
    with zipfile.ZipFile(path) as archive:
        assert "edition/notebooks/01_tensor/01_tensor.ipynb" in archive.namelist()
        assert "edition/README.md" in archive.namelist()


def test_an_edition_without_library_leaves_the_students_own_alone(toy: Course, tmp_path: Path):
    build(toy)
    edition = release(toy, [toy.module("02")], tmp_path / "more", library=False)
    assert not list(edition.rglob("core")) and (edition / "notebooks" / "02_quarters").is_dir()


def test_no_solution_of_the_real_course_leaves_the_house(course: Course, tmp_path: Path):
    """Every edition of every module is searched for its own solutions and hidden checks."""
    for module in course.modules:
        edition = release(course, [module], tmp_path / module.name)
        text = "\n".join(
            path.read_text(encoding="utf-8") for path in edition.rglob("*") if path.suffix in {".py", ".ipynb", ".md"}
        )
        lines = set()
        for cell in nbformat.read(edition / "notebooks" / module.name / f"{module.name}.ipynb", 4).cells:
            lines |= {line.strip() for line in cell.source.split("\n")}
        for trace in ("BEGIN SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "check.hidden()"):
            assert trace not in "\n".join(lines), (module.name, trace)
        given = "\n".join(
            c.source if not c.metadata.get("nbgrader", {}).get("solution") else stub_of(c.source)
            for c in read_source(module.src).cells
        )
        for cell in read_source(module.src).cells:
            metadata = cell.metadata.get("nbgrader", {})
            if metadata.get("solution") and cell.cell_type == "code":
                secret = distinctive(cell.source)
            elif metadata.get("grade") and cell.cell_type == "code":
                visible = {line.strip() for line in visible_part(cell.source).split("\n")}
                hidden = [line.strip() for line in cell.source.split("\n") if line.strip() not in visible]
                secret = [line for line in hidden if len(line) > 30]
            else:
                continue
            leaked = [line for line in secret if line in lines and line not in given.replace(cell.source, "")]
            assert not leaked, (module.name, metadata.grade_id, leaked)
        assert len(text) > 1000


def test_no_edition_can_import_what_it_asks_for(course: Course, tmp_path: Path):
    for module in course.modules:
        library = module.library_before(tmp_path / module.name)
        own = exported_file(module)
        assert own is None or not (library / own).exists()
        assert reference_cells(module)
        names = [c.source for c in read_source(module.src).cells if is_export(c.source)]
        assert names or own is None
