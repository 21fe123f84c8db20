"""Cards: what a failed check says, and how values are shown on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

_WIDTH = 10  # of the card's left column
_LONGEST = 400  # characters shown of one value
_MOST = 6  # elements shown in full on an `input` line, and of a list of tensors
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+(?=>)")


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
        self.fingerprint: str | None = None  # of all that came, see `mistakes`
        super().__init__(self.card())

    def add(self, name: str, value: str | None) -> None:
        """Add a line, if there is something to say."""
        if value:
            self.rows[name] = value
            self.args = (self.card(),)

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


def array_of(value: Any) -> np.ndarray | None:
    """`value` as an array if it is a number, an array, a Tensor or a nested list or tuple of these; else None."""
    if type(value) in (bool, int, float, complex) or isinstance(value, np.generic) or type(value) is np.ndarray:
        return np.asarray(value)
    if isinstance(value, (list, tuple)):
        parts = [array_of(item) for item in value]
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


def is_numbers(value: Any) -> bool:
    """Whether a value is a tuple of plain numbers: a shape, a pair of sizes."""
    return isinstance(value, tuple) and all(type(item) in (bool, int, float) for item in value)


def is_literal(value: Any) -> bool:
    """Whether a value is written down in Python without a name: numbers, strings, None, and lists and tuples of them."""
    if isinstance(value, (list, tuple)):
        return all(is_literal(item) for item in value)
    return value is None or type(value) in (bool, int, float, complex, str)


def _inner(value: Any) -> np.ndarray | None:
    """The array of a Tensor; None for anything else, arrays too."""
    if isinstance(value, (np.ndarray, np.generic)):
        return None
    data = getattr(value, "data", None)
    return data if type(data) is np.ndarray else None


def shown_as(value: Any) -> str:
    """A value in a few lines: an array with its shape, a tensor with its array, a list item by item."""
    if type(value) in (list, tuple) and not is_literal(value):
        items = ", ".join(_item(item) for item in value[:_MOST]) + (", …" if len(value) > _MOST else "")
        text = f"[{items}]" if type(value) is list else f"({items}{',' if len(value) == 1 else ''})"
    elif isinstance(value, (bool, int, str, list, tuple)) or (array := array_of(value)) is None:
        text = _plain(value)
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
        return shown_as(value)
    with np.printoptions(precision=5):
        return _plain(value).replace("\n", "")


def _plain(value: Any) -> str:
    """`repr`, without the address at which an object happens to lie."""
    text = repr(value)
    return _ADDRESS.sub("", text) if " at 0x" in text else text


def _describe(value: Any) -> str:
    """A value for the `input` line: strings, and tuples and lists of numbers, as they are; arrays in full or by shape."""
    if isinstance(value, str):
        return value if value and value == " ".join(value.split()) else repr(value)
    if isinstance(value, (list, tuple)) and is_literal(value) and len(repr(value)) <= 8 * _MOST:
        return repr(value)
    array = array_of(value)
    if array is None or isinstance(value, (bool, int, float)):
        return _plain(value)
    if array.size <= _MOST:
        with _readable(array):
            return np.array2string(array, separator=", ").replace("\n", "") + (f" {array.shape}" if array.ndim else "")
    return f"{array.shape}"


def named(inputs: Mapping[str, Any]) -> str:
    """The `input` line of a card."""
    return ", ".join(f"{name} {_describe(value)}" for name, value in inputs.items())


def kind_of(value: Any) -> str:
    """What kind of thing a value is: ``a list``, ``an int``, ``None``."""
    return "None" if value is None else article(type(value).__name__)


def difference(right: np.ndarray, value: np.ndarray) -> str:
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


def unlike(what: str, kind: str, got: Any) -> str:
    """How a card says that something is of another kind, for one thing and for several."""
    part = "grad" in what and not what.startswith(
        "the result"
    )  # of a tuple, or what backward leaves: nobody returns it
    return f"{what} should be {kind}, not {kind_of(got)}" + (
        " (is a return missing?)" if got is None and not part else ""
    )


def article(name: str) -> str:
    """``a list``, ``an int``, ``an ndarray``."""
    return f"{'an' if name.lower().startswith(('a', 'e', 'i', 'o', 'nd', 'unb')) else 'a'} {name}"


def dtype_hint(got: np.dtype, wanted: np.dtype) -> str:
    """Where to look if nothing but the dtype is wrong."""
    if got.kind == wanted.kind == "f" and got.itemsize > wanted.itemsize:
        return f"Python numbers take no part in the dtype; {got} arrays and NumPy scalars do."
    return f"Which line makes {got} of it?"
