"""Fingerprints of known mistakes: what the wrong solutions in ``tests/mutants/`` answer to the visible checks.

Run as a program it does the work for one module, in a process that sees the earlier modules only.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tinytorch.lab import mistakes as lab

from ..base.course import Course, Module
from ..base.errors import CourseError
from ..base.files import read_text, write_whole
from ..base.marks import visible, without_marks
from .source import read_source
from .variants import Runner, Variant, in_child, mutants, number_in, variants_of


def file_of(module: Module) -> Path:
    """Where a module's fingerprints stand."""
    return module.course.library / "lab" / lab.KNOWN.name / f"{module.name[:2]}.json"


def basis(module: Module) -> str:
    """A digest of all on which fingerprints depend: code cells, wrong solutions, how answers are noted and judged."""
    cells = [cell for cell in read_source(module.src).cells if cell.cell_type == "code"]
    code = [visible(cell.source) for cell in cells if "demo" not in cell.metadata.get("tags", [])]
    judging = [Path(lab.__file__).with_name(name) for name in ("mistakes.py", "checks.py", "cards.py")]
    files = [*sorted((mutants(module.course) / module.name).glob("*.py")), *judging]
    return hashlib.sha256("\0".join([*code, *map(read_text, files)]).encode()).hexdigest()[:16]


def is_current(module: Module) -> bool:
    """Whether a module's fingerprints are those of its source and its wrong solutions; true where it has neither."""
    try:
        made_of = json.loads(read_text(file_of(module)))["of"]
    except (OSError, ValueError, KeyError, CourseError):
        return not (mutants(module.course) / module.name).is_dir()
    return bool(made_of == basis(module))


def put_known(module: Module, edition: Path) -> None:
    """Copy a module's fingerprints to an edition; old ones stay behind, since they could name the wrong mistake."""
    file = file_of(module)
    if file.is_file() and is_current(module):
        target = edition / file.relative_to(module.course.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)


def known(variants: Iterable[Variant], prints: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Sentences by fingerprint.

    Where several mistakes answer alike, the sentence is that of the one that is said to be general; else there is none.

    Parameters
    ----------
    variants : iterable of Variant
    prints : mapping of str to iterable of str
        Fingerprints by a variant's name: one for each test of its exercise that fails.
    """
    alike = defaultdict(list)
    for variant in variants:
        for found in prints.get(variant.name, ()):
            alike[found].append(variant)
    chosen = {}
    for found, several in alike.items():
        says = {variant.says for variant in several if variant.general} or {variant.says for variant in several}
        if len(says) == 1 and not any(variant.right for variant in several):
            chosen[found] = says.pop()
    return dict(sorted(chosen.items()))


def make(module: Module) -> tuple[Path, int, int]:
    """Write a module's fingerprints; their file, how many mistakes visible checks see, and how many have a name."""
    variants = [variant for variant in variants_of(module) if not variant.hidden]
    prints = prints_of(module)
    sentences = known(variants, prints)
    path = file_of(module)
    write_whole({path: json.dumps({"of": basis(module), "mistakes": sentences}, indent=0, ensure_ascii=False) + "\n"})
    seen = [variant for variant in variants if prints.get(variant.name)]
    named = [variant for variant in seen if {sentences.get(found) for found in prints[variant.name]} - {None}]
    return path, len(seen), len(named)


def prints_of(module: Module, folder: Path | None = None) -> dict[str, list[str]]:
    """The fingerprints of a module's variants, or of those in `folder`, by their names; none for those that pass."""
    if not hasattr(os, "fork"):
        raise CourseError("this step needs Linux or macOS", "The fingerprints that are committed work everywhere.")
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as place:
        module.library_before(Path(place))
        env = module.course.environment(MPLBACKEND="agg", OPENBLAS_NUM_THREADS="1", PYTHONHASHSEED="0")
        env["PYTHONPATH"] = os.pathsep.join([place, env["PYTHONPATH"]])
        command = [sys.executable, "-m", __name__, str(module.course.root), module.name, str(folder or "")]
        done = subprocess.run(command, env=env, cwd=place, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise CourseError(f"the wrong solutions of {module.name} cannot be run: {done.stderr.strip()[-800:]}")
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _prints(runner: Runner, at: int, variant: Variant) -> dict[str, Any]:
    """Put a variant in place of cell `at` and run the tests of its exercise, as the student has them."""
    number, prints = number_in(variant.grade_id), []
    graded = [(cell, cell.metadata.get("nbgrader", {})) for cell in runner.cells]
    tests = [n for n, (_, about) in enumerate(graded) if about.get("grade") and number_in(about["grade_id"]) == number]
    runner.run(variant.source, variant.grade_id)
    for n in range(at + 1, max(tests, default=-1) + 1):
        cell, about = graded[n]
        name = about.get("grade_id") or cell.id
        if n in tests:
            prints.append(getattr(runner.error(visible(cell.source), name), "fingerprint", None))
        elif not about.get("grade") and "demo" not in cell.metadata.get("tags", []):
            runner.run(without_marks(cell.source), name)
    return {"prints": [found for found in prints if found]}


def _main(root: str, name: str, folder: str) -> None:
    module = Course(Path(root)).module(name)
    files = sorted(Path(folder).glob("*.py")) if folder else []
    variants = [v for v in (map(Variant.read, files) if folder else variants_of(module)) if not v.hidden]
    runner, found = Runner(module), {}
    for at, cell in enumerate(runner.cells):
        about = cell.metadata.get("nbgrader", {})
        for variant in variants:
            if about.get("solution") and variant.grade_id == about["grade_id"]:
                found[variant.name] = in_child(partial(_prints, runner, at, variant)).get("prints", [])
        if "demo" not in cell.metadata.get("tags", []):
            runner.run(visible(without_marks(cell.source)), about.get("grade_id") or cell.id)
    print(json.dumps(found))


if __name__ == "__main__":
    _main(*sys.argv[1:4])
