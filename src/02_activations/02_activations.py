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
# # Module 02: Activations
#
# > The functions between the layers: four bends, without which a deep network is a single straight line, and softmax, which turns scores into probabilities.

# %%
#| default_exp core.activations

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
# | part | what you write | minutes |
# |---|---|---|
# | 1 Why a network has to bend | `merge_layers` | 20 |
# | 2 ReLU | `ReLU`, and a tent made of it | 25 |
# | 3 Squashing: sigmoid and tanh | `Sigmoid`, `Tanh`, both without overflow | 40 |
# | 4 Slopes and saturation | `slope`, `saturated_share` | 30 |
# | 5 GELU | `GELU` | 15 |
# | 6 Softmax | `Softmax`, `at_temperature` | 30 |
# | 7 Check your understanding | two questions, then a curve drawn by your ReLU | 20 |
#
# Together about 3 hours. You need Module 01, and nothing else.

# %%
#| export
import math

import numpy as np

from tinytorch.core.tensor import Tensor

# %%
from tinytorch.checks import Checks

# %% tags=["demo"]
import matplotlib.pyplot as plt

from tinytorch.pictures import show

BLUE, ORANGE, GREEN, PINK, SKY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"

# %% [markdown]
# ## Part 1. Why a network has to bend (20 minutes)
#
# Stack ten matrix multiplications. How much more can they do than one? Try it with two: a layer takes a row `x` to `x @ W1 + b1`, the next takes that to `(…) @ W2 + b2`.
#
# By hand, with one number in and two in the middle: `x = 5`, `W1 = [[1, 2]]`, `b1 = [1, 0]`, `W2 = [[3], [4]]`, `b2 = [7]`.

# %%
x = Tensor([[5.0]])
W1, b1 = Tensor([[1.0, 2.0]]), Tensor([1.0, 0.0])
W2, b2 = Tensor([[3.0], [4.0]]), Tensor([7.0])
middle = x @ W1 + b1
print("middle:", middle.numpy(), " out:", (middle @ W2 + b2).numpy())

# %% [markdown]
# The middle is `[5·1 + 1, 5·2 + 0] = [6, 10]`, the end `6·3 + 10·4 + 7 = 65`. Now multiply out: `5·(1·3 + 2·4) + (1·3 + 0·4) + 7 = 5·11 + 10`. One weight, 11, and one bias, 10, say the same. Is that so for every pair of layers?

# %% [markdown]
# ### 02.1 Two layers are one
#
# Write the function that finds the single layer.
#
# <details><summary>A nudge</summary>
#
# Multiply out `(x @ W1 + b1) @ W2 + b2`. Which terms have an `x` in them?
# </details>
# <details><summary>The formula</summary>
#
# $W = W_1 W_2$ and $b = b_1 W_2 + b_2$.
# </details>

