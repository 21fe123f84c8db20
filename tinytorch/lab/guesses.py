"""Predict, then run: numbers that students write down before a cell measures them. Nothing of it is graded.

A notebook makes one ``guess = Guesses()``. ``guess.predict("calls", 100)`` stands in a cell of its own, in which the number
is the student's; ``guess.measured("calls", 32767)`` ends the cell that measures; ``guess.show()`` looks back. Matplotlib is
imported when something is drawn.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from .pictures import show

__all__ = ["Guesses"]

_BLUE, _ORANGE = "#0072B2", "#E69F00"
_NEAR = 2.0  # a factor


@dataclass
class _Row:
    said: float | None = None
    was: float | None = None

    @property
    def compared(self) -> bool:
        return self.said is not None and self.was is not None

    @property
    def times(self) -> float:
        """How many times as much was said as it was."""
        assert self.said is not None and self.was is not None
        return self.said / self.was


class Guesses:
    """The predictions of one notebook, with what was measured. A cell that runs again replaces its row."""

    def __init__(self) -> None:
        self._rows: dict[str, _Row] = {}

    def predict(self, what: str, number: Any = None, *more: Any) -> None:
        """Write a prediction down.

        Parameters
        ----------
        what : str
            What will be measured, with its unit: ``"calls for 14 doublings"``.
        number : number, optional
            Above 0. None, and whatever is no such number, is no prediction: a line says so, and nothing is raised.
        *more
            What comes of a number with a comma, ``32,767``: no prediction either.
        """
        said = None if more else _positive(number)
        self._rows.setdefault(what, _Row()).said = said
        if said is not None:
            print(f"{what}: you say {_text(said)}. Now run on.")
        elif number is None and not more:
            print(f"{what}: no prediction yet. Put a number in place of None and run this cell, or just go on.")
        else:
            print(
                f"{what}: a prediction is one number above 0, without commas, such as 0.5 or 32767; this one is left out."
            )

    def measured(self, what: str, number: Any) -> None:
        """Compare a measurement with what was predicted under the same name."""
        row = self._rows.setdefault(what, _Row())
        row.was = _positive(number)
        if row.was is None:
            print(f"{what}: {number}, which cannot be compared")
        elif row.said is None:
            print(f"{what}: it was {_text(row.was)}; nothing was predicted")
        else:
            print(f"{what}: you said {_text(row.said)}, it was {_text(row.was)}: {_how_near(row.times)}")

    def show(self) -> None:
        """A table of predictions and measurements, one sentence, and in a notebook a picture."""
        if not any(row.compared for row in self._rows.values()):
            print("Nothing was predicted and measured in this notebook: there is no calibration to look at.")
            return
        asked = {what: row for what, row in self._rows.items() if row.said or row.was}
        rows = {what: row for what, row in asked.items() if row.compared}
        numbers = {what: number for number, what in enumerate(rows, start=1)}  # of the points in the picture
        width = max(map(len, asked))
        print(f"   {'':<{width}}  {'you said':>10}  {'it was':>10}")
        for what, row in asked.items():
            near = _how_near(row.times) if row.compared else "not compared"
            print(f"{numbers.get(what, ''):>2} {what:<{width}}  {_text(row.said):>10}  {_text(row.was):>10}  {near}")
        sentence = _calibration([row.times for row in rows.values()])
        print(sentence)
        if _in_notebook():
            _draw(rows, sentence)


def _positive(number: Any) -> float | None:
    """A finite number above 0 as a float; None for anything else."""
    try:
        value = float(number)
    except (TypeError, ValueError, OverflowError):
        return None
    return value if 0 < value < math.inf and not isinstance(number, (str, bool)) else None


def _text(number: float | None) -> str:
    if number is None:
        return "-"
    return f"{number:,.0f}" if 100 <= number < 1e9 else f"{number:.3g}"


def _how_near(times: float) -> str:
    factor = max(times, 1 / times)
    if factor <= 1.1:
        return "within 10 %"
    if factor <= _NEAR:
        return "within a factor of 2"
    return f"a factor of {_text(factor)} too {'high' if times > 1 else 'low'}"


def _calibration(times: list[float]) -> str:
    """One sentence on all predictions together."""
    near = sum(1 / _NEAR <= each <= _NEAR for each in times)
    low, high = sum(each < 1 / _NEAR for each in times), sum(each > _NEAR for each in times)
    if low and high:
        others = "lie on both sides"
    else:
        others = f"{'is' if low + high == 1 else 'are'} too {'low' if low else 'high'}"
    if near == len(times):
        return f"{near} of {near} within a factor of 2: all near."
    if not near:
        return f"None of {len(times)} within a factor of 2: {'it' if len(times) == 1 else 'they'} {others}."
    return f"{near} of {len(times)} within a factor of 2; the other{'s' if low + high > 1 else ''} {others}."


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


def _draw(rows: dict[str, _Row], sentence: str) -> None:
    """Prediction against measurement, both logarithmic; on the line they are equal."""
    import matplotlib.pyplot as plt

    said, was = (np.array([getattr(row, name) for row in rows.values()]) for name in ("said", "was"))
    ends = np.array([min(said.min(), was.min()) / 4, max(said.max(), was.max()) * 4])
    figure, axes = plt.subplots(figsize=(4.4, 3.4), layout="constrained")
    axes.fill_between(ends, ends / _NEAR, ends * _NEAR, color=_BLUE, alpha=0.15, label="within a factor of 2")
    axes.plot(ends, ends, color=_BLUE)
    axes.plot(was, said, "o", color=_ORANGE)
    for number, place in enumerate(zip(was, said), start=1):
        axes.annotate(str(number), place, xytext=(6, 4), textcoords="offset points")
    axes.set(xscale="log", yscale="log", xlim=ends, ylim=ends, xlabel="it was", ylabel="you said")
    axes.legend(fontsize=8)
    points = "; ".join(f"{what}: {_text(row.said)} said, {_text(row.was)} measured" for what, row in rows.items())
    alt = "Predictions against measurements, both axes logarithmic, with the line on which they agree."
    show(figure, f"{alt} {points}. {sentence}")
