"""Plays one story, in a process of its own: `python -m tinytorch_course.student.milestones.stage NAME FILE`.

How it ended is written to FILE. When it was not reached, the engine is asked the questions of `tinytorch.readiness`, since
a wrong gradient looks exactly like a network that does not learn.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from ...base.console import progress
from ...base.course import Course
from ..milestones import MILESTONES


class Story:
    """What a story is told with: steps to take, and requirements to meet."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.rows: list[dict[str, object]] = []
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return time.perf_counter() - self._began

    def steps(self, count: int, what: str = "") -> Iterator[int]:
        """The numbers from 0 to count - 1, with a progress bar where somebody watches."""
        with progress(what or self.title, count) as advance:
            for step in range(count):
                yield step
                advance(step + 1)

    def require(self, what: str, reached: object, required: str, enough: bool) -> None:
        """Note what was reached against what is required, and whether that is enough."""
        self.rows.append({"what": what, "reached": str(reached), "required": required, "enough": bool(enough)})


def where_it_broke(error: BaseException, root: Path) -> str:
    """The last line of the student's own library that an error passed through."""
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(root / "tinytorch")
    ]
    if not frames:
        return ""
    last = frames[-1]
    return f" ({Path(last.filename).relative_to(root).as_posix()}, line {last.lineno}, in {last.name})"


def where_to_look(needs: tuple[str, ...]) -> str:
    """The card of the engine's first wrong answer; without one, the other modules that the story needs, last ones first."""
    readiness = importlib.import_module("tinytorch.readiness")
    try:
        readiness.check_engine(quiet=True, needs=("optimizers",) if "07_optimizers" in needs else ())
    except readiness.EngineNotReady as error:
        return str(error).replace("restart this notebook", "play this milestone again")
    except Exception as error:  # not even importable
        return f"Asked directly, your engine says {type(error).__name__}: {error}"
    here = [module.name for module in Course(Path.cwd()).modules]
    others = [m for m in reversed(needs) if m[:2] not in ("06", "07") and (m in here or not here)]
    checks = ", ".join(f"`tinytorch check {module}`" for module in others)
    asked = "Modules 06 and 07 answer" if "07_optimizers" in needs else "Module 06 answers"
    return f"Your {asked} all questions rightly. So look at what else this needs: {checks}."


def main(name: str, file: str) -> None:
    (milestone,) = (m for m in MILESTONES if m.name == name)
    story, error, meaning = Story(milestone.title), "", ""
    try:
        module = importlib.import_module(f"{__package__}.{name}")
        meaning = module.MEANING
        module.tell(story)
    except Exception as stopped:  # a student's code may raise anything
        error = f"{type(stopped).__name__}: {stopped}{where_it_broke(stopped, Path.cwd())}"
    ending = {"rows": story.rows, "seconds": story.seconds, "meaning": meaning, "error": error}
    if error or not all(row["enough"] for row in story.rows):
        ending["look"] = where_to_look(milestone.needs)
    Path(file).write_text(json.dumps(ending), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
