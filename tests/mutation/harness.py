"""Grades wrong and right variants of every exercise quickly: cells run in one process, which forks at each exercise.

A variant needs the cells before it, which are the same for all variants. So one process runs the module's source cell by
cell; at an exercise it forks a child for each variant, and the child runs the rest of the notebook with the variant in
place. Cells tagged `demo` are skipped. As in nbgrader, a test cell that raises scores nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tinytorch_course.author.variants import Runner, Variant, in_child, number_in, variants_of
from tinytorch_course.base.course import Course, Module
from tinytorch_course.base.marks import stub_of, without_marks
from tinytorch_course.base.marks import visible as visible_part

HERE = Path(__file__).parents[1] / "mutants"


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
        return number_in(outcome.variant.grade_id) in outcome.failed

    def isolated(self, outcome: Outcome) -> bool:
        allowed = {number_in(g) for g in outcome.variant.also} | {number_in(outcome.variant.grade_id)}
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
                f"{o.variant.name}: also takes {sorted(set(o.failed) - {number_in(o.variant.grade_id)})}" for o in loose
            ]
        for number in self.exercises:
            mine = [o for o in self.wrong if number_in(o.variant.grade_id) == number]
            if len(mine) < 4:
                lines.append(f"{number}: {len(mine)} wrong solutions, at least 4 are needed")
            if not any(o.variant.hidden and self.caught(o) and not o.visible_failed for o in mine):
                lines.append(f"{number}: no wrong solution that only hidden checks catch")
            if not any(number_in(o.variant.grade_id) == number for o in self.right):
                lines.append(f"{number}: no different right solution")
        return lines

    def row(self) -> str:
        """One line of the table: caught / all, isolated / all and so on."""
        caught = sum(map(self.caught, self.wrong))
        isolated = sum(map(self.isolated, self.wrong))
        alone = sum(set(o.failed) <= {number_in(o.variant.grade_id)} for o in self.stubs)
        kept = sum(not o.failed for o in self.right)
        n = len(self.wrong)
        return (
            f"{self.module:<16} caught {caught}/{n}  isolated {isolated}/{n}  right kept {kept}/{len(self.right)}  "
            f"one exercise missing costs only itself {alone}/{len(self.stubs)}  "
            f"untouched scores {len(self.untouched_passed)} of {len(self.exercises)}"
        )


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


class _Runner(Runner):
    """Also runs the rest of a notebook, with variants in place of cells."""

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
                number = number_in(grade_id)
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
    all_failed = {number_in(c.metadata.nbgrader.grade_id): "" for c in tests}
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
        number = number_in(grade_id)
        got = in_child(lambda: runner.rest(at, {grade_id: source}, number))
        if "broke" in got:  # a dead or endless variant fails its own test at the least; its visible part as well?
            visible = {name: visible_part(code) for name, code in test_cells.items() if number_in(name) == number}
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
            what = number_in(metadata["grade_id"]) if metadata.get("grade") else f"cell {cell.id}"
            result["reference_failed"][what] = message
    print(json.dumps(result))


def report(verdicts: Iterable[Verdict]) -> str:
    """The table that `make test` prints."""
    return "\n".join(verdict.row() for verdict in verdicts)


if __name__ == "__main__":
    _main(*sys.argv[1:4])
