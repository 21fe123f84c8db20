"""Grades wrong and right variants of every exercise quickly: cells run in one process, which forks at each exercise.

A variant needs the cells before it, which are the same for all variants. So one process runs the module's source cell by
cell; at an exercise it forks a child for each variant, and the child runs the rest of the notebook with the variant in
place. Cells tagged `demo` are skipped. As in nbgrader, a test cell that raises scores nothing.
"""

from __future__ import annotations

import ast
import io
import json
import linecache
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
import types
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

from tinytorch_course.author.source import read_source
from tinytorch_course.base.course import Course, Module
from tinytorch_course.base.marks import GradeId, stub_of, without_marks
from tinytorch_course.base.marks import visible as visible_part

HERE = Path(__file__).parents[1] / "mutants"
SECONDS = 40  # for one variant: the rest of the notebook without its pictures
MEMORY = 6 * 2**30


@dataclass(frozen=True)
class Variant:
    """One file of tests/mutants, or the untouched stub of one exercise."""

    name: str
    source: str
    grade_id: str
    right: bool = False
    hidden: bool = False
    also: frozenset[str] = frozenset()

    @classmethod
    def read(cls, path: Path) -> Variant:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        header = ast.get_docstring(tree)
        if header is None:
            raise ValueError(f"{path}: the first thing in the file has to be a docstring with `breaks:` or `right:`")
        lines = dict(re.findall(r"^(breaks|right|hidden|also):\s*(.+)$", header, re.MULTILINE))
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
        )


@dataclass
class Outcome:
    """What a variant did: the exercises whose tests failed, with the message."""

    variant: Variant
    failed: dict[str, str]
    visible_failed: bool | None = None
    broke: str | None = None  # the child died or ran out of time


@dataclass
class Verdict:
    """All variants of one module."""

    module: str
    exercises: list[str]
    points: float
    reference_failed: dict[str, str]
    untouched_passed: list[str]
    outcomes: list[Outcome] = field(default_factory=list)
    stubs: list[Outcome] = field(default_factory=list)

    @property
    def wrong(self) -> list[Outcome]:
        return [o for o in self.outcomes if not o.variant.right]

    @property
    def right(self) -> list[Outcome]:
        return [o for o in self.outcomes if o.variant.right]

    def caught(self, outcome: Outcome) -> bool:
        return _exercise(outcome.variant.grade_id) in outcome.failed

    def isolated(self, outcome: Outcome) -> bool:
        allowed = {_exercise(g) for g in outcome.variant.also} | {_exercise(outcome.variant.grade_id)}
        return set(outcome.failed) <= allowed

    def complaints(self) -> list[str]:
        """Everything that falls short of what CONTRIBUTING promises, one line each; empty when all is well."""
        lines = [f"reference: {e} fails: {m}" for e, m in self.reference_failed.items()]
        lines += [f"untouched edition: {e} scores" for e in self.untouched_passed]
        for o in self.wrong:
            if not self.caught(o):
                lines.append(f"{o.variant.name}: not caught")
            elif o.variant.hidden and o.visible_failed:
                lines.append(f"{o.variant.name}: says `hidden: yes`, but a visible check catches it")
            elif not o.variant.hidden and not o.visible_failed:
                lines.append(f"{o.variant.name}: only hidden checks catch it, but it does not say `hidden: yes`")
        lines += [f"{o.variant.name}: right, but loses {o.failed}" for o in self.right if o.failed]
        loose = [o for o in self.wrong if not self.isolated(o)]
        if self.wrong and len(loose) / len(self.wrong) > 0.05:
            lines += [
                f"{o.variant.name}: also takes {sorted(set(o.failed) - {_exercise(o.variant.grade_id)})}" for o in loose
            ]
        for number in self.exercises:
            mine = [o for o in self.wrong if _exercise(o.variant.grade_id) == number]
            if len(mine) < 4:
                lines.append(f"{number}: {len(mine)} wrong solutions, at least 4 are needed")
            if not any(o.variant.hidden and self.caught(o) and not o.visible_failed for o in mine):
                lines.append(f"{number}: no wrong solution that only hidden checks catch")
            if not any(_exercise(o.variant.grade_id) == number for o in self.right):
                lines.append(f"{number}: no different right solution")
        return lines

    def row(self) -> str:
        """One line of the table: caught / all, isolated / all and so on."""
        caught = sum(map(self.caught, self.wrong))
        isolated = sum(map(self.isolated, self.wrong))
        alone = sum(set(o.failed) <= {_exercise(o.variant.grade_id)} for o in self.stubs)
        kept = sum(not o.failed for o in self.right)
        n = len(self.wrong)
        return (
            f"{self.module:<16} caught {caught}/{n}  isolated {isolated}/{n}  right kept {kept}/{len(self.right)}  "
            f"one exercise missing costs only itself {alone}/{len(self.stubs)}  "
            f"untouched scores {len(self.untouched_passed)} of {len(self.exercises)}"
        )


def _exercise(grade_id: str) -> str:
    found = GradeId.of(grade_id)
    if found is None:
        raise ValueError(f"{grade_id!r} is not the grade id of an exercise")
    return found.number


def variants_of(module: Module) -> list[Variant]:
    """The variants in tests/mutants/MODULE, in the order of their names."""
    return [Variant.read(path) for path in sorted((HERE / module.name).glob("*.py"))]