# %% nbgrader={"grade": false, "grade_id": "02-01-merge-layers", "locked": false, "schema_version": 3, "solution": true, "task": false}
def merge_layers(W1, b1, W2, b2):
    """The one layer that does what two layers in a row do.

    Parameters
    ----------
    W1, b1 : Tensor of shape (inputs, hidden) and (hidden,)
        The first layer, x @ W1 + b1.
    W2, b2 : Tensor of shape (hidden, outputs) and (outputs,)
        The second layer.

    Returns
    -------
    W, b : Tensor of shape (inputs, outputs) and (outputs,), in the dtype of the inputs
    """
    ### BEGIN SOLUTION 02.1 merge_layers: return the weight and the bias of the single layer
    return W1 @ W2, b1 @ W2 + b2
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-02-01-merge-layers", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("02.1", "merge_layers") as check:
    W1, b1 = Tensor([[1.0, 2.0]]), Tensor([1.0, 0.0])
    W2, b2 = Tensor([[3.0], [4.0]]), Tensor([7.0])
    check.given(W1=W1, b1=b1, W2=W2, b2=b2, look="Multiply out (x @ W1 + b1) @ W2 + b2.")
    W, b = merge_layers(W1, b1, W2, b2)
    check.equal("the weight", W, [[11.0]])
    check.equal("the bias", b, [10.0])
    check.probe(lambda: merge_layers(Tensor([[1.0, 2.0], [3.0, 4.0]]), b1, Tensor([[0.0, 1.0], [1.0, 1.0]]), b1)[0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(0)
    W1, b1, W2, b2 = (Tensor(rng.normal(size=shape)) for shape in [(3, 4), (4,), (4, 2), (2,)])
    W, b = merge_layers(W1, b1, W2, b2)
    check.equal("the weight of 3 → 4 → 2", W, W1.data @ W2.data, dtype=np.float64, rtol=1e-12)
    check.equal("the bias of 3 → 4 → 2", b, b1.data @ W2.data + b2.data, dtype=np.float64, rtol=1e-12)
    W3, b3 = Tensor(rng.normal(size=(4, 4))), Tensor(rng.normal(size=4))
    check.equal("the weight of 4 → 4 → 2", merge_layers(W3, b3, W2, b2)[0], W3.data @ W2.data, rtol=1e-12)
    ### END HIDDEN TESTS

# %% [markdown]
# Ten such layers are one as well: merge the first two, then the result with the third, and so on. The next cell merges a stack of random layers and compares: the error is rounding, and all the weights but one layer's worth were wasted.

# %% tags=["demo"]
rng = np.random.default_rng(2)
layers = [(Tensor(rng.normal(size=(8, 8)) / 3), Tensor(rng.normal(size=8))) for _ in range(10)]
x = out = Tensor(rng.normal(size=(1, 8)))
W, b = layers[0]
for number, (W_next, b_next) in enumerate(layers):
    out = out @ W_next + b_next
    if number:
        W, b = merge_layers(W, b, W_next, b_next)
difference = np.abs((out - (x @ W + b)).data).max()
print(f"10 layers, {10 * 72} numbers; 1 layer, 72 numbers; largest difference {difference:.1e}")

# %% [markdown]
# What breaks the merging is a bend between the layers: a function that is not a straight line. That is all an *activation* is.
#
# All of ours share the few lines below. Calling an activation runs its `forward`, and there is nothing in it to learn. Run this cell; nothing to do.

# %%
#| export
class Activation:
    """A function of a tensor with nothing in it to learn. Calling an activation runs its `forward`."""

    def forward(self, x: Tensor) -> Tensor:
        """The activation of `x`; each kind says which function that is."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def __call__(self, x: Tensor) -> Tensor:
        return self.forward(x)

    def parameters(self) -> list[Tensor]:
        """The tensors to learn: none."""
        return []

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value}" for name, value in vars(self).items())
        return f"{type(self).__name__}({settings})"

# %% [markdown]
# ## Part 2. ReLU (25 minutes)
#
# The cheapest bend there is: keep what is positive, replace the rest by zero.
#
# $$\mathrm{ReLU}(x) = \max(x, 0)$$
#
# By hand: `[-2, -0.5, 0, 3]` becomes `[0, 0, 0, 3]`. One comparison a value, no exponential; and where it is on, its slope is exactly 1, which will matter in Part 4.

# %% [markdown]
# ### 02.2 ReLU
#
# Every `forward` in this module works on the NumPy array `x.data`, returns a new `Tensor`, keeps the dtype, and leaves its input alone. And a NaN stays a NaN: a broken number that turns into a harmless 0 hides the bug that made it.
#
# <details><summary>A nudge</summary>
#
# NumPy has a function that takes the larger of two values, element by element. It is not `np.max`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "02-02-relu", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class ReLU(Activation):
    """max(x, 0): the positive part (Nair and Hinton, 2010)."""

    def forward(self, x: Tensor) -> Tensor:
        """Keep the positive values and replace the negative ones by zero.

        Parameters
        ----------
        x : Tensor of any shape

        Returns
        -------
        Tensor of the same shape and dtype; NaN where `x` is NaN. `x` itself stays as it was.
        """
        ### BEGIN SOLUTION 02.2 ReLU.forward: return max(x, 0) of every value
        return Tensor(np.maximum(x.data, 0))
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-02-02-relu", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("02.2", "ReLU.forward") as check:
    x = Tensor([-2.0, -0.5, 0.0, 0.5, 3.0])
    check.given(x=x, look="Compare each value with 0, and keep the larger.")
    out = ReLU()(x)
    check.is_a("the result", out, Tensor)
    check.equal("the result", out, [0.0, 0.0, 0.0, 0.5, 3.0], dtype=np.float32)
    x = Tensor([[1.0, -1.0], [-4.0, 9.0]])
    check.equal("the result", ReLU()(x), [[1.0, 0.0], [0.0, 9.0]], inputs={"x": x})
    broken, harmless = Tensor([np.nan, -1.0]), "Is NaN > 0? And what does your choice make of a comparison that is False?"
    check.equal("the result for a NaN", ReLU()(broken), [np.nan, 0.0], inputs={"x": broken}, look=harmless)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    x = Tensor(np.random.default_rng(1).normal(size=(2, 3, 4)))
    before = x.data.copy()
    out = ReLU()(x)
    check.equal("the result for three axes", out, np.where(before > 0, before, 0), dtype=np.float64, rtol=1e-12)
    check.unchanged("the input", x, before)
    check.equal("the result for one number", ReLU()(Tensor(-3.0)), 0.0)
    check.equal("the result for large values", ReLU()(Tensor([-1e30, 1e30])), np.float32([0, 1e30]))
    ### END HIDDEN TESTS

# %% [markdown]
# One bend is not much. But sums of shifted bends draw any broken line. Take $\mathrm{ReLU}(x)$, which climbs with slope 1 from 0 on. Subtract $2\,\mathrm{ReLU}(x-1)$: from 1 on the slope is $1 - 2 = -1$, so the line comes down again.

# %% tags=["demo"]
x = np.linspace(-1, 4, 200)
up, down = ReLU()(Tensor(x)).data, -2 * ReLU()(Tensor(x - 1)).data
figure, axis = plt.subplots(figsize=(6, 2.8))
axis.plot(x, up, color=BLUE, ls="--", label="ReLU(x)")
axis.plot(x, down, color=ORANGE, ls="-.", label="-2 ReLU(x - 1)")
axis.plot(x, up + down, color=GREEN, lw=3, label="their sum")
axis.set(xlabel="x", ylim=(-3, 3))
axis.legend()
show(figure, "The sum of ReLU(x) and -2 ReLU(x - 1) climbs from 0 to 1, then falls without end, through 0 at x = 2.")

# %% [markdown]
# ### 02.3 A tent from three ReLUs
#
# The sum above falls for ever. Add a third ReLU so that it stops at 0: a tent that is 0 up to 0, climbs to `height` at `x = 1`, falls back to 0 at `x = 2`, and stays there.
#
# Work on `relu` (any function from Tensor to Tensor) and Tensor arithmetic only.
#
# <details><summary>A nudge</summary>
#
# From 2 on the slope is −1 and has to be 0. What has to be added, and from where on?
# </details>

# %% nbgrader={"grade": false, "grade_id": "02-03-tent", "locked": false, "schema_version": 3, "solution": true, "task": false}
def tent(x, height, relu):
    """A tent over 0 to 2, with its top at x = 1, as a sum of three ReLUs.

    Parameters
    ----------
    x : Tensor of any shape
    height : float
        The value at x = 1; may be negative.
    relu : function from Tensor to Tensor

    Returns
    -------
    Tensor of the shape of `x`: 0 outside of 0 to 2
    """
    ### BEGIN SOLUTION 02.3 tent: return the values of the tent at x
    return (relu(x) - relu(x - 1) * 2 + relu(x - 2)) * height
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-02-03-tent", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("02.3", "tent") as check:
    relu = lambda t: Tensor((t.data + abs(t.data)) / 2)
    x = Tensor([-1.0, 0.0, 0.5, 1.0, 1.5, 2.0])
    check.given(x=x, height=3.0, look="At which x does the slope change, and by how much?")
    check.equal("the tent", tent(x, 3.0, relu), [0.0, 0.0, 1.5, 3.0, 1.5, 0.0])
    x = Tensor([3.0, 10.0])
    check.given(x=x, height=3.0, look="What is the slope of your sum from 2 on?")
    check.equal("the tent from 2 on", tent(x, 3.0, relu), [0.0, 0.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the tent far from 2", tent(Tensor([-50.0, 2.5, 100.0]), 3.0, relu), [0.0, 0.0, 0.0], atol=1e-4)
    x = Tensor([[0.25, 0.75], [1.25, 1.75]])
    check.equal("a tent of height 1", tent(x, 1.0, relu), [[0.25, 0.75], [0.75, 0.25]])
    check.equal("a tent upside down", tent(x, -2.0, relu), [[-0.5, -1.5], [-1.5, -0.5]])
    ### END HIDDEN TESTS

# %% [markdown]
# Three ReLUs make one tent, tents side by side make any broken line, and with enough of them a broken line comes as close to a curve as you like. At the end of this notebook your ReLU draws a sine with the same idea: one ReLU for each change of slope.

# %% [markdown]
# ## Part 3. Squashing: sigmoid and tanh (40 minutes)
#
# Sometimes an output has to be a probability: between 0 and 1, whatever comes in. The *sigmoid* does that:
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}}$$
#
# By hand: σ(0) = 1 / (1 + 1) = 0.5. And σ(2) = 1 / (1 + 0.1353) = 0.8808, so σ(−2) = 1 − 0.8808 = 0.1192.

# %% [markdown]
# Before you type the formula: what is $e^{1000}$ in float32? The largest number there is about $3.4 \cdot 10^{38}$. The next cell finds the `x` at which `exp` gives up, and what the formula then makes of a large negative input.

# %% tags=["demo"]
with np.errstate(over="ignore"):
    for x in np.float32([-80, -88, -89, -1000]):
        print(f"x = {x:6.0f}   exp(-x) = {np.exp(-x):.3e}   1 / (1 + exp(-x)) = {1 / (1 + np.exp(-x)):.3e}")
print("log of the largest float32:", np.log(np.finfo(np.float32).max))

# %% [markdown]
# From −89 on `exp(-x)` is infinite. The quotient happens to survive, with a warning each time. The other form of the same function, $e^x / (1 + e^x)$, does not: for large `x` it is ∞ / ∞, which is NaN.

# %% [markdown]
# The cure is to take the exponential only of numbers that are not positive. With $s = e^{-|x|}$, between 0 and 1 always:
#
# $$\sigma(x) = \frac{1}{1+s} \;\text{ if } x \ge 0, \qquad \sigma(x) = \frac{s}{1+s} \;\text{ if } x < 0.$$

# %% [markdown]
# ### 02.4 Sigmoid
#
# Careful with `np.where`: it computes both of its branches for all values before it chooses. The check turns NumPy's warnings into errors.
#
# <details><summary>A nudge</summary>
#
# Both cases have the same denominator. Only the numerator has to choose.
# </details>
# <details><summary>The formula</summary>
#
# The denominator is $1 + s$. The numerator is 1 where $x \ge 0$ and $s$ elsewhere. Choosing it with `np.where` is harmless: $s$ has been computed already, so neither of the two branches has anything to overflow.
# </details>

# %% nbgrader={"grade": false, "grade_id": "02-04-sigmoid", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class Sigmoid(Activation):
    """1 / (1 + exp(-x)): squashes any number to between 0 and 1."""

    def forward(self, x: Tensor) -> Tensor:
        """The sigmoid of every value, without overflow.

        Parameters
        ----------
        x : Tensor of any shape, floating-point

        Returns
        -------
        Tensor of the same shape and dtype, NaN where `x` is NaN. No input of any size gives a warning, and small
        results keep their leading digits: sigmoid(-30) is 9.3576e-14, not 0.
        """
        ### BEGIN SOLUTION 02.4 Sigmoid.forward: return the sigmoid of every value, however large
        small = np.exp(-np.abs(x.data))  # never above 1: it cannot overflow
        numerator = np.maximum(small, x.data >= 0)  # 1 where x >= 0, small elsewhere; np.where would be slower
        return Tensor(numerator / (1 + small))
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-02-04-sigmoid", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
with Checks("02.4", "Sigmoid.forward") as check, np.errstate(over="raise", invalid="raise"):
    x = Tensor([-2.0, 0.0, 2.0])
    check.given(x=x, look="By hand: sigmoid(0) is 1/2 and sigmoid(2) is 1 / (1 + exp(-2)).")
    out = Sigmoid()(x)
    check.is_a("the result", out, Tensor)
    check.equal("the result", out, [0.119203, 0.5, 0.880797], dtype=np.float32)
    check.probe(lambda: Sigmoid()(Tensor([-1000.0])))
    check.probe(lambda: Sigmoid()(Tensor([1000.0])))
    x = Tensor([-1000.0, 1000.0])
    check.given(x=x, look="Which exponential overflows? Does np.where compute it although it is not chosen?")
    check.equal("the result for large inputs", Sigmoid()(x), [0.0, 1.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    x = Tensor(np.random.default_rng(2).normal(size=(3, 2, 4)) * 5)
    before, expected = x.data.copy(), 1 / (1 + np.exp(-x.data))
    check.equal("the result in float64", Sigmoid()(x), expected, dtype=np.float64, rtol=1e-12)
    check.unchanged("the input", x, before)
    check.equal("the result for -30, times 1e13,", Sigmoid()(Tensor([-30.0])).data * 1e13, [0.93576], rtol=1e-4, dtype=np.float32)
    check.equal("the result for -600, times 1e260,", Sigmoid()(Tensor(np.array([-600.0]))).data * 1e260, [2.6503e-1], rtol=1e-3)
    with np.errstate(invalid="ignore"):
        check.equal("the result for NaN", Sigmoid()(Tensor([np.nan, 0.0])), [np.nan, 0.5])
    ### END HIDDEN TESTS

# %% [markdown]
# *Tanh* is the same curve, stretched so that it runs from −1 to 1 and through 0: $\tanh(x) = 2\,\sigma(2x) - 1$. By hand: tanh(1) = 2 · 0.8808 − 1 = 0.7616. Its outputs are balanced around 0, which suits the layer that comes next.
#
# ### 02.5 Tanh
#
# So the quickest tanh would be two times your sigmoid, minus one. Large inputs are safe in it. What about tiny ones? Near 0, tanh(x) is x itself to many digits. Guess what the formula gives for x = 10⁻⁸, then run the cell.

# %% tags=["demo"]
for x in (1e-2, 1e-4, 1e-6, 1e-8):
    doubled = Sigmoid()(Tensor([2 * x]))
    print(f"x = {x:.0e}   sigmoid(2x) = {doubled.data[0]:.8f}   2 sigmoid(2x) - 1 = {(2 * doubled - 1).data[0]:.3e}")

# %% [markdown]
# Right on paper, wrong in float32: next to 0.5 there is no room for $10^{-8}$, and taking the 0.5 away again does not bring it back. This is called *cancellation*. Write a tanh that is right at both ends, for tiny inputs and for large ones.
#
# <details><summary>A nudge</summary>
#
# Two ways. NumPy has the function. Or do as in 02.4, with an exponential that cannot overflow; `np.expm1(y)` is $e^y - 1$ computed without cancellation.
# </details>
# <details><summary>The formula</summary>
#
# For the second way: with $m = e^{-2|x|} - 1$, the size of tanh(x) is $-m / (2 + m)$, and its sign is that of x.
# </details>

# %% nbgrader={"grade": false, "grade_id": "02-05-tanh", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class Tanh(Activation):
    """The hyperbolic tangent: squashes any number to between -1 and 1."""

    def forward(self, x: Tensor) -> Tensor:
        """The hyperbolic tangent of every value.

        Parameters
        ----------
        x : Tensor of any shape, floating-point

        Returns
        -------
        Tensor of the same shape and dtype, NaN where `x` is NaN. No warnings for inputs of any size, and tiny inputs
        keep their digits: tanh(1e-8) is 1e-8.
        """
        ### BEGIN SOLUTION 02.5 Tanh.forward: return tanh of every value
        return Tensor(np.tanh(x.data))
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-02-05-tanh", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("02.5", "Tanh.forward") as check, np.errstate(over="raise", invalid="raise"):
    x = Tensor([-1.0, 0.0, 1.0])
    check.given(x=x, look="tanh(x) = 2 sigmoid(2x) - 1: it runs from -1 to 1.")
    out = Tanh()(x)
    check.is_a("the result", out, Tensor)
    check.equal("the result", out, [-0.761594, 0.0, 0.761594], dtype=np.float32)
    x = Tensor([-1000.0, 1000.0])
    check.given(x=x, look="Which exponential overflows?")
    check.equal("the result for large inputs", Tanh()(x), [-1.0, 1.0])
    check.given(x=-1e-8, look="Where do you subtract two numbers that are nearly equal?")
    check.equal("the result for a tiny input, times 1e8,", Tanh()(Tensor([-1e-8])).data * 1e8, [-1.0], rtol=1e-4)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    x = Tensor(np.random.default_rng(3).normal(size=(2, 5)))
    before = x.data.copy()
    check.equal("the result in float64", Tanh()(x), np.tanh(before), dtype=np.float64, rtol=1e-10)
    check.unchanged("the input", x, before)
    check.equal("the result for 1e-9", Tanh()(Tensor([1e-9, -1e-30])), [1e-9, -1e-30], rtol=1e-4, atol=0)
    with np.errstate(invalid="ignore"):
        check.equal("the result for NaN", Tanh()(Tensor([np.nan])), [np.nan])
    ### END HIDDEN TESTS

# %% [markdown]
# Here are the three so far. Sigmoid and tanh are flat at both ends: once there, a change of the input hardly changes the output.

# %% tags=["demo"]
x = Tensor(np.linspace(-6, 6, 241))
figure, axis = plt.subplots(figsize=(6, 3))
for kind, color, style in [(ReLU, BLUE, "-"), (Sigmoid, ORANGE, "--"), (Tanh, GREEN, "-.")]:
    axis.plot(x.numpy(), kind()(x).numpy(), style, color=color, lw=2, label=kind.__name__)
axis.set(ylim=(-1.5, 3), xlabel="x", ylabel="activation")
axis.grid(alpha=0.3)
axis.legend()
show(figure, "ReLU: 0, then the diagonal. Sigmoid: an S from 0 to 1 with 0.5 at x = 0. Tanh: a steeper S from -1 to 1.")

# %% [markdown]
# ## Part 4. Slopes and saturation (30 minutes)
#
# How much does the output change when the input changes a little? That is the slope, and learning will run on slopes: from Module 06 on, what a weight learns is multiplied by the slope of every activation between it and the loss. Where the slope is 0, nothing is learned.
#
# You can measure a slope without calculus: step a little to both sides.
#
# $$f'(x) \approx \frac{f(x+h) - f(x-h)}{2h}$$

# %% [markdown]
# By hand, for $f(x) = x^2$ at 3 with $h = 0.1$: $(9.61 - 8.41) / 0.2 = 6$. Stepping to one side only would give $(9.61 - 9) / 0.1 = 6.1$, which is off by 0.1 here.
#
# The difference of two nearly equal numbers loses digits, so float32 will not do. The next cell shows what is left of the slope 6.

# %% tags=["demo"]
for kind in (np.float32, np.float64):
    x, h = kind(3), kind(1e-5)
    print(kind.__name__, ((x + h) ** 2 - (x - h) ** 2) / (2 * h))

# %% [markdown]
# ### 02.6 Measure a slope
#
# Whatever dtype comes in, measure in float64.
#
# <details><summary>A nudge</summary>
#
# `Tensor(array.astype(np.float64))` is a tensor in float64, and tensors can be added to numbers.
# </details>

# %% nbgrader={"grade": false, "grade_id": "02-06-slope", "locked": false, "schema_version": 3, "solution": true, "task": false}
def slope(function, x, step=1e-5):
    """The slope of a function at every value of `x`, by steps to both sides.

    Parameters
    ----------
    function : from Tensor to Tensor of the same shape, each value on its own
    x : Tensor of any shape
        May be float32; the steps are taken in float64.
    step : float
        How far to step to each side.

    Returns
    -------
    Tensor of the shape of `x`, in float64
    """
    ### BEGIN SOLUTION 02.6 slope: return the slope of the function at every value of x, in float64
    exact = Tensor(x.data.astype(np.float64))
    return (function(exact + step) - function(exact - step)) / (2 * step)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-02-06-slope", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("02.6", "slope") as check:
    x = Tensor(np.array([-1.0, 0.0, 3.0]))
    check.given(x=x, look="Two points, 2 · step apart: one step to the left and one to the right.")
    check.equal("the slope of x * x", slope(lambda t: t * t, x, step=0.1), [-2.0, 0.0, 6.0], rtol=1e-9, atol=1e-9)
    single = Tensor([-1.0, 0.0, 3.0])
    check.given(x=single, dtype="float32", look="In which dtype are the steps taken? What did the cell above print?")
    check.equal("the slope of x * x", slope(lambda t: t * t, single), [-2.0, 0.0, 6.0], rtol=1e-6, dtype=np.float64)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    x = Tensor([[3.0, 0.7], [-1.5, 0.0]])
    got = slope(lambda t: t * t, x)
    check.equal("the slope at a float32 input", got, 2.0 * x.data, rtol=1e-6, dtype=np.float64)
    check.equal("the slope of 5 x", slope(lambda t: t * 5, x), np.full((2, 2), 5.0))
    check.equal("the slope of exp", slope(lambda t: t.exp(), x), np.exp(x.data.astype(float)), rtol=1e-6)
    check.equal("the slope of x ** 3 with a wide step", slope(lambda t: t * t * t, Tensor([1.0]), 0.5), [3.25], rtol=1e-6)
    ### END HIDDEN TESTS

# %% [markdown]
# Now the slopes of your activations. Look at two things: the highest point of each, and how wide the region is in which anything is left.

# %% tags=["demo"]
x = Tensor(np.linspace(-6, 6, 240))
figure, axis = plt.subplots(figsize=(6, 3))
for kind, color, style in [(ReLU, BLUE, "-"), (Sigmoid, ORANGE, "--"), (Tanh, GREEN, "-.")]:
    slopes = slope(kind(), x).numpy()
    axis.plot(x.numpy(), slopes, style, color=color, lw=2, label=f"{kind.__name__}, at most {slopes.max():.2f}")
axis.set(xlabel="x", ylabel="slope")
axis.grid(alpha=0.3)
axis.legend()
show(figure, "Slopes: ReLU jumps from 0 to 1 at x = 0; sigmoid is a low hill of height 0.25; tanh a narrow hill of height 1.")

# %% [markdown]
# A unit whose slope is nearly 0 is *saturated*. How many are? Take inputs from a normal distribution with spread 1, 2, 5, and count the share whose slope is below a limit. By hand: of the slopes `[0.2, 0.001, -0.5, 0]`, two of four are smaller than 0.01 in size, so the share is 0.5.
#
# ### 02.7 The saturated share
#
# <details><summary>A nudge</summary>
#
# A comparison gives an array of True and False, and the mean of those is a share. A slope of −0.5 is far from flat.
# </details>

# %% nbgrader={"grade": false, "grade_id": "02-07-saturated-share", "locked": false, "schema_version": 3, "solution": true, "task": false}
def saturated_share(activation, x, limit=0.01):
    """The share of the values of `x` at which the activation is nearly flat.

    Parameters
    ----------
    activation : function from Tensor to Tensor
    x : Tensor of any shape
    limit : float
        A slope counts as flat if its size, whatever its sign, is below this.

    Returns
    -------
    float between 0 and 1
    """
    ### BEGIN SOLUTION 02.7 saturated_share: return the share of values at which the activation is nearly flat
    return float(np.mean(np.abs(slope(activation, x).data) < limit))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-02-07-saturated-share", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
given_slope = lambda function, x, step=1e-5: Tensor(function(x).data)  # a stand-in: the "slope" is the value itself
with Checks("02.7", "saturated_share") as check, check.using(slope=given_slope):
    x = Tensor([0.2, 0.001, -0.5, 0.0])
    check.given(slopes=x, limit=0.01, look="Two of four are flat. Is -0.5 below 0.01?")
    check.equal("the share", saturated_share(lambda t: t, x), 0.5)
    check.equal("the share", saturated_share(lambda t: t, x, limit=0.3), 0.75, inputs={"slopes": x, "limit": 0.3})
    ### BEGIN HIDDEN TESTS
    check.hidden()
    x = Tensor([[-0.5, 0.002, -0.003], [0.9, -0.04, -0.2]])
    share = saturated_share(lambda t: t, x)
    check.is_a("the share", share, float)
    check.equal("the share of a table with negative slopes", share, 2 / 6)
    check.equal("the share with nothing flat", saturated_share(lambda t: t, Tensor([1.0, -1.0])), 0.0)
    check.equal("the share of a doubled function", saturated_share(lambda t: t * 2, Tensor([0.004, 0.006])), 0.5)
    ### END HIDDEN TESTS

# %% tags=["demo"]
rng = np.random.default_rng(4)
values = rng.normal(size=20_000)
print("spread of the inputs    1      2      5     10")
for kind in (ReLU, Sigmoid, Tanh):
    shares = [saturated_share(kind(), Tensor(spread * values)) for spread in (1, 2, 5, 10)]
    print(f"{kind.__name__:<18}", *(f"{share:6.1%}" for share in shares))

# %% [markdown]
# With a spread of 5, over a third of the sigmoids and over half of the tanhs have stopped listening. For ReLU it is half of the values at every spread; but the other half has slope 1 exactly, however large the input. That is much of why ReLU made deep networks trainable, and one reason to normalise inputs.

# %% [markdown]
# A ReLU can also be off for *all* inputs: then it learns nothing ever again, and is called dead. Watch the share of dead units grow as the biases sink.

# %% tags=["demo"]
rng = np.random.default_rng(5)
inputs, weights = Tensor(rng.normal(size=(500, 20))), Tensor(rng.normal(size=(20, 400)) / 20**0.5)
for bias in (0, -1, -2, -3, -4):
    out = ReLU()(inputs @ weights + bias)
    print(f"bias {bias:2d}: on for {np.mean(out.data > 0):6.2%} of the inputs, dead units {np.mean(out.data.max(axis=0) == 0):6.1%}")

# %% [markdown]
# ## Part 5. GELU (15 minutes)
#
# Transformers (Module 12) use a softer ReLU. Multiply `x` by the probability that a random number from the bell curve (mean 0, spread 1) is below it: surely on for large `x`, surely off for very negative ones, and smooth between. GPT-2's formula for it is
#
# $$\mathrm{GELU}(x) = \tfrac12\, x \left(1 + \tanh\!\left(\sqrt{2/\pi}\,\bigl(x + 0.044715\,x^3\bigr)\right)\right)$$
#
# By hand at 1: √(2/π) = 0.79788, times 1.044715 is 0.83356; its tanh is 0.68238; half of 1.68238 is 0.84119.

# %% [markdown]
# ### 02.8 GELU
#
# The cube has a trap of its own: $10^{20}$ fits into float32, its cube does not. Whatever the cube becomes, the result has to be right: `x` for large `x`, and 0 for very negative ones, without a warning. (And `x * x * x` is much faster than `x ** 3`.)
#
# <details><summary>A nudge</summary>
#
# The tanh is 1 to the last digit long before the cube overflows. So either bound what goes into the cube (`np.clip`), or let it become infinite on purpose, in a `with np.errstate(over="ignore"):` block.
# </details>

# %% nbgrader={"grade": false, "grade_id": "02-08-gelu", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class GELU(Activation):
    """A smooth ReLU: x times the probability that a standard normal number is below x.

    In the tanh form of Hendrycks and Gimpel (2016), as `torch.nn.GELU(approximate="tanh")`.
    """

    def forward(self, x: Tensor) -> Tensor:
        """0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x³))) of every value.

        Parameters
        ----------
        x : Tensor of any shape, floating-point

        Returns
        -------
        Tensor of the same shape and dtype, NaN where `x` is NaN; for finite inputs of any size finite, no warnings.
        """
        ### BEGIN SOLUTION 02.8 GELU.forward: return the GELU of every value, however large
        a, scale = x.data, math.sqrt(2 / math.pi)
        with np.errstate(over="ignore"):  # an infinite square is fine here: its tanh is 1
            result = np.tanh(a * (scale + scale * 0.044715 * (a * a)))
        result += 1  # in place: another array of this size costs more than the sum
        result *= 0.5 * a
        return Tensor(result)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-02-08-gelu", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
with Checks("02.8", "GELU.forward") as check, np.errstate(over="raise", invalid="raise"):
    x = Tensor([-1.0, 0.0, 1.0, 3.0])
    check.given(x=x, look="By hand at 1: 0.5 · 1 · (1 + tanh(0.79788 · 1.044715)).")
    out = GELU()(x)
    check.is_a("the result", out, Tensor)
    check.equal("the result", out, [-0.158808, 0.0, 0.841192, 2.996363])
    scalar = "Which number in your formula is a NumPy scalar? math.sqrt gives a Python number."
    check.equal("the result", out, [-0.158808, 0.0, 0.841192, 2.996363], dtype=np.float32, look=scalar)
    x = Tensor([-50.0, 50.0])
    check.equal("the result for ±50", GELU()(x), [0.0, 50.0], inputs={"x": x}, look="What is tanh far from 0?")
    x = Tensor([-1e20, 1e20])
    check.given(x=x, look="The cube does not fit into float32. What should its tanh be?")
    check.equal("the result for ±1e20, divided by 1e20,", GELU()(x).data / np.float32(1e20), [0.0, 1.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    a = np.random.default_rng(6).normal(size=(2, 3, 3))
    expected = 0.5 * a * (1 + np.tanh(np.sqrt(2 / np.pi) * (a + 0.044715 * a**3)))
    x = Tensor(a.copy())
    check.equal("the result in float64", GELU()(x), expected, dtype=np.float64, rtol=1e-10, atol=1e-14)
    check.unchanged("the input", x, a)
    largest = np.float32(1e38)
    check.equal("the result for ±1e38", GELU()(Tensor([-largest, largest])).data / largest, [0.0, 1.0])
    check.equal("the result in float64 for 1e200", GELU()(Tensor(np.array([-1e200, 1e200]))).data / 1e200, [0.0, 1.0])
    with np.errstate(invalid="ignore"):
        check.equal("the result for NaN", GELU()(Tensor([np.nan, 0.0])), [np.nan, 0.0])
    ### END HIDDEN TESTS

# %% [markdown]
# GELU dips below zero before it settles. Where most inputs are, its slope is 0 at a single point instead of on half of the line: a unit that is off can still find its way back. Far to the left, though, it is as flat as ReLU.

# %% tags=["demo"]
x = Tensor(np.linspace(-4, 3, 240))
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
for kind, color, style in [(ReLU, BLUE, "--"), (GELU, PINK, "-")]:
    left.plot(x.numpy(), kind()(x).numpy(), style, color=color, lw=2, label=kind.__name__)
    right.plot(x.numpy(), slope(kind(), x).numpy(), style, color=color, lw=2)
left.set(title="activation", xlabel="x")
right.set(title="slope", xlabel="x")
left.legend()
show(figure, "GELU follows ReLU with a dip to -0.17 near x = -0.75; its slope passes smoothly from 0 to 1, from -0.13 to 1.13.")
lowest = float(x.numpy()[GELU()(x).numpy().argmin()])
print(f"lowest point: {GELU()(x).numpy().min():.4f} at x = {lowest:.2f}")
print("slope at -0.5, -2, -4, -6:", slope(GELU(), Tensor([-0.5, -2.0, -4.0, -6.0])).numpy().round(5))

# %% [markdown]
# ## Part 6. Softmax (30 minutes)
#
# A classifier ends in one number per class, of any size and sign: the *logits*. To read them as probabilities they have to be positive and sum to 1. Exponentials make them positive, a division makes them sum to 1:
#
# $$p_i = \frac{e^{x_i}}{\sum_j e^{x_j}}$$
#
# By hand for `[0, 1, 2]`: the exponentials are 1, 2.718, 7.389, their sum is 11.107, so p = `[0.0900, 0.2447, 0.6652]`.

# %% [markdown]
# Add 100 to all three logits. Top and bottom are multiplied by the same $e^{100}$, so the probabilities stay what they were. In float32, though, $e^{100}$ is infinite.

# %% tags=["demo"]
with np.errstate(over="ignore", invalid="ignore"):
    for shift in (0, 10, 80, 100):
        powers = np.exp(np.float32([0, 1, 2]) + np.float32(shift))
        print(f"shift {shift:3d}: sum of the exponentials {powers.sum():9.3e}, softmax {powers / powers.sum()}")

# %% [markdown]
# The same fact is the cure. As a shift changes nothing, choose a good one: subtract the largest logit. Then the largest exponent is 0, no exponential is above 1, and the sum is at least 1.
#
# With `[1000, 1001, 1002]`: subtract 1002, and it is `[-2, -1, 0]`, the same case as above.

# %% [markdown]
# ### 02.9 Softmax
#
# `dim` says along which axis the numbers compete: for a batch of shape (N, classes) it is the last one, and every row has its own maximum and its own sum.
#
# <details><summary>A nudge</summary>
#
# `keepdims=True` keeps the reduced axis with length 1, so that the result broadcasts against the array that it came from.
# </details>
# <details><summary>Faster</summary>
#
# Your shifted array is already a copy. `np.exp(array, out=array)` and `array /= …` reuse it; on large arrays, memory is what takes the time.
# </details>

# %% nbgrader={"grade": false, "grade_id": "02-09-softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class Softmax(Activation):
    """exp(x) / sum(exp(x)) along one axis: numbers of any size become probabilities.

    Parameters
    ----------
    dim : int
        The axis along which the results sum to 1.
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """The softmax of `x` along the axis `self.dim`.

        Parameters
        ----------
        x : Tensor, floating-point; a single number counts as one axis of length 1

        Returns
        -------
        Tensor of the same shape and dtype; `x` itself stays as it was. No finite input overflows, and a logit of
        minus infinity gets probability 0. A NaN makes all values along its axis NaN.
        """
        ### BEGIN SOLUTION 02.9 Softmax.forward: return the softmax along the axis, for logits of any size
        # asarray: of a single number NumPy makes a scalar; initial: an axis without numbers has a maximum too
        powers = np.asarray(x.data - x.data.max(axis=self.dim, keepdims=True, initial=-np.inf))
        np.exp(powers, out=powers)  # in place: another array of this size costs more than the sum
        powers /= powers.sum(axis=self.dim, keepdims=True)
        return Tensor(powers)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-02-09-softmax", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
