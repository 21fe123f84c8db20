"""Which part of Module 06 answers wrongly, asked directly: so a card can name the exercise to look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from .questions import Engine, agrees, gelu_slope

__all__ = ["EXERCISES", "exercises_to_look_at"]

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

# What every expression goes through, in the order in which these build on each other.
_SHARED = ("Function", "record", "unbroadcast", "topological_order", "propagate", "tracked")


Pairs = list[tuple[Any, Any]]  # what came, and what is right

_PAIR, _GRAD = [[2.0, 3.0], [4.0, 5.0]], [1.0, 10.0]
_DATA = np.array([[-2.0, 0.5], [3.0, -0.25]])
_OUT = 1 / (1 + np.exp(-_DATA))
_SOFT = np.exp(_DATA) / np.exp(_DATA).sum(axis=1, keepdims=True)
_ONES = np.ones((2, 2))
_BLOCK = np.arange(24.0).reshape(4, 2, 3)
_OF_SOFTMAX = np.array([[1.0, 2.0], [-1.0, 0.5]])


def _function(engine: Engine) -> Pairs:
    a = engine.leaf([1.0])
    b = a + a  # not a leaf
    node = engine.autograd.Function(a, b)
    targets, saved = node.next_functions, node.saved_tensors
    return [
        (len(saved), 2),
        (saved[0] is a and saved[1] is b, True),
        (targets[0] is a and targets[1] is b._grad_fn, True),
        (np.array(node.shapes), [[1], [1]]),
    ]


def _record(engine: Engine) -> Pairs:
    result, node = engine.constant([1.0]), engine.autograd.Function(engine.leaf([1.0]))
    engine.autograd.record(result, node)
    return [(result._grad_fn is node, True), (result.requires_grad, True)]


def _unbroadcast(engine: Engine) -> Pairs:
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
        pairs.append((engine.autograd.unbroadcast(grad, shape), right))
    return pairs


def _matmul(engine: Engine) -> Pairs:
    a, b, grad = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4) + 1, np.arange(8.0).reshape(2, 4)
    got = engine.autograd.MatmulBackward(engine.leaf(a), engine.leaf(b)).apply(grad)
    return [(got[0], grad @ b.T), (got[1], a.T @ grad)]


def _order(engine: Engine) -> Pairs:
    x = engine.leaf([2.0])
    y = x * x
    z = y * y
    root = (z + y)._grad_fn
    nodes = list(engine.autograd.topological_order(root))
    wanted = [root, z._grad_fn, y._grad_fn]
    return [(len(nodes), 3), (all(a is b for a, b in zip(nodes, wanted)), True)]


def _propagate(engine: Engine) -> Pairs:
    x, y = engine.leaf([2.0]), engine.leaf([5.0])
    pending: dict = {x: np.array([10.0])}
    engine.autograd.propagate(engine.autograd.AddBackward(x, y), np.array([1.0]), pending)
    engine.autograd.propagate(engine.autograd.AddBackward(x, x), np.array([1.0]), pending)
    z = engine.leaf([7.0])
    engine.autograd.propagate(engine.autograd.AddBackward(engine.constant([2.0]), z), np.array([4.0]), pending)
    return [(pending.get(x), [13.0]), (pending.get(y), [1.0]), (pending.get(z), [4.0])]


def _tracked(engine: Engine) -> Pairs:
    a, b = engine.leaf([1.0]), engine.constant([2.0])
    method = engine.autograd.tracked(lambda self, other: engine.constant([3.0]), engine.autograd.AddBackward)
    return [
        (method(a, b).requires_grad, True),
        (method(b, a).requires_grad, True),
        (method(b, b).requires_grad, False),
    ]


def _cross_entropy(engine: Engine) -> Pairs:
    node = engine.autograd.CrossEntropyBackward(engine.leaf(_DATA), engine.tensor(np.array([1, 0])))
    return [(node.apply(np.array(1.0))[0], (_SOFT - np.eye(2)[[1, 0]]) / 2)]


def _asked(engine: Engine, name: str, arrays: Any, gradient: Any, expected: Any, *settings: Any) -> Pairs:
    """What a rule gives for `arrays` and `gradient`, which it has to leave as they are."""
    tensors = [engine.leaf(array) for array in arrays]
    given = np.array(gradient)
    grads = getattr(engine.autograd, name)(*tensors, *settings).apply(given)
    pairs = [(len(grads), len(expected)), *zip(grads, expected)]
    return [*pairs, (given, gradient), *[(tensor.data, array) for tensor, array in zip(tensors, arrays)]]


def _rules(engine: Engine) -> Iterator[tuple[Any, ...]]:
    """The rules: name, inputs, gradient of the output, gradients of the inputs, and what else the constructor takes."""
    c = engine.constant
    yield "AddBackward", _PAIR, _GRAD, [_GRAD, _GRAD]
    yield "SubBackward", _PAIR, _GRAD, [_GRAD, [-1.0, -10.0]]
    yield "MulBackward", _PAIR, _GRAD, [[4.0, 50.0], [2.0, 30.0]]
    yield "DivBackward", _PAIR, _GRAD, [[0.25, 2.0], [-0.125, -1.2]]
    yield "SumBackward", [_DATA], _GRAD, [[[1.0, 1.0], [10.0, 10.0]]], 1
    yield "ReshapeBackward", [_DATA], np.arange(4.0), [[[0.0, 1.0], [2.0, 3.0]]], (2, 2)
    yield "TransposeBackward", [_DATA], [[0.0, 1.0], [2.0, 3.0]], [[[0.0, 2.0], [1.0, 3.0]]]
    yield "PermuteBackward", [np.ones((2, 3, 4))], _BLOCK, [_BLOCK.transpose(1, 2, 0)], (2, 0, 1)
    yield "SliceBackward", [[1.0, 2.0, 3.0]], _GRAD, [[11.0, 0.0, 0.0]], np.array([0, 0])
    yield "SliceBackward", [[1.0, 2.0, 3.0]], _GRAD, [[0.0, 1.0, 10.0]], slice(1, 3)
    yield "ReLUBackward", [_DATA], _ONES, [_DATA > 0], c(np.maximum(_DATA, 0))
    yield "SigmoidBackward", [_DATA], _ONES, [_OUT * (1 - _OUT)], c(_OUT)
    yield "GELUBackward", [_DATA], _ONES, [gelu_slope(_DATA)]
    right = _SOFT * (_OF_SOFTMAX - (_OF_SOFTMAX * _SOFT).sum(axis=1, keepdims=True))
    yield "SoftmaxBackward", [_DATA], _OF_SOFTMAX, [right], c(_SOFT)
    yield "MSEBackward", [[0.2, 0.9], [0.0, 1.0]], 1.0, [[0.2, -0.1], [-0.2, 0.1]]


def _parts(engine: Engine) -> Iterator[tuple[str, Callable[[], Pairs]]]:
    """The parts of Module 06, each with a call that gives pairs, in the order in which they build on each other."""
    yield from ((name, partial(ask, engine)) for name, ask in _FOUNDATION.items())
    yield from ((name, partial(_asked, engine, name, *rest)) for name, *rest in _rules(engine))
    yield from ((name, partial(ask, engine)) for name, ask in _WALK.items())


_FOUNDATION = {"Function": _function, "record": _record, "unbroadcast": _unbroadcast, "MatmulBackward": _matmul}
_WALK = {
    "CrossEntropyBackward": _cross_entropy,
    "topological_order": _order,
    "propagate": _propagate,
    "tracked": _tracked,
}


def _wrong_parts(engine: Engine) -> list[str]:
    """The names of the parts that answer wrongly when they are asked directly."""
    wrong = []
    for name, ask in _parts(engine):
        if not hasattr(engine.autograd, name):
            continue  # built in another way, which is nobody's business
        try:
            good = all(agrees(got, right) for got, right in ask())
        except Exception:
            good = False
        if not good and name not in wrong:
            wrong.append(name)
    return wrong


def exercises_to_look_at(engine: Engine, parts: tuple[str, ...], error: Exception | None) -> tuple[str, ...]:
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
