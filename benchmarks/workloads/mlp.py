"""A training step of an MLP, 784-512-256-128-10: forward, cross-entropy, backward, and one step of gradient descent."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np

from benchmarks.workloads import Step, Workload

SIZES = (784, 512, 256, 128, 10)
RATE = np.float32(1e-3)


def problem(batch: int) -> tuple[np.ndarray, np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Inputs (batch, 784), targets (batch,), weights (in, out) and biases (out,), the same on every side."""
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((batch, SIZES[0])).astype(np.float32)
    targets = rng.integers(0, SIZES[-1], batch)
    weights = [rng.uniform(-1, 1, (m, n)).astype(np.float32) / np.float32(m**0.5) for m, n in pairwise(SIZES)]
    biases = [rng.uniform(-0.1, 0.1, n).astype(np.float32) for n in SIZES[1:]]
    return inputs, targets, weights, biases


def by_hand(batch: int) -> Step:
    inputs, targets, weights, biases = problem(batch)
    rows = np.arange(batch)

    def step() -> list[np.ndarray]:
        # The outputs of the ReLUs are all that the way back needs, so the rest is computed in place.
        outputs = [inputs]
        for weight, bias in zip(weights[:-1], biases[:-1]):
            hidden = outputs[-1] @ weight
            hidden += bias
            np.maximum(hidden, 0, out=hidden)
            outputs.append(hidden)
        logits = outputs[-1] @ weights[-1]
        logits += biases[-1]

        logits -= logits.max(axis=1, keepdims=True)
        grad = np.exp(logits)
        total = grad.sum(axis=1, keepdims=True)
        (np.log(total[:, 0]) - logits[rows, targets]).mean()
        grad /= total
        grad[rows, targets] -= 1
        grad /= np.float32(batch)

        grads: list[np.ndarray] = []
        for i in reversed(range(len(weights))):
            # A column times a row: `*` takes a third of the time that `@` takes.
            grads += [grad.sum(axis=0), outputs[i].T * grad if batch == 1 else outputs[i].T @ grad]
            if i:
                grad = grad @ weights[i].T
                grad *= outputs[i] > 0
        grads.reverse()  # weight, bias, weight, bias …
        for weight, bias, grad_weight, grad_bias in zip(weights, biases, grads[::2], grads[1::2]):
            weight -= RATE * grad_weight
            bias -= RATE * grad_bias
        return grads

    return step


def tinytorch(batch: int) -> Step:
    from tinytorch import CrossEntropyLoss, Linear, ReLU, Sequential, Tensor

    inputs, targets, weights, biases = problem(batch)
    layers: list = []
    for weight, bias in zip(weights, biases):
        linear = Linear(*weight.shape)
        linear.weight.data[:], linear.bias.data[:] = weight, bias
        layers += [linear, ReLU()]
    network, loss_of = Sequential(*layers[:-1]), CrossEntropyLoss()
    x, y = Tensor(inputs), Tensor(targets)
    parameters = network.parameters()

    def step() -> list[np.ndarray]:
        for parameter in parameters:
            parameter.grad = None
        loss_of(network(x), y).backward()
        for parameter in parameters:
            parameter.data -= RATE * parameter.grad
        return [parameter.grad for parameter in parameters]

    return step


def hips(batch: int) -> Step:
    import autograd.numpy as anp
    from autograd import value_and_grad
    from autograd.tracer import getval

    inputs, targets, weights, biases = problem(batch)
    rows = np.arange(batch)
    parameters = [array for pair in zip(weights, biases) for array in pair]

    def loss_of(parameters: list) -> object:
        hidden = inputs
        for weight, bias in zip(parameters[:-2:2], parameters[1:-2:2]):
            hidden = anp.maximum(anp.dot(hidden, weight) + bias, 0)
        logits = anp.dot(hidden, parameters[-2]) + parameters[-1]
        # Written so that HIPS autograd stays in float32: the gradients of its maximum and its mean are float64.
        logits = logits - getval(logits).max(axis=1, keepdims=True)
        return anp.sum(anp.log(anp.sum(anp.exp(logits), axis=1)) - logits[rows, targets]) * np.float32(1 / batch)

    gradient_of = value_and_grad(loss_of)

    def step() -> list[np.ndarray]:
        _, grads = gradient_of(parameters)
        for parameter, grad in zip(parameters, grads):
            parameter -= RATE * grad
        return grads

    return step


def pytorch(batch: int) -> Step:
    import torch

    inputs, targets, weights, biases = problem(batch)
    layers: list = []
    for weight, bias in zip(weights, biases):
        linear = torch.nn.Linear(*weight.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weight.T))
            linear.bias.copy_(torch.from_numpy(bias))
        layers += [linear, torch.nn.ReLU()]
    network, loss_of = torch.nn.Sequential(*layers[:-1]), torch.nn.CrossEntropyLoss()
    x, y = torch.from_numpy(inputs), torch.from_numpy(targets)
    parameters = list(network.parameters())

    def step() -> list:
        for parameter in parameters:
            parameter.grad = None
        loss_of(network(x), y).backward()
        with torch.no_grad():
            for parameter in parameters:
                parameter.sub_(parameter.grad, alpha=float(RATE))
        return [p.grad.T if p.ndim == 2 else p.grad for p in parameters]

    return step


def workload(batch: int, goal: float) -> Workload:
    sides = {"numpy": by_hand, "tinytorch": tinytorch, "autograd": hips, "pytorch": pytorch}
    return Workload(
        f"mlp-{batch}",
        f"MLP 784-512-256-128-10, batch {batch}",
        {name: partial(side, batch) for name, side in sides.items()},
        goal,
    )


WORKLOADS = [workload(64, 1.08), workload(1, 1.10), workload(1024, 1.05)]
