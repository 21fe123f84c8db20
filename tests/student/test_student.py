"""A student's way with nothing but the edition: check, mend, check, export, import."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.base.course import Course
from tinytorch_course.base.errors import CourseError
from tinytorch_course.student import run_notebook


@pytest.fixture
def edition(toy: Course, tmp_path: Path) -> Path:
    build(toy)
    return release(toy, [toy.module("01")], tmp_path / "edition")


def tinytorch(edition: Path, *words: str) -> subprocess.CompletedProcess:
    """The student's own `tinytorch`: only the edition is on the path."""
    env = os.environ | {"PYTHONPATH": str(edition), "PYTHONIOENCODING": "utf-8", "COLUMNS": "120"}
    command = [sys.executable, "-m", "tinytorch_course.cli", *words]
    return subprocess.run(command, cwd=edition, env=env, capture_output=True, text=True, encoding="utf-8")


def write(edition: Path, **answers: str) -> None:
    path = edition / "notebooks" / "01_tensor" / "01_tensor.ipynb"
    nb = nbformat.read(path, 4)
    for cell in nb.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").replace("-", "_")
        name = f"_{name}"
        if name in answers:
            cell.source = answers[name]
    nbformat.write(nb, path)


RIGHT = {
    "_01_01_half": "#| export\ndef half(x):\n    return x * 0.5",
    "_01_02_twice": "#| export\ndef twice(x):\n    return x + x",
}


def test_an_untouched_edition_says_what_is_to_do(edition: Path):
    done = tinytorch(edition, "check", "01_tensor")
    assert done.returncode == 1, done.stderr
    assert "01.1 Half   not written" in done.stdout and "01.2 Twice  not written" in done.stdout
    assert "0 of 2 exercises pass their visible checks, 0 of 1 text answer written." in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_wrong_answer_gets_its_card_and_the_other_exercise_its_points(edition: Path):
    write(edition, **RIGHT | {"_01_01_half": "#| export\ndef half(x):\n    return x - 1"})
    done = tinytorch(edition, "check", "01")
    assert done.returncode == 1
    assert "01.1 Half   failed" in done.stdout and "01.2 Twice  passed" in done.stdout
    assert "look at   How many halves make a whole?" in done.stdout
    assert "expected  2" in done.stdout and "got       3" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "export"])
def test_the_first_endless_loop_is_stopped_and_named(edition: Path, command: str):
    loop = "#| export\ndef {}(x):\n    while True:\n        pass"
    write(edition, _01_01_half=loop.format("half"), _01_02_twice=loop.format("twice"))
    begin = time.monotonic()
    done = tinytorch(edition, command, "01")
    assert done.returncode == 1
    assert "exercise 01.1 was still running after 20 s" in done.stdout + done.stderr
    assert time.monotonic() - begin < 60, "the second loop was waited for, too"


def test_an_endless_loop_in_no_exercise_is_named_by_its_place(edition: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run_notebook, "TIMEOUT", 2)
    path = edition / "notebooks/01_tensor/01_tensor.ipynb"
    nb = nbformat.read(path, 4)
    nb.cells += [nbformat.v4.new_markdown_cell("## Afterwards"), nbformat.v4.new_code_cell("while True:\n    pass")]
    with pytest.raises(
        CourseError, match="below “Afterwards”, the cell that begins `while True:` was still running after 2 s"
    ):
        run_notebook.run(Course(edition), path, nb)


def test_all_right_is_said_calmly_and_exported_code_is_theirs(edition: Path):
    write(edition, **RIGHT)
    exported = tinytorch(edition, "export", "01")
    assert exported.returncode == 0, "a text answer that is still missing does not keep code back"
    write(edition, **RIGHT, _text_01_03_why="Because I say so.")
    done = tinytorch(edition, "check", "01")
    assert done.returncode == 0
    assert (
        "2 of 2 exercises pass their visible checks, 1 of 1 text answer written, for a person to grade." in done.stdout
    )
    exported = tinytorch(edition, "export", "01")
    assert exported.returncode == 0, exported.stdout + exported.stderr
    text = (edition / "tinytorch" / "core" / "tensor.py").read_text(encoding="utf-8")
    assert "return x * 0.5" in text and "Checks" not in text


def test_a_failing_notebook_is_refused_and_what_was_exported_stays(edition: Path):
    write(edition, **RIGHT, _text_01_03_why="Because I say so.")
    assert tinytorch(edition, "export", "01").returncode == 0
    before = (edition / "tinytorch" / "core" / "tensor.py").read_bytes()
    for wrong, words in {
        "#| export\ndef half(x):\n    return x - 1": ("01.1 half", "cell", "look at"),
        "#| export\ndef half(x:\n    return x": (
            "01.1: your cell does not run",
            "SyntaxError",
            "cell 7",
            "line      2: def half(x:",
        ),
        "#| export\nimport nowhere_to_be_found\ndef half(x):\n    return x / 2": ("nowhere_to_be_found", "cell"),
    }.items():
        write(edition, _01_01_half=wrong)
        done = tinytorch(edition, "export", "01")
        assert done.returncode == 1
        assert all(word in done.stderr for word in words), done.stderr
        assert "Traceback" not in done.stderr
        assert (edition / "tinytorch" / "core" / "tensor.py").read_bytes() == before


