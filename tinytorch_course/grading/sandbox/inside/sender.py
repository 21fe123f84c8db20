"""What stands in for `Checks` where a submission runs: it sends out what came, and judges nothing.

The tests that run here hold no answers. Each check becomes a record of what the submission's code gave; a process that
never runs such code compares the records with the answer key. A submission can send what it likes: it has no answers.
"""

from __future__ import annotations

import base64
import contextlib
import inspect
import json
from collections.abc import Callable
from typing import Any, Literal

KIND = "application/vnd.tinytorch.records"
_BYTES = 4 << 20  # of arrays in one block of checks; beyond that an array goes without its numbers
_TEXT = 20_000  # characters of a text
_ITEMS, _DEPTH = 20_000, 12  # of lists and the like
_NAMES, _FRAMES = 30, 12


def sender(checks: Any, numpy: Any, publish: Callable[[str], None], seed: str) -> type:
    """A class to put in place of ``checks.Checks``.

    Parameters
    ----------
    checks, numpy : module
        The library's checks, and NumPy.
    publish : callable
        Sends one text out.
    seed : str
        From which `rng` draws.
    """
    own = {"_checks": checks, "_numpy": numpy, "_publish": staticmethod(publish), "_seed": seed}
    judging = {kind: _sending(getattr(checks.Checks, kind)) for kind in ("equal", "same", "unchanged", "is_a", "true")}
    return type("Checks", (_Sending, checks.Checks), {**own, **judging, "raises": _raising(checks.Checks.raises)})


class _Sending:
    """What replaces the judging parts of `Checks`."""

    _checks: Any
    _numpy: Any
    _publish: Callable[[str], None]
    _seed: str
    exercise: str
    _hidden: bool
    _inputs: str
    _look: str | None
    _drawn: int

    def __init__(self, *about: str) -> None:
        super().__init__(*about)
        self._records: list[dict[str, Any]] = []
        self._plain = _Plain(self._numpy)

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> Literal[False]:
        if error is None:
            self._note("end", {}, {})
        else:
            self._note("error", _of_error(self._checks, error), {})
        self._publish(json.dumps(self._records))
        return False

    def rng(self) -> Any:
        self._drawn += 1
        return self._numpy.random.default_rng(self._checks.seed_of(f"{self._seed} {self.exercise} {self._drawn}"))

    def _note(self, kind: str, came: dict[str, Any], told: dict[str, Any]) -> None:
        self._records.append({"kind": kind, "came": came, "told": {**told, "hidden": self._hidden}})

    def _told(self, told: dict[str, Any]) -> dict[str, Any]:
        """What the test says besides: all of the answer key, and nothing where the test holds no answers."""
        inputs = told.pop("inputs", None)
        given = self._inputs if inputs is None else self._checks.named(inputs)
        plain = {name: self._one(name, value) for name, value in told.items()}
        return {**plain, "inputs": given, "given_look": self._look}

    def _one(self, name: str, value: Any) -> Any:
        if name in ("kind", "error"):
            return [_name(each) for each in (value if isinstance(value, tuple) else (value,))]
        if name == "dtype":
            return None if value is None else str(self._numpy.dtype(value))
        return self._plain(value) if name == "expected" else value


def _sending(method: Any) -> Any:
    """A check that sends what came."""
    kind = method.__name__

    def send(self: Any, *given: Any, **named: Any) -> None:
        told = _bound(method, given, named)
        got = told.pop("got", None)
        if kind == "true":
            got = told.pop("holds", None)
        came = {"value": self._plain(got)}
        if kind == "is_a":
            came["is"] = _names(type(got))
        if kind == "unchanged":
            came["before"] = self._plain(told.pop("before", None))
        self._note(kind, came, self._told(told))

    return send


