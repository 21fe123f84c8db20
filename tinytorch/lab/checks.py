"""What the test cells of every module use: checks that climb a ladder and fail with a card.

A test cell reads like this::

    with Checks("06.4", "MulBackward.apply") as check:
        grad_a, grad_b = rule.apply(grad_output)
        check.equal("the gradient of `a`", grad_a, [4.0, 5.0], inputs={"a": a, "b": b},
                    look="Which of the two factors is the slope for `a`?")

It stops at the first check that fails and shows what was expected, what came, for which input and where to look.
Hand-written; needs NumPy only, so that it works in a browser too.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal, NoReturn

import numpy as np

from .cards import (
    CheckFailed,
    array_of,
    article,
    difference,
    dtype_hint,
    is_numbers,
    kind_of,
    named,
    shown_as,
    unlike,
)
from .frames import frames_of, left_standing, meant_to_return, not_an_answer, not_written_yet, written_in
from .mistakes import fingerprint, sentence_for

__all__ = ["CheckFailed", "Checks", "bare"]


class Checks:
    """The checks of one exercise, as a context.

    Any exception that leaves the block becomes a card: a name that is not defined yet, an exercise that is not
    written yet, an error raised inside the student's code (with the line), a check that failed.

    Parameters
    ----------
    exercise : str
        The exercise's number, ``"06.4"``.
    title : str
        What it is about, ``"MulBackward.apply"``.
    """

    def __init__(self, exercise: str, title: str) -> None:
        self.exercise, self.title = exercise, title
        self._counts = {False: 0, True: 0}
        self._drawn = 0
        self._hidden = False
        self._inputs = ""
        self._look: str | None = None

    # -- the context ---------------------------------------------------------------------------------------------

    def __enter__(self) -> Checks:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: Any) -> Literal[False]:
        if error is None:
            print(self.summary())
            return False
        if not isinstance(error, Exception):
            return False
        card = error if isinstance(error, CheckFailed) else self._card_of(error)
        if not self._hidden and "to do" not in card.rows:
            card.fingerprint = fingerprint(type(self), sys._getframe(1))
            card.add("perhaps", sentence_for(self.exercise, card.fingerprint))
        if card is error:
            return False
        raise card from None

    def summary(self) -> str:
        """The calm line: how many checks passed. Visible ones only, unless hidden ones have run."""
        visible, hidden = self._counts[False], self._counts[True]
        count = f"{visible} visible" + (f" and {hidden} hidden" if hidden else "")
        return f"{self.exercise} {self.title}: {count} check{'s' if visible + hidden != 1 else ''} passed"

    def hidden(self) -> None:
        """Say that the checks from here on are hidden ones; the first line of a hidden block."""
        self._hidden = True
        self._inputs, self._look = "", None

    def given(self, look: str | None = None, **inputs: Any) -> None:
        """Name the inputs, and where to look, for every check that follows.

        The inputs are written down at once: code that changes them in place does not change the card.
        """
        self._inputs, self._look = named(inputs), look

    def rng(self) -> np.random.Generator:
        """Random numbers for inputs. Here the same each time; when the work is graded, others for each class."""
        self._drawn += 1
        return np.random.default_rng(seed_of(f"{self.exercise} {self._drawn}"))

    def probe(self, call: Callable[[], Any]) -> None:
        """Ask for one more answer where a visible check has failed, to tell known mistakes apart.

        It judges nothing, stands before `hidden`, and elsewhere `call` is not even called.
        """

    # -- the ladder ----------------------------------------------------------------------------------------------

    def equal(
        self,
        what: str,
        got: Any,
        expected: Any,
        *,
        inputs: Mapping[str, Any] | None = None,
        look: str | None = None,
        dtype: Any = None,
        dtype_look: str | None = None,
        rtol: float = 1e-5,
        atol: float = 1e-6,
    ) -> None:
        """Check a number, an array or a Tensor: is it there, its type, its shape, its dtype, its values.

        Parameters
        ----------
        what : str
            Name of the value or values, for the message: ``"the gradient of `b`"``, ``"the averages"``. The cards'
            sentences suit one thing and several.
        got, expected : number, array, Tensor, or nested list of numbers
            What the student's code gave, and what is right. NaN equals NaN.
        inputs : dict, optional
            The inputs, by name.
        look : str, optional
            Where to look: a question rather than the answer.
        dtype : dtype, optional
            Also ask for this dtype.
        dtype_look : str, optional
            Where to look if the dtype alone is wrong. Without it, `look` if this check has one, else a hint about
            dtypes; never the `look` of `given`, which is about values.
        rtol, atol : float
            Tolerances of the values, as in `numpy.isclose`.
        """
        right = array_of(expected)
        assert right is not None, f"a check needs numbers to compare with, not {type(expected).__name__}"
        value = array_of(got)
        shown = partial(_side_by_side, expected, right, got, value)  # made on demand: it takes longer than to compare
        if value is None:
            self._fail("kind", unlike(what, "an array", got), shown(), inputs, look)
        if value.shape != right.shape:
            self._fail("shape", f"{what} came out with shape {value.shape}, not {right.shape}", shown(), inputs, look)
        if dtype is not None and value.dtype != np.dtype(dtype):
            numeric = value.dtype.kind in "biufc" and right.dtype.kind in "biufc"
            if numeric and np.allclose(value, right, rtol=rtol, atol=atol, equal_nan=True):
                look = dtype_look or look or dtype_hint(value.dtype, np.dtype(dtype))
            dtypes = {"expected": str(np.dtype(dtype)), "got": str(value.dtype)}
            self._fail("dtype", f"{what} came out in {value.dtype}, not in {np.dtype(dtype)}", dtypes, inputs, look)
        if value.dtype.kind not in "biufc":
            problem = f"{what} should hold numbers, but came out with dtype {value.dtype}"
            self._fail("dtype", problem, shown(), inputs, look)
        if not np.allclose(value, right, rtol=rtol, atol=atol, equal_nan=True):
            rows = shown()
            differs = [_first_place(value, right, rtol, atol) if right.size > 8 else "", difference(right, value)]
            if any(differs):
                rows["differs"] = "; ".join(filter(None, differs))
            self._fail("values", f"{what} came out wrong", rows, inputs, look)
        self._passed()

    def unchanged(
        self,
        what: str,
        got: Any,
        before: Any,
        *,
        inputs: Mapping[str, Any] | None = None,
        look: str | None = None,
    ) -> None:
        """Check that something has stayed as it was: an array, bit for bit, or a list, a string, a dictionary.

        Parameters
        ----------
        what : str
            Its name, for the message: ``"`grad_output`"``, ``"the logits"``.
        got, before : array, Tensor, number, nested list of numbers, or anything that can be compared
            The thing itself, and a copy or the numbers from before. NaN equals NaN.
        inputs : dict, optional
            The inputs, by name.
        look : str, optional
            Where to look, if there is more to say than that a line writes into it. The `look` of `given` is not shown.
        """
        right, value = array_of(before), array_of(got)
        if right is None or value is None:
            stayed, numeric = type(got) is type(before) and bool(got == before), False
            right, value = before, got
        else:
            if value.dtype.kind == right.dtype.kind == "f" and not hasattr(before, "dtype"):
                right = right.astype(value.dtype)  # what the number 0.1 is in float32
            numeric = value.dtype.kind in "biufc" and value.shape == right.shape
            stayed = numeric and np.array_equal(value, right, equal_nan=True)
        if not stayed:
            shown = {"expected": shown_as(right), "got": shown_as(value)}
            if apart := difference(right, value) if numeric else "":
                shown["differs"] = apart
            look = look or "Which line writes into what belongs to somebody else?"
            self._fail("changed", f"{what} changed, which must not happen", shown, inputs, look)
        self._passed()

    def same(
        self, what: str, got: Any, expected: Any, *, inputs: Mapping[str, Any] | None = None, look: str | None = None
    ) -> None:
        """Check something that is not an array: a shape, a string, a list of names, True or None."""
        if type(got) is not type(expected) and not (
            isinstance(got, (int, float)) and isinstance(expected, (int, float))
        ):
            shown = {"expected": repr(expected), "got": shown_as(got)}
            self._fail("kind", unlike(what, kind_of(expected), got), shown, inputs, look)
        if got != expected:
            shown = {"expected": repr(expected), "got": shown_as(got)}
            self._fail("values", f"{what} came out wrong", shown, inputs, look)
        self._passed()

    def is_a(
        self,
        what: str,
        got: Any,
        kind: type | tuple[type, ...],
        *,
        inputs: Mapping[str, Any] | None = None,
        look: str | None = None,
    ) -> None:
        """Check a type."""
        kinds = kind if isinstance(kind, tuple) else (kind,)
        self._is_one(what, got, isinstance(got, kind), [each.__name__ for each in kinds], inputs, look)

    def _is_one(
        self,
        what: str,
        got: Any,
        fits: bool,
        names: Sequence[str],
        inputs: Mapping[str, Any] | None,
        look: str | None,
    ) -> None:
        if not fits:
            problem = unlike(what, " or ".join(map(article, names)), got)
            self._fail("kind", problem, {"got": shown_as(got)}, inputs, look)
        self._passed()

    def true(
        self,
        what: str,
        holds: bool,
        *,
        expected: Any = None,
        got: Any = None,
        inputs: Mapping[str, Any] | None = None,
        look: str | None = None,
    ) -> None:
        """Check a statement; `what` says what is wrong when it does not hold."""
        if type(holds) not in (bool, np.bool_) or not holds:
            shown = {"expected": shown_as(expected)} if expected is not None else {}
            if got is not None:
                shown["got"] = shown_as(got)
            self._fail("statement", what, shown, inputs, look)
        self._passed()

    def raises(
        self,
        what: str,
        error: type[Exception],
        call: Callable[[], Any],
        *,
        mentions: str | tuple[str, ...] = (),
        inputs: Mapping[str, Any] | None = None,
        look: str | None = None,
    ) -> None:
        """Check that `call` raises `error` with a message that contains each word of `mentions`.

        `what` is the situation: ``"a ragged list"``.
        """
        try:
            value = call()
        except Exception as caught:
            if not_an_answer(caught):
                raise
            says, fits = str(caught), isinstance(caught, error)
            self._raised(what, (type(caught).__name__, says, fits), error.__name__, mentions, inputs, look)
        else:
            self._not_raised(what, value, error.__name__, inputs, look)

    def _not_raised(
        self, what: str, got: Any, error: str, inputs: Mapping[str, Any] | None, look: str | None
    ) -> NoReturn:
        self._fail("no error", f"{what} should raise {article(error)}", {"got": shown_as(got)}, inputs, look)

    def _raised(
        self,
        what: str,
        caught: tuple[str, str, bool],
        error: str,
        mentions: str | tuple[str, ...],
        inputs: Mapping[str, Any] | None,
        look: str | None,
    ) -> None:
        """Judge an error that came, of which the name, the message and whether it is of the right kind are given."""
        name, says, fits = caught
        if not fits:
            shown = {"expected": error, "got": f"{name}: {says}".rstrip(": ")}
            self._fail("error", f"{what} should raise another error", shown, inputs, look)
        for word in (mentions,) if isinstance(mentions, str) else mentions:
            if word not in says:
                shown = {"expected": f"a message with {word!r} in it", "got": f"{error}: {says}"}
                self._fail("message", f"{what} should raise {article(error)} that says more", shown, inputs, look)
        self._passed()

    # -- isolation -----------------------------------------------------------------------------------------------

    @contextmanager
    def using(self, **names: Any) -> Iterator[None]:
        """Put stand-ins in place of the notebook's own functions, so that only this exercise is judged.

        ``with check.using(unbroadcast=lambda grad, shape: …):`` holds inside the block only.
        """
        space = sys._getframe(2).f_globals  # beyond contextmanager's __enter__
        missing = object()
        before = {name: space.get(name, missing) for name in names}
        space.update(names)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is missing:
                    space.pop(name, None)
                else:
                    space[name] = value

    # -- failing -------------------------------------------------------------------------------------------------

    def _passed(self) -> None:
        self._counts[self._hidden] += 1

    def _fail(
        self, wrong: str, problem: str, shown: Mapping[str, str], inputs: Mapping[str, Any] | None, look: str | None
    ) -> NoReturn:
        rows: dict[str, str] = {}
        given = self._inputs if inputs is None else named(inputs)
        if given:
            rows["input"] = given
        rows.update(shown)
        look = self._look if look is None else look
        if look:
            rows["look at"] = look
        raise CheckFailed(self.exercise, self.title, problem, rows, self._hidden, wrong)

    def _card_of(self, error: Exception) -> CheckFailed:
        if isinstance(error, NotImplementedError) and not_written_yet(str(error)):
            task = re.sub(
                rf"^{re.escape(self.exercise)} [^:]*:\s*", "", str(error)
            )  # the card's first line says the rest
            rows = {"to do": task}
            if left_standing(error):
                rows["look at"] = "Does the `raise` line still stand below your code? Then delete it."
            return CheckFailed(self.exercise, self.title, "not written yet", rows, self._hidden)
        frames = list(frames_of(error))
        # A NameError on the test cell's own level means that the cell above has not been run.
        if isinstance(error, NameError) and error.name and len({frame.cell for frame in frames}) <= 1:
            problem = f"`{error.name}` is not defined yet"
            return CheckFailed(self.exercise, self.title, problem, {"to do": "run the cells above first"}, self._hidden)
        rows = {"error": f"{type(error).__name__}: {error}".rstrip(": ")}
        own = [frame for frame in frames if frame.cell != frames[0].cell]  # not the test cell
        if own:
            written = written_in(own, self.title)
            rows["in"] = written.where()
            if own[-1].cell != written.cell and not own[-1].line.startswith("raise "):  # then the message says it all
                rows["calls"] = own[-1].where()
        if frames and frames[0].line and not self._hidden:
            rows["check"] = frames[0].line  # the line of the test; a hidden one stays hidden
        if self._inputs:
            rows["input"] = self._inputs
        if isinstance(error, NotImplementedError) and meant_to_return(error):
            rows["look at"] = "Should this be `return NotImplemented`? `raise NotImplementedError` is something else."
        elif isinstance(error, RuntimeError) and "__class__ cell not found" in str(error):
            kind = self.title.partition(".")[0]
            rows["look at"] = f"A method that stands outside of its class has to say which it is: super({kind}, self)."
        elif self._look:
            rows["look at"] = self._look
        return CheckFailed(self.exercise, self.title, "your code raised an error", rows, self._hidden)


def _side_by_side(expected: Any, right: np.ndarray, got: Any, value: np.ndarray | None) -> dict[str, str]:
    """What is right and what came, in one dtype: where the dtype matters, its own card says so."""
    if value is not None and value.dtype.kind == right.dtype.kind == "f":
        value = value.astype(right.dtype)
    return {
        "expected": shown_as(expected if is_numbers(expected) else right),
        "got": shown_as(got if value is None or is_numbers(got) else value),
    }


def _first_place(value: np.ndarray, right: np.ndarray, rtol: float, atol: float) -> str:
    """How many numbers are wrong, and the first of them."""
    wrong = ~np.isclose(value, right, rtol=rtol, atol=atol, equal_nan=True)
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    return (
        f"in {int(wrong.sum())} of {right.size} places, first at {list(place)}: "
        f"{value[place]:.6g}, not {right[place]:.6g}"
    )


def seed_of(text: str) -> int:
    """A seed for random numbers, the same for the same text everywhere."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def bare(kind: type, *saved_tensors: Any, **attributes: Any) -> Any:
    """An object of `kind` whose ``__init__`` has not run, with these attributes.

    Lets a check judge one method apart from the constructor: ``bare(MulBackward, a, b)`` has
    ``saved_tensors == (a, b)``.
    """
    thing: Any = object.__new__(kind)
    if saved_tensors:
        thing.saved_tensors = saved_tensors
    for name, value in attributes.items():
        setattr(thing, name, value)
    return thing
