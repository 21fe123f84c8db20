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
# # Module 03: Layers
#
# > Linear layers, dropout and stacks of layers that find their own parameters.

# %%
#| default_exp core.layers

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
# How many numbers does it take to tell a handwritten 3 from an 8? By the end of this notebook you have a network with
# 2,410 of them. It has learned nothing yet and is right one time in ten. But it computes, it knows where each of its
# numbers is, and Module 06 will find the way from there to better ones.
#
# You need Modules 01 and 02: tensors, matrix products, broadcasting, ReLU.

# %% [markdown]
# | part | what you build | minutes |
# |---|---|---|
# | 1 | a linear layer's sum | 40 |
# | 2 | its first numbers | 40 |
# | 3 | a measurement: does a signal survive ten layers? | 45 |
# | 4 | a way to find every parameter | 60 |
# | 5 | stacks, dropout, and two modes | 55 |
# | 6 | check your understanding, and a classifier | 30 |

# %%
#| export
import math

import numpy as np

from tinytorch.core.tensor import Tensor, method_of

# %%
from contextlib import contextmanager

from tinytorch.checks import Checks, bare
from tinytorch.core.activations import ReLU

# %% tags=["demo"]
from pathlib import Path

import matplotlib.pyplot as plt

from tinytorch.pictures import show

# %% [markdown]
# ## Part 1. A layer is a sum that remembers its weights (40 minutes)
#
# Here are the first twelve of 1,797 digits that thirteen people wrote, scanned to 8×8 pixels. To the computer, each is
# a row of 64 numbers between 0 (paper) and 1 (ink). Run the cell; nothing to do.

# %% tags=["demo"]
places = [folder / "data" / "digits" / "digits.csv.gz" for folder in [Path.cwd(), *Path.cwd().parents]]
file = next((place for place in places if place.is_file()), None)
if file is None:
    raise FileNotFoundError(f"data/digits/digits.csv.gz is neither in {Path.cwd()} nor in a folder above it")
table = np.loadtxt(file, delimiter=",", dtype=np.float32, encoding="utf-8")
images, labels = table[:, :64] / 16, table[:, 64].astype(np.int64)

fig, axes = plt.subplots(1, 12, figsize=(9, 1.1))
for axis, image, label in zip(axes, images, labels):
    axis.imshow(image.reshape(8, 8), cmap="Greys")
    axis.set_title(label, fontsize=9)
    axis.axis("off")
show(plt.gcf(), "Twelve handwritten digits as 8 by 8 grey pixels: 0 to 9 in order, then 0 and 1 again.")

# %% [markdown]
# The simplest machine that reads such a row gives each pixel a weight for each digit: "ink here speaks for a 3 and
# against a 1". A digit's score is the weighted sum of all pixels plus one number that does not depend on the picture,
# the **bias**:
#
# $$y_j = \sum_i x_i\, W_{ij} + b_j \qquad\text{or}\qquad y = xW + b$$
#
# With 64 pixels and 10 digits, $W$ is 64×10: one column for each digit.

# %% [markdown]
# **By hand, on paper first.** Two numbers come in, three go out:
#
# $$x = (1,\ 2)\qquad W = \begin{pmatrix}1 & 2 & 3\\ 4 & 5 & 6\end{pmatrix}\qquad b = (0.5,\ 0,\ -0.5)$$
#
# The first output is $1\cdot 1 + 2\cdot 4 + 0.5 = 9.5$. What are the second and the third? The next cell has the
# answer.

# %%
x, weight, bias = np.array([1.0, 2.0]), np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([0.5, 0, -0.5])
x @ weight + bias

# %% [markdown]
# A function could do this. But a function forgets: somebody has to keep $W$ and $b$ and hand them in on each call. A
# **layer** is an object that keeps them. All layers share one thing: calling them runs their `forward`.