with Checks("02.9", "Softmax.forward") as check, np.errstate(over="raise", invalid="raise"):
    x = Tensor([0.0, 1.0, 2.0])
    check.given(x=x, look="The exponentials are 1, 2.718 and 7.389. What do you divide by?")
    out = Softmax()(x)
    check.is_a("the result", out, Tensor)
    check.equal("the result", out, [0.090031, 0.244728, 0.665241], dtype=np.float32)
    x = Tensor([[1.0, 1.0], [0.0, np.log(3.0)]])
    check.given(x=x, look="Every row has its own maximum and its own sum: axis and keepdims.")
    check.equal("the result for two rows", Softmax()(x), [[0.5, 0.5], [0.25, 0.75]])
    columns = Tensor([[1.0, 0.0], [1.0, np.log(3.0)]])
    check.given(x=columns, dim=0, look="With dim=0 the numbers in a column compete, and each column sums to 1.")
    check.equal("the result for dim=0", Softmax(dim=0)(columns), [[0.5, 0.25], [0.5, 0.75]])
    x = Tensor([1000.0, 1001.0, 1002.0])
    check.given(x=x, look="A shift changes nothing. Which one keeps every exponential at 1 or below?")
    check.equal("the result for large logits", Softmax()(x), [0.090031, 0.244728, 0.665241], rtol=1e-3)
    x = Tensor([[0.0, 1.0], [1000.0, 1001.0]])
    check.given(x=x, look="What is left of the first row when the maximum of the second is subtracted from it?")
    check.equal("the result for rows far apart", Softmax()(x), [[0.268941, 0.731059], [0.268941, 0.731059]], rtol=1e-3)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    a = np.random.default_rng(7).normal(size=(2, 3, 4))
    for dim in (0, 1, 2, -2):
        expected = np.exp(a) / np.exp(a).sum(axis=dim, keepdims=True)
        x = Tensor(a.copy())
        check.equal(f"the result along axis {dim}", Softmax(dim)(x), expected, dtype=np.float64, rtol=1e-10)
        check.unchanged("the input", x, a)
    x = Tensor([[-1000.0, -1001.0], [1000.0, 1001.0]])
    expected = [[0.731059, 0.268941], [0.268941, 0.731059]]
    check.equal("the result for rows far apart", Softmax()(x), expected, rtol=1e-3)
    check.equal("the result for logits far apart", Softmax()(Tensor([0.0, 500.0])), [0.0, 1.0])
    check.equal("the result for a masked logit", Softmax()(Tensor([-np.inf, 0.0])), [0.0, 1.0])
    x = Tensor([[np.nan, 0.0], [0.0, 0.0]])
    with np.errstate(invalid="ignore"):
        check.equal("the result for a NaN", Softmax()(x), [[np.nan, np.nan], [0.5, 0.5]])
    ### END HIDDEN TESTS

