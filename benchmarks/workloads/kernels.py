"""Three single operations on big arrays: an embedding, a bias add, and softmax with cross-entropy."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workloads import Step, Workload

# -- an embedding: rows of a table (10,000, 64) for ids (32, 128) -----------------------------------------------------


def embedding_problem() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The table, the ids and the gradient of the result (32, 128, 64)."""
    rng = np.random.default_rng(3)
    table = rng.standard_normal((10_000, 64)).astype(np.float32)
    return table, rng.integers(0, 10_000, (32, 128)), rng.standard_normal((32, 128, 64)).astype(np.float32)


def embedding_by_hand() -> Step:
    table, ids, grad = embedding_problem()
    places = np.arange(table.shape[1])

    def step() -> list[np.ndarray]:
        table.take(ids, axis=0)
        # np.add.at on flat places is three times as fast as on rows.
        result = np.zeros_like(table)
        flat = ids[..., None] * table.shape[1] + places
        np.add.at(result.reshape(-1), flat.reshape(-1), grad.reshape(-1))
        return [result]

    return step


def embedding_tinytorch() -> Step:
    from tinytorch import Tensor

    array, ids, grad = embedding_problem()
    table = Tensor(array, requires_grad=True)

    def step() -> list[np.ndarray]:
        table.grad = None
        table[ids].backward(grad)
        return [table.grad]

    return step


def embedding_hips() -> Step:
    from autograd import make_vjp

    table, ids, grad = embedding_problem()

    def step() -> list[np.ndarray]:
        pullback, _ = make_vjp(lambda table: table[ids])(table)
        return [pullback(grad)]

    return step


def embedding_pytorch() -> Step:
    import torch

    array, places, gradient = embedding_problem()
    table = torch.from_numpy(array).requires_grad_()
    ids, grad = torch.from_numpy(places), torch.from_numpy(gradient)

    def step() -> list:
        table.grad = None
        torch.nn.functional.embedding(ids, table).backward(grad)
        return [table.grad]

    return step


# -- a bias: (1024, 512) + (512,) -------------------------------------------------------------------------------------


def bias_problem() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The input and the gradient of the result, (1024, 512), and the bias (512,), which wants a gradient."""
    rng = np.random.default_rng(4)
    x, grad = (rng.standard_normal((1024, 512)).astype(np.float32) for _ in range(2))
    return x, rng.standard_normal(512).astype(np.float32), grad


def bias_by_hand() -> Step:
    x, bias, grad = bias_problem()

    def step() -> list[np.ndarray]:
        x + bias
        return [grad.sum(axis=0)]

    return step


def bias_tinytorch() -> Step:
    from tinytorch import Tensor

    array, row, grad = bias_problem()
    x, bias = Tensor(array), Tensor(row, requires_grad=True)

    def step() -> list[np.ndarray]:
        bias.grad = None
        (x + bias).backward(grad)
        return [bias.grad]

    return step


def bias_hips() -> Step:
    from autograd import make_vjp

    x, bias, grad = bias_problem()

    def step() -> list[np.ndarray]:
        pullback, _ = make_vjp(lambda bias: x + bias)(bias)
        return [pullback(grad)]

    return step


def bias_pytorch() -> Step:
    import torch

    x, bias, grad = (torch.from_numpy(array) for array in bias_problem())
    bias.requires_grad_()

    def step() -> list:
        bias.grad = None
        (x + bias).backward(grad)
        return [bias.grad]

    return step


# -- softmax and cross-entropy in one, logits (1024, 1000) ------------------------------------------------------------


def entropy_problem() -> tuple[np.ndarray, np.ndarray]:
    """Logits (1024, 1000) and class numbers (1024,)."""
    rng = np.random.default_rng(5)
    return rng.standard_normal((1024, 1000)).astype(np.float32) * 3, rng.integers(0, 1000, 1024)


def entropy_by_hand() -> Step:
    logits, targets = entropy_problem()
    rows = np.arange(len(logits))

    def step() -> list[np.ndarray]:
        shifted = logits - logits.max(axis=1, keepdims=True)
        right = shifted[rows, targets]
        np.exp(shifted, out=shifted)
        total = shifted.sum(axis=1, keepdims=True)
        (np.log(total[:, 0]) - right).mean()
        shifted /= total * np.float32(len(logits))
        shifted[rows, targets] -= np.float32(1 / len(logits))
        return [shifted]

    return step


def entropy_tinytorch() -> Step:
    from tinytorch import CrossEntropyLoss, Tensor

    array, classes = entropy_problem()
    logits, targets, loss_of = Tensor(array, requires_grad=True), Tensor(classes), CrossEntropyLoss()

    def step() -> list[np.ndarray]:
        logits.grad = None
        loss_of(logits, targets).backward()
        return [logits.grad]

    return step


def entropy_hips() -> Step:
    import autograd.numpy as anp
    from autograd import value_and_grad
    from autograd.tracer import getval

    logits, targets = entropy_problem()
    rows, part = np.arange(len(logits)), np.float32(1 / len(logits))

    def loss_of(logits: Any) -> Any:
        # Written so that HIPS autograd stays in float32: the gradients of its maximum and its mean are float64.
        shifted = logits - getval(logits).max(axis=1, keepdims=True)
        return anp.sum(anp.log(anp.sum(anp.exp(shifted), axis=1)) - shifted[rows, targets]) * part

    gradient_of = value_and_grad(loss_of)
    return lambda: [gradient_of(logits)[1]]


def entropy_pytorch() -> Step:
    import torch

    array, classes = entropy_problem()
    logits, targets = torch.from_numpy(array).requires_grad_(), torch.from_numpy(classes)

    def step() -> list:
        logits.grad = None
        torch.nn.functional.cross_entropy(logits, targets).backward()
        return [logits.grad]

    return step


WORKLOADS = [
    Workload(
        "embedding",
        "embedding 32×128 of 10,000×64",
        {
            "numpy": embedding_by_hand,
            "tinytorch": embedding_tinytorch,
            "autograd": embedding_hips,
            "pytorch": embedding_pytorch,
        },
        1.05,
    ),
    Workload(
        "bias",
        "bias add (1024, 512) + (512,)",
        {"numpy": bias_by_hand, "tinytorch": bias_tinytorch, "autograd": bias_hips, "pytorch": bias_pytorch},
        1.15,
    ),
    Workload(
        "cross-entropy",
        "softmax + cross-entropy 1024×1000",
        {
            "numpy": entropy_by_hand,
            "tinytorch": entropy_tinytorch,
            "autograd": entropy_hips,
            "pytorch": entropy_pytorch,
        },
        1.05,
    ),
]
