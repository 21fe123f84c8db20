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
import linecache
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Literal, NamedTuple, NoReturn

import numpy as np

__all__ = ["CheckFailed", "Checks", "bare"]

_WIDTH = 10  # of the card's left column
_LONGEST = 400  # characters shown of one value
_MOST = 6  # elements shown in full on an `input` line, and of a list of tensors
_TASK = re.compile(r"\d\d\.\d+ ")  # how the text of an unwritten exercise begins


class CheckFailed(AssertionError):
    """A failed check, shown as a card instead of a traceback.

    Parameters
    ----------
    exercise, title : str
        Which exercise, for example ``"06.4"`` and ``"MulBackward.apply"``.
    problem : str
        What is wrong, in one sentence.
    rows : mapping of str to str
        The card's lines, in the order in which they are shown.
    hidden : bool
        Whether the check is one that the student's notebook does not show.
    wrong : str
        What is wrong in one word, without any value: ``"shape"``, ``"dtype"``, ``"values"``.
    """

    def __init__(
        self,
        exercise: str,
        title: str,
        problem: str,
        rows: Mapping[str, str] | None = None,
        hidden: bool = False,
        wrong: str = "",
    ) -> None:
        self.exercise, self.title, self.problem = exercise, title, problem
        self.rows, self.hidden, self.wrong = dict(rows or {}), hidden, wrong
        super().__init__(self.card())

    def card(self) -> str:
        """The card as plain text."""
        lines = [f"{self.exercise} {self.title}: {self.problem}"]
        for name, value in self.rows.items():
            first, *rest = str(value).splitlines() or [""]
            lines.append(f"  {name:<{_WIDTH}}{first}")
            lines += [" " * (_WIDTH + 2) + line for line in rest]
        return "\n".join(lines)

    def _render_traceback_(self) -> list[str]:
        # IPython shows these lines in place of a traceback: in JupyterLab, in nbgrader and in its feedback.
        return self.card().splitlines()


def _array(value: Any) -> np.ndarray | None:
    """`value` as an array if it is a number, an array, a Tensor or a nested list or tuple of these; else None."""
    if type(value) in (bool, int, float, complex) or isinstance(value, np.generic) or type(value) is np.ndarray:
        return np.asarray(value)
    if isinstance(value, (list, tuple)):
        parts = [_array(item) for item in value]
        if any(part is None for part in parts):
            return None
        try:
            return np.array([part for part in parts])
        except ValueError:  # ragged
            return None
    data = getattr(value, "data", None)
    return data if type(data) is np.ndarray else None


def _readable(array: np.ndarray) -> Any:
    """How arrays are printed on a card: plain decimals, unless they would hide a small number behind ``0.``."""
    small = array.dtype.kind == "f" and bool(np.any((array != 0) & (np.abs(array) < 1e-4)))
    return np.printoptions(precision=5, suppress=not small, threshold=24, edgeitems=3)


def _numbers(value: Any) -> bool:
    """Whether a value is a tuple of plain numbers: a shape, a pair of sizes."""
    return isinstance(value, tuple) and all(type(item) in (bool, int, float) for item in value)


def _literal(value: Any) -> bool:
    """Whether a value is written down in Python without a name: numbers, strings, None, and lists and tuples of them."""
    if isinstance(value, (list, tuple)):
        return all(_literal(item) for item in value)
    return value is None or type(value) in (bool, int, float, complex, str)


def _inner(value: Any) -> np.ndarray | None:
    """The array of a Tensor; None for anything else, arrays too."""
    if isinstance(value, (np.ndarray, np.generic)):
        return None
    data = getattr(value, "data", None)
    return data if type(data) is np.ndarray else None


def _show(value: Any) -> str:
    """A value in a few lines: an array with its shape, a tensor with its array, a list item by item."""
    if type(value) in (list, tuple) and not _literal(value):
        items = ", ".join(_item(item) for item in value[:_MOST]) + (", …" if len(value) > _MOST else "")
        text = f"[{items}]" if type(value) is list else f"({items}{',' if len(value) == 1 else ''})"
    elif isinstance(value, (bool, int, str, list, tuple)) or (array := _array(value)) is None:
        text = repr(value)
    else:
        if array.ndim == 0 and array.dtype.kind in "biuf":
            text = f"{array.item():.6g}" if array.dtype.kind == "f" else repr(array.item())
        else:
            with _readable(array):
                text = repr(array) + (f"  shape {array.shape}" if array.ndim else "")
        if _inner(value) is not None:
            text = f"{type(value).__name__} of {text}"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _item(value: Any) -> str:
    """One item of a list on a card."""
    array = _inner(value)
    if array is not None:
        return f"{type(value).__name__} of shape {array.shape}"
    if type(value) is np.ndarray and value.size > _MOST:
        return f"array of shape {value.shape}"
    if type(value) in (list, tuple):
        return _show(value)
    with np.printoptions(precision=5):
        return repr(value).replace("\n", "")


