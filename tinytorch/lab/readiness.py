"""Is the engine that a notebook runs on ready? Quick questions to the installed Module 06, and where to look if not.

From Module 07 on, notebooks run on the autograd that their reader wrote. A wrong gradient would surface there as an
optimizer that does not learn. So those notebooks begin with::

    from tinytorch.readiness import check_engine

    check_engine()

An engine is judged by what it does: small expressions, differentiated, against gradients known from elsewhere. How it
does that is its own affair, and a slow engine is ready. Only when an answer is wrong are the parts of Module 06 asked
one by one, to say which exercise to look at. Hand-written; needs NumPy only.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["EXERCISES", "EngineNotReady", "check_engine"]

# What the parts are called, and the exercise of Module 06 that makes each.
EXERCISES = {
    "Function": "06.2",
    "record": "06.3",
    "AddBackward": "06.4",
    "MulBackward": "06.4",
    "topological_order": "06.6",
    "propagate": "06.7",
    "backward": "06.8",
    "unbroadcast": "06.10",
    "SubBackward": "06.11",
    "DivBackward": "06.11",
    "MatmulBackward": "06.13",
    "SumBackward": "06.14",
    "ReshapeBackward": "06.15",
    "TransposeBackward": "06.15",
    "PermuteBackward": "06.15",
    "SliceBackward": "06.16",
    "EmbeddingBackward": "06.16",
    "ReLUBackward": "06.17",
    "SigmoidBackward": "06.17",
    "GELUBackward": "06.18",
    "SoftmaxBackward": "06.19",
    "MSEBackward": "06.20",
    "CrossEntropyBackward": "06.21",
    "tracked": "06.22",
}


# The modules of tinytorch.core that a notebook may need, and where each comes from.
_MODULES = {
    "tensor": "01_tensor",
    "activations": "02_activations",
    "layers": "03_layers",
    "losses": "04_losses",
    "dataloader": "05_dataloader",
    "autograd": "06_autograd",
    "optimizers": "07_optimizers",
    "training": "08_training",
    "convolutions": "09_convolutions",
    "tokenization": "10_tokenization",
    "embeddings": "11_embeddings",
    "attention": "12_attention",
}


class EngineNotReady(RuntimeError):
    """The installed Module 06 is missing or wrong; shown as a card instead of a traceback.

    Parameters
    ----------
    problem : str
        What is wrong, in one sentence.
    rows : dict of str to str
        The card's lines.
    exercises : tuple of str
        The exercises to look at, the most probable one first.
    """

    def __init__(self, problem: str, rows: dict[str, str], exercises: tuple[str, ...] = ()) -> None:
        self.problem, self.rows, self.exercises = problem, rows, exercises
        super().__init__(self.card())

    def card(self) -> str:
        """The card as plain text."""
        lines = [f"Your engine is not ready: {self.problem}"]
        for name, value in self.rows.items():
            first, *rest = value.splitlines() or [""]
            lines += [f"  {name:<10}{first}", *(" " * 12 + line for line in rest)]
        return "\n".join(lines)

    def _render_traceback_(self) -> list[str]:
        return self.card().splitlines()


# -- what is asked ----------------------------------------------------------------------------------------------------

Answer = tuple[str, Any, Any]  # the name of a value, what it is, what it should be


class _Engine:
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


def _recorded(engine: _Engine) -> Iterator[Answer]:
    x = engine.leaf([2.0, 3.0])
    y = x + x
    yield "whether x + x requires a gradient when x does", y.requires_grad, True
    yield "whether x + x remembers its operation (_grad_fn)", y._grad_fn is not None, True
    c = engine.constant([1.0])
    yield "whether c + c requires a gradient when c does not", (c + c).requires_grad, False


def _sums(engine: _Engine) -> Iterator[Answer]:
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


def _products(engine: _Engine) -> Iterator[Answer]:
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


def _quotients(engine: _Engine) -> Iterator[Answer]:
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


def _bias(engine: _Engine) -> Iterator[Answer]:
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


def _matmul(engine: _Engine) -> Iterator[Answer]:
    a, b = engine.leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), engine.leaf([[1.0, -1.0], [2.0, 0.0], [0.5, 3.0]])
    gradient = np.array([[1.0, 2.0], [3.0, -1.0]])
    (a @ b).backward(gradient)
    yield "the gradient of `a` in a @ b", a.grad, gradient @ b.data.T
    yield "the gradient of `b` in a @ b", b.grad, a.data.T @ gradient


def _reductions(engine: _Engine) -> Iterator[Answer]:
    x = engine.leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    x.sum(axis=1).backward([1.0, 10.0])
    yield "the gradient of x.sum(axis=1)", x.grad, [[1.0] * 3, [10.0] * 3]
    x.grad = None
    x.mean().backward()
    yield "the gradient of x.mean()", x.grad, np.full((2, 3), 1 / 6)


def _moving(engine: _Engine) -> Iterator[Answer]:
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


def _picking(engine: _Engine) -> Iterator[Answer]:
    x = engine.leaf([1.0, 2.0, 3.0, 4.0])
    x[1:3].backward([5.0, 7.0])
    yield "the gradient of x[1:3]", x.grad, [0.0, 5.0, 7.0, 0.0]
    table = engine.leaf([[1.0], [2.0], [3.0]])
    table[np.array([0, 2, 0])].backward([[1.0], [10.0], [100.0]])
    yield "the gradient of table[[0, 2, 0]]", table.grad, [[101.0], [0.0], [10.0]]


def _gelu_slope(a: np.ndarray) -> np.ndarray:
    scale = np.sqrt(2 / np.pi)
    t = np.tanh(scale * (a + 0.044715 * a**3))
    return 0.5 * (1 + t) + 0.5 * a * (1 - t * t) * scale * (1 + 3 * 0.044715 * a * a)


def _activations(engine: _Engine) -> Iterator[Answer]:
    data, gradient = np.array([[-2.0, 0.5, 1.0], [3.0, -0.25, 2.0]]), np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 1.0]])
    sigmoid, tanh = 1 / (1 + np.exp(-data)), np.tanh(data)
    soft = np.exp(data) / np.exp(data).sum(axis=1, keepdims=True)
    gelu = _gelu_slope(data)
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


def _losses(engine: _Engine) -> Iterator[Answer]:
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


def _shared(engine: _Engine) -> Iterator[Answer]:
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


def _accumulated(engine: _Engine) -> Iterator[Answer]:
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


def _two_layers(engine: _Engine) -> Iterator[Answer]:
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
_QUESTIONS: list[tuple[Callable[[_Engine], Iterator[Answer]], tuple[str, ...]]] = [
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


def _optimizers(engine: _Engine) -> Iterator[tuple[str, str, Any, Any]]:
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


# What every expression goes through, in the order in which these build on each other.
_SHARED = ("Function", "record", "unbroadcast", "topological_order", "propagate", "tracked")

# -- where to look ----------------------------------------------------------------------------------------------------


def _parts(engine: _Engine) -> Iterator[tuple[str, Callable[[], list[tuple[Any, Any]]]]]:
    """The parts of Module 06, each with a call that gives pairs of what came and what is right."""
    home = engine.autograd

    def of_rule(name: str, arrays: list[Any], gradient: Any, expected: list[Any], settings: Any = ()) -> Any:
        def ask() -> list[tuple[Any, Any]]:
            tensors = [engine.leaf(array) for array in arrays]
            extra = settings(*tensors) if callable(settings) else settings
            given = np.array(gradient)
            grads = getattr(home, name)(*tensors, *extra).apply(given)
            pairs = [(len(grads), len(expected)), *zip(grads, expected)]
            return [*pairs, (given, gradient), *[(tensor.data, array) for tensor, array in zip(tensors, arrays)]]

        return name, ask

    def function() -> list[tuple[Any, Any]]:
        a = engine.leaf([1.0])
        b = a + a  # not a leaf
        node = home.Function(a, b)
        targets, saved = node.next_functions, node.saved_tensors
        return [
            (len(saved), 2),
            (saved[0] is a and saved[1] is b, True),
            (targets[0] is a and targets[1] is b._grad_fn, True),
            (np.array(node.shapes), [[1], [1]]),
        ]

    def record() -> list[tuple[Any, Any]]:
        result, node = engine.constant([1.0]), home.Function(engine.leaf([1.0]))
        home.record(result, node)
        return [(result._grad_fn is node, True), (result.requires_grad, True)]

    def unbroadcast() -> list[tuple[Any, Any]]:
        grad = np.arange(24.0).reshape(2, 3, 4)
        shapes = [
            ((2, 3, 4), None),
            ((4,), (0, 1)),
            ((3, 4), (0,)),
            ((3, 1), (0, 2)),
            ((2, 1, 4), (1,)),
            ((), (0, 1, 2)),
            ((1, 3, 1), (0, 2)),
        ]
        pairs = []
        for shape, axes in shapes:
            right = grad if axes is None else grad.sum(axis=axes).reshape(shape)
            pairs.append((home.unbroadcast(grad, shape), right))
        return pairs

    def matmul() -> list[tuple[Any, Any]]:
        a, b, grad = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4) + 1, np.arange(8.0).reshape(2, 4)
        got = home.MatmulBackward(engine.leaf(a), engine.leaf(b)).apply(grad)
        return [(got[0], grad @ b.T), (got[1], a.T @ grad)]

    def order() -> list[tuple[Any, Any]]:
        x = engine.leaf([2.0])
        y = x * x
        z = y * y
        root = (z + y)._grad_fn
        nodes = list(home.topological_order(root))
        wanted = [root, z._grad_fn, y._grad_fn]
        return [(len(nodes), 3), (all(a is b for a, b in zip(nodes, wanted)), True)]

    def propagate() -> list[tuple[Any, Any]]:
        x, y = engine.leaf([2.0]), engine.leaf([5.0])
        pending: dict = {x: np.array([10.0])}
        home.propagate(home.AddBackward(x, y), np.array([1.0]), pending)
        home.propagate(home.AddBackward(x, x), np.array([1.0]), pending)
        z = engine.leaf([7.0])
        home.propagate(home.AddBackward(engine.constant([2.0]), z), np.array([4.0]), pending)
        return [(pending.get(x), [13.0]), (pending.get(y), [1.0]), (pending.get(z), [4.0])]

    def tracked() -> list[tuple[Any, Any]]:
        a, b = engine.leaf([1.0]), engine.constant([2.0])
        method = home.tracked(lambda self, other: engine.constant([3.0]), home.AddBackward)
        return [
            (method(a, b).requires_grad, True),
            (method(b, a).requires_grad, True),
            (method(b, b).requires_grad, False),
        ]

    pair, g = [[2.0, 3.0], [4.0, 5.0]], [1.0, 10.0]
    data = np.array([[-2.0, 0.5], [3.0, -0.25]])
    out = 1 / (1 + np.exp(-data))
    soft = np.exp(data) / np.exp(data).sum(axis=1, keepdims=True)
    ones = np.ones((2, 2))
    yield "Function", function
    yield "record", record
    yield "unbroadcast", unbroadcast
    yield of_rule("AddBackward", pair, g, [g, g])
    yield of_rule("SubBackward", pair, g, [g, [-1.0, -10.0]])
    yield of_rule("MulBackward", pair, g, [[4.0, 50.0], [2.0, 30.0]])
    yield of_rule("DivBackward", pair, g, [[0.25, 2.0], [-0.125, -1.2]])
    yield "MatmulBackward", matmul
    yield of_rule("SumBackward", [data], g, [[[1.0, 1.0], [10.0, 10.0]]], (1,))
    yield of_rule("ReshapeBackward", [data], np.arange(4.0), [[[0.0, 1.0], [2.0, 3.0]]], ((2, 2),))
    yield of_rule("TransposeBackward", [data], [[0.0, 1.0], [2.0, 3.0]], [[[0.0, 2.0], [1.0, 3.0]]])
    grad = np.arange(24.0).reshape(4, 2, 3)
    yield of_rule("PermuteBackward", [np.ones((2, 3, 4))], grad, [grad.transpose(1, 2, 0)], ((2, 0, 1),))
    yield of_rule("SliceBackward", [[1.0, 2.0, 3.0]], [1.0, 10.0], [[11.0, 0.0, 0.0]], (np.array([0, 0]),))
    yield of_rule("SliceBackward", [[1.0, 2.0, 3.0]], [1.0, 10.0], [[0.0, 1.0, 10.0]], (slice(1, 3),))
    yield of_rule("ReLUBackward", [data], ones, [data > 0], lambda x: (engine.constant(np.maximum(data, 0)),))
    yield of_rule("SigmoidBackward", [data], ones, [out * (1 - out)], lambda x: (engine.constant(out),))
    yield of_rule("GELUBackward", [data], ones, [_gelu_slope(data)])
    grad = np.array([[1.0, 2.0], [-1.0, 0.5]])
    right = soft * (grad - (grad * soft).sum(axis=1, keepdims=True))
    yield of_rule("SoftmaxBackward", [data], grad, [right], lambda x: (engine.constant(soft),))
    yield of_rule("MSEBackward", [[0.2, 0.9], [0.0, 1.0]], 1.0, [[0.2, -0.1], [-0.2, 0.1]])

    def cross_entropy() -> list[tuple[Any, Any]]:
        node = home.CrossEntropyBackward(engine.leaf(data), engine.tensor(np.array([1, 0])))
        return [(node.apply(np.array(1.0))[0], (soft - np.eye(2)[[1, 0]]) / 2)]

    yield "CrossEntropyBackward", cross_entropy
    yield "topological_order", order
    yield "propagate", propagate
    yield "tracked", tracked


def _agrees(got: Any, right: Any) -> bool:
    if right is None or isinstance(right, (bool, str)):
        return bool(got == right) if right is not None else got is None
    if got is None or np.shape(got) != np.shape(right):
        return False
    return bool(np.allclose(np.asarray(got, float), np.asarray(right, float), rtol=1e-4, atol=1e-7))


def _wrong_parts(engine: _Engine) -> list[str]:
    """The names of the parts that answer wrongly when they are asked directly."""
    wrong = []
    for name, ask in _parts(engine):
        if not hasattr(engine.autograd, name):
            continue  # built in another way, which is nobody's business
        try:
            good = all(_agrees(got, right) for got, right in ask())
        except Exception:
            good = False
        if not good and name not in wrong:
            wrong.append(name)
    return wrong


def _exercises(engine: _Engine, parts: tuple[str, ...], error: Exception | None) -> tuple[str, ...]:
    named = re.match(r"(06\.\d+) ", str(error)) if isinstance(error, NotImplementedError) else None
    if named:
        return (named.group(1),)
    wrong = _wrong_parts(engine)
    failed = re.search(r"(\w+Backward)\.apply failed", str(error))
    if failed and not set(wrong) & set(_SHARED) and failed.group(1) in EXERCISES:
        return (EXERCISES[failed.group(1)],)
    shared = [name for name in wrong if name in _SHARED]  # a rule that needs a wrong one of these is not to blame
    found = (
        [name for name in shared if name in parts][:1]
        or shared[:1]
        or [name for name in wrong if name in parts]
        or wrong[:1]
        or list(parts)
    )
    return tuple(dict.fromkeys(EXERCISES[name] for name in found))


def _show(value: Any) -> str:
    if isinstance(value, (bool, str)) or value is None:
        return str(value)
    with np.printoptions(precision=5, suppress=True):
        return f"{np.asarray(value)}  shape {np.shape(value)}".replace("\n", " ")


def check_engine(quiet: bool = False, needs: tuple[str, ...] = ()) -> None:
    """Ask the installed Module 06 a few questions.

    Parameters
    ----------
    quiet : bool
        Without the line that says that all is well.
    needs : tuple of str
        Other modules of ``tinytorch.core`` that have to be there, for example ``("dataloader", "optimizers")``. The
        optimizers are asked some questions, too.

    Raises
    ------
    EngineNotReady
        When ``tinytorch.core.autograd``, or a module that is needed, is missing, or an answer is wrong: with the expression, what was expected,
        what came, and the exercise of Module 06 to look at.
    """
    for name, module in _MODULES.items():
        needed = name in needs or name in ("tensor", "activations", "losses", "autograd")
        if needed and importlib.util.find_spec(f"tinytorch.core.{name}") is None:
            todo = f"solve the notebook of Module {module[:2]}, then `tinytorch export {module}`"
            rows = {"missing": f"tinytorch/core/{name}.py", "to do": todo}
            raise EngineNotReady(f"there is no Module {module[:2]} in your tinytorch/", rows)
    autograd = importlib.import_module("tinytorch.core.autograd")
    engine = _Engine(autograd)
    try:
        autograd.enable_autograd(quiet=True)
    except Exception as error:
        raise _failed(engine, "switching autograd on", ("tracked",), error) from None
    asked = 0
    for question, parts in _QUESTIONS:
        name = question.__name__.strip("_").replace("_", " ")
        try:
            with np.errstate(all="ignore"):
                for what, got, right in question(engine):
                    asked += 1
                    if not _agrees(got, right):
                        rows = {"expected": _show(right), "got": _show(got)}
                        raise EngineNotReady(f"{what} is wrong", rows, _exercises(engine, parts, None))
        except EngineNotReady as wrong:
            wrong.rows["look at"] = _where(wrong.exercises)
            raise EngineNotReady(wrong.problem, wrong.rows, wrong.exercises) from None
        except Exception as error:
            raise _failed(engine, f"a question about {name}", parts, error) from None
    if "optimizers" in needs:
        asked += _ask_optimizers(engine)
    taken = getattr(autograd, "_reference_of", None)  # what `tinytorch export --reference` writes
    if taken:
        print(f"This notebook runs on the course's {taken}, not on yours.")
    if not quiet:
        whose = "The" if taken else "Your"
        print(f"{whose} engine is ready: {asked} answers, all right.")


def _ask_optimizers(engine: _Engine) -> int:
    """Ask Module 07 too, since it stands on a ready engine; how many answers it gave."""
    asked = 0
    mend = "Mend it there, then call `tinytorch export 07_optimizers` and restart this notebook."
    try:
        for exercise, what, got, right in _optimizers(engine):
            asked += 1
            if not _agrees(got, right):
                look = f"exercise {exercise} of Module 07\n{mend}"
                rows = {"expected": _show(right), "got": _show(got), "look at": look}
                raise EngineNotReady(f"{what} is wrong", rows, tuple(exercise.split(" or ")))
    except EngineNotReady:
        raise
    except Exception as error:
        named = re.match(r"(07\.\d+) ", str(error)) if isinstance(error, NotImplementedError) else None
        place = f"exercise {named.group(1)} of Module 07" if named else "Module 07: `tinytorch check 07_optimizers`"
        rows = {"error": f"{type(error).__name__}: {error}", "look at": f"{place}\n{mend}"}
        raise EngineNotReady(
            "a step of an optimizer raised an error", rows, (named.group(1),) if named else ()
        ) from None
    return asked


def _failed(engine: _Engine, doing: str, parts: tuple[str, ...], error: Exception) -> EngineNotReady:
    exercises = _exercises(engine, parts, error)
    rows = {"error": f"{type(error).__name__}: {error}", "look at": _where(exercises)}
    return EngineNotReady(f"{doing} raised an error", rows, exercises)


def _where(exercises: tuple[str, ...]) -> str:
    names = {number: [name for name, of in EXERCISES.items() if of == number] for number in exercises}
    places = " or ".join(f"exercise {number} ({', '.join(names.get(number) or ['-'])})" for number in exercises)
    return f"{places} of Module 06\nMend it there, then call `tinytorch export 06_autograd` and restart this notebook."
