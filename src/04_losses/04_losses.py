# %% [markdown]
# # Module 04: Losses
#
# > How wrong is a prediction, as one number: three losses, and why they are the right ones.

# %%
#| default_exp core.losses

# %%
#| export
import numpy as np

from tinytorch.core.tensor import Tensor

# %%
#| export
class Loss:
    """A number that says how wrong predictions are: 0 at best. Calling it runs `forward`."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """The mean loss as a 0-d tensor; each loss says which one."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def __call__(self, pred: Tensor, target: Tensor) -> Tensor:
        return self.forward(pred, target)

    def parameters(self) -> list[Tensor]:
        """Nothing to learn here: an empty list."""
        return []

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

# %%
#| exporti
def check_pair(pred: Tensor, target: Tensor) -> None:
    """Refuse predictions that are not floating-point, and targets of another shape."""
    if pred.dtype.kind != "f":
        raise TypeError(f"the predictions should be floating-point numbers, not {pred.dtype}")
    if pred.shape != target.shape:
        raise ValueError(f"predictions of shape {pred.shape} and targets of shape {target.shape} do not match")

# %%
#| export
class MSELoss(Loss):
    """mean((pred - target)^2)."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        check_pair(pred, target)
        error = pred.data - target.data
        return Tensor(np.mean(error * error, dtype=pred.dtype))

# %%
#| export
class BinaryCrossEntropyLoss(Loss):
    """mean(-(t log p + (1 - t) log(1 - p))), the logarithms bounded at -100."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        check_pair(pred, target)
        p, t = pred.data, target.data
        if np.any((p < 0) | (p > 1)):
            raise ValueError("the predictions should be probabilities between 0 and 1: is a Sigmoid missing?")
        if np.any((t < 0) | (t > 1)):
            raise ValueError("the targets should be between 0 and 1")
        with np.errstate(divide="ignore"):  # log(0) is -inf, which the bound turns into -100
            log_p, log_q = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
        return Tensor(-np.mean(t * log_p + (1 - t) * log_q, dtype=pred.dtype))

# %%
#| export
def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    """x - log(sum(exp(x))) along one axis."""
    shifted = x - x.data.max(axis=dim, keepdims=True)
    return shifted - shifted.exp().sum(axis=dim, keepdims=True).log()

# %%
#| exporti
def check_classes(logits: Tensor, target: Tensor) -> np.ndarray:
    """The classes as an array of integers, after refusing what no classifier can mean."""
    classes = target.data
    if logits.dtype.kind != "f" or classes.dtype.kind not in "iu":
        raise TypeError(f"the logits should be floating-point and the classes integers, not {logits.dtype} and {classes.dtype}")
    if logits.ndim != 2 or classes.shape != logits.shape[:1]:
        raise ValueError(f"logits (N, C) need classes (N,), but these are {logits.shape} and {classes.shape}")
    if np.any((classes < 0) | (classes >= logits.shape[1])):
        raise ValueError(f"the classes should be between 0 and {logits.shape[1] - 1}")
    return classes

# %%
#| export
class CrossEntropyLoss(Loss):
    """mean(log(sum(exp(logits))) - logits[target])."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        classes = check_classes(pred, target)
        shifted = pred.data - pred.data.max(axis=1, keepdims=True)
        right = shifted[np.arange(len(classes)), classes]
        np.exp(shifted, out=shifted)  # in place: an array as large as the logits is not free
        return Tensor(np.mean(np.log(shifted.sum(axis=1)) - right))