# %% [markdown]
# How sure should a model be? Divide the logits by a *temperature* before the softmax. Below 1 the largest logit takes nearly everything; above 1 the probabilities even out. Language models are sampled in this way.
#
# By hand for `[0, 1]`: at 1 it is `[0.27, 0.73]`. At 0.5 the logits become `[0, 2]` and the result is `[0.12, 0.88]`.
#
# ### 02.10 Temperature
#
# <details><summary>A nudge</summary>
#
# Tensors can be divided by numbers, and your `Softmax` does the rest. Which question is answered "no" by 0, by −1 and by NaN?
# </details>

# %% nbgrader={"grade": false, "grade_id": "02-10-temperature", "locked": false, "schema_version": 3, "solution": true, "task": false}
def at_temperature(logits, temperature):
    """The softmax of the logits at a temperature, along the last axis.

    Parameters
    ----------
    logits : Tensor with at least one axis
    temperature : float
        Above 0. 1 changes nothing, less sharpens, more flattens.

    Returns
    -------
    Tensor of the shape and dtype of `logits`

    Raises
    ------
    ValueError
        If the temperature is not above 0: 0, negative or NaN.
    """
    ### BEGIN SOLUTION 02.10 at_temperature: return the softmax of the logits at this temperature
    if not temperature > 0:
        raise ValueError(f"the temperature should be above 0, not {temperature}")
    return Softmax()(logits / temperature)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-02-10-temperature", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
