"""`tinytorch release`: the student edition holds what a student needs, and nothing that they must not see."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from tests.conftest import TOY_TWO
from tinytorch_course.author import deliver
from tinytorch_course.author.build import build, drift
from tinytorch_course.author.release import gaps, generate, release
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


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and "backups" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def edit(course: Course, module: str, old: str, new: str) -> None:
    path = course.module(module).src
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    build(course)


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


def test_a_corrected_edition_takes_its_earlier_files_place_and_no_others(toy: Course, edition: Path):
    # As a repository for nbgitpuller, with files of the instructor's own.
    (edition / ".git").mkdir()
    for own in (".git/HEAD", ".gitignore", "notebooks/01_tensor/picture.png"):
        (edition / own).write_text("mine", encoding="utf-8")
    edit(toy, "01", "Half of 4 is 2.", "Half of 6 is 3.")
    release(toy, [toy.module("02")], edition)
    assert not (edition / "notebooks/01_tensor/01_tensor.ipynb").exists(), "this edition has Module 02 only"
    assert (edition / "notebooks/02_quarters/02_quarters.ipynb").is_file()
    assert "Half" in (edition / "tinytorch/core/tensor.py").read_text(encoding="utf-8")
    for own in (".git/HEAD", ".gitignore", "notebooks/01_tensor/picture.png"):
        assert (edition / own).read_text(encoding="utf-8") == "mine"
    release(toy, [toy.module("01"), toy.module("02")], edition)
    assert "Half of 6 is 3." in (edition / "notebooks/01_tensor/01_tensor.ipynb").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "work", ["notebooks/01_tensor/01_tensor.ipynb", "tinytorch/core/tensor.py", "README.md", "data/digits.csv"]
)
def test_work_in_an_edition_is_asked_about_and_put_aside(toy: Course, tmp_path: Path, work: str):
    (toy.root / "data").mkdir()
    (toy.root / "data/digits.csv").write_text("1,2", encoding="utf-8")
    build(toy)
    edition = release(toy, [toy.module("01")], tmp_path / "edition")
    (edition / work).write_text("an evening of mine", encoding="utf-8")
    before = contents(edition)
    with pytest.raises(CourseError, match=f"(?s)holds work.*{work}.*--replace"):
        release(toy, [toy.module("02")] if "core" in work else [toy.module("01")], edition)
    assert contents(edition) == before
    release(toy, [toy.module("02")] if "core" in work else [toy.module("01")], edition, replace=True)
    assert (edition / work).read_text(encoding="utf-8") != "an evening of mine"
    [aside] = (edition / ".tinytorch/backups").rglob(Path(work).name)
    assert aside.read_text(encoding="utf-8") == "an evening of mine"


def test_an_edition_that_remembers_nothing_is_asked_about(toy: Course, edition: Path):
    (edition / ".tinytorch/edition.json").write_text("[]", encoding="utf-8")
    (edition / "README.md").write_text("released by an earlier version", encoding="utf-8")
    with pytest.raises(CourseError, match=r"README\.md"):
        release(toy, [toy.module("01")], edition)


def test_a_module_for_those_who_go_on_leaves_all_that_is_there(toy: Course, edition: Path):
    (edition / "tinytorch/core/tensor.py").write_text("mine", encoding="utf-8")
    release(toy, [toy.module("02")], edition, library=False)
    assert (edition / "tinytorch/core/tensor.py").read_text(encoding="utf-8") == "mine"
    assert (edition / "notebooks/01_tensor/01_tensor.ipynb").is_file()
    assert (edition / "notebooks/02_quarters/02_quarters.ipynb").is_file()
    release(toy, [toy.module("01")], edition)  # the first edition's files are still known as the course's own
    assert (edition / "tinytorch/core/__init__.py").is_file()


def test_folders_that_are_no_edition_are_refused_untouched(toy: Course, tmp_path: Path):
    build(toy)
    foreign, project, other, file = (tmp_path / name for name in ("thesis", "project", "other", "file.txt"))
    foreign.mkdir()
    (foreign / "chapter.txt").write_text("mine", encoding="utf-8")
    project.mkdir()
    (project / "settings.ini").write_text("[DEFAULT]\nlib_name = my-own-nbdev-project\n", encoding="utf-8")
    shutil.copytree(toy.root, other)
    file.write_text("mine", encoding="utf-8")
    before = contents(tmp_path)
    for to, why in {
        foreign: "not a student edition",
        project: "not a student edition",
        other: "holds a checkout",
        tmp_path: "holds a checkout",
        toy.root: "checkout itself",
        toy.src: "part of the checkout",
        toy.notebooks / "new": "part of the checkout",
        file: "names a file",
    }.items():
        with pytest.raises(CourseError, match=why):
            release(toy, [toy.module("01")], to, replace=True)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("moment", ["writing", "moving", "removing"])
def test_a_release_that_is_stopped_leaves_whole_files_and_the_next_one_goes_through(
    toy: Course, edition: Path, monkeypatch: pytest.MonkeyPatch, moment: str
):
    release(toy, [toy.module("01"), toy.module("02")], edition)
    own = edition / "mine.txt"
    own.write_text("mine", encoding="utf-8")
    before = contents(edition)
    edit(toy, "01", "Half of 4 is 2.", "Half of 6 is 3.")
    wanted = contents(release(toy, [toy.module("01")], edition.with_name("new")))
    calls = 0

    def stopping(real: Callable[..., object]) -> Callable[..., object]:
        def stopped(*arguments: object, **options: object) -> object:
            nonlocal calls
            calls += 1
            if calls == 3:
                raise KeyboardInterrupt
            return real(*arguments, **options)

        return stopped

    with monkeypatch.context() as patch:
        if moment == "writing":
            patch.setattr(deliver.Path, "write_bytes", stopping(Path.write_bytes))
        elif moment == "moving":
            patch.setattr(deliver.os, "replace", stopping(os.replace))
        else:
            patch.setattr(deliver, "_remove", stopping(deliver._remove))
            calls = 2
        with pytest.raises(KeyboardInterrupt):
            release(toy, [toy.module("01")], edition)
    if moment == "writing":
        assert contents(edition) == before
    assert all(content in (before.get(name), wanted.get(name)) for name, content in contents(edition).items())
    release(toy, [toy.module("01")], edition)
    assert contents(edition) == {**wanted, "mine.txt": b"mine"}
    assert not list(edition.parent.glob(".*")), "nothing is left beside the edition"


@pytest.mark.parametrize("name", ["my course (2026)", "what?", "[draft] a+b", "50% {new}"])
def test_a_checkout_may_lie_in_a_folder_of_any_name(toy: Course, tmp_path: Path, name: str):
    """Catches: a path taken for a pattern, by which nbgrader finds no notebook or cannot tell its name."""
    toy.root.rename(tmp_path / name)
    moved = Course(tmp_path / name)
    build(moved)
    assert generate(moved.module("01_tensor")) == moved.root / "release" / "01_tensor" / "01_tensor.ipynb"
    edition = release(moved, [moved.module("01_tensor")], tmp_path / f"edition of {name}")
    assert (
        cells(edition / "notebooks" / "01_tensor" / "01_tensor.ipynb").keys()
        == cells(moved.root / "release" / "01_tensor" / "01_tensor.ipynb").keys()
    )


def test_a_checkout_of_windows_gives_the_same_edition(toy: Course, tmp_path: Path):
    build(toy)
    unix = contents(release(toy, [toy.module("02")], tmp_path / "unix"))
    for path in toy.root.rglob("*"):
        if path.suffix in {".py", ".ini", ".toml", ".ipynb", ".md"}:
            path.write_bytes(b"\xef\xbb\xbf" * (path.suffix == ".ini") + path.read_bytes().replace(b"\n", b"\r\n"))
    windows = Course(toy.root)
    assert drift(windows) == []
    assert build(windows).written == []
    found = contents(release(windows, [windows.module("02")], tmp_path / "windows"))
    assert found == unix


def test_gaps_between_the_modules_are_told(toy: Course):
    path = toy.root / "src/03_eighths/03_eighths.py"
    path.parent.mkdir()
    text = TOY_TWO.replace("Module 02", "Module 03").replace("core.quarters", "core.eighths").replace("02", "03")
    text = text.replace("from tinytorch.core.tensor import half", "from tinytorch.core.quarters import quarter as half")
    path.write_text(text, encoding="utf-8")
    one, two, three = Course(toy.root).modules
    assert gaps(toy, [three]) == [], "its library holds what came before"
    assert gaps(toy, [one, two, three]) == []
    assert gaps(toy, [one, three]) == [two]


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
        archive.extractall(tmp_path / "unpacked")
    assert contents(tmp_path / "unpacked" / "edition") == contents(tmp_path / "edition")


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
