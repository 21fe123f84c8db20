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
# # Module 06: Autograd
#
# > The engine that makes networks learn: it writes down every operation going forward, and finds every gradient going back.

# %%
#| default_exp core.autograd

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
# Module 04 ended with a number that says how wrong an untrained network is. Which way should each of its weights move to make that number smaller? Today you build the machine that answers this for any expression anybody types. At the end, `loss.backward()` runs on your own code, and a network learns.

# %% [markdown]
# | part | what you write | minutes |
# |---|---|---|
# | 1 Slopes by hand | the gradients of one layer | 20 |
# | 2 Notes, two rules, a walk | `Function`, `record`, `+` and `*`, your first gradient | 40 |
# | 3 The way back | topological order, `backward`, micro-batches | 100 |
# | 4 Broadcasting | `unbroadcast`, `-` and `/` | 45 |
# | 5 Slopes by measuring | `numerical_gradient` | 25 |
# | 6 Products, sums, shapes, picking | matmul, sum, reshape, slices, embeddings | 65 |
# | 7 Activations and losses | six more rules | 65 |
# | 8 Switching it on | the wrapper around every operation | 35 |
# | 9 What it costs | a formula, four questions, a check that catches wrong rules | 70 |
# | 10 A network that learns | nothing: it runs | 15 |
#
# That is about eight hours: nobody does it in one go. The first gradient is there within the first hour, and from the end of Part 3 on `y.backward()` works: two good places to stop.

# %% [markdown]
# You need Modules 01 to 05: tensors and broadcasting, activations, layers, losses, batches. Every exercise has a number, a stub to replace and a cell that checks it. When the work is graded, further checks run with other shapes and other numbers; the docstring is the contract.

# %% [markdown]
# <details>
# <summary>How to read a check</summary>
#
# You need not read the cell of a check: run it. What is wrong comes as a card: `input`, what was `expected`, what your code gave (`got`), and `look at`, a question that leads to the mistake. If you do look inside:
#
# - `check.given(…)` names the inputs and the question for the checks below it.
# - `check.equal(what, got, expected)` compares numbers, `check.same` anything else.
# - `bare(MulBackward, a, b)` is a note made without running a constructor: it holds what stands there and nothing else.
# - `check.using(record=…)` puts a stand-in in place of one of your other functions. So a check judges one exercise, and a mistake elsewhere cannot fail it.
# </details>

# %%
#| export
import linecache
import math
import sys
import warnings
import weakref
import zlib
from contextlib import ContextDecorator

import numpy as np

from tinytorch.core.activations import GELU, ReLU, Sigmoid, Softmax, Tanh
from tinytorch.core.losses import BinaryCrossEntropyLoss, CrossEntropyLoss, MSELoss
from tinytorch.core.tensor import Tensor, method_of

# %%
import hashlib

from tinytorch.checks import Checks, bare
from tinytorch.core.layers import Linear, Sequential, manual_seed
from tinytorch.graph import draw_graph, play_backward

# %% tags=["demo"]
import time
import tracemalloc

import matplotlib.pyplot as plt

from tinytorch.guesses import Guesses
from tinytorch.pictures import show

guess = Guesses()
BLUE, ORANGE, GREEN, PINK, SKY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"

# %% [markdown]
# ## Part 1. Slopes by hand (20 minutes)
#
# Here is your own Linear layer with your own ReLU behind it. The loss depends on six weights and two biases. Which way should `weight[0, 0]` move?

# %% tags=["demo"]
manual_seed(3)
layer, relu = Linear(3, 2), ReLU()
two_rows = Tensor([[1.0, 2.0, -1.0], [0.5, -1.0, 2.0]])
wanted = Tensor([[1.0, 0.0], [0.0, 1.0]])


def loss_of_layer():
    """The mean squared error of the layer's answers."""
    return float(((relu(layer(two_rows)).data - wanted.data) ** 2).mean())


loss_of_layer()

# %% [markdown]
# One way: try. Nudge that weight, run forward again, see what the loss does.

# %% tags=["demo"]
before = loss_of_layer()
layer.weight.data[0, 0] += 1e-3
after = loss_of_layer()
layer.weight.data[0, 0] -= 1e-3
print(f"{before:.6f} becomes {after:.6f}: a slope of about {(after - before) / 1e-3:.3f}")

# %% [markdown]
# That is one extra forward pass for one weight. What does it cost for all weights and biases of the digit reader 784-512-256-128-10?

# %% tags=["demo"]
widths = [784, 512, 256, 128, 10]
weights = sum((n + 1) * m for n, m in zip(widths, widths[1:]))
net = Sequential(*[part for n, m in zip(widths, widths[1:]) for part in (Linear(n, m), ReLU())][:-1])
images = Tensor(np.zeros((64, 784), np.float32))


def best(call, times=6):
    """The shortest of several runs, in seconds: the first one is slower."""
    runs = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        runs.append(time.perf_counter() - start)
    return min(runs)


once = best(lambda: net(images))
print(f"{weights:,} weights and biases x {once * 1e3:.1f} ms = {weights * once / 60:.0f} minutes for a single step")

# %% [markdown]
# The other way is calculus, once and for all. Call the steps
#
# $$z = xW + b,\qquad h = \max(z, 0),\qquad L = \tfrac1n \textstyle\sum (h - t)^2,$$
#
# with n values in h. Then walk from L back to W, one step at a time. Each step multiplies by one slope: the **chain rule**.

# %% [markdown]
# Numbers first. One row x = [1, 2], W = [[3], [-1]], b = 0, t = 2. Forward: z = 3 − 2 = 1, h = 1, L = (1 − 2)² = 1.
# Back: dL/dh = 2 (h − t) = −2. ReLU's slope at z = 1 is 1, so dL/dz = −2. And z = x₀W₀ + x₁W₁ + b gives dL/dW₀ = −2 · x₀ = −2, dL/dW₁ = −2 · x₁ = −4, dL/db = −2.

# %% [markdown]
# And with more rows and columns? Each row adds its share, so weight $W_{ij}$, which multiplies input i on its way to output j, collects one product from each row. For two rows:
#
# $$\frac{dL}{dW_{ij}} = x_{0i}\,\frac{dL}{dz_{0j}} + x_{1i}\,\frac{dL}{dz_{1j}}$$
#
# A sum over the rows of products of column i of x and column j of dL/dz: that is a matrix product, $x^T\, dL/dz$. The bias has the factor 1 in every row: it gets the sum of the rows.

