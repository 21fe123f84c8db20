"""What late work costs: nbgrader's penalty plugin, the course's own too, and the deadline that it goes by."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from datetime import datetime, tzinfo
from numbers import Real
from pathlib import Path

from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from ...base.errors import CourseError
from .deadlines import shown
from .late import LatePenalty


class PenaltyFailed(Exception):
    """The plugin raised an error, or gave something else than points."""


class Penalties:
    """nbgrader's plugin for late work.

    Parameters
    ----------
    config : Config
        nbgrader's; ``AssignLatePenalties.plugin_class`` names the plugin.
    root : path
        The course folder: a file beside nbgrader_config.py can hold the plugin, from wherever grading is called.

    Raises
    ------
    CourseError
        When there is no such plugin, or it cannot be made.
    """

    def __init__(self, config: Config, root: Path) -> None:
        self.name = str(config.AssignLatePenalties.get("plugin_class", "nbgrader's own"))
        if str(root) not in sys.path:
            sys.path.append(str(root))  # stays: a plugin may import its neighbours later
        try:
            stage = AssignLatePenalties(config=config)
            stage.init_plugin()
        except CourseError as error:
            raise CourseError(error.message, error.hint, file=root / "settings.ini") from None
        except Exception as error:  # whatever a file of the instructor's raises
            raise CourseError(
                f"the penalty plugin {self.name} cannot be used: {' '.join(str(error).split()) or type(error).__name__}",
                "It stands as AssignLatePenalties.plugin_class in nbgrader_config.py: FILE.CLASS, the file beside it.",
                file=root / "nbgrader_config.py",
            ) from error
        self._plugin = stage.plugin_inst

    @property
    def said(self) -> str:
        """The rule in one line, where it is one of ours."""
        return self._plugin.said() if isinstance(self._plugin, LatePenalty) else ""

    def of(self, student: str, score: float, late: float) -> float | None:
        """The penalty for work that came `late` seconds after its deadline, between 0 and its score."""
        try:
            penalty = self._plugin.late_submission_penalty(student, score, late)
        except Exception as error:
            raise PenaltyFailed(f"{self.name} failed: {type(error).__name__}: {error}") from error
        if penalty is None:
            return None
        if not isinstance(penalty, Real) or not math.isfinite(penalty):
            raise PenaltyFailed(f"{self.name} gave {str(penalty)[:40]!r}, which is no number of points")
        return min(max(float(penalty), 0.0), score)


@dataclass(frozen=True)
class Deadline:
    """When an assignment is due, in UTC as nbgrader keeps it."""

    due: datetime | None
    longer: int  # students who have more time

    def said(self, home: tzinfo | None) -> str:
        """``deadline   2026-06-01 12:00 UTC, 14:00 CEST``; empty where there is none."""
        if self.due is None:
            return ""
        text = shown(self.due, home)
        if self.longer:
            text += f"; {self.longer} {'has' if self.longer == 1 else 'have'} an extension"
        return f"deadline   {text}"
