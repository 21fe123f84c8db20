# ---
# jupyter:
#   jupytext:
#     formats: notebooks///ipynb,src///py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---


# %% [markdown]
# # Module 13: Transformers
#
# > Layer norm, residual paths, blocks, a GPT that writes NumPy's documentation, and the cache that makes it quick.
#
# Time: about 5½ hours. You need Modules 01 to 08 and 10 to 12.

# %%
#| default_exp core.transformers

# %% tags=["setup"]
# Nothing to do here: this finds the course's library, in VS Code and Colab too.
import importlib.util
import os
import shutil
import sys
from pathlib import Path


def course_folder():
    places = [Path.cwd(), *Path.cwd().parents, *Path.cwd().glob("*/")]
    return next((str(p) for p in places if os.path.isfile(p / "tinytorch" / "checks.py")), None)


if course_folder() is None and "google.colab" in sys.modules:
    from google.colab import files

    print("Choose the zip file of the student edition.")
    for name in files.upload():
        shutil.unpack_archive(name)
if course_folder():
    sys.path.insert(0, course_folder())
elif importlib.util.find_spec("tinytorch") is None:
    raise ModuleNotFoundError("There is no tinytorch here: open the notebook inside the folder of the student edition.")

# %% [markdown]
# | part | what you do | minutes |
# |---|---|---|
# | 1 | Numbers that stay in bounds | 75 |
# | 2 | Paths around every layer | 35 |
# | 3 | The model | 60 |
# | 4 | One text, a thousand questions | 35 |
# | 5 | Writing | 45 |
# | 6 | Training | 20 |
# | 7 | What was computed already | 65 |
# | 8 | Honours, ungraded: less memory, and slopes of slopes | as you like |

# %%
# First some questions to what you have built so far. Run this cell; nothing to do.
from tinytorch.readiness import check_engine

check_engine(needs=("layers", "dataloader", "optimizers", "training", "tokenization", "embeddings", "attention"))

# %%
#| export
import json
import math

import numpy as np

from tinytorch.core.activations import GELU
from tinytorch.core.attention import (
    MultiHeadAttention,
    causal_mask,
    merge_heads,
    scaled_dot_product_attention,
    split_heads,
)
from tinytorch.core.autograd import Function, no_grad, tracked_layer
from tinytorch.core.embeddings import Embedding
from tinytorch.core.layers import Layer, Linear, Sequential
from tinytorch.core.losses import CrossEntropyLoss
from tinytorch.core.tensor import Tensor, method_of

# %%
from tinytorch.checks import Checks, bare
from tinytorch.core.autograd import enable_autograd, gradcheck
from tinytorch.core.dataloader import DataLoader, TensorDataset
from tinytorch.core.layers import manual_seed
from tinytorch.core.optimizers import AdamW
from tinytorch.core.tokenization import BPETokenizer, bits_per_byte, load_docstrings
from tinytorch.core.training import CosineSchedule, Trainer, named_parameters

enable_autograd(quiet=True)

# %% tags=["demo"]
import time

import matplotlib.pyplot as plt

from tinytorch.pictures import show

BLUE, ORANGE, GREEN, PINK, SKY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"

# %% [markdown]
# ## Part 1 · Numbers that stay in bounds
#
# Attention lets positions talk to each other, once. Texts need more than one round: the word that a pronoun means, then what was said of it. So blocks are stacked. What happens to the numbers on their way through forty random layers?

# %% tags=["demo"]
def sizes_through(layers, width=64, gain=1.0, after=lambda x: x):
    """The standard deviation of random numbers after each of some random layers."""
    rng, found = np.random.default_rng(0), []
    x = rng.normal(size=(32, width))
    for _ in range(layers):
        x = after(np.maximum(x @ rng.normal(scale=gain / width**0.5, size=(width, width)), 0))
        found.append(x.std())
    return found


def standardized(x):
    return (x - x.mean(axis=-1, keepdims=True)) / x.std(axis=-1, keepdims=True)


for name, found in [("gain 1", sizes_through(40)), ("gain 2", sizes_through(40, gain=2.0)), ("gain 2, standardized", sizes_through(40, gain=2.0, after=standardized))]:
    print(f"{name:<21} after 10, 20, 30, 40 layers:", [f"{found[k]:.1e}" for k in (9, 19, 29, 39)])

# %% [markdown]
# Too small or too large: each layer multiplies, and forty factors of 0.7 or 1.4 leave nothing in between. The third line does not care about the factor. It brings each row back to mean 0 and standard deviation 1: **layer normalization** (Ba, Kiros and Hinton, 2016).

# %% [markdown]
# By hand: the row $(1, 3)$ has mean 2 and variance $\frac{1 + 1}{2} = 1$, and becomes $(-1, 1)$. Then each column has a learned factor and a learned addend: with the weight $(2, 1)$ and the bias $(0, 5)$ it is $(-2, 6)$.
#
# $$y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \cdot w + b$$
#
# A row of equal numbers has variance 0. The small $\epsilon$ stands under the root, so that it becomes 0 and not NaN.

# %% [markdown]
# ### 13.1 Composed of what you have
#
# Your engine knows the gradients of `mean`, `sqrt` and the four operations. So it knows those of a layer norm, if you put it together from them.

# %% nbgrader={"grade": false, "grade_id": "13-01-composed", "locked": false, "schema_version": 3, "solution": true, "task": false}
def composed_layer_norm(x, weight, bias, eps=1e-5):
    """Each row of x brought to mean 0 and variance 1, times weight, plus bias; by operations of Tensor.

    Parameters
    ----------
    x : Tensor of shape (..., E)
        A row is what lies along the last axis.
    weight, bias : Tensor of shape (E,)
    eps : float
        Is added to the variance, which divides by E, not by E - 1.

    Returns
    -------
    Tensor of the shape and dtype of x
        Gradients reach x, weight and bias.
    """
    ### BEGIN SOLUTION 13.1 composed_layer_norm: return the normalized rows, times weight, plus bias
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    return centred / (variance + eps).sqrt() * weight + bias
    ### END SOLUTION

# %%
# Helpers for the checks. Run this cell; nothing to do.
def numbers(shape, seed, dtype=np.float32):
    """Random numbers in a Tensor that wants a gradient."""
    return Tensor(np.random.default_rng(seed).normal(size=shape).astype(dtype), requires_grad=True)


def plain_norm(x, weight=1.0, bias=0.0, eps=1e-5):
    """The same for arrays, by NumPy alone."""
    return (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + eps) * weight + bias


def plain_gradients(x, weight, grad_output, eps=1e-5):
    """What a layer norm hands back to x, weight and bias; row by row, by the matrix of its slopes."""
    n, rows, back = x.shape[-1], x.reshape(-1, x.shape[-1]), (grad_output * weight).reshape(-1, x.shape[-1])
    grad_x, centre = np.empty_like(rows), np.eye(n) - 1 / n
    for k, row in enumerate(rows):
        s = 1 / np.sqrt(row.var() + eps)
        grad_x[k] = back[k] @ (s * centre - s**3 / n * np.outer(row - row.mean(), row - row.mean()))
    axes = tuple(range(x.ndim - 1))
    return grad_x.reshape(x.shape), (grad_output * plain_norm(x, eps=eps)).sum(axis=axes), grad_output.sum(axis=axes)

# %% nbgrader={"grade": true, "grade_id": "test-13-01-composed", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("13.1", "composed_layer_norm") as check:
    x, weight, bias = Tensor([[1.0, 3.0], [9.0, 5.0]], True), Tensor([2.0, 1.0], True), Tensor([0.0, 5.0], True)
    check.given(x=x, weight=weight, bias=bias, look="The example by hand, and a row with the mean 7 and the variance 4: it becomes (1, -1).")
    out = composed_layer_norm(x, weight, bias)
    check.is_a("the result", out, Tensor)
    check.equal("the result", out, [[-2.0, 6.0], [2.0, 4.0]], rtol=1e-4, atol=1e-4)
    ones, zeros = Tensor([1.0, 1.0]), Tensor([0.0, 0.0])
    check.given(x=[[7.0, 7.0]], look="Variance 0: what keeps the root from being 0?")
    check.equal("the result", composed_layer_norm(Tensor([[7.0, 7.0]]), ones, zeros), [[0.0, 0.0]])
    check.given(x=[[0.001, 0.003]], look="The variance is 1e-6, and eps = 1e-5 is added to it, under the root.")
    check.equal("the result", composed_layer_norm(Tensor([[0.001, 0.003]]), ones, zeros), [[-0.3015113, 0.3015113]], rtol=1e-4)
    check.given(x=x, weight=weight, bias=bias, grad_output="ones")
    out.backward(np.ones((2, 2), np.float32))
    reached = [each.grad is not None for each in (x, weight, bias)]
    check.same("whether a gradient reaches x, weight and bias", reached, [True, True, True], look="Is one of them used as an array?")
    check.equal("the gradient of x", x.grad, np.zeros((2, 2)), atol=1e-3, look="A row of two becomes (-1, 1) or (1, -1), wherever it stands: moving x moves nothing. Is the variance an array, outside of the graph?")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    x, weight, bias = numbers((2, 3, 5), 0, np.float64), numbers((5,), 1, np.float64), numbers((5,), 2, np.float64)
    before = x.data.copy()
    out = composed_layer_norm(x, weight, bias)
    check.equal("the result for a batch", out, plain_norm(x.data, weight.data, bias.data), dtype=np.float64)
    slopes = np.random.default_rng(3).normal(size=(2, 3, 5))
    out.backward(slopes)
    for name, each, right in zip(("x", "weight", "bias"), (x, weight, bias), plain_gradients(x.data, weight.data, slopes)):
        check.equal(f"the gradient of {name}", each.grad, right)
    check.unchanged("x", x, before)
    check.equal("the result in float32", composed_layer_norm(numbers((3, 8), 4), Tensor(np.ones(8)), Tensor(np.zeros(8))), plain_norm(numbers((3, 8), 4).data), rtol=1e-4, atol=1e-5)
    small = numbers((3, 8), 4)
    check.equal("the result for float32", composed_layer_norm(small, numbers((8,), 5), numbers((8,), 6)), plain_norm(small.data, numbers((8,), 5).data, numbers((8,), 6).data), dtype=np.float32, rtol=1e-4, atol=1e-5)
    check.equal("the result with eps = 1", composed_layer_norm(x, weight, bias, 1.0), plain_norm(x.data, weight.data, bias.data, 1.0))
    check.equal("the result for one row without a batch", composed_layer_norm(x[0, 0], weight, bias), plain_norm(x.data[0, 0], weight.data, bias.data))
    shifted = composed_layer_norm(Tensor(x.data + 1000), weight, bias)
    check.equal("the result for numbers near 1000", shifted, plain_norm(x.data, weight.data, bias.data))
    ### END HIDDEN TESTS

# %% [markdown]
# ### The way back in one step
#
# It works, and it is slow: about ten notes on the graph, and three arrays of the size of $x$ are kept where two would do. PyTorch, and everybody else, has *one* operation with a rule of its own. What is that rule?

# %% [markdown]
# Call $\hat x = (x - \mu)\, s$ with $s = 1/\sqrt{\sigma^2 + \epsilon}$, and $g$ the gradient that arrives at $\hat x$ (that is `grad_output` times the weight). Moving one $x_j$ moves three things: its own $\hat x_j$, the mean, and the standard deviation.
#
# - its own: $s\,g_j$;
# - the mean, by $\frac1E$, and with it every $\hat x_i$: $-s \cdot \text{mean}(g)$;
# - $s$, which scales every $\hat x_i$: $-s\,\hat x_j \cdot \text{mean}(g\,\hat x)$.

# %% [markdown]
# $$\frac{\partial L}{\partial x} = s\,\bigl(g - \text{mean}(g) - \hat x \cdot \text{mean}(g\,\hat x)\bigr)$$
#
# By hand, with two numbers: whatever a row of two different numbers is, $\hat x$ is $(-1, 1)$ (or $(1, -1)$). It cannot be moved, so the gradient must be 0. With $g = (3, 7)$: the mean is 5, $\text{mean}(g\hat x) = \frac{-3 + 7}{2} = 2$, and $3 - 5 - (-1) \cdot 2 = 0$. And $7 - 5 - 1 \cdot 2 = 0$.

