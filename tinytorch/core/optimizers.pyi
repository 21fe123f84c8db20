"""Types of `tinytorch.core.optimizers`, whose methods are attached cell by cell."""

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy.typing as npt

from .tensor import Tensor

__all__ = [
    "Optimizer",
    "decayed_gradient",
    "SGD",
    "adam_step",
    "Adam",
    "AdamW",
]

_Array: TypeAlias = npt.NDArray[Any]
_State: TypeAlias = dict[str, Any]

class Optimizer:
    params: list[Tensor]
    lr: float
    state: list[_State]
    def __init__(self, params: Iterable[Tensor], lr: float) -> None: ...
    def update(self, param: Tensor, state: _State) -> None: ...
    def step(self) -> None: ...
    def zero_grad(self) -> None: ...
    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, saved: dict[str, Any]) -> None: ...

class SGD(Optimizer):
    momentum: float
    weight_decay: float
    def __init__(
        self, params: Iterable[Tensor], lr: float, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None: ...

class Adam(Optimizer):
    betas: tuple[float, float]
    eps: float
    weight_decay: float
    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None: ...

class AdamW(Adam):
    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None: ...

def decayed_gradient(param: Tensor, weight_decay: float) -> _Array: ...
def adam_step(data: _Array, grad: _Array, state: _State, lr: float, betas: tuple[float, float], eps: float) -> Any: ...
