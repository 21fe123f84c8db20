"""Measures one workload, all its sides in turn, and prints the figures as JSON. Runs in a fresh process for each workload."""

from __future__ import annotations

import gc
import importlib.util
import json
import random
import statistics
import sys
import time
from typing import Any

import numpy as np

from benchmarks.workloads import ALL, Step

TURN = 0.02  # seconds a side works before the next one has its turn, at least
NEEDS = {"autograd": "autograd", "pytorch": "torch"}


def as_array(value: Any) -> np.ndarray:
    """A gradient of any side as an array."""
    return value.detach().numpy() if type(value).__module__.startswith("torch") else np.asarray(value)


def check(name: str, got: list, expected: list[np.ndarray]) -> None:
    """Stop unless both sides have the same gradients: a side that computes something else is not worth timing."""
    assert len(got) == len(expected), f"{name} gives {len(got)} gradients, the limit {len(expected)}"
    largest = max(float(np.abs(right).max()) for right in expected)
    for number, (ours, right) in enumerate(zip(map(as_array, got), expected)):
        assert ours.shape == right.shape, f"gradient {number} of {name} has shape {ours.shape}, not {right.shape}"
        assert ours.dtype == right.dtype, f"gradient {number} of {name} is {ours.dtype}, not {right.dtype}"
        worst, scale = float(np.abs(ours - right).max()), float(np.abs(right).max())
        # The second term: a bias of the keys has the gradient 0, where rounding is all that is left.
        assert worst <= 1e-4 * scale + 1e-6 * largest, (
            f"gradient {number} of {name} differs by {worst:.1e} of {scale:.1e}"
        )


def calibrate(step: Step) -> int:
    """How many steps make a turn."""
    step()
    count, spent = 0, 0.0
    while spent < TURN:
        begin = time.process_time()
        step()
        spent += time.process_time() - begin
        count += 1
    return count


def turn(step: Step, count: int) -> float:
    """Seconds of processor time a step, over `count` steps."""
    gc.collect()  # one side's garbage is not swept up in another one's time
    begin = time.process_time()
    for _ in range(count):
        step()
    return (time.process_time() - begin) / count


def main(name: str, seconds: float) -> None:
    """Check and time the sides of a workload for about `seconds`."""
    workload = ALL[name]
    here = {side: make for side, make in workload.sides.items() if importlib.util.find_spec(NEEDS.get(side, "numpy"))}
    if "pytorch" in here:
        import torch

        torch.set_num_threads(1)
    steps = {side: make() for side, make in here.items()}
    limit, *others = steps
    expected = [array.copy() for array in steps[limit]()]
    for side in others:
        check(side, steps[side](), expected)

    counts = {side: calibrate(step) for side, step in steps.items()}
    gc.collect()
    gc.freeze()  # what the imports made is not looked through again and again
    times: dict[str, list[float]] = {side: [] for side in steps}
    order, shuffle = list(steps), random.Random(0)
    end = time.monotonic() + seconds
    while time.monotonic() < end or len(times[limit]) < 5:
        shuffle.shuffle(order)
        for side in order:
            times[side].append(turn(steps[side], counts[side]))

    result: dict[str, Any] = {"name": name, "rounds": len(times[limit]), "sides": {}}
    for side, values in times.items():
        ratios = sorted(value / base for value, base in zip(values, times[limit]))
        quarter = len(ratios) // 4
        result["sides"][side] = {
            "milliseconds": statistics.median(values) * 1e3,
            "ratio": statistics.median(ratios),
            "quartiles": [ratios[quarter], ratios[-1 - quarter]],
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
