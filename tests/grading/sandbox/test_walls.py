"""The other ways to run a submission: a sandbox for each kernel, and none at all. The grades are the same."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.grading.grading_course import ASSIGNMENT, code, hand_in, nbgrader, released, solved
from tinytorch_course.author.samples import sample_class
from tinytorch_course.base.course import Course
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.sandbox import walls
from tinytorch_course.grading.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[3]
PEEK = f"""
import os
for path in ("/sockets", "/run/tinytorch", os.path.expanduser("~"), "/tmp"):
    try: print(path, sorted(os.listdir(path)))
    except OSError as error: print(path, error.strerror)
for path in ("@ROOT@/gradebook.db", "@ROOT@/source/{ASSIGNMENT}/{ASSIGNMENT}.ipynb", "/sockets/request.json"):
    try: print("GOT", path, len(open(path, "rb").read()))
    except OSError as error: print(path, error.strerror)
def double(x):
    try: print("GOT", open("/sockets/request.json").read())
    except OSError: pass
    return 2 * np.asarray(x)
"""
SCRIPT = """
import json, sys
from pathlib import Path
from tinytorch_course.grading.grade import grade
print(sys.prefix, file=sys.stderr)
if __name__ == "__main__":
    result = grade(Path(sys.argv[1]), sys.argv[2], timeout=3, workers=2, progress=False)
    print(json.dumps({one.student: [one.state, one.scores, one.flags, one.repairs, [e.message for e in one.exercises]] for one in result}))
