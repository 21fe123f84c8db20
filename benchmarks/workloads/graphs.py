"""Thousands of operations on four numbers each: here the engine's own work is all that is measured."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.workloads import Step, Workload

LENGTH, DOUBLINGS = 10_000, 60


def problem() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """An input, a factor near one and the gradient of the result, each (4,)."""
    rng = np.random.default_rng(6)
    factor = (1 + rng.uniform(-1e-5, 1e-5, 4)).astype(np.float32)
    return rng.standard_normal(4).astype(np.float32), factor, rng.standard_normal(4).astype(np.float32)


def chain(x: Any, factor: Any) -> Any:
    """`LENGTH` multiplications, one after the other."""
    for _ in range(LENGTH):
        x = x * factor
    return x


def fan_in(x: Any, factor: Any) -> Any:
    """`LENGTH` additions of the same `x`: its gradient is a sum of so many parts."""
    y = x
    for _ in range(LENGTH):
        y = y + x
    return y


def doublings(x: Any, factor: Any) -> Any:
    """2**`DOUBLINGS` paths through `DOUBLINGS` operations."""
    for _ in range(DOUBLINGS):
        x = x + x
    return x


def chain_by_hand() -> Step:
    x, factor, gradient = problem()

    def step() -> list[np.ndarray]:
        chain(x, factor)
        return [chain(gradient, factor)]  # the way back multiplies by the same factors

    return step


def fan_in_by_hand() -> Step:
    x, _, gradient = problem()

    def step() -> list[np.ndarray]:
        fan_in(x, None)
        grad = np.zeros_like(x)
        for _ in range(LENGTH):
            grad += gradient
        grad += gradient  # the `y = x` at the start
        return [grad]

    return step


def doublings_by_hand() -> Step:
    x, _, gradient = problem()

    def step() -> list[np.ndarray]:
        doublings(x, None)
        return [doublings(gradient, None)]

    return step


def tinytorch(function: Any) -> Step:
    from tinytorch import Tensor

    array, constant, gradient = problem()
    x, factor = Tensor(array, requires_grad=True), Tensor(constant)

    def step() -> list[np.ndarray]:
        x.grad = None
        function(x, factor).backward(gradient)
        return [x.grad]

    return step


def hips(function: Any) -> Step:
    from autograd import make_vjp

    x, factor, gradient = problem()

    def step() -> list[np.ndarray]:
        pullback, _ = make_vjp(function)(x, factor)
        return [pullback(gradient)]

    return step


def pytorch(function: Any) -> Step:
    import torch

    array, constant, grad = (torch.from_numpy(each) for each in problem())
    x = array.requires_grad_()

    def step() -> list:
        x.grad = None
        function(x, constant).backward(grad)
        return [x.grad]

    return step


def workload(name: str, title: str, by_hand: Any, function: Any, goal: float | None) -> Workload:
    others = {"tinytorch": tinytorch, "autograd": hips, "pytorch": pytorch}
    sides = {"numpy": by_hand, **{side: partial(make, function) for side, make in others.items()}}
    return Workload(name, title, sides, goal)


WORKLOADS = [
    workload("chain", "chain of 10,000 operations on (4,)", chain_by_hand, chain, 3.6),
    workload("fan-in", "fan-in of 10,000 operations on (4,)", fan_in_by_hand, fan_in, 3.6),
    workload("doublings", "60 doublings of (4,)", doublings_by_hand, doublings, None),
]
