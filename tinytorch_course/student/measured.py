"""What an engine is worth: gradients beside central differences, and a training step beside the same one in NumPy.

Run as a program on a course's own library: `python -m tinytorch_course.student.measured FILE` writes what it finds.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Rule = Callable[..., Any]
RULES: dict[str, tuple[Rule, tuple[tuple[int, ...], ...]]] = {
    "a + b, b stretched": (lambda a, b: a + b, ((3, 4), (4,))),
    "a - b, a stretched": (lambda a, b: a - b, ((3, 1), (3, 4))),
    "a * b, a number of a row": (lambda a, b: a * b, ((3, 4), (1, 4))),
    "a / b": (lambda a, b: a / (b * b + 1.0), ((3, 4), (3, 4))),
    "a * a + a, one input used three times": (lambda a: a * a + a, ((3, 4),)),
    "a @ b": (lambda a, b: a @ b, ((3, 4), (4, 2))),
    "a @ b, in batches": (lambda a, b: a @ b, ((2, 3, 4), (2, 4, 2))),
    "sum along an axis": (lambda a: a.sum(axis=1), ((3, 4),)),
    "reshape and transpose": (lambda a: a.reshape(4, 3).transpose(0, 1), ((3, 4),)),
    "slice": (lambda a: a[1:, ::2], ((3, 4),)),
}
TOLERANCE = 1e-6
BATCH, WIDTHS, ROUNDS = 64, (784, 128, 10), 15


def gradient_checks() -> list[dict[str, Any]]:
    """For each rule its largest error against central differences, in float64, or what stopped it."""
    tensor = importlib.import_module("tinytorch").Tensor
    found = []
    for name, (rule, shapes) in RULES.items():
        arrays = [np.random.default_rng(n).normal(size=shape) for n, shape in enumerate(shapes)]
        try:
            worst = _largest_error(tensor, rule, arrays)
            found.append({"what": name, "error": worst, "passed": bool(worst < TOLERANCE), "problem": ""})
        except Exception as error:  # a student's code may raise anything
            problem = f"{type(error).__name__}: {error}"[:200]
            found.append({"what": name, "error": None, "passed": False, "problem": problem})
    return found


def _largest_error(tensor: Any, rule: Rule, arrays: list[np.ndarray]) -> float:
    inputs = [tensor(array.copy(), requires_grad=True) for array in arrays]
    result = rule(*inputs)
    weights = np.random.default_rng(9).normal(size=result.shape)
    result.backward(weights)
    worst = 0.0
    for at, array in enumerate(arrays):
        for place in np.ndindex(array.shape):
            values = []
            for step in (1e-6, -1e-6):
                moved = [other.copy() for other in arrays]
                moved[at][place] += step
                values.append(float((rule(*map(tensor, moved)).data * weights).sum()))
            slope = (values[0] - values[1]) / 2e-6
            worst = max(worst, abs(slope - float(inputs[at].grad[place])) / max(1.0, abs(slope)))
    return worst if np.isfinite(worst) else float("inf")


def time_against_numpy() -> dict[str, float]:
    """A step of a two-layer network forwards and backwards: seconds, and the median of ratios taken in turn."""
    tensor = importlib.import_module("tinytorch").Tensor
    relu = importlib.import_module("tinytorch").ReLU()
    rng = np.random.default_rng(0)
    x = rng.normal(size=(BATCH, WIDTHS[0])).astype(np.float32)
    first, second = (rng.normal(size=pair).astype(np.float32) * 0.05 for pair in (WIDTHS[:2], WIDTHS[1:]))
    data, weights = tensor(x), [tensor(first, requires_grad=True), tensor(second, requires_grad=True)]

    def engine() -> None:
        for weight in weights:
            weight.grad = None
        out = relu(data @ weights[0]) @ weights[1]
        (out * out).sum().backward()

    def by_hand() -> tuple[np.ndarray, np.ndarray]:
        hidden = np.maximum(x @ first, 0)
        out = hidden @ second
        (out * out).sum()
        grad = 2 * out
        grad_hidden = (grad @ second.T) * (hidden > 0)
        return x.T @ grad_hidden, hidden.T @ grad

    pairs = [(_seconds(engine), _seconds(by_hand)) for _ in range(ROUNDS)]
    return {
        "engine": statistics.median(ours for ours, _ in pairs),
        "numpy": statistics.median(hand for _, hand in pairs),
        "ratio": statistics.median(ours / hand for ours, hand in pairs),
    }


def _seconds(step: Callable[[], Any], times: int = 5) -> float:
    began = time.perf_counter()
    for _ in range(times):
        step()
    return (time.perf_counter() - began) / times


def main(file: str) -> None:
    found: dict[str, Any] = {"gradients": gradient_checks(), "time": None}
    try:
        found["time"] = time_against_numpy()
    except Exception as error:
        found["problem"] = f"{type(error).__name__}: {error}"[:200]
    Path(file).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