class GivenSoftmax:  # a stand-in, so that only this exercise is judged
    def __init__(self, dim=-1):
        self.dim = dim
    def __call__(self, x):
        logits = np.moveaxis(x.data, self.dim, -1)
        with np.errstate(over="ignore"):
            each = 1 / np.exp(logits[..., None, :] - logits[..., None]).sum(axis=-1)
        return Tensor(np.moveaxis(each, -1, self.dim))
    forward = __call__

with Checks("02.10", "at_temperature") as check, check.using(Softmax=GivenSoftmax):
    logits = Tensor([0.0, 1.0])
    check.given(logits=logits, temperature=0.5, look="What does the temperature divide: logits or probabilities?")
    check.equal("the result at 0.5", at_temperature(logits, 0.5), [0.119203, 0.880797])
    check.equal("the result at 1", at_temperature(logits, 1.0), [0.268941, 0.731059], inputs={"logits": logits, "temperature": 1.0})
    check.given(logits=logits, temperature=0.0, look="Which temperatures does the docstring refuse?")
    check.raises("a temperature of 0", ValueError, lambda: at_temperature(logits, 0.0))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    logits = Tensor(np.array([[0.0, 1.0, 3.0], [2.0, 2.0, -2.0]]))
    expected = np.exp(logits.data / 4) / np.exp(logits.data / 4).sum(axis=1, keepdims=True)
    check.equal("the result for two rows at 4", at_temperature(logits, 4.0), expected)
    check.equal("the result at 0.001", at_temperature(Tensor([0.0, 1.0]), 0.001), [0.0, 1.0])
    check.equal("the result in float32", at_temperature(Tensor([0.0, 1.0]), 0.5), [0.119203, 0.880797], dtype=np.float32)
    check.raises("a negative temperature", ValueError, lambda: at_temperature(logits, -1.0))
    check.raises("a temperature of NaN", ValueError, lambda: at_temperature(logits, float("nan")))
    ### END HIDDEN TESTS