# %%
#| exporti
def normalize(x, eps):
    """The rows of an array with mean 0 and variance 1, and the factor 1 / sqrt(variance + eps) of each row, (..., 1)."""
    centred = x - x.mean(axis=-1, keepdims=True)
    scale = 1 / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.asarray(eps, x.dtype))
    return centred * scale, scale

# %%
#| export
class LayerNormBackward(Function):
    """y = n * weight + bias, where n are the rows of x with mean 0 and variance 1.

    Parameters
    ----------
    x : Tensor of shape (..., E)
    weight, bias : Tensor of shape (E,)
    normal : numpy.ndarray of shape (..., E)
        n, as `normalize` gives it.
    scale : numpy.ndarray of shape (..., 1)
        1 / sqrt(variance + eps) of each row.

    The rule reads the weight, ``self.saved_tensors[0]``, `self.normal` and `self.scale`; it needs no x.
    """

    def __init__(self, x, weight, bias, normal, scale):
        super().__init__(x, weight, bias)
        self.saved_tensors, self.normal, self.scale = (weight,), normal, scale

# %% [markdown]
# ### 13.2 The rule of a layer norm
#
# Weight and bias are stretched over all rows; as with every rule since Module 06, the engine adds up what was stretched (a rule may do it itself, too).
#
# <details><summary>A nudge</summary>
#
# `y = n * weight + bias`: which gradients have `weight` and `bias`, and which has n? From there the formula above.
# </details>

# %% nbgrader={"grade": false, "grade_id": "13-02-layer-norm-backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(LayerNormBackward)
def apply(self, grad_output):
    """The gradients of x, of the weight and of the bias.

    Shapes: grad_output (..., E), the gradient of x the same; those of weight and bias (E,) or, not yet added up, (..., E).
    All in the dtype of grad_output. Nothing that is saved is changed, and neither is grad_output.
    """
    ### BEGIN SOLUTION 13.2 LayerNormBackward.apply: return the gradients of x, weight and bias
    grad = grad_output * self.saved_tensors[0].data
    grad_x = grad - grad.mean(axis=-1, keepdims=True)
    grad_x -= self.normal * (grad * self.normal).mean(axis=-1, keepdims=True)
    grad_x *= self.scale
    return grad_x, grad_output * self.normal, grad_output
    ### END SOLUTION

# %%
def note_of(x, weight, bias, eps=1e-5):
    """A note about a layer norm, for the checks. Run this cell; nothing to do."""
    return LayerNormBackward(x, weight, bias, *normalize(x.data, eps))


def gradients(note, grad_output):
    """What its rule answers, with everything added up that was stretched."""
    found = note.apply(grad_output)
    return [g if g.shape == shape else g.sum(axis=tuple(range(g.ndim - len(shape)))) for g, shape in zip(found, note.shapes)]

