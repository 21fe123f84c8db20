"""Types of `tinytorch.core.transformers`, whose methods are attached cell by cell."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .attention import MultiHeadAttention
from .autograd import Function
from .embeddings import Embedding
from .layers import Layer, Sequential
from .tensor import Tensor

__all__ = [
    "LayerNormBackward",
    "LayerNorm",
    "TransformerBlock",
    "GPT",
    "next_token_pairs",
    "next_token_loss",
    "next_token_probabilities",
    "draw",
    "generate",
    "KVCache",
    "cached_attention",
    "generate_cached",
    "safetensors_bytes",
]

_Array = npt.NDArray[Any]

def next_token_pairs(ids: npt.ArrayLike, length: int) -> tuple[_Array, _Array]: ...
def next_token_loss(logits: Tensor, targets: Tensor | _Array) -> Tensor: ...
def next_token_probabilities(
    logits: _Array, temperature: float = 1.0, top_k: int | None = None
) -> npt.NDArray[np.float64]: ...
def draw(probabilities: _Array, rng: np.random.Generator) -> int: ...
def generate(
    model: GPT,
    ids: list[int],
    count: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    seed: int = 0,
    end: int | None = None,
) -> list[int]: ...
def generate_cached(
    model: GPT,
    ids: list[int],
    count: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    seed: int = 0,
    end: int | None = None,
) -> list[int]: ...
def cached_attention(attention: MultiHeadAttention, x: Tensor, cache: KVCache) -> Tensor: ...
def safetensors_bytes(arrays: dict[str, _Array]) -> bytes: ...

class LayerNormBackward(Function):
    normal: _Array
    scale: _Array
    def __init__(self, x: Tensor, weight: Tensor, bias: Tensor, normal: _Array, scale: _Array) -> None: ...
    def apply(self, grad_output: _Array) -> tuple[_Array, _Array, _Array]: ...

class LayerNorm(Layer):
    weight: Tensor
    bias: Tensor
    eps: float
    def __init__(self, normalized_shape: int, eps: float = 1e-5) -> None: ...
    def forward(self, x: Tensor) -> Tensor: ...

class TransformerBlock(Layer):
    norm1: LayerNorm
    attention: MultiHeadAttention
    norm2: LayerNorm
    mlp: Sequential
    def __init__(self, embed_dim: int, num_heads: int) -> None: ...
    def forward(self, x: Tensor) -> Tensor: ...

class GPT(Layer):
    tokens: Embedding
    positions: Embedding
    blocks: list[TransformerBlock]
    norm: LayerNorm
    def __init__(
        self, vocab_size: int, embed_dim: int, num_layers: int, num_heads: int, max_length: int
    ) -> None: ...
    @property
    def max_length(self) -> int: ...
    def forward(self, ids: Tensor | npt.ArrayLike) -> Tensor: ...
    def forward_cached(self, ids: npt.ArrayLike, caches: list[KVCache]) -> Tensor: ...

class KVCache:
    keys: Tensor | None
    values: Tensor | None
    def __init__(self) -> None: ...
    def __len__(self) -> int: ...
    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]: ...
