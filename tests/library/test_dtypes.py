"""float32 stays float32, float64 stays float64: through every operation, its result and its gradient."""

import operator

import numpy as np
import pytest

from tinytorch import (
    GELU,
    BinaryCrossEntropyLoss,
    CrossEntropyLoss,
    Dropout,
    Linear,
    MSELoss,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
    Tensor,
    log_softmax,
)
from tinytorch.core.autograd import Function, record

BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
NUMBERS = [2, 2.5, True, np.float64(1.5), np.float32(1.5), np.float16(1.5), np.int64(3), np.int8(3), np.bool_(True)]
classes = Tensor(np.array([0, 2]))
half = Tensor(np.full((2, 3), 0.5, np.float32))

FUNCTIONS = {
    "-x": lambda x: -x,
    "exp": lambda x: x.exp(),
    "log": lambda x: x.log(),
    "sqrt": lambda x: x.sqrt(),
    "sum": lambda x: x.sum(),
    "sum rows": lambda x: x.sum(axis=1, keepdims=True),
    "mean": lambda x: x.mean(),
    "mean rows": lambda x: x.mean(axis=0),
    "max": lambda x: x.max(),
    "max rows": lambda x: x.max(axis=1),
    "reshape": lambda x: x.reshape(6),
    "transpose": lambda x: x.transpose(),
    "T": lambda x: x.T,
    "permute": lambda x: x.permute(1, 0),
    "slice": lambda x: x[0],
    "element": lambda x: x[0, 1],
    "gather": lambda x: x[[0, 0]],
    "mask": lambda x: x[np.array([True, False])],
    "matmul": lambda x: x @ x.T,
    "dot": lambda x: x[0] @ x[1],
    "vector": lambda x: x @ x[0],
    "square": lambda x: x**2,
    "root": lambda x: x**0.5,
    "x + x": lambda x: x + x,
    "0-d": lambda x: x.sum() * x.mean() + 1 - x.max() / 2,
    "0-d and 2-d": lambda x: x * x.sum(),
    "relu": ReLU(),
    "sigmoid": Sigmoid(),
    "tanh": Tanh(),
    "gelu": GELU(),
    "softmax": Softmax(),
    "log_softmax": log_softmax,
    "dropout": Dropout(0.5),
    "mse": lambda x: MSELoss()(x, half),
    "bce": lambda x: BinaryCrossEntropyLoss()(x, half),
    "cross entropy": lambda x: CrossEntropyLoss()(x, classes),
}


def tensor(dtype):
    return Tensor(np.array([[0.5, 0.25, 0.75], [0.125, 0.5, 0.25]], dtype), requires_grad=True)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_operation_and_its_gradient_keep_the_dtype(function, dtype):
    x = tensor(dtype)
    result = function(x)
    assert type(result.data) is np.ndarray
    assert result.dtype == dtype
    result.backward(np.ones(result.shape))  # float64: even so
    assert type(x.grad) is np.ndarray
    assert x.grad.dtype == dtype


class Arrival(Function):
    """Passes its gradient on, and notes its dtype: a leaf's own says nothing, for it is converted at the end."""

    def apply(self, grad_output):
        self.dtype = grad_output.dtype
        return (grad_output,)


def with_arrival(x):
    """The same numbers, as the result of an operation that notes what arrives for it on the way back."""
    return record(Tensor(x.data), Arrival(x))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_gradients_keep_the_dtype_on_the_way_too(function, dtype):
    x = with_arrival(tensor(dtype))
    result = function(x)
    result.backward(np.ones(result.shape))
    assert x._grad_fn.dtype == dtype


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: f"{type(number).__name__}")
@pytest.mark.parametrize("operation", BINARY, ids=lambda operation: operation.__name__)
@pytest.mark.parametrize("shape", [(2, 3), ()], ids=["2-d", "0-d"])
def test_a_number_on_either_side_does_not_promote(operation, number, dtype, shape):
    for function in (lambda x: operation(x, number), lambda x: operation(number, x)):
        x = Tensor(np.full(shape, 0.5, dtype), requires_grad=True)
        result = function(x)
        assert isinstance(result, Tensor)
        assert result.dtype == dtype
        result.backward(np.ones(shape, dtype))
        assert x.grad.dtype == dtype
        x = with_arrival(x)
        function(x).backward(np.ones(shape, dtype))
        assert x._grad_fn.dtype == dtype


@pytest.mark.parametrize("operation", [*BINARY, operator.matmul], ids=lambda operation: operation.__name__)
def test_a_float32_leaf_beside_a_float64_array_gets_a_float32_gradient(operation):
    for function in (lambda x, y: operation(x, y), lambda x, y: operation(y, x)):
        for other in (np.eye(3) + 1, Tensor(np.eye(3) + 1)):
            x = Tensor(np.full((3, 3), 0.5, np.float32), requires_grad=True)
            result = function(x, other)
            assert result.dtype == np.float64
            result.sum().backward()
            assert x.grad.dtype == np.float32


def test_each_leaf_gets_its_own_dtype():
    single, double = Tensor(np.ones(2, np.float32), requires_grad=True), Tensor(np.ones(2), requires_grad=True)
    ((single * double) * single).sum().backward()
    assert single.grad.dtype == np.float32
    assert double.grad.dtype == np.float64
    np.testing.assert_array_equal(single.grad, [2.0, 2.0])


def test_parameters_and_their_gradients_are_float32():
    layer = Linear(3, 2)
    layer(Tensor(np.ones((4, 3), np.float32))).sum().backward()
    for parameter in layer.parameters():
        assert parameter.dtype == np.float32
        assert parameter.grad.dtype == np.float32


def test_accumulating_keeps_the_dtype():
    x = tensor(np.float32)
    for _ in range(3):
        (x * np.ones((2, 3))).sum().backward()
    assert x.grad.dtype == np.float32


def test_an_integer_tensor_cannot_require_gradients():
    with pytest.raises(TypeError, match="int64"):
        Tensor(np.array([1, 2]), requires_grad=True)


def test_an_integer_result_of_a_tracked_tensor_does_not_exist():
    x = tensor(np.float32)
    for function in (lambda x: x * Tensor(np.array(2)), lambda x: x + np.array([1, 2, 3])):
        result = function(x)
        assert result.dtype.kind == "f"
        assert result.requires_grad