# %% nbgrader={"grade": true, "grade_id": "test-13-02-layer-norm-backward", "locked": true, "points": 13, "schema_version": 3, "solution": false, "task": false}
with Checks("13.2", "LayerNormBackward.apply") as check:
    x, weight, bias = Tensor([[1.0, 3.0]], True), Tensor([1.0, 1.0], True), Tensor([0.0, 5.0], True)
    check.given(x=x, weight=weight, grad_output=[[3.0, 7.0]], look="The example by hand: g is (3, 7).")
    answer = note_of(x, weight, bias).apply(np.array([[3.0, 7.0]], np.float32))
    check.is_a("the result", answer, (tuple, list))
    check.same("the number of gradients", len(answer), 3)
    grads = gradients(note_of(x, weight, bias), np.array([[3.0, 7.0]], np.float32))
    check.equal("the gradient of x", grads[0], [[0.0, 0.0]], atol=1e-3)
    check.equal("the gradient of the weight", grads[1], [-3.0, 7.0], rtol=1e-4, look="y = n * weight + bias, and n is (-1, 1).")
    check.equal("the gradient of the bias", grads[2], [3.0, 7.0])
    x, weight, bias = Tensor([[-1.0, 0.0, 1.0], [2.0, 1.0, 0.0]], True), Tensor([1.0, 2.0, 1.0], True), Tensor([0.0, 0.0, 0.0], True)
    slopes = np.array([[0.0, 3.0, 0.0], [0.0, 0.0, 0.0]], np.float32)
    check.given(x=x, weight=weight, grad_output=slopes, look="First row: g = (0, 6, 0), its mean is 2, mean(g n) is 0, and s = 1/sqrt(2/3). Each row has means of its own.")
    grads = gradients(note_of(x, weight, bias), slopes)
    check.is_a("the gradient of x", grads[0], np.ndarray)
    check.equal("the gradient of x", grads[0], np.array([[-2.0, 4.0, -2.0], [0.0, 0.0, 0.0]]) * 1.5**0.5, rtol=1e-4, atol=1e-5, dtype=np.float32)
    check.unchanged("grad_output", slopes, [[0.0, 3.0, 0.0], [0.0, 0.0, 0.0]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    x, weight, bias = numbers((2, 3, 5), 0, np.float64), numbers((5,), 1, np.float64), numbers((5,), 2, np.float64)
    slopes = check.rng().normal(size=(2, 3, 5))
    note, before = note_of(x, weight, bias), slopes.copy()
    for name, got, right in zip(("x", "the weight", "the bias"), gradients(note, slopes), plain_gradients(x.data, weight.data, slopes)):
        check.equal(f"the gradient of {name} for a batch", got, right, dtype=np.float64)
    check.unchanged("`grad_output`", slopes, before)
    check.unchanged("the saved rows", note.normal, normalize(x.data, 1e-5)[0])
    again = gradients(note, slopes)
    check.equal("the gradient of x in a second pass", again[0], plain_gradients(x.data, weight.data, slopes)[0])
    flat = Tensor(np.full((2, 4), 3.0), True)
    grads = gradients(note_of(flat, numbers((4,), 3, np.float64), numbers((4,), 4, np.float64)), np.arange(8.0).reshape(2, 4))
    check.equal("the gradient of x for rows of equal numbers", grads[0], plain_gradients(flat.data, numbers((4,), 3, np.float64).data, np.arange(8.0).reshape(2, 4))[0])
    row = numbers((6,), 5, np.float64)
    grads = gradients(note_of(row, numbers((6,), 6, np.float64), numbers((6,), 7, np.float64), 0.5), np.arange(6.0))
    for name, got, right in zip(("x", "the weight", "the bias"), grads, plain_gradients(row.data, numbers((6,), 6, np.float64).data, np.arange(6.0), 0.5)):
        check.equal(f"the gradient of {name} for one row, eps = 0.5", got, right)
    ### END HIDDEN TESTS

# %% [markdown]
# The operation and the layer are given. The wrapper of Module 06 does the recording; `kept` are the two arrays that the forward pass has computed anyway.

# %%
#| exporti
tracked_norm = tracked_layer(
    lambda kept, x, weight, bias: Tensor(kept[0] * weight.data + bias.data),
    lambda kept, x, weight, bias, out: LayerNormBackward(x, weight, bias, *kept),
)

# %%
#| export
class LayerNorm(Layer):
    """Brings each row to mean 0 and variance 1, then scales and shifts its columns (Ba, Kiros and Hinton, 2016).

    Parameters
    ----------
    normalized_shape : int
        E, the length of a row.
    eps : float
        Is added to the variance.

    Shapes: x (..., E), the result the same; weight (E,), ones at first, and bias (E,), zeros at first.
    Raises ValueError for rows of another length; its message has both shapes.
    """

    def __init__(self, normalized_shape, eps=1e-5):
        self.weight = Tensor(np.ones(normalized_shape, np.float32), requires_grad=True)
        self.bias = Tensor(np.zeros(normalized_shape, np.float32), requires_grad=True)
        self.eps = eps

    def forward(self, x):
        if x.shape[-1:] != self.weight.shape:
            raise ValueError(f"x of shape {x.shape} does not fit a weight of shape {self.weight.shape}")
        return tracked_norm(normalize(x.data, self.eps), x, self.weight, self.bias)

    def __repr__(self):
        return f"LayerNorm({self.weight.shape[0]})"

# %% tags=["demo"]
x, weight, bias = (numbers(shape, seed, np.float64) for seed, shape in enumerate([(3, 5), (5,), (5,)]))
print("central differences agree:", gradcheck(lambda x, w, b: tracked_norm(normalize(x.data, 1e-5), x, w, b), [x, weight, bias]))

# %% [markdown]
# Now the price of both, in time and in the memory that a forward pass leaves behind for the way back:

# %% tags=["demo"]
import tracemalloc

x, layer = numbers((32, 64, 128), 0), LayerNorm(128)
ways = {"composed": lambda: composed_layer_norm(x, layer.weight, layer.bias), "one rule": lambda: layer(x)}
times, slopes = {name: [] for name in ways}, np.ones(x.shape, np.float32)
for _ in range(15):
    for name, way in ways.items():
        start = time.perf_counter()
        way().backward(slopes)
        times[name].append(time.perf_counter() - start)
for name, way in ways.items():
    tracemalloc.start()
    out = way()
    kept = tracemalloc.get_traced_memory()[0] / x.data.nbytes
    tracemalloc.stop()
    print(f"{name:<9} {np.median(times[name]) * 1e3:6.2f} ms forward and back; kept {kept:.1f} arrays of the size of x")
print(f"time, composed / one rule: {np.median(np.divide(times['composed'], times['one rule'])):.1f}")

# %% [markdown]
# One is the result itself. That is what *fusing* buys: hardly any arithmetic is saved, but trips through memory are.

# %% [markdown]
# ## Part 2 · Paths around every layer
#
# Forward the numbers are in bounds now. And the gradients? On the way back each layer multiplies them by its weights, transposed. After many layers, the gradient at the first one says little about the loss: it has been mixed forty times.

# %% [markdown]
# The cure is one plus sign: $x + f(x)$ instead of $f(x)$ (He and others, 2016). Its gradient is $g + f'(x)^\top g$: whatever $f$ does, $g$ itself arrives too. The sum of all layers' *residuals* is a stream that runs through the network, and each layer reads it and adds to it.

# %% tags=["demo"]
def first_gradients(depth, path, width=64, seeds=3):
    """How large the gradient is at the input, over that at the output, for a stack of small networks."""
    ratios = []
    for seed in range(seeds):
        manual_seed(seed)
        norms, x = [LayerNorm(width) for _ in range(depth)], numbers((16, width), seed)
        layers = [Sequential(Linear(width, width), GELU(), Linear(width, width)) for _ in range(depth)]
        out = x
        for norm, layer in zip(norms, layers):
            out = path(out, norm, layer)
        slopes = np.random.default_rng(seed).normal(size=out.shape)
        out.backward(slopes)
        ratios.append(np.linalg.norm(x.grad.astype(float)) / np.linalg.norm(slopes))
    return np.median(ratios)

# %% tags=["demo"]
depths = [1, 2, 4, 8, 16, 32]
paths = {
    "f(x)": (lambda x, norm, f: f(x), "^:", PINK),
    "norm(x + f(x))": (lambda x, norm, f: norm(x + f(x)), "s--", ORANGE),
    "x + f(norm(x))": (lambda x, norm, f: x + f(norm(x)), "o-", BLUE),
}
figure, axis = plt.subplots(figsize=(6.5, 2.8))
for name, (path, style, color) in paths.items():
    axis.loglog(depths, [first_gradients(depth, path) for depth in depths], style, color=color, label=name)
axis.set(xlabel="layers", ylabel="gradient at the input", xticks=depths, xticklabels=depths)
axis.minorticks_off()
axis.legend()
show(figure, "The size of the gradient at the input, relative to that at the output, against the number of layers from 1 to 32, both axes "
             "logarithmic. Without residual paths it falls by many powers of ten. With the norm after the sum, and with the norm inside the path, it stays near 1.")

# %% [markdown]
# Where to put the norm? Vaswani and others (2017) put it *after* the sum; since GPT-2 it stands *inside* the path, before the layer. Then nothing at all stands on the way from the end to the beginning, and training needs less care. (The picture cannot show that; training does.)

# %% [markdown]
# ### The block
#
# A transformer's block has two such paths. In the first, positions exchange what they know: attention. In the second, each position thinks alone: a network with one hidden layer of $4E$ numbers and GELU.

# %% [markdown]
# ```mermaid
# flowchart LR
#     accTitle: A transformer block
#     accDescr: x goes through norm1 and attention and is added to itself; the sum goes through norm2 and the small network and is added to itself.
#     X["x"] --> N1["norm1"] --> A["attention,<br/>causal"] --> P1(("+"))
#     X --> P1
#     P1 --> N2["norm2"] --> M["mlp:<br/>E → 4E → E"] --> P2(("+"))
#     P1 --> P2 --> Y["result"]
# ```

# %%
#| export
class TransformerBlock(Layer):
    """Attention, then a network at each position, each on a path of its own beside the sum (pre-norm, as in GPT-2).

    Parameters
    ----------
    embed_dim : int
        E, the length of the vector at each position.
    num_heads : int
        E is a multiple of it.

    Attributes
    ----------
    norm1, norm2 : LayerNorm
    attention : MultiHeadAttention
    mlp : Sequential
        Linear from E to 4E, GELU, Linear from 4E to E.
    """

    def __repr__(self):
        return f"TransformerBlock({self.norm1.weight.shape[0]}, {self.attention.num_heads})"

# %% [markdown]
# ### 13.3 `TransformerBlock.__init__`
#
# The order of the four parts is the order of their random numbers and of `parameters()`: as they come on the way.

# %% nbgrader={"grade": false, "grade_id": "13-03-block-init", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(TransformerBlock)
def __init__(self, embed_dim, num_heads):
    """Set `norm1`, `attention`, `norm2` and `mlp`, in this order. MultiHeadAttention refuses what does not fit."""
    ### BEGIN SOLUTION 13.3 TransformerBlock.__init__: set norm1, attention, norm2 and mlp
    self.norm1, self.attention = LayerNorm(embed_dim), MultiHeadAttention(embed_dim, num_heads)
    self.norm2 = LayerNorm(embed_dim)
    self.mlp = Sequential(Linear(embed_dim, 4 * embed_dim), GELU(), Linear(4 * embed_dim, embed_dim))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-13-03-block-init", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with Checks("13.3", "TransformerBlock.__init__") as check:
    check.given(embed_dim=6, num_heads=2, look="As they come on the way: norm1, attention, norm2, mlp.")
    block = TransformerBlock(6, 2)
    kinds = [(name, type(value).__name__) for name, value in vars(block).items() if isinstance(value, Layer)]
    check.same("the layers", kinds, [("norm1", "LayerNorm"), ("attention", "MultiHeadAttention"), ("norm2", "LayerNorm"), ("mlp", "Sequential")])
    shapes = [(6,), (6,), *[(6, 6), (6,)] * 4, (6,), (6,), (6, 24), (24,), (24, 6), (6,)]
    check.same("the shapes of the parameters", [p.shape for p in block.parameters()], shapes)
    check.same("the number of heads", block.attention.num_heads, 2)
    check.same("what stands in the middle of mlp", type(block.mlp[1]).__name__, "GELU")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    manual_seed(3)
    attention, first, second = MultiHeadAttention(4, 4), Linear(4, 16), Linear(16, 4)
    manual_seed(3)
    block = TransformerBlock(4, 4)
    check.equal("the weight of q_proj for one seed", block.attention.q_proj.weight, attention.q_proj.weight)
    check.equal("the first weight of mlp for one seed", block.mlp[0].weight, first.weight)
    check.equal("the last weight of mlp for one seed", block.mlp[2].weight, second.weight)
    check.same("the number of different tensors", len({id(p) for p in block.parameters()}), 16)
    check.same("the number of layers in mlp", len(block.mlp), 3)
    check.same("the eps of both norms", (block.norm1.eps, block.norm2.eps), (1e-5, 1e-5))
    check.raises("5 numbers for 2 heads", ValueError, lambda: TransformerBlock(5, 2), mentions=("5", "2"))
    check.same("the way it is written", repr(TransformerBlock(8, 2)), "TransformerBlock(8, 2)")
    ### END HIDDEN TESTS

# %% [markdown]
# ### 13.4 TransformerBlock.forward
#
# A block of a *language* model is causal: nobody looks ahead. Which of the two paths needs the mask?

# %% nbgrader={"grade": false, "grade_id": "13-04-block-forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(TransformerBlock)
def forward(self, x):
    """Add to x what the causal attention of norm1 says, then to that sum what mlp says of norm2.

    Shapes: x (..., T, E), a Tensor; the result the same. Position t depends on the positions 0 to t only.
    """
    ### BEGIN SOLUTION 13.4 TransformerBlock.forward: return the sum after both paths
    x = x + self.attention(self.norm1(x), causal_mask(x.shape[-2]))
    return x + self.mlp(self.norm2(x))
    ### END SOLUTION

# %%
# Blocks whose numbers are known, and what they should say. Run this cell; nothing to do.
def given_norm(kept, x, weight, bias):
    """A stand-in for the operation with the rule of 13.2."""
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / ((centred * centred).mean(axis=-1, keepdims=True) + 1e-5).sqrt() * weight + bias


def filled(layer, seed, dtype=np.float32):
    """The layer, with known random numbers in its parameters."""
    rng = np.random.default_rng(seed)
    for parameter in layer.parameters():
        parameter.data = rng.normal(scale=0.5, size=parameter.shape).astype(dtype)
    return layer


def known_block(embed_dim, num_heads, seed=0, dtype=np.float32):
    mlp = Sequential(Linear(embed_dim, 4 * embed_dim), GELU(), Linear(4 * embed_dim, embed_dim))
    parts = {"norm1": LayerNorm(embed_dim), "attention": MultiHeadAttention(embed_dim, num_heads)}
    return filled(bare(TransformerBlock, **parts, norm2=LayerNorm(embed_dim), mlp=mlp), seed, dtype)


def expected_block(block, x):
    """The result for an array, path by path."""
    with no_grad():
        first = plain_norm(x, block.norm1.weight.data, block.norm1.bias.data).astype(x.dtype)
        x = x + block.attention(Tensor(first), np.tri(x.shape[-2], dtype=bool)).data
        second = plain_norm(x, block.norm2.weight.data, block.norm2.bias.data).astype(x.dtype)
        return x + block.mlp(Tensor(second)).data

# %% nbgrader={"grade": true, "grade_id": "test-13-04-block-forward", "locked": true, "points": 9, "schema_version": 3, "solution": false, "task": false}
with Checks("13.4", "TransformerBlock.forward") as check, check.using(tracked_norm=given_norm):
    block, x = known_block(4, 2), numbers((1, 3, 4), 1)
    for linear in (block.attention.out_proj, block.mlp[2]):
        linear.weight.data, linear.bias.data = linear.weight.data * 0, linear.bias.data * 0
    check.given(x=x, look="Attention and mlp give zeros here. What is left of x + …?")
    check.equal("the result", block.forward(x), x.data, rtol=1e-4)
    block = known_block(4, 2)
    check.given(x=x[:, :1], num_heads=2, look="norm1, attention, plus; norm2, mlp, plus. Which x does the second plus add to?")
    check.equal("the result for a single position", block.forward(x[:, :1]), expected_block(block, x.data[:, :1]), rtol=1e-3, atol=1e-4)
    check.given(x=x, num_heads=2, look="A single position came out right. What must position 0 not see? And x has a batch in front.")
    out, right = block.forward(x), expected_block(block, x.data)
    check.equal("the result at position 0, which sees itself only,", out[0, 0], right[0, 0], rtol=1e-3, atol=1e-4)
    check.equal("the result", out, right, rtol=1e-3, atol=1e-4)
    check.same("whether the result wants a gradient", out.requires_grad, True, look="Operations of Tensor record themselves.")
    check.probe(lambda: block.forward(numbers((3, 3, 4), 2)))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    block, x = known_block(6, 3, 2, np.float64), numbers((2, 5, 6), 3, np.float64)
    out = block.forward(x)
    check.equal("the result for a batch", out, expected_block(block, x.data), dtype=np.float64)
    later = x.data.copy()
    later[:, 3:] += 1.0
    check.equal("the result before a change", block.forward(Tensor(later))[:, :3], expected_block(block, x.data)[:, :3])
    check.equal("the result without a batch", block.forward(x[1]), expected_block(block, x.data[1]))
    check.equal("the result for one position", block.forward(x[:, :1]), expected_block(block, x.data[:, :1]))
    check.equal("the result for a longer batch", block.forward(Tensor(np.tile(x.data, (1, 2, 1)))), expected_block(block, np.tile(x.data, (1, 2, 1))))
    out.backward(np.ones(out.shape))
    check.same("the parameters without a gradient", [p.shape for p in block.parameters() if p.grad is None], [])
    check.unchanged("x", x, numbers((2, 5, 6), 3, np.float64))
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 3 · The model
#
# From ids to vectors, some blocks, and back to ids: that is GPT (Radford and others, 2018). A table of *tokens* gives each id a row of $E$ numbers; a second table does so for each position, since attention knows no order. At the end each position has a score for each id.

# %% [markdown]
# What makes the scores? A layer from $E$ to $V$ numbers, $V$ ids: as large as the table. And it does the same backwards: the score of an id is the dot product of what the position says with a row for that id. So take the *same* table, transposed: **tied weights** (Press and Wolf, 2017). One table in place of two, and each id learns from being read and from being written.

# %% [markdown]
# ### 13.5 How many numbers?
#
# Count before you build. A block: the attention has four layers with $E^2 + E$ numbers each, the network $4E^2 + 4E$ and $4E^2 + E$, the two norms $2E$ each. Around the blocks: both tables, and a last norm. The tied layer adds nothing. How much do more heads cost? (Nothing: they share out the same columns.)

# %% nbgrader={"grade": false, "grade_id": "13-05-count", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gpt_parameters(vocab_size, embed_dim, num_layers, max_length):
    """How many numbers a GPT with tied weights has to learn.

    Parameters
    ----------
    vocab_size, embed_dim, num_layers, max_length : int
        V ids, vectors of E numbers, how many blocks, and how many positions the second table has.

    Returns
    -------
    int
    """
    ### BEGIN SOLUTION 13.5 gpt_parameters: return the number of numbers
    block = 4 * (embed_dim**2 + embed_dim) + (8 * embed_dim**2 + 5 * embed_dim) + 4 * embed_dim
    return (vocab_size + max_length) * embed_dim + num_layers * block + 2 * embed_dim
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-13-05-count", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with Checks("13.5", "gpt_parameters") as check:
    check.given(vocab_size=10, embed_dim=1, num_layers=0, max_length=5, look="Two tables of 10 and 5 numbers, and a norm with 2.")
    check.same("the number of parameters", gpt_parameters(10, 1, 0, 5), 17)
    check.given(vocab_size=10, embed_dim=1, num_layers=1, max_length=5, look="The block: attention 8, network 8 + 5, norms 4.")
    check.same("the number of parameters", gpt_parameters(10, 1, 1, 5), 42)
    check.given(vocab_size=50257, embed_dim=768, num_layers=12, max_length=1024, look="This is GPT-2, the small one.")
    check.same("the number of parameters", gpt_parameters(50257, 768, 12, 1024), 124_439_808)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.same("the number of parameters of GPT-2, the medium one", gpt_parameters(50257, 1024, 24, 1024), 354_823_168)
    check.same("the number of parameters of three blocks", gpt_parameters(7, 4, 3, 9), 804)
    check.same("the number of parameters without blocks", gpt_parameters(3, 2, 0, 1), 12)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 13.6 `GPT.__init__`
#
# An `Embedding` begins with numbers of standard deviation 1. As a last layer that is far too much: after the norm a position's vector has length $\sqrt E$, so its dot products with such rows have standard deviation $\sqrt E$, and the untrained model would be sure of itself, and wrong. With tables that are $\sqrt E$ times smaller the scores have standard deviation 1, whatever $E$ is.

# %%
#| export
class GPT(Layer):
    """A causal language model: for each position, a score for each id that might come next.

    Parameters
    ----------
    vocab_size : int
        V, how many ids there are.
    embed_dim : int
        E, the length of the vector at each position.
    num_layers, num_heads : int
        How many blocks, and how many heads each of them has; E is a multiple of the second.
    max_length : int
        How many positions it knows.

    Attributes
    ----------
    tokens, positions : Embedding
        (V, E), which is also the last layer, and (max_length, E).
    blocks : list of TransformerBlock
    norm : LayerNorm
        After the last block.
    """

    @property
    def max_length(self):
        return self.positions.weight.shape[0]

    def __repr__(self):
        (vocab_size, embed_dim), heads = self.tokens.weight.shape, [block.attention.num_heads for block in self.blocks[:1]]
        return f"GPT({vocab_size}, {embed_dim}, {len(self.blocks)}, {heads[0] if heads else 1}, {self.max_length})"

# %% nbgrader={"grade": false, "grade_id": "13-06-gpt-init", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(GPT)
def __init__(self, vocab_size, embed_dim, num_layers, num_heads, max_length):
    """Set `tokens`, `positions`, `blocks` and `norm`, in this order.

    The numbers of both tables are those that `Embedding` draws, divided by sqrt(embed_dim), in float32.
    """
    ### BEGIN SOLUTION 13.6 GPT.__init__: set tokens, positions, blocks and norm
    self.tokens, self.positions = Embedding(vocab_size, embed_dim), Embedding(max_length, embed_dim)
    for table in (self.tokens, self.positions):
        table.weight.data /= math.sqrt(embed_dim)
    self.blocks = [TransformerBlock(embed_dim, num_heads) for _ in range(num_layers)]
    self.norm = LayerNorm(embed_dim)
    ### END SOLUTION

# %%
# A stand-in, so that this test judges 13.6 only. Run this cell; nothing to do.
class GivenBlock(TransformerBlock):
    def __init__(self, embed_dim, num_heads):
        self.norm1, self.attention = LayerNorm(embed_dim), MultiHeadAttention(embed_dim, num_heads)
        self.norm2 = LayerNorm(embed_dim)
        self.mlp = Sequential(Linear(embed_dim, 4 * embed_dim), GELU(), Linear(4 * embed_dim, embed_dim))

# %% nbgrader={"grade": true, "grade_id": "test-13-06-gpt-init", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("13.6", "GPT.__init__") as check, check.using(TransformerBlock=GivenBlock):
    check.given(vocab_size=20, embed_dim=4, num_layers=2, num_heads=2, max_length=7, look="tokens, positions, a list of blocks, norm.")
    manual_seed(0)
    model = GPT(20, 4, 2, 2, 7)
    check.same("the names of the attributes", list(vars(model)), ["tokens", "positions", "blocks", "norm"])
    check.same("the shapes of both tables", (model.tokens.weight.shape, model.positions.weight.shape), ((20, 4), (7, 4)))
    check.same("the number of blocks", len(model.blocks), 2)
    check.same("the number of numbers to learn", sum(p.size for p in model.parameters()), 604, look="The last layer is the table of tokens: it needs no numbers of its own.")
    manual_seed(0)
    drawn = Embedding(20, 4)
    check.same("what wants a gradient of its own", [table.weight._grad_fn is None for table in (model.tokens, model.positions)], [True, True], look="weight / … is a result on a graph: optimizers wait for its gradient in vain. Change weight.data.")
    check.equal("the table of tokens", model.tokens.weight, drawn.weight.data / 2, dtype=np.float32, look="What Embedding draws, divided by sqrt(4).")
    check.equal("the table of positions", model.positions.weight, Embedding(7, 4).weight.data / 2, dtype=np.float32, look="Both tables.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    manual_seed(5)
    model = GPT(11, 6, 3, 3, 13)
    manual_seed(5)
    first, second, block = Embedding(11, 6), Embedding(13, 6), GivenBlock(6, 3)
    check.equal("the table of tokens for one seed", model.tokens.weight, first.weight.data / np.float32(6**0.5), dtype=np.float32)
    check.equal("the table of positions for one seed", model.positions.weight, second.weight.data / np.float32(6**0.5), dtype=np.float32)
    check.equal("the first block's q_proj for one seed", model.blocks[0].attention.q_proj.weight, block.attention.q_proj.weight)
    check.same("whether both tables are to be learned", (model.tokens.weight.requires_grad, model.positions.weight.requires_grad), (True, True))
    check.same("the number of different tensors", len({id(p) for p in model.parameters()}), 52)
    check.same("the heads of the blocks", [b.attention.num_heads for b in model.blocks], [3, 3, 3])
    check.same("the shape of the last norm", model.norm.weight.shape, (6,))
    check.same("max_length", model.max_length, 13)
    check.same("the number of numbers without blocks", sum(p.size for p in GPT(3, 2, 0, 1, 5).parameters()), 20)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 13.7 GPT.forward
#
# Positions count from 0. A longer text than the table has rows is an error: better than a position that was never trained.
#
# <details><summary>A nudge</summary>
#
# `self.positions` takes ids like any embedding: which ones? Its rows have the shape (T, E), those of the tokens (…, T, E).
# </details>

# %% nbgrader={"grade": false, "grade_id": "13-07-gpt-forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(GPT)
def forward(self, ids):
    """The scores of what comes next, at each position.

    Parameters
    ----------
    ids : integers of shape (..., T), a Tensor, an array or a list

    Returns
    -------
    Tensor of shape (..., T, V)
        The rows of ids and positions, added, go through the blocks and `norm`; the scores are the dot products with all
        rows of the table of tokens.

    Raises
    ------
    ValueError
        If T is above `self.max_length`; the message has both.
    """
    ### BEGIN SOLUTION 13.7 GPT.forward: return the scores of all ids at each position
    x = self.tokens(ids)
    length = x.shape[-2]
    if length > self.max_length:
        raise ValueError(f"a text of {length} ids does not fit: there are {self.max_length} positions")
    x = x + self.positions(np.arange(length))
    for block in self.blocks:
        x = block(x)
    return self.norm(x).matmul(self.tokens.weight.transpose())
    ### END SOLUTION

# %%
class Mixer(Layer):
    """In place of a block, for the checks: each position gets the squares of all up to it. Run this cell; nothing to do."""

    def __init__(self, factor):
        self.factor = factor

    def forward(self, x):
        return x + Tensor(np.tri(x.shape[-2], dtype=x.dtype) * np.asarray(self.factor, x.dtype)).matmul(x * x)

# %%
# Models whose numbers are known. Run this cell; nothing to do.
def known_gpt(vocab_size, embed_dim, factors, max_length, seed=0, dtype=np.float64):
    tables = {"tokens": Embedding(vocab_size, embed_dim), "positions": Embedding(max_length, embed_dim)}
    model = filled(bare(GPT, **tables, blocks=[], norm=LayerNorm(embed_dim)), seed, dtype)
    model.blocks = [Mixer(factor) for factor in factors]
    return model


def expected_scores(model, ids):
    x = model.tokens.weight.data[ids] + model.positions.weight.data[: ids.shape[-1]]
    for block in model.blocks:
        x = x + block.factor * np.cumsum(x * x, axis=-2)
    return plain_norm(x, model.norm.weight.data, model.norm.bias.data) @ model.tokens.weight.data.T

# %% nbgrader={"grade": true, "grade_id": "test-13-07-gpt-forward", "locked": true, "points": 9, "schema_version": 3, "solution": false, "task": false}
with Checks("13.7", "GPT.forward") as check, check.using(tracked_norm=given_norm):
    model, ids = known_gpt(5, 3, [], 4), np.array([2, 0, 2])
    check.given(ids=ids, blocks="none", look="The rows of ids and positions, added; norm; the products with all rows of the table.")
    out = model.forward(ids)
    check.is_a("the result", out, Tensor)
    check.equal("the scores", out, expected_scores(model, ids))
    out.backward(np.eye(3, 5))
    check.same("whether a gradient reaches the row of id 1, which is not in the text", bool(np.any(model.tokens.weight.grad[1])), True, look="The last layer is the table itself: is it used as an array there?")
    model, ids = known_gpt(5, 3, [0.5, -0.25], 4), np.array([[2, 0, 2, 1], [4, 4, 1, 0]])
    check.given(ids=ids, blocks="two", look="Each block gets what the one before it returned.")
    check.equal("the scores", model.forward(ids), expected_scores(model, ids))
    check.raises("a text of 5 ids", ValueError, lambda: model.forward(np.zeros(5, int)), mentions=("5", "4"), inputs={"ids": "(5,)", "max_length": 4}, look="Which error tells the reader what is too long?")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    model, ids = known_gpt(7, 4, [0.2, 0.4, -0.3], 6, 1), np.random.default_rng(2).integers(7, size=(2, 3, 5))
    out = model.forward(Tensor(ids))
    check.equal("the scores for two batch axes", out, expected_scores(model, ids), dtype=np.float64)
    check.equal("the scores for a list", model.forward([1, 1, 6]), expected_scores(model, np.array([1, 1, 6])))
    check.equal("the scores of one id", model.forward(np.array([3])), expected_scores(model, np.array([3])))
    check.equal("the scores of the longest text", model.forward(np.arange(6)), expected_scores(model, np.arange(6)))
    check.raises("a text that is too long", ValueError, lambda: model.forward(np.zeros((2, 9), int)), mentions=("9", "6"))
    single = known_gpt(7, 4, [0.5], 6, 1, np.float32)
    check.same("the dtype of the scores in float32", str(single.forward(ids).dtype), "float32")
    slopes = np.random.default_rng(3).normal(size=out.shape)
    out.backward(slopes)
    check.same("the parameters without a gradient", [p.shape for p in model.parameters() if p.grad is None], [])
    moved = known_gpt(7, 4, [0.2, 0.4, -0.3], 6, 1)
    moved.tokens.weight.data[3, 1] += 1e-6
    slope = (expected_scores(moved, ids) - expected_scores(model, ids)) / 1e-6
    check.equal("a gradient of the tied table", model.tokens.weight.grad[3, 1], (slope * slopes).sum(), rtol=1e-3, atol=1e-4)
    ### END HIDDEN TESTS

# %% tags=["demo"]
manual_seed(0)
fresh = GPT(512, 64, 2, 4, 64)
counted = sum(p.size for p in fresh.parameters())
print(fresh, "has", f"{counted:,}", "numbers to learn; counted before:", f"{gpt_parameters(512, 64, 2, 64):,}")
print(list(named_parameters(fresh))[:5], "…")

# %% [markdown]
# ## Part 4 · One text, a thousand questions
#
# What is it trained on? On nothing but text: at each position the answer is the id that comes next. A window of 64 ids is 64 questions with 64 answers, and thanks to the mask they are all asked in one pass, without any question seeing its answer.

# %% [markdown]
# ### 13.8 next_token_pairs
#
# By hand, ids 5 6 7 8 9 and windows of length 2: the inputs are (5 6) and (7 8), the targets (6 7) and (8 9). The last target is the last id. With 5 6 7 8 there is one window only: the answer to 8 is missing.

# %% nbgrader={"grade": false, "grade_id": "13-08-pairs", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def next_token_pairs(ids, length):
    """A text cut into windows, side by side, and for each of their places the id that comes next.

    Parameters
    ----------
    ids : array-like of int, of shape (n,)
    length : int
        The length of a window, at least 1. What does not fill a window at the end is left out.

    Returns
    -------
    inputs, targets : numpy.ndarray of int, of shape ((n - 1) // length, length)

    Raises
    ------
    ValueError
        If the text is too short for a single window; the message has n and length.
    """
    ### BEGIN SOLUTION 13.8 next_token_pairs: return inputs and targets
    ids = np.asarray(ids)
    count = (len(ids) - 1) // length
    if count < 1:
        raise ValueError(f"a text of {len(ids)} ids is too short for a window of {length} and what comes next")
    used = count * length
    return ids[:used].reshape(count, length), ids[1 : used + 1].reshape(count, length)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-13-08-pairs", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("13.8", "next_token_pairs") as check:
    check.given(ids=[5, 6, 7, 8, 9], length=2, look="The first example by hand.")
    pairs = next_token_pairs([5, 6, 7, 8, 9], 2)
    check.equal("the array of inputs", pairs[0], [[5, 6], [7, 8]])
    check.equal("the array of targets", pairs[1], [[6, 7], [8, 9]])
    check.given(ids=[5, 6, 7, 8], length=2, look="What comes after the 8?")
    check.equal("the array of inputs", next_token_pairs([5, 6, 7, 8], 2)[0], [[5, 6]])
    check.raises("a text of 3 ids in windows of 3", ValueError, lambda: next_token_pairs([1, 2, 3], 3), mentions="3", inputs={"ids": [1, 2, 3], "length": 3})
    check.probe(lambda: next_token_pairs([], 2))
    check.probe(lambda: next_token_pairs([1, 2, 3, 4, 5, 6, 7], 2))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    ids = np.random.default_rng(0).integers(100, size=50)
    for length in (1, 7, 16, 48, 49):
        count = 49 // length
        pairs = next_token_pairs(ids, length)
        check.equal(f"the array of inputs in windows of {length}", pairs[0], [ids[k * length : (k + 1) * length] for k in range(count)])
        check.equal(f"the array of targets in windows of {length}", pairs[1], [ids[k * length + 1 : (k + 1) * length + 1] for k in range(count)])
    check.raises("a text of 50 ids in windows of 50", ValueError, lambda: next_token_pairs(ids, 50), mentions="50")
    check.raises("no text", ValueError, lambda: next_token_pairs([], 4), mentions=("0", "4"))
    check.equal("the array of targets of the shortest text", next_token_pairs(np.array([3, 8]), 1)[1], [[8]])
    ### END HIDDEN TESTS

# %% [markdown]
# ### 13.9 next_token_loss
#
# The cross-entropy of Module 04 takes a row of scores for each sample. Here a sample is a position. All positions of all windows count the same.
#
# By hand: two ids, and the scores $(0, 0)$ at one position, $(\ln 3, 0)$ at the next. With the targets 0 and 1 the probabilities of what came are $\frac12$ and $\frac14$, the losses $\ln 2$ and $\ln 4$, and their mean is $1.5 \ln 2 = 1.0397$.

# %% nbgrader={"grade": false, "grade_id": "13-09-loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def next_token_loss(logits, targets):
    """The mean cross-entropy over all positions.

    Parameters
    ----------
    logits : Tensor of shape (..., T, V)
        The scores of all ids at each position.
    targets : integers of shape (..., T), a Tensor or an array
        What came next.

    Returns
    -------
    Tensor of shape (), through which gradients flow
    """
    ### BEGIN SOLUTION 13.9 next_token_loss: return the mean loss over all positions
    targets = targets.data if isinstance(targets, Tensor) else targets
    return CrossEntropyLoss()(logits.reshape(-1, logits.shape[-1]), Tensor(targets.reshape(-1)))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-13-09-loss", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("13.9", "next_token_loss") as check:
    logits = Tensor([[[0.0, 0.0], [math.log(3), 0.0]]], requires_grad=True)
    check.given(logits=logits, targets=[[0, 1]], look="The example by hand.")
    loss = next_token_loss(logits, Tensor(np.array([[0, 1]])))
    check.is_a("the loss", loss, Tensor)
    check.equal("the loss", loss, 1.0397208)
    check.equal("the loss for an array of targets", next_token_loss(logits, np.array([[0, 1]])), 1.0397208)
    check.same("whether the loss wants a gradient", loss.requires_grad, True, look="Operations of Tensor record themselves.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    logits, targets = numbers((2, 3, 4, 5), 0, np.float64), np.random.default_rng(1).integers(5, size=(2, 3, 4))
    powers = np.exp(logits.data)
    shares = powers / powers.sum(axis=-1, keepdims=True)
    chosen = np.take_along_axis(shares, targets[..., None], axis=-1)
    loss = next_token_loss(logits, Tensor(targets))
    check.equal("the loss for two batch axes", loss, -np.log(chosen).mean(), dtype=np.float64)
    loss.backward()
    check.equal("the gradient of the scores", logits.grad, (shares - np.eye(5)[targets]) / 24)
    check.equal("the loss without a batch", next_token_loss(Tensor(logits.data[0, 0]), targets[0, 0]), -np.log(chosen[0, 0]).mean())
    check.same("the shape of the loss", next_token_loss(logits, targets).shape, ())
    check.equal("the loss for scores of 1000", next_token_loss(Tensor([[1000.0, 0.0]]), np.array([1])), 1000.0)
    ### END HIDDEN TESTS

# %% [markdown]
# What is the loss of a model that has learned nothing? If it gives all $V$ ids the same probability, $\ln V$: with 512 ids 6.24. Scores with standard deviation $\sigma$ cost about $\sigma^2/2$ more, so with our tables it should be near 6.74. What is far above that is confidence without knowledge:

# %% tags=["demo"]
manual_seed(0)
inputs, targets = next_token_pairs(np.random.default_rng(0).integers(512, size=1000), 64)
for name, factor in [("tables divided by 8", 1.0), ("table of tokens as Embedding draws it", 8.0)]:
    fresh = GPT(512, 64, 2, 4, 64)
    fresh.tokens.weight.data *= np.float32(factor)
    with no_grad():
        print(f"{name:<31} loss {next_token_loss(fresh(inputs), targets).item():6.2f}   ln 512 = {math.log(512):.2f}")

# %% [markdown]
# ## Part 5 · Writing
#
# Before it trains, it gets a voice, so that you can hear how it learns. The model gives scores; to write, one id has to be chosen. Always the best one? That is a bore, and it gets stuck: *the the the*. So it is drawn, with the probabilities of the softmax, changed by two knobs.

# %% [markdown]
# **Temperature** $\tau$: the scores are divided by it. Small: more careful. Large: bolder. **Top-k**: only the $k$ best may be drawn, because a thousand improbable ids together are not improbable.
#
# By hand, scores $(\ln 4, \ln 2, 0)$: the probabilities are $\frac47, \frac27, \frac17$. With $\tau = \frac12$ the scores double and become $\ln 16, \ln 4, 0$: $\frac{16}{21}, \frac{4}{21}, \frac{1}{21}$. With $k = 2$ and $\tau = 1$: $\frac23, \frac13, 0$.

# %% [markdown]
# ### 13.10 next_token_probabilities

# %% nbgrader={"grade": false, "grade_id": "13-10-probabilities", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def next_token_probabilities(logits, temperature=1.0, top_k=None):
    """What the next id is drawn from.

    Parameters
    ----------
    logits : numpy.ndarray of shape (V,)
        The score of each id, of any size. Stays as it is.
    temperature : float
        The scores are divided by it; above 0.
    top_k : int, optional
        Only so many ids with the largest scores may be drawn, of equal ones those with the smaller numbers; at least 1.
        None, or more than V: all.

    Returns
    -------
    numpy.ndarray of float64, of shape (V,)
        They add up to 1; exactly 0 for what may not be drawn.

    Raises
    ------
    ValueError
        If temperature is not above 0, or top_k is below 1; the message has the number.
    """
    ### BEGIN SOLUTION 13.10 next_token_probabilities: return the probabilities of all ids
    if not temperature > 0:
        raise ValueError(f"the temperature should be above 0, not {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k should be at least 1, not {top_k}")
    best = np.argsort(-logits, kind="stable")[:top_k]
    powers = np.exp((logits[best].astype(np.float64) - logits.max()) / temperature)
    probabilities = np.zeros(len(logits))
    probabilities[best] = powers / powers.sum()
    return probabilities
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-13-10-probabilities", "locked": true, "points": 9, "schema_version": 3, "solution": false, "task": false}
with Checks("13.10", "next_token_probabilities") as check:
    logits = np.log(np.array([4.0, 2.0, 1.0]))
    check.given(logits="ln 4, ln 2, 0", look="The example by hand.")
    check.equal("the probabilities", next_token_probabilities(logits), [4 / 7, 2 / 7, 1 / 7])
    check.equal("the probabilities at temperature 0.5", next_token_probabilities(logits, 0.5), [16 / 21, 4 / 21, 1 / 21])
    check.equal("the probabilities of the best two", next_token_probabilities(logits, top_k=2), [2 / 3, 1 / 3, 0.0])
    check.unchanged("logits", logits, np.log(np.array([4.0, 2.0, 1.0])))
    check.given(logits=[1.0, 3.0, 3.0, 3.0], top_k=2, look="Three are equal. The smaller numbers are ids 1 and 2.")
    check.equal("the probabilities", next_token_probabilities(np.array([1.0, 3.0, 3.0, 3.0]), top_k=2), [0.0, 0.5, 0.5, 0.0])
    check.given(logits=[1000.0, 990.0], temperature=0.01, look="Subtract the largest score before exp.")
    check.equal("the probabilities", next_token_probabilities(np.array([1000.0, 990.0]), 0.01), [1.0, 0.0])
    check.raises("a temperature of 0", ValueError, lambda: next_token_probabilities(logits, 0.0), mentions="0", inputs={"temperature": 0.0})
    check.raises("a top_k of 0", ValueError, lambda: next_token_probabilities(logits, top_k=0), mentions="0", inputs={"top_k": 0})
    check.probe(lambda: next_token_probabilities(np.array([1000.0, 990.0])))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    logits = np.random.default_rng(0).normal(size=30).astype(np.float32) * 4
    before = logits.copy()
    for temperature, top_k in [(1.0, None), (0.7, 5), (2.0, 29), (1.0, 30), (0.3, 100), (1.5, 1)]:
        rank = np.argsort(np.argsort(-logits))
        powers = np.exp(logits.astype(np.float64) / temperature) * (rank < (top_k or 30))
        check.equal(f"the probabilities at temperature {temperature} of the best {top_k}", next_token_probabilities(logits, temperature, top_k), powers / powers.sum(), dtype=np.float64)
    check.unchanged("the scores", logits, before)
    check.equal("the probabilities of the best of equals", next_token_probabilities(np.zeros(4), top_k=1), [1.0, 0.0, 0.0, 0.0])
    check.equal("the probabilities of the best three of equals", next_token_probabilities(np.array([2.0, 5.0, 2.0, 2.0, 1.0]), top_k=3), np.array([1, math.e**3, 1, 0, 0]) / (2 + math.e**3))
    check.equal("the probabilities of low scores", next_token_probabilities(np.array([-2000.0, -2001.0]), 0.5), [1 / (1 + math.e**-2), 1 / (1 + math.e**2)])
    for bad in (-1.0, math.nan):
        check.raises(f"a temperature of {bad}", ValueError, lambda bad=bad: next_token_probabilities(logits, bad), mentions=str(bad))
    for bad in (0, -3):
        check.raises(f"top_k = {bad}", ValueError, lambda bad=bad: next_token_probabilities(logits, 1.0, bad), mentions=str(bad))
    ### END HIDDEN TESTS

# %%
#| export
def draw(probabilities, rng):
    """An id, drawn with these probabilities: an int. One number of `rng` is used."""
    steps = np.cumsum(probabilities)
    return int(np.searchsorted(steps, rng.random() * steps[-1], side="right"))

# %% [markdown]
# ### 13.11 generate
#
# Ask for the scores after the last id, draw one, append it, and ask again. If the text is longer than the model knows positions, show it the last ones only. Nothing is to be recorded: there will be no backward pass.

# %% nbgrader={"grade": false, "grade_id": "13-11-generate", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def generate(model, ids, count, temperature=1.0, top_k=None, seed=0, end=None):
    """Let a model go on with a text.

    Parameters
    ----------
    model : GPT
        ``model(ids)`` gives a Tensor of scores (T, V) for an array of T ids, T at most ``model.max_length``.
    ids : list of int
        The beginning, at least one id. Stays as it is.
    count : int
        How many ids are written at most.
    temperature, top_k :
        As in `next_token_probabilities`.
    seed : int
        Ids are drawn with one ``np.random.default_rng(seed)``, by `draw`.
    end : int, optional
        Once this id has been written, nothing more is. (It may stand in the beginning.)

    Returns
    -------
    list of int
        The beginning and what was written. Nothing is recorded on the way.
    """
    ### BEGIN SOLUTION 13.11 generate: return the ids with what the model wrote
    ids, rng = list(ids), np.random.default_rng(seed)
    with no_grad():
        for _ in range(count):
            logits = model(np.array(ids[-model.max_length :])).data[-1]
            ids.append(draw(next_token_probabilities(logits, temperature, top_k), rng))
            if ids[-1] == end:
                break
    return ids
    ### END SOLUTION

# %%
class Counter(Layer):
    """In place of a model, for the checks: it goes on with 2, 3, 4 after 1, and remembers what it was shown."""

    def __init__(self, size=10, max_length=4, sure=50.0):
        self.size, self.max_length, self.sure, self.shown, self.recorded = size, max_length, sure, [], []
        self.weight = Tensor(np.ones(size), requires_grad=True)

    def forward(self, ids):
        ids = np.asarray(ids.data if isinstance(ids, Tensor) else ids)
        self.shown.append(ids.reshape(-1).tolist())
        scores = Tensor(np.eye(self.size)[(ids + 1) % self.size] * self.sure + np.arange(self.size) / 10) * self.weight
        self.recorded.append(scores.requires_grad)
        return scores

# %%
# Stand-ins. Run this cell; nothing to do.
def plain_probabilities(logits, temperature=1.0, top_k=None):
    """A stand-in for 13.10."""
    logits = np.asarray(logits, np.float64)
    allowed = np.argsort(np.argsort(-logits, kind="stable"), kind="stable") < (top_k or len(logits))
    powers = np.exp((logits - logits.max()) / temperature) * allowed
    return powers / powers.sum()


def written(model, ids, count, temperature=1.0, top_k=None, seed=0):
    """What `generate` should return, one after the other."""
    ids, rng = list(ids), np.random.default_rng(seed)
    for _ in range(count):
        logits = model(np.array(ids[-model.max_length :])).data[-1]
        ids.append(draw(plain_probabilities(logits, temperature, top_k), rng))
    return ids

# %% nbgrader={"grade": true, "grade_id": "test-13-11-generate", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
with Checks("13.11", "generate") as check, check.using(next_token_probabilities=plain_probabilities):
    model, beginning = Counter(), [1, 2]
    check.given(model="writes the next number", ids=[1, 2], count=4, look="Scores after the last id, draw, append, again.")
    check.same("the text of two more", list(generate(Counter(), beginning, 2)), [1, 2, 3, 4])
    check.given(model="writes the next number", ids=[1, 2], count=4, look="max_length is 4: of a longer text, show the last four ids.")
    check.same("the text", list(generate(model, beginning, 4)), [1, 2, 3, 4, 5, 6])
    check.same("what the model was shown last", model.shown[-1], [2, 3, 4, 5], look="max_length is 4: the last four ids, not the first.")
    check.unchanged("ids", beginning, [1, 2])
    check.given(model="writes the next number", ids=[1], count=9, end=4, look="The end itself is part of the text.")
    check.same("the text", list(generate(Counter(), [1], 9, end=4)), [1, 2, 3, 4])
    check.given(model="hardly sure", ids=[1], count=6, temperature=0.7, top_k=3, seed=5, look="One default_rng(seed) for the whole text; temperature and top_k go on to next_token_probabilities.")
    check.same("the text", list(generate(Counter(sure=1.0), [1], 6, 0.7, 3, 5)), written(Counter(sure=1.0), [1], 6, 0.7, 3, 5))
    check.given(model="writes the next number", ids=[4], count=2, end=4, look="An end in the beginning does not count: only what is written.")
    check.same("the text", list(generate(Counter(), [4], 2, end=4)), [4, 5, 6])
    check.same("whether the model's scores were recorded", any(model.recorded), False, look="with no_grad(): …")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    for seed in range(6):
        check.same(f"a text drawn with seed {seed}", list(generate(Counter(sure=1.0), [3], 12, 0.8, 6, seed)), written(Counter(sure=1.0), [3], 12, 0.8, 6, seed))
    check.same("a text drawn at a high temperature", list(generate(Counter(sure=2.0), [0], 20, temperature=5.0, seed=3)), written(Counter(sure=2.0), [0], 20, 5.0, None, 3))
    check.same("a text without new ids", list(generate(Counter(), [7, 8], 0)), [7, 8])
    check.same("a text from a long beginning", list(generate(Counter(), [9, 1, 1, 5, 5, 6], 2)), [9, 1, 1, 5, 5, 6, 7, 8])
    check.same("a text that begins with its end", list(generate(Counter(), [4], 3, end=4)), [4, 5, 6, 7])
    check.same("a text whose end has the number 0", list(generate(Counter(), [8], 5, end=0)), [8, 9, 0])
    model = Counter(max_length=3)
    generate(model, [0], 5)
    check.same("what the model was shown", model.shown, [[0], [0, 1], [0, 1, 2], [1, 2, 3], [2, 3, 4]])
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 6 · Training
#
# The texts are the descriptions of NumPy's functions, as in Module 10, without their examples: nobody can guess numbers. Every tenth is held out. The tokenizer learns 512 ids from the others; the last one says that a text is over.

# %% tags=["demo"]
texts = [text.split("\nExamples\n")[0] for text in load_docstrings()]
order = np.random.default_rng(0).permutation(len(texts))
held_out, shown = [texts[k] for k in order[::10]], [texts[k] for k in order if k not in set(order[::10])]
tokenizer = BPETokenizer.train(shown, 512, special=["<|end|>"])
END = tokenizer.special["<|end|>"]


def ids_of(texts):
    """All texts as one row of ids, with the end after each."""
    return np.array([number for text in texts for number in (*tokenizer.encode(text), END)])


train, test = ids_of(shown), ids_of(held_out)
bytes_held_out = sum(len(text.encode()) for text in held_out)
print(f"{len(train):,} ids to learn from, {len(test):,} held out, {bytes_held_out / len(test):.2f} bytes an id")

# %% tags=["demo"]
def held_out_loss(model, windows=128):
    """The mean loss on texts that the model was not trained on."""
    inputs, targets = next_token_pairs(test, model.max_length)
    with no_grad():
        return next_token_loss(model(inputs[:windows]), targets[:windows]).item()


def learn(model, steps, batch=16, lr=0.01, seed=0):
    """Train for some steps; yields the number of the step and its loss."""
    loader = DataLoader(TensorDataset(*map(Tensor, next_token_pairs(train, model.max_length))), batch, shuffle=True, seed=seed)
    optimizer = AdamW(model.parameters(), lr=lr, betas=(0.9, 0.99))
    trainer = Trainer(model, next_token_loss, optimizer, CosineSchedule(optimizer, steps, warmup_steps=steps // 10), max_norm=1.0)
    step = 0
    while step < steps:
        for inputs, targets in loader:
            step += 1
            yield step, trainer.train_batch(inputs, targets)
            if step == steps:
                return

# %% [markdown]
# Now train it. It is stopped twice to let it speak: before the first step, in the middle, at the end. The beginning is the end of another text.

# %% tags=["demo"]
STEPS = 240  # more steps, better texts: with 3,000 it is a matter of minutes, not of seconds


def speaks(model, seed=0, count=70, beginning=""):
    """A text of the model, with the id that ends the one before it as its beginning."""
    ids = generate(model, [END, *tokenizer.encode(beginning)], count, temperature=0.8, top_k=20, seed=seed, end=END)
    return tokenizer.decode([number for number in ids if number != END])


manual_seed(0)
writer, losses, checked, samples = GPT(512, 64, 2, 4, 64), [], {}, {}
checked[0], samples[0] = held_out_loss(writer), speaks(writer)
start = time.perf_counter()
for step, loss in learn(writer, STEPS):
    losses.append(loss)
    if step % (STEPS // 4) == 0:
        checked[step], samples[step] = held_out_loss(writer), speaks(writer)
print(f"{STEPS} steps in {time.perf_counter() - start:.0f} s")

# %% tags=["demo"]
figure, axis = plt.subplots(figsize=(6.5, 2.8))
axis.plot(range(1, STEPS + 1), losses, color=SKY, linewidth=0.8, label="batches")
axis.plot(list(checked), list(checked.values()), "o-", color=BLUE, label="held-out texts")
axis.axhline(math.log(512), color="black", linestyle=":", label="ln 512")
axis.set(xlabel="step", ylabel="loss of an id", ylim=(0, None))
axis.legend()
show(figure, "The loss of an id over the steps of training. It begins a little above ln 512 = 6.24, falls below 5 within the first fifth and then "
             "slowly; the loss on held-out texts lies on the curve of the batches.")
for step, loss in checked.items():
    print(f"step {step:>4}: held-out loss {loss:.2f}, {bits_per_byte(loss, len(test), bytes_held_out):.2f} bits a byte")

# %% tags=["demo"]
for step in (0, STEPS // 2, STEPS):
    print(f"--- after {step} steps ---")
    print(samples[step])

# %% [markdown]
# Noise; then the *form* of a description: lines, headings, brackets that close; then words. It learns the frequent first, and the form of NumPy's texts is what is most frequent in them. Meaning needs more steps, more numbers and more texts.

# %% tags=["demo", "play"]
# Yours: another beginning, another seed, another temperature.
print(speaks(writer, seed=1, count=60, beginning="Return the"))

# %% [markdown]
# Where do the heads look? The weights of the last call are kept in each layer. A text that the model has not seen:

# %% tags=["demo"]
sentence = tokenizer.encode("Parameters\n----------\na : array_like\n    Input array.\n")
with no_grad():
    writer(np.array(sentence))
labels = [tokenizer.pieces[number].decode(errors="replace").replace("\n", "↵").replace(" ", "·") for number in sentence]
figure, axes = plt.subplots(1, 2, figsize=(9.5, 4.4), layout="constrained")
for axis, (layer, head) in zip(axes, [(0, 0), (1, 1)]):
    axis.imshow(writer.blocks[layer].attention.weights[head], cmap="Blues", vmin=0)
    axis.set(title=f"block {layer}, head {head}", xlabel="key", ylabel="query")
    axis.set_xticks(range(len(labels)), labels, rotation=90, fontsize=7)
    axis.set_yticks(range(len(labels)), labels, fontsize=7)
show(figure, "Attention weights of two heads, queries by keys, for the beginning of a description. Above the diagonal all is empty. "
             "In one head the weight is spread over many ids before; in the other most of it lies on a few, such as the line breaks of the heading.")

# %% [markdown]
# ## Part 7 · What was computed already
#
# For each new id, `generate` runs all ids before it through the model once more. But the mask says that positions do not depend on later ones: the vectors of old positions come out as they did the last time. All that a new position wants from them are their keys and values. So keep those: a **KV cache**.

# %% [markdown]
# By hand: 100 ids are written after a beginning of one. Without a cache the model computes $1 + 2 + \dots + 100 = 5050$ positions; with it 100. What is the price? Two vectors for each position, layer and head: with $E = 64$, 2 layers and float32, $2 \cdot 2 \cdot 64 \cdot 4 = 1024$ bytes an id.

# %%
#| export
class KVCache:
    """Keys and values of the positions so far, for one layer of attention.

    ``len(cache)`` is the number of positions. There are none at first: `keys` and `values` are None.
    """

    def __init__(self):
        self.keys, self.values = None, None

    def __len__(self):
        return 0 if self.keys is None else self.keys.shape[-2]

# %% [markdown]
# ### 13.12 KVCache.extend

# %% nbgrader={"grade": false, "grade_id": "13-12-extend", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(KVCache)
def extend(self, keys, values):
    """Put the keys and values of new positions behind those that are there, and return all of them.

    Parameters
    ----------
    keys, values : Tensor of shape (..., H, t, D)
        Of t new positions. Stay as they are.

    Returns
    -------
    tuple of two Tensors of shape (..., H, T, D)
        Those of all T positions so far, in order. Afterwards they are also `self.keys` and `self.values`.
    """
    ### BEGIN SOLUTION 13.12 KVCache.extend: keep and return all keys and values
    if self.keys is not None:
        keys = Tensor(np.concatenate([self.keys.data, keys.data], axis=-2))
        values = Tensor(np.concatenate([self.values.data, values.data], axis=-2))
    self.keys, self.values = keys, values
    return keys, values
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-13-12-extend", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("13.12", "KVCache.extend") as check:
    cache, some = KVCache(), np.arange(12.0, dtype=np.float32).reshape(1, 2, 3, 2)
    check.given(keys="(1, 2, 3, 2)", values="(1, 2, 3, 2)", look="The first positions: they are all there is.")
    keys, values = cache.extend(Tensor(some), Tensor(some + 100))
    check.equal("the array of keys", keys, some)
    check.same("len(cache)", len(cache), 3)
    twice = KVCache()
    check.probe(lambda: [twice.extend(Tensor(some), Tensor(some))[0].shape for _ in range(2)])
    check.given(keys="(1, 2, 1, 2), after (1, 2, 3, 2)", look="Which axis counts the positions?")
    keys, values = cache.extend(Tensor(some[:, :, :1] - 50), Tensor(some[:, :, :1] + 50))
    check.is_a("the first result", keys, Tensor)
    check.equal("the array of keys", keys, np.concatenate([some, some[:, :, :1] - 50], axis=2))
    check.equal("the array of values", values, np.concatenate([some + 100, some[:, :, :1] + 50], axis=2))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    cache, rng = KVCache(), np.random.default_rng(0)
    parts = [(rng.normal(size=(2, 3, t, 4)), rng.normal(size=(2, 3, t, 4))) for t in (2, 1, 1, 3)]
    for k, (first, second) in enumerate(parts):
        keys, values = cache.extend(Tensor(first), Tensor(second))
        check.equal(f"the array of keys after part {k}", keys, np.concatenate([p[0] for p in parts[: k + 1]], axis=2), dtype=np.float64)
        check.equal(f"the array of values after part {k}", values, np.concatenate([p[1] for p in parts[: k + 1]], axis=2), dtype=np.float64)
        check.equal(f"self.keys after part {k}", cache.keys, np.concatenate([p[0] for p in parts[: k + 1]], axis=2))
        check.equal(f"self.values after part {k}", cache.values, np.concatenate([p[1] for p in parts[: k + 1]], axis=2))
    check.same("len(cache) after all parts", len(cache), 7)
    check.same("len of another cache", len(KVCache()), 0)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 13.13 cached_attention
#
# New positions ask; all positions answer. If several new ones come at once (the beginning of a text), none of them may look ahead.
#
# <details><summary>A nudge</summary>
#
# It is the `forward` of 12.11 with one more line. The mask has a row for each *new* query and a column for each key: which rows of `causal_mask` of the whole length are that?
# </details>

# %% nbgrader={"grade": false, "grade_id": "13-13-cached-attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def cached_attention(attention, x, cache):
    """What causal attention gives new positions that follow those in the cache.

    Parameters
    ----------
    attention : MultiHeadAttention
        Its four projections and `num_heads` are used.
    x : Tensor of shape (..., t, E)
        The new positions.
    cache : KVCache
        Has the positions before. Afterwards the new ones are in it too.

    Returns
    -------
    Tensor of shape (..., t, E)
        The last t rows of what ``attention`` gives for all positions under a causal mask.
    """
    ### BEGIN SOLUTION 13.13 cached_attention: return the output of the new positions
    projections = (attention.q_proj, attention.k_proj, attention.v_proj)
    queries, keys, values = [split_heads(proj(x), attention.num_heads) for proj in projections]
    keys, values = cache.extend(keys, values)
    mask = causal_mask(len(cache))[len(cache) - x.shape[-2] :]
    output, _ = scaled_dot_product_attention(queries, keys, values, mask)
    return attention.out_proj(merge_heads(output))
    ### END SOLUTION

# %%
# A stand-in, so that this test judges 13.13 only. Run this cell; nothing to do.
class GivenCache(KVCache):
    def extend(self, keys, values):
        before = [] if self.keys is None else [(self.keys, self.values)]
        self.keys, self.values = (Tensor(np.concatenate([p.data for p in row], axis=-2)) for row in zip(*before, (keys, values)))
        return self.keys, self.values


def in_parts(function, x, *sizes):
    """The results for the positions of x, some after the other, put together again."""
    cuts = np.cumsum((0, *sizes))
    return np.concatenate([function(Tensor(x[..., a:b, :])).data for a, b in zip(cuts, cuts[1:])], axis=-2)

# %% nbgrader={"grade": true, "grade_id": "test-13-13-cached-attention", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with Checks("13.13", "cached_attention") as check, no_grad():
    layer, x = filled(MultiHeadAttention(4, 2), 0, np.float64), numbers((5, 4), 1, np.float64).data
    right = layer(Tensor(x), np.tri(5, dtype=bool)).data
    cache = GivenCache()
    check.given(x="(5, 4), all at once", look="An empty cache: it is causal attention.")
    check.equal("the output", cached_attention(layer, Tensor(x), cache), right)
    check.same("len(cache)", len(cache), 5)
    cache = GivenCache()
    check.given(x="five times (1, 4), one position after the other", look="A new position sees all before it, and itself.")
    check.equal("the output", in_parts(lambda part: cached_attention(layer, part, cache), x, 1, 1, 1, 1, 1), right)
    x, cache = numbers((2, 5, 4), 2, np.float64).data, GivenCache()
    right = layer(Tensor(x), np.tri(5, dtype=bool)).data
    check.given(x="(2, 2, 4), then (2, 3, 4)", look="A batch of two. Three new positions at once: a row of the mask for each, a column for each of the five keys.")
    check.equal("the output", in_parts(lambda part: cached_attention(layer, part, cache), x, 2, 3), right)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    layer, x = filled(MultiHeadAttention(6, 3), 2, np.float64), numbers((2, 7, 6), 3, np.float64).data
    right = layer(Tensor(x), np.tri(7, dtype=bool)).data
    for sizes in [(7,), (1, 6), (3, 1, 1, 2), (2, 2, 3)]:
        cache = GivenCache()
        check.equal(f"the output of a batch in parts of {sizes}", in_parts(lambda part: cached_attention(layer, part, cache), x, *sizes), right, dtype=np.float64)
        check.same(f"len(cache) after parts of {sizes}", len(cache), 7)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 13.14 GPT.forward_cached
#
# The same for the whole model: a cache for each block. What is easily forgotten: the new ids do not stand at position 0.

# %% nbgrader={"grade": false, "grade_id": "13-14-forward-cached", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(GPT)
def forward_cached(self, ids, caches):
    """The scores at new positions, which follow those in the caches.

    Parameters
    ----------
    ids : integers of shape (..., t), an array or a list
    caches : list of KVCache
        One for each block, all of the same length. Afterwards the new positions are in them, by `cached_attention`.

    Returns
    -------
    Tensor of shape (..., t, V)
        The last t rows of what `forward` gives for all ids. A model of this kind has at least one block.

    Raises
    ------
    ValueError
        If there are more than `self.max_length` positions then; the message has their number and max_length. No cache has
        changed.
    """
    ### BEGIN SOLUTION 13.14 GPT.forward_cached: return the scores of the new positions
    x, before = self.tokens(ids), len(caches[0])
    length = before + x.shape[-2]
    if length > self.max_length:
        raise ValueError(f"a text of {length} ids does not fit: there are {self.max_length} positions")
    x = x + self.positions(np.arange(before, length))
    for block, cache in zip(self.blocks, caches):
        x = x + cached_attention(block.attention, block.norm1(x), cache)
        x = x + block.mlp(block.norm2(x))
    return self.norm(x).matmul(self.tokens.weight.transpose())
    ### END SOLUTION

# %%
# Stand-ins again. Run this cell; nothing to do.
def given_cached(attention, x, cache):
    """Attention over all that came so far, computed anew from the vectors, which the cache keeps as its keys."""
    cache.extend(x, x)
    return attention(cache.keys, np.tri(len(cache), dtype=bool))[..., len(cache) - x.shape[-2] :, :]

# %%
# Whole models, and their texts in parts. Run this cell; nothing to do.
def whole_gpt(vocab_size, embed_dim, layers, heads, max_length, seed=0):
    model = known_gpt(vocab_size, embed_dim, [], max_length, seed)
    model.blocks = [known_block(embed_dim, heads, seed + k, np.float64) for k in range(layers)]
    return model


def expected_text(model, ids):
    x = model.tokens.weight.data[ids] + model.positions.weight.data[: ids.shape[-1]]
    for block in model.blocks:
        x = expected_block(block, x)
    return plain_norm(x, model.norm.weight.data, model.norm.bias.data) @ model.tokens.weight.data.T


def cached_parts(model, ids, *sizes):
    caches, cuts = [GivenCache() for _ in model.blocks], np.cumsum((0, *sizes))
    return np.concatenate([model.forward_cached(ids[..., a:b], caches).data for a, b in zip(cuts, cuts[1:])], axis=-2)

# %% nbgrader={"grade": true, "grade_id": "test-13-14-forward-cached", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("13.14", "GPT.forward_cached") as check, check.using(cached_attention=given_cached), no_grad():
    model, ids = whole_gpt(7, 4, 2, 2, 6), np.array([3, 1, 4, 1, 5])
    check.given(ids=ids, caches="empty", look="As `forward`: rows of ids and positions, both paths of each block, norm, table.")
    check.equal("the scores", cached_parts(model, ids, 5), expected_text(model, ids))
    check.given(ids="3, then 1, then 4 …", look="At which position does the second id stand?")
    check.equal("the scores", cached_parts(model, ids, 1, 1, 1, 1, 1), expected_text(model, ids))
    ids = np.stack([ids, ids[::-1]])
    check.given(ids="(2, 2), then (2, 3)", caches="of two texts side by side", look="How many positions are new? Not the number of texts.")
    check.equal("the scores", cached_parts(model, ids, 2, 3), expected_text(model, ids))
    check.raises("two more than there are positions", ValueError, lambda: cached_parts(model, np.zeros(8, int), 4, 4), mentions=("8", "6"), inputs={"ids": "four, then four", "max_length": 6}, look="Count those in the caches too.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    model, ids = whole_gpt(9, 6, 3, 3, 8, 1), np.random.default_rng(2).integers(9, size=(2, 8))
    for sizes in [(8,), (1, 7), (3, 1, 1, 3)]:
        check.equal(f"the scores of a batch in parts of {sizes}", cached_parts(model, ids, *sizes), expected_text(model, ids), dtype=np.float64)
    check.equal("the scores of a list", model.forward_cached([1, 2], [GivenCache() for _ in range(3)]), expected_text(model, np.array([1, 2])))
    caches = [GivenCache() for _ in range(3)]
    model.forward_cached(ids[:, :6], caches)
    check.raises("three ids after six", ValueError, lambda: model.forward_cached(ids[:, :3], caches), mentions=("9", "8"))
    check.same("the lengths of the caches after an error", [len(cache) for cache in caches], [6, 6, 6])
    ### END HIDDEN TESTS

# %% [markdown]
# With it, `generate` again; given, since you have written it once. First the beginning in one go, then each id alone. It stops where the positions end: old keys and values belong to their positions, so they cannot move up.

# %%
#| export
def generate_cached(model, ids, count, temperature=1.0, top_k=None, seed=0, end=None):
    """What `generate` returns, computed with caches; beginning and text together have at most ``model.max_length`` ids.

    Raises ValueError if they would be longer.
    """
    if len(ids) + count > model.max_length:
        raise ValueError(f"{len(ids)} ids and {count} new ones do not fit: there are {model.max_length} positions")
    ids, rng, caches = list(ids), np.random.default_rng(seed), [KVCache() for _ in model.blocks]
    new = ids
    with no_grad():
        for _ in range(count):
            logits = model.forward_cached(np.array(new), caches).data[-1]
            new = [draw(next_token_probabilities(logits, temperature, top_k), rng)]
            ids = ids + new
            if new[0] == end:
                break
    return ids

# %% tags=["demo"]
manual_seed(1)
wide, times = GPT(512, 64, 2, 4, 256), {"generate": [], "generate_cached": []}
lengths = [16, 32, 64, 128, 255]
for length in lengths:
    texts = {}
    for function in (generate, generate_cached):
        start = time.perf_counter()
        texts[function.__name__] = function(wide, [END], length, 0.8, 20)
        times[function.__name__].append(time.perf_counter() - start)
    assert texts["generate"] == texts["generate_cached"]
figure, axis = plt.subplots(figsize=(6.5, 2.8))
for (name, seconds), style, color in zip(times.items(), ("s--", "o-"), (ORANGE, BLUE)):
    axis.loglog(lengths, seconds, style, color=color, label=name)
axis.set(xlabel="ids written", ylabel="seconds", xticks=lengths, xticklabels=lengths)
axis.minorticks_off()
axis.legend()
show(figure, "Seconds against the number of ids written, from 16 to 255, both axes logarithmic. With caches the time grows in proportion; "
             "without it grows faster, and at 255 ids it is more than twice as long.")
print(f"the same texts, {times['generate'][-1] / times['generate_cached'][-1]:.1f} times as fast at {lengths[-1]} ids")

# %% [markdown]
# ### A file that others read
#
# Trained numbers are worth keeping, and models are exchanged as `.safetensors`: a format so simple that you can write it. Eight bytes say how long the header is (a whole number, the lowest byte first). The header is JSON: for each name the dtype, the shape, and from which byte to which one its numbers lie in what follows. Then come the numbers.

# %% [markdown]
# By hand, one array `w` with the float32 numbers 1 and 2: the header is `{"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}`, then come the 8 bytes of the two numbers. No code in it, so nothing can be executed by loading it: hence the name.

# %%
#| exporti
DTYPES = {"float64": "F64", "float32": "F32", "float16": "F16", "int64": "I64", "int32": "I32", "uint8": "U8", "bool": "BOOL"}


def arrays_from(data):
    """The arrays in the bytes of a safetensors file, by name: new ones. `safetensors_bytes` is the way there."""
    size = int.from_bytes(data[:8], "little")
    header, numbers, names = json.loads(data[8 : 8 + size]), data[8 + size :], {code: name for name, code in DTYPES.items()}
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(numbers[slice(*each["data_offsets"])], names[each["dtype"]]).reshape(each["shape"]).copy()
        for name, each in header.items()
    }

# %% [markdown]
# ### 13.15 safetensors_bytes
#
# Arrays lie in the file row by row. A transposed array lies otherwise in memory; `array.tobytes()` puts it in order.

# %% nbgrader={"grade": false, "grade_id": "13-15-safetensors", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def safetensors_bytes(arrays):
    """The bytes of a .safetensors file: the size of the header in 8 bytes, the header as JSON, the numbers.

    Parameters
    ----------
    arrays : dict of str to numpy.ndarray
        Of the dtypes in `DTYPES`, which has the format's name for each. Stays as it is.

    Returns
    -------
    bytes
        The header says for each name, in the order of `arrays`, "dtype", "shape" (a list) and "data_offsets": where its bytes
        begin, and where they end, counted from the end of the header. The arrays lie there without gaps, row by row.
    """
    ### BEGIN SOLUTION 13.15 safetensors_bytes: return size, header and numbers
    header, numbers = {}, b""
    for name, array in arrays.items():
        begin, numbers = len(numbers), numbers + array.tobytes()
        header[name] = {"dtype": DTYPES[str(array.dtype)], "shape": list(array.shape), "data_offsets": [begin, len(numbers)]}
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + numbers
    ### END SOLUTION

# %%
def taken_apart(data):
    """The header and the number of bytes after it, for the checks. Run this cell; nothing to do."""
    size = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + size]), len(data) - 8 - size

# %% nbgrader={"grade": true, "grade_id": "test-13-15-safetensors", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("13.15", "safetensors_bytes") as check:
    data = safetensors_bytes({"w": np.array([1.0, 2.0], np.float32)})
    check.given(arrays={"w": "[1, 2] in float32"}, look="8 bytes with the size of the header, the header, 8 bytes of numbers.")
    check.is_a("the result", data, (bytes, bytearray))
    check.same("whether the first 8 bytes say how long the header is", int.from_bytes(data[:8], "little") == len(data) - 16, True, look="The lowest byte first; the 8 bytes themselves and the 8 bytes of numbers do not count.")
    check.same("the header", taken_apart(data)[0], {"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}})
    check.same("the number of bytes after the header", taken_apart(data)[1], 8)
    check.equal("the array that comes back", arrays_from(data)["w"], [1.0, 2.0], dtype=np.float32)
    data = safetensors_bytes({"w": np.array([1.0, 2.0], np.float32), "b": np.array([[3.0]])})
    check.given(arrays={"w": "two numbers in float32", "b": "one in float64"}, look="b begins where w ends.")
    check.same("the header", taken_apart(data)[0], {"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "b": {"dtype": "F64", "shape": [1, 1], "data_offsets": [8, 16]}})
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(0)
    arrays = {"a.weight": rng.normal(size=(3, 2)), "b": np.arange(4), "é": rng.normal(size=(2, 3)).astype(np.float32).T, "one": np.array(2.5, np.float16), "none": np.zeros((0, 3), np.float32)}
    data = safetensors_bytes(arrays)
    header, size = taken_apart(data)
    check.same("the header of five arrays", [(name, each["dtype"], each["shape"], each["data_offsets"]) for name, each in header.items()], [("a.weight", "F64", [3, 2], [0, 48]), ("b", "I64", [4], [48, 80]), ("é", "F32", [3, 2], [80, 104]), ("one", "F16", [], [104, 106]), ("none", "F32", [0, 3], [106, 106])])
    check.same("the number of bytes after the header of five arrays", size, 106)
    for name, array in arrays_from(data).items():
        check.equal(f"the array {name!r} that comes back", array, arrays[name], dtype=arrays[name].dtype)
    check.same("the header of no arrays", taken_apart(safetensors_bytes({})), ({}, 0))
    ### END HIDDEN TESTS

# %% tags=["demo"]
def save_safetensors(model, path):
    """Write the parameters of a model, by the names of Module 08."""
    with open(path, "wb") as file:
        file.write(safetensors_bytes({name: p.data for name, p in named_parameters(model).items()}))


def load_safetensors(model, path):
    """Read them again."""
    with open(path, "rb") as file:
        arrays = arrays_from(file.read())
    for name, parameter in named_parameters(model).items():
        parameter.data[...] = arrays[name]

# %% tags=["demo"]
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "writer.safetensors")
    save_safetensors(writer, path)
    print(f"{os.path.getsize(path):,} bytes for {sum(p.size for p in writer.parameters()):,} numbers of 4 bytes")
    manual_seed(7)
    other = GPT(512, 64, 2, 4, 64)
    load_safetensors(other, path)
print("the same text from the file:", speaks(other, seed=2) == speaks(writer, seed=2))

# %% [markdown]
# ### 13.16 In your own words
#
# A service writes texts of up to 2,000 ids with a model of 12 layers, $E = 768$, float16, for 50 people at a time. In three to six sentences: how large is a cache for one text, and how large are all of them? Why does the cache not help in *training*? And what would go wrong if the oldest half of a full cache were thrown away, for a model with a table of positions?

# %% [markdown] nbgrader={"grade": true, "grade_id": "text-13-16-cache", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# Keys and values are 2 · 12 · 768 numbers an id, 36,864 bytes in float16; 2,000 ids are 74 MB, and 50 texts 3.7 GB, fifteen times the 250 MB of the model itself. In training all ids are known beforehand and all positions are computed at once, each exactly once; nothing is computed again that could be kept (and after each step the weights, and with them keys and values, are others). The keys and values that are left were computed from vectors with the rows of positions 1,000 and up in them, and from positions that are gone; new ids would need positions beyond the table, and counted anew from 0 they would not fit to the old ones. So the ids that are left have to be run through the model again.
#
# === BEGIN MARK SCHEME ===
# 1 point: 2 · 12 · 768 · 2 bytes · 2,000 = 74 MB; 50 of them 3.7 GB.
# 1 point: in training all positions are computed at once (or: the weights change).
# 1 point: the positions are in the kept keys and values (and do not move up), or the table ends.
# === END MARK SCHEME ===

# %% [markdown]
# ## Part 8 · Honours, ungraded
#
# Two things that are said to need a large framework. Your engine does both in a dozen lines, because `next_functions` and `saved_tensors` are all there is to a graph.
#
# ### Less memory, a little more time
#
# What fills the memory in training? Not the numbers to learn: the arrays that rules have saved, in every layer. So do not save them. Keep the *input* of each block only, and compute the block once more when its gradient comes back (Chen and others, 2016).

# %% tags=["demo"]
from tinytorch.core.autograd import record


class CheckpointBackward(Function):
    """out = function(x): computed once more, with notes this time, when the gradient comes back."""

    def __init__(self, function, x):
        super().__init__(x)
        self.function = function

    def apply(self, grad_output):
        x = Tensor(self.saved_tensors[0].data, requires_grad=True)
        self.function(x).backward(grad_output, retain_graph=False)  # the block's parameters get theirs here
        return (x.grad,)


def checkpoint(function, x):
    """function(x), of which only x is kept until the way back."""
    with no_grad():
        out = function(x)
    return out if no_grad.depth else record(out, CheckpointBackward(function, x))

# %% tags=["demo"]
class Checkpointed(GPT):
    """A GPT whose blocks keep nothing but their inputs."""

    def forward(self, ids):
        x = self.tokens(ids)
        x = x + self.positions(np.arange(x.shape[-2]))
        for block in self.blocks:
            x = checkpoint(block, x)
        return self.norm(x).matmul(self.tokens.weight.transpose())


inputs, targets = next_token_pairs(np.random.default_rng(0).integers(512, size=1025), 64)
found = {}
for kind in (GPT, Checkpointed):
    manual_seed(0)
    deep = kind(512, 64, 8, 4, 64)
    start = time.perf_counter()
    next_token_loss(deep(inputs), targets).backward(retain_graph=False)
    seconds, found[kind] = time.perf_counter() - start, [p.grad for p in deep.parameters()]
    deep.zero_grad()
    tracemalloc.start()
    next_token_loss(deep(inputs), targets).backward(retain_graph=False)
    print(f"{kind.__name__:<12} {tracemalloc.get_traced_memory()[1] / 1e6:5.1f} MB at most, {seconds * 1e3:.0f} ms")
    tracemalloc.stop()
print("the same gradients, bit for bit:", all(map(np.array_equal, found[GPT], found[Checkpointed])))

# %% [markdown]
# Each block is computed twice forward and once back, so about a third more time. (A single run on a busy machine may not show it.) Would it pay to keep every second block's input only? What is the best distance for $n$ blocks? (About $\sqrt n$: try it.)

# %% [markdown]
# ### Slopes of slopes
#
# The rules of Module 06 take arrays and give arrays: after `backward` nobody knows where a gradient came from. If a rule worked with *Tensors*, the way back would itself be recorded, and could be gone back. Here are four such rules, and the walk of Module 06 once more:

# %% tags=["demo"]
from tinytorch.core.autograd import AddBackward, MulBackward, NegBackward, SubBackward, edge, topological_order

RULES = {
    AddBackward: lambda node, grad: (grad, grad),
    SubBackward: lambda node, grad: (grad, -grad),
    NegBackward: lambda node, grad: (-grad,),
    MulBackward: lambda node, grad: (grad * node.saved_tensors[1], grad * node.saved_tensors[0]),
}


def recorded_gradient(output, x):
    """d output / d x, as a Tensor that has a graph of its own; for numbers, not for shapes that broadcast."""
    pending = {edge(output): Tensor(np.ones(output.shape))}
    for node in topological_order(output._grad_fn):
        grad_output = pending.pop(node)
        for target, grad in zip(node.next_functions, RULES[type(node)](node, grad_output)):
            if target is not None:
                pending[target] = pending[target] + grad if target in pending else grad
    return pending[x]

# %% [markdown]
# By hand, $y = x^4 - 3x^2 + x$ at $x = 2$: $y = 6$, $y' = 4x^3 - 6x + 1 = 21$, $y'' = 12x^2 - 6 = 42$, then $24x = 48$, then 24.

# %% tags=["demo"]
x = Tensor(np.array(2.0), requires_grad=True)
y = x * x * x * x - 3 * (x * x) + x
for order in range(5):
    print(f"derivative {order}: {y.item():g}")
    y = recorded_gradient(y, x) if y.requires_grad else y

# %% [markdown]
# What are second derivatives good for? Newton's method: to find where a slope is 0, go $y'/y''$ back. No learning rate, and the number of right digits doubles in each step:

# %% tags=["demo"]
place = 2.0
for step in range(7):
    x = Tensor(np.array(place), requires_grad=True)
    slope = recorded_gradient(x * x * x * x - 3 * (x * x) + x, x)
    print(f"step {step}: x = {place:.15f}, slope {slope.item():.1e}")
    place -= slope.item() / recorded_gradient(slope, x).item()

# %% [markdown]
# For a network with a million numbers the second derivatives are a matrix of $10^{12}$. That is why Adam, which needs a million, is what everybody uses. Yours to try: a rule for `exp`. Its note saves an array, not a Tensor; what would it have to save?

# %% [markdown]
# ### What others do the same, and what otherwise
#
# | | here | others |
# |---|---|---|
# | the block, tied weights | the same | GPT-2 |
# | the tables at first | 1/√E, so 0.036 for E = 768 | 0.02 in GPT-2 |
# | the last layers of the paths | as `Linear` draws them | GPT-2 divides them by √(2 · layers) |
# | dropout | none, the texts are read less than once | in GPT-2 on each path |
# | norm | LayerNorm | RMSNorm in many newer models: no mean, no bias |
# | positions | a table | rotations of queries and keys (RoPE), 11.11 |
# | the cache | grows by copying | memory is set aside beforehand, in pages (vLLM) |

# %% [markdown]
# **Export.** Run all cells once more from the top. Then, in a terminal in the course folder:
#
# - `tinytorch check 13_transformers` says where you stand, exercise by exercise;
# - `tinytorch export 13_transformers` writes `tinytorch/core/transformers.py`.
#
# From the tensor of Module 01 to a model that writes: every idea in it went through your hands.