def _describe(value: Any) -> str:
    """A value for the `input` line: strings, and tuples and lists of numbers, as they are; arrays in full or by shape."""
    if isinstance(value, str):
        return value if value and value == " ".join(value.split()) else repr(value)
    if isinstance(value, (list, tuple)) and _literal(value) and len(repr(value)) <= 8 * _MOST:
        return repr(value)
    array = _array(value)
    if array is None or isinstance(value, (bool, int, float)):
        return repr(value)
    if array.size <= _MOST:
        with _readable(array):
            return np.array2string(array, separator=", ").replace("\n", "") + (f" {array.shape}" if array.ndim else "")
    return f"{array.shape}"


def _named(inputs: Mapping[str, Any]) -> str:
    """The `input` line of a card."""
    return ", ".join(f"{name} {_describe(value)}" for name, value in inputs.items())


def _kind(value: Any) -> str:
    """What kind of thing a value is: ``a list``, ``an int``, ``None``."""
    return "None" if value is None else _article(type(value).__name__)


def _difference(right: np.ndarray, value: np.ndarray) -> str:
    """By how much two arrays of one shape differ, if they look the same on a card; else nothing."""
    kind = np.result_type(value, right, np.float64)
    both, shown = (np.asarray(right, kind), np.asarray(value, kind)), []
    for array in both:
        with _readable(array):
            shown.append(str(array) if array.ndim or array.dtype.kind == "c" else f"{array.item():.6g}")
    with np.errstate(all="ignore"):
        apart = np.abs(both[0] - both[1])
    apart = apart[np.isfinite(apart)]
    return f"largest difference {apart.max():.2g}" if shown[0] == shown[1] and apart.size else ""


def _unlike(kind: str, got: Any) -> str:
    """How a card says that something is of another kind, for one thing and for several."""
    return f"should be {kind}, not {_kind(got)}" + (" (is a return missing?)" if got is None else "")


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
        if isinstance(error, CheckFailed) or not isinstance(error, Exception):
            return False
        raise self._card_of(error) from None

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
        self._inputs, self._look = _named(inputs), look

    def rng(self) -> np.random.Generator:
        """Random numbers for inputs. Here the same each time; when the work is graded, others for each class."""
        self._drawn += 1
        return np.random.default_rng(seed_of(f"{self.exercise} {self._drawn}"))

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
        right = _array(expected)
        assert right is not None, f"a check needs numbers to compare with, not {type(expected).__name__}"
        value = _array(got)
        shown = {
            "expected": _show(expected if _numbers(expected) else right),
            "got": _show(got if value is None or _numbers(got) else value),
        }
        if value is None:
            self._fail("kind", f"{what} {_unlike('an array', got)}", shown, inputs, look)
        if value.shape != right.shape:
            self._fail("shape", f"{what} came out with shape {value.shape}, not {right.shape}", shown, inputs, look)
        if dtype is not None and value.dtype != np.dtype(dtype):
            numeric = value.dtype.kind in "biufc" and right.dtype.kind in "biufc"
            if numeric and np.allclose(value, right, rtol=rtol, atol=atol, equal_nan=True):
                look = dtype_look or look or _dtype_hint(value.dtype, np.dtype(dtype))
            shown = {"expected": str(np.dtype(dtype)), "got": str(value.dtype)}
            self._fail("dtype", f"{what} came out in {value.dtype}, not in {np.dtype(dtype)}", shown, inputs, look)
        if value.dtype.kind not in "biufc":
            problem = f"{what} should hold numbers, but came out with dtype {value.dtype}"
            self._fail("dtype", problem, shown, inputs, look)
        if not np.allclose(value, right, rtol=rtol, atol=atol, equal_nan=True):
            if right.size > 8:
                wrong = ~np.isclose(value, right, rtol=rtol, atol=atol, equal_nan=True)
                place = tuple(int(i) for i in np.argwhere(wrong)[0])
                shown["differs"] = (
                    f"in {int(wrong.sum())} of {right.size} places, first at {list(place)}: "
                    f"{value[place]:.6g}, not {right[place]:.6g}"
                )
            if difference := _difference(right, value):
                shown["differs"] = "; ".join(filter(None, (shown.get("differs"), difference)))
            self._fail("values", f"{what} came out wrong", shown, inputs, look)
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
        right, value = _array(before), _array(got)
        if right is None or value is None:
            stayed = type(got) is type(before) and bool(got == before)
            shown = {"expected": _show(before), "got": _show(got)}
        else:
            if value.dtype.kind == right.dtype.kind == "f" and not hasattr(before, "dtype"):
                right = right.astype(value.dtype)  # what the number 0.1 is in float32
            numeric = value.dtype.kind in "biufc" and value.shape == right.shape
            stayed = numeric and np.array_equal(value, right, equal_nan=True)
            shown = {"expected": _show(right), "got": _show(value)}
            if difference := _difference(right, value) if numeric and not stayed else "":
                shown["differs"] = difference
        if not stayed:
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
            shown = {"expected": repr(expected), "got": _show(got)}
            self._fail("kind", f"{what} {_unlike(_kind(expected), got)}", shown, inputs, look)
        if got != expected:
            shown = {"expected": repr(expected), "got": _show(got)}
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
            problem = f"{what} {_unlike(' or '.join(map(_article, names)), got)}"
            self._fail("kind", problem, {"got": _show(got)}, inputs, look)
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
            shown = {"expected": _show(expected)} if expected is not None else {}
            if got is not None:
                shown["got"] = _show(got)
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
        self._fail("no error", f"{what} should raise {_article(error)}", {"got": _show(got)}, inputs, look)

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
                self._fail("message", f"{what} should raise {_article(error)} that says more", shown, inputs, look)
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
        given = self._inputs if inputs is None else _named(inputs)
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
            return CheckFailed(self.exercise, self.title, "not written yet", {"to do": task}, self._hidden)
        frames = list(_frames(error))
        # A NameError on the test cell's own level means that the cell above has not been run.
        if isinstance(error, NameError) and error.name and len({frame.cell for frame in frames}) <= 1:
            problem = f"`{error.name}` is not defined yet"
            return CheckFailed(self.exercise, self.title, problem, {"to do": "run the cells above first"}, self._hidden)
        rows = {"error": f"{type(error).__name__}: {error}".rstrip(": ")}
        own = [frame for frame in frames if frame.cell != frames[0].cell]  # not the test cell
        if own:
            written = _written(own, self.title)
            rows["in"] = written.where()
            if own[-1].cell != written.cell and not own[-1].line.startswith("raise "):  # then the message says it all
                rows["calls"] = own[-1].where()
        if frames and frames[0].line and not self._hidden:
            rows["check"] = frames[0].line  # the line of the test; a hidden one stays hidden
        if self._inputs:
            rows["input"] = self._inputs
        if isinstance(error, NotImplementedError) and _meant_to_return(error):
            rows["look at"] = "Should this be `return NotImplemented`? `raise NotImplementedError` is something else."
        elif self._look:
            rows["look at"] = self._look
        return CheckFailed(self.exercise, self.title, "your code raised an error", rows, self._hidden)


