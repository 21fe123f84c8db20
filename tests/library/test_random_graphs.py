"""Random expressions of up to 200 operations, in which results are used again and again, against HIPS autograd.

Rules that are right one by one still lose, overwrite or misorder gradients where paths meet: only such graphs show it.
"""

import random
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import make_vjp

from tinytorch import Tensor

# Each operation, for TinyTorch and for HIPS autograd. All keep numbers of moderate size moderate.
UNARY: dict[str, tuple[Any, Any]] = {
    "negative": (lambda x: -x, lambda x: -x),
    "square": (lambda x: x**2, lambda x: x**2),
    "reciprocal": (lambda x: 1.0 / (x * x + 1.0), lambda x: 1.0 / (x * x + 1.0)),
    "from three": (lambda x: 3 - x, lambda x: 3 - x),
    "half": (lambda x: x / 2, lambda x: x / 2),
    "exp": (lambda x: (x * -x).exp(), lambda x: anp.exp(x * -x)),
    "log": (lambda x: (x * x + 1.0).log(), lambda x: anp.log(x * x + 1.0)),
    "sqrt": (lambda x: (x * x + 0.5).sqrt(), lambda x: anp.sqrt(x * x + 0.5)),
    "double": (lambda x: x + x, lambda x: x + x),
    "transpose": (lambda x: x.transpose(), lambda x: anp.swapaxes(x, -1, -2)),
    "permute": (lambda x: x.permute(1, 0), lambda x: anp.transpose(x, (1, 0))),
    "flat and back": (lambda x: x.reshape(-1).reshape(3, 3), lambda x: anp.reshape(anp.reshape(x, (-1,)), (3, 3))),
    "row": (lambda x: x[1], lambda x: x[1]),
    "column": (lambda x: x[:, 2:], lambda x: x[:, 2:]),
    "twice the first row": (lambda x: x[[0, 0, 1]], lambda x: x[[0, 0, 1]]),
    "total": (lambda x: x.sum(), lambda x: anp.sum(x)),
    "row sums": (lambda x: x.sum(axis=1, keepdims=True), lambda x: anp.sum(x, axis=1, keepdims=True)),
    "column means": (lambda x: x.mean(axis=0), lambda x: anp.sum(x, axis=0) / 3),
    "row maxima": (lambda x: x.max(axis=-1, keepdims=True), lambda x: anp.max(x, axis=-1, keepdims=True)),
}
BINARY: dict[str, tuple[Any, Any]] = {
    "add": (lambda x, y: x + y, lambda x, y: x + y),
    "subtract": (lambda x, y: x - y, lambda x, y: x - y),
    "multiply": (lambda x, y: x * y, lambda x, y: x * y),
    "divide": (lambda x, y: x / (y * y + 1.0), lambda x, y: x / (y * y + 1.0)),
    "matmul": (lambda x, y: x @ y, lambda x, y: anp.matmul(x, y)),
}
LEAF_SHAPES = [(3, 3), (3, 3), (3,), (3, 1), ()]


def squash(x: Any) -> Any:
    """x / sqrt(1 + x²), in either library's operations: brings large numbers back."""
    return x / (x * x + 1.0) ** 0.5


def broadcast(x: Any, ones: np.ndarray) -> Any:
    """x in the shape (3, 3)."""
    return x * ones


def random_program(seed: int, length: int) -> list[tuple[str, int, int]]:
    """`length` operations; each names one or two earlier results, recent ones more often."""
    choose = random.Random(seed)
    program = []
    for number in range(length):
        count = len(LEAF_SHAPES) + number
        first = choose.randrange(count) if choose.random() < 0.3 else max(0, count - 1 - int(choose.expovariate(0.4)))
        second = first if choose.random() < 0.15 else choose.randrange(count)
        program.append((choose.choice([*UNARY, *BINARY, *BINARY]), first, second))
    return program


def evaluate(program: list[tuple[str, int, int]], leaves: list[Any], side: int) -> Any:
    """Run the program with TinyTorch (side 0) or HIPS autograd (side 1); every result counts in the total."""
    ones = np.ones((3, 3))
    results = [*leaves]
    for name, first, second in program:
        x = broadcast(results[first], ones)
        y = results[second]
        if name == "matmul" and not y.shape:
            y = broadcast(y, ones)
        value = UNARY[name][side](x) if name in UNARY else BINARY[name][side](x, y)
        results.append(squash(value))
    total = 0.0
    for number, result in enumerate(results):
        if number % 3 == 0 or number == len(results) - 1:
            total = total + broadcast(result, ones) * (1.0 + 0.01 * number)
    return total


@pytest.mark.parametrize("seed", range(60))
def test_gradients_of_random_graphs_agree_with_hips_autograd(seed):
    program = random_program(seed, length=3 + (seed * 197) // 59)
    rng = np.random.default_rng(seed)
    arrays = [np.asarray(rng.standard_normal(shape)) for shape in LEAF_SHAPES]
    gradient = rng.standard_normal((3, 3))

    pullback, expected = make_vjp(lambda leaves: evaluate(program, leaves, 1))(arrays)
    right = pullback(gradient)

    leaves = [Tensor(array.copy(), requires_grad=True) for array in arrays]
    result = evaluate(program, leaves, 0)
    np.testing.assert_allclose(result.data, expected, rtol=1e-12, atol=1e-12)
    result.backward(gradient.copy())
    for leaf, array, grad in zip(leaves, arrays, right):
        np.testing.assert_array_equal(leaf.data, array)
        if leaf.grad is None:  # the program did not use it
            assert not np.any(grad)
        else:
            np.testing.assert_allclose(leaf.grad, grad, rtol=1e-9, atol=1e-10)

    # Once more, over the graph that is still there: everything doubles, so nothing was overwritten on the way.
    result.backward(gradient)
    for leaf, grad in zip(leaves, right):
        if leaf.grad is not None:
            np.testing.assert_allclose(leaf.grad, 2 * grad, rtol=1e-9, atol=1e-10)


def test_the_random_graphs_use_every_operation_and_reach_two_hundred():
    programs = [random_program(seed, length=3 + (seed * 197) // 59) for seed in range(60)]
    assert {name for program in programs for name, _, _ in program} == {*UNARY, *BINARY}
    assert max(map(len, programs)) == 200
