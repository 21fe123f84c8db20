"""A step of a single layer with a weight and a bias: forward, backward, and the three gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.workloads import Step


def of_tinytorch(layer: Any, array: np.ndarray, grad: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> Step:
    """The step of a layer of TinyTorch, with these numbers in place of those that it drew."""
    from tinytorch import Tensor

    x = Tensor(array, requires_grad=True)
    layer.weight, layer.bias = (Tensor(a, requires_grad=True) for a in (weight, bias))

    def step() -> list[np.ndarray]:
        x.grad = layer.weight.grad = layer.bias.grad = None
        layer(x).backward(grad)
        return [x.grad, layer.weight.grad, layer.bias.grad]

    return step


def of_pytorch(function: Callable[..., Any], *arrays: np.ndarray) -> Step:
    """The step of ``function(x, weight, bias)``; `arrays` are x, the gradient of the result, weight and bias."""
    import torch

    x, grad, weight, bias = map(torch.from_numpy, arrays)
    inputs = [tensor.requires_grad_() for tensor in (x, weight, bias)]

    def step() -> list:
        for tensor in inputs:
            tensor.grad = None
        function(*inputs).backward(grad)
        return [tensor.grad for tensor in inputs]

    return step
