"""Gradients by central differences, arrays in every layout, and the strategies that make shapes and numbers."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinytorch import Tensor

seeds = st.integers(0, 2**32 - 1)
shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=3)
shapes_or_empty = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)
shape_pairs = hnp.mutually_broadcastable_shapes(num_shapes=2, min_dims=0, max_dims=4, min_side=0, max_side=3).map(
    lambda shapes: shapes.input_shapes
)
layouts = st.sampled_from(["plain", "fortran", "every other", "backwards", "transposed", "read-only"])


def laid_out(array: np.ndarray, layout: str) -> np.ndarray:
    """The same numbers, in memory that is laid out in another way."""
    if layout == "fortran":
        return np.array(array, order="F")
    if layout == "every other" and array.ndim:
        wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), np.nan, array.dtype)
        wide[..., ::2] = array
        return wide[..., ::2]
    if layout == "backwards" and array.ndim:
        return np.ascontiguousarray(array[::-1])[::-1]
    if layout == "transposed" and array.ndim > 1:
        return np.ascontiguousarray(array.swapaxes(0, -1)).swapaxes(0, -1)
    if layout == "read-only":
        array = array.copy()
        array.setflags(write=False)
    return array


def numbers(shape: tuple[int, ...], seed: int, kind: str = "any") -> np.ndarray:
    """float64 numbers of moderate size.

    ``any``: normal. ``positive``: from 0.5 to 2. ``away``: from 0.5 to 2 with either sign. ``distinct``: no two nearer
    than 0.1, nor any nearer than that to 0.
    """
    rng = np.random.default_rng(seed)
    if kind == "any":
        return np.asarray(rng.standard_normal(shape))
    if kind in ("positive", "away"):
        size = np.asarray(rng.uniform(0.5, 2, shape))
        return size if kind == "positive" else np.asarray(size * rng.choice([-1.0, 1.0], shape))
    count = int(np.prod(shape, dtype=int))
    steps = rng.permutation(count) - count // 2
    return np.asarray(0.2 * (steps + 0.5)).reshape(shape)


def central_differences(
    function: Callable[..., np.ndarray], arrays: list[np.ndarray], gradient: np.ndarray, step: float = 1e-6
) -> list[np.ndarray]:
    """The gradients of sum(function(*arrays) * gradient), one entry after the other."""
    arrays = [np.array(array) for array in arrays]
    grads = []
    for array in arrays:
        assert array.dtype == np.float64
        grad = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            middle = array[place]
            array[place] = middle + step
            above = np.array(function(*arrays))  # a copy: it may be a view of `array`
            array[place] = middle - step
            below = np.array(function(*arrays))
            array[place] = middle
            grad[place] = np.sum((above - below) * gradient) / (2 * step)
        grads.append(grad)
    return grads


def check_gradients(
    function: Callable[..., Tensor], *arrays: np.ndarray, seed: int = 0, rtol: float = 1e-5, atol: float = 1e-6
) -> list[np.ndarray]:
    """Compare the gradients of `function` of these float64 arrays with central differences; and look after memory.

    Each gradient is an array of its own, in the shape and dtype of its tensor, and no input has changed.
    """
    tensors = [Tensor(array, requires_grad=True) for array in arrays]
    before = [array.copy() for array in arrays]
    result = function(*tensors)
    assert isinstance(result, Tensor)
    assert result.requires_grad, "the result does not require gradients"
    gradient = np.asarray(np.random.default_rng(seed).standard_normal(result.shape))
    given = gradient.copy()
    result.backward(gradient)
    np.testing.assert_array_equal(gradient, given, err_msg="backward changed the gradient that it was given")
    for array, copy in zip(arrays, before):
        np.testing.assert_array_equal(array, copy, err_msg="an input was changed")

    def plain(*values: np.ndarray) -> np.ndarray:
        return function(*(Tensor(value) for value in values)).data

    expected = central_differences(plain, list(arrays), gradient)
    grads = []
    for number, (tensor, right) in enumerate(zip(tensors, expected)):
        grad = tensor.grad
        assert type(grad) is np.ndarray, f"gradient {number} is a {type(grad).__name__}"
        assert grad.shape == tensor.shape
        assert grad.dtype == tensor.dtype
        assert grad.flags.writeable, f"gradient {number} is read-only"
        np.testing.assert_allclose(grad, right, rtol=rtol, atol=atol, err_msg=f"gradient {number}")
        grads.append(grad)
    own = [*arrays, gradient, result.data]
    for number, grad in enumerate(grads):
        assert not any(np.shares_memory(grad, other) for other in [*own, *grads[:number]]), (
            f"gradient {number} is shared"
        )
    return grads


def forward_and_gradients(function: Callable[..., Tensor], *arrays: np.ndarray) -> tuple[np.ndarray, list[Any]]:
    """The result of `function` and the gradients of its sum."""
    tensors = [Tensor(array, requires_grad=True) for array in arrays]
    result = function(*tensors)
    result.backward(np.ones_like(result.data))
    return result.data, [tensor.grad for tensor in tensors]