def seed_of(text: str) -> int:
    """A seed for random numbers, the same for the same text everywhere."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def not_an_answer(error: Exception) -> bool:
    """Whether an error tells of an unwritten exercise or a slip for ``return NotImplemented``, for which there are cards."""
    return isinstance(error, NotImplementedError) and (not_written_yet(str(error)) or _meant_to_return(error))


def not_written_yet(says: str) -> bool:
    """Whether this is the message of an exercise's stub, ``06.4 MulBackward.apply: …``."""
    return _TASK.match(says) is not None


def _article(name: str) -> str:
    """``a list``, ``an int``, ``an ndarray``."""
    return f"{'an' if name.lower().startswith(('a', 'e', 'i', 'o', 'nd', 'unb')) else 'a'} {name}"


def _dtype_hint(got: np.dtype, wanted: np.dtype) -> str:
    """Where to look if nothing but the dtype is wrong."""
    if got.kind == wanted.kind == "f" and got.itemsize > wanted.itemsize:
        return f"Python numbers take no part in the dtype; {got} arrays and NumPy scalars do."
    return f"Which line makes {got} of it?"


class _Frame(NamedTuple):
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


def _written(frames: list[_Frame], title: str) -> _Frame:
    """The frame at which a card points: the innermost one in the exercise's own cell.

    The notebook does not tell Python which cells are exercises. So the exercise's cell is the one of the first function
    that its title names; if it names none of them, that of the first function called. A cell further inside belongs to
    another exercise or to the course, and was only called with what this one gave to it.
    """
    named = [frame for loosely in (False, True) for frame in frames if frame.named_in(title, loosely)]
    cell = (named or frames)[0].cell
    return [frame for frame in frames if frame.cell == cell][-1]


def _meant_to_return(error: NotImplementedError) -> bool:
    """Whether it may be a slip for ``return NotImplemented``: the function that raised it speaks of that constant."""
    frames = list(_frames(error))
    return bool(frames) and re.search(r"\bNotImplemented\b", frames[-1].source) is not None


def _frames(error: BaseException) -> Iterator[_Frame]:
    """Each frame that belongs to the notebook, outermost first."""
    traceback = error.__traceback__
    while traceback is not None:
        code, space = traceback.tb_frame.f_code, traceback.tb_frame.f_globals
        # A file that was started as a program is called __main__ too, but is no notebook: the one that judges, for example.
        if space.get("__name__") == "__main__" and code.co_filename != space.get("__file__"):
            lines = linecache.getlines(code.co_filename, space)
            line = lines[traceback.tb_lineno - 1].strip() if traceback.tb_lineno <= len(lines) else ""
            yield _Frame(
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