def _raising(method: Any) -> Any:
    """The check of an error, which sends the one that came."""

    def raises(self: Any, *given: Any, **named: Any) -> None:
        told = _bound(method, given, named)
        call = told.pop("call")
        try:
            value = call()
        except Exception as caught:
            if self._checks.not_an_answer(caught):
                raise
            came = {"raised": _names(type(caught)), "says": _said(caught)}
        else:
            came = {"value": self._plain(value)}
        self._note("raises", came, self._told(told))

    return raises


def _bound(function: Any, given: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """Arguments by name, those that a test without its answers leaves out left out."""
    return dict(zip(list(inspect.signature(function).parameters)[1:], given)) | named


class _Plain:
    """Writes values down as what JSON has, within limits."""

    def __init__(self, numpy: Any) -> None:
        self._np, self._bytes, self._items = numpy, _BYTES, _ITEMS

    def __call__(self, value: Any, depth: int = 0) -> Any:
        np, kind = self._np, type(value)
        self._items -= 1
        if value is None or kind is bool:
            return value
        if value is NotImplemented or value is Ellipsis:
            return ["constant", repr(value)]
        if kind is str:
            return ["str", value[:_TEXT]]
        if kind is bytes:
            return ["bytes", value[:_TEXT].hex()]
        if kind is int:
            return ["int", hex(value)] if value.bit_length() <= 4 * _TEXT else ["object", _names(kind)]
        if kind is float:
            return ["float", value.hex()]
        if kind is complex:
            return ["complex", value.real.hex(), value.imag.hex()]
        if kind is np.ndarray:
            return ["array", *self._array(value)]
        if isinstance(value, np.generic):
            return ["scalar", *self._array(np.asarray(value))]
        if isinstance(value, type):
            return ["type", _name(value)]
        if depth < _DEPTH and self._items > 0:
            found = self._of_several(value, depth + 1)
            if found is not None:
                return found
        with contextlib.suppress(Exception):
            inner = value.data
            if type(inner) is np.ndarray:
                return ["tensor", _names(kind), *self._array(inner)]
        return ["object", _names(kind)]

    def _of_several(self, value: Any, depth: int) -> Any:
        for base in (list, tuple, set, frozenset):
            if isinstance(value, base):
                own = "" if type(value) is base else _name(type(value))
                items = sorted(value, key=repr) if base in (set, frozenset) else list(value)
                return [base.__name__, own, [self(item, depth) for item in items[: max(0, self._items)]]]
        if type(value) is dict:
            return ["dict", [[self(key, depth), self(item, depth)] for key, item in value.items()]]
        if type(value) is slice:
            return ["slice", *(self(part, depth) for part in (value.start, value.stop, value.step))]
        return None

    def _array(self, array: Any) -> list[Any]:
        self._bytes -= array.nbytes
        numbers = array.dtype.kind in "biufc" and self._bytes >= 0
        data = base64.b64encode(self._np.ascontiguousarray(array).tobytes()).decode("ascii") if numbers else None
        return [array.dtype.str[:40], list(array.shape), data]


def _of_error(checks: Any, error: BaseException) -> dict[str, Any]:
    """Kind and message of an error, and where in the notebook it came about."""
    frames = []
    with contextlib.suppress(Exception):
        frames = [[frame.function, frame.number, frame.line[:200]] for frame in checks.frames_of(error)]
    slip = False
    with contextlib.suppress(Exception):
        slip = isinstance(error, NotImplementedError) and checks.meant_to_return(error)
    name = getattr(error, "name", None) if isinstance(error, NameError) else None
    return {
        "raised": _names(type(error)),
        "says": _said(error),
        "frames": [*frames[:2], *frames[2:][-_FRAMES:]],
        "slip": slip,
        "undefined": name if type(name) is str else None,
    }


def _said(error: BaseException) -> str:
    try:
        return str(error)[:_TEXT]
    except BaseException:
        return "(an error whose message cannot be shown)"


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"[:200]


def _names(kind: type) -> list[str]:
    return [_name(each) for each in kind.__mro__[:_NAMES]]
