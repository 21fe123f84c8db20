"""Interrupted, killed, out of disk, called again: nothing is lost, nothing is graded twice, people's entries stay."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from concurrent.futures import Future
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from rich.console import Console

from tests.grading.grading_course import ASSIGNMENT, hand_in, released, solved
from tinytorch_course.base.errors import CourseError
from tinytorch_course.grading.grade import feedback, grade
from tinytorch_course.grading.marking.workers import LocalProcesses, run_all
from tinytorch_course.grading.model import Prepared, Task, Worked
from tinytorch_course.grading.records.report import write_report
from tinytorch_course.grading.sandbox.rooms import descendants

SLOW = "def double(x):\n    import time\n    time.sleep(0.1)\n    return 2 * np.asarray(x)"


def rows(root):
    """What the gradebook says about scores, without ids."""
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        found = {}
        for submission in gradebook.assignment_submissions(ASSIGNMENT):
            for item in submission.notebooks[0].grades:
                found[submission.student.id, item.name] = (
                    item.auto_score,
                    item.manual_score,
                    item.extra_credit,
                    item.needs_manual_grade,
                )
        return found


def intact(root):
    with sqlite3.connect(root / "gradebook.db") as database:
        return database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def stored(root):
    return sorted((root / ".tinytorch" / "grading" / ASSIGNMENT).glob("*.json"))


def start(root, *, before=""):
    """Grade in a process of its own."""
    # A shell that starts the tests in the background lets them ignore SIGINT, and so would everything below them.
    program = textwrap.dedent(f"""
        import signal
        from pathlib import Path
        from tinytorch_course.base.errors import CourseError
        from tinytorch_course.grading.grade import grade
        if __name__ == "__main__":
            signal.signal(signal.SIGINT, signal.default_int_handler)
            {before or "pass"}
            try:
                grade(Path({str(root)!r}), {ASSIGNMENT!r}, workers=2, timeout=5)
            except CourseError as error:
                print("CourseError:", error)
                raise SystemExit(error.exit_code)
    """)
    script = root.parent / "run.py"
    script.write_text(program, encoding="utf-8")
    return subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for(condition, seconds=300):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def hand_in_many(root, number=8):
    for at in range(number):
        hand_in(root, f"student-{at:02d}", solved(root, double=SLOW + f"  # {at}"))


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_stopped_goes_on_where_it_was(root, how):
    many = 16  # enough that some are left on a busy machine, where the signal comes late
    hand_in_many(root, many)
    process = start(root)
    wait_for(lambda: len(stored(root)) >= 3)
    below = descendants(process.pid)[1:]
    os.kill(process.pid, how)
    if how == signal.SIGINT:
        time.sleep(0.1)
        os.kill(process.pid, how)  # an impatient person
    said, _ = process.communicate(timeout=30)
    assert "resource_tracker" not in said and "lock" not in said
    done = {json.loads(path.read_text(encoding="utf-8"))["result"]["student"] for path in stored(root)}
    assert 3 <= len(done) < many and intact(root)
    wait_for(lambda: not [pid for pid in below if Path("/proc", str(pid)).exists()], 20)  # nothing is left behind
    times = {path: path.stat().st_mtime_ns for path in stored(root)}
    result = grade(root, ASSIGNMENT, workers=2, timeout=5)
    assert {one.student for one in result if one.cached} == done
    assert all(path.stat().st_mtime_ns == before for path, before in times.items())
    assert [one.score for one in result] == [16] * many and intact(root)
    assert not list(root.rglob(".*.new"))


def test_an_interrupt_says_how_far_it_came(root, capsys):
    for student in ("ann", "bob", "cem"):
        hand_in(root, student, b"{")

    def interrupt(done, *_):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(root, ASSIGNMENT, workers=1, progress=interrupt)
    assert capsys.readouterr().err == "Interrupted: 2 of 3 are done; the same command goes on.\n"
    assert sum(one.cached for one in grade(root, ASSIGNMENT, workers=1)) == 2


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_no_submission(root):
    hand_in_many(root, 5)
    process = start(root)
    wait_for(lambda: len(stored(root)) >= 1)
    workers = [
        pid for pid in descendants(process.pid)[1:] if b"spawn_main" in Path("/proc", str(pid), "cmdline").read_bytes()
    ]
    os.kill(workers[0], signal.SIGKILL)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, out
    results = [json.loads(path.read_text(encoding="utf-8"))["result"] for path in stored(root)]
    ends = [(one["student"], one["score"], one["state"]) for one in results]
    assert ends == [(f"student-{at:02d}", 16, "graded") for at in range(5)], results


def _deadly(task: Task) -> Worked:
    if task.student.startswith("deadly"):
        os.kill(os.getpid(), signal.SIGKILL)
    if task.student == "once" and not Path(task.files["mark"]).exists():
        Path(task.files["mark"]).write_text("x")
        os.kill(os.getpid(), signal.SIGKILL)
    if task.student == "broken":
        raise ValueError("a mistake of ours")
    return Worked(task.student, Prepared(), None)


class Deadly(LocalProcesses):
    def submit(self, task):
        return self._pool.submit(_deadly, task)


def test_a_submission_that_takes_its_worker_down_twice_is_given_up_and_no_other(tmp_path):
    names = ["a", "deadly-1", "b", "once", "c", "deadly-2", "d", "broken", "e"]
    tasks = [Task(name, None, {"mark": str(tmp_path / "mark")}) for name in names]
    backend = Deadly(None, 2)
    try:
        ends = {task.student: outcome for task, outcome in run_all(tasks, backend)}
    finally:
        backend.close(now=True)
    assert sorted(ends) == sorted(names)
    failed = {name: str(outcome) for name, outcome in ends.items() if isinstance(outcome, Exception)}
    assert set(failed) == {"deadly-1", "deadly-2", "broken"}
    assert "twice" in failed["deadly-1"] and failed["broken"] == "a mistake of ours"


@pytest.mark.parametrize("where", ["file", "gradebook"])
def test_a_full_disk_stops_the_run_with_a_sentence_and_loses_nothing(root, monkeypatch, where):
    from sqlalchemy.exc import OperationalError

    from tinytorch_course.grading import came
    from tinytorch_course.grading.records import gradebook as record

    hand_in_many(root, 4)
    calls = []

    def full(*arguments, **options):
        calls.append(arguments)
        if len(calls) > (9 if where == "file" else 5):  # seven files for each submission
            if where == "file":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a file")
            raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
        return real(*arguments, **options)

    with monkeypatch.context() as patch:
        if where == "file":
            real = record.write_whole
            patch.setattr(record, "write_whole", full)
            patch.setattr(came, "write_whole", full)
        else:
            real = Gradebook.update_or_create_submission
            patch.setattr(Gradebook, "update_or_create_submission", full)
            calls += [()] * 4
        with pytest.raises(CourseError, match=r"cannot be written.*(No space|is full)"):
            grade(root, ASSIGNMENT, workers=1, timeout=5)
    assert intact(root)
    done = len(stored(root))
    assert done == 1
    result = grade(root, ASSIGNMENT, workers=1, timeout=5)
    assert sum(one.cached for one in result) == done
    assert [one.score for one in result] == [16] * 4 and intact(root)


def test_a_failure_of_the_machinery_is_tried_again_next_time(root, monkeypatch):
    from tinytorch_course.grading import class_run as pipeline

    hand_in(root, "ann", solved(root))

    class Failing:
        width = 1

        def submit(self, task):
            future = Future()
            future.set_exception(OSError("the cluster is on fire"))
            return future

        def restart(self): ...

        def close(self, now=False): ...

        def is_death(self, error):
            return False

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "scheduler_backend", lambda *_: Failing())
        one = grade(root, ASSIGNMENT)["ann"]
    assert one.state == "needs a person" and "on fire" in one.reason and one.score == 0
    again = grade(root, ASSIGNMENT, workers=1)["ann"]
    assert again.state == "graded" and again.score == 16 and not again.cached


def test_two_runs_at_a_time_are_refused(root):
    from tinytorch_course.grading.assignment import Assignment, only_one

    hand_in(root, "ann", solved(root))
    with only_one(Assignment.open(root, ASSIGNMENT)), pytest.raises(CourseError, match="being graded already"):
        grade(root, ASSIGNMENT)


@pytest.fixture
def once(root):
    hand_in(root, "ann", solved(root))
    hand_in(root, "bob", solved(root, words=None))
    hand_in(root, "cut", b'{"cells": [')
    result = grade(root, ASSIGNMENT, workers=1)
    return root, result


def test_a_second_run_does_nothing_and_says_the_same(once):
    root, first = once
    before = rows(root)
    times = {
        path: path.stat().st_mtime_ns
        for path in root.rglob("*.*")
        if path.is_file() and "gradebook" not in path.name and path.name != ".lock"
    }
    second = grade(root, ASSIGNMENT, workers=1)
    assert all(one.cached for one in second) and not any(one.cached for one in first)
    assert [(one.student, one.score, one.state, one.reason, one.exercises) for one in second] == [
        (one.student, one.score, one.state, one.reason, one.exercises) for one in first
    ]
    assert rows(root) == before
    assert all(path.stat().st_mtime_ns == when for path, when in times.items())


def test_force_grades_again_and_comes_to_the_same(once):
    root, first = once
    before = rows(root)
    second = grade(root, ASSIGNMENT, workers=1, force=True)
    assert not any(one.cached for one in second)
    assert [one.score for one in second] == [one.score for one in first] and rows(root) == before


def test_only_what_changed_is_graded_again(once):
    root, _ = once
    hand_in(root, "bob", solved(root))
    result = grade(root, ASSIGNMENT, workers=1)
    assert {one.student: one.cached for one in result} == {"ann": True, "bob": False, "cut": True}
    assert result["bob"].score == 16


def test_other_limits_or_another_library_are_another_run(once):
    root, _ = once
    assert not any(one.cached for one in grade(root, ASSIGNMENT, workers=1, timeout=7))


def test_only_the_students_named_are_graded(root):
    for student in ("ann", "bob", "cid"):
        hand_in(root, student, released(root))
    assert [one.student for one in grade(root, ASSIGNMENT, workers=1, students=["bob"])] == ["bob"]


@pytest.mark.parametrize("what", ["autograded", "feedback", "gradebook"])
def test_what_was_lost_is_made_again(once, what):
    root, _ = once
    if what == "gradebook":
        with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
            gradebook.remove_submission(ASSIGNMENT, "ann")
    else:
        next((root / what / "ann" / ASSIGNMENT).glob(f"{ASSIGNMENT}.*")).unlink()
    result = grade(root, ASSIGNMENT, workers=1)
    assert {one.student: one.cached for one in result} == {"ann": False, "bob": True, "cut": True}
    assert rows(root)["ann", "test-90-01-double"][0] == 4


def test_what_a_person_entered_survives(once):
    root, _ = once
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        answer = gradebook.find_grade("text-90-05-why", ASSIGNMENT, ASSIGNMENT, "ann")
        answer.manual_score, answer.needs_manual_grade = 3.5, False
        generous = gradebook.find_grade("test-90-03-words", ASSIGNMENT, ASSIGNMENT, "bob")
        generous.manual_score, generous.extra_credit = 2.0, 0.5
        gradebook.find_comment("text-90-05-why", ASSIGNMENT, ASSIGNMENT, "ann").manual_comment = "Nicely <b>put</b>."
        gradebook.db.commit()
    unchanged = grade(root, ASSIGNMENT, workers=1)
    assert unchanged["ann"].cached and unchanged["ann"].score == 19.5
    again = grade(root, ASSIGNMENT, workers=1, force=True)
    assert again["ann"].score == 19.5 and again["bob"].score == 14.5
    assert rows(root)["bob", "test-90-03-words"] == (0, 2.0, 0.5, False)
    assert rows(root)["ann", "text-90-05-why"] == (None, 3.5, None, False)  # nobody has to look at the same again
    hand_in(root, "ann", solved(root, why="Another answer."))
    grade(root, ASSIGNMENT, workers=1)
    assert rows(root)["ann", "text-90-05-why"] == (None, 3.5, None, True)  # at another, as nbgrader says
    feedback(root, ASSIGNMENT)
    page = (root / "feedback" / "ann" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "19.5 of 20 points" in page and "Nicely &lt;b&gt;put&lt;/b&gt;." in page


def test_late_penalties_are_nbgraders(root):
    with open(root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-03-01 12:00:00 UTC")
    late = datetime(2026, 3, 1, 13, tzinfo=timezone.utc)
    for student, when in (("late", late), ("early", late - timedelta(hours=2))):
        path = hand_in(root, student, solved(root))
        path.with_name("timestamp.txt").write_text(when.strftime("%Y-%m-%d %H:%M:%S %Z"))
    result = grade(root, ASSIGNMENT, workers=1)
    assert (result["late"].score, result["late"].late_penalty) == (0, 16)
    assert (result["early"].score, result["early"].late_penalty) == (16, 0)
    page = (root / "feedback" / "late" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "after 16 points for being late" in page
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "late", hours=3)
    assert grade(root, ASSIGNMENT, workers=1, force=True)["late"].score == 16


def test_lateness_is_shown_without_a_penalty_too(root):
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-03-01 12:00:00 UTC")
    for student, when in (("late", "13:30:00"), ("just", "12:00:10"), ("early", "11:00:00")):
        path = hand_in(root, student, solved(root))
        path.with_name("timestamp.txt").write_text(f"2026-03-01 {when} UTC")
    grade(root, ASSIGNMENT, workers=1)
    result = grade(root, ASSIGNMENT, workers=1)  # unchanged: the remark stays
    assert {one.student: one.seconds_late for one in result} == {"late": 5400, "just": 10, "early": 0}
    assert all(one.cached and one.score == 16 and not one.late_penalty for one in result)
    console = Console(width=150, record=True, file=io.StringIO())
    console.print(result.table())
    text = console.export_text()
    assert "1.5 h late" in text and "1 min late" in text and text.count("h late") + text.count("min late") == 2
    report = write_report(root, ASSIGNMENT).read_text(encoding="utf-8")
    assert 'data-value="5400">1.5 h late</td>' in report and 'data-value="10">1 min late</td>' in report
    page = (root / "feedback" / "late" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "16 of 20 points" in page and "1.5 h late" in page


@pytest.mark.parametrize(("failures", "graded"), [(1, True), (2, False)])
def test_a_reference_whose_sandbox_does_not_start_is_tried_twice(root, monkeypatch, failures, graded):
    """Where root starts sandboxes, the processes of others may leave no room for one more."""
    from tinytorch_course.grading.marking import key as making
    from tinytorch_course.grading.sandbox.rooms import SandboxError

    hand_in(root, "ann", solved(root))
    left, real = [failures], making.answer_key

    def answer_key(*given):
        if left[0]:
            left[0] -= 1
            raise SandboxError("a kernel did not start in the sandbox: Resource temporarily unavailable")
        return real(*given)

    monkeypatch.setattr(making, "answer_key", answer_key)
    if graded:
        assert [one.score for one in grade(root, ASSIGNMENT, workers=1)] == [16]
    else:
        with pytest.raises(CourseError, match="could not be run: a kernel did not start"):
            grade(root, ASSIGNMENT, workers=1)