# %% tags=["demo"]
logits = Tensor([2.0, 1.0, 0.5, 0.0, -1.0])
figure, axes = plt.subplots(1, 3, figsize=(9, 2.6), sharey=True)
for axis, temperature in zip(axes, (0.3, 1.0, 5.0)):
    bars = at_temperature(logits, temperature).numpy()
    axis.bar(range(5), bars, color=BLUE)
    axis.set(title=f"T = {temperature}: largest {bars.max():.2f}", xlabel="class", ylim=(0, 1))
axes[0].set_ylabel("probability")
show(figure, "Softmax of 2, 1, 0.5, 0, -1: at temperature 0.3 class 0 has nearly all, at 1 about half, at 5 all are near a fifth.")

# %% [markdown]
# ## Part 7. Check your understanding (20 minutes)
#
# These are graded too. Each asks for a function, so that it can be tried on numbers other than the ones in the text.
#
# ### 02.11 What is left of a slope
#
# The slope of a sigmoid is at most 0.25, at 0. A change that passes through several sigmoids is multiplied by the slope of each. What is the most that can be left of it?
#
# <details><summary>A nudge</summary>
#
# After one sigmoid a quarter is left at most. After two: a quarter of that.
# </details>

# %% nbgrader={"grade": false, "grade_id": "02-11-surviving-slope", "locked": false, "schema_version": 3, "solution": true, "task": false}
def surviving_slope(layers):
    """The largest possible product of the slopes of `layers` sigmoids in a row (an int, 0 or more)."""
    ### BEGIN SOLUTION 02.11 surviving_slope: return the most that can be left of a slope
    return 0.25**layers
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-02-11-surviving-slope", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("02.11", "surviving_slope") as check:
    check.given(layers=1, look="Slopes in a row are multiplied.")
    check.equal("what one sigmoid leaves", surviving_slope(1), 0.25)
    check.equal("what two leave", surviving_slope(2), 0.0625, inputs={"layers": 2})
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("what none leaves", surviving_slope(0), 1.0)
    check.equal("what ten leave, times a million", surviving_slope(10) * 1e6, 0.95367431640625, rtol=1e-6)
    check.equal("what five leave, times a thousand", surviving_slope(5) * 1e3, 0.9765625, rtol=1e-6)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 02.12 Odds
