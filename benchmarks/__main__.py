"""``python -m benchmarks``: measure, print the table, write the picture and the figures."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
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
        raise SystemExit(f"{' '.join(command[1:])} failed")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
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

    environment = dict(ENVIRONMENT)
    if options.default_allocator:
        del environment["MALLOC_TRIM_THRESHOLD_"], environment["MALLOC_MMAP_THRESHOLD_"]
    results: dict[str, Any] = {"machine": report.machine(), "workloads": [], "memory": {}}
    for name in names:
        if name in ALL:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            arguments = (name, str(options.seconds))
            results["workloads"].append(run("benchmarks.worker", *arguments, environment=environment))
    if "memory" in names:
        if not Path("/proc/self/clear_refs").exists():
            print("peak memory is measured on Linux only", file=sys.stderr)
        else:
            # Here the allocator is as it comes: what is freed goes back to the system and is not counted.
            threads = {name: value for name, value in ENVIRONMENT.items() if name.endswith("THREADS")}
            for side in memory.SIDES:
                if side in report.NEEDS and not importlib.util.find_spec(report.NEEDS[side]):
                    continue
                print(f"measuring memory of {side} …", file=sys.stderr, flush=True)
                results["memory"][side] = run("benchmarks.memory", side, environment=threads)
    report.show(results)
    if options.out:
        report.write(results, options.out)


if __name__ == "__main__":
    main()
