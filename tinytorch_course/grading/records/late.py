"""What late work costs, by the settings of the course: a plugin of nbgrader's, for its own commands too."""

from __future__ import annotations

import math
import re

from nbgrader.plugins import BasePlugin
from traitlets import Unicode

from ...base.errors import CourseError

_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_TIME = re.compile(rf"{_NUMBER}\s*(s|min|h|d)(?:ec\w*|utes?|ours?|ays?)?", re.IGNORECASE)
_SHARE = re.compile(rf"{_NUMBER}\s*(?:%{{1,2}}|percent)", re.IGNORECASE)
_POINTS = re.compile(rf"{_NUMBER}(?:\s*points?)?", re.IGNORECASE)


class LatePenalty(BasePlugin):
    """So much for each day or hour that has begun, after a time of grace, up to a cap."""

    per_day = Unicode("", help="Percent of the work's points, or points, for each day begun.").tag(config=True)
    per_hour = Unicode("", help="The same for each hour begun.").tag(config=True)
    grace = Unicode("", help="What costs nothing, for example 15 min; late time counts from its end.").tag(config=True)
    cap = Unicode("", help="The most that is taken: percent of the work's points, or points.").tag(config=True)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if bool(self.per_day) is bool(self.per_hour):
            raise CourseError("one of late_per_day and late_per_hour says what late work costs, and one only")
        self._each = _amount("late_per_day" if self.per_day else "late_per_hour", self.per_day or self.per_hour)
        self._unit = 86400 if self.per_day else 3600
        self._free = _seconds(self.grace) if self.grace else 0.0
        self._most = _amount("late_cap", self.cap) if self.cap else None

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """The points to take off, None for nothing; see nbgrader's `LateSubmissionPlugin`."""
        late = total_seconds_late - self._free
        if late <= 0:
            return None
        penalty = math.ceil(round(late / self._unit, 9)) * _of(self._each, score)
        return min(penalty, score, math.inf if self._most is None else _of(self._most, score))

    def said(self) -> str:
        """The rule in one line."""
        parts = [f"{self.per_day} a day" if self.per_day else f"{self.per_hour} an hour"]
        parts += [f"after {self.grace}"] * bool(self.grace) + [f"at most {self.cap}"] * bool(self.cap)
        return ", ".join(parts).replace("%%", "%")


def _amount(name: str, text: str) -> tuple[float, bool]:
    """A number, and whether it is percent."""
    for pattern, percent in ((_SHARE, True), (_POINTS, False)):
        if found := pattern.fullmatch(text.strip()):
            return float(found[1].replace(",", ".")), percent
    raise CourseError(f"{name} = {text[:40]!r} is no amount", "Write for example 10 percent, or 5 points.")


def _of(amount: tuple[float, bool], score: float) -> float:
    return amount[0] * score / 100 if amount[1] else amount[0]


def _seconds(text: str) -> float:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise CourseError(f"late_grace = {text[:40]!r} is no time", "Write for example 15 min, 2 h or 1 d.")
    return float(found[1].replace(",", ".")) * _UNITS[found[2].casefold()]
