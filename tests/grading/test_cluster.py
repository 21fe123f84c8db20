"""The same grades on a Dask cluster, and when one of its workers is killed in the middle."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.grading.grading_course import ASSIGNMENT, hand_in, released, solved
from tinytorch_course.base.errors import CourseError
from tinytorch_course.grading.grade import grade

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow

SLOW = "def double(x):\n    import time\n    time.sleep(0.2)\n    return 2 * np.asarray(x)"


def dask(what, *arguments, folder):
    log = open(folder / f"{what}.log", "ab")  # noqa: SIM115 (the process keeps it)
    command = [sys.executable, "-m", "distributed.cli.dask_" + what, *arguments]
    return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers on the loopback address."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    address = folder / "scheduler.json"
    quiet = ["--no-dashboard"]
    processes = [
        dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(address), *quiet, folder=folder)
    ]
    deadline = time.monotonic() + 60
    while not address.exists() or not address.stat().st_size:
        assert time.monotonic() < deadline, (folder / "scheduler.log").read_text()
        time.sleep(0.1)
    for _ in range(2):
        processes.append(
            dask("worker", "--scheduler-file", str(address), "--nthreads", "1", "--no-nanny", *quiet, folder=folder)
        )
    from distributed import Client

    with Client(scheduler_file=str(address), timeout=60, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        where = client.scheduler.address
    yield where, processes
    for process in processes:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_cluster_gives_the_same_grades_and_survives_a_killed_worker(root, cluster):
    address, processes = cluster
    hand_in(root, "blank", released(root))
    hand_in(root, "half", solved(root, words=None, total=None))
    for at in range(8):
        hand_in(root, f"slow-{at}", solved(root, double=f"{SLOW}  # {at}"))
    killed = []

    def kill_one(done, total, student):
        if done == 2 and not killed:
            killed.append(processes[2].pid)
            os.kill(processes[2].pid, signal.SIGKILL)

    result = grade(root, ASSIGNMENT, scheduler=address, timeout=10, progress=kill_one)
    assert killed
    assert {one.student: one.score for one in result} == {
        "blank": 0,
        "half": 8,
        **{f"slow-{at}": 16 for at in range(8)},
    }
    assert all(one.state == "graded" for one in result)
    local = grade(root, ASSIGNMENT, workers=2, timeout=10, force=True)
    assert [(one.student, one.scores) for one in local] == [(one.student, one.scores) for one in result]


def test_an_address_where_nobody_answers_is_refused(root):
    hand_in(root, "blank", released(root))
    with pytest.raises(CourseError, match="no Dask scheduler answers"):
        grade(root, ASSIGNMENT, scheduler="tcp://127.0.0.1:9")
    assert Path(root, "gradebook.db").exists()
