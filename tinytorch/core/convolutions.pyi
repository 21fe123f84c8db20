"""Types of `tinytorch.core.convolutions`, whose methods are attached cell by cell."""

from typing import Any

import numpy.typing as npt

from .autograd import Function
from .layers import Layer
from .tensor import Tensor

__all__ = [
    "output_size",
    "windows",
    "fold",
    "UnfoldBackward",
    "unfold",
    "Conv2d",
    "MaxPool2d",
    "AvgPool2d",
    "Flatten",
]

_Array = npt.NDArray[Any]

def output_size(size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int: ...
def windows(x: _Array, kernel_size: int, stride: int = 1, padding: int = 0) -> _Array: ...
def fold(grad: _Array, shape: tuple[int, ...], stride: int = 1, padding: int = 0) -> _Array: ...
def unfold(x: Tensor, kernel_size: int, stride: int = 1, padding: int = 0) -> Tensor: ...

class UnfoldBackward(Function):
    input_shape: tuple[int, ...]
    stride: int
    padding: int
    def __init__(self, x: Tensor, stride: int = 1, padding: int = 0) -> None: ...
    def apply(self, grad_output: _Array) -> tuple[_Array]: ...

class Conv2d(Layer):
    weight: Tensor
    bias: Tensor | None
    stride: int
    padding: int
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: int = 0,
        bias: bool = True,
    ) -> None: ...
    def forward(self, x: Tensor) -> Tensor: ...

class MaxPool2d(Layer):
    kernel_size: int
    stride: int
    def __init__(self, kernel_size: int, stride: int | None = None) -> None: ...
    def forward(self, x: Tensor) -> Tensor: ...

class AvgPool2d(MaxPool2d): ...

class Flatten(Layer):
    def forward(self, x: Tensor) -> Tensor: ...
