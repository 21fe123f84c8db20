"""Types of `tinytorch.core.embeddings`, whose methods are attached cell by cell."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .layers import Layer
from .tensor import Tensor

__all__ = [
    "check_ids",
    "Embedding",
    "wave_frequencies",
    "sinusoidal_positions",
    "PositionalEncoding",
]

_Array: TypeAlias = npt.NDArray[Any]

def check_ids(ids: Tensor | npt.ArrayLike, count: int) -> npt.NDArray[np.integer[Any]]: ...

class Embedding(Layer):
    weight: Tensor
    def __init__(self, num_embeddings: int, embedding_dim: int) -> None: ...
    def forward(self, ids: Tensor | npt.ArrayLike) -> Tensor: ...

def wave_frequencies(embed_dim: int) -> npt.NDArray[np.float64]: ...
def sinusoidal_positions(max_length: int, embed_dim: int) -> npt.NDArray[np.float32]: ...

class PositionalEncoding(Layer):
    learned: bool
    weight: Tensor
    positions: _Array
    def __init__(self, embed_dim: int, max_length: int = 512, learned: bool = False) -> None: ...
    def forward(self, x: Tensor) -> Tensor: ...