# %%
#| export
class Layer:
    """Something with a `forward` and, often, with tensors to learn.

    Subclasses write `forward`. Calling the layer runs it: ``layer(x)`` is ``layer.forward(x)``.
    """

    training = True  # train() and eval() switch it

    def forward(self, *args):
        """What the layer computes; each subclass says it."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def __call__(self, *args):
        return self.forward(*args)

# %%
#| export
class Linear(Layer):
    """y = x W + b: `in_features` numbers in, `out_features` numbers out.

    Parameters
    ----------
    in_features, out_features : int
        How many numbers go in and come out, at least 1.
    bias : bool
        Whether `b` is there. Without it, ``layer.bias`` is None.

    Shapes: weight (in_features, out_features), bias (out_features,). A layer keeps these two only: in_features is
    ``self.weight.shape[0]``.
    """

    def __repr__(self):
        bias = "" if self.bias is not None else ", bias=False"
        return f"Linear({self.weight.shape[0]}, {self.weight.shape[1]}{bias})"

# %% [markdown]
# ### 03.1 `Linear.forward`
#
# Real networks read many pictures at once: `x` has the shape (batch, in_features), one picture a row. Broadcasting
# adds the bias to each row. When the shapes do not fit, the error should name both. Your `matmul` may do that already;
# a layer can say more, for example how many features it expects.
#
# <details><summary>A nudge</summary>
#
# `x.matmul(self.weight)` works for one row, for a batch and for a batch of batches. `x.shape[-1]` is the last
# dimension.
# </details>
#
# <details><summary>Why "operations of Tensor only"?</summary>
#
# `x.data @ self.weight.data` gives the same numbers. But in Module 06 every operation of a `Tensor` will leave a trace
# for the way back, and an operation on bare arrays will not.
# </details>

# %% nbgrader={"grade": false, "grade_id": "03-01-linear-forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Linear)
def forward(self, x):
    """x W + b, computed with operations of Tensor only.

    Shapes: x (..., in_features), the result (..., out_features). `self.bias` may be None: then nothing is added.
    Raises ValueError when the last dimension of x is not in_features; its message has x.shape and self.weight.shape.
    """
    ### BEGIN SOLUTION 03.1 Linear.forward: return x times the weight, plus the bias if there is one
    if x.shape[-1:] != self.weight.shape[:1]:
        raise ValueError(
            f"x of shape {x.shape} does not fit a weight of shape {self.weight.shape}: "
            f"the last dimension of x should be {self.weight.shape[0]}"
        )
    out = x.matmul(self.weight)
    return out if self.bias is None else out + self.bias
    ### END SOLUTION

# %% [markdown]
# A tool for the tests: it counts how often some methods of `Tensor` are called. Run the cell; nothing to do.

# %%
@contextmanager
def counted(*names):
    """Inside the block, note each call of these methods of Tensor in the list that `as` gives."""
    calls, before = [], {name: getattr(Tensor, name) for name in names}
    for name, method in before.items():
        setattr(Tensor, name, lambda *args, name=name, method=method: calls.append(name) or method(*args))
    try:
        yield calls
    finally:
        for name, method in before.items():
            setattr(Tensor, name, method)

# %% nbgrader={"grade": true, "grade_id": "test-03-01-linear-forward", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
layer = bare(Linear, weight=Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), bias=Tensor([0.5, 0.0, -0.5]))
x = Tensor([[1.0, 2.0], [3.0, -1.0]])
with Checks("03.1", "Linear.forward") as check:
    check.given(x=x, weight=layer.weight, bias=layer.bias, look="The first row is the example by hand.")
    out = layer.forward(x)
    check.is_a("the result", out, Tensor)
    check.equal("x W + b", out, [[9.5, 12.0, 14.5], [-0.5, 1.0, 2.5]])
    check.given(x=x, look="`x.matmul(…)` and `+` of tensors leave a trace; arrays do not.")
    with counted("matmul", "__matmul__", "__rmatmul__") as products, counted("__add__", "__radd__") as sums:
        layer.forward(x)
    check.true("the product was not computed by an operation of Tensor", len(products) > 0)
    check.true("the sum was not computed by an operation of Tensor", len(sums) > 0)
    wrong = Tensor(np.ones((4, 3), np.float32))
    check.given(x=wrong, weight=layer.weight, look="Compare the last dimension of x with in_features first.")
    check.raises("x with 3 features for 2", ValueError, lambda: layer.forward(wrong), mentions=("(4, 3)", "(2, 3)"))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    for shape in [(2,), (5, 2), (1, 2), (3, 4, 2)]:
        some = Tensor(np.linspace(-1, 2, math.prod(shape)).reshape(shape))
        right = some.data @ layer.weight.data.astype(np.float64) + layer.bias.data
        check.equal(f"the result for x of shape {shape}", layer.forward(some), right, dtype=np.float64)
    free = bare(Linear, weight=layer.weight, bias=None)
    check.equal("the result without a bias", free.forward(x), [[9.0, 12.0, 15.0], [-1.0, 1.0, 3.0]])
    check.raises("one row of 3 features", ValueError, lambda: layer.forward(Tensor([1.0, 2.0, 3.0])), mentions="(3,)")
    deep = Tensor(np.ones((2, 2, 3)))
    check.raises("3 features, batched", ValueError, lambda: layer.forward(deep), mentions=("(2, 2, 3)", "(2, 3)"))
    ### END HIDDEN TESTS

# %% [markdown]
# PyTorch computes the same and keeps the weight the other way round: `torch.nn.Linear(64, 10).weight` has the shape
# (10, 64), and forward is $xW^\mathsf{T} + b$. Ours reads like the formula; numbers that move between the two have to
# be transposed.
#
# ## Part 2. The first numbers (40 minutes)
#
# Somebody has to fill $W$ before anything can be learned. The same number everywhere would be tidy. What happens then?

# %%
same = Tensor(np.full((2, 3), 0.5, np.float32))
x.matmul(same)

# %% [markdown]
# Every column is equal, so all three outputs are. If what comes behind them also treats them alike, as in the middle of
# a network, they get equal corrections in each step, for ever: three units that stay one. Random numbers tell them
# apart. Two questions are left: random from where, and how large?
#
# **From where:** from one generator that can be started again. An experiment that nobody can repeat is a rumour.

# %%
#| export
generator = np.random.default_rng(0)


def manual_seed(seed):
    """Start the random numbers of all layers again, from `seed`."""
    generator.bit_generator.state = np.random.default_rng(seed).bit_generator.state

# %%
manual_seed(7)
first = generator.uniform(-1, 1, size=3)
manual_seed(7)
first, generator.uniform(-1, 1, size=3)

# %% [markdown]
# **How large:** an output is a sum of `in_features` terms. The more terms, the larger the sum, unless each gets
# smaller. The number of terms is the **fan-in**. PyTorch draws the weights of a linear layer evenly from
# $-1/\sqrt{\text{fan-in}}$ to $+1/\sqrt{\text{fan-in}}$, and so will you. Why the square root? Add random signs and
# see how far the sum gets.

# %% tags=["demo"]
for terms in [4, 16, 64, 256]:
    sums = np.random.default_rng(0).choice([-1, 1], size=(10_000, terms)).sum(axis=1)
    print(f"{terms:4} terms: a typical sum is {sums.std():5.2f}")

# %% [markdown]
# Sixteen times the terms, four times the sum. Terms with random signs mostly cancel; what stays grows with the square
# root.

# %% [markdown]
# ### 03.2 `uniform_init`
#
# Example: fan-in 4 gives numbers between −0.5 and 0.5; fan-in 64 between −0.125 and 0.125. The fan-in is an argument
# of its own because a bias has one too, and its shape does not tell.
#
# <details><summary>A nudge</summary>
#
# `generator.uniform(low, high, size=shape)` gives float64; `.astype(np.float32)` changes that. A parameter is a
# `Tensor(…, requires_grad=True)`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "03-02-uniform-init", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def uniform_init(shape, fan_in):
    """A new parameter: a Tensor of float32 numbers drawn evenly from -1/sqrt(fan_in) to 1/sqrt(fan_in).

    It requires a gradient. The numbers come from `generator`, new ones at each call. `shape` is a tuple.
    """
    ### BEGIN SOLUTION 03.2 uniform_init: return a Tensor of random numbers between plus and minus 1/sqrt(fan_in)
    bound = 1 / math.sqrt(fan_in)
    return Tensor(generator.uniform(-bound, bound, size=shape).astype(np.float32), requires_grad=True)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-03-02-uniform-init", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
manual_seed(1)
with Checks("03.2", "uniform_init") as check:
    check.given(shape=(64, 50), fan_in=64, look="The bound is 1/sqrt(64) = 0.125.")
    weight = uniform_init((64, 50), 64)
    check.is_a("the result", weight, Tensor)
    check.same("its shape", weight.shape, (64, 50))
    check.same("its dtype", str(weight.dtype), "float32", look="The generator gives float64.")
    check.same("requires_grad", weight.requires_grad, True, look="A parameter is there to be learned.")
    largest, smallest = weight.data.max(), weight.data.min()
    check.true("a number is outside the bounds", largest <= 0.1251 and smallest >= -0.1251, got=[smallest, largest])
    check.true("the bounds are not reached", largest > 0.12 and smallest < -0.12, got=[smallest, largest])
    manual_seed(1)
    again = np.array_equal(uniform_init((64, 50), 64).data, weight.data)
    check.true("the same seed should give the same numbers", again, look="Draw from `generator`.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    one, two = uniform_init((9,), 4).data, uniform_init((9,), 4).data
    check.true("two calls give the same numbers", not np.array_equal(one, two))
    bias = uniform_init((3000,), 9).data
    check.same("the shape of a bias", bias.shape, (3000,))
    check.equal("the bound for a bias of fan-in 9", np.abs(bias).max(), 1 / 3, rtol=0.01)
    check.equal("the average", bias.mean(), 0.0, atol=0.02)
    check.equal("the spread of evenly drawn numbers", bias.std(), 1 / 3 / math.sqrt(3), rtol=0.05)
    weight = uniform_init((200, 3, 5), 100).data
    check.equal("the bound for fan-in 100", np.abs(weight).max(), 0.1, rtol=0.01)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 03.3 `Linear.__init__`
#
# Now a layer can make its own numbers. `Linear(64, 10)` draws a weight of shape (64, 10) and a bias of shape (10,).
# Each of the ten outputs sums 64 terms, so the fan-in is 64 for both.
#
# <details><summary>A nudge</summary>
#
# Two calls of `uniform_init`, the weight's first: the order decides which random number goes where. `bias=False` means
# `self.bias = None`, not a missing attribute.
# </details>

# %% nbgrader={"grade": false, "grade_id": "03-03-linear-init", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Linear)
def __init__(self, in_features, out_features, bias=True):
    """Make `self.weight` and `self.bias` with `uniform_init`, in this order. With bias=False, `self.bias` is None.

    Shapes: weight (in_features, out_features), bias (out_features,). The fan-in of both is in_features.
    Raises ValueError, with both numbers in its message, when one of them is below 1.
    """
    ### BEGIN SOLUTION 03.3 Linear.__init__: make self.weight, and self.bias or None
    if in_features < 1 or out_features < 1:
        raise ValueError(f"Linear needs at least one feature on each side, not {in_features} and {out_features}")
    self.weight = uniform_init((in_features, out_features), in_features)
    self.bias = uniform_init((out_features,), in_features) if bias else None
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-03-03-linear-init", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
drawn = []


def note_init(shape, fan_in):
    """Stands in for uniform_init: numbers 0, 1, 2, … and a note of how it was called."""
    drawn.append((tuple(shape), fan_in))
    return Tensor(np.arange(math.prod(shape), dtype=np.float32).reshape(shape), requires_grad=True)


with Checks("03.3", "Linear.__init__") as check, check.using(uniform_init=note_init):
    check.given(in_features=3, out_features=2, look="Which of the two numbers is the number of rows?")
    layer = Linear(3, 2)
    check.same("the shape of the weight", layer.weight.shape, (3, 2))
    check.same("the shape of the bias", layer.bias.shape, (2,))
    check.given(in_features=3, out_features=2, look="Each output sums three terms, its bias beside them.")
    check.same("the calls of uniform_init (shape and fan-in)", drawn, [((3, 2), 3), ((2,), 3)])
    both = [layer.weight.requires_grad, layer.bias.requires_grad]
    check.same("requires_grad of both", both, [True, True], look="Both are learned.")
    check.given(in_features=3, out_features=2, bias=False, look="An attribute that is None, not a missing one.")
    check.same("the bias", getattr(Linear(3, 2, bias=False), "bias", "missing"), None)
    check.given(in_features=0, out_features=2, look="A layer without inputs is a mistake of the caller.")
    check.raises("0 features", ValueError, lambda: Linear(0, 2), mentions=("0", "2"))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    drawn.clear()
    Linear(3, 2)
    check.same("what was drawn (shape and fan-in), in order", drawn, [((3, 2), 3), ((2,), 3)])
    check.same("the shape of the weight without a bias", Linear(5, 2, bias=False).weight.shape, (5, 2))
    check.same("the shapes of Linear(1, 4)", [Linear(1, 4).weight.shape, Linear(1, 4).bias.shape], [(1, 4), (4,)])
    check.raises("out_features -5", ValueError, lambda: Linear(7, -5), mentions=("7", "-5"))
    check.true("two layers share a tensor", Linear(2, 2).weight is not Linear(2, 2).weight)
    ### END HIDDEN TESTS

# %% [markdown]
# A first layer, on a real picture: ten scores for the first digit of the file, a 0. They are close together and mean
# nothing. The highest one is the layer's answer.

# %% tags=["demo"]
manual_seed(3)
reader = Linear(64, 10)
scores = reader(Tensor(images[:1]))
print(reader, "says", scores.data.argmax(), "with the scores", scores.data.round(2))

# %% [markdown]
# ## Part 3. Does the signal survive ten layers? (45 minutes)
#
# One layer forgives any start. Deep networks stack ten, or a hundred. If each halves its input, ten of them leave a
# thousandth of it. If each doubles it, ten make it a thousand times larger, and 128 overflow float32. Which is it? Do
# not guess: measure.

# %% [markdown]
# ### 03.4 `activation_stds`
#
# The size of a signal is its standard deviation. By hand: if the layers are "times 2" and "plus 5", and $x = (1, 3)$
# with standard deviation 1, then it is 2 after the first layer and still 2 after the second.

# %% nbgrader={"grade": false, "grade_id": "03-04-activation-stds", "locked": false, "schema_version": 3, "solution": true, "task": false}
def activation_stds(layers, x):
    """Send x through the layers, each one reading what the one before it returned.

    Returns a list of floats: the standard deviation (NumPy's `std`, over all numbers) of the result of each layer.
    """
    ### BEGIN SOLUTION 03.4 activation_stds: return one standard deviation for each layer
    stds = []
    for layer in layers:
        x = layer(x)
        stds.append(float(x.data.std()))
    return stds
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-03-04-activation-stds", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("03.4", "activation_stds") as check:
    layers = [lambda x: x * 2.0, lambda x: x + 5.0]
    check.given(layers=["x * 2", "x + 5"], x=[1.0, 3.0], look="The second layer reads what the first one returned.")
    check.equal("the list of standard deviations", activation_stds(layers, Tensor([1.0, 3.0])), [2.0, 2.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    layers = [lambda x: x * 3.0, lambda x: x * x, lambda x: x + x]
    stds = activation_stds(layers, Tensor([[0.0, 1.0], [2.0, 5.0]]))
    values = np.array([0.0, 3.0, 6.0, 15.0])
    expected = [values.std(), (values**2).std(), 2 * (values**2).std()]
    check.equal("the list for the layers x * 3, x * x, x + x", stds, expected)
    table = Tensor([[1.0, 2.0], [4.0, 7.0]])
    check.equal("the list for a single layer", activation_stds([lambda x: x], table), [np.std([1, 2, 4, 7])])
    check.equal("the number of results without layers", len(activation_stds([], Tensor([1.0]))), 0)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 03.5 `keeping_bound`
#
# Which bound $a$ keeps the size? Take $n$ inputs with mean square 1, and weights drawn evenly from $-a$ to $a$: those
# have mean square $a^2/3$ (the average of $w^2$ over all $w$ from $-a$ to $a$). The products have mean square $a^2/3$ too. Their signs are random, so the mean squares add
# up: the sum of $n$ products has mean square $n\,a^2/3$. It stays 1 if
#
# $$a = \sqrt{3/n}$$

# %% [markdown]
# A ReLU sets the negative half to zero and with it halves the mean square. To make up for that, the sum before the
# ReLU needs the mean square 2. (With it this is He initialisation: He, Zhang, Ren and Sun, ICCV 2015.)

# %% nbgrader={"grade": false, "grade_id": "03-05-keeping-bound", "locked": false, "schema_version": 3, "solution": true, "task": false}
def keeping_bound(fan_in, relu=True):
    """The bound a for which weights drawn evenly from -a to a keep the mean square of the signal.

    With `relu`, a ReLU follows the layer; without, nothing does. Returns a float.
    """
    ### BEGIN SOLUTION 03.5 keeping_bound: return the bound that keeps the mean square, with or without a ReLU
    return math.sqrt((6 if relu else 3) / fan_in)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-03-05-keeping-bound", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("03.5", "keeping_bound") as check:
    check.given(fan_in=3, relu=False, look="Solve n a²/3 = 1 for a.")
    check.equal("the bound without a ReLU", keeping_bound(3, relu=False), 1.0)
    check.given(fan_in=150, relu=True, look="Which mean square does the sum need, so that half of it is 1?")
    check.equal("the bound with a ReLU", keeping_bound(150), 0.2)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the bound for fan-in 6 with a ReLU", keeping_bound(6, relu=True), 1.0)
    check.equal("the bound for fan-in 64 with a ReLU", keeping_bound(64), 0.30618622)
    check.equal("the bound for fan-in 12 without a ReLU", keeping_bound(12, relu=False), 0.5)
    check.equal("the bound for fan-in 1 without a ReLU", keeping_bound(1, False), 1.7320508)
    ### END HIDDEN TESTS

# %% [markdown]
# Now the measurement: ten times a layer of 128 numbers and a ReLU, with three choices of the bound. One is the usual
# $1/\sqrt{n}$ of exercise 03.2, one is yours, one is twice yours. Before you run it: which line goes up, and which
# goes down?

# %%
def random_stack(bound, depth=10, width=128):
    """`depth` functions, each a Linear layer with weights between -bound and bound, and a ReLU."""
    def block():
        layer = Linear(width, width, bias=False)
        layer.weight.data *= bound * math.sqrt(width)  # they were drawn between ±1/sqrt(width)
        return lambda x: ReLU()(layer(x))

    return [block() for _ in range(depth)]

# %% tags=["demo"]
manual_seed(0)
signal = Tensor(np.random.default_rng(0).standard_normal((1000, 128)).astype(np.float32))
keep = keeping_bound(128)
usual = 1 / math.sqrt(128)
choices = [("twice yours", 2 * keep, "#E69F00"), ("yours", keep, "#009E73"), ("1/sqrt(n)", usual, "#0072B2")]
plt.figure(figsize=(6, 3.2))
for (name, bound, colour), marker in zip(choices, "^os"):
    stds = activation_stds(random_stack(bound), signal)
    plt.semilogy(range(1, 11), stds, marker=marker, color=colour, label=name)
    print(f"{name:12} after 10 layers: {stds[-1]:.2g}")
plt.xlabel("layer")
plt.ylabel("standard deviation")
plt.legend(title="bound of the weights", loc="center left", bbox_to_anchor=(1, 0.5))
show(plt.gcf(), "Standard deviation after each of ten layers on a logarithmic axis, starting near 1: rising to about 700 with "
                "twice the keeping bound, level with the keeping bound, falling to about 0.0001 with one over the square root of n.")

# %% [markdown]
# Yours stays level, though a little below 1: after a ReLU the mean is no longer 0, and the standard deviation leaves it
# out of the size. The usual choice *shrinks* the signal: its mean square is divided by 6 in each layer, so the size by 2.4. Why does
# PyTorch use it nevertheless? In two or three layers it does no harm, and it was inherited from the predecessor,
# Torch. Deep networks choose their own start (`torch.nn.init.kaiming_uniform_`) or normalise between layers.

# %% [markdown]
# ## Part 4. Finding every parameter (60 minutes)
#
# Layers are put into other layers: a network has blocks, a block has layers, a layer has tensors. Module 07 will ask
# one question of all of this: *which numbers may I change?* Nobody wants to keep that list by hand. How would you find
# the tensors in this tree?
#
# ```mermaid
# flowchart TD
#     accTitle: A network as a tree
#     accDescr: A network holds a layer called first and a list called rest, each layer holds a weight and a bias.
#     N([net]) -->|first| A([Linear])
#     N -->|rest, a list| L[[list]]
#     A -->|weight| AW[64, 32]
#     A -->|bias| AB[32]
#     L -->|item 0| R{{ReLU}}
#     L -->|item 1| B([Linear])
#     B -->|weight| BW[32, 10]
#     B -->|bias| BB[10]
# ```

# %% [markdown]
# Python knows the answer. `vars(thing)` is the dictionary of an object's attributes, in the order in which they were
# first set:

# %%
class TwoLayers(Layer):
    def __init__(self):
        self.title = "an example"
        self.first = bare(Linear, weight=Tensor([[1.0], [2.0]]), bias=None)
        self.rest = [bare(Linear, weight=Tensor([[3.0]]), bias=Tensor([4.0]))]


vars(TwoLayers())

# %% [markdown]
# So start at the network and open what can be opened: layers by `vars`, and lists, tuples and dictionaries, because
# people keep layers there. Three things go wrong in practice: a layer in a list is overlooked and never learns; two
# names for one tensor make it count twice; a child that knows its parent sends you round in circles for ever. An order
# that is always the same matters too: saved networks rely on it.

# %% [markdown]
# ### 03.6 `walk`
#
# **By hand.** A layer `outer` has `first = inner`, then `scale = c`, then `again = inner`; `inner` has `w = a` and `u
# = b`. The walk gives `outer, inner, a, b, c`: what is inside `inner` comes before `c`, and the second `inner` is not
# news.
#
# <details><summary>A nudge</summary>
#
# A function inside that calls itself for every value it finds inside the current one. Two lists (or a list and a set)
# live outside of it: what was found, and what was seen.
# </details>
#
# <details><summary>What does "each once" compare?</summary>
#
# Not the values: two different tensors may hold equal numbers, and both want to learn. Objects are the same if `a is
# b`, which is to say `id(a) == id(b)`. `thing in found` compares by `==`, and arrays answer that with arrays.
# </details>

# %% nbgrader={"grade": false, "grade_id": "03-06-walk", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def walk(thing):
    """All layers and tensors in `thing`, itself included: a list, in definition order, each object once.

    Layers are opened (their attributes, by `vars`), and so are lists, tuples and the values of dictionaries, at any
    depth that Python's recursion reaches. What is inside a layer comes right after it. Everything else (numbers, arrays,
    strings, sets, activations, None, …) is passed over. Only layers and tensors are asked whether they came before.
    """
    ### BEGIN SOLUTION 03.6 walk: return the layers and tensors in `thing`, each once, in definition order
    found, seen, waiting = [], set(), [thing]
    while waiting:
        item = waiting.pop()  # the last one in is the first one out, hence `reversed` below
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, (Layer, Tensor)):
            found.append(item)
        if isinstance(item, (Layer, dict)):
            inside = vars(item) if isinstance(item, Layer) else item
            waiting.extend(reversed(list(inside.values())))
        elif isinstance(item, (list, tuple)):
            waiting.extend(reversed(item))
    return found
    ### END SOLUTION

# %% [markdown]
# Two small things for the tests: a layer with whatever attributes you name, and a way to print what was found.

# %%
class Box(Layer):
    """A layer that only holds things."""


def names_of(found, **things):
    """The names under which the found objects were given, by identity; "?" for others."""
    return [next((name for name, thing in things.items() if thing is item), "?") for item in found]

# %% nbgrader={"grade": true, "grade_id": "test-03-06-walk", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
a, b, c = (Tensor([value], requires_grad=True) for value in [1.0, 2.0, 3.0])
inner = bare(Box, u=a, w=b)
outer = bare(Box, first=inner, name="text", scale=c)
with Checks("03.6", "walk") as check:
    check.given(outer="Box(first=inner, name='text', scale=c)", inner="Box(u=a, w=b)", look="What is inside `inner`?")
    found = names_of(walk(outer), outer=outer, inner=inner, a=a, b=b, c=c)
    check.same("what was found, in order", found, ["outer", "inner", "a", "b", "c"])
    listing = bare(Box, parts=[c, inner])
    check.given(listing="Box(parts=[c, inner])", look="Lists are opened too.")
    found = names_of(walk(listing), listing=listing, inner=inner, a=a, b=b, c=c)
    check.same("what was found", found, ["listing", "c", "inner", "a", "b"])
    twice = bare(Box, one=a, two=a)
    check.given(twice="Box(one=a, two=a)", look="Each object once.")
    check.same("what was found", names_of(walk(twice), twice=twice, a=a), ["twice", "a"])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    deep = bare(Box, zebra=({"x": c, "y": [[inner], 5]},), apple=b, none=None, parts=[(), [a]])
    found = names_of(walk(deep), deep=deep, inner=inner, a=a, b=b, c=c)
    check.same("what was found in lists, tuples and dictionaries", found, ["deep", "c", "inner", "a", "b"])
    equal, frozen = Tensor([1.0], requires_grad=True), Tensor([9.0])
    both = bare(Box, a=a, equal=equal, frozen=frozen)
    found = names_of(walk(both), both=both, a=a, equal=equal, frozen=frozen)
    check.same("what was found among equal tensors, one without a gradient", found, ["both", "a", "equal", "frozen"])
    child = bare(Box, w=c)
    parent = bare(Box, z=a, child=child, more={"b": [child, b]})
    child.parent = parent
    found = names_of(walk(parent), parent=parent, child=child, a=a, b=b, c=c)
    check.same("what was found around a child that knows its parent", found, ["parent", "a", "child", "c", "b"])
    check.same("what was found from a list", names_of(walk([b, inner]), inner=inner, a=a, b=b), ["b", "inner", "a"])
    check.same("what was found where there is nothing", list(walk({"n": 3, "s": "abc"})), [])
    ### END HIDDEN TESTS

# %% [markdown]
# ### 03.7 `Layer.parameters`
#
# With the walk done, the question of Module 07 is one line. A parameter is a tensor that requires a gradient: other
# tensors (a table of constants, say) may live in a layer without being learned.

# %% nbgrader={"grade": false, "grade_id": "03-07-parameters", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Layer)
def parameters(self):
    """What there is to learn in this layer and in all layers inside it: a list of the tensors that require a gradient.

    In definition order, each once, as `walk` finds them.
    """
    ### BEGIN SOLUTION 03.7 Layer.parameters: return the tensors that require a gradient
    return [item for item in walk(self) if isinstance(item, Tensor) and item.requires_grad]
    ### END SOLUTION

# %% [markdown]
# A stand-in for `walk` comes first, so that this test judges this exercise only. Run both cells.

# %%
def known_walks(*answers):
    """A stand-in for `walk` that has the right answers for a few layers: each answer begins with its layer."""
    return lambda thing: list(next(answer for answer in answers if answer[0] is thing))

# %% nbgrader={"grade": true, "grade_id": "test-03-07-parameters", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
w, u, constant = Tensor([1.0], requires_grad=True), Tensor([2.0], requires_grad=True), Tensor([3.0])
inner = bare(Box, u=u, constant=constant)
outer = bare(Box, w=w, part=inner)
answers = known_walks([outer, w, inner, u, constant], [inner, u, constant])
with Checks("03.7", "Layer.parameters") as check, check.using(walk=answers):
    check.given(outer="Box(w=w, part=inner)", inner="Box(u=u, constant=constant)", look="Which ones are learned?")
    names = names_of(outer.parameters(), w=w, u=u, constant=constant, outer=outer, inner=inner)
    check.same("the list of parameters of `outer`", names, ["w", "u"])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.same("the list of parameters of `inner`", names_of(inner.parameters(), w=w, u=u), ["u"])
    empty = bare(Box, constant=constant)
    extra = Tensor(np.ones((2, 2)), requires_grad=True)
    mixed = bare(Box, gamma=extra, steps=[u, inner], weight=constant)
    answers = known_walks([empty, constant], [mixed, extra, u, inner, constant], [inner, u, constant])
    with check.using(walk=answers):
        check.same("the list of parameters of a layer without any", list(empty.parameters()), [])
        names = names_of(mixed.parameters(), u=u, gamma=extra, weight=constant)
        check.same("the list of parameters of a layer with a list", names, ["gamma", "u"])
        u.requires_grad = False
        check.same("the list of parameters after one was frozen", names_of(mixed.parameters(), u=u, gamma=extra), ["gamma"])
    ### END HIDDEN TESTS

# %% [markdown]
# PyTorch does the same with more ceremony: assigning a `Parameter` or a `Module` to an attribute registers it (in
# `__setattr__`), which is why `super().__init__()` has to come first there, and why layers in a plain list are *not*
# found: PyTorch wants an `nn.ModuleList`. It also names a layer's own parameters before those of its parts, where we
# keep the order of definition.
#
# With `parameters`, forgetting all gradients is a loop; Module 06 will need it. It is given:

# %%
#| exporti
@method_of(Layer)
def zero_grad(self):
    """Forget the gradients of all parameters."""
    for parameter in self.parameters():
        parameter.grad = None

# %% [markdown]
# ## Part 5. Two modes, stacks, dropout (55 minutes)
#
# Some layers behave in one way while the network learns and in another when it is used. So each layer has `training`,
# True or False. A network has one switch for all: `net.train()` before learning, `net.eval()` before use.

# %% [markdown]
# ### 03.8 `Layer.train`
#
# The switch has to reach layers deep inside, and only this network's: another one made of the same classes stays as it
# is.
#
# <details><summary>A nudge</summary>
#
# `walk(self)` finds tensors too. `self.training = …` sets the attribute of one object; `Layer.training` belongs to
# all.
# </details>

# %% nbgrader={"grade": false, "grade_id": "03-08-train", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Layer)
def train(self, mode=True):
    """Set `training` to `mode` in this layer and in all layers inside it.

    Returns this layer, so that calls can be chained: ``net.train()(x)``.
    """
    ### BEGIN SOLUTION 03.8 Layer.train: set training in this layer and all inside, and return this layer
    for item in walk(self):
        if isinstance(item, Layer):
            item.training = mode
    return self
    ### END SOLUTION

# %%
#| exporti
@method_of(Layer)
def eval_(self):  # the underscore is dropped; it keeps Python's own eval usable here
    """Switch to evaluation: the same as ``train(False)``."""
    return self.train(False)

# %% nbgrader={"grade": true, "grade_id": "test-03-08-train", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
w = Tensor([1.0], requires_grad=True)
leaf, other = bare(Box, w=w), bare(Box)
inner = bare(Box, leaf=leaf)
outer = bare(Box, part=inner)
answers = known_walks([outer, inner, leaf, w], [inner, leaf, w], [leaf, w], [other])
with Checks("03.8", "Layer.train") as check, check.using(walk=answers):
    check.given(outer="Box(part=inner)", inner="Box(leaf=leaf)", look="Layers inside layers have their own `training`.")
    result = outer.train(False)
    states = [outer.training, inner.training, leaf.training]
    check.same("training after train(False), in outer, inner and leaf", states, [False] * 3)
    check.true("train() should return the layer itself", result is outer, got=result, look="The last line of the docstring.")
    check.same("training of another network", other.training, True, look="Did you write to the class, for all of them?")
    outer.train()
    check.same("training after train()", [outer.training, inner.training, leaf.training], [True] * 3)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    inner.train(False)
    states = [outer.training, inner.training, leaf.training]
    check.same("training when only the inner layer was switched", states, [True, False, False])
    check.same("training of another Box", [other.training, bare(Box).training, Layer.training], [True, True, True])
    outer.train(True)
    outer.train(True)
    check.same("training after train(True), twice", [outer.training, inner.training, leaf.training], [True] * 3)
    check.true("something was written to a tensor", not hasattr(w, "training"))
    ### END HIDDEN TESTS

# %% [markdown]
# ### 03.9 `Sequential.forward`
#
# Most networks are a queue: each layer reads what the one before it wrote. `Sequential(a, b, c)` is that queue as one
# layer, so it can stand inside another. Everything but its `forward` is given.

# %%
#| export
class Sequential(Layer):
    """Layers one after the other; activations and other functions of one tensor may stand between them.

    ``stack[i]`` is the i-th of them, ``stack[a:b]`` a stack of some, ``len(stack)`` their number.
    Raises TypeError for what cannot be called, for example a list of layers instead of the layers.
    """

    def __init__(self, *layers):
        for layer in layers:
            if not callable(layer):
                raise TypeError(f"Sequential(a, b, c) takes layers one by one; a {type(layer).__name__} is none")
        self.layers = list(layers)

    def __getitem__(self, index):
        return Sequential(*self.layers[index]) if isinstance(index, slice) else self.layers[index]

    def __len__(self):
        return len(self.layers)

    def __repr__(self):
        return f"Sequential({', '.join(repr(layer) for layer in self.layers)})"

# %% nbgrader={"grade": false, "grade_id": "03-09-sequential-forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Sequential)
def forward(self, x):
    """Call each of `self.layers` with what the one before it returned, the first with x; return the last result."""
    ### BEGIN SOLUTION 03.9 Sequential.forward: send x through all layers and return the result
    for layer in self.layers:
        x = layer(x)
    return x
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-03-09-sequential-forward", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
class Twice(Layer):
    def forward(self, x):
        return x * 2.0


class PlusThree(Layer):
    def forward(self, x):
        return x + 3.0


with Checks("03.9", "Sequential.forward") as check:
    stack = bare(Sequential, layers=[Twice(), PlusThree()])
    check.given(layers=["Twice", "PlusThree"], x=[1.0, -1.0], look="First twice, then plus three.")
    check.equal("the result", stack.forward(Tensor([1.0, -1.0])), [5.0, 1.0])
    check.probe(lambda: bare(Sequential, layers=[Twice(), PlusThree(), Twice()]).forward(Tensor([1.0])))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    stack = bare(Sequential, layers=[PlusThree(), lambda x: x * x, Twice(), PlusThree()])
    check.equal("the result of four layers, one of them a function", stack.forward(Tensor([1.0, -1.0])), [35.0, 11.0])
    check.equal("the result of the same stack again", stack.forward(Tensor([0.0])), [21.0])
    x = Tensor([4.0])
    check.true("an empty stack should return x itself", bare(Sequential, layers=[]).forward(x) is x)
    check.equal("the result of a single layer", bare(Sequential, layers=[Twice()]).forward(x), [8.0])
    ### END HIDDEN TESTS

# %% [markdown]
# ### 03.10 `dropout_mask`
#
# A network with more numbers than it needs learns its examples by heart. **Dropout** makes that hard: at each step,
# every number has a chance $p$ to be set to zero, so no unit can rely on a particular other one (Srivastava and
# others, 2014).

# %% [markdown]
# Dropping half the terms halves the next layer's sums. When the network is used, nothing is dropped, and the sums
# would be twice what the network knows. So what stays is divided by the chance to stay, $1-p$.

# %% [markdown]
# **By hand.** With $p = 0.75$ about one number in four stays and is multiplied by $1/0.25 = 4$. On average, $1$
# becomes $0.75\cdot 0 + 0.25\cdot 4 = 1$. What are the two values of a mask for $p = 0.2$?
#
# <details><summary>A nudge</summary>
#
# `generator.random(shape)` gives numbers evenly spread from 0 to 1: a share of $p$ is below $p$. A comparison gives
# True and False, and `.astype(dtype)` makes ones and zeros of them. Which of the two should a number below $p$ become?
# </details>

# %% nbgrader={"grade": false, "grade_id": "03-10-dropout-mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def dropout_mask(shape, p, dtype=np.float32):
    """An array that is 0 with probability p and 1/(1-p) otherwise, each number decided on its own by `generator`.

    Shape `shape`, dtype `dtype`; 0 <= p < 1.
    """
    ### BEGIN SOLUTION 03.10 dropout_mask: return a random array of 0 and 1/(1-p)
    kept = generator.random(shape) >= p
    return kept.astype(dtype) / np.asarray(1 - p, dtype)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-03-10-dropout-mask", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
manual_seed(5)
with Checks("03.10", "dropout_mask") as check:
    check.given(shape=(100, 80), p=0.5, look="What stays is divided by 1 - p.")
    mask = dropout_mask((100, 80), 0.5)
    check.is_a("the mask", mask, np.ndarray)
    check.same("the pair of shape and dtype", [mask.shape, str(mask.dtype)], [(100, 80), "float32"])
    check.equal("the list of different values in it", np.unique(mask), [0.0, 2.0])
    manual_seed(5)
    again = np.array_equal(dropout_mask((100, 80), 0.5), mask)
    check.true("the same seed should give the same mask", again, look="Draw from `generator`.")
    check.given(shape=(100, 80), p=0.75, look="The example by hand: one number in four stays.")
    mask = dropout_mask((100, 80), 0.75)
    check.equal("the list of different values in it", np.unique(mask), [0.0, 4.0])
    check.equal("the share of zeros", (mask == 0).mean(), 0.75, atol=0.05)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    mask = dropout_mask((40, 50, 5), 0.2, np.float64)
    check.same("the pair of shape and dtype", [mask.shape, str(mask.dtype)], [(40, 50, 5), "float64"])
    check.equal("the list of different values for p = 0.2", np.unique(mask), [0.0, 1.25])
    check.equal("the share of zeros for p = 0.2", (mask == 0).mean(), 0.2, atol=0.03)
    check.true("whole rows or columns are dropped", all(len(np.unique(mask.sum(axis=axis))) > 3 for axis in range(3)))
    counts = {int((dropout_mask((60,), 0.5) == 0).sum()) for _ in range(20)}
    check.true("the number of zeros is always the same", len(counts) > 1, got=sorted(counts))
    check.equal("a mask for p = 0", dropout_mask((3, 2), 0.0), np.ones((3, 2)))
    ### END HIDDEN TESTS

# %% [markdown]
# (For $p = 0.2$ the two values are 0 and 1.25.) The same digit through three masks with $p = 0.3$. Would you still read
# it?

# %% tags=["demo"]
fig, axes = plt.subplots(1, 4, figsize=(6, 1.7))
dropped = [images[3] * dropout_mask((64,), 0.3) for _ in range(3)]
for axis, image, title in zip(axes, [images[3], *dropped], ["as it is", "p = 0.3", "p = 0.3", "p = 0.3"]):
    axis.imshow(image.reshape(8, 8), cmap="Greys", vmin=0, vmax=1 / 0.7)
    axis.set_title(title, fontsize=9)
    axis.axis("off")
show(plt.gcf(), "A handwritten 3, and the same digit three times with about a third of its pixels, each time others, set to "
                "white and the rest darker.")

# %% [markdown]
# ### 03.11 `Dropout.forward`
#
# The layer: in training, times a fresh mask; otherwise, nothing at all, not even a copy. The constructor is given,
# with the check that a chance is a chance.

# %%
#| export
class Dropout(Layer):
    """In training, sets each number to zero with probability `p` and divides the others by 1-p; otherwise does nothing.

    Raises ValueError when p is not in [0, 1).
    """

    def __init__(self, p=0.5):
        if not 0 <= p < 1:
            raise ValueError(f"p is the probability to drop a number, at least 0 and below 1, not {p}")
        self.p = p

    def __repr__(self):
        return f"Dropout({self.p})"

# %% nbgrader={"grade": false, "grade_id": "03-11-dropout-forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Dropout)
def forward(self, x):
    """In training, x times a new `dropout_mask` in x's shape and dtype, by Tensor's product; otherwise x itself."""
    ### BEGIN SOLUTION 03.11 Dropout.forward: return x times a new mask in training, otherwise x itself
    if not self.training or self.p == 0:
        return x
    return x * Tensor(dropout_mask(x.shape, self.p, x.dtype))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-03-11-dropout-forward", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
asked = []


def note_mask(shape, p, dtype=np.float32):
    """Stands in for dropout_mask: 1, 2, 3, … plus the number of earlier calls, and a note of how it was called."""
    asked.append((tuple(shape), p, str(np.dtype(dtype))))
    return (np.arange(math.prod(shape)).reshape(shape) + len(asked)).astype(dtype)


with Checks("03.11", "Dropout.forward") as check, check.using(dropout_mask=note_mask):
    x = Tensor([[1.0, 10.0], [100.0, 1000.0]])
    check.given(x=x, mask=[[1.0, 2.0], [3.0, 4.0]], look="The mask has the shape of x, and is a factor.")
    layer = bare(Dropout, p=0.5, training=True)
    check.equal("the result in training", layer.forward(x), [[1.0, 20.0], [300.0, 4000.0]])
    exact = layer.forward(Tensor(np.array([2.0])))
    check.same("the dtype for a float64 x", str(exact.dtype), "float64", look="dropout_mask takes a dtype.")
    layer.training = False
    got = layer.forward(x)
    check.true("in evaluation, x itself should be returned", got is x, got=got, look="Is the layer in training?")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    layer, wide = bare(Dropout, p=0.25, training=True), Tensor(np.full((1, 3), 2.0))
    asked.clear()
    check.equal("the result for float64", layer.forward(wide), [[2.0, 4.0, 6.0]], dtype=np.float64)
    check.equal("the result of a second call", layer.forward(wide), [[4.0, 6.0, 8.0]])
    check.same("what was asked of dropout_mask", asked, [((1, 3), 0.25, "float64")] * 2)
    with counted("__mul__", "__rmul__") as products:
        layer.forward(wide)
    check.true("the product was not computed by Tensor's multiplication", len(products) > 0)
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 6. Check your understanding (30 minutes)
#
# Two questions whose answers are numbers. Work out the first example with pencil and paper before you write a line.
#
# ### 03.12 How many parameters?
#
# A network with the sizes [64, 32, 10] is Linear(64, 32), ReLU, Linear(32, 10). How many numbers can it learn? (The
# answer stood in the second sentence of this notebook.) And with three layers, or without biases?

# %% nbgrader={"grade": false, "grade_id": "03-12-mlp-parameters", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mlp_parameters(sizes, bias=True):
    """The number of learnable numbers in Linear layers from sizes[0] to sizes[1] to sizes[2] and so on."""
    ### BEGIN SOLUTION 03.12 mlp_parameters: return the number of weights and biases
    return sum(fan_in * out + bias * out for fan_in, out in zip(sizes, sizes[1:]))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-03-12-mlp-parameters", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("03.12", "mlp_parameters") as check:
    check.given(sizes=[64, 32, 10], look="Weights: 64 times 32, and 32 times 10. Biases: one an output.")
    check.equal("the number of parameters", mlp_parameters([64, 32, 10]), 2410)
    check.given(sizes=[5, 4, 3, 2], bias=False, look="Weights only: 20, 12 and 6.")
    check.equal("the number of parameters", mlp_parameters([5, 4, 3, 2], bias=False), 38)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the number for [2, 3]", mlp_parameters([2, 3]), 9)
    check.equal("the number for four layers", mlp_parameters([784, 512, 256, 128, 10]), 567434)
    check.equal("the number without biases", mlp_parameters([64, 32, 10], bias=False), 2368)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 03.13 How much memory?
#
# Parameters are not all. Module 06 keeps the results of all layers until the way back, and those grow with the batch.
# With the sizes [64, 32, 10] and 100 pictures, the first Linear gives 100×32 numbers, ReLU another 100×32, the second
# Linear 100×10: 7,400 numbers of 4 bytes each.

# %% nbgrader={"grade": false, "grade_id": "03-13-activation-bytes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def activation_bytes(sizes, batch_size):
    """Bytes of the float32 results for one batch: of each Linear, and of a ReLU after each Linear but the last."""
    ### BEGIN SOLUTION 03.13 activation_bytes: return the number of bytes of all layers' results
    *hidden, last = sizes[1:]
    return 4 * batch_size * (2 * sum(hidden) + last)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-03-13-activation-bytes", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("03.13", "activation_bytes") as check:
    check.given(sizes=[64, 32, 10], batch_size=100, look="7,400 numbers, 4 bytes each. The input is no result.")
    check.equal("the number of bytes", activation_bytes([64, 32, 10], 100), 29600)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the number for a single layer", activation_bytes([64, 10], 1), 40)
    check.equal("the number for three layers", activation_bytes([784, 512, 256, 10], 64), 64 * 4 * (1024 + 512 + 10))
    check.equal("the number for batch 1", activation_bytes([3, 5, 7, 2], 1), 4 * (10 + 14 + 2))
    ### END HIDDEN TESTS

# %% [markdown]
# With a batch of one, this network's parameters take 9,640 bytes and its activations 296. At which batch size do the
# activations overtake? Try it with your two functions: this is why memory limits the batch, not only the network.

# %%
for batch_size in [1, 10, 33, 100, 1000]:
    print(f"batch {batch_size:4}: parameters {4 * mlp_parameters([64, 32, 10]):,} bytes, "
          f"activations {activation_bytes([64, 32, 10], batch_size):,} bytes")

# %% [markdown]
# ## A classifier that knows nothing
#
# Everything is there. The network reads all 1,797 digits at once and says for each which of its ten scores is the
# highest. How often will it be right?

# %%
def digits_net():
    """64 pixels in, ten scores out."""
    return Sequential(Linear(64, 32), ReLU(), Dropout(0.2), Linear(32, 10))


def accuracy(net, images, labels):
    """The share of pictures whose highest score is that of the right digit."""
    scores = net.eval()(Tensor(images)).data
    return float((scores.argmax(axis=1) == labels).mean())

# %% tags=["demo"]
manual_seed(0)
net = digits_net()
print(net)
print(sum(parameter.size for parameter in net.parameters()), "parameters")
print(f"right: {accuracy(net, images, labels):.1%}")
answers = np.bincount(net(Tensor(images)).data.argmax(axis=1), minlength=10)
for digit in np.argsort(-answers)[:3]:
    print(f"it says {digit} for {answers[digit]} of the pictures")

# %% [markdown]
# It has favourites, and says little else. With other random numbers it has other favourites. Three hundred networks
# that know nothing:

# %% tags=["demo"]
shares = []
for seed in range(300):
    manual_seed(seed)
    shares.append(accuracy(digits_net(), images, labels))
plt.figure(figsize=(6, 2.8))
plt.hist(shares, bins=24, color="#56B4E9", edgecolor="white")
plt.axvline(np.mean(shares), color="#0072B2", label=f"average {np.mean(shares):.3f}")
plt.axvline(0.1, color="#E69F00", linestyle="--", label="one in ten")
plt.xlabel("share of digits read correctly")
plt.ylabel("networks")
plt.legend()
show(plt.gcf(), "Histogram of the accuracy of 300 untrained networks: from almost nothing to about a fifth, most near one in "
                "ten, which is also the average.")

# %% [markdown]
# One in ten, as promised: chance. A single lucky network proves nothing, which is why we looked at three hundred.
#
# **What you have, beside PyTorch's:** the same `Linear`, `Dropout` and `Sequential`, the same start values, the same
# two modes, and `parameters()` that also looks into lists. What PyTorch has in addition: names for parameters
# (`state_dict`), hooks, buffers that are saved without being learned, and other devices than the CPU.

# %% [markdown]
# ## Take it with you
#
# Save the notebook and export it, in a terminal or in a cell that starts with `!`:
#
# ```
# tinytorch export 03_layers
# ```
#
# Your layers are then in your own `tinytorch/core/layers.py`, and `from tinytorch.core.layers import Linear` finds
# them. What works now that did not before: any network of linear layers, from pixels to scores. Module 04 says *how*
# wrong the scores are, in one number.