"""


def a_class(root: Path) -> None:
    hand_in(root, "perfect", solved(root))
    hand_in(root, "blank", released(root))
    hand_in(root, "wrong", solved(root, double="def double(x):\n    return np.asarray(x) ** 2"))
    hand_in(root, "syntax", solved(root, shift="class Shift(Box:\n    pass"))
    hand_in(root, "loops", solved(root, shift="class Shift(Box):\n    def apply(self, x):\n        while True: pass"))
    hand_in(root, "dies", solved(root, words="import os\nos._exit(3)"))
    hand_in(root, "peeks", solved(root, double=PEEK.replace("@ROOT@", str(root))))
    taken = solved(root)
    taken["cells"].insert(3, code("np = None"))
    hand_in(root, "taken", taken)
    trick = released(root)
    trick["cells"].insert(2, code("import tinytorch.checks as c\nc.Checks.__exit__ = lambda self, *e: True"))
    hand_in(root, "trick", trick)


def told(result) -> dict:
    return {
        one.student: [one.state, one.scores, one.flags, one.repairs, [item.message for item in one.exercises]]
        for one in result
    }


@pytest.fixture(scope="module")
def usual(template, tmp_path_factory):
    root = tmp_path_factory.mktemp("usual") / "course"
    shutil.copytree(template, root)
    a_class(root)
    return root, told(grade(root, ASSIGNMENT, timeout=3, workers=2, progress=False))


@pytest.fixture(scope="module")
def fallback(template, tmp_path_factory):
    """The same class graded by an environment that lies below /tmp."""
    root = tmp_path_factory.mktemp("fallback") / "course"
    shutil.copytree(template, root)
    a_class(root)
    folder = Path(tempfile.mkdtemp(prefix="env-", dir="/tmp"))
    (folder / "env").symlink_to(sys.prefix)
    (folder / "run.py").write_text(SCRIPT, encoding="utf-8")
    command = [str(folder / "env" / "bin" / "python"), str(folder / "run.py"), str(root), ASSIGNMENT]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    try:
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    finally:
        shutil.rmtree(folder)
    assert done.returncode == 0, done.stderr[-3000:]
    assert str(folder / "env") in done.stderr, "the environment is not where this test wants it"
    return root, json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def unprotected(template, tmp_path_factory):
    root = tmp_path_factory.mktemp("unprotected") / "course"
    shutil.copytree(template, root)
    a_class(root)
    return root, told(grade(root, ASSIGNMENT, timeout=3, workers=2, progress=False, sandbox=False))


def test_the_usual_way_grades_this_class_as_it_should(usual):
    _, result = usual
    points = {student: sum(filter(None, scores.values())) for student, (_, scores, *_) in result.items()}
    right = {"perfect": 16, "blank": 0, "wrong": 8, "syntax": 12, "loops": 12, "dies": 12}
    assert points == {**right, "peeks": 16, "taken": 16, "trick": 0}


def test_an_environment_below_tmp_gets_a_sandbox_for_each_kernel(monkeypatch):
    from tinytorch_course.grading.model import Library

    assert Sandbox(Library({}, ""))._nested is None or Path(sys.prefix).is_relative_to("/tmp")
    monkeypatch.setattr(sys, "prefix", "/tmp/env")
    assert Sandbox(Library({}, ""))._nested is False


def test_sandboxes_of_their_own_come_to_the_same(usual, fallback):
    assert fallback[1] == usual[1]


def test_no_sandbox_comes_to_the_same(usual, unprotected):
    assert unprotected[1] == usual[1]


@pytest.mark.parametrize("way", ["usual", "fallback"])
def test_nothing_of_the_course_can_be_read(way, request):
    root, _ = request.getfixturevalue(way)
    path = root / "autograded" / "peeks" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n".join(str(output.get("text", "")) for cell in cells for output in cell.get("outputs", []))
    assert "/sockets [" in text and "gradebook.db" in text, "it did try"
    assert "GOT" not in text and "request.json'" not in text


def test_the_command_line_warns_when_there_is_no_sandbox_and_grades(course: Course, tmp_path, monkeypatch):
    from tinytorch_course.cli import app

    module = course.module("02")
    everybody = sample_class(module)
    for student in ("ada-perfect", "ben-blank"):
        path = tmp_path / "in" / student / module.name / f"{module.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(everybody[student]), encoding="utf-8")
    monkeypatch.chdir(REPOSITORY)
    command = ["grade", "02", "--no-sandbox", "--submitted", str(tmp_path / "in"), "--course-dir", str(tmp_path)]
    done = CliRunner().invoke(app, [*command, "--workers", "1"])
    assert done.exit_code == 0, done.output
    text = " ".join(done.output.split())
    assert "Without the sandbox, submitted code runs with your rights" in text
    assert "100 / 100" in text and "0 / 100" in text


def test_without_bubblewrap_grading_refuses_and_says_how_to_get_it(root, monkeypatch):
    from tinytorch_course.base.errors import CourseError

    hand_in(root, "one", solved(root))
    monkeypatch.setenv("PATH", str(root))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    walls.choice.cache_clear()
    with pytest.raises(CourseError, match="bubblewrap is not installed") as caught:
        grade(root, ASSIGNMENT, progress=False)
    assert "apt install bubblewrap" in str(caught.value.__dict__) and "--no-sandbox" in str(caught.value.__dict__)
    assert not (root / "autograded").exists()
    walls.choice.cache_clear()


def test_the_gradebook_of_an_unprotected_run_is_nbgraders(unprotected):
    root, _ = unprotected
    nbgrader(root, "export", "--to", "grades.csv")
    assert "perfect" in (root / "grades.csv").read_text(encoding="utf-8")


def test_a_course_that_is_installed_and_no_checkout_gets_its_sandbox(monkeypatch, tmp_path):
    """Its library lies among the environment's packages, of which a sandbox shows those of students only."""
    installed = Path(sysconfig.get_path("purelib"), "pytest")  # stands for it: it is there, and not shown
    assert installed.is_dir()
    monkeypatch.setattr(walls, "_sources", lambda: [installed])
    look = f"import os\nprint(os.path.isdir({str(installed)!r}), os.path.isdir({str(Path(np.__file__).parent)!r}))"
    command = walls.command_line(tmp_path, look, raw=True)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("False True", "")


def test_a_folder_within_a_package_that_is_shown_can_still_be_hidden(tmp_path):
    inner = Path(np.__file__).parent / "linalg"
    command = walls.command_line(tmp_path, f"import os\nprint(os.listdir({str(inner)!r}))", raw=True, hide=[inner])
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


STARTED = """
import sys, time
from tinytorch_course.grading.model import Library
from tinytorch_course.grading.sandbox.kernel import connection_info
from tinytorch_course.grading.sandbox.sandbox import Sandbox
room = Sandbox(Library({}, ""), nested=False, enabled=sys.argv[1] == "walls").kernel(connection_info())
while not any(room.folder.glob("k-*")):
    time.sleep(0.05)
print(*room.pids(), flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("walled", ["walls", "no walls"])
def test_a_kernel_ends_when_who_started_it_is_killed(walled):
    """Catches: what is killed while bubblewrap still sets up leaves a kernel that waits for ever."""
    started = subprocess.Popen([sys.executable, "-c", STARTED, walled], stdout=subprocess.PIPE, text=True)
    below = [int(pid) for pid in started.stdout.readline().split()]
    started.kill()
    started.communicate(timeout=20)
    assert below
    deadline = time.monotonic() + 20
    while left := [pid for pid in below if Path("/proc", str(pid)).exists()]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
