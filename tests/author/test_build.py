"""`tinytorch build`: one source, the same bytes, nothing a person changed is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

from tests.conftest import TOY_ONE
from tinytorch_course.author.build import build, drift
from tinytorch_course.author.source import check_cell, read_source, to_percent
from tinytorch_course.base.course import Course
from tinytorch_course.base.errors import CourseError
from tinytorch_course.base.notebook import digest, read_notebook


def made(course: Course) -> dict[str, bytes]:
    """All generated files by name."""
    files = [*course.notebooks.rglob("*.ipynb"), *(course.library / "core").glob("*.py")]
    return {path.relative_to(course.root).as_posix(): path.read_bytes() for path in files}


def edit(course: Course, old: str, new: str, name: str = "01_tensor") -> None:
    path = course.module(name).src
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def edit_notebook(course: Course, old: str, new: str, name: str = "01_tensor") -> None:
    path = course.module(name).notebook
    nb = nbformat.read(path, as_version=4)
    [cell] = [cell for cell in nb.cells if old in cell.source]
    cell.source = cell.source.replace(old, new)
    nbformat.write(nb, path)


def test_same_source_gives_the_same_bytes_twice_and_elsewhere(toy: Course, tmp_path: Path):
    build(toy)
    first = made(toy)
    assert build(toy).written == []
    elsewhere = tmp_path / "another place" / "deeper"
    shutil.copytree(toy.root, elsewhere)
    for path in set(first) - {"tinytorch/core/__init__.py"}:
        (elsewhere / path).unlink()
    build(Course(elsewhere))
    assert made(Course(elsewhere)) == first


def test_comments_that_look_like_commands_stay_comments(toy: Course):
    comments = [
        *(
            "# copy the array first",
            "# ls of the losses",
            "# ? why",
            "# %d is the number",
            "# cat and dog",
            "# !careful",
        ),
        *("# cd is the coefficient of drag", "# %%time it", "# help me", "# %matplotlib inline", "# # twice", "# x?"),
    ]
    edit(toy, "class Tensor:", "\n".join(comments) + "\nclass Tensor:")
    edit(toy, "        self.data = np", "".join(f"        {c}\n" for c in comments) + "        self.data = np")
    build(toy)
    notebook = "\n".join(cell.source for cell in read_notebook(toy.module("01").notebook).cells).split("\n")
    library = (toy.library / "core/tensor.py").read_text(encoding="utf-8").split("\n")
    for comment in comments:
        for text in (notebook, library):
            assert comment in text and f"        {comment}" in text
    edit_notebook(toy, "Half of 4 is 2.", "Half of 6 is 3.")  # and on the way back into src/
    assert build(toy).taken_from_notebook == [toy.module("01")]
    source = toy.module("01").src.read_text(encoding="utf-8").split("\n")
    assert all(comment in source and f"        {comment}" in source for comment in comments)


def test_the_library_has_no_marks_no_tests_and_keeps_the_code(toy: Course):
    build(toy)
    text = (toy.library / "core" / "tensor.py").read_text(encoding="utf-8")
    assert text.startswith('"""Half of a number."""')
    assert "return x / 2" in text
    for trace in ("SOLUTION", "HIDDEN", "Checks", "check."):
        assert trace not in text
    assert "from .tensor import half" in (toy.library / "core" / "quarters.py").read_text(encoding="utf-8")


def test_cell_ids_come_from_grade_ids_or_content(toy: Course):
    build(toy)
    nb = read_notebook(toy.module("01").notebook)
    ids = [cell.id for cell in nb.cells]
    assert "01-01-half" in ids and len(set(ids)) == len(ids)
    before = dict(zip(ids, (c.source for c in nb.cells)))
    edit(toy, "# Half of 4 is 2.", "# Half of 4 is two.")
    build(toy)
    after = {cell.id: cell.source for cell in read_notebook(toy.module("01").notebook).cells}
    assert len(set(before) ^ set(after)) == 2, "one edited cell gets a new id, all others keep theirs"


@pytest.mark.parametrize("damage", ["notebook", "library", "missing", "orphan"])
def test_check_finds_drift_and_names_the_file(toy: Course, damage: str):
    build(toy)
    assert drift(toy) == []
    if damage == "notebook":
        edit_notebook(toy, "Half of 4", "Half of 5")
    elif damage == "library":
        (toy.library / "core" / "tensor.py").write_text("x = 1\n", encoding="utf-8")
    elif damage == "missing":
        (toy.library / "core" / "quarters.py").unlink()
    else:
        shutil.rmtree(toy.src / "02_quarters")
    findings = drift(Course(toy.root))
    name = {"notebook": "01_tensor.ipynb", "library": "core/tensor.py", "missing": "quarters.py", "orphan": "quarters"}
    assert findings and all(name[damage] in line.replace("\\", "/") for line in findings)


def test_an_edit_of_the_notebook_goes_back_to_the_source(toy: Course):
    build(toy)
    edit_notebook(toy, "return x / 2", "return 0.5 * x")
    done = build(toy)
    assert [module.name for module in done.taken_from_notebook] == ["01_tensor"]
    text = toy.module("01").src.read_text(encoding="utf-8")
    assert text == TOY_ONE.replace("return x / 2", "return 0.5 * x"), "and nothing else in the source changes"
    assert "0.5 * x" in (toy.library / "core" / "tensor.py").read_text(encoding="utf-8")
    assert drift(toy) == []


def test_an_edit_on_both_sides_that_agrees_is_fine(toy: Course):
    # What JupyterLab does with a paired notebook: it saves both.
    build(toy)
    edit(toy, "return x / 2", "return 0.5 * x")
    edit_notebook(toy, "return x / 2", "return 0.5 * x")
    assert build(toy).taken_from_notebook == []
    assert drift(toy) == []


def test_different_edits_on_both_sides_stop_the_build_and_lose_nothing(toy: Course):
    build(toy)
    edit(toy, "return x / 2", "return 0.5 * x")
    edit_notebook(toy, "Half of 4 is 2", "Half of 4 is two")
    before = made(toy), toy.module("01").src.read_bytes()
    with pytest.raises(CourseError, match="both edited") as caught:
        build(toy)
    assert caught.value.exit_code == 1 and caught.value.cell is not None
    assert (made(toy), toy.module("01").src.read_bytes()) == before
    build(toy, take="notebook")
    assert "Half of 4 is two" in toy.module("01").src.read_text(encoding="utf-8")


def test_an_edit_of_the_library_stops_the_build(toy: Course):
    build(toy)
    path = toy.library / "core" / "tensor.py"
    path.write_text(path.read_text(encoding="utf-8") + "\nmine = 1\n", encoding="utf-8")
    with pytest.raises(CourseError, match="edited by hand"):
        build(toy)
    assert "mine = 1" in path.read_text(encoding="utf-8")


def test_outputs_and_foreign_metadata_do_not_count_as_edits(toy: Course):
    build(toy)
    path = toy.module("01").notebook
    before = path.read_bytes()
    nb = nbformat.read(path, as_version=4)
    nb.cells[2].execution_count = 7
    nb.cells[2].metadata["collapsed"] = True
    nb.metadata["language_info"] = {"name": "python", "version": "3.12"}
    nbformat.write(nb, path)
    assert build(toy).taken_from_notebook == []
    assert path.read_bytes() == before


def test_source_to_notebook_and_back_is_lossless(course: Course):
    for module in course.modules:
        nb = read_source(module.src)
        again = jupytext.reads(to_percent(nb), fmt="py:percent")
        assert digest(again) == digest(nb), module.name


# What is replaced by what, what the message says, and the text on the line that it names.
BAD = {
    "unclosed solution": ("    return x / 2\n    ### END SOLUTION\n", "    return x / 2\n", "no END SOLUTION", "BEGIN SOLUTION 01.1"),
    "unclosed hidden test": ("    ### END HIDDEN TESTS\n", "", "no END HIDDEN TESTS", "BEGIN HIDDEN TESTS"),
    "duplicate grade id": ('"test-01-02-twice"', '"test-01-01-half"', "stands twice", '"points": 40'),
    "unknown cell type": ("# %% [markdown]\n# ### 01.2", "# %% [sql]\n# ### 01.2", "cell type [sql] is unknown", "# %% [sql]"),
    "no task in the mark": ("SOLUTION 01.1 half: return half of x", "SOLUTION", "exercise and its task", "### BEGIN SOLUTION\n"),
    "not python": ("def half(x):", "def half(x:", "not valid Python", "def half(x:"),
    "no points": ('"points": 60, ', "", "has no points", '"test-01-01-half"'),
    "exercise without test": ('"test-01-02-twice"', '"test-01-09-other"', "no test cell", '"01-02-twice"'),
    "strange grade id": ('"grade_id": "01-02-twice"', '"grade_id": "twice"', "does not say its exercise", '"twice"'),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_source_gets_one_sentence_with_file_cell_and_line_and_writes_nothing(toy: Course, case: str):
    build(toy)
    old, new, message, named = BAD[case]
    edit(toy, old, new)
    before = made(toy)
    with pytest.raises(CourseError) as caught:
        build(toy)
    assert message in caught.value.message
    assert caught.value.file == toy.module("01").src and caught.value.cell
    lines = toy.module("01").src.read_text(encoding="utf-8").splitlines(keepends=True)
    assert named in lines[caught.value.line - 1]
    assert made(toy) == before


def test_a_notebook_that_is_not_json_is_named(toy: Course):
    build(toy)
    toy.module("02").notebook.write_text("{ not json", encoding="utf-8")
    with pytest.raises(CourseError, match="not a notebook") as caught:
        build(toy)
    assert caught.value.file == toy.module("02").notebook and caught.value.line == 1
    assert caught.value.exit_code == 2


def test_a_notebook_with_an_unknown_cell_type_is_named(toy: Course):
    build(toy)
    path = toy.module("01").notebook
    nb = json.loads(path.read_text(encoding="utf-8"))
    nb["cells"][3]["cell_type"] = "picture"
    path.write_text(json.dumps(nb), encoding="utf-8")
    with pytest.raises(CourseError, match="picture"):
        build(toy)


def command(course: Course, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "tinytorch_course.cli", *words],
        cwd=course.root,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_the_command_line_says_what_it_did_and_how_it_ended(toy: Course):
    assert command(toy, "build").returncode == 0
    assert command(toy, "build", "--check").stdout.strip() == "Everything is as src/ gives it."
    edit(toy, "return x / 2", "return 0.5 * x")
    drifted = command(toy, "build", "--check")
    assert drifted.returncode == 1 and "core/tensor.py" in drifted.stdout.replace("\\", "/")
    unknown = command(toy, "build", "06_autograt")
    assert unknown.returncode == 2
    assert "no module '06_autograt'" in unknown.stderr and "01_tensor" in unknown.stderr
    assert "Traceback" not in unknown.stderr + drifted.stderr


def test_plain_nbdev_export_gives_the_same_library_but_for_the_marks(toy: Course):
    build(toy)
    ours = (toy.library / "core" / "tensor.py").read_text(encoding="utf-8")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("nbdev_export"))], cwd=toy.root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    theirs = (toy.library / "core" / "tensor.py").read_text(encoding="utf-8")
    assert [line for line in theirs.split("\n") if "SOLUTION" not in line] == ours.split("\n")
    assert (toy.root / "pyproject.toml").read_bytes() == (Path(__file__).parents[2] / "pyproject.toml").read_bytes()


def test_nbdev_clean_keeps_what_grading_needs(toy: Course):
    build(toy)
    before = digest(read_notebook(toy.module("01").notebook))
    done = subprocess.run(
        [str(Path(sys.executable).with_name("nbdev_clean"))], cwd=toy.root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    nb = read_notebook(toy.module("01").notebook)
    assert digest(nb) == before and nb.metadata["tinytorch"]["source"] == before


def test_committed_files_are_what_the_source_gives(course: Course):
    assert drift(course) == []


def test_hidden_checks_that_send_no_value_are_refused():
    meta = {"nbgrader": {"grade": True, "grade_id": "test-01-01-x", "points": 1}}
    code = "with Checks('01.1', 'x') as check:\n    check.equal('a', f(1), 2)\n    ### BEGIN HIDDEN TESTS\n    {}\n    ### END HIDDEN TESTS"
    cell = nbformat.v4.new_code_cell(code.format("check.true('f changes nothing', f(3) is not None)"), metadata=meta)
    with pytest.raises(CourseError, match="send out no value"):
        check_cell(cell, Path("x.py"), 1)
    cell.source = code.format("check.equal('the value of three', f(3), 4)")
    check_cell(cell, Path("x.py"), 1)
