"""Runs the cells of a submission in a sandboxed kernel, as the student wrote them. It judges nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..model import Cell, CellResult, Limits, Prepared, Source
from ..sandbox.kernel import Budget, Kernel, KernelGone
from ..sandbox.sandbox import Sandbox
from .taken_names import FirstMeaning, TakenNames


@dataclass
class Ran:
    """What came of a submission's cells, by their place.

    Parameters
    ----------
    cells : list of CellResult
    second : dict
        Tests that ran once more, with the first meaning of names that other cells have taken.
    restored : dict
        What was restored for a cell that is not a test, or for the second run of a test.
    lost : dict
        Cells that cost the kernel, and why.
    problem : str, optional
        Why not all of them ran.
    """

    cells: list[CellResult]
    second: dict[int, CellResult] = field(default_factory=dict)
    restored: dict[int, FirstMeaning] = field(default_factory=dict)
    lost: dict[int, str] = field(default_factory=dict)
    problem: str | None = None
    seconds: dict[str, float] = field(default_factory=lambda: {"start": 0.0, "run": 0.0})


class Run:
    """One submission's way through a kernel, or several when it loses one.

    Parameters
    ----------
    prepared : Prepared
    source : Source
    sandbox : Sandbox
    limits : Limits
    files : mapping
        Small files that lie beside the notebook.
    seed : str
        From which tests draw their inputs.
    tests : mapping, optional
        Their code without the answers, by grade id. Without it they run as they are: for the reference, which makes the
        answer key.
    """

    def __init__(
        self,
        prepared: Prepared,
        source: Source,
        sandbox: Sandbox,
        limits: Limits,
        files: Mapping[str, str] | None = None,
        seed: str = "",
        tests: Mapping[str, str] | None = None,
    ) -> None:
        self._cells, self._limits, self._sandbox = prepared.cells, limits, sandbox
        self._files, self._seed = files, seed
        known = source.by_name()
        self._tests = {at for at, cell in enumerate(self._cells) if cell.name and known[cell.name].is_test}
        self._code = tests or {}
        self._shadows = TakenNames(self._cells, known)
        self._budget = Budget(limits.outputs, limits.records)
        self._ran = Ran([CellResult() for _ in self._cells])

    def whole(self) -> Ran:
        """Run everything. Raises SandboxError when the sandbox itself fails."""
        position: int | None = 0
        while position is not None and position < len(self._cells):
            try:
                position = self._with_a_kernel(position)
            except KernelGone as gone:
                position = self._after_loss(gone)
        return self._ran

    def _with_a_kernel(self, position: int) -> int:
        """Run from `position` on. Cells before it run again first, without tests and without those that did harm."""
        began = time.monotonic()
        kernel = Kernel(self._sandbox, self._limits, self._budget, self._files, self._seed)
        self._ran.seconds["start"] += time.monotonic() - began
        began = time.monotonic()
        try:
            for at, cell in enumerate(self._cells):
                if cell.cell_type != "code" or not cell.run or at in self._ran.lost or not cell.source.strip():
                    continue
                used = self._ran.seconds["run"] + time.monotonic() - began - min(kernel.waited, self._limits.total)
                left = self._limits.total - used
                if left <= 0:
                    total = self._limits.total
                    self._ran.problem = f"the notebook took longer than {total:g} s; the rest was not run"
                    break
                self._current = at
                timeout = min(self._limits.timeout, left)
                if at >= position:
                    self._run_cell(kernel, at, cell, timeout)
                elif at not in self._tests:
                    _with_first_meaning(kernel, cell.source, self._ran.restored.get(at), timeout)
        finally:
            self._ran.seconds["run"] += time.monotonic() - began
            kernel.close()
        return len(self._cells)

    def _run_cell(self, kernel: Kernel, at: int, cell: Cell, timeout: float) -> None:
        """A name that another cell has taken costs that cell's exercise, not this one: so there is a second try."""
        is_test = at in self._tests
        code = self._code.get(cell.name or "", cell.source)
        result = self._ran.cells[at] = kernel.run(code, timeout)
        restore = self._shadows.of_others(at) if cell.name else None
        if restore is None or result.status == "timeout" or not (is_test or result.status == "error"):
            return
        again = _with_first_meaning(kernel, code, restore, timeout)
        if is_test:
            self._ran.second[at], self._ran.restored[at] = again, restore
        elif again.status == "ok":
            self._ran.cells[at], self._ran.restored[at] = again, restore

    def _after_loss(self, gone: KernelGone) -> int | None:
        """Note which cell cost the kernel; give the position to go on from, or None to stop."""
        at, ran = self._current, self._ran
        ran.lost[at] = gone.why
        name = {"timeout": "CellTimeoutError", "memory": "MemoryError"}.get(gone.kind, "DeadKernelError")
        ran.cells[at] = CellResult([error_output(name, f"this cell {gone.why}")], gone.kind)
        if len(ran.lost) > self._limits.restarts:
            ran.problem = f"{len(ran.lost)} cells ended the Python process; what comes after the last was not run"
            return None
        reached = [place for place, result in enumerate(ran.cells) if result.status != "skipped"]
        return max([*reached, at]) + 1


def error_output(name: str, value: str, lines: list[str] | None = None) -> dict[str, Any]:
    """An error as a notebook keeps it."""
    traceback = lines or [f"{name}: {value}"]
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": traceback}


def _with_first_meaning(kernel: Kernel, code: str, restore: FirstMeaning | None, timeout: float) -> CellResult:
    """Run code while names that were taken have their first meaning."""
    if restore is None:
        return kernel.run(code, timeout)
    kernel.run(restore.before, timeout)
    found = kernel.run(code, timeout)
    kernel.run(restore.after, timeout)
    return found
