"""Fingerprints of known mistakes: what the wrong solutions in ``tests/mutants/`` answer to checks.

Those of the visible checks go into editions; those of all checks stay with the wrong solutions, and grading reads them.
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
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from tinytorch.lab import mistakes as lab

from ..base.course import Course, Module
from ..base.errors import CourseError
from ..base.files import read_text, write_whole
from ..base.marks import visible, without_marks
from . import fingerprints
from .source import read_source
from .variants import Runner, Variant, in_child, mutants, number_in, variants_of


def file_of(module: Module) -> Path:
    """Where a module's fingerprints stand."""
    return module.course.library / "lab" / lab.KNOWN.name / f"{module.name[:2]}.json"


def graded_file(module: Module) -> Path:
    """Where those stand that grading reads. It is in no edition: who has it could ask it about hidden checks."""
    return mutants(module.course) / module.name / "fingerprints.json"


def known_in_grading(module: Module | None) -> dict[str, str]:
    """Sentences by fingerprint, for grading. Those of tests that have changed since are never met."""
    try:
        found = json.loads(read_text(graded_file(module)))["mistakes"] if module is not None else {}
        return {str(name): str(says) for name, says in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, CourseError):
        return {}


def basis(module: Module) -> str:
    """A digest of all on which fingerprints depend: code cells, wrong solutions, how answers are noted and judged."""
    cells = [cell for cell in read_source(module.src).cells if cell.cell_type == "code"]
    code = [cell.source for cell in cells if "demo" not in cell.metadata.get("tags", [])]
    judging = [Path(lab.__file__).with_name(name) for name in ("mistakes.py", "checks.py", "cards.py")]
    files = [*sorted((mutants(module.course) / module.name).glob("*.py")), *judging, Path(fingerprints.__file__)]
    return hashlib.sha256("\0".join([*code, *map(read_text, files)]).encode()).hexdigest()[:16]


def is_current(module: Module) -> bool:
    """Whether a module's fingerprints are those of its source and its wrong solutions; true where it has neither."""
    try:
        made_of = {json.loads(read_text(file))["of"] for file in (file_of(module), graded_file(module))}
    except (OSError, ValueError, KeyError, CourseError):
        return not (mutants(module.course) / module.name).is_dir()
    return made_of == {basis(module)}


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
        for found in filter(None, prints.get(variant.name, ())):
            alike[found].append(variant)
    chosen = {}
    for found, several in alike.items():
        says = {variant.says for variant in several if variant.general} or {variant.says for variant in several}
        if len(says) == 1 and not any(variant.right for variant in several):
            chosen[found] = says.pop()
    return dict(sorted(chosen.items()))


def make(module: Module) -> list[tuple[Path, int, int]]:
    """Write a module's fingerprints: those for editions, and those for grading.

    Returns
    -------
    list of (path, int, int)
        A file, how many mistakes its checks see, and how many of them have a name.
    """
    variants, of, made, texts = variants_of(module), basis(module), [], {}
    for path, prints in zip((file_of(module), graded_file(module)), prints_of(module)):
        sentences = known(variants, prints)
        texts[path] = json.dumps({"of": of, "mistakes": sentences}, indent=0, ensure_ascii=False) + "\n"
        seen = [variant for variant in variants if prints.get(variant.name)]
        named = [variant for variant in seen if {sentences.get(found) for found in prints[variant.name]} - {None}]
        made.append((path, len(seen), len(named)))
    write_whole(texts)
    return made


def prints_of(module: Module, folder: Path | None = None) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The fingerprints of a module's variants, or of those in `folder`, by their names; none for those that pass.

    First those of the visible checks, as a student's own check takes them; then those that grading takes. All runs
    twice, with another order of sets: where something else comes out then (a number drawn without a seed), it is "".
    """
    if not hasattr(os, "fork"):
        raise CourseError("this step needs Linux or macOS", "The fingerprints that are committed work everywhere.")
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as place, ThreadPoolExecutor() as both:
        module.library_before(Path(place))
        env = module.course.environment(MPLBACKEND="agg", OPENBLAS_NUM_THREADS="1")
        env["PYTHONPATH"] = os.pathsep.join([place, env["PYTHONPATH"]])
        command = [sys.executable, "-m", __name__, str(module.course.root), module.name, str(folder or "")]
        once, again = both.map(lambda seed: _run(command, env | {"PYTHONHASHSEED": seed}, place), "01")
    visible_ones, graded = map(_in_both, once, again)
    return visible_ones, graded


def _run(command: list[str], env: dict[str, str], place: str) -> Any:
    done = subprocess.run(command, env=env, cwd=place, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise CourseError(f"the wrong solutions cannot be run: {done.stderr.strip()[-800:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _in_both(once: dict[str, list[str]], again: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: [found if found in again[name] else "" for found in prints] for name, prints in once.items()}


def _prints(runner: Runner, at: int, variant: Variant, prints_in: Callable[[Runner, str, str], list[str]]) -> Any:
    """Put a variant in place of cell `at`; the fingerprints in the tests of its exercise."""
    number, prints = number_in(variant.grade_id), []
    graded = [(cell, cell.metadata.get("nbgrader", {})) for cell in runner.cells]
    tests = [n for n, (_, about) in enumerate(graded) if about.get("grade") and number_in(about["grade_id"]) == number]
    runner.run(variant.source, variant.grade_id)
    for n in range(at + 1, max(tests, default=-1) + 1):
        cell, about = graded[n]
        name = about.get("grade_id") or cell.id
        if n in tests:
            prints += prints_in(runner, cell.source, name)
        elif not about.get("grade") and "demo" not in cell.metadata.get("tags", []):
            runner.run(without_marks(cell.source), name)
    return {"prints": prints}


def _on_the_card(runner: Runner, source: str, name: str) -> list[str]:
    """As the student has the test."""
    found = getattr(runner.error(visible(source), name), "fingerprint", None)
    return [found] if found else []


def _in_grading(runner: Runner, source: str, name: str) -> list[str]:
    """As grading has it."""
    notes: list[Any] = []
    checks = runner.space.get("Checks")
    if not isinstance(checks, type):
        return []
    runner.space["Checks"] = fingerprints.noting_checks(checks, notes)
    error = runner.error(source, name)
    runner.space["Checks"] = checks
    whole = error is None or notes[-1:] == [lab.raised(type(error).__name__, str(error))]
    found = fingerprints.fingerprint(name, source, fingerprints.tidy(notes)) if whole else None
    return [found] if found else []


def _main(root: str, name: str, folder: str) -> None:
    module = Course(Path(root)).module(name)
    files = sorted(Path(folder).glob("*.py")) if folder else []
    variants = list(map(Variant.read, files)) if folder else variants_of(module)
    runner = Runner(module)
    found: tuple[dict[str, list[str]], dict[str, list[str]]] = {}, {}
    for at, cell in enumerate(runner.cells):
        about = cell.metadata.get("nbgrader", {})
        for variant in variants:
            if about.get("solution") and variant.grade_id == about["grade_id"]:
                for prints, prints_in in zip(found, (_on_the_card, _in_grading)):
                    done = in_child(partial(_prints, runner, at, variant, prints_in))
                    prints[variant.name] = done.get("prints", [])
        if "demo" not in cell.metadata.get("tags", []):
            runner.run(visible(without_marks(cell.source)), about.get("grade_id") or cell.id)
    print(json.dumps(found))


if __name__ == "__main__":
    _main(*sys.argv[1:4])
