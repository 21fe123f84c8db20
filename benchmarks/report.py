"""The table on the terminal, and the same figures as JSON, Markdown and a picture."""

from __future__ import annotations

import json
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.worker import NEEDS
from benchmarks.workloads import ALL

__all__ = ["NEEDS", "machine", "show", "write"]

COLOURS = {"tinytorch": "#0072B2", "autograd": "#E69F00", "pytorch": "#009E73"}
MARKS = {"tinytorch": "o", "autograd": "s", "pytorch": "^"}
LABELS = {
    "tinytorch": "TinyTorch",
    "autograd": "HIPS autograd",
    "pytorch": "PyTorch (CPU)",
    "numpy": "hand-written NumPy",
}


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    versions = {}
    for package in ("numpy", "autograd", "torch"):
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":")[1].strip() for line in info.read_text(encoding="utf-8").splitlines() if "model name" in line
        ]
        cpu = names[0] if names else cpu
    return {
        "processor": f"{cpu}, {platform.machine()}, {os.cpu_count()} cores, one used",
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "packages": ", ".join(f"{package} {version}" for package, version in versions.items()),
    }


def _tables(results: dict[str, Any]) -> list[tuple[str, list[str], list[list[str]]]]:
    """Title, heads and rows of each table."""
    tables = []
    for group, title in (
        ("step", "Time, divided by hand-written NumPy's"),
        ("recording", "What recording costs when off"),
    ):
        done = [result for result in results["workloads"] if ALL[result["name"]].group == group]
        if not done:
            continue
        peers = [side for side in LABELS if side != "numpy" and any(side in result["sides"] for result in done)]
        rows = []
        for result in done:
            workload, sides = ALL[result["name"]], result["sides"]
            limit = next(iter(workload.sides))
            row = [workload.title, f"{sides[limit]['milliseconds']:.3g} ms"]
            row += [f"{sides[peer]['ratio']:.2f}" if peer in sides else "–" for peer in peers]
            if group == "step":
                row.append("" if workload.goal is None else f"≤ {workload.goal:.2f}")
            rows.append(row)
        heads = ["workload", "limit", *(LABELS[peer] for peer in peers)] + (["goal"] if group == "step" else [])
        tables.append((title, heads, rows))
    if results["memory"]:
        base = results["memory"].get("numpy", {}).get("three steps")
        rows = []
        for side, peaks in results["memory"].items():
            first, *rest = side.split(", ")
            name = ", ".join([LABELS[first], *rest])
            rows.append(
                [
                    name,
                    f"{peaks['first step']} MiB",
                    f"{peaks['three steps']} MiB",
                    f"{peaks['three steps'] / base:.2f}" if base else "–",
                ]
            )
        heads = ["20 layers of 1,024, batch 4,096", "peak, one step", "peak, three steps", "÷ hand-written"]
        tables.append(("Peak memory over the start", heads, rows))
    return tables


def show(results: dict[str, Any]) -> None:
    """Print the tables."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for title, heads, rows in _tables(results):
        table = Table(title=title, title_justify="left")
        for number, head in enumerate(heads):
            table.add_column(head, justify="right" if number else "left")
        for row in rows:
            table.add_row(*row)
        console.print(table)
    for line in results["machine"].values():
        console.print(line, style="dim", highlight=False)


def keep(results: dict[str, Any], folder: Path) -> None:
    """Write results.json into `folder`."""
    (folder / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write(results: dict[str, Any], folder: Path) -> None:
    """Write results.json, results.md and results.png into `folder`."""
    keep(results, folder)
    lines = []
    for title, heads, rows in _tables(results):
        lines += [f"### {title}", "", "| " + " | ".join(heads) + " |", "|" + "---|" + "---:|" * (len(heads) - 1)]
        lines += ["| " + " | ".join(row) + " |" for row in rows] + [""]
    lines += ["; ".join(results["machine"].values()) + "."]
    (folder / "results.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _draw(results, folder / "results.png")


def _draw(results: dict[str, Any], path: Path) -> None:
    """A dot for each side and workload, on a logarithmic axis."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import NullLocator

    done = [result for result in results["workloads"] if ALL[result["name"]].group == "step"]
    if not done:
        return
    figure, axes = plt.subplots(figsize=(8, 0.42 * len(done) + 1.4), layout="constrained")
    for side, colour in COLOURS.items():
        rows = [(result["sides"][side], row) for row, result in enumerate(done) if side in result["sides"]]
        if not rows:
            continue
        ratios = [figures["ratio"] for figures, _ in rows]
        spread = [
            [figures["ratio"] - figures["quartiles"][0] for figures, _ in rows],
            [figures["quartiles"][1] - figures["ratio"] for figures, _ in rows],
        ]
        places = [row for _, row in rows]
        axes.errorbar(
            ratios, places, xerr=spread, fmt=MARKS[side], color=colour, label=LABELS[side], capsize=2, zorder=3
        )
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    ticks = [0.5, 1, 2, 5, 10, 20, 50]
    axes.set_xticks(ticks, [f"{tick:g}×" for tick in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yticks(range(len(done)), [ALL[result["name"]].title for result in done])
    axes.invert_yaxis()
    axes.grid(axis="x", color="0.9")
    axes.set_xlabel("time of a step, divided by hand-written NumPy's (further left is faster)")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
    figure.savefig(path, dpi=150, metadata={"Software": None})
    plt.close(figure)
