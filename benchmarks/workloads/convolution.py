"""A convolution as one matrix product over windows (im2col): 32 pictures of 8 channels, 16 by 16, and 16 filters of 3 by 3."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from benchmarks.workloads import Step, Workload
from benchmarks.workloads.layers import of_pytorch, of_tinytorch

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
    from tinytorch.core.convolutions import Conv2d

    return of_tinytorch(Conv2d(CHANNELS, FILTERS, KERNEL, padding=1), *problem())


def pytorch() -> Step:
    from torch.nn.functional import conv2d

    return of_pytorch(partial(conv2d, padding=1), *problem())


WORKLOADS = [
    Workload(
        "convolution",
        "convolution 3×3, 8 to 16 channels",
        {"numpy": by_hand, "tinytorch": tinytorch, "pytorch": pytorch},
        1.3,
    )
]
