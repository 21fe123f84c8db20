"""Steps of optimizers, as PyTorch makes them: the cases, and how their numbers were recorded.

``python tests/library/torch_optimizers.py`` in an environment with PyTorch writes torch_optimizers.json anew.
"""

import json
from pathlib import Path

import numpy as np

RECORDED = Path(__file__).with_suffix(".json")
SHAPES = [(3, 2), (4,), ()]
STEPS = 6
CASES = {
    "sgd": ("SGD", {"lr": 0.1}),
    "sgd with momentum": ("SGD", {"lr": 0.05, "momentum": 0.9}),
    "sgd with decay": ("SGD", {"lr": 0.05, "weight_decay": 0.2}),
    "sgd with momentum and decay": ("SGD", {"lr": 0.02, "momentum": 0.7, "weight_decay": 0.1}),
    "adam by default": ("Adam", {}),
    "adam": ("Adam", {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3}),
    "adam with decay": ("Adam", {"lr": 0.05, "weight_decay": 0.3}),
    "adamw by default": ("AdamW", {}),
    "adamw": ("AdamW", {"lr": 0.1, "betas": (0.5, 0.99), "eps": 1e-6, "weight_decay": 0.4}),
    "adamw without decay": ("AdamW", {"lr": 0.1, "weight_decay": 0.0}),
}


def beginning() -> list[np.ndarray]:
    """The first numbers of the parameters."""
    rng = np.random.default_rng(7)
    return [np.asarray(rng.standard_normal(shape)) for shape in SHAPES]


def gradients() -> list[list[np.ndarray | None]]:
    """For each step one gradient a parameter, of very different sizes; the second and the third miss some steps."""
    rng = np.random.default_rng(8)
    steps = [
        [np.asarray(rng.standard_normal(shape) * 10.0 ** (2 - k)) for k, shape in enumerate(SHAPES)]
        for _ in range(STEPS)
    ]
    for step, param in [(0, 2), (1, 2), (2, 1), (4, 1)]:
        steps[step][param] = None
    return steps


def by_torch(kind: str, settings: dict) -> list[list]:
    """The numbers of all parameters after each step."""
    import torch

    params = [torch.tensor(array, requires_grad=True) for array in beginning()]
    optimizer = getattr(torch.optim, kind)(params, **({"lr": 0.001} | settings if kind != "SGD" else settings))
    path = []
    for grads in gradients():
        for param, grad in zip(params, grads):
            param.grad = None if grad is None else torch.tensor(grad)
        optimizer.step()
        path.append([param.detach().numpy().tolist() for param in params])
    return path


if __name__ == "__main__":
    import torch

    paths = {name: by_torch(kind, settings) for name, (kind, settings) in CASES.items()}
    text = json.dumps({"torch": torch.__version__.split("+")[0], "paths": paths})
    RECORDED.write_text(text + "\n", encoding="utf-8")
