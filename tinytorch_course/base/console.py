"""The terminal: colour and progress for people, plain lines for files and pipes."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Protocol

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.segment import Segment

from .errors import CourseError
from .printable import printable


class _Console(Console):
    """Shows text as text: whatever a name, a title or an error holds, neither rich nor the terminal obeys any of it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, soft_wrap=True, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment(printable(text), style)


out = _Console()
err = _Console(stderr=True)


class Advance(Protocol):
    def __call__(self, done: int, label: str = "") -> None: ...


@contextmanager
def progress(what: str, total: int) -> Iterator[Advance]:
    """A progress bar with `total` steps; silent when nobody watches."""
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[label]}", markup=False),
        console=err,
        transient=True,
    )
    with bar if err.is_terminal else nullcontext():  # Rich 13 ends a disabled bar with an empty line
        task = bar.add_task(what, total=total, label="")

        def advance(done: int, label: str = "") -> None:
            bar.update(task, completed=done, label=label)

        yield advance


# What a person can do about an error of the operating system, by its number.
_MEND = {
    errno.EACCES: "Give yourself the right to write there, or work in a folder of your own.",
    errno.EPERM: "Give yourself the right to write there, or work in a folder of your own.",
    errno.EROFS: "Work in a folder that can be written, for example in your home folder.",
    errno.ENOSPC: "The disk is full: make room, and call this again.",
    errno.EDQUOT: "Your share of the disk is full: make room, and call this again.",
    errno.ENAMETOOLONG: "Move the course to a folder with a shorter path.",
    None: "Nothing more is known here; the operating system refused it.",
}


def exit_code(run: Callable[[], int | None], name: str) -> int:
    """Run a command; an error that a person can mend, the operating system's too, becomes one message and an exit code."""
    try:
        return run() or 0
    except CourseError as error:
        err.print(f"{name}: {error}", markup=False, style="red")
        return error.exit_code
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        mend = _MEND.get(error.errno, _MEND[None])
        err.print(f"{name}: {place}{error.strerror or error}\n  {mend}", markup=False, style="red")
        return 2
