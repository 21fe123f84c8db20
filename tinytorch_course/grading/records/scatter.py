"""A picture of all exercises: how many have it right, and how well it tells strong from weak."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .analysis import Item

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BASE = 70, 735, 15, 325  # of the field
_RADIUS, _EDGE = 7, 20
_LETTER, _LINE = 13, 22  # of a label as narrow screens show it, which is larger
_NEAR = 31  # beyond, a line leads from the dot to its label

Box = tuple[float, float, float, float]  # the middle, width, height


@dataclass(frozen=True)
class Dot:
    """One exercise, in the picture's units, with the place of its label's middle."""

    x: float
    y: float
    label: str
    label_x: float
    label_y: float
    title: str
    odd: bool  # below 0: who is weak elsewhere has it right more often

    @property
    def far(self) -> bool:
        """Whether the label stands so far off that a line has to lead there."""
        return math.hypot(self.x - self.label_x, self.y - self.label_y) > _NEAR


@dataclass(frozen=True)
class Scatter:
    """The picture, ready to be drawn."""

    summary: str
    dots: list[Dot]
    across: list[tuple[float, str]]  # ticks: place and words
    up: list[tuple[float, str]]
    zero: float
    left_out: list[str]  # exercises without a correlation
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    base: int = BASE


def scatter(items: Sequence[Item]) -> Scatter | None:
    """The picture of these exercises; None where fewer than two have a correlation."""
    shown = [(item, item.discrimination) for item in items if item.discrimination is not None and not item.waiting]
    if len(shown) < 2:
        return None
    low = min(0.0, math.floor(4 * min(value for _, value in shown)) / 4)

    def y_of(value: float) -> float:
        return BASE - _EDGE - (value - low) / (1 - low) * (BASE - TOP - _EDGE)

    places = [(_x_of(item.right), y_of(value)) for item, value in shown]
    taken: list[Box] = [(x, y, 2.0 * _RADIUS, 2.0 * _RADIUS) for x, y in places]
    dots = []
    for (item, value), (x, y) in zip(shown, places):
        number = item.exercise.number
        label = number.rpartition(".")[2]
        taken.append(_free_place(x, y, _LETTER * len(label), taken))
        title = f"{number} {item.exercise.title}: {100 * item.right:.0f}% right, tells apart {value:.2f}"
        dots.append(Dot(x, y, label, *taken[-1][:2], title, value < 0))
    odd = [item.exercise.number for item, value in shown if value < 0]
    summary = f"{len(shown)} exercises, by the share that has each right and by how well it tells strong from weak"
    return Scatter(
        f"{summary}; below 0: {', '.join(odd)}." if odd else f"{summary}; none is below 0.",
        dots,
        across=[(_x_of(part / 4), f"{25 * part}%") for part in range(5)],
        up=[(y_of(part / 2), f"{part / 2:g}") for part in range(math.ceil(2 * low), 3)],
        zero=y_of(0.0),
        left_out=[item.exercise.number for item in items if item.discrimination is None and not item.waiting],
    )


def _x_of(share: float) -> float:
    return LEFT + _EDGE + share * (RIGHT - LEFT - 2 * _EDGE)


def _free_place(x: float, y: float, wide: float, taken: Sequence[Box]) -> Box:
    """Where a label of this width stands near a dot: the nearest place where it covers nothing."""
    aside, up = _RADIUS + 3 + wide / 2, _RADIUS + 1 + _LINE / 2
    for step in range(8):
        far, high = aside + step * wide, up + step * _LINE
        for dx, dy in (
            (far, 0),
            (-far, 0),
            (0, -high),
            (0, high),
            (far, -high),
            (-far, -high),
            (far, high),
            (-far, high),
        ):
            box = (x + dx, y + dy, wide, float(_LINE))
            inside = x + dx - wide / 2 > LEFT and x + dx + wide / 2 < RIGHT and TOP < y + dy < BASE
            if inside and not any(_overlap(box, other) for other in taken):
                return box
    return x + aside, y, wide, float(_LINE)


def _overlap(one: Box, other: Box) -> bool:
    return abs(one[0] - other[0]) * 2 < one[2] + other[2] and abs(one[1] - other[1]) * 2 < one[3] + other[3]
