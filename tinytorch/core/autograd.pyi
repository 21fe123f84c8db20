"""Types of `tinytorch.core.autograd`. What it adds to Tensor stands in tensor.pyi."""

from collections.abc import Callable, Sequence
from contextlib import ContextDecorator
from typing import Any, ClassVar, TypeAlias

import numpy.typing as npt

from .tensor import Tensor

__all__ = [
    "Function",
    "NegBackward",
    "AddBackward",
    "SubBackward",
    "MulBackward",
    "DivBackward",
    "ExpBackward",
    "LogBackward",
    "SqrtBackward",
    "PowBackward",
    "numerical_gradient",
    "MatmulBackward",
    "SumBackward",
    "MaxBackward",
    "ReshapeBackward",
    "TransposeBackward",
    "PermuteBackward",
    "SliceBackward",
    "EmbeddingBackward",
    "ReLUBackward",
    "SigmoidBackward",
    "TanhBackward",
    "GELUBackward",
    "SoftmaxBackward",
    "MSEBackward",
    "BCEBackward",
    "CrossEntropyBackward",
    "no_grad",
    "enable_autograd",
    "gradcheck",
    "detect_anomaly",
]

_Array: TypeAlias = npt.NDArray[Any]
_Axis: TypeAlias = int | tuple[int, ...] | None

class Function:
    next_functions: tuple[Function | Tensor | None, ...]
    shapes: tuple[tuple[int, ...], ...]
    saved_tensors: tuple[Tensor, ...]
    retained: Any
    def __init__(self, *tensors: Tensor) -> None: ...
    def apply(self, grad_output: _Array) -> Sequence[_Array | None]: ...

class NegBackward(Function):
    def __init__(self, a: Tensor) -> None: ...

class AddBackward(Function):
    def __init__(self, a: Tensor, b: Tensor) -> None: ...

class MulBackward(Function):
    def __init__(self, a: Tensor, b: Tensor) -> None: ...

class SubBackward(Function):
    def __init__(self, a: Tensor, b: Tensor) -> None: ...

class DivBackward(Function):
    def __init__(self, a: Tensor, b: Tensor) -> None: ...

class ExpBackward(Function):
    output: _Array
    def __init__(self, a: Tensor, out: Tensor) -> None: ...

class LogBackward(Function): ...
class SqrtBackward(ExpBackward): ...

class PowBackward(Function):
    def grad_base(self, a: Any, b: Any, grad_output: _Array) -> _Array: ...
    def grad_exponent(self, a: Any, b: Any, grad_output: _Array) -> _Array: ...

class MatmulBackward(Function):
    def __init__(self, a: Tensor, b: Tensor) -> None: ...

class SumBackward(Function):
    def __init__(self, a: Tensor, axis: _Axis = None, keepdims: bool = False) -> None: ...

class MaxBackward(Function):
    def __init__(self, a: Tensor, out: Tensor, axis: _Axis = None, keepdims: bool = False) -> None: ...

class ReshapeBackward(Function):
    def __init__(self, a: Tensor, original_shape: tuple[int, ...]) -> None: ...

class TransposeBackward(Function):
    def __init__(self, a: Tensor, dim0: int | None = None, dim1: int | None = None) -> None: ...

class PermuteBackward(Function):
    def __init__(self, a: Tensor, axes: Sequence[int]) -> None: ...

class SliceBackward(Function):
    def __init__(self, a: Tensor, key: Any) -> None: ...

class EmbeddingBackward(Function):
    def __init__(self, weight: Tensor, indices: Tensor | npt.ArrayLike) -> None: ...

class ReLUBackward(Function):
    def __init__(self, a: Tensor, out: Tensor | None = None) -> None: ...

class SigmoidBackward(Function):
    def __init__(self, a: Tensor, out: Tensor) -> None: ...

class TanhBackward(Function):
    def __init__(self, a: Tensor, out: Tensor) -> None: ...

class GELUBackward(Function): ...

class SoftmaxBackward(Function):
    def __init__(self, a: Tensor, out: Tensor, dim: int = -1) -> None: ...

class MSEBackward(Function): ...

class BCEBackward(Function):
    def __init__(self, pred: Tensor, target: Tensor) -> None: ...

class CrossEntropyBackward(Function):
    left: tuple[Tensor, _Array, _Array] | None

def numerical_gradient(function: Callable[[_Array], Any], array: _Array, eps: float = 1e-6) -> _Array: ...

class no_grad(ContextDecorator):
    depth: ClassVar[int]
    def __enter__(self) -> no_grad: ...
    def __exit__(self, *error: object) -> None: ...

class detect_anomaly(ContextDecorator):
    usual: dict[str, Callable[..., Any]]
    def __enter__(self) -> detect_anomaly: ...
    def __exit__(self, *error: object) -> None: ...

def enable_autograd(quiet: bool = False) -> None: ...
def gradcheck(
    function: Callable[..., Tensor],
    inputs: Tensor | Sequence[Tensor],
    eps: float = 1e-6,
    rtol: float = 1e-5,
    atol: float = 1e-6,
) -> bool: ...
