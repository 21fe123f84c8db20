"""`tinytorch check --watch`: a card soon after each save, from a kernel that has already run what stands before it.

A change reaches its own cell and those below it. So one kernel waits that has run everything above the cell that is
likely to change next, without the checks there, and one that has run what stands above the first exercise. After a save
the one that has run more of what is as it was runs the rest. The results are those of a run from the top.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from jupyter_core.utils import run_sync
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode

from ..base.code import names_bound, names_read, parsed
from ..base.course import Course
from ..base.errors import CourseError
from ..base.marks import number_of
from ..base.notebook import read_notebook
from .check import Standing, demonstrations, standings
from .place import require_earlier
from .run_notebook import client_of, endless, failures_of, no_start

PAUSE = 0.1  # seconds between two looks at the file

Tell = Callable[[Standing], None]


def saves(path: Path) -> Iterator[None]:
    """Come back at once, and then each time that the file has been saved with another content."""
    before = b""
    while True:
        with contextlib.suppress(OSError):  # while an editor puts the new file in its place
            content = path.read_bytes()
            if content and content != before:
                before = content
                yield
                continue
        time.sleep(PAUSE)


# ZeroMQ waits without an end for a socket that Ctrl-C left half made or half closed. So it may come between two steps of a
# kernel's start, and after a kernel's end.


async def _until_ctrl_c(start: Awaitable[None]) -> bool:
    """Whether it came to its end; Ctrl-C makes that False at once, also where a start hangs."""
    task, loop = asyncio.ensure_future(start), asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
        loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return False
    finally:
        with contextlib.suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)
    return True


@contextlib.contextmanager
def _interrupted_afterwards() -> Iterator[None]:
    """Let Ctrl-C wait."""
    if threading.current_thread() is not threading.main_thread():  # which is never interrupted
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            raise KeyboardInterrupt


class _Waiting:
    """A kernel that has run the first `done` code cells of a notebook."""

    def __init__(self, course: Course, path: Path, nb: NotebookNode) -> None:
        self.done, self.client = 0, client_of(path, nb)
        self._path, self._env = path, course.environment()

    def close(self) -> None:
        with _interrupted_afterwards(), contextlib.suppress(Exception):  # Ctrl-C has reached it, too
            self.client._cleanup_kernel()

    async def _start(self) -> None:
        self.client.reset_execution_trackers()
        await self.client.async_start_new_kernel(env=self._env)
        await self.client.async_start_new_kernel_client()

    def go_on(self, nb: NotebookNode, end: int, ran: Callable[[NotebookNode], None] | None = None) -> None:
        """Run code cells up to `end`, and call `ran` after each check. Without it, checks whose results are known are left out."""
        if self.client.kc is None:
            try:
                started = run_sync(_until_ctrl_c)(self._start())
            except RuntimeError as error:
                raise no_start(self._path) from error
            if not started:
                raise KeyboardInterrupt
        self.client.nb = nb
        cells, skipped = _code(nb), None
        used = _used_tests(cells) if ran is None else set()
        for n in range(self.done, end):
            at, cell = cells[n]
            is_test = bool(cell.metadata.get("nbgrader", {}).get("grade"))
            self.done = n + 1
            if skipped is None and "demo" in cell.metadata.get("tags", []):
                skipped = demonstrations(nb)  # not before one is met: a card should not wait for it
            if (skipped and at in skipped) or (is_test and ran is None and n not in used):
                continue
            try:
                self.client.execute_cell(cell, at)
            except DeadKernelError as error:
                raise CourseError("the kernel died", file=self._path, cell=at + 1, exit_code=1) from error
            except CellTimeoutError as error:
                raise endless(nb, at, self._path) from error
            if is_test and ran is not None:
                ran(cell)


class Watch:
    """A notebook that is checked again and again.

    Parameters
    ----------
    course : Course
    path : path
        The notebook.
    """

    def __init__(self, course: Course, path: Path) -> None:
        self._course, self._path = course, path
        self._waiting: list[_Waiting] = []
        self._last: NotebookNode | None = None  # as it ran last
        self._changed: list[int] = []  # where the last change was
        self.rows: dict[str, Standing] = {}

    def check(self, tell: Tell) -> list[Standing]:
        """Run what the last save can have changed, and tell of each exercise as soon as it is known.

        Told of are exercises that were changed, and those that stand otherwise than before. CourseError as from `check`.
        """
        nb = read_notebook(self._path)
        require_earlier(self._course, self._path, nb)
        for _, cell in _code(nb):
            cell.outputs = []  # of the student's own session
        first, own = self._first_change(nb)
        before, told = self.rows, set[str]()

        def ran(cell: NotebookNode) -> None:
            number = number_of(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
            row = next((row for row in standings(nb, failures_of(nb)) if row.number == number), None)
            if row is not None and (number in own or row != before.get(number)):
                told.add(number)
                tell(row)

        self._run(nb, first, ran)
        rows = standings(nb, failures_of(nb))
        for row in rows:  # text answers, which no cell checks
            if row.number not in told and row != before.get(row.number):
                tell(row)
        self._changed = [first] if self._last is not None and first < len(_code(nb)) else self._changed
        self._last, self.rows = nb, {row.number: row for row in rows}
        return rows

    def prepare(self) -> None:
        """Let kernels run what stands above the likely next change (the last one, or what is open) and the first exercise."""
        if self._last is None:
            return
        cells = _code(self._last)
        open_ = {number for number, row in self.rows.items() if row.state in ("failed", "not written")}
        exercises = [n for n, (_, cell) in enumerate(cells) if _is_exercise(cell)]
        likely = min([*(n for n in exercises if _number(cells[n][1]) in open_), *self._changed], default=0)
        places = {likely, min(exercises, default=0)}
        self._keep([kernel for kernel in self._waiting if kernel.done in places])
        for place in sorted(places - {kernel.done for kernel in self._waiting}, reverse=True):
            self._waiting.append(_Waiting(self._course, self._path, self._last))
            try:
                self._waiting[-1].go_on(self._last, place)
            except CourseError:  # the next check says it
                self._keep(self._waiting[:-1])

    def close(self) -> None:
        """End the kernels."""
        self._keep([])

    def _keep(self, kernels: list[_Waiting]) -> None:
        for kernel in self._waiting:
            if kernel not in kernels:
                kernel.close()
        self._waiting = kernels

    def _first_change(self, nb: NotebookNode) -> tuple[int, set[str]]:
        """The first code cell that differs from the last run, and the exercises whose cells do; the results above are kept."""
        if self._last is None:
            return 0, set()
        old, new = _code(self._last), _code(nb)
        same = [a.source == b.source for (_, a), (_, b) in zip(old, new)]
        first = same.index(False) if False in same else len(same)
        for (_, a), (_, b) in zip(old[:first], new):
            b.outputs = a.outputs
        earlier = {_number(cell): cell.source for _, cell in old if _is_exercise(cell)}
        own = {_number(cell) for _, cell in new if _is_exercise(cell) and earlier.get(_number(cell)) != cell.source}
        return first, own

    def _run(self, nb: NotebookNode, first: int, ran: Callable[[NotebookNode], None]) -> None:
        self._keep([kernel for kernel in self._waiting if kernel.done <= first])
        kernel = max(self._waiting, key=lambda kernel: kernel.done, default=None)
        if kernel is None:
            kernel = _Waiting(self._course, self._path, nb)
        else:
            self._waiting.remove(kernel)
        try:
            kernel.go_on(nb, first)
            kernel.go_on(nb, len(_code(nb)), ran)
        finally:
            kernel.close()


def _code(nb: NotebookNode) -> list[tuple[int, NotebookNode]]:
    """The code cells and their places among all."""
    return [(at, cell) for at, cell in enumerate(nb.cells) if cell.cell_type == "code"]


def _is_exercise(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _number(cell: NotebookNode) -> str:
    return number_of(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


@functools.lru_cache(maxsize=2000)
def _names(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a cell binds and those that it reads."""
    return frozenset(name for name, _ in names_bound(parsed(source))), frozenset(names_read(source))


def _used_tests(cells: list[tuple[int, NotebookNode]]) -> set[int]:
    """Test cells that define a name which a later cell takes from them."""
    used, source = set(), dict[str, int]()
    for n, (_, cell) in enumerate(cells):
        bound, read = _names(cell.source)
        used |= {source[name] for name in read - bound if name in source}
        source |= dict.fromkeys(bound, n)
    return {n for n in used if cells[n][1].metadata.get("nbgrader", {}).get("grade")}
