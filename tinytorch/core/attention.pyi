"""Types of `tinytorch.core.attention`, whose methods are attached cell by cell."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .layers import Layer, Linear
from .tensor import Tensor

__all__ = [
    "attention_scores",
    "causal_mask",
    "padding_mask",
    "masked_softmax",
    "scaled_dot_product_attention",
    "MultiHeadAttention",
]

_Mask: TypeAlias = npt.ArrayLike | Tensor | None

def attention_scores(Q: Tensor, K: Tensor) -> Tensor: ...
def causal_mask(length: int) -> npt.NDArray[np.bool_]: ...
def padding_mask(lengths: npt.ArrayLike, max_length: int) -> npt.NDArray[np.bool_]: ...
def masked_softmax(scores: Tensor, mask: _Mask = None) -> Tensor: ...
def scaled_dot_product_attention(Q: Tensor, K: Tensor, V: Tensor, mask: _Mask = None) -> tuple[Tensor, Tensor]: ...

class MultiHeadAttention(Layer):
    q_proj: Linear
    k_proj: Linear
    v_proj: Linear
    out_proj: Linear
    num_heads: int
    weights: npt.NDArray[Any] | None
    def __init__(self, embed_dim: int, num_heads: int) -> None: ...
    def forward(self, x: Tensor, mask: _Mask = None) -> Tensor: ...
    def __call__(self, x: Tensor, mask: _Mask = None) -> Tensor: ...
