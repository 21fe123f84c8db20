"""Peak memory of three training steps of an MLP with 20 layers of 1,024, batch 4,096: each side in a process of its own."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

LAYERS, WIDTH, BATCH, STEPS = 20, 1024, 4096, 3
RATE = np.float32(1e-9)
Step = Callable[[], Any]


def problem() -> tuple[np.ndarray, np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Input and gradient of the result, (4096, 1024) each; weights (1024, 1024) and biases (1024,)."""
    rng = np.random.default_rng(8)
    x = rng.standard_normal((BATCH, WIDTH), dtype=np.float32)
    grad = rng.standard_normal((BATCH, WIDTH), dtype=np.float32)
    bound = np.float32((6 / WIDTH) ** 0.5)
    weights = [rng.uniform(-1, 1, (WIDTH, WIDTH)).astype(np.float32) * bound for _ in range(LAYERS)]
    return x, grad, weights, [np.zeros(WIDTH, np.float32) for _ in range(LAYERS)]


def by_hand() -> Step:
    x, gradient, weights, biases = problem()

    def step() -> None:
        # One array a layer, let go on the way back as soon as it has been used; each layer is updated at once.
        outputs = [x]
        for weight, bias in zip(weights, biases):
            hidden = outputs[-1] @ weight
            hidden += bias
            np.maximum(hidden, 0, out=hidden)
            outputs.append(hidden)
        grad = gradient
        for weight, bias in zip(reversed(weights), reversed(biases)):
            grad = grad * (outputs.pop() > 0)
            grad_weight, grad_bias = outputs[-1].T @ grad, grad.sum(axis=0)
            grad = grad @ weight.T
            weight -= RATE * grad_weight
            bias -= RATE * grad_bias

    return step


def tinytorch(retain_graph: bool = True) -> Step:
    from tinytorch import Linear, ReLU, Sequential, Tensor

    array, gradient, weights, biases = problem()
    layers: list = []
    for weight, bias in zip(weights, biases):
        linear = Linear(1, 1)
        linear.weight.data, linear.bias.data = weight, bias
        layers += [linear, ReLU()]
    network, x = Sequential(*layers), Tensor(array)
    parameters = network.parameters()
    kept: list = []  # the result of the last step is there while the next one runs, as `loss` is in a training loop

    def step() -> None:
        for parameter in parameters:
            parameter.grad = None
        result = network(x)
        kept[:] = [result]
        result.backward(gradient, retain_graph=retain_graph)
        for parameter in parameters:
            parameter.data -= RATE * parameter.grad

    return step


def hips() -> Step:
    import autograd.numpy as anp
    from autograd import make_vjp

    x, gradient, weights, biases = problem()
    parameters = weights + biases

    def network(parameters: list) -> Any:
        hidden = x
        for weight, bias in zip(parameters[:LAYERS], parameters[LAYERS:]):
            hidden = anp.maximum(anp.dot(hidden, weight) + bias, 0)
        return hidden

    kept: list = []

    def step() -> None:
        pullback, result = make_vjp(network)(parameters)
        kept[:] = [result]
        for parameter, grad in zip(parameters, pullback(gradient)):
            parameter -= RATE * grad

    return step


def pytorch() -> Step:
    import torch

    array, gradient, weights, biases = problem()
    layers: list = []
    for weight, bias in zip(weights, biases):
        linear = torch.nn.Linear(1, 1)
        linear.weight = torch.nn.Parameter(torch.from_numpy(np.ascontiguousarray(weight.T)))
        linear.bias = torch.nn.Parameter(torch.from_numpy(bias))
        layers += [linear, torch.nn.ReLU()]
    network, x, grad = torch.nn.Sequential(*layers), torch.from_numpy(array), torch.from_numpy(gradient)
    parameters = list(network.parameters())
    kept: list = []

    def step() -> None:
        for parameter in parameters:
            parameter.grad = None
        result = network(x)
        kept[:] = [result]
        result.backward(grad)
        with torch.no_grad():
            for parameter in parameters:
                parameter.sub_(parameter.grad, alpha=float(RATE))

    return step


SIDES: dict[str, Callable[[], Step]] = {
    "numpy": by_hand,
    "tinytorch": tinytorch,
    "tinytorch, retain_graph=False": lambda: tinytorch(retain_graph=False),
    "autograd": hips,
    "pytorch": pytorch,
}


def _status(name: str) -> int:
    """A memory figure of this process in KiB, from /proc: `VmRSS` now or `VmHWM`, the highest so far."""
    found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return int(found[1])


def main(side: str) -> None:
    """Run `side` and print its peaks over the start, in MiB: of the first step and of all steps."""
    step = SIDES[side]()
    if side == "pytorch":
        import torch

        torch.set_num_threads(1)
    tiny = np.ones((64, 64), np.float32)
    tiny @ tiny  # NumPy's matrix multiplication takes its buffers before the count starts
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # sets VmHWM back to VmRSS
    start = _status("VmRSS")
    peaks = []
    for _ in range(STEPS):
        step()
        peaks.append((_status("VmHWM") - start) / 1024)
    print(json.dumps({"first step": round(peaks[0]), "three steps": round(peaks[-1])}))


if __name__ == "__main__":
    main(sys.argv[1])
