"""`tinytorch check --watch`: after each save the same results as a run from the top, of what the change can have reached."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbclient import NotebookClient

from tests.student.test_student import RIGHT, write
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.base.course import Course
from tinytorch_course.base.errors import CourseError
from tinytorch_course.student import run_notebook
from tinytorch_course.student.check import check
from tinytorch_course.student.watch import Watch, saves

NOTEBOOK = "notebooks/01_tensor/01_tensor.ipynb"
COUNTED = "#| export\ndef half(x):\n    open('runs.txt', 'a').write('.')\n    return x * 0.5"


@pytest.fixture
def edition(toy: Course, tmp_path: Path) -> Path:
    build(toy)
    return release(toy, [toy.module("01")], tmp_path / "edition")


@pytest.fixture
def desk(edition: Path) -> Iterator[Watch]:
    desk = Watch(Course(edition), edition / NOTEBOOK)
    yield desk
    desk.close()


def told(desk: Watch) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    desk.check(lambda row: rows.append((row.number, row.state)))
    desk.prepare()
    return rows


def test_only_what_a_change_can_reach_runs_again_and_is_told(edition: Path, desk: Watch):
    write(edition, **RIGHT | {"_01_01_half": COUNTED})
    assert told(desk) == [("01.1", "passed"), ("01.2", "passed"), ("01.3", "not written")]
    runs = (edition / NOTEBOOK).with_name("runs.txt")
    counted = runs.read_text(encoding="utf-8")
    write(edition, _01_02_twice="#| export\ndef twice(x):\n    return x")
    assert told(desk) == [("01.2", "failed")]
    write(edition, **RIGHT | {"_01_01_half": COUNTED})
    assert told(desk) == [("01.2", "passed")]
    assert runs.read_text(encoding="utf-8") == counted  # the check of 01.1 has not run again


def test_after_every_save_the_results_are_those_of_a_run_from_the_top(edition: Path, desk: Watch):
    edits = [
        RIGHT,
        {"_01_02_twice": "#| export\ndef twice(x):\n    return half(x) * 4"},
        {"_01_01_half": "#| export\nhalve = 0.5"},  # the name is gone, and with it what 01.2 uses
        {"_01_01_half": RIGHT["_01_01_half"] + "\nhalve = 1"},
    ]
    for edit in edits:
        write(edition, **edit)
        told(desk)
        assert list(desk.rows.values()) == check(Course(edition), edition / NOTEBOOK)[0]


def test_a_loop_without_an_end_is_said_and_the_next_save_is_checked(
    edition: Path, desk: Watch, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(run_notebook, "TEST_TIMEOUT", 2)
    write(edition, **RIGHT | {"_01_02_twice": "#| export\ndef twice(x):\n    while True:\n        pass"})
    with pytest.raises(CourseError, match=r"exercise 01\.2 was still running"):
        told(desk)
    desk.prepare()
    write(edition, **RIGHT)
    assert ("01.2", "passed") in told(desk)


@pytest.mark.skipif(os.name == "nt", reason="sends Ctrl-C as Unix does")
def test_ctrl_c_while_a_kernel_starts_ends_that_and_nothing_hangs(
    edition: Path, desk: Watch, monkeypatch: pytest.MonkeyPatch
):
    reached = []
    start = NotebookClient.async_start_new_kernel_client

    async def interrupted(self: NotebookClient, **more: object) -> object:
        signal.raise_signal(signal.SIGINT)
        reached.append(1)  # no line of the start is broken off
        return await start(self, **more)

    write(edition, **RIGHT)
    monkeypatch.setattr(NotebookClient, "async_start_new_kernel_client", interrupted)
    with pytest.raises(KeyboardInterrupt):
        told(desk)
    assert reached == [1] and signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_kernel_that_does_not_start_is_a_sentence(edition: Path, desk: Watch, monkeypatch: pytest.MonkeyPatch):
    async def silent(self: NotebookClient, **more: object) -> object:
        raise RuntimeError("Kernel didn't respond in 60 seconds")

    write(edition, **RIGHT)
    with monkeypatch.context() as patched:
        patched.setattr(NotebookClient, "async_start_new_kernel_client", silent)
        for checked in (lambda: told(desk), lambda: check(Course(edition), edition / NOTEBOOK)):
            with pytest.raises(CourseError, match=r"the kernel did not start"):
                checked()
    assert ("01.2", "passed") in told(desk)


def test_a_save_is_one_that_changes_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.ipynb"
    path.write_text("one", encoding="utf-8")
    contents = iter(["one", "", "two"])
    looked = []

    def later(seconds: float) -> None:
        looked.append(seconds)
        path.write_text(next(contents), encoding="utf-8")

    monkeypatch.setattr("tinytorch_course.student.watch.time.sleep", later)
    assert len(list(itertools.islice(saves(path), 2))) == 2
    assert len(looked) == 3  # neither the same again nor a file that is being written


@pytest.mark.skipif(os.name == "nt", reason="sends Ctrl-C as Unix does")
def test_the_command_goes_on_until_somebody_ends_it(edition: Path):
    write(edition, **RIGHT)
    env = os.environ | {"PYTHONPATH": str(edition), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "tinytorch_course.cli", "check", "01", "--watch"]
    done = subprocess.Popen(command, cwd=edition, env=env, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    ended = threading.Timer(120, done.kill)
    ended.start()
    try:
        lines = iter(done.stdout.readline, "")
        assert any("Waiting for a save" in line for line in lines)
        write(edition, _01_02_twice="#| export\ndef twice(x):\n    return x")
        assert any("01.2 Twice  failed" in line for line in lines)
        assert any("1 of 2 exercises pass" in line for line in lines)
        done.send_signal(signal.SIGINT)
        assert done.wait(60) == 0
    finally:
        ended.cancel()
        done.kill()
