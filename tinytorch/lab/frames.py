"""Errors of a student's code: where in the notebook they came about, and those for which there are cards."""

from __future__ import annotations

import linecache
import re
from collections.abc import Iterator
from types import FrameType
from typing import NamedTuple

_TASK = re.compile(r"\d\d\.\d+ ")  # how the text of an unwritten exercise begins


def not_an_answer(error: Exception) -> bool:
    """Whether an error tells of an unwritten exercise or a slip for ``return NotImplemented``, for which there are cards."""
    return isinstance(error, NotImplementedError) and (not_written_yet(str(error)) or meant_to_return(error))


def not_written_yet(says: str) -> bool:
    """Whether this is the message of an exercise's stub, ``06.4 MulBackward.apply: …``."""
    return _TASK.match(says) is not None


class Frame(NamedTuple):
    """One step of a traceback: which cell, in which function, at which line."""

    cell: str
    function: str
    path: str  # the function's name with its class: ``MulBackward.apply``
    number: int
    line: str
    source: str  # of the whole cell

    def where(self) -> str:
        return f"{self.function}, line {self.number}" + (f": {self.line}" if self.line else "")

    def named_in(self, title: str, loosely: bool) -> bool:
        """Whether an exercise's title names this function: ``Tensor.sum`` is `sum_` or `Tensor.sum`. Loosely, it is a
        method of that name in any class, and ``AddBackward`` is any method of that class.
        """
        for name in re.findall(r"[A-Za-z_][\w.]*", title):
            own = name.rpartition(".")[2]
            if self.path in (name, own, f"{own}_") or (
                loosely and (self.function == own or name in self.path.split("."))
            ):
                return True
        return False


def written_in(frames: list[Frame], title: str) -> Frame:
    """The frame at which a card points: the innermost one in the exercise's own cell.

    The notebook does not tell Python which cells are exercises. So the exercise's cell is the one of the first function
    that its title names; if it names none of them, that of the first function called. A cell further inside belongs to
    another exercise or to the course, and was only called with what this one gave to it.
    """
    named = [frame for loosely in (False, True) for frame in frames if frame.named_in(title, loosely)]
    cell = (named or frames)[0].cell
    return [frame for frame in frames if frame.cell == cell][-1]


def left_standing(error: NotImplementedError) -> bool:
    """Whether there is code between a stub's comment and its ``raise``: the exercise may be written after all."""
    frames = list(frames_of(error))
    before = frames[-1].source.split("\n")[: frames[-1].number - 1] if frames else []
    written = [line.strip() for line in before if line.strip()]
    return bool(written) and "# YOUR CODE HERE" in written[:-1] and written[-1] != "# YOUR CODE HERE"


def meant_to_return(error: NotImplementedError) -> bool:
    """Whether it may be a slip for ``return NotImplemented``: the function that raised it speaks of that constant."""
    frames = list(frames_of(error))
    return bool(frames) and re.search(r"\bNotImplemented\b", frames[-1].source) is not None


def frames_of(error: BaseException) -> Iterator[Frame]:
    """Each frame that belongs to the notebook, outermost first."""
    traceback = error.__traceback__
    while traceback is not None:
        code, space = traceback.tb_frame.f_code, traceback.tb_frame.f_globals
        # A file that was started as a program is called __main__ too, but is no notebook: the one that judges, for example.
        if space.get("__name__") == "__main__" and code.co_filename != space.get("__file__"):
            lines = linecache.getlines(code.co_filename, space)
            line = lines[traceback.tb_lineno - 1].strip() if traceback.tb_lineno <= len(lines) else ""
            yield Frame(
                code.co_filename, code.co_name, _path(traceback.tb_frame), traceback.tb_lineno, line, "".join(lines)
            )
        traceback = traceback.tb_next


def _path(frame: FrameType) -> str:
    """The name of a frame's function with its class, which Python knows from 3.11 on."""
    code = frame.f_code
    if hasattr(code, "co_qualname"):
        return str(code.co_qualname)
    first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
    for kind in type(first).__mro__:
        if getattr(vars(kind).get(code.co_name), "__code__", None) is code:
            return f"{kind.__name__}.{code.co_name}"
    return code.co_name
