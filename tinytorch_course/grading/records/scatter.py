"""A picture of all exercises: how many have it right, and how well it tells strong from weak."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .analysis import Item

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BASE = 84, 735, 15, 380  # of the field
_RADIUS, _EDGE = 7, 20
_LETTER, _LINE = 15, 26  # of a label as narrow screens show it, which is larger
_ANGLES, _STEPS, _STEP = 24, 12, 12  # places for a label around its dot, and how far out
_NEAR = 33  # beyond, a line leads from the dot to its label
_SWEEPS = 3  # how often labels are put anew, now that the others stand

Point = tuple[float, float]
Line = tuple[Point, Point]
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

    @property
    def lead_end(self) -> Point:
        """Where that line ends, short of the label."""
        across, down = self.x - self.label_x, self.y - self.label_y
        wide, tall = 5.0 * len(self.label) + 1, 9.0
        part = min(wide / abs(across) if across else math.inf, tall / abs(down) if down else math.inf, 1.0)
        return self.label_x + across * part, self.label_y + down * part


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
    values, shares = [value for _, value in shown], [item.right for item, _ in shown]
    bottom, top = min(0.0, _quarters(min(values), math.floor)), max(0.5, _quarters(max(values), math.ceil))
    high = max(0.5, _quarters(max(shares), math.ceil))
    low = min(high - 0.5, _quarters(min(shares), math.floor))

    def x_of(share: float) -> float:
        return LEFT + _EDGE + (share - low) / (high - low) * (RIGHT - LEFT - 2 * _EDGE)

    def y_of(value: float) -> float:
        return BASE - _EDGE - (value - bottom) / (top - bottom) * (BASE - TOP - 2 * _EDGE)

    labels = [item.exercise.number.rpartition(".")[2] for item, _ in shown]
    places = [(x_of(item.right), y_of(value)) for item, value in shown]
    dots = []
    for (item, value), (x, y), label, box in zip(shown, places, labels, _placed(places, labels)):
        exercise = item.exercise
        title = f"{exercise.number} {exercise.title}: {100 * item.right:.0f}% right, tells apart {value:.2f}"
        dots.append(Dot(x, y, label, *box[:2], title, value < 0))
    odd = [item.exercise.number for item, value in shown if value < 0]
    summary = f"{len(shown)} exercises, by the share that has each right and by how well it tells strong from weak"
    return Scatter(
        f"{summary}; below 0: {', '.join(odd)}." if odd else f"{summary}; none is below 0.",
        dots,
        across=[(x_of(part / 4), f"{25 * part}%") for part in range(int(4 * low), int(4 * high) + 1)],
        up=[(y_of(part / 2), f"{part / 2:g}") for part in range(math.ceil(2 * bottom), int(2 * top) + 1)],
        zero=y_of(0.0),
        left_out=[item.exercise.number for item in items if item.discrimination is None and not item.waiting],
    )


def _quarters(value: float, rounded: Callable[[float], int]) -> float:
    return rounded(4 * value) / 4


# -- where labels stand --------------------------------------------------------------------------------------------


def _placed(places: Sequence[Point], labels: Sequence[str]) -> list[Box]:
    """Where labels stand: near their dots, where they cover nothing and no line to one runs through another."""
    dots: list[Box] = [(x, y, 2.0 * _RADIUS, 2.0 * _RADIUS) for x, y in places]
    found: dict[int, Box] = {}
    for _ in range(_SWEEPS):
        for at, label in enumerate(labels):
            found.pop(at, None)
            found[at] = _best_place(at, float(_LETTER * len(label)), dots, found)
    return [found[at] for at in range(len(places))]


def _best_place(at: int, wide: float, dots: Sequence[Box], others: Mapping[int, Box]) -> Box:
    """The nearest free place for a dot's label, or one farther off where that spares crossings."""
    x, y = dots[at][:2]
    best, least = (x + _RADIUS + 3 + wide / 2, y, wide, float(_LINE)), math.inf
    for step in range(_STEPS):
        if least <= step * _STEP:  # what is farther off cannot be better
            break
        for angle in range(_ANGLES):
            across, up = math.cos(2 * math.pi * angle / _ANGLES), math.sin(2 * math.pi * angle / _ANGLES)
            # The label touches a circle around the dot, with its side or its edge.
            far = _RADIUS + 2 + step * _STEP
            box = (x + across * (far + wide / 2), y - up * (far + _LINE / 2), wide, float(_LINE))
            inside = box[0] - wide / 2 > LEFT and box[0] + wide / 2 < RIGHT and TOP < box[1] < BASE
            if inside and not any(_overlap(box, other) for other in (*dots, *others.values())):
                cost = step * _STEP + _crossings(at, box, dots, others)
                if cost < least:
                    best, least = box, cost
    return best


def _crossings(at: int, box: Box, dots: Sequence[Box], others: Mapping[int, Box]) -> float:
    """What it costs that lines run through labels, through lines, and over dots."""
    line = _lead(dots[at], box)
    cost = 0.0
    for other, taken in others.items():
        its = _lead(dots[other], taken)
        if (line and _runs_through(line, taken)) or (its and _runs_through(its, box)):
            cost += 400
        if line and its and _cross(line, its):
            cost += 100
    if line:
        cost += sum(10 for other, dot in enumerate(dots) if other != at and _runs_through(line, dot))
    return cost


def _lead(dot: Box, box: Box) -> Line | None:
    far = math.hypot(dot[0] - box[0], dot[1] - box[1]) > _NEAR
    return (dot[:2], box[:2]) if far else None


def _runs_through(line: Line, box: Box) -> bool:
    """Whether a line meets a box: some of its points, a few units apart, lie in there."""
    (x, y), (to_x, to_y) = line
    count = int(math.hypot(to_x - x, to_y - y) / 4) + 1
    return any(
        abs(x + (to_x - x) * part / count - box[0]) * 2 < box[2]
        and abs(y + (to_y - y) * part / count - box[1]) * 2 < box[3]
        for part in range(count + 1)
    )


def _cross(one: Line, other: Line) -> bool:
    (a, b), (c, d) = one, other
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _overlap(one: Box, other: Box) -> bool:
    return abs(one[0] - other[0]) * 2 < one[2] + other[2] and abs(one[1] - other[1]) * 2 < one[3] + other[3]
