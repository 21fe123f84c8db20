"""Grades a class made from mutants and references: how many submissions a minute, against `nbgrader autograde`.

python -m benchmarks.grading --students 24              against stock nbgrader, in turn, on the same class
python -m benchmarks.grading --students 800 --alone     ours only, with memory of the main process
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from tinytorch_course.author.release import generate
from tinytorch_course.author.samples import reference_cells, submission
from tinytorch_course.author.source import read_source
from tinytorch_course.base.course import Course, Module
from tinytorch_course.base.marks import stub_of
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.model import ClassResult

ROOT = Path(__file__).resolve().parent.parent

# One cell each, put before everything else.
HOSTILE = [
    "import os\nos._exit(1)",
    "while True: pass",
    "x = []\nwhile True: x.append(bytearray(16 << 20))",
    "import os\nwhile True: os.fork()",
    "import tinytorch.checks as c\nc.Checks.__exit__ = lambda *a: True",
    "get_ipython().input_transformers_post.append(lambda lines: ['pass'])",
    "print('x' * (20 << 20))",
    "import os\nos.kill(0, 9)",
]


def variants(module: Module) -> dict[str, list[str]]:
    """Wrong and other right solutions of each exercise, from tests/mutants."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests" / "mutants" / module.name).glob("*.py")):
        text = path.read_text(encoding="utf-8")
        about = re.search(r"^(?:breaks|right):\s*(\S+)", ast.get_docstring(ast.parse(text)) or "", re.MULTILINE)
        if about:
            body = text.split("\n")[ast.parse(text).body[0].end_lineno :]
            found.setdefault(about.group(1), []).append("\n".join(body).strip("\n"))
    return found


def write_class(module: Module, number: int, folder: Path, hostile: float = 0.05, seed: int = 1) -> None:
    """`number` students, each with a draw of right, wrong and missing solutions; a share of them hostile or broken."""
    chance = random.Random(seed)
    edition = submission(module, solved=())
    reference, wrong = reference_cells(module), variants(module)
    stubs = {
        cell.metadata.nbgrader.grade_id: stub_of(cell.source)
        for cell in read_source(module.src).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    for at in range(number):
        ability = chance.uniform(0.4, 1.0)
        own = {}
        for name, right in reference.items():
            draw = chance.random()
            own[name] = (
                right if draw < ability else chance.choice(wrong.get(name) or [right]) if draw < 0.9 else stubs[name]
            )
        nb = submission(module, solved=(), instead=own, edition=copy.deepcopy(edition))
        nb.metadata["student"] = at  # so that no two files are the same
        data = json.dumps(nb, indent=1).encode()
        bad = chance.random()
        if bad < hostile / 5:
            data = data[: int(len(data) * chance.random())]
        elif bad < hostile:
            cells = json.loads(data)
            attack = {"cell_type": "code", "id": "attack", "metadata": {}, "outputs": [], "execution_count": None}
            cells["cells"].insert(2, {**attack, "source": chance.choice(HOSTILE)})
            data = json.dumps(cells).encode()
        path = folder / f"s{at:05d}" / module.name / f"{module.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)


def stock(root: Path, module: Module) -> float:
    """Seconds of `nbgrader autograde`, without sandbox."""
    shutil.rmtree(root / "autograded", ignore_errors=True)
    (root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'tinytorch'\n", encoding="utf-8"
    )
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", module.name], cwd=root, env=environment, capture_output=True
    )
    seconds = time.perf_counter() - began
    (root / "nbgrader_config.py").unlink()
    return seconds


class Watch(threading.Thread):
    """The main process's memory while it grades."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.samples: list[int] = []
        self.done = False

    def run(self) -> None:
        while not self.done:
            with open("/proc/self/statm", encoding="ascii") as file:
                self.samples.append(int(file.read().split()[1]) * resource.getpagesize() >> 20)
            time.sleep(1)


def ours(root: Path, module: Module, workers: int, timeout: float) -> tuple[float, ClassResult]:
    began = time.perf_counter()
    result = grade(root, module.name, workers=workers, force=True, timeout=timeout)
    return time.perf_counter() - began, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--module", default="01_tensor")
    parser.add_argument("--students", type=int, default=24)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--timeout", type=float, default=10)
    parser.add_argument("--alone", action="store_true", help="a whole class with hostile submissions, ours only")
    options = parser.parse_args()
    module = Course(ROOT).module(options.module)
    with tempfile.TemporaryDirectory(prefix="class-") as folder:
        root = Path(folder)
        write_class(module, options.students, root / "submitted", hostile=0.05 if options.alone else 0.0)
        generate(module, course_dir=root)
        if options.alone:
            whole_class(root, module, options)
        else:
            compare(root, module, options)


def whole_class(root: Path, module: Module, options: argparse.Namespace) -> None:
    watch = Watch()
    watch.start()
    seconds, result = ours(root, module, options.workers, options.timeout)
    watch.done = True
    states: dict[str, int] = {}
    for one in result:
        states[one.state] = states.get(one.state, 0) + 1
    tenth = max(1, len(watch.samples) // 10)
    print(
        f"{len(result.results)} of {options.students} submissions in {seconds:.0f} s: {60 * len(result.results) / seconds:.0f} a minute"
    )
    print(f"states: {states}; flagged: {sum(bool(one.flags) for one in result)}")
    common = Counter(re.sub(r"`[^`]*`|\d+", "…", str(flag)) for one in result for flag in one.flags)
    for text, number in common.most_common(8):
        print(f"  {number:4d} × {text}")
    print(f"memory of the main process: {watch.samples[tenth]} MB after a tenth, {max(watch.samples)} MB at most")
    began = time.perf_counter()
    again = grade(root, module.name, workers=options.workers, timeout=options.timeout)
    print(
        f"once more, nothing changed: {time.perf_counter() - began:.1f} s, {sum(one.cached for one in again)} taken over"
    )


def compare(root: Path, module: Module, options: argparse.Namespace) -> None:
    number = options.students
    rounds: dict[str, list[float]] = {"nbgrader autograde": []}
    for _ in range(options.rounds):
        rounds["nbgrader autograde"].append(stock(root, module))
        for workers in sorted({1, options.workers}):
            seconds, _ = ours(root, module, workers, options.timeout)
            rounds.setdefault(f"tinytorch grade, {workers} worker{'s' * (workers > 1)}", []).append(seconds)
    base = statistics.median(rounds["nbgrader autograde"])
    print(f"{number} submissions of {module.name}, medians of {options.rounds} rounds in turn")
    for name, seconds in rounds.items():
        middle = statistics.median(seconds)
        print(f"{name:<28} {middle:7.1f} s  {60 * number / middle:6.0f} a minute  {base / middle:5.2f} ×")


if __name__ == "__main__":
    main()
