"""``python -m benchmarks``: measure, print the table, write the picture and the figures.

What is missing is said before anything is measured; what was measured is kept, whatever happens to the rest.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import memory, report
from benchmarks.workloads import ALL

# Both sides of a ratio get these. glibc hands freed memory back to the system and takes a page fault for each page of it
# in the next step; with the two thresholds up it keeps it. One thread: two of them measure what else the machine does.
ENVIRONMENT = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "MALLOC_TRIM_THRESHOLD_": str(4 << 30),
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
}


def run(module: str, *arguments: str, environment: dict[str, str]) -> dict[str, Any]:
    """The JSON that a fresh process prints."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command)
    return json.loads(done.stdout.splitlines()[-1])


def lacking(names: list[str], out: Path | None) -> tuple[str, list[str]]:
    """What makes measuring useless (a sentence, or nothing), and which sides will be left out."""
    there = {package: importlib.util.find_spec(package) is not None for package in (*report.NEEDS.values(), "rich")}
    if not there.pop("rich"):
        return "the tables need rich: pip install -e '.[bench]'", []
    if out:
        if importlib.util.find_spec("matplotlib") is None:
            return "--out draws with matplotlib: pip install -e '.[bench]'", []
        try:
            out.mkdir(parents=True, exist_ok=True)
            (out / "results.json").open("a", encoding="utf-8").close()
            text = (out / "results.json").read_text(encoding="utf-8")
            before = json.loads(text) if text else {"workloads": [], "memory": {}}
            kept = [result["name"] for result in before["workloads"]] + ["memory"] * bool(before["memory"])
        except (OSError, ValueError, LookupError, TypeError) as error:
            return f"{out} cannot take the results: {error}", []
        if set(kept) - set(names):
            return f"{out} has figures of {', '.join(sorted(set(kept) - set(names)))}, too: name another folder", []
    return "", [package for package, found in there.items() if not found]


def measured(names: list[str], seconds: float, environment: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """One result after the other: a workload's name, or ``memory of SIDE``, and its figures."""
    for name in names:
        if name in ALL:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            yield name, run("benchmarks.worker", name, str(seconds), environment=environment)
    if "memory" not in names:
        return
    if not Path("/proc/self/clear_refs").exists():
        print("peak memory is measured on Linux only", file=sys.stderr)
        return
    # Here the allocator is as it comes: what is freed goes back to the system and is not counted.
    threads = {name: value for name, value in ENVIRONMENT.items() if name.endswith("THREADS")}
    for side in memory.SIDES:
        if side in report.NEEDS and not importlib.util.find_spec(report.NEEDS[side]):
            continue
        print(f"measuring memory of {side} …", file=sys.stderr, flush=True)
        yield side, run("benchmarks.memory", side, environment=threads)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"one of: {', '.join(ALL)}, memory (all)")
    parser.add_argument("--seconds", type=float, default=10, help="for each workload (%(default)s)")
    parser.add_argument("--default-allocator", action="store_true", help="leave glibc's thresholds as they are")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write results.json, results.md and results.png here")
    options = parser.parse_args()
    names = options.workloads or [*ALL, "memory"]
    unknown = set(names) - {*ALL, "memory"}
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    useless, absent = lacking(names, options.out)
    if useless:
        parser.error(useless)
    if absent:
        print(f"not measured, not installed: {', '.join(absent)} (pip install -e '.[bench]')", file=sys.stderr)

    environment = dict(ENVIRONMENT)
    if options.default_allocator:
        del environment["MALLOC_TRIM_THRESHOLD_"], environment["MALLOC_MMAP_THRESHOLD_"]
    results: dict[str, Any] = {"machine": report.machine(), "workloads": [], "memory": {}}
    code = 0
    try:
        for name, figures in measured(names, options.seconds, environment):
            if name in ALL:
                results["workloads"].append(figures)
            else:
                results["memory"][name] = figures
            if options.out:
                report.keep(results, options.out)
    except (subprocess.CalledProcessError, KeyboardInterrupt) as error:
        print(f"stopped: {error or 'interrupted'}; what was measured so far:", file=sys.stderr)
        code = 1
    report.show(results)
    if options.out:
        report.write(results, options.out)
    return code


if __name__ == "__main__":
    sys.exit(main())
