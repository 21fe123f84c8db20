"""TinyTorch: a deep-learning framework on NumPy, built one notebook at a time.

``from tinytorch import Tensor`` gives the finished framework with autograd enabled. ``import tinytorch.core.tensor`` gives
Module 01 as it stands and enables nothing: a module's notebook can build autograd itself. Names are looked up on first use
(PEP 562) among the modules that are there, so a student's library grows as they export one module after another.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Any

# Which module a public name comes from.
_HOME = {
    "tensor": "Tensor",
    "activations": "ReLU Sigmoid Tanh GELU Softmax",
    "layers": "Layer Linear Dropout Sequential manual_seed",
    "losses": "MSELoss BinaryCrossEntropyLoss CrossEntropyLoss log_softmax",
    "dataloader": "Dataset TensorDataset DataLoader load_digits",
    "autograd": "Function enable_autograd no_grad gradcheck detect_anomaly",
    "optimizers": "Optimizer SGD Adam AdamW",
    "training": "Trainer CosineSchedule clip_grad_norm",
    "convolutions": "Conv2d MaxPool2d AvgPool2d Flatten",
    "tokenization": "CharTokenizer BPETokenizer load_docstrings bits_per_byte",
    "embeddings": "Embedding PositionalEncoding",
    "attention": "scaled_dot_product_attention MultiHeadAttention",
    "transformers": "LayerNorm TransformerBlock GPT next_token_pairs next_token_loss generate generate_cached",
}
_WHERE = {name: module for module, names in _HOME.items() for name in names.split()}
_PICTURES = ("draw_graph", "play_backward")


def _exists(module: str) -> bool:
    return importlib.util.find_spec(f"tinytorch.core.{module}") is not None


def _version() -> str:
    """What settings.ini says; in an installed package, where there is none, what was installed."""
    settings = Path(__file__).resolve().parent.parent / "settings.ini"
    if settings.is_file():
        found = dict(line.split("=", 1) for line in settings.read_text(encoding="utf-8").splitlines() if " = " in line)
        here = {key.strip(): value.strip() for key, value in found.items()}
        if here.get("lib_path") == __name__ and here.get("version"):
            return here["version"]
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("tinytorch-course")  # `tinytorch` on PyPI is another project
    except PackageNotFoundError:  # a bare copy of the folder, as in the sandbox
        return "0+unknown"


def __getattr__(name: str) -> Any:
    if name == "__all__":  # for `from tinytorch import *`: whatever is there by now
        return [*(public for public, module in _WHERE.items() if _exists(module)), *_PICTURES]
    if name == "__version__":
        value: Any = _version()
    elif name == "checks":
        value = importlib.import_module("tinytorch.checks")
    elif name in _PICTURES:
        value = getattr(importlib.import_module("tinytorch.graph"), name)
    elif name in _WHERE:
        module = _WHERE[name]
        if not _exists(module):
            raise AttributeError(
                f"tinytorch has no {name} yet: it comes with core/{module}.py. "
                f"Solve that module's notebook and run `tinytorch export` on it."
            )
        if _exists("autograd"):
            importlib.import_module("tinytorch.core.autograd").enable_autograd(quiet=True)
        value = getattr(importlib.import_module(f"tinytorch.core.{module}"), name)
    else:
        raise AttributeError(f"module 'tinytorch' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    here = [name for name, module in _WHERE.items() if _exists(module)]
    return sorted([*here, *_PICTURES, "checks", "__version__"])
