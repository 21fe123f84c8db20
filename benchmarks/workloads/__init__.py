"""The workloads. Each module defines some of them; `ALL` holds them by name, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Step = Callable[[], Any]
"""One step of a workload: forward, backward and, where there are parameters, their update. Returns the gradients."""


@dataclass(frozen=True)
class Workload:
    """One row of the table.

    Parameters
    ----------
    name, title : str
        What the command line and the table call it.
    sides : dict of str to function
        A function for each side; called once, it prepares the side's data and returns its step. The first is the limit
        that the others are divided by.
    goal : float or None
        What TinyTorch's ratio should not exceed.
    group : str
        Which of the report's tables it belongs to.
    """

    name: str
    title: str
    sides: dict[str, Callable[[], Step]] = field(repr=False)
    goal: float | None = None
    group: str = "step"


def _collect() -> dict[str, Workload]:
    from benchmarks.workloads import convolution, graphs, kernels, mlp, recording, transformer

    modules = (mlp, transformer, convolution, kernels, graphs, recording)
    return {workload.name: workload for module in modules for workload in module.WORKLOADS}


def __getattr__(name: str) -> Any:
    if name == "ALL":  # collected on first use: the modules import `Workload` from here
        globals()["ALL"] = _collect()
        return globals()["ALL"]
    raise AttributeError(name)
