"""Where the gradebook is, who may write, what the file system can, and what the machinery owes."""

from __future__ import annotations

import csv
import errno
import fcntl
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import Future
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url
from typer.testing import CliRunner

from tests.grading.grading_course import ASSIGNMENT, hand_in, nbgrader, released, solved
from tinytorch_course.base.errors import CourseError
from tinytorch_course.cli import app
from tinytorch_course.grading import class_run
from tinytorch_course.grading.assignment import Assignment, only_one
from tinytorch_course.grading.grade import feedback, grade
from tinytorch_course.grading.marking import workers
from tinytorch_course.grading.marking.workers import WorkerDied
from tinytorch_course.grading.records.report import make_report
from tinytorch_course.grading.sandbox.rooms import SandboxError


def configured(root, text):
    with open(root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(text + "\n")


def graded(root, **options):
    return grade(root, ASSIGNMENT, workers=1, progress=False, **options)


def test_the_gradebook_may_be_another_file(root, tmp_path, without_kernels):
    marks = tmp_path / "elsewhere" / "marks.db"
    marks.parent.mkdir()
    (root / "gradebook.db").rename(marks)
    configured(root, f"c.CourseDirectory.db_url = 'sqlite:///{marks}'")
    hand_in(root, "ann", solved(root))
    result = graded(root)
    assert result["ann"].score == 16 and result.gradebook == str(marks)
    make_report(root, ASSIGNMENT)
    with Gradebook(f"sqlite:///{marks}") as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ann").score == 16
    assert not (root / "gradebook.db").exists()


@pytest.fixture
def postgresql(tmp_path):
    """The address of an empty PostgreSQL database on this machine."""
    pytest.importorskip("psycopg2", reason="PostgreSQL as the gradebook needs psycopg2-binary")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("there is no PostgreSQL here (Debian: apt-get install postgresql)")
    data = Path(tempfile.mkdtemp(prefix="tt-pg-"))
    as_user = []
    if os.getuid() == 0:  # it refuses to run as root
        shutil.chown(data, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def call(program, *arguments):
        command = [*as_user, programs[-1].with_name(program), *arguments]
        subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    call("initdb", "-D", data, "-A", "trust", "-U", "nb", "--no-sync")
    call(
        "pg_ctl", "-D", data, "-o", f"-p {port} -h 127.0.0.1 -k {data}", "-l", data / "log", "-w", "-t", "300", "start"
    )
    try:
        call("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "nb", "marks")
        yield f"postgresql+psycopg2://nb:secret@127.0.0.1:{port}/marks"
    finally:
        call("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(data)


def test_the_gradebook_may_be_postgresql(root, postgresql, without_kernels):
    (root / "gradebook.db").unlink()
    configured(root, f"c.CourseDirectory.db_url = {postgresql!r}\nc.CourseDirectory.course_id = 'tinytorch'")
    configured(root, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    with pytest.raises(CourseError, match="does not know the assignment"):
        graded(root)
    nbgrader(root, "generate_assignment", ASSIGNMENT, "--force")
    hand_in(root, "ann", solved(root)).with_name("timestamp.txt").write_text("2026-06-01 13:00 UTC")
    hand_in(root, "bob", solved(root, words=None))
    result = graded(root)
    assert {one.student: one.score for one in result} == {"ann": 16, "bob": 12}
    assert result.gradebook.startswith("postgresql+psycopg2://nb:***@")
    with Gradebook(postgresql) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-06-01 12:00:00 UTC")
    again = graded(root)
    assert again["ann"].score == 0 and all(one.cached for one in again)
    with Gradebook(postgresql) as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "ann", hours=2)
    make_report(root, ASSIGNMENT)
    with Gradebook(postgresql) as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ann").score == 16
    assert not (root / "gradebook.db").exists()


def test_a_course_without_a_name_is_put_into_postgresql_and_regraded(toy, postgresql, without_kernels):
    """nbgrader has no row for a course that is called nothing, which only SQLite takes."""
    from tests.grading.grading_course import CONFIG
    from tinytorch_course.author.build import build
    from tinytorch_course.grading.released import generate_if_needed

    build(toy)
    text = f"{CONFIG}\nc.CourseDirectory.source_directory = 'notebooks'\nc.CourseDirectory.course_id = ''\n"
    (toy.root / "nbgrader_config.py").write_text(f"{text}c.CourseDirectory.db_url = {postgresql!r}\n", encoding="utf-8")
    assert generate_if_needed(toy.root, "01_tensor") == []
    with Gradebook(postgresql, "") as gradebook:
        assert gradebook.find_assignment("01_tensor").max_score > 0
    src = toy.module("01").src
    src.write_text(src.read_text(encoding="utf-8").replace('"points": 60', '"points": 70'), encoding="utf-8")
    build(toy)
    (said,) = generate_if_needed(toy.root, "01_tensor", take=True)
    assert "everybody is graded by the new ones" in said


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("postgresql+psycopg2://nb@db/marks", "pip install psycopg2-binary"),
        ("postgresql://nb@db/marks", "pip install 'psycopg[binary]'"),
        ("mysql+pymysql://nb@db/marks", "pip install pymysql"),
        ("postgres://nb@db/marks", "begins with postgresql+psycopg2://"),
    ],
)
def test_a_database_without_its_driver_is_told_what_to_install(root, monkeypatch, url, wanted):
    if url.startswith("postgresql:") and make_url(url).get_driver_name() == "psycopg2":
        wanted = "pip install psycopg2-binary"  # SQLAlchemy's own choice before 2.1
    for name in ("psycopg2", "psycopg", "pymysql"):
        monkeypatch.setitem(sys.modules, name, None)
    configured(root, f"c.CourseDirectory.db_url = '{url}'")
    hand_in(root, "ann", solved(root))
    with pytest.raises(CourseError, match="the gradebook cannot be used") as refused:
        graded(root)
    assert wanted in str(refused.value)


def test_a_module_is_put_into_the_gradebook_that_is_configured(toy, without_kernels, tmp_path):
    from tests.grading.grading_course import CONFIG
    from tinytorch_course.author.build import build
    from tinytorch_course.grading.released import generate_if_needed

    build(toy)
    (toy.root / "nbgrader_config.py").write_text(
        f"{CONFIG}c.CourseDirectory.source_directory = 'notebooks'\n"
        f"c.CourseDirectory.db_url = 'sqlite:///{tmp_path}/marks.db'\n",
        encoding="utf-8",
    )
    assert generate_if_needed(toy.root, "01_tensor") == []
    assert (tmp_path / "marks.db").is_file() and not (toy.root / "gradebook.db").exists()
    assert generate_if_needed(toy.root, "01_tensor") == []


@pytest.mark.parametrize("url", ["postgresql+nothing://nb:secret@127.0.0.1:1/marks", "sqlite:////proc/no/marks.db"])
def test_a_gradebook_that_cannot_be_reached_is_a_sentence(root, without_kernels, url):
    configured(root, f"c.CourseDirectory.db_url = '{url}'")
    hand_in(root, "ann", solved(root))
    with pytest.raises(CourseError, match="gradebook") as refused:
        graded(root)
    assert "secret" not in str(refused.value) and not (root / "gradebook.db.new").exists()


def test_a_student_removed_with_nbgraders_command_is_left_out_and_said(root, without_kernels):
    for student in ("ann", "bob"):
        hand_in(root, student, solved(root))
    graded(root)
    nbgrader(root, "db", "student", "remove", "ann", "--force")
    report = make_report(root, ASSIGNMENT)
    assert any("not in the gradebook any more" in line and "ann" in line for line in report.remarks)
    assert "ann" not in (root / "report" / ASSIGNMENT / "grades.csv").read_text(encoding="utf-8-sig")
    assert graded(root)["ann"].score == 16  # what lies in submitted/ is graded


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP])
def test_a_file_system_without_locks_can_hold_a_course(root, without_kernels, monkeypatch, number):
    real = fcntl.flock

    def flock(file, operation):
        if os.readlink(f"/proc/self/fd/{file.fileno()}").startswith(str(root)):
            raise OSError(number, os.strerror(number))
        real(file, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    hand_in(root, "ann", solved(root))
    assert graded(root)["ann"].score == 16
    with only_one(Assignment.open(root, ASSIGNMENT)), pytest.raises(CourseError, match="being graded already"):
        graded(root)


def test_report_and_feedback_ask_the_gradebook_as_often_for_twelve_as_for_two(root, without_kernels):
    def asked_by(make):
        asked = []
        listener = lambda *about: asked.append(about[2])  # noqa: E731
        event.listen(Engine, "before_cursor_execute", listener)
        try:
            make(root, ASSIGNMENT)
        finally:
            event.remove(Engine, "before_cursor_execute", listener)
        return len(asked)

    for at in range(2):
        hand_in(root, f"s{at}", solved(root))
    graded(root)
    few = asked_by(make_report), asked_by(feedback)
    for at in range(2, 12):
        hand_in(root, f"s{at}", solved(root))
    graded(root)
    assert (asked_by(make_report), asked_by(feedback)) == few


def test_a_report_leaves_pages_alone_that_say_the_same(root, without_kernels):
    """Each file written anew waits for the disk, and a folder that is synchronized sends it again."""
    hand_in(root, "ann", solved(root))
    hand_in(root, "bob", solved(root))
    graded(root)
    make_report(root, ASSIGNMENT)
    pages = [*root.glob("feedback/*/*/*.html"), *root.glob(f"report/{ASSIGNMENT}/graded/*/*.html")]
    before = {page: page.stat().st_ino for page in pages}
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        grade_of = gradebook.find_grade("text-90-05-why", ASSIGNMENT, ASSIGNMENT, "ann")
        grade_of.manual_score, grade_of.needs_manual_grade = 3.0, False
        gradebook.db.commit()
    make_report(root, ASSIGNMENT)
    assert len(before) == 4
    assert {page for page in pages if page.stat().st_ino != before[page]} == {p for p in pages if "/ann/" in str(p)}


def test_what_a_group_shares_the_group_may_write(root, without_kernels):
    configured(root, "c.CourseDirectory.groupshared = True")
    hand_in(root, "ann", solved(root))
    before = os.umask(0o022)
    try:
        graded(root)
        make_report(root, ASSIGNMENT)
    finally:
        os.umask(before)
    for top in ("submitted", "autograded", "feedback", "report", ".tinytorch"):
        for path in [root / top, *(root / top).rglob("*")]:
            wanted = 0o2770 if path.is_dir() else 0o660
            assert path.stat().st_mode & wanted == wanted, (path, stat.filemode(path.stat().st_mode))


class Failing:
    width = 1

    def __init__(self, error):
        self._error = error

    def submit(self, task):
        future = Future()
        future.set_exception(self._error)
        return future

    def restart(self): ...

    def close(self, now=False): ...

    def is_death(self, error):
        return False


@pytest.mark.parametrize(
    "error",
    [SandboxError("bwrap: out of pids"), OSError("the cluster is on fire"), WorkerDied("it ended, twice")],
    ids=["sandbox", "cluster", "worker"],
)
def test_the_machinerys_failure_takes_no_grade_away(root, without_kernels, monkeypatch, error):
    hand_in(root, "ann", solved(root))
    assert graded(root)["ann"].score == 16
    with monkeypatch.context() as patch:
        patch.setattr(class_run, "scheduler_backend", lambda *_: Failing(error))
        result = graded(root, force=True)
    assert result["ann"].score == 16 and str(error) in result["ann"].reason
    assert len(result.incomplete) == 1 and "(ann)" in result.incomplete[0]
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ann").score == 16
    assert not graded(root).incomplete


def test_one_student_can_be_graded_alone_from_the_command_line(toy, without_kernels, monkeypatch):
    from tinytorch_course.author.build import build

    build(toy)
    data = toy.module("01_tensor").notebook.read_bytes()
    for student in ("ann", "bob", "cem"):
        path = toy.root / "submitted" / student / "01_tensor" / "01_tensor.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    monkeypatch.chdir(toy.root)
    done = CliRunner().invoke(app, ["grade", "01", "--student", "ann", "--student", "cem"], catch_exceptions=False)
    assert done.exit_code == 0 and "2 submissions" in done.output and "bob" not in done.output


def test_who_could_not_be_run_is_in_gradebook_and_report_and_is_tried_again(root, without_kernels, monkeypatch):
    """Catches: in the run's table only, so that the report calls somebody missing who has handed in."""
    hand_in(root, "ann", solved(root))
    hand_in(root, "bob", b"{" + b" " * (64 << 20))  # never looked into
    hand_in(root, "cleo", b"no notebook")
    (root / "class.csv").write_text("Username,Email address\nann,a@x.example\nbob,b@x.example\ncleo,c@x.example\n")
    with monkeypatch.context() as patch:
        patch.setattr(class_run, "scheduler_backend", lambda *_: Failing(SandboxError("no kernel")))
        result = graded(root, roster=root / "class.csv")
    assert "(ann" in result.incomplete[0] and "no kernel" in result["ann"].reason
    make_report(root, ASSIGNMENT)
    with open(root / "report" / ASSIGNMENT / "remarks.csv", encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert {row["state"] for row in rows.values()} == {"needs a person"} and len(rows) == 3
    assert "no kernel" in rows["ann"]["why not graded"] and "too large" in rows["bob"]["why not graded"]
    again = graded(root)
    assert again["ann"].score == 16 and not again["ann"].cached and not again.incomplete and not again.changes


def test_nothing_of_a_blank_class_is_lost_when_nobody_could_be_run(root, without_kernels, monkeypatch):
    hand_in(root, "ann", released(root))
    monkeypatch.setattr(class_run, "scheduler_backend", lambda *_: Failing(SandboxError("no kernel")))
    result = graded(root)
    assert result.incomplete and not result["ann"].gradable and "no kernel" in result["ann"].reason


def test_a_machine_whose_processes_can_share_no_lock_is_not_told_of_the_gradebook(root, monkeypatch):
    hand_in(root, "ann", solved(root))

    def refused(*_):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(workers, "ProcessPoolExecutor", refused)
    with pytest.raises(CourseError, match=r"no lock to share.*Permission denied") as caught:
        grade(root, ASSIGNMENT, progress=False)
    assert "/dev/shm" in str(caught.value) and "gradebook" not in str(caught.value)