def judge(module: Module, only: str | None = None) -> Verdict:
    """Run everything there is for `module`, in a process of its own that sees the earlier modules only."""
    with tempfile.TemporaryDirectory() as folder:
        module.library_before(Path(folder))
        env = os.environ | {"PYTHONPATH": os.pathsep.join([folder, str(module.course.root)]), "MPLBACKEND": "agg"}
        env |= {"OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
        command = [sys.executable, "-m", "tests.mutation.harness", str(module.course.root), module.name, only or ""]
        done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise RuntimeError(f"{module.name}: the harness failed\n{done.stderr[-4000:]}")
    data = json.loads(done.stdout.splitlines()[-1])
    known = {v.name: v for v in variants_of(module)}
    outcomes = [Outcome(known[name], **result) for name, result in data.pop("variants").items()]
    stubs = [Outcome(Variant(f"{g} not written", "", g), **result) for g, result in data.pop("stubs").items()]
    return Verdict(module=module.name, outcomes=outcomes, stubs=stubs, **data)


# -- inside the process that forks ------------------------------------------------------------------------------------


class _Runner:
    def __init__(self, module: Module) -> None:
        nb = read_source(module.src)
        self.points = sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in nb.cells)
        self.cells = [cell for cell in nb.cells if cell.cell_type == "code"]
        main = types.ModuleType("__main__")
        sys.modules["__main__"] = main
        self.space = main.__dict__
        from IPython.display import display

        self.space["display"] = display

    def run(self, source: str, name: str) -> str | None:
        """Execute one cell; the message of its error, if any."""
        filename = f"<{name}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        try:
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                exec(compile(source, filename, "exec"), self.space)
        except BaseException as error:  # a student's code may raise anything
            if isinstance(error, KeyboardInterrupt):
                raise
            return f"{type(error).__name__}: {str(error)[:600]}"
        return None

    def rest(self, start: int, replaced: dict[str, str], target: str | None) -> dict:
        """Run the cells from `start` on; the failed tests, and whether the visible part of `target`'s test failed."""
        failed: dict[str, str] = {}
        visible_failed = None
        for cell in self.cells[start:]:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if "demo" in cell.metadata.get("tags", []):
                continue
            source = replaced.get(grade_id, without_marks(cell.source))
            if cell.metadata.get("nbgrader", {}).get("grade"):
                number = _exercise(grade_id)
                if number == target:
                    visible_failed = bool(visible_failed) or self._visible_fails(cell.source, grade_id)
                message = self.run(source, grade_id)
                if message:
                    failed.setdefault(number, message)
            else:
                self.run(source, grade_id or cell.id)
        return {"failed": failed, "visible_failed": visible_failed}

    def _visible_fails(self, source: str, name: str) -> bool:
        return bool(in_child(lambda: {"message": self.run(visible_part(source), name)}).get("message", "died"))


def in_child(work) -> dict:
    """The result of `work()` in a forked child; {"broke": …} when it dies or takes too long."""
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
    return json.loads(text) if text else {"broke": f"died, or took more than {SECONDS} s"}


def _main(root: str, name: str, only: str) -> None:
    module = Course(Path(root)).module(name)
    variants = [v for v in variants_of(module) if only in v.name]
    runner = _Runner(module)
    tests = [c for c in runner.cells if c.metadata.get("nbgrader", {}).get("grade")]
    test_cells = {c.metadata.nbgrader.grade_id: c.source for c in tests}
    exercises = [c for c in runner.cells if c.metadata.get("nbgrader", {}).get("solution")]
    ids = {c.metadata.nbgrader.grade_id for c in exercises}
    for variant in variants:
        unknown = {variant.grade_id, *variant.also} - ids
        if unknown:
            raise SystemExit(f"{variant.name}: no exercise {', '.join(sorted(unknown))}; there are {sorted(ids)}")
    all_failed = {_exercise(c.metadata.nbgrader.grade_id): "" for c in tests}
    everything_stubbed = {c.metadata.nbgrader.grade_id: stub_of(c.source) for c in exercises}
    untouched = in_child(lambda: runner.rest(0, everything_stubbed, None))
    result: dict = {
        "exercises": sorted(all_failed, key=lambda n: int(n.split(".")[1])),
        "points": runner.points,  # text answers included
        "untouched_passed": [n for n in all_failed if n not in untouched.get("failed", {})],
        "reference_failed": {},
        "variants": {},
        "stubs": {},
    }

    def tried(grade_id: str, source: str, at: int) -> dict:
        number = _exercise(grade_id)
        got = in_child(lambda: runner.rest(at, {grade_id: source}, number))
        if "broke" in got:  # a dead or endless variant fails its own test at the least; its visible part as well?
            visible = {name: visible_part(code) for name, code in test_cells.items() if _exercise(name) == number}
            again = in_child(lambda: runner.rest(at, {grade_id: source, **visible}, None))
            fails = number in again.get("failed", {number: again.get("broke")})
            got = {"failed": {number: got["broke"]}, "broke": got["broke"], "visible_failed": fails}
        return got

    for at, cell in enumerate(runner.cells):
        metadata = cell.metadata.get("nbgrader", {})
        if metadata.get("solution"):
            for variant in variants:
                if variant.grade_id == metadata["grade_id"]:
                    result["variants"][variant.name] = tried(variant.grade_id, variant.source, at)
            if not only:
                result["stubs"][metadata["grade_id"]] = tried(metadata["grade_id"], stub_of(cell.source), at)
        if "demo" in cell.metadata.get("tags", []):
            continue
        message = runner.run(without_marks(cell.source), metadata.get("grade_id") or cell.id)
        if message:
            what = _exercise(metadata["grade_id"]) if metadata.get("grade") else f"cell {cell.id}"
            result["reference_failed"][what] = message
    print(json.dumps(result))


def report(verdicts: Iterable[Verdict]) -> str:
    """The table that `make test` prints."""
    return "\n".join(verdict.row() for verdict in verdicts)


if __name__ == "__main__":
    _main(*sys.argv[1:4])
