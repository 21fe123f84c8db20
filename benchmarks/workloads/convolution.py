"""A convolution as one matrix product over windows (im2col): 32 pictures of 8 channels, 16 by 16, and 16 filters of 3 by 3."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from benchmarks.workloads import Step, Workload

BATCH, CHANNELS, FILTERS, SIZE, KERNEL = 32, 8, 16, 16, 3


def problem() -> list[np.ndarray]:
    """Pictures (32, 8, 16, 16), the gradient of the result (32, 16, 16, 16), filters (16, 8, 3, 3) and biases (16,)."""
    rng = np.random.default_rng(4)
    pictures, result = (BATCH, CHANNELS, SIZE, SIZE), (BATCH, FILTERS, SIZE, SIZE)
    shapes = pictures, result, (FILTERS, CHANNELS, KERNEL, KERNEL), (FILTERS,)
    return [rng.standard_normal(shape).astype(np.float32) for shape in shapes]


def by_hand() -> Step:
    x, grad, weight, bias = problem()
    flat = weight.reshape(FILTERS, -1)

    def step() -> list[np.ndarray]:
        padded = np.zeros((BATCH, CHANNELS, SIZE + 2, SIZE + 2), np.float32)
        padded[..., 1:-1, 1:-1] = x
        cut = sliding_window_view(padded, (KERNEL, KERNEL), axis=(-2, -1))
        columns = cut.transpose(1, 4, 5, 0, 2, 3).reshape(flat.shape[1], -1)
        result = flat @ columns
        result += bias[:, None]
        result.reshape(FILTERS, BATCH, SIZE, SIZE).transpose(1, 0, 2, 3)

        back = grad.transpose(1, 0, 2, 3).reshape(FILTERS, -1)
        grad_columns = (flat.T @ back).reshape(CHANNELS, KERNEL, KERNEL, BATCH, SIZE, SIZE)
        grad_padded = np.zeros((CHANNELS, BATCH, SIZE + 2, SIZE + 2), np.float32)
        for i, j in product(range(KERNEL), repeat=2):
            grad_padded[..., i : i + SIZE, j : j + SIZE] += grad_columns[:, i, j]
        grad_x = grad_padded[..., 1:-1, 1:-1].transpose(1, 0, 2, 3)
        return [grad_x, (back @ columns.T).reshape(weight.shape), back.sum(axis=1)]

    return step


def tinytorch() -> Step:
    from tinytorch import Tensor
    from tinytorch.core.convolutions import Conv2d

    array, grad, *arrays = problem()
    x, layer = Tensor(array, requires_grad=True), Conv2d(CHANNELS, FILTERS, KERNEL, padding=1)
    layer.weight, layer.bias = (Tensor(a, requires_grad=True) for a in arrays)

    def step() -> list[np.ndarray]:
        x.grad = layer.weight.grad = layer.bias.grad = None
        layer(x).backward(grad)
        return [x.grad, layer.weight.grad, layer.bias.grad]

    return step


def pytorch() -> Step:
    import torch

    array, gradient, *arrays = problem()
    x, weight, bias = (torch.from_numpy(a).requires_grad_() for a in (array, *arrays))
    grad = torch.from_numpy(gradient)

    def step() -> list:
        x.grad = weight.grad = bias.grad = None
        torch.nn.functional.conv2d(x, weight, bias, padding=1).backward(grad)
        return [x.grad, weight.grad, bias.grad]

    return step


WORKLOADS = [
    Workload(
        "convolution",
        "convolution 3×3, 8 to 16 channels",
        {"numpy": by_hand, "tinytorch": tinytorch, "pytorch": pytorch},
        1.3,
    )
]
