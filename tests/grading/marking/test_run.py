"""How a submission goes through its kernels: what counts as its time."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tinytorch_course.grading.marking import run as running
from tinytorch_course.grading.marking.run import Run
from tinytorch_course.grading.model import Cell, CellResult, Limits, Prepared, Source
from tinytorch_course.grading.sandbox.kernel import KernelGone


class Slow:
    """A kernel that takes longer to start than the whole notebook may, and some time for each cell."""

    waited = 0.0

    def __init__(self, *_):
        time.sleep(0.3)

    def run(self, code, timeout):
        time.sleep(0.02)
        if code == "die":
            raise KernelGone("ended the Python process", "dead")
        return CellResult([], "ok")

    def close(self): ...


@pytest.mark.parametrize(
    ("codes", "all_run"), [(["x = 1"] * 3, True), (["x = 1", "die", "x = 2"], True), (["x"] * 40, False)]
)
def test_the_start_of_a_kernel_takes_nothing_from_a_notebooks_time(monkeypatch, codes, all_run):
    monkeypatch.setattr(running, "Kernel", Slow)
    prepared = Prepared(tuple(Cell("code", code) for code in codes))
    ran = Run(prepared, Source("a", "a", ()), None, Limits(total=0.25)).whole()
    assert (ran.problem is None) is all_run
    assert [one.status for one in ran.cells].count("skipped") == 0 or not all_run


def test_a_helper_process_does_not_run_the_program_that_starts_it(tmp_path):
    """It would import all of that program, once for each worker and each process beside it."""
    program = tmp_path / "program.py"
    program.write_text(
        "print('imported')\n"
        "if __name__ == '__main__':\n"
        "    from tinytorch_course.base.code import defined_names\n"
        "    from tinytorch_course.grading.marking.limited import Limited\n"
        "    limited = Limited()\n"
        "    print(limited.call(60, defined_names, 'def f(): ...'))\n"
        "    limited.close()\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["imported", "{'f'}"]