def test_a_module_that_cannot_be_imported_is_rolled_back(edition: Path):
    # Runs in the notebook, where numpy is imported above, but leans on a name that is not exported.
    path = edition / "notebooks" / "01_tensor" / "01_tensor.ipynb"
    write(edition, **RIGHT, _text_01_03_why="Because I say so.")
    nb = nbformat.read(path, 4)
    nb.cells.insert(3, nbformat.v4.new_code_cell("mine = 2"))
    nbformat.write(nb, path)
    write(edition, _01_02_twice="#| export\ndef twice(x, times=mine):\n    return times * x")
    done = tinytorch(edition, "export", "01")
    assert done.returncode == 1 and "name 'mine' is not defined" in done.stderr
    assert not (edition / "tinytorch" / "core" / "tensor.py").exists()


KILLED = """
import os, signal, subprocess

run, replace = subprocess.run, os.replace

def killed_before(command, *words, **options):
    if MOMENT == "import" and "tinytorch.Tensor" in str(command):
        os.kill(os.getpid(), signal.SIGKILL)
    return run(command, *words, **options)

def killed_at(draft, target):
    if MOMENT == "move" and str(target) == LIBRARY:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(draft, target)

subprocess.run, os.replace = killed_before, killed_at
"""


@pytest.mark.parametrize("moment", ["import", "move"])
def test_an_export_that_is_killed_leaves_the_library_that_was_good(edition: Path, moment: str):
    """Catches: writing into the library first and trying it afterwards; writing in place."""
    library = edition / "tinytorch" / "core" / "tensor.py"

    def modules() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in library.parent.glob("*.py")}

    write(edition, **RIGHT)
    assert tinytorch(edition, "export", "01").returncode == 0
    good = modules()
    write(edition, _01_01_half="#| export\ndef half(x):\n    return 2 * x / 4")
    hook = edition / "sitecustomize.py"
    hook.write_text(f"MOMENT, LIBRARY = {moment!r}, {str(library)!r}\n{KILLED}", encoding="utf-8")
    assert tinytorch(edition, "export", "01").returncode < 0
    assert modules() == good
    hook.unlink()
    again = tinytorch(edition, "export", "01")
    assert again.returncode == 0, again.stderr
    assert b"2 * x / 4" in library.read_bytes() and modules().keys() == good.keys()


def test_force_exports_what_fails_its_checks_but_runs(edition: Path):
    write(edition, **RIGHT | {"_01_01_half": "#| export\ndef half(x):\n    return x - 1"})
    assert tinytorch(edition, "export", "01").returncode == 1
    assert tinytorch(edition, "export", "01", "--force").returncode == 0
    assert "return x - 1" in (edition / "tinytorch" / "core" / "tensor.py").read_text(encoding="utf-8")


def test_an_edited_test_is_noticed(edition: Path):
    write(edition, **RIGHT, _test_01_01_half="print('fine')")
    done = tinytorch(edition, "check", "01")
    assert "test-01-01-half was changed" in done.stdout


def test_a_stuck_student_may_take_the_reference_if_allowed_and_it_says_so(toy: Course, tmp_path: Path):
    build(toy)
    both = [toy.module("01"), toy.module("02")]
    strict = release(toy, both, tmp_path / "strict")
    refused = tinytorch(strict, "export", "01", "--reference")
    assert refused.returncode == 2 and "allowed here: none" in refused.stderr
    kind = release(toy, both, tmp_path / "kind", reference=both[:1])
    (kind / "tinytorch" / "core" / "tensor.py").write_text("class Tensor: mine = 1\n", encoding="utf-8")
    done = tinytorch(kind, "export", "01_tensor", "--reference")
    assert done.returncode == 0 and "not on yours" in done.stdout, done.stderr
    text = (kind / "tinytorch" / "core" / "tensor.py").read_text(encoding="utf-8")
    assert "return x / 2" in text and "_reference_of = '01_tensor'" in text
    assert (kind / "tinytorch" / "core" / "tensor.py.own").read_text(encoding="utf-8") == "class Tensor: mine = 1\n"


@pytest.mark.parametrize(
    "words, message",
    [
        (("check", "09_nothing"), "no module '09_nothing'"),
        (("check", "no.ipynb"), "no such file"),
        (("export", "settings.ini"), "no module"),
    ],
)
def test_wrong_names_exit_with_2_and_a_sentence(edition: Path, words: tuple[str, ...], message: str):
    done = tinytorch(edition, *words)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr


def test_a_file_that_is_no_notebook_is_named(edition: Path):
    path = edition / "notebooks" / "01_tensor" / "01_tensor.ipynb"
    path.write_text("<html>", encoding="utf-8")
    done = tinytorch(edition, "check", "01")
    assert done.returncode == 2 and "01_tensor.ipynb" in done.stderr and "not a notebook" in done.stderr


def test_a_student_has_no_instructor_commands(edition: Path):
    text = tinytorch(edition, "--help").stdout
    assert "check" in text and "export" in text
    for command in ("build", "release", "grade", "report"):
        assert f" {command} " not in text


ANOTHER_INSTALLED = """
import runpy, sys
from importlib.machinery import PathFinder

class Installed:  # as setuptools finds an editable installation, after all folders of the path
    find_spec = staticmethod(
        lambda name, path=None, target=None: PathFinder.find_spec(name, [{folder!r}]) if name.count(".") == 1 else None
    )

sys.meta_path.append(Installed)
sys.argv = ["tinytorch", "--help"]
runpy.run_module("tinytorch_course.cli", run_name="__main__", alter_sys=True)
"""


def test_another_course_that_is_installed_adds_no_commands_to_an_edition(edition: Path):
    code = ANOTHER_INSTALLED.format(folder=str(ROOT / "tinytorch_course"))
    env = os.environ | {"PYTHONPATH": str(edition), "PYTHONIOENCODING": "utf-8", "COLUMNS": "120"}
    text = subprocess.run(
        [sys.executable, "-c", code], cwd=edition, env=env, capture_output=True, text=True, encoding="utf-8"
    ).stdout
    assert " check " in text and " build " not in text and " grade " not in text


DEMO = "import time\nslow = 1\ntime.sleep({})\nopen('{}.txt', 'w').close()"


@pytest.fixture
def shown(toy: Course, tmp_path: Path) -> Path:
    """An edition with given cells: one that shows something, one that a student's cell uses, what that one uses, one to try things in."""
    path = toy.module("01").src
    text = path.read_text(encoding="utf-8")
    cells = [
        "# %%\nuseful = 1\nopen('given.txt', 'w').close()",
        f'# %% tags=["demo"]\n{DEMO.format(0, "shown")}',
        "# %% tags=[\"demo\"]\ndef two():\n    return 2\n\n\nopen('behind.txt', 'w').close()",
        "# %% tags=[\"demo\"]\nuseful = two()\nopen('useful.txt', 'w').close()",
        "# %% tags=[\"demo\", \"play\"]\nopen('play.txt', 'w').close()",
    ]
    path.write_text("\n\n".join([text.rstrip(), *cells]) + "\n", encoding="utf-8")
    build(toy)
    return release(toy, [toy.module("01")], tmp_path / "edition")


@pytest.mark.parametrize(
    "words, ran",
    [((), {"given", "behind", "useful"}), (("--all",), {"given", "play", "behind", "useful", "shown"})],
)
def test_check_leaves_out_what_shows_something_and_nothing_else(shown: Path, words: tuple[str, ...], ran: set[str]):
    path = shown / "notebooks/01_tensor/01_tensor.ipynb"
    nb = nbformat.read(path, 4)
    nb.cells.append(
        nbformat.v4.new_code_cell("assert useful == 2\n\n\ndef own(slow):\n    return slow")
    )  # of the student's own
    nbformat.write(nb, path)
    write(shown, **RIGHT, _text_01_03_why="Because I say so.")
    done = tinytorch(shown, "check", "01", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {file.stem for file in path.parent.glob("*.txt")} == ran


def test_a_cell_that_misses_what_a_demonstration_does_is_run_after_it(toy: Course, tmp_path: Path):
    path = toy.module("01").src
    cells = ["# %%\nkept = []", '# %% tags=["demo"]\nkept.append(1)']
    path.write_text("\n\n".join([path.read_text(encoding="utf-8").rstrip(), *cells]) + "\n", encoding="utf-8")
    build(toy)
    edition = release(toy, [toy.module("01")], tmp_path / "edition")
    notebook = edition / "notebooks/01_tensor/01_tensor.ipynb"
    nb = nbformat.read(notebook, 4)
    nb.cells.append(nbformat.v4.new_code_cell("assert kept == [1]"))
    nbformat.write(nb, notebook)
    write(edition, **RIGHT, _text_01_03_why="Because I say so.")
    done = tinytorch(edition, "check", "01")
    assert done.returncode == 0, done.stdout + done.stderr


def test_where_a_check_fails_no_demonstration_is_waited_for(shown: Path):
    """Half-solved is how a notebook is most of the time, and given cells fail then, too."""
    path = shown / "notebooks/01_tensor/01_tensor.ipynb"
    nb = nbformat.read(path, 4)
    nb.cells.append(nbformat.v4.new_code_cell("half(2)"))
    nbformat.write(nb, path)
    assert tinytorch(shown, "check", "01").returncode == 1
    assert "shown" not in {file.stem for file in path.parent.glob("*.txt")}