# %% [markdown]
# ### 06.1 One layer by hand
#
# Write the gradients of `weight` and `bias` as two formulas in NumPy.
#
# <details>
# <summary>Hints for 06.1</summary>
#
# Compute z and h first, as going forward. Then ask of each step: if its result moves by a little, how much does L move?
#
# </details>
#
# <details>
# <summary>The formula</summary>
#
# The formulas: $dL/dh = 2(h - t)/n$; $dL/dz$ is that where $z > 0$ and 0 elsewhere; $dL/dW = x^T\, dL/dz$; $dL/db$ is the sum of the rows of $dL/dz$.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-01-by-hand", "locked": false, "schema_version": 3, "solution": true, "task": false}
def linear_relu_by_hand(x, weight, bias, target):
    """The gradients of L = mean((relu(x @ weight + bias) - target)**2).

    Parameters
    ----------
    x, weight, bias, target : numpy.ndarray
        (rows, inputs), (inputs, outputs), (outputs,) and (rows, outputs).

    Returns
    -------
    tuple of two arrays
        dL/dweight in the shape of `weight`, dL/dbias in the shape of `bias`.
    """
    ### BEGIN SOLUTION 06.1 linear_relu_by_hand: return dL/dweight and dL/dbias
    z = x @ weight + bias
    grad_h = 2 * (np.maximum(z, 0) - target) / z.size
    grad_z = grad_h * (z > 0)
    return x.T @ grad_z, grad_z.sum(axis=0)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-01-by-hand", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.1", "linear_relu_by_hand") as check:
    one = dict(x=np.array([[1.0, 2.0]]), weight=np.array([[3.0], [-1.0]]))
    one |= dict(bias=np.zeros(1), target=np.array([[2.0]]))
    check.given(look="The example above, with the same numbers. Each gradient has the shape of its array.", **one)
    grads = linear_relu_by_hand(**one)
    check.is_a("the result", grads, (tuple, list))
    check.equal("dL/dweight", grads[0], [[-2.0], [-4.0]])
    check.equal("dL/dbias", grads[1], [-2.0])
    asleep = {**one, "bias": np.array([-5.0])}
    check.given(look="z is negative here. What is the slope of ReLU?", **asleep)
    check.equal("dL/dweight", linear_relu_by_hand(**asleep)[0], [[0.0], [0.0]])
    two = dict(x=np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 1.0]]), bias=np.ones(2))
    two |= dict(weight=np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), target=np.array([[0.0, 1.0], [4.0, -1.0]]))
    check.given(look="How many values does the mean go over? How many rows use the bias?", **two)
    grads = linear_relu_by_hand(**two)
    check.equal("dL/dweight", grads[0], [[1.0, 1.0], [3.0, 1.0], [-1.0, 1.0]])
    check.equal("dL/dbias", grads[1], [0.0, 2.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(1)
    x, weight, bias, target = (rng.normal(size=shape) for shape in [(5, 3), (3, 2), (2,), (5, 2)])
    grads = linear_relu_by_hand(x, weight, bias, target)
    for array, got, name in ((weight, grads[0], "dL/dweight"), (bias, grads[1], "dL/dbias")):
        expected = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            ends = []
            for step in (1e-6, -1e-6):
                array[place] += step
                ends.append(((np.maximum(x @ weight + bias, 0) - target) ** 2).mean())
                array[place] -= step
            expected[place] = (ends[0] - ends[1]) / 2e-6
        check.equal(name, got, expected, inputs={"x": x, "weight": weight}, rtol=1e-4)
    ### END HIDDEN TESTS

# %% [markdown]
# The slope that trying found comes out of the formulas too, and those of the other weights with it. And the way to go is against the slope: where it is negative, a larger weight makes a smaller loss.

# %% tags=["demo"]
by_hand = linear_relu_by_hand(two_rows.data, layer.weight.data, layer.bias.data, wanted.data)
print(f"weight[0, 0]: measured {(after - before) / 1e-3:.3f}, by hand {by_hand[0][0, 0]:.3f}")
print("so weight[0, 0] should move", "up" if by_hand[0][0, 0] < 0 else "down")
print("weight", by_hand[0], "bias", by_hand[1], sep="\n")

# %% [markdown]
# Fast, and useless for the next network: another layer, another loss, another derivation by hand, another chance to get it wrong. But look at what you did. You never needed the whole formula: only the slope of *one step* at a time, and the order of the steps. Both can be left to a machine.

# %% [markdown]
# ## Part 2. Notes, two rules, a walk (40 minutes)
#
# What did you have to know in order to walk back? Which operations there were, in which order, and the numbers that they worked on. So the machine should write that down while it runs forward: for each result, a **note** saying *which operation made me, and from what*.
#
# ```mermaid
# flowchart LR
#     accTitle: Forward and backward
#     accDescr: Values flow from x and w through a multiplication and a ReLU to the loss; gradients flow back along the same edges.
#     x --> mul([Mul]) --> relu([ReLU]) --> L
#     w --> mul
#     L -. "dL/dh" .-> relu -. "dL/dz" .-> mul -. "dL/dw" .-> w
# ```
#
# The notes form a **graph**: they are its nodes, and edges lead from each result to whatever uses it. Values flow along the edges to the right, gradients flow back.

# %% [markdown]
# Two words. A *note*, or *node* when we speak of the graph, is an object of a class `Function`: one operation that was carried out. `result._grad_fn` points to the note of a result. Its *rule* is the note's method `apply`: it takes the gradient of the result, an array, and returns one gradient for each input. `AddBackward` and `MulBackward` are such classes; they differ in their rule.
#
# A tensor without a note is a **leaf**: data, or a weight.

# %% tags=["demo"]
weight = Tensor([1.0, 2.0], requires_grad=True)
print("note:", weight._grad_fn, "  wants a gradient:", weight.requires_grad, "  has one:", weight.grad)

# %% [markdown]
# What does a note need for the way back? Two things, and they have two names:
#
# - `next_functions`: *where the gradients go*. For each input the note that made it; for a leaf the leaf itself; None for an input that wants no gradient.
# - `saved_tensors`: *what the rule reads*: the inputs, with their numbers.
#
# The function `edge` answers the first question for one tensor. PyTorch has the same two names.

# %%
#| exporti
def edge(tensor):
    """Where a gradient for `tensor` goes: to the note that made it, to the tensor itself if it is a leaf, or None."""
    return (tensor._grad_fn or tensor) if tensor.requires_grad else None

# %% [markdown]
# ### 06.2 Function
#
# Write the constructor: for every input keep where its gradient goes, its shape (Part 4 needs that), and the tensor itself. If you change this cell later, run all cells below it again: the rules were made from the old class.
#
# <details>
# <summary>Hints for 06.2</summary>
#
# `*tensors` arrives as a tuple. `tuple([... for tensor in tensors])` makes a tuple with something of each.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-02-function", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class Function:
    """A note: one operation that was carried out, what its rule has to remember, and the rule itself.

    Parameters
    ----------
    *tensors : Tensor
        The inputs of the operation, in order.

    Attributes
    ----------
    next_functions : tuple
        `edge(tensor)` of each input: where its gradient goes.
    shapes : tuple of tuple
        The shape of each input.
    saved_tensors : tuple of Tensor
        The inputs themselves: what the rule may read.
    """

    __slots__ = ("next_functions", "shapes", "saved_tensors", "__dict__")
    retained = None  # a weak reference to the result, if `retain_grad` was called on it

    def __init__(self, *tensors):
        ### BEGIN SOLUTION 06.2 Function.__init__: fill in next_functions, shapes and saved_tensors
        self.next_functions = tuple([edge(tensor) for tensor in tensors])
        self.shapes = tuple([tensor.shape for tensor in tensors])
        self.saved_tensors = tensors
        ### END SOLUTION

    def apply(self, grad_output):
        """The rule: from dL/d(result), an array, to a tuple with dL/d(input) for each input.

        Each gradient is an array in the dtype of `grad_output`, in the shape of its input or, where NumPy stretched
        that input, of the result; None where the input wants none. `grad_output` is not changed.
        """
        raise TypeError(f"{type(self).__name__} has no rule: it needs an apply method")

# %% tags=["folded"]
def called(thing, **names):
    """For checks: the name whose object `thing` is."""
    if thing is None:
        return "None"
    return next((name for name, known in names.items() if known is thing), f"another {type(thing).__name__}")

# %% nbgrader={"grade": true, "grade_id": "test-06-02-function", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.2", "Function.__init__") as check:
    a, b = Tensor([1.0, 2.0], requires_grad=True), Tensor([[3.0], [4.0]])
    check.given(a=a, b=b, look="Three attributes, each a tuple with one entry for each input.")
    asked = []
    with check.using(edge=lambda tensor: asked.append(called(tensor, a=a, b=b)) or f"edge of {asked[-1]}"):
        node, single = Function(a, b), Function(b)
    check.is_a("saved_tensors", node.saved_tensors, tuple)
    check.same("saved_tensors", tuple(called(t, a=a, b=b) for t in node.saved_tensors), ("a", "b"), look="The tensors themselves: no copies, no arrays.")
    check.is_a("next_functions", node.next_functions, tuple)
    check.same("next_functions", node.next_functions, ("edge of a", "edge of b"), look="`edge(tensor)` of each input, in order.")
    check.is_a("shapes", node.shapes, tuple)
    check.same("shapes", node.shapes, ((2,), (2, 1)), look="The shape of each input, in order.")
    check.same("shapes of a note with one input", single.shapes, ((2, 1),), look="`exp` has one input, an embedding two: any number of them.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    c = Tensor(1.0, requires_grad=True)
    with check.using(edge=lambda tensor: f"edge of {called(tensor, a=a, b=b, c=c)}"):
        none, three = Function(), Function(c, a, c)
    check.given(look="Any number of inputs, the same one twice too.")
    check.same("the attributes for no inputs", (none.next_functions, none.shapes, none.saved_tensors), ((), (), ()))
    check.same("next_functions of three inputs", three.next_functions, ("edge of c", "edge of a", "edge of c"))
    check.same("saved_tensors of three inputs", tuple(called(t, a=a, b=b, c=c) for t in three.saved_tensors), ("c", "a", "c"))
    check.same("shapes of three inputs", three.shapes, ((), (2,), ()))
    ### END HIDDEN TESTS

# %% [markdown]
# ### 06.3 Recording
#
# A result has to point to its note, and it wants a gradient itself: otherwise nothing behind it would get one. Write the function that sets both.

# %% nbgrader={"grade": false, "grade_id": "06-03-record", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def record(result, node):
    """Write down that the operation `node` made `result`, and return `result`.

    Afterwards ``result._grad_fn`` is `node`, and ``result.requires_grad`` is True. Nothing else changes.
    """
    ### BEGIN SOLUTION 06.3 record: set the two attributes of result and return it
    result._grad_fn = node
    result.requires_grad = True
    return result
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-03-record", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.3", "record") as check:
    product, note = Tensor([8.0]), bare(Function, Tensor([2.0]))
    check.given(result=product, look="Two attributes of the result, and then the result itself is returned.")
    back = record(product, note)
    check.is_a("what record returns", back, Tensor, look="Is there a return at the end?")
    check.same("what record returns", called(back, result=product), "result", look="The same tensor, not a new one.")
    check.same("result._grad_fn", called(product._grad_fn, node=note), "node")
    check.same("requires_grad", product.requires_grad, True)
    check.same("`grad` of the result: no gradient has arrived yet", product.grad, None, look="Two attributes are set, no others.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the numbers of the result", product, [8.0])
    newer = bare(Function, Tensor([4.0]))
    check.same("_grad_fn of a result that is recorded again", called(record(product, newer)._grad_fn, new=newer, old=note), "new")
    ### END HIDDEN TESTS

# %% [markdown]
# Now two rules. In numbers: z = a + b with a = 2, b = 5, and dL/dz = 3 has arrived: if z grows by 1, L grows by 3. If *a* grows by 1, z grows by 1, so L grows by 3. The same for b. **Addition passes its gradient on to both inputs.**
#
# And z = a · b with the same numbers: if a grows by 1, z grows by b = 5, so L grows by 3 · 5 = 15. If b grows by 1, z grows by a = 2, so L grows by 6. **Each factor is the slope for the other one.**

# %% [markdown]
# A rule gets an array and returns arrays, in a tuple, one for each input. The inputs are tensors: `a.data` is the array of `a`. For an input that wants no gradient a rule may return None and save the work; nobody looks at what it returns there. As an example, here is the rule of `z = -a`:

# %%
#| export
class NegBackward(Function):
    """z = -a   so   dL/da = -dL/dz."""

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        return (-grad_output,)

# %% [markdown]
# ### 06.4 Addition and multiplication
#
# Write the two rules, for inputs of the same shape.
#
# <details>
# <summary>Hints for 06.4</summary>
#
# `a, b = self.saved_tensors` are the two inputs of the multiplication. Addition needs no numbers at all.
#
# </details>
#
# <details>
# <summary>The formula</summary>
#
# Addition: $dL/da = dL/db = dL/dz$. Multiplication: $dL/da = dL/dz \cdot b$ and $dL/db = dL/dz \cdot a$.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-04-add-mul", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class AddBackward(Function):
    """z = a + b   so   dL/da = dL/dz   and   dL/db = dL/dz."""

    def apply(self, grad_output):
        """The gradients of a and of b."""
        ### BEGIN SOLUTION 06.4 AddBackward.apply: return the gradients of a and of b
        return grad_output, grad_output
        ### END SOLUTION


class MulBackward(Function):
    """z = a * b   so   dL/da = dL/dz * b   and   dL/db = dL/dz * a."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        ### BEGIN SOLUTION 06.4 MulBackward.apply: return the gradients of a and of b
        a, b = self.saved_tensors
        grad_a = grad_output * b.data if a.requires_grad else None
        grad_b = grad_output * a.data if b.requires_grad else None
        return grad_a, grad_b
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-04-add-mul", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("06.4", "AddBackward and MulBackward") as check:
    pair, array = "One gradient for each input, in a tuple.", "Rules compute with arrays. The array of a tensor is tensor.data."
    a, b = Tensor([2.0, 3.0], requires_grad=True), Tensor([5.0, -1.0], requires_grad=True)
    grad_output = np.array([3.0, 10.0], np.float32)
    check.given(a=a, b=b, grad_output=grad_output, look="If this input grows by 1, by how much does a + b grow? And by how much does L grow then?")
    grads = bare(AddBackward, a, b).apply(grad_output)
    check.is_a("the result of AddBackward.apply", grads, (tuple, list), look=pair)
    check.is_a("the gradient of `a` in a + b", grads[0], np.ndarray, look=array)
    check.equal("the gradient of `a` in a + b", grads[0], [3.0, 10.0])
    check.equal("the gradient of `b` in a + b", grads[1], [3.0, 10.0])
    check.given(a=a, b=b, grad_output=grad_output, look="Which of the two factors is the slope for this one? And how much arrives there?")
    grads = bare(MulBackward, a, b).apply(grad_output)
    check.is_a("the result of MulBackward.apply", grads, (tuple, list), look=pair)
    for name, grad in zip("ab", grads):
        check.is_a(f"the gradient of `{name}` in a * b", grad, np.ndarray, look=array)
    check.equal("the gradient of `a` in a * b", grads[0], [15.0, -10.0], dtype=np.float32)
    check.equal("the gradient of `b` in a * b", grads[1], [6.0, 30.0], dtype=np.float32)
    check.unchanged("`grad_output`", grad_output, [3.0, 10.0])
    fixed = Tensor([5.0, -1.0])
    check.given(a=a, b=fixed, grad_output=grad_output, look="`b` wants no gradient, but `a` still needs its numbers.")
    check.equal("the gradient of `a` in a * b", bare(MulBackward, a, fixed).apply(grad_output)[0], [15.0, -10.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.given(look="`a` wants no gradient, but `b` still needs its numbers.")
    check.equal("the gradient of `b` for a constant `a`", bare(MulBackward, fixed, b).apply(grad_output)[1], [15.0, -10.0], dtype=np.float32)
    for shape in ((2, 3), ()):
        x, y = (Tensor(np.asarray(np.random.default_rng(i).normal(size=shape)), requires_grad=True) for i in (4, 5))
        grad_output = np.asarray(np.random.default_rng(6).normal(size=shape))
        kept = grad_output.copy()
        check.given(look="Other shapes, in float64.")
        grads = bare(MulBackward, x, y).apply(grad_output)
        check.equal(f"the gradient of `a` in a * b, of shape {shape}", grads[0], grad_output * y.data, dtype=np.float64)
        check.equal(f"the gradient of `b` in a * b, of shape {shape}", grads[1], grad_output * x.data, dtype=np.float64)
        square = bare(MulBackward, x, x).apply(grad_output)
        check.equal("both gradients of x * x together", square[0] + square[1], 2 * x.data * grad_output)
        grads = bare(AddBackward, x, y).apply(grad_output)
        check.equal(f"the gradients of a + b, of shape {shape}", np.stack([grads[0], grads[1]]), np.stack([kept, kept]), dtype=np.float64)
        check.unchanged("`grad_output`", grad_output, kept)
    ### END HIDDEN TESTS

# %% [markdown]
# Let two operations record themselves, and type an expression with them: y = x · x + (x · x + x), where x · x is computed once and used twice.

# %%
def add(a, b):
    """a + b, recorded."""
    return record(Tensor(a.data + b.data), AddBackward(a, b))


def mul(a, b):
    """a * b, recorded."""
    return record(Tensor(a.data * b.data), MulBackward(a, b))

# %% tags=["demo"]
x = Tensor(3.0, requires_grad=True)
square = mul(x, x)
inner = add(square, x)
y = add(square, inner)
draw_graph(y, values=True, x=x, square=square, inner=inner, y=y)

# %% [markdown]
# Nobody planned this graph: it is whatever your program did, loops and conditions included. That is called *define by run*, and it is how PyTorch works too.
#
# How does a gradient get from y to x? The most natural idea is a walk: *ask a note's rule for the gradients of its inputs, then do the same for each of `next_functions`*. It ends at leaves, which add up what reaches them. By hand: y = 2x² + x, so dy/dx = 4x + 1 = 13 at x = 3.

# %% [markdown]
# ### 06.5 The walk
#
# Write that walk as a function that calls itself. It leaves the gradients in the leaves, and returns how many calls it took, itself included: that number will matter soon.
#
# <details>
# <summary>Hints for 06.5</summary>
#
# `isinstance(target, Tensor)` says whether the walk has reached a leaf: add the gradient to `target.grad`, which may still be None.
#
# Otherwise `target.apply(gradient)` gives one gradient for each entry of `target.next_functions`. Where an entry is None nobody wants one. Count the calls, this one included.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-05-walk", "locked": false, "schema_version": 3, "solution": true, "task": false}
def walk_back(target, gradient):
    """Bring a gradient back to all leaves behind `target`, by recursion.

    Parameters
    ----------
    target : Function or Tensor
        Where the gradient has arrived: a note, or a leaf, which adds it to its `grad`.
    gradient : numpy.ndarray
        dL/d(result of the note), or dL/d(leaf). It is not changed.

    Returns
    -------
    int
        How many calls of `walk_back` it took, this one included. For an input that wants no gradient there is none.
    """
    ### BEGIN SOLUTION 06.5 walk_back: pass the gradient on to the inputs and return the number of calls
    if isinstance(target, Tensor):
        target.grad = gradient if target.grad is None else target.grad + gradient
        return 1
    calls = 1
    for before, grad in zip(target.next_functions, target.apply(gradient)):
        if before is not None:
            calls += walk_back(before, grad)
    return calls
    ### END SOLUTION

# %% [markdown]
# The checks of this part and the next use stand-ins for notes, so that they need none of your rules. The next cell is theirs.

# %% tags=["folded"]
class Answer(Function):
    """A stand-in for a note, for tests, with a rule that returns given arrays."""

    def __init__(self, targets, grads):
        self.next_functions, self.grads = tuple(targets), grads
        self.saved_tensors, self.shapes = ("kept",), tuple((2,) for _ in targets)

    def apply(self, grad_output):
        return self.grads


class Triple(Answer):
    """A stand-in: the first input gets three times the gradient, the second one six times, …"""

    def __init__(self, *targets):
        super().__init__(targets, None)

    def apply(self, grad_output):
        return tuple(3 * (i + 1) * grad_output for i in range(len(self.next_functions)))


def result_of(node):
    """A result with that note, for tests."""
    result = Tensor(np.zeros(2), requires_grad=True)
    result._grad_fn = node
    return result

# %% nbgrader={"grade": true, "grade_id": "test-06-05-walk", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with Checks("06.5", "walk_back") as check:
    leaf, one = Tensor(np.zeros(2), requires_grad=True), np.array([1.0, 10.0])
    check.given(gradient=one, look="A leaf is a Tensor: the walk ends here, after this one call.")
    calls = walk_back(leaf, one)
    check.equal("the gradient of a leaf", leaf.grad, [1.0, 10.0])
    check.is_a("the number of calls for a leaf", calls, int)
    check.equal("the number of calls for a leaf", calls, 1)
    check.given(gradient=one, before=one, look="The leaf has a gradient already: the new one is added to it.")
    walk_back(leaf, one)
    check.equal("the gradient of the leaf after a second call", leaf.grad, [2.0, 20.0])
    check.unchanged("`gradient`", one, [1.0, 10.0], look="`+=` changes an array in place. Who else holds it?")
    leaf.grad = None
    check.given(look="A note whose first input is another note, whose second is a constant, for which next_functions says None, and whose third is the leaf again.")
    calls = walk_back(Triple(Triple(leaf), None, leaf), one)
    check.equal("the gradient of the leaf", leaf.grad, [18.0, 180.0])
    check.equal("the number of calls", calls, 4)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    leaf.grad, other = None, Tensor(np.zeros(2), requires_grad=True)
    shared = Triple(leaf, other)
    check.given(look="The last note uses one result twice, and that result has two inputs. Is every use walked?")
    check.equal("the number of calls", walk_back(Triple(shared, shared), one), 7)
    check.equal("the gradient of the first leaf", leaf.grad, [27.0, 270.0])
    check.equal("the gradient of the second leaf", other.grad, [54.0, 540.0])
    leaf.grad = None
    check.given(look="The rule's answers belong to next_functions place by place: a None in front moves nothing.")
    check.equal("the number of calls with a constant in front", walk_back(Triple(None, leaf), one), 2)
    check.equal("the gradient behind a constant in front", leaf.grad, [6.0, 60.0])
    ### END HIDDEN TESTS

# %% tags=["demo"]
x.grad = None
calls = walk_back(y._grad_fn, np.array(1.0))
print(f"dy/dx = {x.grad}, after {calls} calls for 3 operations and 1 leaf")

# %% [markdown]
# **There it is: dy/dx = 13, found by your own two rules.** The same graph once more, now with what arrives at each box on the way back. Follow the arrows from right to left: two gradients of 1 meet at `square`. It passes 2 · 3 back for each of its factors, and `inner` passes 1: together 13.

# %% tags=["demo"]
draw_graph(y, values=True, gradients=True, x=x, square=square, inner=inner, y=y)

# %% [markdown]
# Type an expression of your own in the next cell, with `add` and `mul`; a constant is `Tensor(2.0)`. (`a * b` will record itself from Part 8 on. The walk starts at the note: `z._grad_fn`, not `z`.) What do the boxes say? Which of them adds up several gradients?

# %% tags=["demo", "play"]
a, b = Tensor(2.0, requires_grad=True), Tensor(5.0, requires_grad=True)
z = mul(add(a, b), a)
walk_back(z._grad_fn, np.array(1.0))
draw_graph(z, values=True, gradients=True, a=a, b=b, z=z)

# %% [markdown]
# ## Part 3. The way back (100 minutes)
#
# 13 is right, but look at the number of calls. `square` was used twice, so everything behind it was walked twice. What if that happens again and again, as in x + x, then the result plus itself, and so on? How many calls do fourteen such doublings take?
#
# Three times in this notebook you are asked for a number before it is measured. Write one down in place of None: nobody grades it, and at the end you see how far you can trust your feeling.

# %% tags=["demo", "play"]
guess.predict("calls for 14 doublings", None)

# %% tags=["demo"]
def doubled(times):
    """A number added to itself, `times` times over: as many operations as doublings."""
    result = Tensor(1.0, requires_grad=True)
    for _ in range(times):
        result = add(result, result)
    return result


depths, counts, walking = list(range(1, 15)), [], []
for depth in depths:
    result = doubled(depth)
    counts.append(walk_back(result._grad_fn, np.array(1.0)))
    walking.append(best(lambda: walk_back(result._grad_fn, np.array(1.0)), times=3))
print(f"{depths[-1]} operations took {counts[-1]:,} calls; each further operation doubles that")
guess.measured("calls for 14 doublings", counts[-1])

# %% [markdown]
# n doublings take 2ⁿ⁺¹ − 1 calls. At 60, which is nothing unusual for a network that adds its input back in every layer, they would take longer than you will live:

# %% tags=["demo"]
each = walking[-1] / counts[-1]
print(f"60 doublings: {2.0**61 * each / (3600 * 24 * 365):,.0f} years")

# %% [markdown]
# And a graph that is merely long?

# %% tags=["demo"]
long = Tensor(1.0, requires_grad=True)
for _ in range(2000):
    long = add(long, Tensor(0.0))
try:
    walk_back(long._grad_fn, np.array(1.0))
except RecursionError as error:
    print(f"2,000 additions in a row: RecursionError, {error}")

# %% [markdown]
# The walk visits *paths*. There are too many of those, and they are too long for Python's stack. But there are only as many *nodes* as there were operations. Each node should be handled **once**, when its gradient is complete: when everything that used its result has passed back its share.

# %% [markdown]
# So we need an order in which no operation comes before one that uses its result: a **topological order**. In the picture below: the last addition, then `inner`, then `square`. `square` before `inner` would be wrong: its gradient would not be complete yet.

# %% tags=["demo"]
draw_graph(y, x=x, square=square, inner=inner, y=y)

# %% [markdown]
# How is such an order found? Two well-known ways:
#
# - **Depth first.** Go down from the root. Write a node down when everything below it has been written. Turn the list round at the end.
# - **Counting** (Kahn, 1962). Count for each node how often its result is used. Begin with the root. Whenever a node is written down, each of its inputs has one use less to wait for; one with none left is next.

# %% [markdown]
# ### 06.6 Topological order
#
# The heart of the module. Take either way, but without recursion: a million operations in a row have to work, and so have sixty doublings.
#
# <details>
# <summary>Hints for 06.6</summary>
#
# In `node.next_functions` stand notes, leaves and None. Only notes belong in the order: `isinstance(target, Function)`. A result may be used twice by the *same* operation, as in x + x: those are two uses.
#
# Counting needs two loops. The first one goes over all nodes with a list as a stack and fills a dict of uses: take a node from the stack; for each note in its `next_functions`, count one use more, and if that was its first, put it on the stack. The second one begins with `order = [root]` and goes over that list while it grows.
#
# Depth first needs a stack that knows whether a node is met for the first time (then its inputs come first) or for the second time (then it is written down).
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-06-topological-order", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def topological_order(root):
    """Every note that `root` depends on, each one once, and none before a note that uses its result.

    Parameters
    ----------
    root : Function
        The last note. The notes before a node are those in its `next_functions`; leaves and None stand there too.

    Returns
    -------
    list of Function
        `root` comes first. There is no recursion, and the time is proportional to the number of notes.
    """
    ### BEGIN SOLUTION 06.6 topological_order: return all notes, each after all that use its result
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if node is None:  # a mark: everything before the node below it has been written down
            order.append(stack.pop())
        elif node not in seen:
            seen.add(node)
            stack += (node, None)
            for target in node.next_functions:
                if isinstance(target, Function):
                    stack.append(target)
    return order[::-1]
    ### END SOLUTION

# %% tags=["folded"]
class Note(Function):
    """A stand-in for a note, for tests: it counts how often its inputs are asked for, and comparisons of all."""

    compared = 0

    def __init__(self, name, *before):
        self.name, self.asked, self.inputs = name, 0, tuple(before)

    @property
    def next_functions(self):
        self.asked += 1
        assert self.asked < 100, f"next_functions of note {self.name} was asked for a hundred times"
        return self.inputs

    def __eq__(self, other):
        Note.compared += 1
        assert Note.compared < 500_000, "500,000 comparisons: `in` looks through a whole list, but not through a set"
        return self is other

    __hash__ = object.__hash__

    def __repr__(self):
        return self.name


def names_of(order):
    return [node.name for node in order]

# %% nbgrader={"grade": true, "grade_id": "test-06-06-topological-order", "locked": true, "points": 9, "schema_version": 3, "solution": false, "task": false}
import sys

with Checks("06.6", "topological_order") as check:
    leaf, first, before = Tensor(1.0, requires_grad=True), Note("first"), sys.getrecursionlimit()
    last = Note("last", Note("second", first, leaf), None)
    check.given(graph="last uses second and a constant; second uses first and a leaf", look="The root first, then what it uses; notes only.")
    order = topological_order(last)
    check.is_a("the result", order, (list, tuple))
    check.same("the order of three notes in a row", [getattr(node, "name", "a leaf or None") for node in order], ["last", "second", "first"])
    square = Note("square", leaf, leaf)
    inner = Note("inner", square, leaf)
    for first_use, second_use in ((square, inner), (inner, square)):
        last = Note("last", first_use, second_use)
        check.given(graph=f"last uses {first_use.name} and {second_use.name}; inner uses square", look="Is the gradient of square complete when its turn comes?")
        check.same("the order of y = square + (square + x)", names_of(topological_order(last)), ["last", "inner", "square"])
    check.given(graph="last uses first twice", look="One note, used twice by the same one: it is handled once.")
    check.same("the order of a doubling", names_of(topological_order(Note("last", first, first))), ["last", "first"])
    late = Note("late", square)
    last = Note("last", Note("twice", square, square), Note("middle", late))
    check.given(graph="last uses twice and middle; twice uses square, twice; middle uses late; late uses square",
                look="Three uses of square. Which of them come late?")  # fmt: skip
    order = names_of(topological_order(last))
    check.same("how many notes are in the order", len(order), 5)
    check.same("the note at the end", order[-1], "square")
    node = first
    for i in range(30):
        node = Note(f"doubling {i}", node, node)
    check.given(graph="30 doublings", look="How often is each note looked at? Each one should be entered once.")
    check.same("how many notes are in the order of 30 doublings", len(topological_order(node)), 31)
    node, Note.compared = first, 0
    for i in range(4000):
        node = Note(f"link {i}", node)
    check.given(graph="4,000 notes in a row", look="Recursion? Or a list that is searched from the beginning each time?")
    check.same("how many notes are in the order of the chain", len(topological_order(node)), 4001)
    check.same("Python's recursion limit afterwards", sys.getrecursionlimit(), before, look="A deeper limit only moves the end; a deeper graph comes.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    limit = sys.getrecursionlimit() + 1
    sys.setrecursionlimit(limit)
    check.same("the order of a single note", names_of(topological_order(Note("alone"))), ["alone"])

    def check_order(what, root, size):
        Note.compared = 0
        order = list(topological_order(root))
        check.same(f"{what}: the first note", names_of(order[:1]), [root.name])
        place = {id(node): number for number, node in enumerate(order)}
        check.same(f"{what}: the number of notes in the order", (len(order), len(place)), (size, size))
        edges = [(node, before) for node in order for before in node.inputs if isinstance(before, Function)]
        wrong = [f"{used} is not after {user}" for user, used in edges if not place.get(id(used), -1) > place[id(user)]]
        check.same(f"{what}: what stands before a note that uses it", wrong[:1], [])

    node = Note("start")
    for i in range(60):
        node = Note(f"doubling {i}", node, node)
    check_order("60 doublings", node, 61)
    node = Note("start")
    for i in range(5000):
        node = Note(f"link {i}", node, None)
    check_order("5,000 notes in a row", node, 5001)
    rng = np.random.default_rng(20)
    for size in (5, 20, 80):
        for _ in range(8):
            nodes = [Note("0")]
            for i in range(1, size):
                nodes.append(Note(f"{i}", nodes[-1], *(nodes[j] for j in rng.integers(0, i, rng.integers(0, 4)))))
            check_order(f"a random graph of {size}", nodes[-1], size)
    wide = Note("last", *(Note(f"branch {i}", square) for i in range(200)))
    check_order("200 branches", wide, 202)
    check_order("200 branches once more", wide, 202)
    plain = Answer((), ())
    first = plain
    for _ in range(20_000):
        plain = Answer((plain, leaf), ())
    order = topological_order(plain)
    check.equal("how many of 20,001 notes are in the order", len(order), 20_001)
    check.same("the note at the end", called(order[-1], first=first), "first")
    del order, first
    same = sys.getrecursionlimit() - limit
    sys.setrecursionlimit(limit - 1)
    check.same("by how much the recursion limit went up: a longer graph reaches that one too", same, 0)
    ### END HIDDEN TESTS

# %% [markdown]
# The same graphs again, walk against order. The order's time grows with the number of operations and nothing else. The scale of the times is logarithmic: otherwise the walk would leave no room for anything else.

# %% tags=["demo"]
ordering = []
for depth in depths:
    root = doubled(depth)._grad_fn
    ordering.append(best(lambda: topological_order(root)))
figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
axes.semilogy(depths, [t * 1e3 for t in walking], "o-", color=ORANGE, label="walk_back")
axes.semilogy(depths, [t * 1e3 for t in ordering], "s-", color=BLUE, label="topological_order")
axes.set(xlabel="doublings", ylabel="milliseconds")
axes.legend()
show(figure, "Time against the number of doublings, on a logarithmic scale. The time of the walk doubles with each doubling; that of the topological order hardly grows.")

# %% tags=["demo"]
long = Tensor(1.0, requires_grad=True)
for _ in range(100_000):
    long = add(long, Tensor(0.0))
start = time.perf_counter()
order = topological_order(long._grad_fn)
print(f"{len(order):,} operations ordered in {time.perf_counter() - start:.2f} s; 60 doublings: {len(topological_order(doubled(60)._grad_fn))}")
del order, long

# %% [markdown]
# With an order, the way back is a loop. A dictionary `pending` holds the gradients that are still on their way: its keys are the notes and leaves that they wait for. In the order, each note finds its gradient complete, asks its rule, and adds the answers to what is pending for its inputs.
#
# Going through one note is `propagate`. It asks the rule with the little function `ask`, which Part 4 makes cleverer.

# %%
def ask(node, grad_output, pending):
    """The answer of a note's rule: one gradient for each of its inputs."""
    return node.apply(grad_output)

# %% [markdown]
# ### 06.7 Passing on
#
# Write what happens to the answers of one rule: each is added to what is pending for its target. Nothing is returned; `pending` is what changes.
#
# <details>
# <summary>Hints for 06.7</summary>
#
# `node.next_functions` says for each answer where it goes. Skip an answer that is None, and one that goes nowhere.
#
# Is something pending for that target already? AddBackward hands *the same array* to both of its inputs, so `+=`, which changes an array in place, would change somebody else's gradient: make a new array with `+`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-07-propagate", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def propagate(node, grad_output, pending):
    """Ask the rule of `node` for the gradients of its inputs, and add each to what is pending for its target.

    An answer that is None, or whose target is None, is skipped.

    Parameters
    ----------
    node : Function
        The note. Its `next_functions` are the targets: notes, leaves, or None.
    grad_output : numpy.ndarray
        The complete gradient of its result. It is not changed, and neither is any array that a rule returned.
    pending : dict
        From targets to the gradients that have reached them so far. It is changed in place.
    """
    grads = ask(node, grad_output, pending)
    ### BEGIN SOLUTION 06.7 propagate: add each gradient to what is pending for its target
    for target, grad in zip(node.next_functions, grads):
        if target is not None and grad is not None:
            pending[target] = pending[target] + grad if target in pending else grad
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-07-propagate", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with Checks("06.7", "propagate") as check, check.using(ask=lambda node, grad_output, pending: node.apply(grad_output)):
    leaf, idle = Tensor([0.0, 0.0], requires_grad=True), Tensor([0.0, 0.0], requires_grad=True)
    middle, one, two = Triple(leaf), np.array([1.0, 2.0]), np.array([10.0, 20.0])
    pending = {}
    check.given(look="Four answers: one for a constant, whose target is None; None for a leaf; one for another leaf, one for a note.")
    propagate(Answer((None, idle, leaf, middle), (two, None, one, two)), one, pending)
    check.same("what gradients are pending for", sorted(called(key, leaf=leaf, note=middle, idle=idle) for key in pending), ["leaf", "note"])
    check.equal("what is pending for the leaf", pending[leaf], [1.0, 2.0])
    check.equal("what is pending for the note", pending[middle], [10.0, 20.0])
    check.given(pending="[1, 2] for the leaf", answer=two, look="A second gradient for the same leaf. What does the leaf get from both together?")
    propagate(Answer((leaf,), (two,)), one, pending)
    check.equal("what is pending for the leaf now", pending[leaf], [11.0, 22.0])
    elsewhere = "An array that a rule returned may be in use elsewhere. Which line writes into it?"
    check.unchanged("the first array", one, [1.0, 2.0], look=elsewhere)
    check.unchanged("the second array", two, [10.0, 20.0], look=elsewhere)
    check.given(pending="{}", answers="[1, 2] and [10, 20]", look="x * x: both answers go to the same leaf.")
    pending = {}
    propagate(Answer((leaf, leaf), (one, two)), one, pending)
    check.equal("what is pending for a leaf that is both inputs", pending[leaf], [11.0, 22.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    pending, shared = {}, np.array([1.0, 1.0])
    check.given(look="One array for two inputs. Which line writes into it?")
    propagate(Answer((leaf, middle), (shared, shared)), one, pending)
    for _ in range(3):
        propagate(Answer((leaf,), (one,)), one, pending)
    check.equal("the leaf, after three gradients more", pending[leaf], [4.0, 7.0])
    check.equal("the other one", pending[middle], [1.0, 1.0])
    check.unchanged("the rule's array", shared, [1.0, 1.0])
    check.unchanged("`grad_output`", one, [1.0, 2.0])
    pending = {}
    check.given(look="Answers and targets belong together place by place.")
    propagate(Answer((None, leaf), (one, two)), one, pending)
    check.equal("the gradient behind a constant", pending.get(leaf), [10.0, 20.0])
    propagate(Answer((leaf, None, middle), (None, one, two)), one, pending)
    check.equal("the gradient behind None and a constant", pending.get(middle), [10.0, 20.0])
    check.equal("what was pending before", pending.get(leaf), [10.0, 20.0])
    number = Tensor(1.0, requires_grad=True)
    check.given(look="The gradient of a single number may be a NumPy scalar, which cannot be written into.")
    for _ in range(3):
        propagate(Answer((number,), (np.float32(2.0),)), np.float32(1), pending)
    check.equal("what is pending for a single number after three gradients", pending[number], 6.0)
    asked = []
    with check.using(ask=lambda node, grad_output, pending: asked.append(grad_output) or (two,)):
        propagate(Answer((leaf,), (one,)), shared, {})
    check.equal("how often `ask` was asked", len(asked), 1)
    ### END HIDDEN TESTS

# %% [markdown]
# What is left is the loop over the order, and three helpers around it. `first_gradient` checks what the way back begins with. `free` lets a note forget what it holds. `deposit` moves what is left at the end into `leaf.grad`. By then only leaves are pending, and only then are gradients changed: an error on the way changes none.

# %%
#| exporti
def first_gradient(tensor, gradient):
    """What the backward pass begins with: dL/d(tensor) as an array in the tensor's shape and dtype."""
    if gradient is None:
        if tensor.size != 1:
            raise ValueError(
                f"backward() of a tensor of shape {tensor.shape} needs backward(gradient), the gradient of the loss "
                f"with respect to it, in this shape; only for a single number there is a default: 1"
            )
        return np.ones(tensor.shape, tensor.dtype)
    gradient = np.asarray(gradient.data if isinstance(gradient, Tensor) else gradient, dtype=tensor.dtype)
    if gradient.shape != tensor.shape:
        raise ValueError(f"backward: the gradient has shape {gradient.shape}, but the tensor has shape {tensor.shape}")
    return gradient

# %% [markdown]
# No two gradients may share their memory, so `deposit` copies an array that somebody else holds too. Who holds it? Python counts the references to every object, and `ALONE` is what it counts for an array with one name: 2 in most versions, since the argument of `getrefcount` is one more, and 1 from Python 3.14 on. An array that is no view and has no more than that is nobody else's. PyTorch asks the same question before it keeps a gradient.

# %%
#| exporti
def free(node):
    """Let a note forget what it holds; `saved_tensors` is None from then on."""
    node.__dict__.clear()
    node.next_functions, node.saved_tensors = (), None


def holders_of_one():
    """What `sys.getrefcount` says of an array with a single name."""
    array = np.empty(0)
    return sys.getrefcount(array)


ALONE = holders_of_one()


def deposit(pending):
    """Empty `pending`: add each gradient to ``tensor.grad``, in the tensor's dtype, in an array that is its own."""
    while pending:
        tensor, grad = pending.popitem()
        ours = type(grad) is np.ndarray and grad.base is None and sys.getrefcount(grad) <= ALONE
        grad = np.asarray(grad, tensor.dtype) if ours else np.array(grad, tensor.dtype)
        tensor.grad = grad if tensor.grad is None else np.asarray(tensor.grad + grad)

# %% [markdown]
# ### 06.8 backward
#
# Write the loop: each note of `order` takes its gradient out of `pending` and propagates it; nothing is returned. If nothing is pending for a note, nothing reached it: go on. With `retain_graph=False`, `free` each note as soon as it has propagated. (A second call then fails; from Part 4 on it says why.)
#
# <details>
# <summary>Hints for 06.8</summary>
#
# `pending.pop(node, None)` takes a gradient out, or gives None.
#
# Four or five lines suffice, and two more for `retain_graph`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-08-backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def backward(self, gradient=None, retain_graph=True):
    """Add to the `grad` of every leaf behind this tensor the gradient of this tensor with respect to it.

    A result on the way gets its gradient only if `retain_grad` was called on it. For a tensor that does not require a
    gradient there is nothing to do: the call returns, with a warning.

    Parameters
    ----------
    gradient : array-like or Tensor, optional
        The gradient of the loss with respect to this tensor, in its shape. A single number needs none: 1.
    retain_graph : bool
        With False the graph is freed on the way, and a second call raises RuntimeError.

    Raises
    ------
    ValueError
        If `gradient` is missing or has the wrong shape.
    RuntimeError
        If a rule fails, or the graph has been freed. No gradient has been changed then.
    """
    if not self.requires_grad:
        warnings.warn("backward() found nothing to do: no leaf behind this tensor has requires_grad=True", stacklevel=2)
        return
    root = edge(self)
    order = [] if root is self else topological_order(root)
    pending = {root: first_gradient(self, gradient)}
    ### BEGIN SOLUTION 06.8 Tensor.backward: let each note of the order propagate its gradient
    for node in order:
        grad_output = pending.pop(node, None)
        if grad_output is not None:
            propagate(node, grad_output, pending)
            if not retain_graph:
                free(node)
    ### END SOLUTION
    deposit(pending)

# %% tags=["folded"]
def simple_order(root):
    """A stand-in for topological_order, for tests: right for notes in a row."""
    order = [root]
    for node in order:
        order += [target for target in node.next_functions if isinstance(target, Function) and target not in order]
    return order


def simple_propagate(node, grad_output, pending):
    """A stand-in for propagate, for tests: right where every result is used once."""
    if node.saved_tensors is None:
        raise RuntimeError("this graph was freed")
    for target, grad in zip(node.next_functions, node.apply(grad_output)):
        if target is not None and grad is not None:
            pending[target] = grad


def simple_edge(tensor):
    """A stand-in for edge, for tests."""
    return tensor._grad_fn or tensor

# %% nbgrader={"grade": true, "grade_id": "test-06-08-backward", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("06.8", "Tensor.backward") as check, check.using(topological_order=simple_order, propagate=simple_propagate, edge=simple_edge):
    leaf, other = Tensor([0.0, 0.0], requires_grad=True), Tensor([0.0, 0.0], requires_grad=True)
    result = result_of(Triple(Triple(leaf), other))
    check.given(look="Two notes in a row. When the loop is over, only leaves may be left in `pending`.")
    result.backward(np.array([1.0, 10.0]))
    check.equal("the gradient of a leaf two notes back", leaf.grad, [9.0, 90.0])
    check.equal("the gradient of a leaf one note back", other.grad, [6.0, 60.0])
    check.given(look="Gradients accumulate: a second call adds to what is there. The graph is kept unless retain_graph is False.")
    result.backward(np.array([1.0, 10.0]))
    check.equal("the gradient of the leaf after a second call", leaf.grad, [18.0, 180.0])
    check.given(look="Who gets a gradient? Leaves, and nobody else.")
    check.same("`grad` of the result in the middle of the graph", result.grad, None)
    own = Tensor([5.0, 5.0], requires_grad=True)
    own.backward(np.array([1.0, 2.0], np.float32))
    check.equal("the gradient of a leaf on which backward was called", own.grad, [1.0, 2.0])
    leaf.grad, first = None, Triple(leaf)
    once = result_of(Triple(first, other))
    check.given(look="With retain_graph=False `free` is called for each note, once `propagate` has used it.")
    once.backward(np.array([1.0, 10.0]), retain_graph=False)
    check.equal("the gradient of the leaf, with retain_graph=False", leaf.grad, [9.0, 90.0])
    check.same("what the two notes still hold after retain_graph=False", (once._grad_fn.saved_tensors, first.saved_tensors), (None, None))
    unreached = Triple(leaf)
    check.given(look="Nothing reached one note of the order. Those after it still want their gradients.")
    with check.using(topological_order=lambda root: [root, unreached, *simple_order(root)[1:]]):
        leaf.grad = None
        result_of(Triple(Triple(leaf))).backward(np.ones(2))
    check.equal("the gradient, with a note in the order that nothing reaches", leaf.grad, [9.0, 9.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("gradients, in float32 where the leaf is", leaf.grad, [9.0, 9.0], dtype=np.float32)
    number = Tensor(2.0, requires_grad=True)
    number.backward()
    check.equal("the default of a single number", number.grad, 1.0, dtype=np.float32)
    check.raises("backward() of two numbers", ValueError, result.backward, mentions="(2,)")
    leaf.grad = None
    twice = result_of(Triple(leaf))
    check.given(look="The graph is freed with retain_graph=False only.")
    twice.backward(np.array([1.0, 1.0]))
    twice.backward(np.array([1.0, 1.0]))
    check.equal("the gradient after two calls", leaf.grad, [6.0, 6.0])
    twice.backward(np.array([1.0, 1.0]), retain_graph=False)
    check.raises("a call after retain_graph=False", RuntimeError, lambda: twice.backward(np.array([1.0, 1.0])), mentions="freed")
    check.unchanged("the gradient", leaf.grad, [9.0, 9.0], look="A pass that fails changes no gradient.")
    leaf.grad, other.grad = np.array([7.0, 7.0], np.float32), None
    failing, seen = result_of(Triple(other, Answer((leaf,), None))), []

    def failing_propagate(node, grad_output, pending):
        seen.append(type(node).__name__)
        if type(node) is Answer:
            raise IndexError("broken on purpose")
        simple_propagate(node, grad_output, pending)

    check.given(look="An error on the way leaves every gradient as it was.")
    with check.using(propagate=failing_propagate):
        check.raises("a rule that fails", IndexError, lambda: failing.backward(np.ones(2)), mentions="on purpose")
    check.same("the notes that were asked", seen, ["Triple", "Answer"])
    check.unchanged("a gradient that was there before", leaf.grad, [7.0, 7.0])
    check.same("`grad` of a leaf that the pass had reached", other.grad, None)
    ### END HIDDEN TESTS

# %% [markdown]
# `y.backward()` works, for these two rules and for every rule that follows. And sixty doublings take no longer than sixty additions:

# %% tags=["demo"]
x = Tensor(3.0, requires_grad=True)
square = mul(x, x)
inner = add(square, x)
y = add(square, inner)
y.backward()
print("dy/dx =", x.grad)

# %% [markdown]
# Watch it at work. `play_backward` runs your `backward` once more and keeps every step: which rule is asked, with what, and where its answers go. **Next** goes on, **Back** goes back in time. When a gradient is wrong later, call it on a small example: it says which rule was asked too early, twice, or with the wrong sum. (A rule that is wrong itself is found by `check_rule`, in Part 5.)

# %% tags=["demo"]
play_backward(y, x=x, square=square, inner=inner, y=y)

# %% tags=["demo"]
x = Tensor(1.0, requires_grad=True)
y = x
for _ in range(60):
    y = add(y, y)
y.backward()
print(f"60 doublings: {x.grad:.0f}, and 2 to the 60th is {2**60}")

# %% [markdown]
# That is enough to learn something. Which w makes 3w equal to 6? The loss is the square of what is missing, and each step goes a little against the slope:

# %% tags=["demo"]
w = Tensor(0.0, requires_grad=True)
for step in range(20):
    missing = add(mul(w, Tensor(3.0)), Tensor(-6.0))
    loss = mul(missing, missing)
    w.grad = None
    loss.backward()
    if step % 4 == 0:
        print(f"step {step:2}   w = {w.data:.4f}   loss = {loss.data:.4f}   slope = {w.grad:.3f}")
    w.data = w.data - 0.05 * w.grad
print(f"after 20  w = {w.data:.6f}")

# %% [markdown]
# Two small methods complete Tensor. `zero_grad` forgets a gradient: None rather than an array of zeros, which would have to be allocated and filled. `retain_grad` asks for the gradient of a result on the way, for instance to look at it. The note gets a *weak* reference: the tensor holds the note already, and two that hold each other are freed late.

# %%
#| exporti
@method_of(Tensor)
def zero_grad(self):
    """Forget the gradient: set it to None."""
    self.grad = None


@method_of(Tensor)
def retain_grad(self):
    """Keep the gradient of this result in `grad` when a backward pass comes through; leaves do so anyway.

    Raises RuntimeError for a tensor that does not require a gradient.
    """
    if not self.requires_grad:
        raise RuntimeError("retain_grad() needs a tensor that requires a gradient")
    self._retains_grad = True
    if self._grad_fn is not None:
        self._grad_fn.retained = weakref.ref(self)

# %% [markdown]
# That gradients accumulate is a feature. A batch of 1,000 rows does not fit into memory? Take four pieces of 250, call `backward` for each, update once: **micro-batches**. But careful: each loss is the *mean* over its piece. Four of them add up to four times the mean over all.

# %% [markdown]
# By hand: squared errors 1, 3, 5, 7 have the mean 4. The means of the halves are 2 and 6: together 8, twice too much. Each piece has to be weighted by its share of the rows: 2 · 2/4 + 6 · 2/4 = 4. With pieces of different sizes the shares differ too.

# %% [markdown]
# ### 06.9 Micro-batches
#
# Write the loop over the pieces, with the right weight for each. Nothing is returned: the gradients are in the weights. A loss can be multiplied by a number; on your own tensors `*` records itself from Part 8 on, and the check has a stand-in for a loss that can do so already.
#
# <details>
# <summary>Hints for 06.9</summary>
#
# How many rows are there in all? `len(x)` is the number of rows of one piece.
#
# Multiply the loss first, then call its `backward()`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-09-micro-batches", "locked": false, "schema_version": 3, "solution": true, "task": false}
def micro_batches(loss_of, pieces):
    """Leave in the weights the gradient of the mean loss over all rows, computed piece by piece.

    Each piece gets a `backward` of its own, so that there is the graph of one piece only at any time.

    Parameters
    ----------
    loss_of : callable
        ``loss_of(x, target)`` returns the mean loss over the rows of x, a Tensor that has been recorded.
    pieces : list of (x, target)
        The batch in pieces, which may have different numbers of rows.
    """
    ### BEGIN SOLUTION 06.9 micro_batches: call backward for each piece, with its share of the loss
    rows = sum(len(x) for x, _ in pieces)
    for x, target in pieces:
        loss = loss_of(x, target) * (len(x) / rows)
        loss.backward()
    ### END SOLUTION

# %% tags=["folded"]
class MeanOf:
    """A stand-in for a loss, for tests: the mean of the rows of x times a weight, with a backward of its own."""

    waiting = 0  # losses that were computed and have had no backward yet

    def __init__(self, weight, slope):
        self.weight, self.slope, self.data = weight, slope, np.array(weight.data * slope)

    def __add__(self, other):
        raise TypeError("losses are not added up here: that would keep the graphs of all pieces at once")

    __radd__ = __add__

    def __mul__(self, factor):
        return MeanOf(self.weight, self.slope * float(getattr(factor, "data", factor)))

    __rmul__ = __mul__

    def __truediv__(self, divisor):
        return self * (1 / float(getattr(divisor, "data", divisor)))

    def backward(self, gradient=None, retain_graph=True):
        MeanOf.waiting = 0
        grad = np.array(self.slope * (1.0 if gradient is None else float(getattr(gradient, "data", gradient))))
        self.weight.grad = grad if self.weight.grad is None else self.weight.grad + grad


def check_pieces(check, what, sizes):
    """All rows at once and in pieces should give the same gradient."""
    weight, rows = Tensor(1.0, requires_grad=True), np.arange(1.0, sum(sizes) + 1)
    cuts = np.split(rows, np.cumsum(sizes)[:-1])
    pieces = [(Tensor(piece[:, None]), Tensor(np.zeros(len(piece)))) for piece in cuts]
    check.given(rows=rows, pieces=f"of {sizes} rows", look="Each loss is a mean over its own rows only.")
    MeanOf.waiting = 0

    def loss_of(x, target):
        one = "Each piece gets its backward before the next loss is computed."
        check.same("how many losses still wait for their backward when the next one is computed", MeanOf.waiting, 0, look=one)
        MeanOf.waiting = 1
        return MeanOf(weight, x.data.mean())

    micro_batches(loss_of, pieces)
    check.equal(what, weight.grad, rows.mean())

# %% nbgrader={"grade": true, "grade_id": "test-06-09-micro-batches", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.9", "micro_batches") as check:
    check_pieces(check, "the gradient from one piece", [4])
    check_pieces(check, "the gradient from two halves", [2, 2])
    check_pieces(check, "the gradient from pieces of 1 and 3 rows", [1, 3])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check_pieces(check, "the gradient from four pieces", [3, 3, 3, 3])
    check_pieces(check, "the gradient from pieces of 3, 3 and 1", [3, 3, 1])
    check_pieces(check, "the gradient from pieces of 1 and 5", [1, 5])
    check_pieces(check, "the gradient from pieces of 1, 2 and 4", [1, 2, 4])
    ### END HIDDEN TESTS

# %% [markdown]
# Accumulating has a price, one of the most common bugs there are: forget `zero_grad` between two *updates*, and the old gradients count again. How often is it needed, then? Once for each update, not once for each `backward`.

# %% [markdown]
# ## Part 4. Broadcasting (45 minutes)
#
# A bias has three numbers and is added to two rows of three. Let your engine find its gradient:

# %% tags=["demo"]
x, b = Tensor(np.zeros((2, 3)), requires_grad=True), Tensor(np.array([10.0, 20.0, 30.0]), requires_grad=True)
grad_output = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
z = add(x, b)
z.backward(grad_output)
print("b has shape", b.shape, "and its gradient", b.grad.shape)

# %% [markdown]
# That cannot be. Going forward NumPy stretched `b` over both rows, so `AddBackward` handed back a gradient of shape (2, 3). But `b` has only three numbers: which gradient belongs to the first one?

# %% [markdown]
# `b[0]` went into two numbers, those of the first column. If it moves by a little, both move. The loss changes by 1 · little + 4 · little: the slope is 1 + 4 = 5. **A number that was used several times gets the sum of its gradients.** So the gradient of `b` is [1 + 4, 2 + 5, 3 + 6] = [5, 7, 9].

# %% [markdown]
# Broadcasting does two things to a shape, and both are undone by adding up:
#
# | input | result | what happened | undo |
# |---|---|---|---|
# | (3,) | (2, 3) | an axis was added in front | sum over it: it disappears |
# | (2, 1) | (2, 3) | an axis of size 1 was stretched | sum over it, but keep it with size 1 |
# | () | (2, 3) | two axes were added | sum over both |
# | (2, 3) | (2, 3) | nothing | nothing |

# %% [markdown]
# ### 06.10 Undoing a broadcast
#
# Write the function that brings a gradient back to the shape that the input had before it was stretched.
#
# <details>
# <summary>Hints for 06.10</summary>
#
# How many axes does `grad` have more than `shape`? They are all in front.
#
# `array.sum(axis=(0, 1))` sums over several axes at once; `keepdims=True` keeps them with size 1; an axis tuple may be empty.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-10-unbroadcast", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def unbroadcast(grad, shape):
    """Add up `grad` over every axis along which an array of shape `shape` was stretched.

    Parameters
    ----------
    grad : numpy.ndarray
        A gradient in the shape of the result of an operation. It is not changed.
    shape : tuple of int
        The shape that the input had before NumPy broadcast it.

    Returns
    -------
    numpy.ndarray
        Of shape `shape`, in the dtype of `grad`; it may be `grad` itself if nothing was stretched.
    """
    ### BEGIN SOLUTION 06.10 unbroadcast: sum over the axes that broadcasting added or stretched
    if grad.shape == shape:
        return grad
    added = grad.ndim - len(shape)
    stretched = [added + axis for axis, size in enumerate(shape) if size == 1]
    return grad.sum(axis=(*range(added), *stretched)).reshape(shape)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-10-unbroadcast", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("06.10", "unbroadcast") as check:
    grad = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], np.float32)
    check.given(grad=grad, look="Which axis was added in front? Each number of the input was used once a row: what do its uses give together?")
    got = unbroadcast(grad, (3,))
    check.equal("the gradient of an input of shape (3,)", got, [5.0, 7.0, 9.0])
    check.unchanged("`grad`", grad, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    check.equal("the gradient of an input of shape (3,)", got, [5.0, 7.0, 9.0], dtype=np.float32, look="`grad` is float32. Which step makes float64 of it?")
    check.given(grad=grad, look="The axis of size 1 was stretched, and it has to be there again.")
    check.equal("the gradient of an input of shape (2, 1)", unbroadcast(grad, (2, 1)), [[6.0], [15.0]])
    check.given(grad=grad, look="Nothing was stretched.")
    check.equal("the gradient of an input of shape (2, 3)", unbroadcast(grad, (2, 3)), grad)
    check.given(grad=grad, look="A single number was used six times.")
    check.equal("the gradient of an input of shape ()", unbroadcast(grad, ()), 21.0)
    square = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    check.given(grad=square, look="Sizes do not say which axis was added: both are 2. Its place does.")
    check.equal("the gradient of an input of shape (2,)", unbroadcast(square, (2,)), [4.0, 6.0])
    cube = np.arange(12.0).reshape(2, 2, 3)
    check.given(grad="arange(12) of shape (2, 2, 3)", look="Both at once: an axis was added in front, another one was stretched.")
    check.equal("the gradient of an input of shape (2, 1)", unbroadcast(cube, (2, 1)), [[24.0], [42.0]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(4)
    for shape, result in [((1, 3), (2, 3)), ((2, 1), (4, 2, 3)), ((1,), (5,)), ((1, 1), (3, 4)), ((3,), (3, 3)),
                          ((4, 1, 3), (4, 2, 3)), ((1, 2, 1), (6, 5, 2, 3)), ((3, 1), (0, 3, 2)), ((1, 3), (1, 3)), ((1, 1), (1, 1, 1))]:  # fmt: skip
        grad = rng.normal(size=result)
        weights = np.broadcast_to(np.arange(np.prod(shape)).reshape(shape), result)
        expected = np.array([(grad * (weights == i)).sum() for i in range(int(np.prod(shape)))]).reshape(shape)
        kept = grad.copy()
        got = unbroadcast(grad, shape)
        check.equal(f"the gradient {result} for an input of shape {shape}", got, expected)
        check.unchanged("`grad`", grad, kept)
    check.equal("float32", unbroadcast(np.ones((2, 3), np.float32), (3,)), [2.0, 2.0, 2.0], dtype=np.float32)
    ### END HIDDEN TESTS

# %% [markdown]
# Where is it used? In one place: when a rule has answered. So the rules that you have written are right for stretched inputs too, and so will all others be. The next two cells are given: the real `ask` also says which rule failed and for which shapes, refuses a freed graph, and looks after `retain_grad`.

# %% tags=["folded"]
#| exporti
def explain(node, grad_output, error):
    """Raise an error that says which rule failed, and for which shapes."""
    if isinstance(error, NotImplementedError):
        raise error  # a stub says itself what is missing
    shapes = ", ".join(str(shape) for shape in node.shapes)
    raise RuntimeError(
        f"{type(node).__name__}.apply failed for inputs of shapes {shapes} and grad_output of shape "
        f"{grad_output.shape}: {type(error).__name__}: {error}. No gradient was changed."
    ) from error


def in_shapes(node, grad_output, grads):
    """The gradients in the shapes of the inputs: what broadcasting stretched is added up again."""
    if len(grads) != len(node.shapes):
        error = ValueError(f"apply returned {len(grads)} gradients for {len(node.shapes)} inputs")
        explain(node, grad_output, error)
    result = []
    for place, (target, shape, grad) in enumerate(zip(node.next_functions, node.shapes, grads)):
        if target is not None and grad is not None and grad.shape != shape:
            ends = zip(shape[::-1], grad.shape[::-1])
            if len(shape) > grad.ndim or any(size not in (1, longer) for size, longer in ends):
                wanted = f"the gradient of input {place} should have the shape of the input, {shape}"
                explain(node, grad_output, ValueError(f"{wanted}, but apply returned shape {grad.shape}"))
            grad = unbroadcast(grad, shape)
        result.append(grad)
    return result

# %% tags=["folded"]
#| exporti
def ask(node, grad_output, pending):
    """The answer of a note's rule: one gradient for each input, in the input's shape, or None.

    If `retain_grad` was called on the result of the note, `grad_output` becomes pending for that result.
    RuntimeError if the rule fails or the graph was freed.
    """
    if node.saved_tensors is None:
        raise RuntimeError(
            "this graph was freed by backward(retain_graph=False): compute the result again, or keep the graph by "
            "leaving retain_graph at True"
        )
    if node.retained is not None and (result := node.retained()) is not None:
        pending[result] = grad_output
    try:
        grads = node.apply(grad_output)
        fits = len(grads) == len(node.shapes)
        for grad, shape in zip(grads, node.shapes):
            if grad is not None and grad.shape != shape:
                fits = False
    except Exception as error:
        explain(node, grad_output, error)
    return grads if fits else in_shapes(node, grad_output, grads)

# %% tags=["demo"]
x, b = Tensor(np.zeros((2, 3)), requires_grad=True), Tensor(np.array([10.0, 20.0, 30.0]), requires_grad=True)
add(x, b).backward(grad_output)
print("b has shape", b.shape, "and its gradient", b.grad.shape, b.grad)

# %% [markdown]
# ### 06.11 Subtraction and division
#
# Your turn: write the rules of - and /. How does a − b move when b grows? How does a / b move when a grows, and how when b grows? With a = 6, b = 2 and dL/dz = 1 the answers for the division are 0.5 and −1.5.
#
# <details>
# <summary>Hints for 06.11</summary>
#
# In a, division by b is a multiplication by 1/b. In b it is $a \cdot b^{-1}$, and the power rule applies.
#
# </details>
#
# <details>
# <summary>The formula</summary>
#
# Subtraction: $dL/da = dL/dz$ and $dL/db = -dL/dz$. Division: $dL/da = dL/dz \,/\, b$ and $dL/db = -dL/dz \cdot a / b^2$.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-11-sub-div", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class SubBackward(Function):
    """z = a - b; the gradients follow from the slopes of a - b in a and in b."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        ### BEGIN SOLUTION 06.11 SubBackward.apply: return the gradients of a and of b
        return grad_output, -grad_output if self.next_functions[1] is not None else None
        ### END SOLUTION


class DivBackward(Function):
    """z = a / b; the gradients follow from the slopes of a / b in a and in b."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        ### BEGIN SOLUTION 06.11 DivBackward.apply: return the gradients of a and of b
        a, b = self.saved_tensors
        grad_a = grad_output / b.data if a.requires_grad else None
        grad_b = -grad_output * a.data / (b.data * b.data) if b.requires_grad else None
        return grad_a, grad_b
        ### END SOLUTION

# %% tags=["folded"]
def add_up(grad, shape):
    """A stand-in for `unbroadcast`, for tests."""
    grad = np.asarray(grad)
    long = (1,) * (grad.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i, (size, stretched) in enumerate(zip(long, grad.shape)) if size == 1 != stretched)
    return grad.sum(axis=axes, keepdims=True).reshape(shape)


def noted(kind, *tensors, **attributes):
    """A note of `kind`, for tests, made without its constructor or yours."""
    targets = tuple((t._grad_fn or t) if t.requires_grad else None for t in tensors)
    shapes = tuple(t.shape for t in tensors)
    return bare(kind, *tensors, next_functions=targets, shapes=shapes, **attributes)

# %% nbgrader={"grade": true, "grade_id": "test-06-11-sub-div", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("06.11", "SubBackward and DivBackward") as check:
    pair, array = "One gradient for each input, in a tuple.", "Rules compute with arrays. The array of a tensor is tensor.data."
    a, b = Tensor([6.0, 1.0], requires_grad=True), Tensor([2.0, -4.0], requires_grad=True)
    grad_output = np.array([1.0, 8.0], np.float32)
    check.given(a=a, b=b, grad_output=grad_output, look="If this input grows by 1, by how much does a - b grow?")
    grads = noted(SubBackward, a, b).apply(grad_output)
    check.is_a("the result of SubBackward.apply", grads, (tuple, list), look=pair)
    check.equal("the gradient of `a` in a - b", grads[0], [1.0, 8.0])
    check.equal("the gradient of `b` in a - b", grads[1], [-1.0, -8.0])
    check.unchanged("`grad_output`", grad_output, [1.0, 8.0])
    check.given(a=a, b=b, grad_output=grad_output, look="If this input grows, does a / b grow or shrink, and how fast?")
    grads = noted(DivBackward, a, b).apply(grad_output)
    check.is_a("the result of DivBackward.apply", grads, (tuple, list), look=pair)
    for name, grad in zip("ab", grads):
        check.is_a(f"the gradient of `{name}` in a / b", grad, np.ndarray, look=array)
    check.equal("the gradient of `a` in a / b", grads[0], [0.5, -2.0])
    check.equal("the gradient of `b` in a / b", grads[1], [-1.5, -0.5])
    check.unchanged("`grad_output`", grad_output, [1.0, 8.0])
    fixed = Tensor([2.0, -4.0])
    check.given(a=a, b=fixed, grad_output=grad_output, look="`b` wants no gradient, but `a` still needs its numbers.")
    check.equal("the gradient of `a` in a / b", noted(DivBackward, a, fixed).apply(grad_output)[0], [0.5, -2.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(7)
    for one, two in [((2, 3), (2, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((), (2, 1))]:
        x, y = Tensor(np.asarray(rng.normal(size=one)), requires_grad=True), Tensor(np.asarray(rng.uniform(0.5, 2, two)), requires_grad=True)
        grad_output = rng.normal(size=np.broadcast_shapes(one, two))
        kept = grad_output.copy()
        check.given(a=x, b=y, grad_output=grad_output, look="Other shapes, in float64. If this input grows, does the result grow or shrink, and how fast?")
        grads = noted(DivBackward, x, y).apply(grad_output)
        check.equal(f"the gradient of `a` in {one} / {two}", add_up(grads[0], one), add_up(kept / y.data, one), dtype=np.float64)
        check.equal(f"the gradient of `b` in {one} / {two}", add_up(grads[1], two), add_up(-kept * x.data / y.data**2, two), dtype=np.float64)
        grads = noted(SubBackward, x, y).apply(grad_output)
        check.equal(f"the gradient of `a` in {one} - {two}", add_up(grads[0], one), add_up(kept, one), dtype=np.float64)
        check.equal(f"the gradient of `b` in {one} - {two}", add_up(grads[1], two), add_up(-kept, two), dtype=np.float64)
        check.unchanged("`grad_output`", grad_output, kept)
    check.given(look="`a` wants no gradient, but `b` still needs its numbers.")
    grad_b = noted(DivBackward, Tensor([6.0, 1.0]), b).apply(np.array([1.0, 8.0], np.float32))[1]
    check.equal("the gradient of `b` for a constant `a`", grad_b, [-1.5, -0.5], dtype=np.float32)
    ### END HIDDEN TESTS

# %% [markdown]
# Exp, log, the square root and powers follow the same pattern, and you have seen it often enough: they are given. Note that exp and sqrt keep their *result*, which their rule reads, and let their input go: `saved_tensors` is empty. The next four cells may be skipped.

# %% tags=["folded"]
#| export
class ExpBackward(Function):
    """z = exp(a)   so   dL/da = dL/dz * z."""

    def __init__(self, a, out):
        super().__init__(a)
        self.saved_tensors, self.output = (), out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        return (grad_output * self.output,)

# %% tags=["folded"]
#| export
class LogBackward(Function):
    """z = log(a)   so   dL/da = dL/dz / a."""

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        return (grad_output / self.saved_tensors[0].data,)

# %% tags=["folded"]
#| export
class SqrtBackward(ExpBackward):
    """z = sqrt(a)   so   dL/da = dL/dz / (2 z)."""

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        return (grad_output / (2 * self.output),)

# %% tags=["folded"]
#| export
class PowBackward(Function):
    """z = a**b   so   dL/da = dL/dz * b * a**(b - 1)   and   dL/db = dL/dz * a**b * log(a).

    Where b is 0 the first one is 0, and where a is 0 the second one is, as in PyTorch.
    """

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        a, b = self.saved_tensors
        return self.grad_base(a, b, grad_output), self.grad_exponent(a, b, grad_output)

    def grad_base(self, a, b, grad_output):
        """dL/da, or None."""
        if not a.requires_grad:
            return None
        power = b.data.item() if b.data.ndim == 0 else b.data  # NumPy has fast powers for Python numbers
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = power * a.data ** (power - 1)
        if not np.all(b.data):
            slope = np.where(b.data == 0, 0, slope)
        return grad_output * slope

    def grad_exponent(self, a, b, grad_output):
        """dL/db, or None."""
        if not b.requires_grad:
            return None
        log_a = np.log(np.where(a.data == 0, 1, a.data))
        return grad_output * a.data**b.data * log_a

# %% [markdown]
# ## Part 5. Slopes by measuring (25 minutes)
#
# Are your rules right? You could check by trying, as in Part 1: move a number a little, see how the result moves. Too slow for training, perfect for testing: it knows nothing of your rules, so it cannot repeat their mistakes.

# %% [markdown]
# How small is "a little"? Measure the slope of sin at 1, where it should be cos(1), from one side, (f(x + h) − f(x)) / h, and from both, (f(x + h) − f(x − h)) / 2h:

# %% tags=["demo"]
steps = np.logspace(-15, 0, 61)
one_side = [abs((math.sin(1 + h) - math.sin(1)) / h - math.cos(1)) for h in steps]
both_sides = [abs((math.sin(1 + h) - math.sin(1 - h)) / (2 * h) - math.cos(1)) for h in steps]
figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
axes.loglog(steps, one_side, "--", color=ORANGE, label="from one side")
axes.loglog(steps, both_sides, color=BLUE, label="from both sides")
axes.set(xlabel="step h", ylabel="error of the slope")
axes.legend()
show(figure, "Error of the slope against the step. Both curves fall as the step shrinks, then rise again. For steps above 1e-8 the error from both sides is smaller by orders of magnitude, and it is smallest near a step of 1e-5; for shorter steps the two are alike.")

# %% [markdown]
# Too large a step sees the curve bend; too small a step drowns in rounding. From both sides the error shrinks with h² instead of h, so there is a wide comfortable valley around 10⁻⁵ in float64; a step of 10⁻⁶, which we take, lies in it. float32 rounds 500 million times as coarsely: **gradients are checked in float64.**

# %% tags=["demo"]
tenths = np.full((100_000, 4), 0.1, np.float32)
print("float32:", tenths.sum(axis=0), "  float64:", tenths.sum(axis=0, dtype=np.float64))

# %% [markdown]
# Those are sums over 100,000 rows, as `unbroadcast` makes for a bias: along axis 0 NumPy adds one row after the other, and each addition rounds to seven digits. A network learns with that; a check would be misled.

# %% [markdown]
# ### 06.12 Slopes of a whole array
#
# Write the function that measures the slope of a number in every element of an array, from both sides.
#
# <details>
# <summary>Hints for 06.12</summary>
#
# `for place in np.ndindex(array.shape)` visits every element; `array[place]` reads and writes it.
#
# Remember the old value, and put it back before you go on: every element is moved alone.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-12-numerical-gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def numerical_gradient(function, array, eps=1e-6):
    """The gradient of a number with respect to an array, by central differences.

    Parameters
    ----------
    function : callable
        From an array of the shape of `array` to one number.
    array : numpy.ndarray of float64
        Where the gradient is wanted. Its elements are moved in place, one at a time, and `function` is called with it;
        afterwards it has its old values again.
    eps : float
        How far each element is moved, up and down.

    Returns
    -------
    numpy.ndarray of float64, of the shape of `array`
        In each place ``(f(x + eps) - f(x - eps)) / (2 eps)``, with that element alone moved.
    """
    ### BEGIN SOLUTION 06.12 numerical_gradient: move each element up and down and return the slopes
    slopes = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        value = array[place]
        array[place] = value + eps
        above = float(function(array))
        array[place] = value - eps
        below = float(function(array))
        array[place] = value
        slopes[place] = (above - below) / (2 * eps)
    return slopes
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-12-numerical-gradient", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("06.12", "numerical_gradient") as check:
    array = np.array([1.0, -2.0, 3.0])
    check.given(array=array, look="Is each element moved alone, in both directions?")
    squares = lambda values: (values**2).sum()
    check.equal("the gradient of the sum of squares", numerical_gradient(squares, array), [2.0, -4.0, 6.0], rtol=1e-4)
    exact = "Put the old number back, the remembered one: adding eps and subtracting it again rounds."
    check.unchanged("`array`", array, [1.0, -2.0, 3.0], look=exact)
    check.given(array=array, look="`function` may look at the array itself: is it moved in place?")
    check.equal("the gradient of a function that reads `array`", numerical_gradient(lambda _: (array**2).sum(), array), [2.0, -4.0, 6.0], rtol=1e-4)
    check.given(array=array, eps=0.5, look="(f(x + 0.5) - f(x - 0.5)) / (2 · 0.5) of a cube is 3x² + 0.25. Was each element moved up and down, by eps?")
    cubes = lambda values: (values**3).sum()
    check.equal("the gradient of the sum of cubes with steps of 0.5", numerical_gradient(cubes, array, eps=0.5), [3.25, 12.25, 27.25], rtol=1e-4)
    table = np.array([[1.0, 2.0], [3.0, 4.0]])
    check.given(array=table, look="The slope in one place may depend on the other places.")
    product = lambda values: values[0, 0] * values[1, 1] + values[0, 1]
    check.equal("the gradient of a[0, 0] * a[1, 1] + a[0, 1]", numerical_gradient(product, table), [[4.0, 1.0], [0.0, 1.0]], rtol=1e-4, atol=1e-5)
    moved = np.array([4.0])
    check.probe(lambda: (numerical_gradient(squares, moved, eps=0.5), moved))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    cubes = lambda values: (values**3).sum()
    check.equal("a cube at 0 with a coarse step", numerical_gradient(cubes, np.zeros(2), eps=0.5), [0.25, 0.25])
    check.equal("a cube at 2 with a coarse step", numerical_gradient(cubes, np.array([2.0]), eps=0.5), [12.25], dtype=np.float64)
    check.equal("of a single number", numerical_gradient(lambda value: np.exp(value), np.array(1.0)), math.e, rtol=1e-4)
    check.equal("of nothing", numerical_gradient(lambda values: values.sum(), np.zeros((0, 2))), np.zeros((0, 2)))
    held = np.arange(6.0).reshape(2, 3).T
    check.equal("of a transposed array", numerical_gradient(squares, held), 2 * held, rtol=1e-4, atol=1e-5)
    outer = np.array([1.0, 2.0])
    check.equal("of a function that reads the array itself", numerical_gradient(lambda _: (outer**2).sum(), outer), [2.0, 4.0], rtol=1e-4)
    ### END HIDDEN TESTS

# %% [markdown]
# Two tools are made of it. `gradcheck` compares your `backward` with measured slopes, for any function of tensors; it becomes part of the library. `check_rule` does it for one rule, and prints: the operation on plain arrays on one side, your rule on the other.

# %%
#| export
def gradcheck(function, inputs, eps=1e-6, rtol=1e-5, atol=1e-6):
    """Compare the gradients of `backward` with central differences.

    Parameters
    ----------
    function : callable
        From Tensors to one Tensor of any shape.
    inputs : Tensor or sequence of Tensor
        In float64 (TypeError otherwise). Those that require a gradient are checked; they and their `grad` are not changed.
    eps, rtol, atol : float
        The step of the differences, and the tolerances.

    Returns
    -------
    bool
        True. AssertionError otherwise, which says for which input, where, and both values.
    """
    inputs = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    for i, tensor in enumerate(inputs):
        if tensor.requires_grad and tensor.dtype != np.float64:
            raise TypeError(f"gradcheck: input {i} is {tensor.dtype}, where differences drown in rounding; use float64")
    copies = [Tensor(tensor.data.copy(), requires_grad=tensor.requires_grad) for tensor in inputs]
    result = function(*copies)
    weights = np.random.default_rng(0).normal(size=result.shape)
    result.backward(weights)
    for i, copy in enumerate(copies):
        if copy.requires_grad:
            plain = [Tensor(each.data) for each in copies]  # they share their arrays, and record nothing
            measured = numerical_gradient(lambda _: (function(*plain).data * weights).sum(), copy.data, eps)
            compare_gradients(i, copy, measured, rtol, atol)
    return True

# %% tags=["folded"]
#| exporti
def compare_gradients(i, tensor, measured, rtol, atol):
    """Raise AssertionError where the gradient of input `i` is not the measured one."""
    found = np.zeros(tensor.shape) if tensor.grad is None else tensor.grad
    wrong = ~np.isclose(found, measured, rtol=rtol, atol=atol, equal_nan=True)
    if wrong.any():
        place = tuple(int(k) for k in np.argwhere(wrong)[0])
        raise AssertionError(
            f"gradcheck: input {i} of shape {tensor.shape}, at {list(place)}: backward gives {found[place]:.8g}, "
            f"differences give {measured[place]:.8g}"
        )

# %%
def check_rule(forward, rule, *arrays):
    """Compare a rule with measured slopes and print the largest difference for each input; return the largest of all."""
    tensors = [Tensor(np.array(array, dtype=np.float64), requires_grad=True) for array in arrays]
    values = [tensor.data for tensor in tensors]
    result = record(Tensor(np.asarray(forward(*values))), rule(*tensors))
    weights, worst = np.random.default_rng(0).normal(size=result.shape), 0.0
    result.backward(weights)
    for i, tensor in enumerate(tensors):
        measured = numerical_gradient(lambda _: (forward(*values) * weights).sum(), tensor.data)
        difference = float(np.abs(measured - tensor.grad).max(initial=0.0))
        mark = "" if difference < 1e-5 else " <-- wrong"
        print(f"{type(result._grad_fn).__name__}, input {i} of shape {tensor.shape}: largest difference {difference:.1e}{mark}")
        worst = max(worst, difference)
    return worst

# %% tags=["demo"]
rng = np.random.default_rng(6)
left, right = rng.uniform(0.5, 2, (4, 1, 3)), rng.uniform(0.5, 2, (2, 1))
check_rule(np.add, AddBackward, left, right)
check_rule(np.subtract, SubBackward, left, right)
check_rule(np.multiply, MulBackward, left, right)
check_rule(np.divide, DivBackward, left, right)
worst = check_rule(np.power, PowBackward, left, right)

# %% [markdown]
# Differences around 10⁻⁹ or less are rounding. A wrong rule is off by about as much as its gradients are large. Break one of your rules on purpose and run the cell again: how much larger is its number now? In 06.28 the rules come broken, and the check is yours.

# %% [markdown]
# ## Part 6. Products, sums, shapes, picking (65 minutes)
#
# The matrix product does nearly all the work of a network, forward and back. In z = x @ W every number is a sum of products, so the multiplication rule has to be in it somewhere. Which matrix product adds up the right ones?

# %% [markdown]
# Let the shapes decide. x is (n, k), W is (k, m), so dL/dz is (n, m). The gradient of x has to be (n, k), made from dL/dz and W. Of all orders and transpositions only one fits: (n, m) times (m, k), that is `dL/dz @ W.T`. For W: (k, n) times (n, m), that is `x.T @ dL/dz`.

# %% tags=["demo"]
n, k, m = 2, 3, 4
x, W, grad_z = np.zeros((n, k)), np.zeros((k, m)), np.zeros((n, m))
print("x", x.shape, "W", W.shape, "  gradients", (grad_z @ W.T).shape, (x.T @ grad_z).shape)

# %% [markdown]
# In numbers: x = [1, 2], W = [[3], [4]], z = 1·3 + 2·4 = 11, and dL/dz = 10. If W₀ grows by 1, z grows by x₀ = 1, so dL/dW₀ = 10; dL/dW₁ = 20. And dL/dx = [30, 40]. In matrices: xᵀ · 10 and 10 · Wᵀ.

# %% [markdown]
# ### 06.13 Matrix products
#
# Write the rule. In front of the two matrix axes there may be batches: (5, n, k) times (5, k, m) multiplies five pairs of matrices, and each pair has gradients of its own. (If one side was stretched over the batch, `ask` adds up.) Each of the two costs as much as the product going forward: compute only what is wanted.
#
# <details>
# <summary>Hints for 06.13</summary>
#
# `array.T` reverses *all* axes; a batch wants only its last two exchanged: `array.swapaxes(-1, -2)`.
#
# </details>
#
# <details>
# <summary>The formula</summary>
#
# $dL/da = dL/dz \, b^T$ and $dL/db = a^T \, dL/dz$.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-13-matmul", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class MatmulBackward(Function):
    """z = a @ b   so   dL/da = dL/dz @ b.T   and   dL/db = a.T @ dL/dz.

    Shapes: a (…, n, k), b (…, k, m), z and grad_output (…, n, m): two axes at least, the ones in front are batches.
    """

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none: it is not computed."""
        ### BEGIN SOLUTION 06.13 MatmulBackward.apply: return the gradients of a and of b
        a, b = self.saved_tensors
        grad_a = grad_output @ b.data.swapaxes(-1, -2) if a.requires_grad else None
        grad_b = a.data.swapaxes(-1, -2) @ grad_output if b.requires_grad else None
        return grad_a, grad_b
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-13-matmul", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with Checks("06.13", "MatmulBackward.apply") as check:
    wanting = lambda array: Tensor(np.array(array), requires_grad=True)
    a, b, grad_output = wanting([[1.0, 2.0]]), wanting([[3.0], [4.0]]), np.array([[10.0]])
    check.given(a=a, b=b, grad_output=grad_output, look="Which product of these has the shape of the input?")
    grads = noted(MatmulBackward, a, b).apply(grad_output)
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    for name, grad in zip("ab", grads):
        check.is_a(f"the gradient of `{name}`", grad, np.ndarray, look="Rules compute with arrays. The array of a tensor is tensor.data.")
    check.equal("the gradient of `a`", grads[0], [[30.0, 40.0]])
    check.equal("the gradient of `b`", grads[1], [[10.0], [20.0]])
    fixed_a, fixed_b = Tensor(np.array([[1.0, 2.0]])), Tensor(np.array([[3.0], [4.0]]))
    check.given(a=a, b=fixed_b, grad_output=grad_output, look="`b` wants no gradient: b.requires_grad is False.")
    only_a = noted(MatmulBackward, a, fixed_b).apply(grad_output)
    check.is_a("the result where only `a` is wanted", only_a, (tuple, list), look="A tuple of two all the same: a gradient and None.")
    check.equal("the gradient of `a`", only_a[0], [[30.0, 40.0]])
    check.same("the gradient of `b`", only_a[1], None)
    check.given(a=fixed_a, b=b, grad_output=grad_output, look="`a` wants no gradient: a.requires_grad is False.")
    only_b = noted(MatmulBackward, fixed_a, b).apply(grad_output)
    check.is_a("the result where only `b` is wanted", only_b, (tuple, list), look="A tuple of two all the same: None and a gradient.")
    check.same("the gradient of `a`", only_b[0], None)
    check.equal("the gradient of `b`", only_b[1], [[10.0], [20.0]])
    a, b = wanting([[[1.0, 2.0]], [[3.0, 0.0]]]), wanting([[[1.0], [1.0]], [[2.0], [-1.0]]])  # (2, 1, 2) and (2, 2, 1)
    grad_output = np.array([[[10.0]], [[100.0]]])
    check.given(a=a, b=b, grad_output=grad_output, look="`.T` reverses all axes. Which two does a batch exchange? Each matrix of the batch has gradients of its own.")
    grads = noted(MatmulBackward, a, b).apply(grad_output)
    check.equal("the gradient of a batch `a`", grads[0], [[[10.0, 10.0]], [[200.0, -100.0]]])
    check.equal("the gradient of a batch `b`", grads[1], [[[10.0], [20.0]], [[300.0], [0.0]]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(9)
    a, b, grad_output = wanting(rng.normal(size=(5, 2, 3))), wanting(rng.normal(size=(5, 3, 4))), rng.normal(size=(5, 2, 4))
    kept = grad_output.copy()
    check.given(a=a, b=b, grad_output=grad_output, look="Each of the five products has gradients of its own.")
    grads = noted(MatmulBackward, a, b).apply(grad_output)
    check.equal("the gradient of a batch `a`, in its second matrix", grads[0][1], grad_output[1] @ b.data[1].T)
    check.equal("the gradients of all five", grads[1], np.stack([a.data[i].T @ grad_output[i] for i in range(5)]))
    check.unchanged("`grad_output`", grad_output, kept)
    single = [Tensor(t.data[0].astype(np.float32), requires_grad=True) for t in (a, b)]
    got = noted(MatmulBackward, *single).apply(kept[0].astype(np.float32))[0]
    check.equal("the gradient of `a` in float32", got, kept[0].astype(np.float32) @ single[1].data.T, dtype=np.float32)
    for one, two in [((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 2)), ((5, 3, 3), (3, 3)), ((1, 2, 3), (4, 3, 2)), ((3, 3), (3, 3))]:
        a, b = wanting(rng.normal(size=one)), wanting(rng.normal(size=two))
        grad_output = rng.normal(size=(a.data @ b.data).shape)
        grads = noted(MatmulBackward, a, b).apply(grad_output)
        check.equal(f"the gradient of `a` in {one} @ {two}", add_up(grads[0], one), add_up(np.einsum("...nm,...km->...nk", grad_output, b.data), one))
        check.equal(f"the gradient of `b` in {one} @ {two}", add_up(grads[1], two), add_up(np.einsum("...nk,...nm->...km", a.data, grad_output), two))
    unread = Tensor(np.array(np.nan), requires_grad=True)
    check.given(look="`b` wants no gradient, so the numbers of `a` are not there. Are they read?")
    got = noted(MatmulBackward, unread, fixed_b).apply(np.array([[10.0]]))[0]
    check.equal("the gradient of an `a` whose numbers are not there", got, [[30.0, 40.0]])
    ### END HIDDEN TESTS

# %% [markdown]
# What stands around it is given, and the next cell may be skipped: it is engineering around your rule. It sees to vectors, which NumPy treats as a row on the left and a column on the right, and to two shortcuts. When a whole batch meets a single matrix, its rows can be multiplied in one go; and a single row needs no matrix product for the weight's gradient: `*` does it faster.

# %% tags=["folded"]
#| exporti
def as_matrices(a, b, grad_output):
    """The arrays of a matrix product with two axes at least: vectors get theirs back, in the result too."""
    if a.ndim == 1:
        a, grad_output = a[None, :], np.expand_dims(grad_output, -1 if b.ndim == 1 else -2)
    if b.ndim == 1:
        b, grad_output = b[:, None], np.expand_dims(grad_output, -1)
    if b.ndim == 2 < a.ndim:  # one matrix for the whole batch
        rows = math.prod(a.shape[:-1])
        a, grad_output = a.reshape(rows, a.shape[-1]), grad_output.reshape(rows, grad_output.shape[-1])
    return a, b, grad_output


class AnyMatmulBackward(MatmulBackward):
    """z = a @ b for vectors, a single row, and batches: the rule of `MatmulBackward`, asked for matrices."""

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        want_a, want_b = (target is not None for target in self.next_functions)
        # Where no numbers are kept (Part 9) none are read either: any array of that shape will do.
        a, b = (t.data if t.shape == shape else np.empty(shape) for t, shape in zip(self.saved_tensors, self.shapes))
        left, right, grad_output = as_matrices(a, b, grad_output)
        one_row = left.shape[-2] == 1
        rule = MatmulBackward(Tensor(left, want_a), Tensor(right, want_b and not one_row))
        grad_a, grad_b = rule.apply(grad_output) if want_a or not one_row else (None, None)
        if want_b and one_row:
            grad_b = left.swapaxes(-1, -2) * grad_output
        if want_a and a.ndim > 2 == right.ndim:
            grad_a = grad_a.reshape(a.shape)
        return grad_a, grad_b[..., 0] if want_b and b.ndim == 1 else grad_b


def matmul_rule(a, b):
    """The note of a @ b."""
    a_axes, b_axes = a.data.ndim, b.data.ndim
    plain = b_axes > 1 < a_axes and not b_axes == 2 < a_axes and a.data.shape[-2] > 1
    return (MatmulBackward if plain else AnyMatmulBackward)(a, b)

# %% tags=["demo"]
for one, two in [((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((3,), (5, 3, 2)), ((3,), (3,))]:
    check_rule(np.matmul, matmul_rule, rng.normal(size=one), rng.normal(size=two))

# %% [markdown]
# ### 06.14 Sum
#
# Write the rule. The sum of [a₀, a₁, a₂] grows by 1 whenever one of them does. So if dL/dz = 7 arrives, *each* of them gets 7: what the sum squeezes together, its gradient spreads out. Sum and broadcasting are each other's way back. The numbers of a are not read: the constructor lets them go.
#
# <details>
# <summary>Hints for 06.14</summary>
#
# The shape of the input is in `self.shapes`. `a.sum(axis=1)` of a (2, 3) gives (2,). Before it can be stretched, the lost axis has to be there again: `np.expand_dims`.
#
# `np.broadcast_to(array, shape)` stretches without computing anything. With `axis=None` the gradient is a single number.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-14-sum", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class SumBackward(Function):
    """z = a.sum(axis): every element of a has the gradient of the sum that it went into.

    Shapes: a (…), z without the summed axes (or with size 1 there, if keepdims); the gradient has the shape of a.
    `axis` is None (all), an int or a tuple of ints; negative ones count from the end.
    """

    def __init__(self, a, axis=None, keepdims=False):
        super().__init__(a)
        self.saved_tensors, self.axis, self.keepdims = (), axis if a.ndim else None, keepdims

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.14 SumBackward.apply: return the gradient of a, stretched to its shape
        (shape,) = self.shapes
        if self.axis is not None and not self.keepdims:
            grad_output = np.expand_dims(grad_output, self.axis)
        return (np.broadcast_to(grad_output, shape),)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-14-sum", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.14", "SumBackward.apply") as check:
    table = ((2, 3),)  # the shapes of the inputs: one of (2, 3)
    check.given(shapes=table, axis=None, look="All six numbers went into the one sum. The numbers of the input are not there, its shape is: self.shapes.")
    grads = bare(SumBackward, shapes=table, axis=None, keepdims=False).apply(np.array(7.0, np.float32))
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.is_a("the gradient for axis=None", grads[0], np.ndarray, look="Rules compute with arrays, not with Tensors.")
    check.equal("the gradient for axis=None", grads[0], np.full((2, 3), 7.0))
    check.equal("the gradient for axis=None", grads[0], np.full((2, 3), 7.0), dtype=np.float32, look="Which dtype does np.ones give by itself?")
    check.given(shapes=table, axis=1, look="Row 0 was added up to one number, row 1 to another. Which axis is missing in grad_output?")
    grads = bare(SumBackward, shapes=table, axis=1, keepdims=False).apply(np.array([7.0, 8.0], np.float32))
    check.equal("the gradient for axis=1", grads[0], [[7.0, 7.0, 7.0], [8.0, 8.0, 8.0]])
    check.given(shapes=table, axis=0, look="Here each column was added up. Which axis is missing in grad_output?")
    grads = bare(SumBackward, shapes=table, axis=0, keepdims=False).apply(np.array([7.0, 8.0, 9.0], np.float32))
    check.equal("the gradient for axis=0", grads[0], [[7.0, 8.0, 9.0], [7.0, 8.0, 9.0]])
    check.given(shapes=table, axis=1, look="With keepdims nothing is missing.")
    grads = bare(SumBackward, shapes=table, axis=1, keepdims=True).apply(np.array([[7.0], [8.0]], np.float32))
    check.equal("the gradient for axis=1, keepdims=True", grads[0], [[7.0, 7.0, 7.0], [8.0, 8.0, 8.0]])
    check.given(shapes="((2, 3, 2),)", axis=(0, 2), look="`axis` may be a tuple: two axes are missing in grad_output.")
    grads = bare(SumBackward, shapes=((2, 3, 2),), axis=(0, 2), keepdims=False).apply(np.array([7.0, 8.0, 9.0], np.float32))
    check.equal("the gradient for axis=(0, 2)", grads[0], np.full((2, 3, 2), [[7.0], [8.0], [9.0]]))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    cube, weights = ((3, 3, 3),), np.random.default_rng(10).normal(size=(3, 3, 3))
    for axis in (0, 1, 2, -1, -2, (0, 1), (0, 2), (-1, 0), (0, 1, 2)):
        for keepdims in (False, True):
            grad_output = weights.sum(axis=axis, keepdims=keepdims)
            expected = np.broadcast_to(weights.sum(axis=axis, keepdims=True), (3, 3, 3))
            got = bare(SumBackward, shapes=cube, axis=axis, keepdims=keepdims).apply(grad_output)[0]
            check.equal(f"the gradient for axis={axis}, keepdims={keepdims}", got, expected)
    got = bare(SumBackward, shapes=cube, axis=None, keepdims=True).apply(np.full((1, 1, 1), 2.0))[0]
    check.equal("the gradient for axis=None, keepdims=True", got, np.full((3, 3, 3), 2.0))
    got = bare(SumBackward, shapes=((),), axis=None, keepdims=False).apply(np.array(3.0, np.float32))[0]
    check.equal("the gradient of a single number", got, 3.0, dtype=np.float32)
    ### END HIDDEN TESTS

# %% [markdown]
# The maximum is its brother: the gradient goes to the winner alone. Where several share the first place they share the gradient too, so that it adds up. Given:

# %% tags=["folded"]
#| export
class MaxBackward(Function):
    """z = a.max(axis): the gradient goes to the largest element; where several are, each gets an equal share."""

    def __init__(self, a, out, axis=None, keepdims=False):
        super().__init__(a)
        self.output, self.axis, self.keepdims = out.data, axis if a.ndim else None, keepdims

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        data, largest = self.saved_tensors[0].data, self.output
        if self.axis is not None and not self.keepdims:
            largest, grad_output = np.expand_dims(largest, self.axis), np.expand_dims(grad_output, self.axis)
        winners = (data == largest) | np.isnan(data)  # the maximum of anything with NaN is NaN
        shares = winners.sum(axis=self.axis, keepdims=True, dtype=data.dtype)
        return (winners * (grad_output / shares),)

# %% [markdown]
# Reshape, transpose and permute compute nothing: they move numbers. So their gradients are moved back. For `permute(2, 0, 1)`, axis 2 of the input has become axis 0. Which order undoes that?

# %% tags=["demo"]
order = (2, 0, 1)
moved = np.zeros((4, 5, 6)).transpose(order)
print("(4, 5, 6) becomes", moved.shape, "and, with the same order again,", moved.transpose(order).shape)

# %% [markdown]
# ### 06.15 Moving without computing
#
# Write the three rules: each moves the gradient back to where the numbers came from.
#
# <details>
# <summary>Hints for 06.15</summary>
#
# Exchanging two axes twice changes nothing. For permute, look for the order that puts axis `axes[i]` of the input back into its place.
#
# `np.argsort(axes)` is the inverse of an order of 0, 1, 2 …
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-15-moving", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class ReshapeBackward(Function):
    """z = a.reshape(…): the gradient is brought back to `self.original_shape`."""

    def __init__(self, a, original_shape):
        super().__init__(a)
        self.saved_tensors, self.original_shape = (), original_shape

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.15 ReshapeBackward.apply: return the gradient of a in a tuple
        return (grad_output.reshape(self.original_shape),)
        ### END SOLUTION


class TransposeBackward(Function):
    """z = a.transpose(dim0, dim1): the gradient gets the same two axes exchanged."""

    def __init__(self, a, dim0=None, dim1=None):
        super().__init__(a)
        if dim0 is None and dim1 is None:
            dim0, dim1 = (-2, -1) if a.ndim > 1 else (0, 0)
        self.saved_tensors, self.dim0, self.dim1 = (), dim0, dim1

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.15 TransposeBackward.apply: return the gradient of a in a tuple
        return (grad_output.swapaxes(self.dim0, self.dim1) if grad_output.ndim else grad_output,)
        ### END SOLUTION


class PermuteBackward(Function):
    """z = a.permute(*axes): axis axes[i] of a is axis i of z; the way back needs the inverse order."""

    def __init__(self, a, axes):
        super().__init__(a)
        self.saved_tensors, self.axes = (), tuple(axis % max(a.ndim, 1) for axis in axes)  # -1 is the last axis

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.15 PermuteBackward.apply: return the gradient of a in a tuple
        return (grad_output.transpose(np.argsort(self.axes)),)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-15-moving", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.15", "ReshapeBackward, TransposeBackward, PermuteBackward") as check:
    table = np.arange(6.0).reshape(2, 3)
    check.given(original_shape=(2, 3), grad_output=table.reshape(6), look="Which shape did the input have?")
    grads = bare(ReshapeBackward, original_shape=(2, 3)).apply(table.reshape(6))
    check.is_a("the result of ReshapeBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient of a reshape from (2, 3) to (6,)", grads[0], table)
    cube = np.arange(24.0).reshape(2, 3, 4)
    turned = cube.swapaxes(0, 1)
    check.given(dim0=0, dim1=1, grad_output=turned, look="Axes 0 and 1 were exchanged, axis 2 stayed. What undoes that?")
    grads = bare(TransposeBackward, dim0=0, dim1=1).apply(turned)
    check.is_a("the result of TransposeBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.is_a("the gradient of transpose(0, 1)", grads[0], np.ndarray, look="Rules compute with arrays, not with tensors.")
    check.same("the shape of the gradient of transpose(0, 1)", np.shape(grads[0]), (2, 3, 4))
    check.equal("the gradient of transpose(0, 1)", grads[0], cube)
    check.given(axes=(2, 0, 1), grad_output=cube.transpose(2, 0, 1), look="Which order of axes brings shape (4, 2, 3) back to (2, 3, 4)?")
    grads = bare(PermuteBackward, axes=(2, 0, 1)).apply(cube.transpose(2, 0, 1))
    check.is_a("the result of PermuteBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.same("the shape of the gradient of permute(2, 0, 1)", np.shape(grads[0]), (2, 3, 4))
    check.equal("the gradient of permute(2, 0, 1)", grads[0], cube)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    square = np.arange(27.0).reshape(3, 3, 3)
    for axes in [(0, 1, 2), (1, 2, 0), (0, 2, 1), (2, 1, 0), (2, 0, 1)]:
        got = bare(PermuteBackward, axes=axes).apply(square.transpose(axes))[0]
        check.equal(f"the gradient of permute{axes}, with all sizes the same", got, square)
    for dims in [(0, 2), (-1, 0), (1, 1), (2, 1), (-2, -1)]:
        got = bare(TransposeBackward, dim0=dims[0], dim1=dims[1]).apply(square.swapaxes(*dims))[0]
        check.equal(f"the gradient of transpose{dims}, with all sizes the same", got, square)
    got = bare(ReshapeBackward, original_shape=(2, 3, 4)).apply(cube.reshape(4, 6).T.copy().T)[0]
    check.equal("the gradient of a reshape whose memory is not in order", got, cube)
    check.equal("the gradient of a reshape from () to (1,)", bare(ReshapeBackward, original_shape=()).apply(np.array([3.0]))[0], 3.0)
    ### END HIDDEN TESTS

# %% [markdown]
# `z = a[key]` picks some elements. Each picked one gets the gradient of its copy; the others had no part in it: 0. And if one was picked twice? Part 4 said it already: a number that was used several times gets the **sum**. NumPy has a trap here:

# %% tags=["demo"]
grad, key, values = np.zeros(3), [0, 0, 2], [1.0, 10.0, 100.0]
grad[key] += values
print("grad[key] += values         ", grad)
grad = np.zeros(3)
np.add.at(grad, key, values)
print("np.add.at(grad, key, values)", grad)

# %% [markdown]
# `+=` with a list of places writes each place once, and the last one wins. `np.add.at` adds up. An embedding is the same thing in large: a table of word vectors, from which a sentence picks rows, some of them often. `add_at` is `np.add.at`, only faster where it can be, and `picks_once(key)` says when no place is picked twice: then `grad[key] = grad_output` would do, and the rule of slices below may use it. What is inside the two may be skipped.

# %% tags=["folded"]
#| exporti
def picks_once(key):
    """Whether `key` consists of integers, slices, None and `...` only, so that no element is picked several times."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(part is None or part is ... or isinstance(part, (slice, int, np.integer)) for part in parts)


def add_at(grad, key, values):
    """``np.add.at(grad, key, values)``: add `values` in place, also where `key` names a place several times."""
    if isinstance(key, np.ndarray) and key.dtype.kind in "iu" and key.size and grad.ndim == 2:
        # Rows by number, the usual case: three times as fast with a number for every single place.
        width = grad.shape[1]
        rows = key if key.min() >= 0 else key % len(grad)
        places = rows[..., None] * width + np.arange(width)
        np.add.at(grad.reshape(-1), places.reshape(-1), values.reshape(-1))
    else:
        np.add.at(grad, key, values)

# %% [markdown]
# ### 06.16 Picking
#
# Write the two rules: the gradients of what was picked, put back where they belong.
#
# <details>
# <summary>Hints for 06.16</summary>
#
# Begin with zeros in the shape of the input, `self.shapes[0]`, and in the dtype of `grad_output`.
#
# Then `add_at` with the key, or with the indices: its first argument is changed in place.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-16-picking", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class SliceBackward(Function):
    """z = a[key]: what was picked gets its gradient, several times if it was picked so; the rest gets 0.

    `key` is anything that NumPy accepts as an index.
    """

    def __init__(self, a, key):
        super().__init__(a)
        self.saved_tensors, self.key = (), key

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.16 SliceBackward.apply: return the gradient of a in a tuple
        grad = np.zeros(self.shapes[0], grad_output.dtype)
        if picks_once(self.key):  # assigning is faster than adding
            grad[self.key] = grad_output
        else:
            add_at(grad, self.key, grad_output)
        return (grad,)
        ### END SOLUTION


class EmbeddingBackward(Function):
    """z = weight[indices]: each row of the table gets the sum of the gradients of all places where it was used.

    Shapes: weight (V, D), indices S of integers (any shape), z and grad_output S + (D,). Negative indices count from
    the end.
    """

    def __init__(self, weight, indices):
        super().__init__(weight)
        self.saved_tensors = ()
        self.indices = np.asarray(indices.data if isinstance(indices, Tensor) else indices)

    def apply(self, grad_output):
        """The gradient of the table, in a tuple."""
        ### BEGIN SOLUTION 06.16 EmbeddingBackward.apply: return the gradient of the table in a tuple
        grad = np.zeros(self.shapes[0], grad_output.dtype)
        add_at(grad, self.indices, grad_output)
        return (grad,)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-16-picking", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.16", "SliceBackward and EmbeddingBackward") as check:
    four, table = ((4,),), ((3, 2),)  # the shapes of the inputs
    check.given(shapes=four, key="1:3", look="Elements 1 and 2 were picked, once each. The numbers of the input are not there, its shape is: self.shapes.")
    grads = bare(SliceBackward, shapes=four, key=slice(1, 3)).apply(np.array([5.0, 6.0], np.float32))
    check.is_a("the result of SliceBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.is_a("the gradient of a[1:3]", grads[0], np.ndarray, look="Rules compute with arrays, not with Tensors.")
    check.equal("the gradient of a[1:3]", grads[0], [0.0, 5.0, 6.0, 0.0])
    check.equal("the gradient of a[1:3]", grads[0], [0.0, 5.0, 6.0, 0.0], dtype=np.float32, look="Which dtype does np.zeros give by itself?")
    check.given(shapes=four, key="[0, 0, 2]", look="Element 0 was picked twice.")
    grads = bare(SliceBackward, shapes=four, key=np.array([0, 0, 2])).apply(np.array([5.0, 6.0, 7.0], np.float32))
    check.equal("the gradient of a[[0, 0, 2]]", grads[0], [11.0, 0.0, 7.0, 0.0])
    check.given(shapes=table, indices="[[2, 0], [2, 2]]", look="Row 2 was used three times, row 1 never.")
    grad_output = np.array([[[1.0, 2.0], [3.0, 4.0]], [[10.0, 20.0], [100.0, 200.0]]], np.float32)
    grads = bare(EmbeddingBackward, shapes=table, indices=np.array([[2, 0], [2, 2]])).apply(grad_output)
    check.is_a("the result of EmbeddingBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    expected = [[3.0, 4.0], [0.0, 0.0], [111.0, 222.0]]
    check.is_a("the gradient of the table", grads[0], np.ndarray, look="Rules compute with arrays, not with Tensors.")
    check.equal("the gradient of the table", grads[0], expected)
    check.equal("the gradient of the table", grads[0], expected, dtype=np.float32, look="Which dtype does np.zeros give by itself?")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    cube = np.arange(24.0).reshape(2, 3, 4)
    keys = [0, -1, (slice(None), 1), (..., 0), (None, 1), cube > 10, (np.array([0, 1, 1]), np.array([2, 0, 0])),
            np.array([[0, 1], [1, 1]]), (slice(None, None, 2), [0, 0]), (1, 2, 3), slice(None, None, -1)]  # fmt: skip
    for key in keys:
        grad_output = np.random.default_rng(12).normal(size=cube[key].shape)
        places, expected = np.arange(24).reshape(2, 3, 4)[key], np.zeros(24)
        for place, value in zip(np.ravel(places), np.ravel(grad_output)):
            expected[place] += value
        got = bare(SliceBackward, shapes=((2, 3, 4),), key=key).apply(grad_output)[0]
        check.equal(f"the gradient of a[{key}]", got, expected.reshape(2, 3, 4))
    rule = lambda indices: bare(EmbeddingBackward, shapes=table, indices=np.array(indices))
    got = rule([0, -1, 2]).apply(np.ones((3, 2), np.float64))[0]
    check.equal("the gradient of the table for indices 0, -1, 2", got, [[1.0, 1.0], [0.0, 0.0], [2.0, 2.0]], dtype=np.float64)
    check.equal("the gradient of the table for a single index", rule(1).apply(np.array([3.0, 4.0]))[0], [[0, 0], [3, 4], [0, 0]])
    ones = np.ones((2, 2), np.float32)
    check.equal("the gradient of the table for indices 1, 1", rule([1, 1]).apply(ones)[0], [[0, 0], [2, 2], [0, 0]])
    check.unchanged("`grad_output`", ones, [[1, 1], [1, 1]])
    got = bare(EmbeddingBackward, shapes=table, indices=np.zeros((0,), int)).apply(np.zeros((0, 2)))[0]
    check.equal("the gradient of the table for no index at all", got, np.zeros((3, 2)))
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 7. Activations and losses (65 minutes)
#
# In Module 02 you saw where these curves are steep and where they are flat. Now that steepness is needed as a number: it is the factor by which each of them multiplies the gradient on its way back.

# %% tags=["demo"]
points = np.linspace(-4, 4, 401)
figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
for activation, color, line in ((ReLU(), BLUE, "-"), (Sigmoid(), ORANGE, "--"), (Tanh(), GREEN, "-."), (GELU(), PINK, ":")):
    slope = np.gradient(activation(Tensor(points)).data, points)
    axes.plot(points, slope, line, color=color, label=type(activation).__name__)
axes.set(xlabel="x", ylabel="slope")
axes.legend()
show(figure, "The slopes of four activations. ReLU's jumps from 0 to 1 at 0. The sigmoid's is a low hill of height one quarter, that of tanh a hill of height 1. GELU's rises smoothly from 0 to 1, slightly below 0 on the left and above 1 on the right.")

# %% [markdown]
# Ten sigmoids in a row multiply a gradient by 0.25 ten times at best: a millionth is left. Ten ReLUs multiply it by 1, or by 0. That is a large part of why deep networks use ReLU.

# %% [markdown]
# ### 06.17 ReLU and sigmoid
#
# Write the two rules. Both read their *result*, which is in `self.output`, and not their input, whose array can go. The result of a ReLU is positive exactly where its input is. And for s = σ(a) the slope is s (1 − s). In numbers: at a = 0, s = 0.5 and the slope is 0.25. Compare with the picture.
#
# <details>
# <summary>Hints for 06.17</summary>
#
# Where is the slope of ReLU 1, where 0? At 0 itself any value between would do; PyTorch takes 0, and so do we.
#
# A comparison gives an array of True and False, which multiply as 1 and 0. Each gradient is `grad_output` times the slope, element by element.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-17-relu-sigmoid", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class ReLUBackward(Function):
    """z = max(a, 0): the gradient passes where `self.output`, the array of the result, is positive; elsewhere it is 0."""

    def __init__(self, a, out=None):
        super().__init__(a)
        self.saved_tensors, self.output = (), np.maximum(a.data, 0) if out is None else out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` and `self.output` are not changed."""
        ### BEGIN SOLUTION 06.17 ReLUBackward.apply: return the gradient of a in a tuple
        return (grad_output * (self.output != 0),)  # not `> 0`: so a NaN lets its gradient pass, as in PyTorch
        ### END SOLUTION


class SigmoidBackward(Function):
    """s = 1 / (1 + exp(-a)), whose slope is s (1 - s). `self.output` is the array of s."""

    def __init__(self, a, out):
        super().__init__(a)
        self.saved_tensors, self.output = (), out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` and `self.output` are not changed."""
        ### BEGIN SOLUTION 06.17 SigmoidBackward.apply: return the gradient of a in a tuple
        return (grad_output * self.output * (1 - self.output),)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-17-relu-sigmoid", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.17", "ReLUBackward and SigmoidBackward") as check:
    pair, double = "One gradient for each input, in a tuple.", "Everything that came in is float32. Which step makes float64?"
    output, grad_output = np.array([0.0, 2.0, 0.0, 0.5], np.float32), np.array([1.0, 2.0, 3.0, -4.0], np.float32)
    check.given(output=output, grad_output=grad_output, look="Where is `output` positive? What is the slope there, and elsewhere?")
    grads = bare(ReLUBackward, output=output).apply(grad_output)
    check.is_a("the result of ReLUBackward.apply", grads, (tuple, list), look=pair)
    check.is_a("the gradient of ReLU", grads[0], np.ndarray, look="Rules compute with arrays, not with Tensors.")
    check.equal("the gradient of ReLU", grads[0], [0.0, 2.0, 0.0, -4.0])
    check.equal("the gradient of ReLU", grads[0], [0.0, 2.0, 0.0, -4.0], dtype=np.float32, look=double)
    check.unchanged("in ReLUBackward.apply, `grad_output`", grad_output, [1.0, 2.0, 3.0, -4.0])
    output, grad_output = np.array([0.5, 0.75], np.float32), np.array([4.0, -8.0], np.float32)
    check.given(output=output, grad_output=grad_output, look="The slope is s (1 - s), and s is in self.output.")
    grads = bare(SigmoidBackward, output=output).apply(grad_output)
    check.is_a("the result of SigmoidBackward.apply", grads, (tuple, list), look=pair)
    check.is_a("the gradient of the sigmoid", grads[0], np.ndarray, look="Rules compute with arrays, not with Tensors.")
    check.equal("the gradient of the sigmoid", grads[0], [1.0, -1.5])
    check.equal("the gradient of the sigmoid", grads[0], [1.0, -1.5], dtype=np.float32, look=double)
    check.unchanged("in SigmoidBackward.apply, `grad_output`", grad_output, [4.0, -8.0])
    check.unchanged("in SigmoidBackward.apply, `self.output`", output, [0.5, 0.75])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(13)
    values, grad_output = np.maximum(rng.normal(size=(3, 4)), 0), np.arange(12.0).reshape(3, 4) - 6
    kept = values.copy()
    got = bare(ReLUBackward, output=values).apply(grad_output)[0]
    check.equal("the gradient of ReLU of (3, 4)", got, np.where(values > 0, grad_output, 0), dtype=np.float64)
    check.unchanged("the result of ReLU", values, kept)
    check.unchanged("`grad_output`", grad_output, np.arange(12.0).reshape(3, 4) - 6)
    large = bare(ReLUBackward, output=np.array([1e-30, 1e30]))
    check.equal("the gradient of ReLU for tiny and huge results", large.apply(np.array([3.0, 4.0]))[0], [3.0, 4.0])
    a, grad_output, step = rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), 1e-6
    s = 1 / (1 + np.exp(-a))
    slope = (1 / (1 + np.exp(-a - step)) - 1 / (1 + np.exp(-a + step))) / (2 * step)
    got = bare(SigmoidBackward, output=s).apply(grad_output)[0]
    check.equal("the gradient of the sigmoid of (3, 4)", got, grad_output * slope, rtol=1e-4, dtype=np.float64)
    check.unchanged("the result of the sigmoid", s, 1 / (1 + np.exp(-a)))
    ### END HIDDEN TESTS

# %% [markdown]
# The slope of t = tanh(a) is 1 − t², which also needs the result only. Given:

# %% tags=["folded"]
#| export
class TanhBackward(Function):
    """t = tanh(a), whose slope is 1 - t**2. `self.output` is the array of t."""

    def __init__(self, a, out):
        super().__init__(a)
        self.saved_tensors, self.output = (), out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        return (grad_output * (1 - self.output * self.output),)

# %% [markdown]
# ### 06.18 GELU
#
# Write the rule. GELU is a product of two things that both depend on a, and a chain inside: with $u = c\,(a + 0.044715\,a^3)$, $c = \sqrt{2/\pi}$ and $t = \tanh u$, it is $z = \tfrac12 a\,(1 + t)$.
#
# <details>
# <summary>Hints for 06.18</summary>
#
# First the product rule: the slope of a/2 times (1 + t), plus a/2 times the slope of t. Then the chain rule: the slope of t in a is $1 - t^2$ times the slope of u.
#
# </details>
#
# <details>
# <summary>The formula</summary>
#
# $dz/da = \tfrac12 (1 + t) + \tfrac12 a\,(1 - t^2)\,c\,(1 + 3 \cdot 0.044715\,a^2)$
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-18-gelu", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class GELUBackward(Function):
    """z = a/2 * (1 + tanh(u)) with u = sqrt(2/pi) * (a + 0.044715 a**3). Here the numbers of a are saved.

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", arXiv:1606.08415.
    """

    def apply(self, grad_output):
        """The gradient of a, in a tuple; no NaN for numbers up to 1e12 in size. The saved numbers are not changed."""
        ### BEGIN SOLUTION 06.18 GELUBackward.apply: return the gradient of a in a tuple
        # Beyond 20 the slope is 0 or 1 to the last digit, and a square could become too large for a float.
        a, scale = np.clip(self.saved_tensors[0].data, -20, 20), math.sqrt(2 / math.pi)
        cubic = a * a
        cubic *= scale * 0.044715
        t = np.tanh((cubic + scale) * a)
        cubic *= 3
        slope = (cubic + scale) * a
        slope *= 1 - t * t
        slope += t
        slope += 1
        slope *= 0.5
        slope *= grad_output
        return (slope,)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-18-gelu", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.18", "GELUBackward.apply") as check:
    a, grad_output = Tensor([0.0, 1.0, -1.0, 3.0], requires_grad=True), np.array([2.0, 1.0, -1.0, 3.0], np.float32)
    check.given(a=a, grad_output=grad_output, look="At 0 the slope is 0.5: only the first half of the product rule is left. And how much arrives there?")
    grads = bare(GELUBackward, a).apply(grad_output)
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.is_a("the gradient", grads[0], np.ndarray, look="Rules compute with arrays, not with Tensors.")
    check.equal("the gradient at 0", grads[0][0], 1.0)
    check.given(a=a, grad_output=grad_output, look="Two parts, by the product rule. In the second one: 1 - t², and the slope of u.")
    expected = [2 * 0.5, 1.082964, -1 * -0.082964, 3 * 1.011584]
    check.equal("the gradient", grads[0], expected, atol=1e-5)
    check.given(a=a, look="np.sqrt(2 / np.pi) is a float64; math.sqrt(2 / math.pi) is a Python number, which takes no part.")
    check.equal("the gradient", grads[0], expected, atol=1e-5, dtype=np.float32)
    check.unchanged("the saved array", a, [0.0, 1.0, -1.0, 3.0], look="The forward pass saved them, and others use them too. Which line writes into them?")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    gelu = lambda v: 0.5 * v * (1 + np.tanh(math.sqrt(2 / math.pi) * (v + 0.044715 * v**3)))
    values, grad_output = np.random.default_rng(15).normal(size=(3, 4)) * 2, np.arange(12.0).reshape(3, 4)
    slope = (gelu(values + 1e-6) - gelu(values - 1e-6)) / 2e-6
    kept = values.copy()
    check.given(look="Is every factor there, grad_output too?")
    got = bare(GELUBackward, Tensor(values, requires_grad=True)).apply(grad_output)[0]
    check.equal("the gradient of (3, 4) in float64", got, grad_output * slope, rtol=1e-4, dtype=np.float64)
    check.unchanged("the input", values, kept)
    check.unchanged("`grad_output`", grad_output, np.arange(12.0).reshape(3, 4))
    huge = bare(GELUBackward, Tensor([1e12, -1e12], requires_grad=True)).apply(np.ones(2, np.float32))[0]
    check.equal("the gradient at 1e12 and -1e12, in float32", huge, [1.0, 0.0], look="Which powers of such a number are infinite?")
    ### END HIDDEN TESTS

# %% [markdown]
# Softmax is the first activation whose outputs depend on *all* inputs of a row: if one probability rises, the others fall. With s = softmax(a), the slope of sᵢ in aⱼ is sᵢ (1 − sᵢ) for i = j and −sᵢ sⱼ otherwise. Every sᵢ passes its share back, so add up over i. With gᵢ for dL/dsᵢ:
#
# $$\frac{dL}{da_j} = g_j\, s_j - \sum_i g_i\, s_i\, s_j = s_j\Big(g_j - \sum_i g_i\, s_i\Big)$$

# %% [markdown]
# In words: subtract from each gradient the average of the row's gradients, weighted by the probabilities; then multiply by the probability. Two classes, s = [0.25, 0.75], gradients [4, 0]: the average is 1, so [0.25 · 3, 0.75 · (−1)] = [0.75, −0.75]. They add up to 0, because the probabilities always add up to 1.

# %% [markdown]
# ### 06.19 Softmax
#
# Write the rule for the axis `self.dim`.
#
# <details>
# <summary>Hints for 06.19</summary>
#
# The average is a sum along `self.dim`, for each row its own: keep the axis, so that it broadcasts.
#
# The formula is the one above, with `self.output` for s and `grad_output` for dL/ds.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-19-softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class SoftmaxBackward(Function):
    """s = softmax(a) along the axis `self.dim`   so   dL/da = s * (dL/ds - sum(dL/ds * s)), the sum along that axis."""

    def __init__(self, a, out, dim=-1):
        super().__init__(a)
        self.saved_tensors, self.output, self.dim = (), out.data, dim

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` and `self.output` are not changed."""
        ### BEGIN SOLUTION 06.19 SoftmaxBackward.apply: return the gradient of a in a tuple
        grad = grad_output * self.output
        grad -= self.output * grad.sum(axis=self.dim, keepdims=True)
        return (grad,)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-19-softmax", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.19", "SoftmaxBackward.apply") as check:
    output, grad_output = np.array([[0.25, 0.75], [0.5, 0.5]], np.float32), np.array([[4.0, 0.0], [1.0, 3.0]], np.float32)
    rule = bare(SoftmaxBackward, output=output, dim=-1)
    check.given(output=output, grad_output=grad_output, look="Each row has a weighted average of its own: does it line up with its row?")
    grads = rule.apply(grad_output)
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.is_a("the gradient", grads[0], np.ndarray, look="Rules compute with arrays, not with Tensors.")
    check.equal("the gradient", grads[0], [[0.75, -0.75], [-0.5, 0.5]], dtype=np.float32, dtype_look="Everything that came in is float32. Which step makes float64?")
    check.unchanged("`grad_output`", grad_output, [[4.0, 0.0], [1.0, 3.0]])
    check.unchanged("`self.output`", rule.output, [[0.25, 0.75], [0.5, 0.5]], look="The forward pass handed it out, and others use it too. Which line writes into it?")
    rule = bare(SoftmaxBackward, output=output.T.copy(), dim=0)
    check.given(output=rule.output, grad_output=grad_output.T, dim=0, look="Here the probabilities of a column add up to 1.")
    check.equal("the gradient for dim=0", rule.apply(grad_output.T.copy())[0], [[0.75, -0.5], [-0.75, 0.5]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(16)
    a, grad_output = rng.normal(size=(3, 3, 3)), rng.normal(size=(3, 3, 3))
    for dim in (-1, 0, 1, 2, -2):
        s = np.exp(a) / np.exp(a).sum(axis=dim, keepdims=True)
        table, rows = np.moveaxis(s, dim, -1), np.moveaxis(grad_output, dim, -1)
        slopes = table[..., :, None] * (np.eye(3) - table[..., None, :])
        expected = np.moveaxis((slopes @ rows[..., None])[..., 0], -1, dim)
        got = bare(SoftmaxBackward, output=s, dim=dim).apply(grad_output)[0]
        check.equal(f"the gradient for dim={dim}", got, expected, dtype=np.float64)
    check.unchanged("the result", s, np.exp(a) / np.exp(a).sum(axis=-2, keepdims=True))
    ### END HIDDEN TESTS

# %% [markdown]
# The losses come last going forward and first going back. `grad_output` is a single number, usually 1: the slope of the loss in itself. Both losses below are *means* over all n values of the predictions, so every gradient carries a factor 1/n.

# %% [markdown]
# ### 06.20 Mean squared error
#
# Write the rule. For one value, $(p - t)^2$ has the slope $2(p - t)$ in p, and minus that in t. Targets are data most of the time; but somebody may pull two networks towards each other, and then both get a gradient.
#
# <details>
# <summary>Hints for 06.20</summary>
#
# n is `pred.data.size`. Do not forget `grad_output`: somebody may write `loss * 2`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-20-mse", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class MSEBackward(Function):
    """L = mean((p - t)**2) over all values of the predictions p. The targets t may want a gradient too: minus that of p.

    Shapes: p and t the same, L and grad_output ().
    """

    def apply(self, grad_output):
        """The gradients of the predictions and of the targets; for one that wants none it may be None."""
        ### BEGIN SOLUTION 06.20 MSEBackward.apply: return the gradients of the predictions and of the targets
        pred, target = self.saved_tensors
        grad = (pred.data - target.data) * (grad_output * (2 / pred.data.size))
        return grad if pred.requires_grad else None, -grad if target.requires_grad else None
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-20-mse", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.20", "MSEBackward.apply") as check:
    pred, target = Tensor([[3.0, 1.0], [0.0, 2.0]], requires_grad=True), Tensor([[1.0, 3.0], [0.0, -2.0]])
    check.given(pred=pred, target=target, grad_output=1.0, look="What is the slope of (p - t)² in p? And of a mean over four values?")
    grads = noted(MSEBackward, pred, target).apply(np.array(1.0, np.float32))
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.same("how many gradients are in the tuple", len(grads), 2, look="One for each input, in order.")
    check.is_a("the gradient of the predictions", grads[0], np.ndarray, look="Rules compute with arrays, not with Tensors.")
    check.equal("the gradient of the predictions", grads[0], [[1.0, -1.0], [0.0, 2.0]], dtype=np.float32)
    pred, wanting = Tensor([3.0, 1.0], requires_grad=True), Tensor([1.0, 2.0], requires_grad=True)
    check.given(pred=pred, target=wanting, grad_output=2.0, look="Somebody wrote `loss * 2`, and the targets want a gradient, too. Does it reach both?")
    grads = noted(MSEBackward, pred, wanting).apply(np.array(2.0, np.float32))
    check.equal("the gradient of the predictions", grads[0], [4.0, -2.0])
    check.equal("the gradient of the targets", grads[1], [-4.0, 2.0], look="If t grows, does p - t grow or shrink?")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(17)
    p, t = rng.uniform(0.1, 0.9, (3, 4)), rng.uniform(0, 1, (3, 4))
    pred, target = Tensor(p, requires_grad=True), Tensor(t, requires_grad=True)
    check.given(look="Is n the number of all values? Is grad_output there?")
    grads = noted(MSEBackward, pred, target).apply(np.array(3.0))
    check.equal("the gradient of (3, 4) predictions, arriving gradient 3", grads[0], 6 * (p - t) / 12, dtype=np.float64)
    check.equal("the gradient of the targets", grads[1], -6 * (p - t) / 12, dtype=np.float64)
    check.unchanged("the predictions", pred, np.random.default_rng(17).uniform(0.1, 0.9, (3, 4)))
    number = noted(MSEBackward, Tensor(2.0, requires_grad=True), Tensor(0.5)).apply(np.array(1.0, np.float32))[0]
    check.equal("the gradient of a single number", number, 3.0)
    ### END HIDDEN TESTS

# %% [markdown]
# Binary cross-entropy goes the same way. For one value, $-t\log p - (1-t)\log(1-p)$ has the slope
#
# $$-\frac tp + \frac{1-t}{1-p} = \frac{p - t}{p\,(1-p)}.$$
#
# At p = 0 or p = 1 that would divide by 0, so p (1 − p) counts as 10⁻¹² at least. Given:

# %% tags=["folded"]
#| export
class BCEBackward(Function):
    """L = mean(-(t log p + (1 - t) log(1 - p))) over all values of the predictions p, probabilities.

    In the gradient p (1 - p) counts as 1e-12 at least, as in PyTorch, so that p = 0 and p = 1 divide by no zero.
    The targets are data: their gradient is None, and wanting one is a ValueError.
    """

    def __init__(self, pred, target):
        if target.requires_grad:
            raise ValueError("BinaryCrossEntropyLoss: the targets are data and get no gradient")
        super().__init__(pred, target)

    def apply(self, grad_output):
        """The gradient of the predictions, and None."""
        pred, target = (tensor.data for tensor in self.saved_tensors)
        bounded = np.maximum(pred * (1 - pred), 1e-12)
        return (pred - target) / bounded * (grad_output / pred.size), None

# %% [markdown]
# Cross-entropy takes logits, turns them into probabilities and takes −log of the right one. Two rules in a row would divide by a probability that may be 0. Done in one, the logarithm and the exponential cancel:
#
# $$L = -\log\frac{e^{a_t}}{\sum_k e^{a_k}} = -a_t + \log\sum_k e^{a_k}, \qquad \frac{dL}{da_j} = -[j = t] + \frac{e^{a_j}}{\sum_k e^{a_k}}$$
#
# where [j = t] is 1 for the right class and 0 for the others: a one-hot row. For a mean over n rows that leaves the most beautiful rule of the course:
#
# $$\frac{dL}{da} = \frac1n\,\big(\text{softmax}(a) - \text{onehot}(t)\big)$$
#
# *What you said, minus what was right.*

# %% [markdown]
# One helper: `powers_of(self)` gives the pair (exponentials, sums of the rows), each row shifted by its maximum so that nothing overflows. Call it once. You may also begin with `self.saved_tensors[0].data` and do without it.
#
# What is inside may be skipped: it saves milliseconds. Going forward the loss has computed these exponentials already, and may leave them for the rule.

# %% tags=["folded"]
#| exporti
def powers_of(node):
    """The exponentials of the logits of `node`, each row shifted by its maximum, and their sums with keepdims.

    The array of exponentials is nobody else's: it may be changed. `node.left` is what the loss left, for the first pass.
    """
    left, node.left = node.left, None
    logits = node.saved_tensors[0]
    if left is not None and left[0] is logits:
        return left[1:]
    powers = logits.data - logits.data.max(axis=1, keepdims=True)
    np.exp(powers, out=powers)
    return powers, powers.sum(axis=1, keepdims=True)

# %% [markdown]
# ### 06.21 Cross-entropy
#
# Write the rule. One row with logits [0, 0] and the right class 0: softmax is [0.5, 0.5], minus [1, 0] gives [−0.5, 0.5].
#
# <details>
# <summary>Hints for 06.21</summary>
#
# Softmax is the exponentials divided by their sums. `powers_of(self)` gives both.
#
# `grad[np.arange(n), target]` are the right classes of the n rows; an index is an array, and the array of a Tensor is `tensor.data`. Then 1/n, and `grad_output`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-21-cross-entropy", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class CrossEntropyBackward(Function):
    """L = mean(-log softmax(a)[target])   so   dL/da = (softmax(a) - onehot(target)) / n, for n rows.

    Shapes: logits a (n, C), target (n,) integers, L and grad_output (). The targets are data: their gradient is None.
    """

    left = None  # what the loss leaves for `powers_of`

    def apply(self, grad_output):
        """The gradient of the logits, and None. The saved logits are not changed."""
        ### BEGIN SOLUTION 06.21 CrossEntropyBackward.apply: return the gradient of the logits, and None
        grad, sums = powers_of(self)
        rows, target = len(grad), self.saved_tensors[1].data
        share = grad_output / rows
        grad *= share / sums
        grad[np.arange(rows), target] -= share
        return grad, None
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-21-cross-entropy", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("06.21", "CrossEntropyBackward.apply") as check:
    logits, target = Tensor([[0.0, 0.0], [math.log(3), 0.0]], requires_grad=True), Tensor(np.array([0, 1]))
    check.given(logits=logits, target=target, grad_output=2.0, look="Softmax minus one-hot, the mean over the rows, and grad_output. Is every index an array?")
    grads = bare(CrossEntropyBackward, logits, target).apply(np.array(2.0, np.float32))
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.same("how many gradients are in the tuple", len(grads), 2, look="One for each input, in order.")
    check.is_a("the gradient of the logits", grads[0], np.ndarray, look="Rules compute with arrays, not with Tensors.")
    check.equal("the gradient of the logits", grads[0], [[-0.5, 0.5], [0.75, -0.75]], dtype=np.float32)
    own = "The forward pass saved them, and others use them too. Which line writes into them?"
    check.unchanged("the saved logits", logits, [[0.0, 0.0], [math.log(3), 0.0]], look=own)
    check.same("the gradient of the targets: they are data", grads[1], None)
    check.given(logits="[[1000, 0]]", look="What is exp(1000)?")
    large = bare(CrossEntropyBackward, Tensor([[1000.0, 0.0]], requires_grad=True), Tensor(np.array([1])))
    check.equal("the gradient of large logits", large.apply(np.array(1.0, np.float32))[0], [[1.0, -1.0]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(18)
    values, classes = rng.normal(size=(5, 4)) * 3, np.array([3, 0, 0, 2, 1])
    kept = values.copy()
    check.given(look="Is n the number of rows? Is grad_output there?")
    grads = bare(CrossEntropyBackward, Tensor(values, requires_grad=True), Tensor(classes)).apply(np.array(-2.0))
    expected = -2 * (np.exp(values) / np.exp(values).sum(axis=1, keepdims=True) - np.eye(4)[classes]) / 5
    check.equal("the gradient of (5, 4), arriving gradient -2", grads[0], expected, dtype=np.float64)
    check.unchanged("the logits", values, kept)
    mixed = bare(CrossEntropyBackward, Tensor([[1000.0, -1000.0], [0.0, 0.0]], requires_grad=True), Tensor(np.array([0, 0])))
    check.given(look="Each row has a maximum of its own.")
    check.equal("the gradient of [1000, -1000] and [0, 0]", mixed.apply(np.array(1.0, np.float32))[0], [[0.0, 0.0], [-0.25, 0.25]])
    ### END HIDDEN TESTS

# %% tags=["demo"]
values = rng.normal(size=(4, 3))
sigmoid = lambda a: 1 / (1 + np.exp(-a))
check_rule(lambda a: np.maximum(a, 0), ReLUBackward, values)
check_rule(sigmoid, lambda a: SigmoidBackward(a, Tensor(sigmoid(a.data))), values)
check_rule(np.tanh, lambda a: TanhBackward(a, Tensor(np.tanh(a.data))), values)
check_rule(lambda p, t: ((p - t) ** 2).mean(), MSEBackward, values, rng.normal(size=(4, 3)))
chances, truth = rng.uniform(0.1, 0.9, (4, 3)), rng.integers(0, 2, (4, 3))
entropy = lambda p: -np.where(truth == 1, np.log(p), np.log(1 - p)).mean()
worst = check_rule(entropy, lambda p: BCEBackward(p, Tensor(truth)), chances)

# %% tags=["demo"]
logits, classes = rng.normal(size=(4, 3)), np.array([0, 2, 1, 1])
softmax = lambda a: np.exp(a) / np.exp(a).sum(axis=-1, keepdims=True)
check_rule(softmax, lambda a: SoftmaxBackward(a, Tensor(softmax(a.data))), logits)
check_rule(
    lambda a: -np.log(softmax(a)[np.arange(4), classes]).mean(),
    lambda a: CrossEntropyBackward(a, Tensor(classes)),
    logits,
)
worst = check_rule(lambda a: GELU()(Tensor(a)).data, GELUBackward, logits)

# %% [markdown]
# ## Part 8. Switching it on (35 minutes)
#
# `add(a, b)` works, but nobody wants to write `add(mul(x, w), b)`, and your Linear layer says `x.matmul(W) + b`. All of it should record itself. Rewriting Modules 01, 02 and 04 would copy their code, and copies drift apart. So the methods are **wrapped**: the new `__mul__` calls the old one, and then takes the note.

# %% [markdown]
# ```mermaid
# flowchart LR
#     accTitle: A wrapped method
#     accDescr: The new method calls the old one from Module 01, makes a note with MulBackward if an input requires a gradient, and returns the result.
#     call["x * w"] --> new["new __mul__"]
#     new --> old["your __mul__ from Module 01"]
#     old --> result
#     new -- "does x or w require a gradient?" --> note["MulBackward(x, w)"]
#     note --> result
# ```
#
# Sometimes no notes are wanted: when a trained network only answers, or when weights are updated. `no_grad` is a switch for that.

# %%
#| export
class no_grad(ContextDecorator):
    """Nothing is recorded inside: ``with no_grad(): …``, or ``@no_grad()`` above a function. May be nested."""

    depth = 0

    def __enter__(self):
        no_grad.depth += 1
        return self

    def __exit__(self, *error):
        no_grad.depth -= 1

# %% [markdown]
# In `x * 3` the other side is not a Tensor. The rule wants one, so it becomes one; a plain number takes the dtype of x, or a float32 network would turn into float64 behind your back.

# %%
#| exporti
def constant(value, like):
    """The other operand of an operator as a Tensor. A number takes the dtype of the tensor `like`, an array has its own."""
    if isinstance(value, (np.ndarray, list, tuple)):
        return Tensor(value)
    return Tensor(np.array(value, like.data.dtype))

# %% [markdown]
# ### 06.22 The wrapper
#
# Write the new method around the old one. Three kinds of results need no note from you: `NotImplemented`, with which a method tells Python to try the other operand; everything inside `no_grad` (`no_grad.depth` is above 0); and a result that requires a gradient already, because the old method is itself composed of recorded operations.
#
# <details>
# <summary>Hints for 06.22</summary>
#
# First call `forward(self, other)`, once. Everything else happens to its result.
#
# `isinstance(other, Tensor)`; `constant(other, self)`; does one of the two require a gradient? Then `record`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-22-tracked", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def tracked(forward, rule):
    """`forward`, an operation on two tensors, with recording added.

    Parameters
    ----------
    forward : function
        The method as it is: ``forward(a, b)`` returns the result, or NotImplemented.
    rule : type
        The Function of the operation: ``rule(a, b)`` makes the note.

    Returns
    -------
    function
        ``method(self, other)``: calls `forward` once and returns its result, NotImplemented too. The result is recorded
        if one of the two tensors requires a gradient, unless it does so already or `no_grad` is on. An operand that is
        not a Tensor becomes one by `constant`, for the note.
    """

    def method(self, other):
        ### BEGIN SOLUTION 06.22 tracked: call forward, record the result where it has to be, return it
        result = forward(self, other)
        if no_grad.depth or result is NotImplemented or result.requires_grad:
            return result
        if not isinstance(other, Tensor):
            if not self.requires_grad:
                return result
            other = constant(other, self)
        if self.requires_grad or other.requires_grad:
            record(result, rule(self, other))
        return result
        ### END SOLUTION

    return method

# %% tags=["folded"]
def simple_record(result, node):
    """A stand-in for record, for tests."""
    result._grad_fn, result.requires_grad = node, True
    return result


def minus(self, other):
    """A stand-in for a method of Module 01, for tests, which counts its calls."""
    minus.calls += 1
    if isinstance(other, str):
        return NotImplemented
    return Tensor(self.data - (other.data if isinstance(other, Tensor) else np.asarray(other, self.data.dtype)))

# %% nbgrader={"grade": true, "grade_id": "test-06-22-tracked", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with Checks("06.22", "tracked") as check, check.using(record=simple_record):
    class Pair(Answer):
        def __init__(self, *inputs):
            super().__init__((), ())
            self.saved_tensors = inputs

    minus.calls, method = 0, tracked(minus, Pair)
    a, b = Tensor([5.0], requires_grad=True), Tensor([2.0])
    check.given(a=a, b=b, look="`a` requires a gradient, so the result needs a note: rule(a, b).")
    result = method(a, b)
    check.equal("the result", result, [3.0])
    check.same("how often the old method was called", minus.calls, 1)
    check.probe(lambda: type(method(a, a)._grad_fn))
    check.is_a("the note of the result", result._grad_fn, Pair)
    check.same("what the note was made of", [called(t, a=a, b=b) for t in result._grad_fn.saved_tensors], ["a", "b"])
    check.same("requires_grad of the result", result.requires_grad, True)
    check.given(a=b, b=a, look="Only the second one requires a gradient: data times a weight, for example.")
    check.is_a("the note of the result", method(b, a)._grad_fn, Pair)
    check.given(a=b, b=b, look="Neither of the two requires a gradient.")
    check.true("a note was made although neither input requires a gradient", method(b, b)._grad_fn is None)
    check.given(look="3.0 is not a Tensor yet.")
    added = method(a, 3.0)._grad_fn.saved_tensors[1]
    check.is_a("the constant in the note", added, Tensor)
    check.same("its dtype", str(added.data.dtype), "float32")
    check.given(look="`no_grad.depth` says how many `no_grad` the result is made inside of.")
    with no_grad():
        check.true("a note was made inside no_grad", method(a, b)._grad_fn is None)
        with no_grad():
            check.true("a note was made inside a second no_grad", method(a, b)._grad_fn is None)
    check.given(look="The old method returns NotImplemented for what it does not know. Is it asked first, and passed on?")
    check.same("the result where the old method gives up", called(method(a, "two"), NotImplemented=NotImplemented), "NotImplemented")
    check.given(look="What if the old method's result has a note already?")
    inner = result_of(Triple(a))
    note = inner._grad_fn
    composed = tracked(lambda self, other: inner, Pair)(a, b)
    check.same("a result that has a note already", (called(composed, inner=inner), called(inner._grad_fn, its_note=note)), ("inner", "its_note"))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    back = method(b, a)._grad_fn.saved_tensors
    check.same("what the note of b - a was made of", [called(t, a=a, b=b) for t in back], ["b", "a"])
    check.equal("the constant", method(a, 3.0)._grad_fn.saved_tensors[1], 3.0, dtype=np.float32)
    double = Tensor(np.array([5.0]), requires_grad=True)
    check.same("the constant's dtype beside a float64", str(method(double, 3.3)._grad_fn.saved_tensors[1].data.dtype), "float64")
    with no_grad():
        quiet = method(a, b)
    check.same("note and requires_grad inside no_grad", (quiet._grad_fn, quiet.requires_grad), (None, False))
    with no_grad(), no_grad():
        check.same("the note inside no_grad inside no_grad", method(a, b)._grad_fn, None)
    check.is_a("the note after no_grad", method(a, b)._grad_fn, Pair)
    check.same("the note of a result that is the input itself", tracked(lambda self, other: self, Pair)(a, b)._grad_fn, None)
    minus.calls = 0
    method(b, 3.0), method(b, b)
    check.same("how often the old method was called", minus.calls, 2)
    check.same("the note of a constant minus a number", method(b, 3.0)._grad_fn, None)
    ### END HIDDEN TESTS

# %% [markdown]
# The other wrappers are variations: operators from the right, methods of one tensor with settings, and the `forward` of activations and losses. Then the tables: which method gets which rule. All of it is given and may be skipped. If you look inside, look with one question: which entry must exist for `2 - x`?

# %% tags=["folded"]
#| exporti
def tracked_from_right(forward, rule):
    """The same for ``2 - x``, which calls ``x.__rsub__(2)``: the rule wants the two in order."""
    return tracked(forward, lambda self, other: rule(other, self))


def tracked_one(forward, rule):
    """The same for an operation on one tensor with settings: ``rule(x, result, *settings)`` makes the note."""

    def method(self, *args, **kwargs):
        result = forward(self, *args, **kwargs)
        if self.requires_grad and not no_grad.depth and not result.requires_grad:
            record(result, rule(self, result, *args, **kwargs))
        return result

    return method

# %% tags=["folded"]
#| exporti
def tracked_layer(forward, rule):
    """The same for the `forward` of an activation or a loss: ``rule(layer, *tensors, result)`` makes the note."""

    def method(self, *tensors, **named):
        result = forward(self, *tensors, **named)
        tensors += tuple(named.values())
        if not no_grad.depth and not result.requires_grad and any([tensor.requires_grad for tensor in tensors]):
            record(result, rule(self, *tensors, result))
        return result

    return method

# %% tags=["folded"]
#| exporti
def operators():
    """The operators on two tensors: the method of Tensor, how it is wrapped, and its rule."""
    rules = {"add": AddBackward, "sub": SubBackward, "mul": MulBackward, "truediv": DivBackward, "pow": PowBackward}
    for name, rule in rules.items():
        yield f"__{name}__", tracked, rule
        yield f"__r{name}__", tracked_from_right, rule
    yield "matmul", tracked, matmul_rule

# %% tags=["folded"]
#| exporti
def plain_key(key):
    """An index with arrays in place of Tensors and lists."""
    if isinstance(key, tuple):
        return tuple(plain_key(part) for part in key)
    if isinstance(key, Tensor):
        return key.data
    return np.asarray(key, dtype=None if key else int) if isinstance(key, list) else key


def plain_axes(axes):
    """The axes of ``permute(2, 0, 1)`` and ``permute((2, 0, 1))`` alike."""
    return tuple(axes[0]) if len(axes) == 1 and isinstance(axes[0], (tuple, list)) else axes

# %% tags=["folded"]
#| exporti
METHODS = [
    (Tensor, "__neg__", lambda x, out: NegBackward(x)),
    (Tensor, "exp", lambda x, out: ExpBackward(x, out)),
    (Tensor, "log", lambda x, out: LogBackward(x)),
    (Tensor, "sqrt", lambda x, out: SqrtBackward(x, out)),
    (Tensor, "sum", lambda x, out, axis=None, keepdims=False: SumBackward(x, axis, keepdims)),
    (Tensor, "max", lambda x, out, axis=None, keepdims=False: MaxBackward(x, out, axis, keepdims)),
    (Tensor, "__getitem__", lambda x, out, key: SliceBackward(x, plain_key(key))),
    (Tensor, "reshape", lambda x, out, *shape: ReshapeBackward(x, x.shape)),
    (Tensor, "transpose", lambda x, out, dim0=None, dim1=None: TransposeBackward(x, dim0, dim1)),
    (Tensor, "permute", lambda x, out, *axes: PermuteBackward(x, plain_axes(axes))),
]

# %% tags=["folded"]
#| exporti
def with_left(node, loss):
    """`node`, with what the forward pass of `loss` left for it, if it left anything."""
    node.left = vars(loss).pop("left", None)
    return node

# %% tags=["folded"]
#| exporti
LAYERS = [
    (ReLU, "forward", lambda layer, x, out: ReLUBackward(x, out)),
    (Sigmoid, "forward", lambda layer, x, out: SigmoidBackward(x, out)),
    (Tanh, "forward", lambda layer, x, out: TanhBackward(x, out)),
    (GELU, "forward", lambda layer, x, out: GELUBackward(x)),
    (Softmax, "forward", lambda layer, x, out: SoftmaxBackward(x, out, layer.dim)),
    (MSELoss, "forward", lambda loss, pred, target, out: MSEBackward(pred, target)),
    (BinaryCrossEntropyLoss, "forward", lambda loss, pred, target, out: BCEBackward(pred, target)),
    (CrossEntropyLoss, "forward", lambda loss, pred, target, out: with_left(CrossEntropyBackward(pred, target), loss)),
]

# %% [markdown]
# `wrap` keeps the old method as `__wrapped__`, so calling `enable_autograd` twice does not wrap twice. If you correct a rule, run its cell and then `enable_autograd()` again.

# %% tags=["folded"]
#| exporti
def wrap(owner, name, wrapper, rule):
    """Put a recording method in place of ``owner.name``, around the one that is there. True if it is the first one."""
    current = getattr(owner, name)
    forward = getattr(current, "__wrapped__", current)
    if getattr(current, "rule", None) is not rule:
        method = wrapper(forward, rule)
        method.__name__, method.__qualname__, method.__doc__ = name, f"{owner.__name__}.{name}", forward.__doc__
        method.__wrapped__, method.rule = forward, rule
        setattr(owner, name, method)
    return current is forward

# %%
#| export
def enable_autograd(quiet=False):
    """Let the operations of the tables record themselves from now on.

    The methods that are there are wrapped: what Modules 01, 02 and 04 compute stays as it is. Calling it again changes
    nothing, unless a rule has been written anew in between. `quiet` leaves out the message.
    """
    new = [wrap(Tensor, name, wrapper, rule) for name, wrapper, rule in operators()]
    new += [wrap(owner, name, tracked_one, rule) for owner, name, rule in METHODS]
    new += [wrap(owner, name, tracked_layer, rule) for owner, name, rule in LAYERS]
    if any(new) and not quiet:
        print(f"Autograd is on: {len(new)} operations record themselves. Try loss.backward().")

# %% tags=["demo"]
enable_autograd()
x = Tensor([2.0], requires_grad=True)
y = x * 3 + 1
y.backward()
print("d(3x + 1)/dx =", x.grad)

# %% [markdown]
# And the methods that are in no table: `mean`, `T`, `Linear`? They are composed of recorded ones, so they need nothing of their own. Which operations are recorded for a whole layer?

# %% tags=["demo"]
manual_seed(1)
layer, data = Linear(3, 2), Tensor(np.ones((4, 3), np.float32))
loss = relu(layer(data)).mean()
draw_graph(loss, weight=layer.weight, bias=layer.bias, data=data, loss=loss)

# %% tags=["demo"]
a, b = (Tensor(rng.uniform(0.5, 2, shape), requires_grad=True) for shape in [(2, 1, 3), (4, 1)])
expressions = {
    "a * b + a / b": lambda a, b: a * b + a / b,
    "GELU(a * b) @ b, sliced": lambda a, b: (GELU()(a * b).T @ b)[:, 1:],
    "softmax, max, reshape": lambda a, b: Softmax(dim=0)(a + b).max(axis=-1).reshape(-1) * b.mean(),
}
for name, expression in expressions.items():
    print(f"{name:24} {gradcheck(expression, [a, b])}")

# %% [markdown]
# Type an expression of your own in the next cell: any operations, as long as the shapes (2, 1, 3) and (4, 1) fit. What does `gradcheck` say if one of your rules is wrong?

# %% tags=["demo", "play"]
gradcheck(lambda a, b: (a * b).exp().sum(axis=0) / (b + 3), [a, b])

# %% [markdown]
# Remember the layer of Part 1, and the four lines that you derived by hand? Now it is one call:

# %% tags=["demo"]
manual_seed(3)
layer = Linear(3, 2)
MSELoss()(relu(layer(two_rows)), wanted).backward()
print("by your engine", layer.weight.grad, "by hand", by_hand[0], sep="\n")

# %% [markdown]
# ## Part 9. What it costs (70 minutes)
#
# Going back needs what was saved going forward. How much is that? Take Linear, ReLU, Linear, ReLU, …, Linear with the widths 784, 512, 256, 128, 10 and a batch of 64 in float32, 4 bytes a number.

# %% [markdown]
# Go through the rules: which numbers do they read? Matmul reads its input and the weight. The weight is there anyway: keeping a reference costs nothing. The bias add reads none. ReLU reads its *result*, which is the very array that the next Matmul reads. So what has to stay is **one array for each Linear: its input**.

# %% [markdown]
# ### 06.23 How much has to be saved
#
# Write the formula.
#
# <details>
# <summary>Hints for 06.23</summary>
#
# Four Linear layers have five widths. Which of the five is never an input?
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-23-saved-bytes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def saved_bytes(batch, widths):
    """The bytes of all inputs of the Linear layers in Linear, ReLU, Linear, …, Linear, in float32.

    Parameters
    ----------
    batch : int
        The number of rows.
    widths : list of int
        The sizes from the input of the first Linear to the output of the last one.

    Returns
    -------
    int
        The bytes of the arrays that the rules read on the way back, apart from the weights.
    """
    ### BEGIN SOLUTION 06.23 saved_bytes: return the bytes of all inputs of Linear layers
    return batch * sum(widths[:-1]) * 4
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-23-saved-bytes", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.23", "saved_bytes") as check:
    check.given(batch=2, widths=[3, 7], look="One Linear: its input has 2 rows of 3 numbers.")
    check.equal("the bytes for one layer", saved_bytes(2, [3, 7]), 24)
    check.given(batch=2, widths=[3, 7, 4], look="Two of them: the input of the second one has 2 rows of 7 numbers. Who reads the 4?")
    check.equal("the bytes for two layers", saved_bytes(2, [3, 7, 4]), 80)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.given(look="Which arrays are read? Each one counts once.")
    check.equal("the bytes for 784-512-256-128-10, batch 64", saved_bytes(64, [784, 512, 256, 128, 10]), 430_080)
    check.equal("the bytes for widths 7, 7, 7, batch 1", saved_bytes(1, [7, 7, 7]), 56)
    check.equal("the bytes for ten layers of 1,024, batch 4,096", saved_bytes(4096, [1024] * 11), 167_772_160)
    ### END HIDDEN TESTS

# %% [markdown]
# Predicted; now measured. `tracemalloc` counts the bytes that NumPy has allocated and not given back:

# %% tags=["demo"]
def measured_bytes(batch, widths):
    """What a forward pass leaves behind, apart from its result."""
    net = Sequential(*[part for n, m in zip(widths, widths[1:]) for part in (Linear(n, m), ReLU())][:-1])
    net(Tensor(np.ones((1, widths[0]), np.float32)))
    tracemalloc.start()
    result = net(Tensor(np.ones((batch, widths[0]), np.float32)))
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return left - result.data.nbytes


print(f"predicted {saved_bytes(64, widths):,} bytes, measured {measured_bytes(64, widths):,}")

# %% [markdown]
# Half as much again. Who keeps what nobody reads? The additions: `Function.__init__` saves all inputs, and the rule of + reads none of them. The same for x · mask, where the mask is a constant: the numbers of x would be the slope for the mask, and nobody asks for that.
#
# The next cell is given. It lets + and − save nothing, and products only what will be read. In place of a tensor whose numbers nobody reads stands `UNREAD`: a rule that read it all the same would answer NaN.

# %%
#| exporti
UNREAD = Tensor(np.array(math.nan, np.float32), requires_grad=True)


def saves_nothing(self, a, b):
    """The constructor of + and -: their rules read no numbers."""
    self.next_functions = (
        (a._grad_fn or a) if a.requires_grad else None,  # edge(a), said directly: faster
        (b._grad_fn or b) if b.requires_grad else None,
    )
    self.shapes, self.saved_tensors = (a.data.shape, b.data.shape), ()


def saves_what_is_read(self, a, b):
    """The constructor of products: the numbers of one side are read only if the other side wants a gradient."""
    want_a, want_b = a.requires_grad, b.requires_grad
    self.next_functions = (a._grad_fn or a) if want_a else None, (b._grad_fn or b) if want_b else None
    self.shapes = a.data.shape, b.data.shape
    self.saved_tensors = a if want_b else UNREAD, b if want_a else UNREAD


def saves_the_divisor(self, a, b):
    """The constructor of /: the numbers of b are read for both gradients."""
    saves_what_is_read(self, a, b)
    self.saved_tensors = self.saved_tensors[0], b


def saves_no_input(self, a):
    """The constructor of the unary minus."""
    self.next_functions, self.shapes, self.saved_tensors = (edge(a),), (a.data.shape,), ()


AddBackward.__init__ = SubBackward.__init__ = saves_nothing
MulBackward.__init__ = MatmulBackward.__init__ = saves_what_is_read
DivBackward.__init__, NegBackward.__init__ = saves_the_divisor, saves_no_input

# %% tags=["demo"]
print(f"predicted {saved_bytes(64, widths):,} bytes, measured {measured_bytes(64, widths):,}")

# %% tags=["demo"]
batches = [16, 32, 64, 128, 256]
figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
axes.plot(batches, [saved_bytes(n, widths) / 1024 for n in batches], color=BLUE, label="formula")
axes.plot(batches, [measured_bytes(n, widths) / 1024 for n in batches], "o", color=ORANGE, label="measured")
axes.set(xlabel="batch", ylabel="KiB saved by the graph")
axes.legend()
show(figure, "Memory against the batch size: a straight line from the formula, with the measured points on it.")

# %% [markdown]
# The few kilobytes more are the notes themselves.

# %% [markdown]
# And one Linear layer alone, 512 to 768, batch 32? The input is 32 · 512 · 4 = 65,536 bytes = 64 KiB, the weight 1,536 KiB, saved by reference. Going back makes gradients of the input (64 KiB), the weight (1,536 KiB) and the bias (3 KiB), and for a moment that of the result (96 KiB). For small batches the *weights'* gradients are what costs; for large ones the activations.

# %% [markdown]
# ### When something goes wrong without a word
#
# Saving by reference has a price. What if somebody changes a saved array between the way forward and the way back?

# %% tags=["demo"]
w, x = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0, 4.0], requires_grad=True)
y = (w * x).sum()
x.data *= 10  # somebody scales the data in place, too late
y.backward()
print("dy/dw =", w.grad, "but going forward it was [3. 4.]")

# %% [markdown]
# No error, only wrong numbers: the worst kind of mistake. PyTorch counts the changes of every tensor and complains. We look closer only when asked: inside `detect_anomaly()` each note remembers the line that made it and a fingerprint of what it saved. `backward` then names the rule and the line where a saved array was changed, or where a gradient becomes NaN. It works by wrapping `record` and `ask`, so outside it costs nothing. The next two cells are given.

# %% tags=["folded"]
#| exporti
def calling_line():
    """The line outside of the library that is running an operation, as text."""
    frame = sys._getframe(2)
    while frame.f_back and (frame.f_code.co_name == "method" or frame.f_globals["__name__"].startswith("tinytorch.core")):
        frame = frame.f_back
    name, number = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(name, number).strip()
    place = "of a cell" if "ipykernel" in name or name.startswith("<") else f"of {name}"
    return f"made in line {number} {place}: {text}"


def fingerprint(node):
    """A number for each array that a note has saved."""
    kept = [tensor.data for tensor in node.saved_tensors] + [v for v in vars(node).values() if type(v) is np.ndarray]
    return [zlib.crc32(array.tobytes()) for array in kept]


def watching_record(usual):
    """`record`, which remembers line and fingerprint, and stops where a result is NaN."""

    def record_and_remember(result, node):
        node.made, node.saved = calling_line(), fingerprint(node)
        if np.isnan(result.data).any():
            raise RuntimeError(f"detect_anomaly: NaN in the result of {type(node).__name__}, {node.made}")
        return usual(result, node)

    return record_and_remember


def watching_ask(usual):
    """`ask`, which stops where a saved array has changed or a gradient becomes NaN."""

    def ask_and_look(node, grad_output, pending):
        made, saved = vars(node).get("made", "made outside of detect_anomaly"), vars(node).get("saved")
        if saved is not None and saved != fingerprint(node):
            raise RuntimeError(f"detect_anomaly: an array that {type(node).__name__} saved has changed since, {made}")
        grads = usual(node, grad_output, pending)
        wanted = [g for target, g in zip(node.next_functions, grads) if target is not None and g is not None]
        if any(np.isnan(g).any() for g in wanted) and not np.isnan(grad_output).any():
            raise RuntimeError(f"detect_anomaly: {type(node).__name__} makes a gradient NaN, {made}")
        return grads

    return ask_and_look

# %% tags=["folded"]
#| export
class detect_anomaly(ContextDecorator):
    """Find where gradients go wrong: ``with detect_anomaly(): …`` around the way forward and the way back.

    Raises RuntimeError with the name of the rule and the line of the forward pass where a result or a gradient becomes
    NaN, and where an array that a rule saved was changed in place before `backward`. No gradient has been changed then.
    Slow inside (it reads every saved array twice), and free outside. The name is PyTorch's.
    """

    def __enter__(self):
        self.usual = {"record": record, "ask": ask}
        globals().update(record=watching_record(record), ask=watching_ask(ask))
        return self

    def __exit__(self, *error):
        globals().update(self.usual)

# %% tags=["demo"]
with detect_anomaly():
    x = Tensor([3.0, 4.0], requires_grad=True)
    y = (w * x).sum()
    x.data *= 10
    try:
        y.backward()
    except RuntimeError as error:
        print(error)

# %% tags=["demo"]
x = Tensor([0.0, 4.0], requires_grad=True)
with detect_anomaly(), np.errstate(all="ignore"):
    root = x.sqrt()
    y = (root * Tensor([0.0, 1.0])).sum()  # 0 times an infinite slope
    try:
        y.backward()
    except RuntimeError as error:
        print(error)

# %% [markdown]
# ## Check your understanding
#
# Your numbers are your own: they are made from what you type as `who`. Any name or number does, but keep to one. Look at them first.

# %% tags=["folded"]
def my_numbers(who):
    """The numbers for the questions below, made from a name."""
    seed = int.from_bytes(hashlib.sha256(str(who).strip().lower().encode("utf-8")).digest()[:8], "big")
    rng = np.random.default_rng(seed)
    sizes = rng.permutation([0.13, 1.07, 2.31, 4.59, 8.83, 17.21]) * rng.choice([-1, 1], 6)
    return {
        "matmul": tuple(int(v) for v in rng.integers(20, 90, 3) * 8),
        "gradients": [float(v) for v in sizes],
        "cleared_every": int(rng.integers(4, 6)),
    }


def iterations_in(value, gradients):
    """For checks: the first and the last of the iterations whose gradients, one after the other, add up to `value`."""
    ranges = [(i + 1, j) for i in range(6) for j in range(i + 1, 7) if abs(sum(gradients[i:j]) - value) < 2e-3]
    return ranges[0] if ranges else (0, 0)

# %% tags=["demo"]
my_numbers("your name")

# %% [markdown]
# ### 06.24 What does the way back cost?
#
# z = x @ W with x of shape (n, k) and W of shape (k, m): your numbers are `matmul` = (n, k, m). Every number of z takes k multiplications and k additions, so going forward is 2·n·k·m floating-point operations. How many are the matrix products of the way back? First if x is the result of an earlier layer, then if x is the data.

# %% nbgrader={"grade": false, "grade_id": "06-24-cost", "locked": false, "schema_version": 3, "solution": true, "task": false}
def way_back_cost():
    """Your name, and the floating-point operations of the matrix products going back.

    Returns
    -------
    tuple (who, hidden, first)
        `who` as you give it to `my_numbers`; the count for a hidden layer, whose input wants a gradient; the count for
        the first layer, whose input is data.
    """
    ### BEGIN SOLUTION 06.24 way_back_cost: return your name and the two counts
    who = "reference"
    n, k, m = my_numbers(who)["matmul"]
    return who, 4 * n * k * m, 2 * n * k * m
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-24-cost", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.24", "way_back_cost") as check:
    answer = way_back_cost()
    check.is_a("the result", answer, (tuple, list))
    check.same("how many values you return: who, hidden, first", len(answer), 3)
    n, k, m = my_numbers(answer[0])["matmul"]
    check.given(n=n, k=k, m=m, look="Which matrix products does 06.13 compute, and how large is each?")
    check.same("what is left when the two counts are divided by n k m", [int(count) % (n * k * m) for count in answer[1:]], [0, 0])
    print("The form is right; the values are checked when the work is graded.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.given(n=n, k=k, m=m, look="How many matrix products, and how many operations is each?")
    check.equal("the count for a hidden layer, as a multiple of n k m", answer[1] / (n * k * m), 4)
    check.equal("the count for the first layer, as a multiple of n k m", answer[2] / (n * k * m), 2)
    ### END HIDDEN TESTS

# %% [markdown]
# Operations are not time. How many times as long as the way forward does the way back of a hidden layer take on this machine?

# %% tags=["demo", "play"]
guess.predict("time back, in times forward", None)

# %% [markdown]
# Measured with both gradients and with one: the three take turns, so that what else the machine does hits all of them:

# %% tags=["demo"]
n, k, m = 512, 512, 256
left, right = (Tensor(rng.normal(size=shape).astype(np.float32), requires_grad=True) for shape in [(n, k), (k, m)])
data, grad_output = Tensor(left.data), np.ones((n, m), np.float32)
calls = {
    "forward": lambda: left.data @ right.data,
    "back": lambda: MatmulBackward(left, right).apply(grad_output),
    "back, first layer": lambda: MatmulBackward(data, right).apply(grad_output),
}
turns = [{name: best(call, times=1) for name, call in calls.items()} for _ in range(15)]
for name in list(calls)[1:]:
    print(f"{name}: {np.median([turn[name] / turn['forward'] for turn in turns]):.1f} times forward")
guess.measured("time back, in times forward", np.median([turn["back"] / turn["forward"] for turn in turns]))

# %% [markdown]
# On a quiet machine it is close to twice with both gradients, and close to once with one; on a busy one it may be far off.
#
# ### 06.25 What is in `grad`?
#
# A weight's gradients in six iterations, each for its own batch, are your `gradients`. Each iteration calls `backward()`, then the optimizer steps. But `zero_grad()` is called only after iteration number `cleared_every`, not after the others. Which value of `weight.grad` does the optimizer see in iteration 3, and which in iteration 6? (Suppose that the gradients stay as given.)

# %% nbgrader={"grade": false, "grade_id": "06-25-accumulated", "locked": false, "schema_version": 3, "solution": true, "task": false}
def accumulated():
    """Your name, and what the optimizer sees in iterations 3 and 6.

    Returns
    -------
    tuple (who, third, sixth)
    """
    ### BEGIN SOLUTION 06.25 accumulated: return your name and the two values
    who = "reference"
    numbers = my_numbers(who)
    gradients, every = numbers["gradients"], numbers["cleared_every"]
    return who, sum(gradients[:3]), sum(gradients[every:])
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-25-accumulated", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.25", "accumulated") as check:
    answer = accumulated()
    check.is_a("the result", answer, (tuple, list))
    check.same("how many values you return: who, third, sixth", len(answer), 3)
    numbers = my_numbers(answer[0])
    check.given(gradients=numbers["gradients"], cleared_every=numbers["cleared_every"], look="Iterations are counted from 1.")
    for name, value in zip(("third", "sixth"), answer[1:]):
        check.is_a(f"`{name}`", value, (int, float, np.number))
    print("The form is right; the values are checked when the work is graded.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    look = "Which gradients are in the sum? From which iteration on do they add up, and up to which one?"
    check.given(gradients=numbers["gradients"], cleared_every=numbers["cleared_every"], look=look)
    third, sixth = (iterations_in(float(value), numbers["gradients"]) for value in answer[1:])
    check.same("the first and the last iteration whose gradients are in iteration 3's value", third, (1, 3))
    check.same("the first one in iteration 6's value, counted from cleared_every", sixth[0] - numbers["cleared_every"], 1)
    check.same("the last one in iteration 6's value", sixth[1], 6)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 06.26 In your own words: memory
#
# A model has a billion weights in float32 and is trained with Adam, which keeps two numbers for each. The graphics card has 16 GB. Your colleague wants to accumulate gradients over micro-batches to make it fit. In three to six sentences: what takes how much, what does accumulation change, and what would help?
#
# <details>
# <summary>Hint for 06.26</summary>
#
# Count the numbers kept for each weight, then their bytes. Which of them depend on how many rows a batch has?
# </details>

# %% [markdown] nbgrader={"grade": true, "grade_id": "text-06-26-memory", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# Weights 4 GB, gradients 4 GB, Adam's two numbers 8 GB: 16 GB, so the card is full before the first activation. Micro-batches only make activations smaller: weights, gradients and Adam's state stay as large as they are. What helps is fewer bytes for these: an optimizer with a smaller state, numbers in 16 bits, spreading them over several cards, or moving them out of the card's memory. Checkpointing, too, only saves activations.
#
# === BEGIN MARK SCHEME ===
# 1 point: 4 + 4 + 8 = 16 GB, equal to what there is, and nothing left for activations.
# 1 point: accumulation (or checkpointing) reduces activations only; names one thing that reduces the rest: sharding, offloading, a smaller optimizer state, lower precision.
# === END MARK SCHEME ===

# %% [markdown]
# ### 06.27 In your own words: order
#
# In two to five sentences: why may an operation be handled only after *all* that use its result, and what goes wrong in a network with a shortcut, y = f(x) + x, if it is handled when its first gradient arrives?

# %% tags=["demo"]
x = Tensor([1.0, 2.0], requires_grad=True) * 3
draw_graph(Tanh()(x) + x)

# %% [markdown] nbgrader={"grade": true, "grade_id": "text-06-27-order", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# The gradient of a result is the sum of what all its users send back, and the rule has to be applied to the whole sum. With the shortcut, x gets a share through f and a share directly. If the operation that made x runs at the first share, it passes on a part only. Then it either runs again for the second share, as the walk did, and everything behind it runs again each time, or the second share is lost and the gradients are wrong.
#
# === BEGIN MARK SCHEME ===
# 1 point: gradients of all uses add up, and only the complete sum may be passed on.
# 1 point: for y = f(x) + x names the consequence: a lost share (wrong gradients), or repeated work that doubles with each such shortcut.
# === END MARK SCHEME ===

# %% [markdown]
# ### 06.28 Catch a wrong rule
#
# Now the other way round: somebody hands you a rule for z = a / b. They have tried it, and it agreed with measured slopes.

# %% tags=["demo"]
def handed_in(a, b, grad_output):
    """dL/da and dL/db of z = a / b."""
    return grad_output / b, -grad_output * a / b


for divisor in (1.0, 2.0):
    slope = numerical_gradient(lambda b: 3.0 / b, np.array(divisor))
    print(f"a = 3, b = {divisor:g}: the rule says {handed_in(3.0, divisor, 1.0)[1]:.3f}, measured {slope:.3f}")

# %% [markdown]
# At b = 1 nobody can tell b from b². A check is worth as much as what it tries. Below are three right rules for z = a / b and eight wrong ones, each a function of arrays. Read them: for each wrong one, where does it answer rightly all the same?

# %%
RULES = [  # is it right, what it does, the rule
    (True, "computes dL/db from the result", lambda a, b, g: (g / b, -g * (a / b) / b)),
    (True, "answers with a list", lambda a, b, g: [g * b**-1.0, -a * g * b**-2.0]),
    (False, "forgets the minus sign", lambda a, b, g: (g / b, g * a / b**2)),
    (False, "exchanges the two gradients", lambda a, b, g: (-g * a / b**2, g / b)),
    (False, "forgets to multiply by grad_output", lambda a, b, g: (1 / b, -a / b**2)),
    (False, "divides by b where it should be b squared", lambda a, b, g: (g / b, -g * a / b)),
    (False, "divides dL/da by b squared, too", lambda a, b, g: (g / b**2, -g * a / b**2)),
    (False, "leaves out the factor a", lambda a, b, g: (g / b, -g / b**2)),
    (False, "is right for positive b only", lambda a, b, g: (g / abs(b), -g * a / b**2)),
    (False, "divides by the first number of b everywhere", lambda a, b, g: (g / b.flat[0], -g * a / b**2)),
    (True, "rounds in another order", lambda a, b, g: (g * (1 / b), -(g * (1 / b)) * (a * (1 / b)))),
]

# %% [markdown]
# Write the check. More rules are tried when the work is graded, right ones and wrong ones: the right ones have to pass, the wrong ones to be caught. `numerical_gradient` measures; or you know the formula.
#
# <details>
# <summary>Hints for 06.28</summary>
#
# Which numbers hide a mistake? 1, equal ones, positive ones, a single one, a `grad_output` of ones. Random numbers of both signs hide little; keep b away from 0.
#
# A gradient of L is the slope of a *number*: take L = (a / b · grad_output).sum().
#
# A rule might write into what it was given. How do you notice?
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-28-rule-is-right", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rule_is_right(rule):
    """Whether a rule for z = a / b is right for all arrays a, all b without a zero, and all grad_output.

    Parameters
    ----------
    rule : callable
        ``rule(a, b, grad_output)`` takes three float64 arrays of one shape. A right rule returns dL/da and dL/db, each
        in that shape, and writes into none of the three. Rounding is no mistake; one part in a thousand is.

    Returns
    -------
    bool
    """
    ### BEGIN SOLUTION 06.28 rule_is_right: try the rule, return True if it is right and False if it is wrong
    rng = np.random.default_rng(0)
    a, b, grad_output = rng.uniform(0.5, 2, (3, 4, 5)) * rng.choice([-1, 1], (3, 4, 5))
    kept = a.copy(), b.copy(), grad_output.copy()
    found = rule(a, b, grad_output)
    if not all(np.array_equal(*pair) for pair in zip((a, b, grad_output), kept)):
        return False
    measured = [numerical_gradient(lambda _: (a / b * grad_output).sum(), array) for array in (a, b)]
    return all(np.allclose(*pair, rtol=1e-5, atol=1e-7) for pair in zip(found, measured))
    ### END SOLUTION

# %% tags=["folded"]
def measured_slopes(function, array, eps=1e-6):
    """A stand-in for numerical_gradient, so that this exercise is judged alone."""
    flat = array.reshape(-1) if array.flags.c_contiguous else array.flat
    slopes = []
    for place, value in enumerate(list(flat)):
        ends = []
        for moved in (value - eps, value + eps):
            flat[place] = moved
            ends.append(float(function(array)))
        flat[place] = value
        slopes.append((ends[1] - ends[0]) / (2 * eps))
    return np.array(slopes).reshape(array.shape)

# %% nbgrader={"grade": true, "grade_id": "test-06-28-rule-is-right", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("06.28", "rule_is_right") as check, check.using(numerical_gradient=measured_slopes):
    looks = {True: "It is right: is your own answer right, do you compare too strictly, or measure too coarsely?",
             False: "With which a, b and grad_output does it answer wrongly? Does your check try such ones?"}  # fmt: skip
    for right, said, rule in RULES:
        found = rule_is_right(rule)
        answered = isinstance(found, (bool, np.bool_))
        check.true("your check returned neither True nor False", answered, got="None" if found is None else found, look="True for a right rule, False for a wrong one.")
        accused = "accuses a right rule" if right else "lets through a rule"
        check.true(f"your check {accused} that {said}", bool(found) == right, look=looks[right])
    ### BEGIN HIDDEN TESTS
    check.hidden()

    def writes(a, b, g):
        before = g.copy()
        g /= b
        return g.copy(), -before * a / b**2

    def one_wrong(a, b, g):
        grad_a, grad_b = g / b, -g * a / b**2
        grad_b.flat[-1] *= 2
        return grad_a, grad_b

    for wanted, said, rule in [
        (True, "returns read-only arrays", lambda a, b, g: np.broadcast_arrays(g / b, -g * a / b**2)),
        (True, "computes in pieces", lambda a, b, g: (np.divide(g, b), np.negative(np.divide(np.multiply(g, a), np.square(b))))),
        (False, "is off by one part in a thousand", lambda a, b, g: (g / b * 1.001, -g * a / b**2 * 1.001)),
        (False, "is off by one part in a thousand in dL/db", lambda a, b, g: (g / b, -g * a / b**2 * 0.999)),
        (False, "writes into grad_output", writes),
        (False, "is right for positive a only", lambda a, b, g: (g / b, -g * abs(a) / b**2)),
        (False, "is right for positive grad_output only", lambda a, b, g: (g / b, -abs(g) * a / b**2)),
        (False, "is wrong in the last place of the array", one_wrong),
        (False, "spreads the mean of grad_output over all places", lambda a, b, g: (g.mean() / b, -g.mean() * a / b**2)),
        (False, "averages dL/db over the array", lambda a, b, g: (g / b, np.full(b.shape, (-g * a / b**2).mean()))),
        (False, "answers with zeros", lambda a, b, g: (np.zeros(a.shape), np.zeros(b.shape))),
    ]:
        look = f"Your check {'accuses a right rule' if wanted else 'lets through a rule'} that {said}."
        check.equal("the verdict", rule_is_right(rule), wanted, look=look)
    ### END HIDDEN TESTS

# %% [markdown]
# Random numbers of both signs, a random `grad_output`, all places, float64, a look at what was handed in: that is `gradcheck`. Nobody finds all wrong rules by reading.

# %% [markdown]
# ## Part 10. A network that learns (15 minutes)
#
# Two spirals, one of each class, wound around each other. No straight line separates them. Everything below is your code: Tensor, Linear, Tanh, the loss, and now the gradients.

# %% tags=["demo"]
def spirals(count, seed=0):
    """Points (2 count, 2) on two spirals, and their classes 0 and 1."""
    rng = np.random.default_rng(seed)
    angle = np.sqrt(rng.uniform(0.05, 1, count)) * 3 * np.pi
    arm = np.stack([angle * np.cos(angle), angle * np.sin(angle)], axis=1) / 9
    points = np.concatenate([arm, -arm]) + rng.normal(scale=0.03, size=(2 * count, 2))
    return points.astype(np.float32), np.repeat([0, 1], count)


points, classes = spirals(200)
manual_seed(2)
net = Sequential(Linear(2, 32), Tanh(), Linear(32, 32), Tanh(), Linear(32, 2))
loss_function = CrossEntropyLoss()

# %% [markdown]
# The whole of training: forward, `backward()`, a step against the gradient, forget the gradient. The step adds a little inertia; Module 07 makes a proper optimizer of it.
#
# The loss begins near 0.7. After how many steps is it below 0.1?

# %% tags=["demo", "play"]
guess.predict("steps until the loss is below 0.1", None)

# %% tags=["demo"]
x, target, losses = Tensor(points), Tensor(classes), []
speeds = [np.zeros_like(weight.data) for weight in net.parameters()]
for step in range(1500):
    loss = loss_function(net(x), target)
    loss.backward()
    for weight, speed in zip(net.parameters(), speeds):
        speed *= 0.9
        speed -= 0.1 * weight.grad
        weight.data += speed
        weight.zero_grad()
    losses.append(loss.item())
with no_grad():
    right = (net(x).data.argmax(axis=1) == classes).mean()
print(f"loss {losses[0]:.3f} becomes {losses[-1]:.3f}; {right:.1%} of the points are on their side")
guess.measured("steps until the loss is below 0.1", next((n for n, value in enumerate(losses, 1) if value < 0.1), None))

# %% tags=["demo"]
side = np.linspace(-1.2, 1.2, 200, dtype=np.float32)
grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
with no_grad():
    second = Softmax()(net(Tensor(grid))).data[:, 1].reshape(200, 200)
figure, (curve, plane) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
curve.semilogy(losses, color=BLUE)
curve.set(xlabel="step", ylabel="loss")
plane.contourf(side, side, second, levels=20, cmap="PuOr", alpha=0.3)
plane.contour(side, side, second, levels=[0.5], colors="black")
plane.set(xlabel="first coordinate", ylabel="second coordinate", aspect="equal")
for label, color, mark in ((0, ORANGE, "o"), (1, BLUE, "^")):
    plane.plot(*points[classes == label].T, mark, color=color, markersize=3, label=f"class {label}")
plane.legend()
show(figure, "Left, the loss falls over the steps. Right, two interlocked spirals of points, with a curved boundary between them that follows their arms.")

# %% [markdown]
# Tensor, layers, loss, gradients: nothing in that loop was somebody else's, apart from NumPy.
#
# And your three numbers? On the line you were right, above it you said too much.

# %% tags=["demo"]
guess.show()

# %% [markdown]
# ## What PyTorch does the same, and what it does otherwise
#
# | | here | PyTorch |
# |---|---|---|
# | graph | written down while the program runs | the same |
# | `next_functions`, `saved_tensors` | where gradients go; what the rule reads | the same two names |
# | `backward`, `grad`, accumulation, `retain_grad`, `no_grad` | as you built them | the same names and meanings |
# | order | topological, in one list | topological, by counting uses, with a queue for each device |
# | broadcasting | undone in one place, after the rule has answered | the same |
# | `backward()` of a tensor without `requires_grad` | does nothing, and warns | an error |
# | graph after `backward()` | kept, unless `retain_graph=False` | freed, unless `retain_graph=True` |
# | `grad` | a NumPy array | a tensor |
# | a saved array changed in place | noticed inside `detect_anomaly`; otherwise wrong gradients | an error, thanks to version counters |
# | gradients of gradients | no | `create_graph=True` |
# | rules | over twenty-five, in Python | many hundreds, in C++ and CUDA |

# %% [markdown]
# ## If you want to go on (not graded)
#
# **Gradients of gradients.** Our rules compute with arrays, so nothing is recorded going back. If `apply` took and returned Tensors, the way back would leave a graph behind too, and one could call `backward` on a gradient. Which of your rules would work unchanged? Which attributes would have to be Tensors?

# %% [markdown]
# **Checkpointing.** Do not save the inputs of a block of layers: save only the block's input, and run it forward again when its turn comes on the way back. For n layers, √n checkpoints cost one more forward pass and about 2√n arrays instead of n. It fits into one Function: forward in `no_grad`, and `apply` repeats it with recording on.

# %% tags=["demo"]
class Checkpoint(Function):
    """A block of layers that saves its input only, and computes again what it needs."""

    def __init__(self, block, x):
        super().__init__(x)
        self.block = block

    def apply(self, grad_output):
        again = Tensor(self.saved_tensors[0].data, requires_grad=True)
        self.block(again).backward(grad_output, retain_graph=False)
        return (again.grad,)


x = Tensor(points[:4], requires_grad=True)
with no_grad():
    result = net(x)
record(result, Checkpoint(net, x)).sum().backward()
print(x.grad)

# %% [markdown]
# **Fusion.** `x * a + b` writes an array to memory after each operation and reads it again. A compiler that knows the graph makes one loop of both. NumPy cannot, but rules can: cross-entropy in one rule instead of softmax, log and mean is fusion by hand. Count how many arrays as large as the logits each of the two ways touches.

# %% [markdown]
# ## Export
#
# Save the notebook, then in a terminal in the folder of the course:
#
# ```
# tinytorch check 06_autograd
# tinytorch export 06_autograd
# tinytorch milestones
# ```
#
# The cells marked `#| export` become your own `tinytorch/core/autograd.py`. From now on `from tinytorch import Tensor` gives a tensor that records itself, and `loss.backward()` works for every expression you type. The first milestone is waiting: it needs nothing but this module. Module 07 turns gradients into steps.
