"""`tinytorch milestones`: true stories on the engine that is there; what is not reached is said, with where to look."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tinytorch_course.author.release import release
from tinytorch_course.base.course import Course
from tinytorch_course.base.errors import CourseError
from tinytorch_course.student.milestones import MILESTONES, Ending, Milestone, Row, chosen, exported, play, taken, told

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def mine(tmp_path: Path) -> Course:
    """A folder with a library of its own, to be spoiled."""
    shutil.copytree(ROOT / "tinytorch", tmp_path / "tinytorch", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copy(ROOT / "settings.ini", tmp_path)
    return Course(tmp_path)


def milestones(folder: Path, *names: str) -> subprocess.CompletedProcess:
    env = os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"}
    command = [sys.executable, "-m", "tinytorch_course", "milestones", *names]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8")


def spoil(course: Course, module: str, old: str, new: str) -> None:
    path = exported(course, module)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def milestone(name: str) -> Milestone:
    (found,) = chosen([name])
    return found


@pytest.mark.parametrize("name", [m.name for m in MILESTONES])
def test_the_course_itself_reaches(name: str):
    done = milestones(ROOT, name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("required: ") >= 2 and "  reached\n" in done.stdout
    assert "1 of 1 milestones reached." in done.stdout
    assert done.stderr == "" and "\x1b" not in done.stdout, "off a terminal there are no bars and no colours"


def test_the_perceptron_is_right_about_and_and_or_and_fails_at_xor_only(mine: Course):
    ending = play(mine, milestone("perceptron"))
    found = {row.what: row.reached for row in ending.rows}
    assert found["AND: right of 4"] == found["OR: right of 4"] == "4"
    assert int(found["XOR: right of 4"]) <= 3 and found["XOR: loss in the end"] == "0.6931"
    assert "not linearly separable" in ending.meaning


# A part of the engine, what is wrong with it, the exercise that the card has to name.
BROKEN = {
    "no broadcast is undone": (
        "def unbroadcast(",
        "def unbroadcast(grad, shape):\n    return grad\n\n\ndef was(",
        "06.10",
    ),
    "a matrix product has a wrong sign": (
        "grad_b = a.data.swapaxes(-1, -2) @ grad_output",
        "grad_b = -a.data.swapaxes(-1, -2) @ grad_output",
        "06.13",
    ),
    "a rule is not written": (
        "class SigmoidBackward(Function):",
        "class SigmoidBackward(Function):\n    def apply(self, grad_output):\n"
        '        raise NotImplementedError("06.17 SigmoidBackward.apply: return the gradient")\n\n\nclass Was(Function):',
        "06.17",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_engine_fails_and_is_told_which_exercise_to_mend(mine: Course, what: str):
    old, new, exercise = BROKEN[what]
    spoil(mine, "06_autograd", old, new)
    done = milestones(mine.root, "perceptron", "xor")
    assert done.returncode == 1, "a perceptron fails at XOR with a broken engine too: it has to learn AND and OR"
    assert "0 of 2 milestones reached." in done.stdout
    assert "Your engine is not ready" in done.stdout and f"exercise {exercise} (" in done.stdout, done.stdout
    assert "tinytorch export 06_autograd" in done.stdout and "Traceback" not in done.stdout + done.stderr


def test_what_was_reached_stands_beside_what_is_required(mine: Course):
    spoil(mine, "07_optimizers", "def adam_step(data,", "def adam_step(*_):\n    pass\n\n\ndef was(data,")
    done = milestones(mine.root, "perceptron", "xor")
    assert done.returncode == 1 and "1 of 2 milestones reached." in done.stdout
    assert re.search(r"loss in the end +0\.\d+ +required: below 0\.05 +<- not enough", done.stdout), done.stdout
    assert "a parameter after two steps of Adam is wrong" in done.stdout and "exercise 07.8 of Module 07" in done.stdout


def test_where_06_and_07_are_right_the_other_modules_are_named(mine: Course):
    spoil(
        mine, "03_layers", "1 / math.sqrt(fan_in)", "0.0 / math.sqrt(fan_in)"
    )  # all weights alike: nothing to tell apart
    done = milestones(mine.root, "xor")
    assert done.returncode == 1 and "Your Modules 06 and 07 answer all questions rightly" in done.stdout
    assert "`tinytorch check 03_layers`" in done.stdout and "08_training" not in done.stdout


def test_an_error_in_the_students_code_is_shown_with_its_place(mine: Course):
    spoil(mine, "07_optimizers", "def adam_step(", 'def adam_step(*_):\n    raise KeyError("meen")\n\n\ndef was(')
    done = milestones(mine.root, "xor")
    assert done.returncode == 1 and "It stopped: KeyError: 'meen' (tinytorch/core/optimizers.py, line " in done.stdout
    assert "in adam_step)" in done.stdout and "Traceback" not in done.stdout + done.stderr


def test_a_module_that_cannot_be_imported_is_shown_as_well(mine: Course):
    path = exported(mine, "01_tensor")
    path.write_text("import nowhere_to_be_found\n", encoding="utf-8")
    done = milestones(mine.root, "xor")
    assert done.returncode == 1 and "ModuleNotFoundError: No module named 'nowhere_to_be_found'" in done.stdout
    assert "(tinytorch/core/tensor.py, line 1" in done.stdout and "Traceback" not in done.stdout + done.stderr


def test_a_story_that_does_not_end_is_given_up(mine: Course):
    spoil(mine, "07_optimizers", "def adam_step(", "def adam_step(*_):\n    while True:\n        pass\n\n\ndef was(")
    ending = play(mine, milestone("xor"), seconds=5)
    assert not ending.reached and "given up after 5 seconds" in ending.error


def test_a_story_that_takes_python_down_is_not_reached(mine: Course):
    spoil(mine, "07_optimizers", "def adam_step(", "def adam_step(*_):\n    __import__('os')._exit(3)\n\n\ndef was(")
    ending = play(mine, milestone("xor"))
    assert not ending.reached and "Python ended with code 3" in ending.error


def test_a_milestone_whose_modules_are_missing_waits_and_the_others_are_played(mine: Course):
    for module in ("08_training", "09_convolutions", "11_embeddings", "12_attention", "13_transformers"):
        exported(mine, module).unlink(missing_ok=True)
    done = milestones(mine.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 of 2 milestones reached, 4 waiting for a module." in done.stdout
    assert (
        "waits for `tinytorch export 08_training`, `tinytorch export 11_embeddings`, `tinytorch export 12_attention`"
        in done.stdout
    )


def test_named_it_is_wrong_usage_to_play_it_too_early(mine: Course):
    exported(mine, "07_optimizers").unlink()
    done = milestones(mine.root, "xor")
    assert done.returncode == 2 and "waits for `tinytorch export 07_optimizers`" in done.stdout
    assert "1 of 1 milestones reached, 5 waiting" in milestones(mine.root).stdout, "the perceptron needs no optimizer"
    exported(mine, "06_autograd").unlink()
    assert milestones(mine.root).returncode == 2, "where nothing can be played, nothing was reached either"


def test_an_unknown_name_is_wrong_usage_and_lists_the_known_ones(mine: Course):
    done = milestones(mine.root, "xor", "chess")
    assert done.returncode == 2 and done.stdout == ""
    assert "'chess'" in done.stderr and "perceptron, xor, digits, moved, reversing, writer" in done.stderr
    with pytest.raises(CourseError):
        chosen(["chess"])


def test_it_says_so_when_it_runs_on_the_courses_module(mine: Course):
    path = exported(mine, "06_autograd")
    path.write_text(path.read_text(encoding="utf-8") + "\n_reference_of = '06_autograd'\n", encoding="utf-8")
    assert taken(mine, milestone("xor")) == ["06_autograd"]
    assert "This runs on the course's 06_autograd, not on yours." in milestones(mine.root, "xor").stdout


def test_a_row_that_is_missed_by_little_is_missed():
    good, bad = Row("a", "97.1%", "above 97 %", True), Row("b", "61", "at most 60", False)
    assert Ending((good,), 1.0, "It works.").reached
    assert not Ending((good, bad), 1.0, "").reached and not Ending((), 1.0, "").reached
    assert not Ending((good,), 1.0, "", error="ValueError: no").reached
    lines = told(Ending((good, bad), 1.0, "It works.", look="There."))
    assert lines == [
        "a   97.1%   required: above 97 %",
        "b      61   required: at most 60   <- not enough",
        "There.",
    ]


def test_the_needs_of_a_story_are_the_modules_that_it_imports_from():
    home = (ROOT / "tinytorch" / "__init__.py").read_text(encoding="utf-8")
    modules = {path.name[3:]: path.name for path in (ROOT / "src").iterdir()}
    where = {
        name: modules[module]
        for module, names in re.findall(r'^    "(\w+)": "([\w ]+)",$', home, re.MULTILINE)
        for name in names.split()
        if module in modules
    }
    for one in MILESTONES:
        text = (ROOT / "tinytorch_course" / "student" / "milestones" / f"{one.name}.py").read_text(encoding="utf-8")
        (names,) = re.findall(r"^from tinytorch import (\([^)]*\)|[^\n]*)", text, re.MULTILINE)
        used = {where[name] for name in re.findall(r"\w+", names)} | {"01_tensor", "06_autograd"}
        assert used == set(one.needs), one.name
        assert "tinytorch." not in text and " _" not in names, "public names only"


def test_an_edition_has_the_stories_and_says_what_to_export_first(course: Course, tmp_path: Path):
    edition = release(course, [course.module("06")], tmp_path / "edition")
    for one in MILESTONES:
        assert (edition / "tinytorch_course" / "student" / "milestones" / f"{one.name}.py").is_file()
    done = milestones(edition)
    assert done.returncode == 2 and "waits for `tinytorch export 06_autograd`" in done.stdout, done.stderr
    assert "0 of 0 milestones reached, 6 waiting for a module." in done.stdout