#
# Two classes differ by `difference` in their logits. At a given temperature, how many times more probable is the one with the larger logit? The other classes do not matter: work out $p_i / p_j$ and see what cancels.
#
# <details><summary>A nudge</summary>
#
# Write both probabilities as fractions. They have the same sum below. And $e^a / e^b = e^{a - b}$.
# </details>

# %% nbgrader={"grade": false, "grade_id": "02-12-odds", "locked": false, "schema_version": 3, "solution": true, "task": false}
def odds(difference, temperature):
    """How many times more probable a class is whose logit is larger by `difference`, at this temperature.

    Parameters
    ----------
    difference : float
        May be negative: then the class is less probable, and the ratio below 1.
    temperature : float
        Above 0. `difference` is at most 20 times as large, so that nothing overflows.

    Returns
    -------
    float
    """
    ### BEGIN SOLUTION 02.12 odds: return the ratio of the two probabilities
    return math.exp(difference / temperature)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-02-12-odds", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("02.12", "odds") as check:
    check.given(difference=1.0, temperature=1.0, look="Write down p_i / p_j: the sum below cancels.")
    check.equal("the ratio", odds(1.0, 1.0), 2.718282)
    check.given(difference=1.0, temperature=0.5, look="What does a temperature of 0.5 make of the difference?")
    check.equal("the ratio", odds(1.0, 0.5), 7.389056)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the ratio of equals", odds(0.0, 1.0), 1.0)
    check.equal("the ratio at 2", odds(3.0, 2.0), 4.481689)
    check.equal("the ratio of the smaller one", odds(-1.0, 1.0), 0.367879)
    ### END HIDDEN TESTS

