"""Wrong and right solutions of exercises, one a file in ``tests/mutants/``, and what runs them cell by cell."""

from __future__ import annotations

import ast
import io
import json
import linecache
import os
import re
import signal
import sys
import traceback
import types
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..base.course import Course, Module
from ..base.marks import GradeId
from .source import read_source

SECONDS = 40  # for one variant: the rest of the notebook without its pictures
MEMORY = 6 * 2**30


def mutants(course: Course) -> Path:
    """Where a course keeps the variants of its exercises, in a folder for each module."""
    return course.root / "tests" / "mutants"


@dataclass(frozen=True)
class Variant:
    """One file of tests/mutants, or the untouched stub of one exercise.

    Parameters
    ----------
    name, source, grade_id : str
        Its file's name, its code, and the exercise that it solves, rightly or wrongly.
    right : bool
        Whether it is a right solution.
    hidden : bool
        Whether only hidden checks catch it.
    also : frozenset of str
        Other exercises that it breaks on purpose.
    says : str
        In a sentence, what is wrong with it.
    general : bool
        Whether that sentence is also true of other mistakes that the visible checks cannot tell from it.
    """

    name: str
    source: str
    grade_id: str
    right: bool = False
    hidden: bool = False
    also: frozenset[str] = frozenset()
    says: str = ""
    general: bool = False

    @classmethod
    def read(cls, path: Path) -> Variant:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        header = ast.get_docstring(tree)
        if header is None:
            raise ValueError(f"{path}: the first thing in the file has to be a docstring with `breaks:` or `right:`")
        lines = dict(re.findall(r"^(breaks|right|hidden|also|general):\s*(.+)$", header, re.MULTILINE))
        if ("breaks" in lines) == ("right" in lines):
            raise ValueError(f"{path}: say either `breaks: GRADE-ID` or `right: GRADE-ID`")
        body = text.split("\n")[tree.body[0].end_lineno :]
        return cls(
            name=path.stem,
            source="\n".join(body).strip("\n"),
            grade_id=lines.get("breaks") or lines["right"],
            right="right" in lines,
            hidden=lines.get("hidden", "no").strip() == "yes",
            also=frozenset(lines.get("also", "").split()),
            says=" ".join(header.split("\n\n")[0].split()),
            general=lines.get("general", "no").strip() == "yes",
        )


def variants_of(module: Module) -> list[Variant]:
    """The variants in tests/mutants/MODULE, in the order of their names."""
    return [Variant.read(path) for path in sorted((mutants(module.course) / module.name).glob("*.py"))]


def number_in(grade_id: str) -> str:
    """The number of the exercise that a grade id names."""
    found = GradeId.of(grade_id)
    if found is None:
        raise ValueError(f"{grade_id!r} is not the grade id of an exercise")
    return found.number


class Runner:
    """A module's source, run cell by cell in this process."""

    def __init__(self, module: Module) -> None:
        nb = read_source(module.src)
        self.points = sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in nb.cells)
        self.cells = [cell for cell in nb.cells if cell.cell_type == "code"]
        main = types.ModuleType("__main__")
        sys.modules["__main__"] = main
        self.space = main.__dict__
        from IPython.display import display

        self.space["display"] = display

    def error(self, source: str, name: str) -> BaseException | None:
        """Execute one cell; the error with which it ended, if any."""
        filename = f"<{name}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        try:
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                exec(compile(source, filename, "exec"), self.space)
        except BaseException as error:  # a student's code may raise anything
            if isinstance(error, KeyboardInterrupt):
                raise
            return error
        return None

    def run(self, source: str, name: str) -> str | None:
        """Execute one cell; the message of its error, if any."""
        error = self.error(source, name)
        return f"{type(error).__name__}: {str(error)[:600]}" if error else None


def in_child(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The result of `work()` in a forked child; {"broke": …} when it dies or takes too long."""
    import resource

    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))  # nobody waits for a child's child any more
        status = 1
        try:
            result = work()
            with os.fdopen(write, "w", encoding="utf-8") as pipe:
                json.dump(result, pipe)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(write)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.alarm(SECONDS)
    with os.fdopen(read, encoding="utf-8") as pipe:
        text = pipe.read()
    signal.alarm(0)
    os.waitpid(child, 0)
    found: dict[str, Any] = json.loads(text) if text else {"broke": f"died, or took more than {SECONDS} s"}
    return found
