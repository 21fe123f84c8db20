"""Compares what came with the answer key. The ladder that a student's own checks climb is climbed here, on records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from tinytorch.lab.checks import CheckFailed, Checks
from tinytorch.lab.frames import not_written_yet

from .records import Asked, Malformed, Record, read

Key = Mapping[str, tuple[str, ...]]  # by grade id of the test: what the reference sent, for `read_key`

OUT_OF_STEP = "the checks did not run as the test has them: something in the notebook changes how it runs"


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one test.

    Parameters
    ----------
    passed : bool
    card : str
        For people who grade: with what came.
    wrong : str
        In one word: what a check calls it, ``"raised"`` for an error that left the test, ``"malformed"`` for records that
        are not those of this test.
    asked : Asked, optional
        The check that failed.
    rows : mapping
        The card's lines.
    error : Record, optional
        What was raised, where that is what is wrong.
    counts : tuple of two int
        How many visible and hidden checks passed.
    error_name, says : str
        Of the error that stopped a test beside its checks.
    """

    passed: bool
    card: str = ""
    wrong: str = ""
    asked: Asked | None = None
    rows: Mapping[str, str] = field(default_factory=dict)
    error: Record | None = None
    counts: tuple[int, int] = (0, 0)
    error_name: str = ""
    says: str = ""


def mark(texts: Sequence[str], key: Sequence[Asked], exercise: str, title: str) -> Verdict:
    """Judge one test.

    Parameters
    ----------
    texts : sequence of str
        What its blocks of checks sent, in order.
    key : sequence of Asked
        The records of the reference, of all blocks.
    exercise, title : str
        For the card.
    """

    def failed(wrong: str, problem: str, asked: Asked | None, rows: Mapping[str, str], error: Any = None) -> Verdict:
        card = CheckFailed(exercise, title, problem, rows).card()
        return Verdict(False, card, wrong, asked, rows, error)

    try:
        came = [record for text in texts for record in read(text)]
    except Malformed:
        return failed("malformed", OUT_OF_STEP, None, {})
    marker, counts = _Marker(exercise, title), {False: 0, True: 0}
    for asked, record in zip_longest(key, came):
        if record is not None and record.kind == "error":
            return failed("raised", *_about_error(record, asked), record)
        if asked is None or record is None or record.kind != asked.right.kind:
            return failed("malformed", OUT_OF_STEP, asked, {})
        try:
            marker.judge(asked, record)
        except CheckFailed as error:
            return failed(error.wrong, error.problem, asked, error.rows)
        except Exception:  # a value with which nothing can be done, not even shown
            return failed("values", "what came cannot be compared", asked, {})
        counts[asked.hidden] += asked.right.kind != "end"
    return Verdict(True, counts=(counts[False], counts[True]))


def would_fail(asked: Asked, record: Record) -> str:
    """In what way one check fails, in a word; "" where it passes."""
    try:
        _Marker("", "").judge(asked, record)
    except CheckFailed as error:
        return error.wrong
    except Exception:
        return "values"
    return ""


def _about_error(record: Record, asked: Asked | None) -> tuple[str, Asked | None, dict[str, str]]:
    if is_unwritten(record):
        return "not written yet", asked, {"to do": record.says[:300]}
    rows = {"error": f"{error_name(record)}: {record.says[:2000]}".rstrip(": ")}
    if len(record.frames) > 1:
        function, line, text = record.frames[-1]
        rows["in"] = f"{function}, line {line}: {text}"
    return "your code raised an error", asked, rows


def error_name(record: Record) -> str:
    """The name of an error's class, without its module."""
    return short(record.names[0]) if record.names else "Error"


def is_unwritten(record: Record) -> bool:
    """Whether an error is that of the stub of an exercise."""
    return "builtins.NotImplementedError" in record.names and not_written_yet(record.says)


def short(name: str) -> str:
    return name.rpartition(".")[2]


class _Marker(Checks):
    """The checks, with records in place of values. A check that fails raises its card."""

    def judge(self, asked: Asked, record: Record) -> None:
        told = asked.told
        self._hidden, self._inputs, self._look = asked.hidden, told.get("inputs", ""), told.get("given_look")
        what, look, kind = told.get("what", ""), told.get("look"), record.kind
        if kind == "equal":
            options = {name: told[name] for name in ("dtype", "dtype_look", "rtol", "atol") if name in told}
            self.equal(what, record.value, told["expected"], look=look, **options)
        elif kind == "same":
            self.same(what, record.value, told["expected"], look=look)
        elif kind == "unchanged":
            self.unchanged(what, record.value, record.before, look=look)
        elif kind == "true":
            self.true(what, record.value, expected=told.get("expected"), look=look)
        elif kind == "is_a":
            fits = bool(set(told["kind"]) & set(record.names))
            self._is_one(what, record.value, fits, [short(name) for name in told["kind"]], None, look)
        elif kind == "raises":
            (error, *_), mentions = map(short, told["error"]), told.get("mentions", ())
            if not record.raised:
                self._not_raised(what, record.value, error, None, look)
            # An error that the checks let through is no answer, whatever was sent.
            fits = bool(set(told["error"]) & set(record.names)) and not is_unwritten(record)
            self._raised(what, (error_name(record), record.says, fits), error, mentions, None, look)