# %% [markdown]
# Ten sigmoids in a row leave less than a millionth: the first layers of such a network hear next to nothing of the loss. This is the *vanishing gradient*. The next cell measures it on your own functions, with your `surviving_slope` as a dotted line.

# %% tags=["demo"]
depths = range(1, 16)
figure, axis = plt.subplots(figsize=(6, 3))
for kind, color, mark in [(ReLU, BLUE, "o"), (Tanh, GREEN, "s"), (Sigmoid, ORANGE, "^")]:
    slopes = []
    for depth in depths:
        def stack(t, kind=kind, depth=depth):
            for _ in range(depth):
                t = kind()(t)
            return t
        slopes.append(float(slope(stack, Tensor([1.0]), 1e-3).data[0]))
    axis.semilogy(depths, slopes, color=color, marker=mark, label=kind.__name__)
axis.semilogy(depths, [surviving_slope(depth) for depth in depths], ":", color="black", label="surviving_slope")
axis.set(xlabel="activations in a row", ylabel="slope of the whole, at x = 1")
axis.legend()
show(figure, "Slope against depth, logarithmic: ReLU stays at 1, tanh falls slowly to about 0.02, sigmoid straight down below 1e-9, a little steeper than the dotted line of surviving_slope.")

# %% [markdown]
# Why does the measured line lie below the dotted one? A slope of 0.25 needs an input of exactly 0. But what a sigmoid hands on is between 0 and 1, and after a few of them it settles where the next one's slope is smaller:

# %% tags=["demo"]
handed_on = Tensor([1.0])
for _ in range(15):
    handed_on = Sigmoid()(handed_on)
print(f"handed on {handed_on.item():.3f}, slope there {slope(Sigmoid(), handed_on).item():.3f}")

# %% [markdown]
# ### What PyTorch does the same, and what otherwise
#
# | | here | PyTorch |
# |---|---|---|
# | names, `forward`, calling an object | the same | `nn.ReLU()`, `nn.Softmax(dim=-1)` |
# | `GELU()` | the tanh form | the exact form with erf; the tanh form with `approximate="tanh"` |
# | stability | maximum subtracted, exp(−\|x\|) | the same |
# | `Softmax()` without `dim` | the last axis | a warning, and a guess |
# | working in place | never changes its input | `ReLU(inplace=True)` on request |
# | speed | NumPy, several passes over memory | one fused kernel |

# %% [markdown]
# ## A network that draws a curve
#
# A broken line through points of a sine changes its slope at each point; a ReLU that starts there, times that change, does it. So the whole curve is two layers. In the first, before the ReLUs, all weights are 1 and the biases are minus the points; in the second, the weights are the changes of slope and the bias is the first value. No training yet: the numbers are computed.

# %%
def draw_with_relus(curve, points):
    """Two layers with ReLUs between them, whose line passes through the curve at the points."""
    values = curve(points)
    slopes = np.diff(values) / np.diff(points)
    changes = np.diff(slopes, prepend=0.0)[:, None]
    relu = ReLU()
    return lambda x: relu(Tensor(x[:, None]) - points[:-1]) @ changes + values[0]

# %% tags=["demo"]
x = np.linspace(0, 2 * np.pi, 400)
figure, axis = plt.subplots(figsize=(7, 3))
axis.plot(x, np.sin(x), color="black", lw=1, label="sine")
for count, color, style in [(3, ORANGE, "--"), (6, GREEN, "-."), (24, BLUE, "-")]:
    drawn = draw_with_relus(np.sin, np.linspace(0, 2 * np.pi, count + 1))(x).numpy()[:, 0]
    error = np.abs(drawn - np.sin(x)).max()
    axis.plot(x, drawn, style, color=color, label=f"{count} ReLUs, error at most {error:.3f}")
axis.legend()
show(figure, "A sine and broken lines of 3, 6 and 24 ReLUs: with 24 the line and the sine can hardly be told apart.")

# %% [markdown]
# Take the ReLU out and the same network is a straight line, as you proved in 02.1. Here are your five activations on one row of numbers.

# %% tags=["demo"]
for activation in (ReLU(), Sigmoid(), Tanh(), GELU(), Softmax()):
    print(f"{activation!r:<16}", np.round(activation(Tensor([-2.0, 0.0, 1.0, 3.0])).numpy(), 4))

# %% [markdown]
# ## Export
#
# Save the notebook, then in a terminal in the folder of the course:
#
# ```
# tinytorch check 02_activations
# tinytorch export 02_activations
# ```
#
# The cells marked `#| export` become your own `tinytorch/core/activations.py`, on which every later module builds. Module 03 puts weights between the activations.
