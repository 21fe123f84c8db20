"""What recording costs when nothing is recorded: the wrapped methods against the methods as Module 01 made them."""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

import numpy as np

from benchmarks.workloads import Step, Workload
from benchmarks.workloads.mlp import problem as mlp_problem

LENGTH = 1_000


def module_01() -> Any:
    """A second copy of `tinytorch.core.tensor`, to which autograd is never added."""
    spec = importlib.util.find_spec("tinytorch.core.tensor")
    assert spec is not None and spec.origin is not None
    copy = importlib.util.spec_from_file_location("tensor_without_autograd", spec.origin)
    assert copy is not None and copy.loader is not None
    module = importlib.util.module_from_spec(copy)
    sys.modules[copy.name] = module
    copy.loader.exec_module(module)
    return module


def small_operations(kind: Any, requires_grad: bool = False) -> Step:
    """`LENGTH` additions of four numbers; the result stands in for the gradients."""
    rng = np.random.default_rng(7)
    x = kind(rng.standard_normal(4).astype(np.float32), requires_grad=requires_grad)
    y = kind(rng.standard_normal(4).astype(np.float32))

    def step() -> list[np.ndarray]:
        z = x
        for _ in range(LENGTH):
            z = z + y
        return [z.data]

    return step


def small_as_made() -> Step:
    return small_operations(module_01().Tensor)


def small_wrapped() -> Step:
    from tinytorch import Tensor

    return small_operations(Tensor)


def small_no_grad() -> Step:
    from tinytorch import Tensor, no_grad

    step = small_operations(Tensor, requires_grad=True)

    def without() -> Any:
        with no_grad():
            return step()

    return without


def forward_by_hand() -> Step:
    inputs, _, weights, biases = mlp_problem(64)

    def step() -> list[np.ndarray]:
        hidden = inputs
        for weight, bias in zip(weights[:-1], biases[:-1]):
            hidden = hidden @ weight
            hidden += bias
            np.maximum(hidden, 0, out=hidden)
        return [hidden @ weights[-1] + biases[-1]]

    return step


def forward_no_grad() -> Step:
    from tinytorch import Linear, ReLU, Sequential, Tensor, no_grad

    inputs, _, weights, biases = mlp_problem(64)
    layers: list = []
    for weight, bias in zip(weights, biases):
        linear = Linear(*weight.shape)
        linear.weight.data[:], linear.bias.data[:] = weight, bias
        layers += [linear, ReLU()]
    network, x = Sequential(*layers[:-1]), Tensor(inputs)

    def step() -> list[np.ndarray]:
        with no_grad():
            return [network(x).data]

    return step


WORKLOADS = [
    Workload(
        "wrapped",
        "1,000 additions, nothing requires gradients ÷ Module 01 as made",
        {"module 01": small_as_made, "tinytorch": small_wrapped},
        group="recording",
    ),
    Workload(
        "no-grad",
        "1,000 additions in no_grad() ÷ Module 01 as made",
        {"module 01": small_as_made, "tinytorch": small_no_grad},
        group="recording",
    ),
    Workload(
        "inference",
        "MLP forward in no_grad(), batch 64 ÷ hand-written",
        {"numpy": forward_by_hand, "tinytorch": forward_no_grad},
        group="recording",
    ),
]
