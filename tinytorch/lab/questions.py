"""What an engine is asked: small expressions, differentiated, with gradients known from elsewhere."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["QUESTIONS", "Engine", "agrees", "gelu_slope", "optimizers"]

Answer = tuple[str, Any, Any]  # the name of a value, what it is, what it should be


class Engine:
    """The installed modules, and leaves to differentiate by."""

    def __init__(self, autograd: Any) -> None:
        self.autograd = autograd
        self.tensor = importlib.import_module("tinytorch.core.tensor").Tensor
        for name in ("activations", "losses"):
            setattr(self, name, importlib.import_module(f"tinytorch.core.{name}"))

    def leaf(self, data: Any) -> Any:
        return self.tensor(np.array(data, dtype=np.float64), requires_grad=True)

    def constant(self, data: Any) -> Any:
        return self.tensor(np.array(data, dtype=np.float64))


def _recorded(engine: Engine) -> Iterator[Answer]:
    x = engine.leaf([2.0, 3.0])
    y = x + x
    yield "whether x + x requires a gradient when x does", y.requires_grad, True
    yield "whether x + x remembers its operation (_grad_fn)", y._grad_fn is not None, True
    c = engine.constant([1.0])
    yield "whether c + c requires a gradient when c does not", (c + c).requires_grad, False


def _sums(engine: Engine) -> Iterator[Answer]:
    a, b, c = engine.leaf([1.0, 2.0]), engine.leaf([3.0, 4.0]), engine.leaf([5.0, 6.0])
    (a + b - c).backward([10.0, 20.0])
    yield "the gradient of `a` in a + b - c", a.grad, [10.0, 20.0]
    yield "the gradient of `b` in a + b - c", b.grad, [10.0, 20.0]
    yield "the gradient of `c` in a + b - c", c.grad, [-10.0, -20.0]
    x = engine.leaf([1.0, 2.0])
    (5.0 - (x - 3.0) + engine.constant([1.0, 1.0])).backward([1.0, 10.0])
    yield "the gradient of `x` in 5 - (x - 3) + c", x.grad, [-1.0, -10.0]
    x.grad = None
    (x + x).backward([1.0, 10.0])
    yield "the gradient of `x` in x + x", x.grad, [2.0, 20.0]


def _products(engine: Engine) -> Iterator[Answer]:
    a, b = engine.leaf([2.0, 3.0]), engine.leaf([4.0, 5.0])
    (a * b).backward([1.0, 10.0])
    yield "the gradient of `a` in a * b", a.grad, [4.0, 50.0]
    yield "the gradient of `b` in a * b", b.grad, [2.0, 30.0]
    x, c = engine.leaf([3.0, 5.0]), engine.constant([2.0, 4.0])
    (x * c).backward([1.0, 1.0])
    yield "the gradient of `x` in x * c, for a constant c", x.grad, [2.0, 4.0]
    x.grad = None
    (c * x).backward([1.0, 1.0])
    yield "the gradient of `x` in c * x, for a constant c", x.grad, [2.0, 4.0]
    x.grad = None
    (x * x).backward([1.0, 10.0])
    yield "the gradient of `x` in x * x", x.grad, [6.0, 100.0]


def _quotients(engine: Engine) -> Iterator[Answer]:
    a, b = engine.leaf([2.0, 3.0]), engine.leaf([4.0, 5.0])
    (a / b).backward([1.0, 10.0])
    yield "the gradient of `a` in a / b", a.grad, [0.25, 2.0]
    yield "the gradient of `b` in a / b", b.grad, [-0.125, -1.2]
    x = engine.leaf([2.0, 4.0])
    (x / 2.0 + 1.0 / x).backward([1.0, 1.0])
    yield "the gradient of `x` in x / 2 + 1 / x", x.grad, [0.25, 0.4375]
    table, row = engine.leaf([[1.0, 2.0], [3.0, 4.0]]), engine.leaf([2.0, 4.0])
    (table / row).backward(np.ones((2, 2)))
    yield "the gradient of `row`, (2,), in table / row with a table of shape (2, 2)", row.grad, [-1.0, -0.375]


def _bias(engine: Engine) -> Iterator[Answer]:
    x, bias = engine.leaf([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), engine.leaf([0.5, -0.5])
    (x + bias).backward([[1.0, 2.0], [10.0, 20.0], [100.0, 200.0]])
    yield "the gradient of `bias`, (2,), in x + bias with x of shape (3, 2)", bias.grad, [111.0, 222.0]
    column, row = engine.leaf([[1.0], [2.0], [3.0]]), engine.leaf([[4.0, 5.0]])
    (column * row).backward(np.ones((3, 2)))
    yield "the gradient of `column`, (3, 1), in column * row", column.grad, [[9.0], [9.0], [9.0]]
    yield "the gradient of `row`, (1, 2), in column * row", row.grad, [[6.0, 6.0]]
    gradient = np.arange(24.0).reshape(2, 3, 4)
    for shape, axes in [
        ((), (0, 1, 2)),
        ((1,), (0, 1, 2)),
        ((3, 1), (0, 2)),
        ((2, 1, 4), (1,)),
        ((1, 3, 1), (0, 2)),
        ((3, 4), (0,)),
    ]:
        right = gradient.sum(axis=axes).reshape(shape)
        big, small = engine.leaf(np.ones((2, 3, 4))), engine.leaf(np.ones(shape))
        (big + small).backward(gradient)
        yield f"the gradient of `b` in a + b with shapes (2, 3, 4) and {shape}", small.grad, right
        small.grad = None
        (big - small).backward(gradient)
        yield f"the gradient of `b` in a - b with shapes (2, 3, 4) and {shape}", small.grad, -right
    square, line = engine.leaf(np.ones((3, 3))), engine.leaf([1.0, 2.0, 3.0])
    (square + line).backward(np.arange(9.0).reshape(3, 3))
    yield "the gradient of `b` in a + b with shapes (3, 3) and (3,)", line.grad, [9.0, 12.0, 15.0]


def _matmul(engine: Engine) -> Iterator[Answer]:
    a, b = engine.leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), engine.leaf([[1.0, -1.0], [2.0, 0.0], [0.5, 3.0]])
    gradient = np.array([[1.0, 2.0], [3.0, -1.0]])
    (a @ b).backward(gradient)
    yield "the gradient of `a` in a @ b", a.grad, gradient @ b.data.T
    yield "the gradient of `b` in a @ b", b.grad, a.data.T @ gradient


def _reductions(engine: Engine) -> Iterator[Answer]:
    x = engine.leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    x.sum(axis=1).backward([1.0, 10.0])
    yield "the gradient of x.sum(axis=1)", x.grad, [[1.0] * 3, [10.0] * 3]
    x.grad = None
    x.mean().backward()
    yield "the gradient of x.mean()", x.grad, np.full((2, 3), 1 / 6)


def _moving(engine: Engine) -> Iterator[Answer]:
    gradient = np.arange(6.0)
    x = engine.leaf(np.ones((2, 3)))
    x.reshape(6).backward(gradient)
    yield "the gradient of x.reshape(6)", x.grad, gradient.reshape(2, 3)
    x.grad = None
    x.transpose().backward(gradient.reshape(3, 2))
    yield "the gradient of x.transpose()", x.grad, gradient.reshape(3, 2).T
    y, gradient = engine.leaf(np.ones((2, 3, 4))), np.arange(24.0).reshape(4, 2, 3)
    y.permute(2, 0, 1).backward(gradient)
    yield "the gradient of y.permute(2, 0, 1)", y.grad, gradient.transpose(1, 2, 0)


def _picking(engine: Engine) -> Iterator[Answer]:
    x = engine.leaf([1.0, 2.0, 3.0, 4.0])
    x[1:3].backward([5.0, 7.0])
    yield "the gradient of x[1:3]", x.grad, [0.0, 5.0, 7.0, 0.0]
    table = engine.leaf([[1.0], [2.0], [3.0]])
    table[np.array([0, 2, 0])].backward([[1.0], [10.0], [100.0]])
    yield "the gradient of table[[0, 2, 0]]", table.grad, [[101.0], [0.0], [10.0]]


def gelu_slope(a: np.ndarray) -> np.ndarray:
    scale = np.sqrt(2 / np.pi)
    t = np.tanh(scale * (a + 0.044715 * a**3))
    return 0.5 * (1 + t) + 0.5 * a * (1 - t * t) * scale * (1 + 3 * 0.044715 * a * a)


def _activations(engine: Engine) -> Iterator[Answer]:
    data, gradient = np.array([[-2.0, 0.5, 1.0], [3.0, -0.25, 2.0]]), np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 1.0]])
    sigmoid, tanh = 1 / (1 + np.exp(-data)), np.tanh(data)
    soft = np.exp(data) / np.exp(data).sum(axis=1, keepdims=True)
    gelu = gelu_slope(data)
    expected = {
        "ReLU": gradient * (data > 0),
        "Sigmoid": gradient * sigmoid * (1 - sigmoid),
        "Tanh": gradient * (1 - tanh**2),
        "GELU": gradient * gelu,
        "Softmax": soft * (gradient - (gradient * soft).sum(axis=1, keepdims=True)),
    }
    for name, right in expected.items():
        x = engine.leaf(data)
        getattr(engine.activations, name)()(x).backward(gradient)
        yield f"the gradient of {name}()(x)", x.grad, right


def _losses(engine: Engine) -> Iterator[Answer]:
    pred, target = engine.leaf([[0.2, 0.9], [0.6, 0.5]]), engine.constant([[0.0, 1.0], [1.0, 0.0]])
    difference = pred.data - target.data
    engine.losses.MSELoss()(pred, target).backward()
    yield "the gradient of MSELoss()(pred, target)", pred.grad, difference / 2
    pred.grad = None
    engine.losses.BinaryCrossEntropyLoss()(pred, target).backward()
    right = difference / (pred.data * (1 - pred.data)) / 4
    yield "the gradient of BinaryCrossEntropyLoss()(pred, target)", pred.grad, right
    logits, classes = engine.leaf([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]]), np.array([2, 1])
    engine.losses.CrossEntropyLoss()(logits, engine.tensor(classes)).backward()
    soft = np.exp(logits.data) / np.exp(logits.data).sum(axis=1, keepdims=True)
    yield "the gradient of CrossEntropyLoss()(logits, target)", logits.grad, (soft - np.eye(3)[classes]) / 2


def _shared(engine: Engine) -> Iterator[Answer]:
    x = engine.leaf([3.0])
    (x * x + x).backward([1.0])
    yield "the gradient of `x` in x * x + x at x = 3", x.grad, [7.0]
    x = engine.leaf([2.0])
    y = x * x
    z = y * y + y  # y is used three times: all of it has to be known before going back to x
    (z * y).backward([1.0])
    yield "the gradient of `x` in z * y, where y = x * x and z = y * y + y, at x = 2", x.grad, [224.0]
    x = engine.leaf([1.0])
    total = x
    for _ in range(10):
        total = total + total
    total.backward([1.0])
    yield "the gradient after ten doublings", x.grad, [1024.0]


def _accumulated(engine: Engine) -> Iterator[Answer]:
    x = engine.leaf([1.0, 2.0])
    for times in (1, 2):
        (x * 3.0).sum().backward()
        yield f"the gradient of 3 x after {times} backward pass{'es' * (times > 1)}", x.grad, [3.0 * times] * 2
    x.zero_grad()
    yield "whether the gradient is gone after zero_grad()", x.grad is None, True
    a, b = engine.leaf([1.0, 2.0]), engine.leaf([3.0, 4.0])
    (a + b).backward([1.0, 1.0])
    yield "whether `a` and `b` in a + b share the memory of their gradients", np.shares_memory(a.grad, b.grad), False
    half = engine.tensor(np.ones(2, np.float32), requires_grad=True)
    (half * 2.0).sum().backward()
    yield "the dtype of the gradient of a float32 tensor", str(half.grad.dtype), "float32"


def _two_layers(engine: Engine) -> Iterator[Answer]:
    rng = np.random.default_rng(6)
    arrays = [rng.normal(size=shape) for shape in [(3, 4), (4,), (4, 2), (2,)]]
    x, target = engine.constant(rng.normal(size=(5, 3))), engine.constant(rng.normal(size=(5, 2)))

    def loss(*parameters: Any) -> Any:
        w1, b1, w2, b2 = parameters
        hidden = engine.activations.ReLU()(x @ w1 + b1)
        return engine.losses.MSELoss()(hidden @ w2 + b2, target)

    parameters = [engine.leaf(array) for array in arrays]
    loss(*parameters).backward(retain_graph=False)
    for name, parameter, array in zip(
        ["first weight", "first bias", "second weight", "second bias"], parameters, arrays
    ):
        slopes = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            ends = []
            for step in (1e-6, -1e-6):
                old = array[place]
                array[place] = old + step
                ends.append(float(loss(*map(engine.constant, arrays)).data))
                array[place] = old
            slopes[place] = (ends[0] - ends[1]) / 2e-6
        yield f"the gradient of the {name} of two layers, compared with measured slopes", parameter.grad, slopes


# Each question, with the parts of Module 06 that it needs most, the most probable ones first.
QUESTIONS: list[tuple[Callable[[Engine], Iterator[Answer]], tuple[str, ...]]] = [
    (_recorded, ("tracked", "record")),
    (_sums, ("AddBackward", "SubBackward", "backward", "propagate")),
    (_products, ("MulBackward",)),
    (_quotients, ("DivBackward",)),
    (_bias, ("unbroadcast", "AddBackward", "SubBackward", "MulBackward")),
    (_matmul, ("MatmulBackward",)),
    (_reductions, ("SumBackward",)),
    (_moving, ("ReshapeBackward", "TransposeBackward", "PermuteBackward")),
    (_picking, ("SliceBackward",)),
    (_activations, ("ReLUBackward", "SigmoidBackward", "GELUBackward", "SoftmaxBackward")),
    (_losses, ("MSEBackward", "CrossEntropyBackward")),
    (_shared, ("topological_order", "propagate", "backward")),
    (_accumulated, ("backward", "propagate")),
    (_two_layers, ("topological_order", "propagate", "backward", "tracked")),
]


def optimizers(engine: Engine) -> Iterator[tuple[str, str, Any, Any]]:
    """Questions to Module 07: the exercise behind each, the name of a value, what it is, what it should be."""
    home = importlib.import_module("tinytorch.core.optimizers")

    def stepped(kind: str, grads: list[list[float]], **settings: Any) -> tuple[Any, Any]:
        w = engine.leaf([1.0, -2.0])
        optimizer = getattr(home, kind)([w], lr=0.1, **settings)
        for grad in grads:
            w.grad = np.array(grad)
            optimizer.step()
        return w, optimizer

    w, _ = stepped("SGD", [[1.0, -1.0], [0.0, 0.0], [2.0, 1.0]], momentum=0.5)
    yield "07.6", "a parameter after three steps of SGD with momentum 0.5", w.data, [0.625, -1.925]
    w, _ = stepped("SGD", [[1.0, 1.0]], weight_decay=0.5)
    yield "07.5 or 07.6", "a parameter after a step of SGD with weight decay 0.5", w.data, [0.85, -2.0]
    w, _ = stepped("SGD", [[1.0, 1.0]] * 2, momentum=0.5, weight_decay=0.5)
    yield "07.6", "a parameter after two steps of SGD with momentum and weight decay 0.5", w.data, [0.6325, -2.0]
    first, second = engine.leaf([1.0, 1.0]), engine.leaf([1.0, 1.0])
    array, optimizer = second.data, home.SGD([first, second], lr=0.5, momentum=0.5)
    second.grad = np.array([1.0, -1.0])
    optimizer.step()
    yield "07.4", "the first of two parameters, which has no gradient, after a step of SGD", first.data, [1.0, 1.0]
    yield "07.4", "the second one, which has a gradient", second.data, [0.5, 1.5]
    first.grad = np.array([2.0, 2.0])
    optimizer.step()
    yield "07.3 or 07.4", "the first one after its own first step of SGD with momentum", first.data, [0.0, 0.0]
    yield "07.3 or 07.4", "the second one after two steps of SGD with momentum 0.5", second.data, [-0.25, 2.25]
    yield "07.6", "whether its data is still the same array", second.data is array, True
    optimizer.zero_grad()
    yield "07.4", "whether the gradients are gone after zero_grad()", first.grad is None and second.grad is None, True
    grads, right, mean, square = [[4.0, -1.0], [2.0, 1.0]], np.array([1.0, -2.0]), 0.0, 0.0
    for t, grad in enumerate(map(np.array, grads), start=1):
        mean, square = 0.5 * mean + 0.5 * grad, 0.8 * square + 0.2 * grad**2
        right -= 0.1 * (mean / (1 - 0.5**t)) / (np.sqrt(square / (1 - 0.8**t)) + 0.5)
    w, optimizer = stepped("Adam", grads, betas=(0.5, 0.8), eps=0.5)
    yield "07.8", "a parameter after two steps of Adam", w.data, right
    saved = optimizer.state_dict()
    w.grad = np.array([-3.0, 2.0])
    optimizer.step()
    other = engine.leaf(right)
    restored = home.Adam([other], lr=1.0)
    restored.load_state_dict(saved)
    other.grad = w.grad
    restored.step()
    yield "07.10", "a third step of Adam, by an optimizer that took over the state from before it", other.data, w.data
    w, _ = stepped("AdamW", [[4.0, -1.0], [0.0, 0.0]], weight_decay=0.5, betas=(0.0, 0.0))
    yield "07.9", "a parameter after two steps of AdamW with weight decay 0.5", w.data, [0.8075, -1.71]


def agrees(got: Any, right: Any) -> bool:
    if right is None or isinstance(right, (bool, str)):
        return bool(got == right) if right is not None else got is None
    if got is None or np.shape(got) != np.shape(right):
        return False
    return bool(np.allclose(np.asarray(got, float), np.asarray(right, float), rtol=1e-4, atol=1e-7))
