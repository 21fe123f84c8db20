# %% [markdown]
# # Module 02: Activations
#
# > The functions between the layers: five bends without which a deep network is one straight line.

# %%
#| default_exp core.activations

# %%
#| export
import math

import numpy as np

from tinytorch.core.tensor import Tensor

# %%
#| export
class Activation:
    """A function of a tensor, without parameters of its own. Calling it runs `forward`."""

    def forward(self, x: Tensor) -> Tensor:
        """The activation of every value of `x`; each activation says which one."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def __call__(self, x: Tensor) -> Tensor:
        return self.forward(x)

    def parameters(self) -> list[Tensor]:
        """Nothing to learn here: an empty list."""
        return []

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

# %%
#| export
class ReLU(Activation):
    """max(x, 0)."""

    def forward(self, x: Tensor) -> Tensor:
        return Tensor(np.maximum(x.data, 0))

# %%
#| export
class Sigmoid(Activation):
    """1 / (1 + exp(-x))."""

    def forward(self, x: Tensor) -> Tensor:
        small = np.exp(-np.abs(x.data))  # never above 1, so it cannot overflow
        # 1 / (1 + small) where x >= 0, small / (1 + small) elsewhere
        return Tensor(np.maximum(small, x.data >= 0) / (1 + small))

# %%
#| export
class Tanh(Activation):
    """tanh(x)."""

    def forward(self, x: Tensor) -> Tensor:
        return Tensor(np.tanh(x.data))

# %%
#| export
class GELU(Activation):
    """0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))."""

    def forward(self, x: Tensor) -> Tensor:
        a = x.data
        with np.errstate(over="ignore"):  # a cube that overflows to infinity is fine: its tanh is 1
            inner = math.sqrt(2 / math.pi) * (a + 0.044715 * a * a * a)
        return Tensor(0.5 * a * (1 + np.tanh(inner)))

# %%
#| export
class Softmax(Activation):
    """exp(x) / sum(exp(x)) along one axis."""

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        powers = x.data - x.data.max(axis=self.dim, keepdims=True)
        np.exp(powers, out=powers)  # in place: an array as large as the input is not free
        powers /= powers.sum(axis=self.dim, keepdims=True)
        return Tensor(powers)

    def __repr__(self) -> str:
        return f"Softmax(dim={self.dim})"
