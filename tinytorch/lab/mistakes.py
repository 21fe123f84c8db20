"""Which mistake is this? What a student's code answers, beside what known mistakes answer.

After a failed check its test cell runs once more, without stopping at what is wrong. The answers to all visible checks
and probes, rounded, make a fingerprint. An edition knows fingerprints of mistakes and a sentence for each (``known/06.json``); it
knows neither the wrong code nor the right one.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import io
import json
import linecache
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from .cards import CheckFailed, array_of
from .frames import not_an_answer

KNOWN = Path(__file__).parent / "known"
SECONDS = 2.0  # for running a test once more
_DEEP = 20_000  # with a higher recursion limit than this, running on could end Python
_ITEMS, _DEPTH = 20_000, 8  # of lists and the like


def sentence_for(exercise: str, found: str | None) -> str | None:
    """What is known of the fingerprint `found` in an exercise such as ``"06.4"``."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads((KNOWN / f"{exercise[:2]}.json").read_text(encoding="utf-8"))
        return str(known["mistakes"][found])
    return None


def fingerprint(checks: type, frame: FrameType) -> str | None:
    """The fingerprint of all that the visible checks of a test cell come by; None where there is none to be had.

    Parameters
    ----------
    checks : type
        The class `Checks`, which the test uses.
    frame : frame
        Of the test cell, in which a check failed. Its names are left as they are.
    """
    try:
        source = "".join(linecache.getlines(frame.f_code.co_filename))
        if frame.f_code.co_name != "<module>" or not source or sys.gettrace() or sys.getrecursionlimit() > _DEEP:
            return None
        notes = _once_more(checks, compile(source, frame.f_code.co_filename, "exec"), frame.f_globals)
        return hashlib.sha256(json.dumps(notes).encode()).hexdigest()[:16] if notes else None
    except BaseException:  # whatever it is, the card is what matters
        return None


class _Enough(BaseException):
    """The visible checks are over."""


class Late(BaseException):
    """It takes too long."""


def _once_more(checks: type, code: Any, space: dict[str, Any]) -> list[Any]:
    """Run a test cell with checks that go on where they fail; what they noted."""
    notes: list[Any] = []
    noting = noting_checks(checks, notes)
    before = dict(space)
    space.update({name: noting for name, value in before.items() if value is checks})
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), _in_time():
            exec(code, space)
    except _Enough:
        pass
    except Exception as error:
        notes.append(of_error(error))
    finally:
        for name in [name for name in space if name not in before]:
            del space[name]
        space.update(before)
    return notes


@contextlib.contextmanager
def _in_time() -> Iterator[None]:
    """Raise Late in whatever runs longer than SECONDS. A trace works on every system, in threads and in browsers."""
    end = time.monotonic() + SECONDS

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        if time.monotonic() > end:
            raise Late
        return trace

    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(None)


class Noting:
    """What replaces the judging parts of `Checks`."""

    notes: list[Any]
    exercise: str

    def given(self, look: str | None = None, **inputs: Any) -> None:
        """Nothing is shown here."""

    def probe(self, call: Callable[[], Any]) -> None:
        self.notes.append([self.exercise, "probe", "", _answer(call)])

    def hidden(self) -> None:
        raise _Enough

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> bool:
        if isinstance(error, Exception):
            self.notes.append([self.exercise, of_error(error)])
        return error is None or isinstance(error, Exception)


def noting_checks(checks: type, notes: list[Any], base: type = Noting) -> type:
    """A class to put in place of `Checks` that goes on where a check fails.

    Parameters
    ----------
    checks : type
        The class `Checks`.
    notes : list
        Where each check writes exercise, kind, how it would fail, and what came.
    base : type
        What replaces the rest of `Checks`.
    """
    judging = {kind: _noting(getattr(checks, kind)) for kind in ("equal", "same", "unchanged", "is_a", "true")}
    return type("Checks", (base, checks), {**judging, "raises": _noting_errors(checks), "notes": notes})


def _noting(method: Any) -> Callable[..., None]:
    """A check that notes whether it would fail, in what way, and what came."""
    kind, names = method.__name__, list(inspect.signature(method).parameters)[1:]

    def note(self: Any, *given: Any, **named: Any) -> None:
        told = dict(zip(names, given)) | named
        wrong = _wrong(method, self, *given, **named)
        came = type(told["got"]).__name__ if kind == "is_a" and wrong else None
        if kind != "is_a":
            came = rounded(told.get("got"))
        self.notes.append([self.exercise, kind, wrong, came])

    return note


def _noting_errors(checks: Any) -> Callable[..., None]:
    def raises(self: Any, what: str, error: type[Exception], call: Callable[[], Any], **named: Any) -> None:
        came: list[Any] = []

        def called() -> Any:
            try:
                value = call()
            except Exception as caught:
                came.append(type(caught).__name__)
                raise
            came.append(rounded(value))
            return value

        wrong = _wrong(checks.raises, self, what, error, called, **named)
        self.notes.append([self.exercise, "raises", wrong, came if wrong else []])

    return raises


def _answer(call: Callable[[], Any]) -> Any:
    """What a probe gave, or the kind of its error: each student words the message differently."""
    try:
        return rounded(call())
    except Exception as error:
        return of_error(error)[:2]


def _wrong(method: Any, *given: Any, **named: Any) -> str:
    try:
        method(*given, **named)
    except CheckFailed as card:
        return card.wrong
    return ""


def of_error(error: Exception) -> list[str]:
    """An error as it is noted. Raises `Late` where it says that a cell has not been run, or is not written."""
    if isinstance(error, NameError) or not_an_answer(error):
        raise Late from error
    return raised(type(error).__name__, str(error))


def raised(name: str, says: str) -> list[str]:
    """The note of an error. What a RecursionError says depends on where it is that Python gives up."""
    return ["raised", name, "" if name == "RecursionError" else says]


def rounded(value: Any, depth: int = _DEPTH) -> Any:
    """A value as JSON, numbers rounded; whether it is a list or a tuple, a Tensor or an array, makes no difference."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, type):
        return value.__name__
    array = array_of(value)
    if array is not None and array.dtype.kind in "biufc":
        return [list(array.shape), hashlib.sha256(_steps(array).tobytes()).hexdigest()]
    if isinstance(value, dict):
        value = list(value.items())
    if isinstance(value, (list, tuple, set, frozenset)) and depth and len(value) < _ITEMS:
        items = [rounded(item, depth - 1) for item in value]
        return sorted(items, key=repr) if isinstance(value, (set, frozenset)) else items
    return type(value).__name__


def _steps(array: np.ndarray) -> np.ndarray:
    """Numbers as steps of about a thousandth of their size, near zero of 1e-5.

    Where a step begins is no round number: those stand in tests, and come out a little more or less.
    """
    numbers = np.stack([array.real, array.imag]) if array.dtype.kind == "c" else array
    with np.errstate(all="ignore"):
        steps = np.floor(np.arcsinh(100 * numbers.astype(np.float64)) * 1000 + 0.618)
    return np.nan_to_num(steps, nan=1e15, posinf=2e15, neginf=-2e15).astype("<i8")
