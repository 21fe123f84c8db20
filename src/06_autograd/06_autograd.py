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
import shutil
import sys
from pathlib import Path


def course_folder():
    places = [Path.cwd(), *Path.cwd().parents, *Path.cwd().glob("*/")]
    return next((str(p) for p in places if (p / "tinytorch" / "checks.py").is_file()), None)


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
# | 1 Slopes by hand | the gradients of one layer | 25 |
# | 2 The graph | `Function`, `record` | 45 |
# | 3 The first rules | `unbroadcast`, `+ - * /` | 65 |
# | 4 Slopes by measuring | `numerical_gradient` | 30 |
# | 5 Products, sums, shapes | matmul, sum, reshape, slices, embeddings | 70 |
# | 6 Activations and losses | eight more rules | 70 |
# | 7 The way back | topological order, `backward`, micro-batches | 130 |
# | 8 Switching it on | the wrapper, `enable_autograd` | 40 |
# | 9 Memory, questions, a network that learns | a formula, four numbers, two texts | 55 |
#
# That is about nine hours: nobody does it in one go. Two good places to stop are the end of Part 4, when your first rules are checked, and the end of Part 6, when all rules are there.

# %% [markdown]
# You need Modules 01 to 05: tensors and broadcasting, activations, layers, losses, batches. Every exercise has a number, a stub to replace and a cell that checks it. When the work is graded, further checks run with other shapes and other numbers; the docstring is the contract.

# %%
#| export
import math
import weakref
from contextlib import ContextDecorator

import numpy as np

from tinytorch.core.activations import GELU, ReLU, Sigmoid, Softmax, Tanh
from tinytorch.core.losses import BinaryCrossEntropyLoss, CrossEntropyLoss, MSELoss
from tinytorch.core.tensor import Tensor, method_of

# %%
import hashlib

from tinytorch.checks import Checks, bare
from tinytorch.core.layers import Linear, Sequential, manual_seed
from tinytorch.graph import draw_graph

# %% tags=["demo"]
import time
import tracemalloc

import matplotlib.pyplot as plt

from tinytorch.pictures import show

BLUE, ORANGE, GREEN, PINK, SKY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"

# %% [markdown]
# ## Part 1. Slopes by hand (25 minutes)
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
# ### 06.1 One layer by hand
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
# ## Part 2. The graph (45 minutes)
#
# What did you have to know in order to walk back? Which operations there were, in which order, and the numbers that they worked on. So the machine should write that down while it runs forward: for each result, a note saying *which operation made me, and from what*.
#
# ```mermaid
# flowchart LR
#     accTitle: Forward and backward
#     accDescr: Values flow from x and w through a multiplication and a ReLU to the loss; gradients flow along the same edges in the other direction.
#     x --> mul([Mul]) --> relu([ReLU]) --> L
#     w --> mul
#     L -. "dL/dh" .-> relu -. "dL/dz" .-> mul -. "dL/dw" .-> w
# ```
#
# The notes form a **graph**: operations are its nodes, and an edge leads from each result to whatever uses it. Values flow along the edges to the right, gradients flow back. In pictures the leaves and the last result get boxes too.

# %% [markdown]
# A note is an object of a class `Function`. It keeps the inputs in `saved_tensors`, and its method `apply` is the rule: it takes the gradient of the result and returns one gradient for each input. `AddBackward`, `MulBackward` and the others only fill in their rule.
#
# The result points to its note: `result._grad_fn`. A tensor without a note is a **leaf**: data, or a weight.

# %% tags=["demo"]
weight = Tensor([1.0, 2.0], requires_grad=True)
print("note:", weight._grad_fn, "  wants a gradient:", weight.requires_grad, "  has one:", weight.grad)

# %% [markdown]
# What must a note keep? To go back through `z = a * b` it needs the *numbers* of a and b. For `z = a + b` their *shapes* are enough, as you will see in Part 3. If such a note held a and b all the same, their arrays would stay in memory until the way back: in a deep network, most of all memory. So a class says whether its rule `reads_inputs`.

# %% [markdown]
# And if it does not? On the way back two things are wanted of such an input: its shape, and where its gradient goes next, to the operation that made it. So the note keeps *that operation* instead of the tensor, with the shape written on it: an **outline**. A leaf was made by no operation; it is kept itself.
#
# ```mermaid
# flowchart LR
#     accTitle: An outline in place of a tensor
#     accDescr: z is y + b. The note of the addition points to the note of the multiplication that made y, with y's shape written on it, and not to y itself, whose array may be freed.
#     x --> mul(["Mul, shape (2,)"]) --> add(["Add"]) --> z
#     b --> add
#     mul -. "made" .-> y["y, an array: may go"]
# ```

# %%
#| exporti
def outline(tensor):
    """What the graph keeps of a tensor whose numbers no rule will read: its shape and where it came from.

    That is the operation that made the tensor, with the shape written on it. A leaf is kept itself.
    """
    node = tensor._grad_fn
    if node is None:
        return tensor
    node.shape = tensor.data.shape
    return node

# %% [markdown]
# ### 06.2 Function
#
# Write the constructor, and the rule of a class that has none. What stands below the two is given: asked for `.requires_grad` or `._grad_fn`, a note that is kept as an outline answers as its tensor would.
#
# <details>
# <summary>Hints for 06.2</summary>
#
# `*tensors` arrives as a tuple. `self.reads_inputs` decides whether it is kept as it is, or as a tuple of outlines.
#
# The name of an object's class is `type(self).__name__`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-02-function", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class Function:
    """One operation that was carried out: what its rule has to remember, and the rule itself.

    Parameters
    ----------
    *tensors : Tensor
        The inputs of the operation, in order. They are kept in `saved_tensors`, a tuple. If the class says
        ``reads_inputs = False``, the tuple holds `outline(tensor)` of each instead: no array is kept alive.
    """

    __slots__ = ("saved_tensors", "shape", "__dict__")
    reads_inputs = True  # does the rule read the numbers of its inputs?
    makes_new_arrays = False  # is every array that the rule returns a new one, which nobody else holds? (Part 3)
    requires_grad = True  # an operation can stand in for its result (see `outline`), which wants a gradient
    retained = None  # a weak reference to the result, if `retain_grad` was called on it (Part 7)

    def __init__(self, *tensors):
        ### BEGIN SOLUTION 06.2 Function.__init__: keep the tensors, or only their outlines, in self.saved_tensors
        self.saved_tensors = tensors if self.reads_inputs else tuple([outline(tensor) for tensor in tensors])
        ### END SOLUTION

    def apply(self, grad_output):
        """The rule: from dL/d(result), an array, to a tuple with dL/d(input) for each saved tensor.

        Each gradient has the shape of its input and the dtype of grad_output; None where the input wants none.
        `grad_output` is not changed. Every operation brings its own; here a TypeError is raised that names the class.
        """
        ### BEGIN SOLUTION 06.2 Function.apply: raise a TypeError that names the class whose rule is missing
        raise TypeError(f"{type(self).__name__} has no rule: it needs an apply method")
        ### END SOLUTION

    @property
    def _grad_fn(self):
        return self

    @property
    def data(self):
        raise AttributeError(
            "an outline keeps no numbers: the class says reads_inputs = False, or the gradient is not wanted"
        )

# %% nbgrader={"grade": true, "grade_id": "test-06-02-function", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.2", "Function") as check:
    a, b = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0, 4.0])
    seen = []
    with check.using(outline=lambda tensor: seen.append(tensor) or "an outline"):
        saved = Function(a, b).saved_tensors
    check.is_a("saved_tensors", saved, tuple)
    check.same("how many tensors are saved", len(saved), 2)
    check.true("the first saved tensor should be `a` itself: no copy, no outline", saved[0] is a, got=saved[0])
    check.true("the second saved tensor should be `b` itself", saved[1] is b, got=saved[1])
    check.raises("apply of a class without a rule", TypeError, lambda: Function(a).apply(None), mentions="Function")

    class Shapely(Function):
        reads_inputs = False

    seen.clear()
    check.given(look="The class says reads_inputs = False. What is kept then?")
    with check.using(outline=lambda tensor: seen.append(tensor) or "an outline"):
        saved = Shapely(a, b).saved_tensors
    check.same("saved_tensors where reads_inputs is False", saved, ("an outline", "an outline"))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.true("outline should be asked about a, then b", len(seen) == 2 and seen[0] is a and seen[1] is b)
    check.raises("apply of Shapely", TypeError, lambda: Shapely(a).apply(None), mentions="Shapely")
    check.same("saved_tensors of no inputs", Function().saved_tensors, ())
    kept = Function(b, a, b).saved_tensors
    check.true("all of three inputs should be kept, in order", len(kept) == 3 and kept[0] is b and kept[1] is a and kept[2] is b)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 06.3 Recording
#
# A result has to point to its note, and it wants a gradient itself: otherwise nothing behind it would get one.

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
    check.true("record should return the same tensor", back is product, got=back)
    check.true("_grad_fn should be the note", product._grad_fn is note, got=product._grad_fn)
    check.same("requires_grad", product.requires_grad, True)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.true("record should leave `grad` at None: no gradient has arrived yet", product.grad is None)
    check.equal("the numbers of the result", product, [8.0])
    newer = bare(Function, Tensor([4.0]))
    check.true("recorded again, a result should point to the new note", record(product, newer)._grad_fn is newer)
    ### END HIDDEN TESTS

# %% [markdown]
# Enough for a picture. Two operations that compute and take a note, still without rules:

# %% tags=["demo"]
class Plus(Function):
    """a + b, without a rule."""


class Times(Function):
    """a * b, without a rule."""


def plus(a, b):
    return record(Tensor(a.data + b.data), Plus(a, b))


def times(a, b):
    return record(Tensor(a.data * b.data), Times(a, b))

# %% tags=["demo"]
x, w, b = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0, 4.0], requires_grad=True), Tensor(5.0)
y = plus(times(x, w), b)
draw_graph(y, x=x, w=w, b=b, y=y)

# %% [markdown]
# And an outline? It is the note itself, with a shape written on it and no numbers:

# %% tags=["demo"]
o = outline(y)
print("the note of y:", o is y._grad_fn, "  shape:", o.shape, "  wants a gradient:", o.requires_grad)
try:
    print(o.data)
except AttributeError as error:
    print(error)

# %% [markdown]
# Type an expression of your own in the next cell and draw it. What does the picture look like when `x` is used twice, or when a result is?

# %% tags=["demo", "play"]
z = times(y, plus(y, x))
draw_graph(z, x=x, w=w, b=b, z=z)

# %% [markdown]
# Nothing was planned in advance: the graph is whatever your program did, loops and conditions included. That is called *define by run*, and it is how PyTorch works too.

# %% [markdown]
# ## Part 3. The first rules (65 minutes)
#
# `b` has shape (3,) and is added to `x` of shape (2, 3). Going forward NumPy stretches `b` over both rows. Going back a gradient of shape (2, 3) arrives for it. But `b` has only three numbers: which gradient belongs to the first one?

# %% tags=["demo"]
x, b = np.zeros((2, 3)), np.array([10.0, 20.0, 30.0])
grad = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])  # of x + b
print(x + b)

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
# ### 06.4 Undoing a broadcast
#
# <details>
# <summary>Hints for 06.4</summary>
#
# How many axes does `grad` have more than `shape`? They are all in front.
#
# `array.sum(axis=(0, 1))` sums over several axes at once; `keepdims=True` keeps them with size 1; an axis tuple may be empty.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-04-unbroadcast", "locked": false, "schema_version": 3, "solution": true, "task": false}
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
    ### BEGIN SOLUTION 06.4 unbroadcast: sum over the axes that broadcasting added or stretched
    if grad.shape == shape:
        return grad
    added = grad.ndim - len(shape)
    stretched = [added + axis for axis, size in enumerate(shape) if size == 1]
    return grad.sum(axis=(*range(added), *stretched)).reshape(shape)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-04-unbroadcast", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
with Checks("06.4", "unbroadcast") as check:
    grad = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], np.float32)
    check.given(grad=grad, look="Which axis was added in front? What belongs to each number of the input?")
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
# Now the rules. A worked one, in numbers: z = a + b with a = 2, b = 5, and dL/dz = 3 has arrived: if z grows by 1, L grows by 3. If *a* grows by 1, z grows by 1, so L grows by 3. The same for b. **Addition passes its gradient on to both inputs.** Subtraction too, but when b grows, z shrinks: b gets the gradient with its sign turned.

# %% [markdown]
# Each rule of two inputs has the same frame. None means: not wanted, so that work is saved.
#
# ```python
# a, b = self.saved_tensors
# grad_a = ... if a.requires_grad else None
# grad_b = ... if b.requires_grad else None
# return grad_a, grad_b
# ```
#
# Each gradient has its input's shape; `grad_output` is an array, not a Tensor. A rule of one input returns a tuple of one. Here is that of `z = -a`:

# %%
#| export
class NegBackward(Function):
    """z = -a   so   dL/da = -dL/dz."""

    reads_inputs = False
    makes_new_arrays = True

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        return (-grad_output,)

# %% [markdown]
# `makes_new_arrays` is a promise to the engine: what this rule returns is a new array, never `grad_output` itself or a view of it. The engine may then keep it, or add to it, without a copy. Addition cannot promise that: it passes on what it got.

# %% [markdown]
# ### 06.5 Addition and subtraction
#
# <details>
# <summary>Hints for 06.5</summary>
#
# Both gradients begin with `grad_output`. What if `a` was stretched? You have just written the cure.
#
# </details>
#
# <details>
# <summary>The formula</summary>
#
# $dL/da = dL/dz$ and $dL/db = \pm dL/dz$, each unbroadcast to its input's shape.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-05-add-sub", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class AddBackward(Function):
    """z = a + b   so   dL/da = dL/dz   and   dL/db = dL/dz.

    Shapes: a and b broadcast to z; each gradient comes back in the shape of its input.
    """

    reads_inputs = False

    def __init__(self, a, b):
        # What Function.__init__ would do too, said directly: additions are frequent, and this is faster.
        self.saved_tensors = outline(a), outline(b)

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        ### BEGIN SOLUTION 06.5 AddBackward.apply: return the gradients of a and of b
        a, b = self.saved_tensors
        grad_a = unbroadcast(grad_output, a.shape) if a.requires_grad else None
        grad_b = unbroadcast(grad_output, b.shape) if b.requires_grad else None
        return grad_a, grad_b
        ### END SOLUTION


class SubBackward(Function):
    """z = a - b   so   dL/da = dL/dz   and   dL/db = -dL/dz."""

    reads_inputs = False

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        ### BEGIN SOLUTION 06.5 SubBackward.apply: return the gradients of a and of b
        a, b = self.saved_tensors
        grad_a = unbroadcast(grad_output, a.shape) if a.requires_grad else None
        grad_b = -unbroadcast(grad_output, b.shape) if b.requires_grad else None
        return grad_a, grad_b
        ### END SOLUTION

# %%
def add_rows(grad, shape):
    """A stand-in for unbroadcast, for tests: right for (3,) stretched to (2, 3), and where nothing was stretched."""
    return grad.sum(axis=0) if shape == (3,) and grad.shape == (2, 3) else grad

# %% nbgrader={"grade": true, "grade_id": "test-06-05-add-sub", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.5", "AddBackward and SubBackward") as check, check.using(unbroadcast=add_rows):
    a, b = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0, 4.0], requires_grad=True)
    grad_output = np.array([10.0, 20.0], np.float32)
    check.given(grad_output=grad_output, look="If this input grows by 1, by how much does the result grow?")
    grads = bare(AddBackward, a, b).apply(grad_output)
    check.is_a("the result of AddBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.is_a("the gradient of `a` in a + b", grads[0], np.ndarray, look="A rule gets an array and returns arrays.")
    check.equal("the gradient of `a` in a + b", grads[0], [10.0, 20.0])
    check.equal("the gradient of `b` in a + b", grads[1], [10.0, 20.0])
    grads = bare(SubBackward, a, b).apply(grad_output)
    check.is_a("the result of SubBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.unchanged("`grad_output`", grad_output, [10.0, 20.0])
    check.equal("the gradient of `a` in a - b", grads[0], [10.0, 20.0])
    check.equal("the gradient of `b` in a - b", grads[1], [-10.0, -20.0])
    fixed = Tensor([3.0, 4.0])
    check.given(look="`b` does not require a gradient.")
    for rule in (AddBackward, SubBackward):
        grad_b = bare(rule, a, fixed).apply(grad_output)[1]
        check.true(f"{rule.__name__}: the gradient of `b` should be None", grad_b is None, got=grad_b)
    x, bias = Tensor(np.ones((2, 3)), requires_grad=True), Tensor(np.ones(3), requires_grad=True)
    grad_output = np.arange(6.0).reshape(2, 3)
    check.given(x=x, bias=bias, grad_output=grad_output, look="`bias` was stretched over two rows. What undoes that?")
    check.equal("the gradient of `bias` in x + bias", bare(AddBackward, x, bias).apply(grad_output)[1], [3, 5, 7])
    check.equal("the gradient of `bias` in x - bias", bare(SubBackward, x, bias).apply(grad_output)[1], [-3, -5, -7])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    grad_output = np.array([10.0, 20.0], np.float32)
    check.true("a + b: the gradient of a constant `a` should be None", bare(AddBackward, fixed, a).apply(grad_output)[0] is None)
    check.true("a - b: the gradient of a constant `a` should be None", bare(SubBackward, fixed, a).apply(grad_output)[0] is None)
    check.true("a - b: the gradient of a constant `b` should be None", bare(SubBackward, a, fixed).apply(grad_output)[1] is None)
    check.given(look="Only outlines of the inputs were kept: they have a shape, but no data.")
    for rule, sign in ((AddBackward, 1), (SubBackward, -1)):
        grads = bare(rule, *[bare(Function, shape=(2,)) for _ in range(2)]).apply(grad_output)  # outlines: no data
        check.equal(f"{rule.__name__}: the gradient of an outline", grads[1], [sign * 10.0, sign * 20.0], dtype=np.float32)
    grad_output = np.arange(6.0).reshape(2, 3)
    check.given(look="One input was stretched over two rows.")
    for rule, sign in ((AddBackward, 1), (SubBackward, -1)):
        grads = bare(rule, x, bias).apply(grad_output)
        check.equal(f"{rule.__name__}: the gradient of x", grads[0], grad_output, dtype=np.float64)
        check.equal(f"{rule.__name__}: the gradient of a stretched bias", grads[1], [sign * 3, sign * 5, sign * 7])
        check.equal(f"{rule.__name__}: a stretched first input", bare(rule, bias, x).apply(grad_output)[0], [3, 5, 7])
    ### END HIDDEN TESTS

# %% [markdown]
# Multiplication, in numbers: z = a · b with a = 2, b = 5, dL/dz = 3. If a grows by 1, z grows by b = 5, so L grows by 3 · 5 = 15. If b grows by 1, z grows by a = 2, so L grows by 6. **Each factor is the slope for the other one.** That is why the numbers have to be saved: of a if b wants a gradient, of b if a does. The constructor below sees to it.

# %% [markdown]
# ### 06.6 Multiplication
#
# <details>
# <summary>Hints for 06.6</summary>
#
# Multiply first, in the large shape; undo the broadcast afterwards.
#
# </details>
#
# <details>
# <summary>The formula</summary>
#
# $dL/da = dL/dz \cdot b$ and $dL/db = dL/dz \cdot a$. The array of a tensor is `tensor.data`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-06-mul", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class MulBackward(Function):
    """z = a * b   so   dL/da = dL/dz * b   and   dL/db = dL/dz * a.

    Shapes: a and b broadcast to z; each gradient comes back in the shape of its input.
    """

    makes_new_arrays = True

    def __init__(self, a, b):
        # The numbers of one factor are read only if the other one wants a gradient.
        self.saved_tensors = a if b.requires_grad else outline(a), b if a.requires_grad else outline(b)

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        ### BEGIN SOLUTION 06.6 MulBackward.apply: return the gradients of a and of b
        a, b = self.saved_tensors
        grad_a = unbroadcast(grad_output * b.data, a.shape) if a.requires_grad else None
        grad_b = unbroadcast(grad_output * a.data, b.shape) if b.requires_grad else None
        return grad_a, grad_b
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-06-mul", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.6", "MulBackward.apply") as check, check.using(unbroadcast=add_rows):
    a, b = Tensor([2.0, 3.0], requires_grad=True), Tensor([5.0, -1.0], requires_grad=True)
    grad_output = np.array([3.0, 10.0], np.float32)
    check.given(a=a, b=b, grad_output=grad_output, look="Which of the two factors is the slope for this one?")
    grads = bare(MulBackward, a, b).apply(grad_output)
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    for name, grad in zip("ab", grads):
        check.is_a(f"the gradient of `{name}`", grad, np.ndarray, look="Rules compute with arrays. The array of a tensor is tensor.data.")
    check.equal("the gradient of `a`", grads[0], [15.0, -10.0])
    check.equal("the gradient of `b`", grads[1], [6.0, 30.0])
    check.unchanged("`grad_output`", grad_output, [3.0, 10.0])
    fixed = Tensor([5.0, -1.0])
    check.given(look="`b` does not require a gradient.")
    grad_b = bare(MulBackward, a, fixed).apply(grad_output)[1]
    check.true("the gradient of `b` should be None", grad_b is None, got=grad_b)
    x = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    row, ones = Tensor([1.0, -1.0, 2.0], requires_grad=True), np.ones((2, 3), np.float32)
    check.given(x=x, row=row, look="`row` was stretched over two rows. What undoes that, and when?")
    grads = bare(MulBackward, x, row).apply(ones)
    check.equal("the gradient of `x` in x * row", grads[0], [[1.0, -1.0, 2.0], [1.0, -1.0, 2.0]])
    check.equal("the gradient of `row` in x * row", grads[1], [5.0, 7.0, 9.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    no_numbers = bare(Function, shape=(2,))  # an outline: has no data
    check.given(look="Of `a` only the outline was kept, as `b` is a constant: it has a shape, but no data.")
    grads = bare(MulBackward, no_numbers, fixed).apply(grad_output)
    check.equal("the gradient of an `a` of which only the outline was kept", grads[0], [15.0, -10.0], dtype=np.float32)
    check.true("the gradient of a constant `a` should be None", bare(MulBackward, fixed, a).apply(grad_output)[0] is None)
    x, row = Tensor(np.arange(6.0).reshape(2, 3), requires_grad=True), Tensor(np.array([1.0, -2.0, 3.0]), requires_grad=True)
    grad_output = np.array([[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0]])
    check.given(x=x, row=row, grad_output=grad_output)
    grads = bare(MulBackward, x, row).apply(grad_output)
    check.equal("the gradient of x", grads[0], grad_output * row.data, dtype=np.float64)
    check.equal("the gradient of a stretched row", grads[1], (grad_output * x.data).sum(axis=0), dtype=np.float64)
    grads = bare(MulBackward, row, x).apply(grad_output)
    check.equal("the gradient of a stretched first factor", grads[0], (grad_output * x.data).sum(axis=0))
    square = bare(MulBackward, x, x).apply(grad_output)
    check.equal("both gradients of x * x together", square[0] + square[1], 2 * x.data * grad_output)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 06.7 Division
#
# Your turn without numbers. How does z = a / b move when a grows, and how when b grows? With a = 6, b = 2 and dL/dz = 1 the answers are 0.5 and −1.5.
#
# <details>
# <summary>Hints for 06.7</summary>
#
# In a, division by b is a multiplication by 1/b. In b it is $a \cdot b^{-1}$, and the power rule applies.
#
# </details>
#
# <details>
# <summary>The formula</summary>
#
# $dL/da = dL/dz \,/\, b$ and $dL/db = -dL/dz \cdot a / b^2$.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-07-div", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class DivBackward(Function):
    """z = a / b; the gradients follow from the slopes of a / b in a and in b.

    Shapes: a and b broadcast to z; each gradient comes back in the shape of its input.
    """

    makes_new_arrays = True

    def __init__(self, a, b):
        self.saved_tensors = a if b.requires_grad else outline(a), b

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        ### BEGIN SOLUTION 06.7 DivBackward.apply: return the gradients of a and of b
        a, b = self.saved_tensors
        grad_a = unbroadcast(grad_output / b.data, a.shape) if a.requires_grad else None
        # Added up first: then b's own shape, often a small one, is all that is divided.
        grad_b = unbroadcast(grad_output * a.data, b.shape) / -(b.data * b.data) if b.requires_grad else None
        return grad_a, grad_b
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-07-div", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.7", "DivBackward.apply") as check, check.using(unbroadcast=add_rows):
    a, b = Tensor([6.0, 1.0], requires_grad=True), Tensor([2.0, -4.0], requires_grad=True)
    grad_output = np.array([1.0, 8.0], np.float32)
    check.given(a=a, b=b, grad_output=grad_output, look="If b grows, does a / b grow or shrink, and how fast?")
    grads = bare(DivBackward, a, b).apply(grad_output)
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    for name, grad in zip("ab", grads):
        check.is_a(f"the gradient of `{name}`", grad, np.ndarray, look="Rules compute with arrays. The array of a tensor is tensor.data.")
    check.equal("the gradient of `a`", grads[0], [0.5, -2.0])
    check.equal("the gradient of `b`", grads[1], [-1.5, -0.5])
    check.unchanged("`grad_output`", grad_output, [1.0, 8.0])
    fixed = Tensor([2.0, -4.0])
    check.given(look="`b` does not require a gradient.")
    grad_b = bare(DivBackward, a, fixed).apply(grad_output)[1]
    check.true("the gradient of `b` should be None", grad_b is None, got=grad_b)
    x = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    row, ones = Tensor([1.0, -1.0, 2.0], requires_grad=True), np.ones((2, 3), np.float32)
    check.given(x=x, row=row, look="`row` was stretched over two rows. What undoes that, and when?")
    grads = bare(DivBackward, x, row).apply(ones)
    check.equal("the gradient of `x` in x / row", grads[0], [[1.0, -1.0, 0.5], [1.0, -1.0, 0.5]])
    check.equal("the gradient of `row` in x / row", grads[1], [-5.0, -7.0, -2.25])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    no_numbers = bare(Function, shape=(2,))
    check.given(look="Of `a` only the outline was kept, as `b` is a constant: it has a shape, but no data.")
    grads = bare(DivBackward, no_numbers, fixed).apply(grad_output)
    check.equal("the gradient of an `a` of which only the outline was kept", grads[0], [0.5, -2.0], dtype=np.float32)
    check.true("the gradient of a constant `b` should be None", grads[1] is None)
    check.true("the gradient of a constant `a` should be None", bare(DivBackward, fixed, b).apply(grad_output)[0] is None)
    rng = np.random.default_rng(7)
    x, row = Tensor(rng.normal(size=(2, 3)), requires_grad=True), Tensor(rng.uniform(0.5, 2, 3), requires_grad=True)
    grad_output = rng.normal(size=(2, 3))
    check.given(x=x, row=row, grad_output=grad_output)
    grads = bare(DivBackward, x, row).apply(grad_output)
    check.equal("the gradient of x", grads[0], grad_output / row.data, dtype=np.float64)
    expected = -(grad_output * x.data / row.data**2).sum(axis=0)
    check.equal("the gradient of a stretched divisor", grads[1], expected, dtype=np.float64)
    check.equal("a stretched numerator", bare(DivBackward, row, x).apply(grad_output)[0], (grad_output / x.data).sum(axis=0))
    ### END HIDDEN TESTS

# %% [markdown]
# Powers, exp, log and the square root follow the same pattern, and you have seen it often enough: they are given. Note that exp and sqrt keep their *result*, which they need anyway, and not their input.

# %%
#| export
class ExpBackward(Function):
    """z = exp(a)   so   dL/da = dL/dz * z."""

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out):
        super().__init__(a)
        self.output = out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        return (grad_output * self.output,)

# %%
#| export
class LogBackward(Function):
    """z = log(a)   so   dL/da = dL/dz / a."""

    makes_new_arrays = True

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        return (grad_output / self.saved_tensors[0].data,)

# %%
#| export
class SqrtBackward(ExpBackward):
    """z = sqrt(a)   so   dL/da = dL/dz / (2 z)."""

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        return (grad_output / (2 * self.output),)

# %%
#| export
class PowBackward(Function):
    """z = a**b   so   dL/da = dL/dz * b * a**(b - 1)   and   dL/db = dL/dz * a**b * log(a).

    Where b is 0 the first one is 0, and where a is 0 the second one is, as in PyTorch.
    """

    makes_new_arrays = True

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
        return unbroadcast(grad_output * slope, a.shape)

    def grad_exponent(self, a, b, grad_output):
        """dL/db, or None."""
        if not b.requires_grad:
            return None
        log_a = np.log(np.where(a.data == 0, 1, a.data))
        return unbroadcast(grad_output * a.data**b.data * log_a, b.shape)

# %% [markdown]
# ## Part 4. Slopes by measuring (30 minutes)
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

# %% [markdown]
# ### 06.8 Slopes of a whole array
#
# <details>
# <summary>Hints for 06.8</summary>
#
# `for place in np.ndindex(array.shape)` visits every element; `array[place]` reads and writes it.
#
# Remember the old value, and put it back before you go on: every element is moved alone.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-08-numerical-gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
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
    ### BEGIN SOLUTION 06.8 numerical_gradient: move each element up and down and return the slopes
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

# %% nbgrader={"grade": true, "grade_id": "test-06-08-numerical-gradient", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("06.8", "numerical_gradient") as check:
    array = np.array([1.0, -2.0, 3.0])
    check.given(array=array, look="Is each element moved alone, in both directions?")
    squares = lambda values: (values**2).sum()
    check.equal("the gradient of the sum of squares", numerical_gradient(squares, array), [2.0, -4.0, 6.0], rtol=1e-4)
    exact = "Put the old number back, the remembered one: adding eps and subtracting it again rounds."
    check.unchanged("`array`", array, [1.0, -2.0, 3.0], look=exact)
    check.given(array=array, look="`function` may look at the array itself: is it moved in place?")
    check.equal("the gradient of a function that reads `array`", numerical_gradient(lambda _: (array**2).sum(), array), [2.0, -4.0, 6.0], rtol=1e-4)
    check.given(array=array, eps=0.5, look="(f(x + 0.5) - f(x - 0.5)) / 1 of a cube is 3x² + 0.25. Which step was taken?")
    cubes = lambda values: (values**3).sum()
    check.equal("the gradient of the sum of cubes with steps of 0.5", numerical_gradient(cubes, array, eps=0.5), [3.25, 12.25, 27.25], rtol=1e-4)
    table = np.array([[1.0, 2.0], [3.0, 4.0]])
    check.given(array=table, look="The slope in one place may depend on the other places.")
    product = lambda values: values[0, 0] * values[1, 1] + values[0, 1]
    check.equal("the gradient of a[0, 0] * a[1, 1] + a[0, 1]", numerical_gradient(product, table), [[4.0, 1.0], [0.0, 1.0]], rtol=1e-4, atol=1e-5)
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
# Now a tool for rules: the operation on plain arrays on one side, your rule on the other. The result is made one number by weighting it with a random `grad_output`.

# %%
def check_rule(forward, rule, *arrays):
    """Compare a rule with measured slopes: first the shapes, then the numbers. Return the largest difference."""
    arrays = [np.array(array, dtype=np.float64) for array in arrays]
    node = rule(*[Tensor(array, requires_grad=True) for array in arrays])
    grad_output = np.random.default_rng(0).normal(size=np.shape(forward(*arrays)))
    worst = 0.0
    for i, (array, grad) in enumerate(zip(arrays, node.apply(grad_output))):
        measured = numerical_gradient(lambda _: (forward(*arrays) * grad_output).sum(), array)
        if isinstance(grad, Tensor):
            print(f"{type(node).__name__}, input {i}: the gradient is a Tensor, not an array <-- wrong")
            worst = math.inf
            continue
        if np.shape(grad) != array.shape:
            print(f"{type(node).__name__}, input {i}: shape {array.shape}, its gradient: {np.shape(grad)} <-- wrong")
            worst = math.inf
            continue
        difference = float(np.abs(measured - grad).max(initial=0.0))
        mark = "" if difference < 1e-5 else " <-- wrong"
        print(f"{type(node).__name__}, input {i} of shape {array.shape}: largest difference {difference:.1e}{mark}")
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
# Differences around 10⁻⁹ or less are rounding. A wrong rule is off by about as much as its gradients are large. Break one of your rules on purpose and run the cell again: which digit gives it away?

# %% [markdown]
# ## Part 5. Products, sums, shapes (70 minutes)
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
# ### 06.9 Matrix products
#
# In front of the two matrix axes there may be batches: (5, n, k) times (k, m) multiplies five matrices by the same one, which is stretched over the batch like anything else. The function gets arrays with two axes at least.
#
# <details>
# <summary>Hints for 06.9</summary>
#
# `array.T` reverses *all* axes; a batch wants only its last two exchanged: `array.swapaxes(-1, -2)`.
#
# </details>
#
# <details>
# <summary>The formula</summary>
#
# $dL/da = dL/dz \, b^T$, $dL/db = a^T \, dL/dz$, each unbroadcast to its own shape.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-09-matmul", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def matmul_gradients(a, b, grad_output, need_a=True, need_b=True):
    """The gradients of z = a @ b.

    Parameters
    ----------
    a, b, grad_output : numpy.ndarray
        (…, n, k), (…, k, m) and (…, n, m): two axes at least. The axes in front are batches, which broadcast.
    need_a, need_b : bool
        Which gradients are wanted.

    Returns
    -------
    tuple
        dL/da in the shape of a and dL/db in the shape of b; None for one that is not wanted: it is not computed.
    """
    ### BEGIN SOLUTION 06.9 matmul_gradients: return dL/da and dL/db, each in the shape of its input
    grad_a = unbroadcast(grad_output @ b.swapaxes(-1, -2), a.shape) if need_a else None
    grad_b = unbroadcast(a.swapaxes(-1, -2) @ grad_output, b.shape) if need_b else None
    return grad_a, grad_b
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-09-matmul", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("06.9", "matmul_gradients") as check, check.using(unbroadcast=lambda grad, shape: grad):
    a, b, grad_output = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([[10.0]])
    check.given(a=a, b=b, grad_output=grad_output, look="Which product of these has the shape of the input?")
    grads = matmul_gradients(a, b, grad_output)
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient of `a`", grads[0], [[30.0, 40.0]])
    check.equal("the gradient of `b`", grads[1], [[10.0], [20.0]])
    check.given(a=a, b=b, grad_output=grad_output, look="What do need_a and need_b say?")
    only_a, only_b = matmul_gradients(a, b, grad_output, need_b=False), matmul_gradients(a, b, grad_output, need_a=False)
    check.true("with need_b=False the gradient of `b` should be None", only_a[1] is None, got=only_a[1])
    check.true("with need_a=False the gradient of `a` should be None", only_b[0] is None, got=only_b[0])
    a, b = np.array([[[1.0, 2.0]], [[3.0, 0.0]]]), np.array([[[1.0], [1.0]], [[2.0], [-1.0]]])  # (2, 1, 2) and (2, 2, 1)
    grad_output = np.array([[[10.0]], [[100.0]]])
    check.given(a=a, b=b, grad_output=grad_output, look="Each of the two products has gradients of its own.")
    grads = matmul_gradients(a, b, grad_output)
    check.equal("the gradient of a batch `a`", grads[0], [[[10.0, 10.0]], [[200.0, -100.0]]])
    check.equal("the gradient of a batch `b`", grads[1], [[[10.0], [20.0]], [[300.0], [0.0]]])
    check.given(a=a, b=b[0], grad_output=grad_output, look="Both products used the same `b`. What undoes that?")
    with check.using(unbroadcast=lambda grad, shape: grad.sum(axis=0) if grad.ndim > len(shape) else grad):
        shared = matmul_gradients(a, b[0], grad_output)[1], matmul_gradients(a[0], b, grad_output)[0]
    check.equal("the gradient of a single `b`", shared[0], [[310.0], [20.0]])
    check.given(a=a[0], b=b, grad_output=grad_output, look="Both products used the same `a`. What undoes that?")
    check.equal("the gradient of a single `a`", shared[1], [[210.0, -90.0]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(9)
    a, b, grad_output = rng.normal(size=(5, 2, 3)), rng.normal(size=(5, 3, 4)), rng.normal(size=(5, 2, 4))
    check.given(a=a, b=b, grad_output=grad_output, look="Each of the five products has gradients of its own.")
    grads = matmul_gradients(a, b, grad_output)
    check.equal("the gradient of a batch `a`, in its second matrix", grads[0][1], grad_output[1] @ b[1].T)
    check.equal("the gradients of all five", grads[1], np.stack([a[i].T @ grad_output[i] for i in range(5)]))
    without_a = "the gradient of `a` should be None where need_a is False"
    check.true(without_a, matmul_gradients(a, b, grad_output, need_a=False)[0] is None)
    check.equal("the gradient of `b` where need_a is False", matmul_gradients(a, b, grad_output, need_a=False)[1], grads[1])
    single = [array.astype(np.float32) for array in (a[0], b[0], grad_output[0])]
    check.equal("float32", matmul_gradients(*single)[0], single[2] @ single[1].T, dtype=np.float32)

    def add_up(grad, shape):
        grad = grad.reshape((1,) * (4 - grad.ndim) + grad.shape)
        long = (1,) * (4 - len(shape)) + tuple(shape)
        return grad.sum(axis=tuple(i for i in range(4) if long[i] == 1 != grad.shape[i]), keepdims=True).reshape(shape)

    with check.using(unbroadcast=add_up):
        for one, two in [((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 2)), ((5, 3, 3), (3, 3)), ((1, 2, 3), (4, 3, 2))]:
            a, b = rng.normal(size=one), rng.normal(size=two)
            grad_output = rng.normal(size=(a @ b).shape)
            grads = matmul_gradients(a, b, grad_output)
            expected = add_up(np.einsum("...nm,...km->...nk", grad_output, b), one)
            check.equal(f"the gradient of `a` in {one} @ {two}", grads[0], expected)
            check.equal(f"the gradient of `b` in {one} @ {two}", grads[1], add_up(np.einsum("...nk,...nm->...km", a, grad_output), two))
    ### END HIDDEN TESTS

# %% [markdown]
# The rule itself is given, and the next two cells may be skipped: they are engineering around your function. They see to vectors, which NumPy treats as a row on the left and a column on the right, and to two shortcuts. When a whole batch meets a single matrix, its rows can be multiplied in one go; and a single row needs no matrix product for the weight's gradient, as `*` does it six times faster.

# %%
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

# %%
#| export
class MatmulBackward(Function):
    """z = a @ b, for every pair of shapes that NumPy multiplies; the rule is `matmul_gradients`."""

    makes_new_arrays = True

    def __init__(self, a, b):
        self.saved_tensors = a if b.requires_grad else outline(a), b if a.requires_grad else outline(b)

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        a, b = self.saved_tensors
        # Of an outline there are no numbers; they are not read either, so any array of its shape will do.
        left = np.empty(a.shape) if isinstance(a, Function) else a.data
        right = np.empty(b.shape) if isinstance(b, Function) else b.data
        left, right, grad_output = as_matrices(left, right, grad_output)
        single = b.requires_grad and left.shape[-2] == 1  # one row: a column times a row, where `*` is faster than `@`
        grad_a, grad_b = matmul_gradients(left, right, grad_output, a.requires_grad, b.requires_grad and not single)
        if single:
            grad_b = unbroadcast(left.swapaxes(-1, -2) * grad_output, right.shape)
        return (
            grad_a.reshape(a.shape) if a.requires_grad else None,
            grad_b.reshape(b.shape) if b.requires_grad else None,
        )

# %% tags=["demo"]
for one, two in [((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((3,), (5, 3, 2)), ((3,), (3,))]:
    check_rule(np.matmul, MatmulBackward, rng.normal(size=one), rng.normal(size=two))

# %% [markdown]
# ### 06.10 Sum
#
# The sum of [a₀, a₁, a₂] grows by 1 whenever one of them does. So if dL/dz = 7 arrives, *each* of them gets 7: what the sum squeezes together, its gradient spreads out. Sum and broadcasting are each other's way back.
#
# <details>
# <summary>Hints for 06.10</summary>
#
# `a.sum(axis=1)` of a (2, 3) gives (2,). Before it can be stretched, the lost axis has to be there again: `np.expand_dims`.
#
# `np.broadcast_to(array, shape)` stretches without computing anything. With `axis=None` the gradient is a single number.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-10-sum", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class SumBackward(Function):
    """z = a.sum(axis): every element of a has the gradient of the sum that it went into.

    Shapes: a (…), z without the summed axes (or with size 1 there, if keepdims); the gradient has the shape of a.
    `axis` is None (all), an int or a tuple of ints; negative ones count from the end.
    """

    reads_inputs = False

    def __init__(self, a, axis=None, keepdims=False):
        super().__init__(a)
        self.axis, self.keepdims = axis, keepdims

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.10 SumBackward.apply: return the gradient of a, stretched to its shape
        (a,) = self.saved_tensors
        if self.axis is not None and not self.keepdims:
            grad_output = np.expand_dims(grad_output, self.axis)
        return (np.broadcast_to(grad_output, a.shape),)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-10-sum", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.10", "SumBackward.apply") as check:
    a = bare(Function, shape=(2, 3))  # an outline: no rule reads more of it
    check.given(shape=(2, 3), look="All six numbers went into the one sum. The input is an outline: it has a shape, but no data.")
    grads = bare(SumBackward, a, axis=None, keepdims=False).apply(np.array(7.0, np.float32))
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient for axis=None", grads[0], np.full((2, 3), 7.0))
    check.equal("the gradient for axis=None", grads[0], np.full((2, 3), 7.0), dtype=np.float32, look="Which dtype does np.ones give by itself?")
    check.given(shape=(2, 3), look="Row 0 was added up to one number, row 1 to another. Which axis is missing in grad_output?")
    grads = bare(SumBackward, a, axis=1, keepdims=False).apply(np.array([7.0, 8.0], np.float32))
    check.equal("the gradient for axis=1", grads[0], [[7.0, 7.0, 7.0], [8.0, 8.0, 8.0]])
    check.given(shape=(2, 3), look="With keepdims nothing is missing.")
    grads = bare(SumBackward, a, axis=1, keepdims=True).apply(np.array([[7.0], [8.0]], np.float32))
    check.equal("the gradient for axis=1, keepdims=True", grads[0], [[7.0, 7.0, 7.0], [8.0, 8.0, 8.0]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    cube = Tensor(np.ones((3, 3, 3)), requires_grad=True)
    weights = np.random.default_rng(10).normal(size=(3, 3, 3))
    for axis in (0, 1, 2, -1, -2, (0, 1), (0, 2), (-1, 0), (0, 1, 2)):
        for keepdims in (False, True):
            grad_output = weights.sum(axis=axis, keepdims=keepdims)
            expected = np.broadcast_to(weights.sum(axis=axis, keepdims=True), (3, 3, 3))
            got = bare(SumBackward, cube, axis=axis, keepdims=keepdims).apply(grad_output)[0]
            check.equal(f"the gradient for axis={axis}, keepdims={keepdims}", got, expected)
    got = bare(SumBackward, cube, axis=None, keepdims=True).apply(np.full((1, 1, 1), 2.0))[0]
    check.equal("the gradient for axis=None, keepdims=True", got, np.full((3, 3, 3), 2.0))
    check.given(look="Only an outline of the input was kept: it has a shape, but no data.")
    got = bare(SumBackward, bare(Function, shape=(2,)), axis=None, keepdims=False).apply(np.array(3.0, np.float32))[0]
    check.equal("the gradient of an outline", got, [3.0, 3.0], dtype=np.float32)
    ### END HIDDEN TESTS

# %% [markdown]
# The maximum is its brother: the gradient goes to the winner alone. Where several share the first place they share the gradient too, so that it adds up. Given:

# %%
#| export
class MaxBackward(Function):
    """z = a.max(axis): the gradient goes to the largest element; where several are, each gets an equal share."""

    makes_new_arrays = True

    def __init__(self, a, out, axis=None, keepdims=False):
        super().__init__(a)
        self.output, self.axis, self.keepdims = out.data, axis, keepdims

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
# ### 06.11 Moving without computing
#
# <details>
# <summary>Hints for 06.11</summary>
#
# Exchanging two axes twice changes nothing. For permute, look for the order that puts axis `axes[i]` of the input back into its place; axes may be negative.
#
# `np.argsort(axes)` is the inverse of an order, if its entries are 0, 1, 2 …
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-11-moving", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class ReshapeBackward(Function):
    """z = a.reshape(…): the gradient is brought back to `self.original_shape`."""

    reads_inputs = False

    def __init__(self, a, original_shape):
        super().__init__(a)
        self.original_shape = original_shape

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.11 ReshapeBackward.apply: return the gradient of a in a tuple
        return (grad_output.reshape(self.original_shape),)
        ### END SOLUTION


class TransposeBackward(Function):
    """z = a.transpose(dim0, dim1): the gradient gets the same two axes exchanged. Negative axes count from the end.

    Both None: the last two axes were exchanged, and nothing at all if there are fewer than two.
    """

    reads_inputs = False

    def __init__(self, a, dim0=None, dim1=None):
        super().__init__(a)
        self.dim0, self.dim1 = dim0, dim1

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.11 TransposeBackward.apply: return the gradient of a in a tuple
        if self.dim0 is None and self.dim1 is None:
            return (grad_output if grad_output.ndim < 2 else grad_output.swapaxes(-1, -2),)
        return (grad_output.swapaxes(self.dim0, self.dim1),)
        ### END SOLUTION


class PermuteBackward(Function):
    """z = a.permute(*axes): axis axes[i] of a is axis i of z; the way back needs the inverse order.

    Negative axes count from the end.
    """

    reads_inputs = False

    def __init__(self, a, axes):
        super().__init__(a)
        self.axes = axes

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.11 PermuteBackward.apply: return the gradient of a in a tuple
        axes = [axis % grad_output.ndim for axis in self.axes]
        return (grad_output.transpose(np.argsort(axes)),)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-11-moving", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.11", "ReshapeBackward, TransposeBackward, PermuteBackward") as check:
    table = np.arange(6.0).reshape(2, 3)
    a = Tensor(table, requires_grad=True)
    check.given(original_shape=(2, 3), grad_output=table.reshape(6), look="Which shape did the input have?")
    grads = bare(ReshapeBackward, a, original_shape=(2, 3)).apply(table.reshape(6))
    check.is_a("the result of ReshapeBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient of a reshape from (2, 3) to (6,)", grads[0], table)
    cube = np.arange(24.0).reshape(2, 3, 4)
    b, turned = Tensor(cube, requires_grad=True), cube.swapaxes(0, 2)
    check.given(dim0=0, dim1=2, grad_output=turned, look="Axes 0 and 2 were exchanged. What undoes that?")
    grads = bare(TransposeBackward, b, dim0=0, dim1=2).apply(turned)
    check.is_a("the result of TransposeBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient of transpose(0, 2)", grads[0], cube)
    check.given(dim0=None, dim1=None, grad_output=cube.swapaxes(1, 2), look="Both None: the *last two* axes were exchanged, and no other.")
    check.equal("the gradient of transpose()", bare(TransposeBackward, b, dim0=None, dim1=None).apply(cube.swapaxes(1, 2))[0], cube)
    check.given(axes=(2, 0, 1), look="Which order of axes brings shape (4, 2, 3) back to (2, 3, 4)?")
    grads = bare(PermuteBackward, b, axes=(2, 0, 1)).apply(cube.transpose(2, 0, 1))
    check.is_a("the result of PermuteBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient of permute(2, 0, 1)", grads[0], cube)
    check.given(axes=(-1, 0, 1), look="-1 is the last axis. Which number does it have, counted from the front?")
    check.equal("the gradient of permute(-1, 0, 1)", bare(PermuteBackward, b, axes=(-1, 0, 1)).apply(cube.transpose(2, 0, 1))[0], cube)
    flat = np.array([1.0, 2.0])
    check.given(grad_output=flat, look="A vector has no two axes to exchange: transpose() left it as it was.")
    check.equal("the gradient of transpose() of a vector", bare(TransposeBackward, Tensor(flat), dim0=None, dim1=None).apply(flat)[0], flat)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    for axes in [(0, 1, 2), (1, 2, 0), (0, 2, 1), (2, 1, 0), (-1, 0, 1), (-2, -1, -3)]:
        got = bare(PermuteBackward, b, axes=axes).apply(cube.transpose(axes))[0]
        check.equal(f"the gradient of permute{axes}", got, cube)
    for dims in [(0, 2), (-1, 0), (1, 1), (2, 1)]:
        got = bare(TransposeBackward, b, dim0=dims[0], dim1=dims[1]).apply(cube.swapaxes(*dims))[0]
        check.equal(f"the gradient of transpose{dims}", got, cube)
    got = bare(TransposeBackward, b, dim0=None, dim1=None).apply(cube.swapaxes(1, 2))[0]
    check.equal("the gradient of transpose() of three axes", got, cube)
    for flat in (np.array([1.0, 2.0]), np.array(3.0)):
        got = bare(TransposeBackward, Tensor(flat), dim0=None, dim1=None).apply(flat)[0]
        check.equal(f"the gradient of transpose() of shape {flat.shape}", got, flat)
    got = bare(ReshapeBackward, b, original_shape=(2, 3, 4)).apply(cube.reshape(4, 6).T.copy().T)[0]
    check.equal("the gradient of a reshape whose memory is not in order", got, cube)
    ### END HIDDEN TESTS

# %% [markdown]
# `z = a[key]` picks some elements. Each picked one gets the gradient of its copy; the others had no part in it: 0. And if one was picked twice? Part 3 said it already: a number that was used several times gets the **sum**. NumPy has a trap here:

# %% tags=["demo"]
grad, key, values = np.zeros(3), [0, 0, 2], [1.0, 10.0, 100.0]
grad[key] += values
print("grad[key] += values         ", grad)
grad = np.zeros(3)
np.add.at(grad, key, values)
print("np.add.at(grad, key, values)", grad)

# %% [markdown]
# `+=` with a list of places writes each place once, and the last one wins. `np.add.at` adds up. An embedding is the same thing in large: a table of word vectors, from which a sentence picks rows, some of them often. `add_at` is `np.add.at`, only faster where it can be, and `picks_once` says when there is nothing to add up. What is inside the two may be skipped.

# %%
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
# ### 06.12 Picking
#
# <details>
# <summary>Hints for 06.12</summary>
#
# Begin with zeros in the shape of the input, `self.saved_tensors[0].shape`, and in the dtype of `grad_output`.
#
# Then `add_at` with the key, or with the indices: its first argument is changed in place.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-12-picking", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class SliceBackward(Function):
    """z = a[key]: what was picked gets its gradient, several times if it was picked so; the rest gets 0.

    `key` is anything that NumPy accepts as an index.
    """

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, key):
        super().__init__(a)
        self.key = key

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        ### BEGIN SOLUTION 06.12 SliceBackward.apply: return the gradient of a in a tuple
        grad = np.zeros(self.saved_tensors[0].shape, grad_output.dtype)
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

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, weight, indices):
        super().__init__(weight)
        self.indices = np.asarray(indices.data if isinstance(indices, Tensor) else indices)

    def apply(self, grad_output):
        """The gradient of the table, in a tuple."""
        ### BEGIN SOLUTION 06.12 EmbeddingBackward.apply: return the gradient of the table in a tuple
        grad = np.zeros(self.saved_tensors[0].shape, grad_output.dtype)
        add_at(grad, self.indices, grad_output)
        return (grad,)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-12-picking", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.12", "SliceBackward and EmbeddingBackward") as check:
    a = Tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    check.given(a=a, key="1:3", look="Elements 1 and 2 were picked, once each.")
    grads = bare(SliceBackward, a, key=slice(1, 3)).apply(np.array([5.0, 6.0], np.float32))
    check.is_a("the result of SliceBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient of a[1:3]", grads[0], [0.0, 5.0, 6.0, 0.0])
    check.equal("the gradient of a[1:3]", grads[0], [0.0, 5.0, 6.0, 0.0], dtype=np.float32, look="Which dtype does np.zeros give by itself?")
    check.given(a=a, key="[0, 0, 2]", look="Element 0 was picked twice.")
    grads = bare(SliceBackward, a, key=np.array([0, 0, 2])).apply(np.array([5.0, 6.0, 7.0], np.float32))
    check.equal("the gradient of a[[0, 0, 2]]", grads[0], [11.0, 0.0, 7.0, 0.0])
    table = Tensor(np.zeros((3, 2), np.float32), requires_grad=True)
    check.given(weight=table, indices="[[2, 0], [2, 2]]", look="Row 2 was used three times, row 1 never.")
    grad_output = np.array([[[1.0, 2.0], [3.0, 4.0]], [[10.0, 20.0], [100.0, 200.0]]], np.float32)
    grads = bare(EmbeddingBackward, table, indices=np.array([[2, 0], [2, 2]])).apply(grad_output)
    check.is_a("the result of EmbeddingBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    expected = [[3.0, 4.0], [0.0, 0.0], [111.0, 222.0]]
    check.equal("the gradient of the table", grads[0], expected)
    check.equal("the gradient of the table", grads[0], expected, dtype=np.float32, look="Which dtype does np.zeros give by itself?")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    cube = np.arange(24.0).reshape(2, 3, 4)
    b = Tensor(cube, requires_grad=True)
    keys = [0, -1, (slice(None), 1), (..., 0), (None, 1), cube > 10, (np.array([0, 1, 1]), np.array([2, 0, 0])),
            np.array([[0, 1], [1, 1]]), (slice(None, None, 2), [0, 0]), (1, 2, 3), slice(None, None, -1)]  # fmt: skip
    for key in keys:
        grad_output = np.random.default_rng(12).normal(size=cube[key].shape)
        places, expected = np.arange(24).reshape(2, 3, 4)[key], np.zeros(24)
        for place, value in zip(np.ravel(places), np.ravel(grad_output)):
            expected[place] += value
        check.equal(f"the gradient of a[{key}]", bare(SliceBackward, b, key=key).apply(grad_output)[0], expected.reshape(2, 3, 4))
    got = bare(EmbeddingBackward, table, indices=np.array([0, -1, 2])).apply(np.ones((3, 2), np.float64))[0]
    check.equal("the gradient of the table for indices 0, -1, 2", got, [[1.0, 1.0], [0.0, 0.0], [2.0, 2.0]], dtype=np.float64)
    check.equal("the gradient of the table for a single index", bare(EmbeddingBackward, table, indices=np.array(1)).apply(np.array([3.0, 4.0]))[0], [[0, 0], [3, 4], [0, 0]])
    outlined, ones = bare(Function, shape=(3, 2)), np.ones((2, 2), np.float32)  # an outline: no data
    check.given(look="Only an outline of the input was kept: it has a shape, but no data.")
    check.equal("the gradient of an outlined table", bare(EmbeddingBackward, outlined, indices=np.array([1, 1])).apply(ones)[0], [[0, 0], [2, 2], [0, 0]])
    check.equal("the gradient of an outline", bare(SliceBackward, outlined, key=slice(1, 3)).apply(ones)[0], [[0, 0], [1, 1], [1, 1]])
    check.given()
    check.unchanged("`grad_output`", ones, [[1, 1], [1, 1]])
    got = bare(EmbeddingBackward, table, indices=np.zeros((0,), int)).apply(np.zeros((0, 2)))[0]
    check.equal("the gradient of the table for no index at all", got, np.zeros((3, 2)))
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 6. Activations and losses (70 minutes)
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
# ### 06.13 ReLU
#
# The result of a ReLU is positive exactly where its input is. So the rule does not need the input: the result, which the next layer saves anyway, is enough, and the input's array can go.
#
# <details>
# <summary>Hints for 06.13</summary>
#
# Where is the slope 1, where 0? At 0 itself any value between would do; PyTorch takes 0, and so do we.
#
# A comparison gives an array of True and False, which multiply as 1 and 0.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-13-relu", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class ReLUBackward(Function):
    """z = max(a, 0): the gradient passes where `self.output` is positive, and is 0 elsewhere, at 0 too.

    `output` is the array of the result, or of the input: they are positive in the same places.
    """

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out=None):
        super().__init__(a)
        self.output = (a if out is None else out).data

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` is not changed."""
        ### BEGIN SOLUTION 06.13 ReLUBackward.apply: return the gradient of a in a tuple
        return (grad_output * (self.output > 0),)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-13-relu", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.13", "ReLUBackward.apply") as check:
    output, grad_output = np.array([0.0, 2.0, -1.0, 0.5], np.float32), np.array([1.0, 2.0, 3.0, -4.0], np.float32)
    rule = bare(ReLUBackward, bare(Function, shape=(4,)), output=output)
    check.given(output=output, grad_output=grad_output, look="Where is `output` positive? It may be the input, with negative numbers.")
    grads = rule.apply(grad_output)
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient", grads[0], [0.0, 2.0, 0.0, -4.0])
    check.equal("the gradient", grads[0], [0.0, 2.0, 0.0, -4.0], dtype=np.float32, look="Everything that came in is float32. Which step makes float64?")
    check.unchanged("`grad_output`", grad_output, [1.0, 2.0, 3.0, -4.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    values = np.random.default_rng(13).normal(size=(3, 4))
    rule = bare(ReLUBackward, bare(Function, shape=(3, 4)), output=values)
    grad_output = np.arange(12.0).reshape(3, 4) - 6
    check.equal("the gradient, with the input as output", rule.apply(grad_output)[0], np.where(values > 0, grad_output, 0), dtype=np.float64)
    large = bare(ReLUBackward, bare(Function, shape=(2,)), output=np.array([1e-30, 1e30]))
    check.equal("the gradient for tiny and huge results", large.apply(np.array([3.0, 4.0]))[0], [3.0, 4.0])
    ### END HIDDEN TESTS

# %% [markdown]
# ### 06.14 Sigmoid and tanh
#
# Both slopes can be written with the *result*: for s = σ(a) it is s (1 − s), for t = tanh(a) it is 1 − t². In numbers: at a = 0, s = 0.5 and the slope is 0.25; t = 0 and the slope is 1. Compare with the picture.
#
# <details>
# <summary>Hints for 06.14</summary>
#
# `self.output` holds the result's array, s or t.
#
# The gradient is `grad_output` times the slope, element by element.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-14-smooth", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class SigmoidBackward(Function):
    """s = 1 / (1 + exp(-a)), whose slope is s (1 - s). `self.output` is s."""

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out):
        super().__init__(a)
        self.output = out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` and `self.output` are not changed."""
        ### BEGIN SOLUTION 06.14 SigmoidBackward.apply: return the gradient of a in a tuple
        return (grad_output * self.output * (1 - self.output),)
        ### END SOLUTION


class TanhBackward(Function):
    """t = tanh(a), whose slope is 1 - t**2. `self.output` is t."""

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out):
        super().__init__(a)
        self.output = out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` and `self.output` are not changed."""
        ### BEGIN SOLUTION 06.14 TanhBackward.apply: return the gradient of a in a tuple
        return (grad_output * (1 - self.output * self.output),)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-14-smooth", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.14", "SigmoidBackward and TanhBackward") as check:
    grad_output = np.array([4.0, -8.0], np.float32)
    rule = bare(SigmoidBackward, bare(Function, shape=(2,)), output=np.array([0.5, 0.75], np.float32))
    check.given(output=rule.output, grad_output=grad_output, look="The slope is s (1 - s), and s is in self.output.")
    grads = rule.apply(grad_output)
    check.is_a("the result of SigmoidBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient of the sigmoid", grads[0], [1.0, -1.5], dtype=np.float32)
    check.unchanged("in SigmoidBackward.apply, `grad_output`", grad_output, [4.0, -8.0])
    check.unchanged("in SigmoidBackward.apply, `self.output`", rule.output, [0.5, 0.75])
    rule = bare(TanhBackward, bare(Function, shape=(2,)), output=np.array([0.0, 0.5], np.float32))
    check.given(output=rule.output, grad_output=grad_output, look="The slope is 1 - t², and t is in self.output.")
    grads = rule.apply(grad_output)
    check.is_a("the result of TanhBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient of tanh", grads[0], [4.0, -6.0], dtype=np.float32)
    check.unchanged("in TanhBackward.apply, `grad_output`", grad_output, [4.0, -8.0])
    check.unchanged("in TanhBackward.apply, `self.output`", rule.output, [0.0, 0.5])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(14)
    a, grad_output = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    s, t, step = 1 / (1 + np.exp(-a)), np.tanh(a), 1e-6
    slope = (1 / (1 + np.exp(-a - step)) - 1 / (1 + np.exp(-a + step))) / (2 * step)
    got = bare(SigmoidBackward, bare(Function, shape=(3, 4)), output=s).apply(grad_output)[0]
    check.equal("the gradient of the sigmoid of (3, 4)", got, grad_output * slope, rtol=1e-4, dtype=np.float64)
    slope = (np.tanh(a + step) - np.tanh(a - step)) / (2 * step)
    got = bare(TanhBackward, bare(Function, shape=(3, 4)), output=t).apply(grad_output)[0]
    check.equal("the gradient of tanh of (3, 4)", got, grad_output * slope, rtol=1e-4, dtype=np.float64)
    check.unchanged("the result of tanh", t, np.tanh(a))
    check.unchanged("the result of the sigmoid", s, 1 / (1 + np.exp(-a)))
    ### END HIDDEN TESTS

# %% [markdown]
# ### 06.15 GELU
#
# A product of two things that both depend on a, and a chain inside: with $u = c\,(a + 0.044715\,a^3)$, $c = \sqrt{2/\pi}$ and $t = \tanh u$, GELU is $z = \tfrac12 a\,(1 + t)$.
#
# <details>
# <summary>Hints for 06.15</summary>
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

# %% nbgrader={"grade": false, "grade_id": "06-15-gelu", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class GELUBackward(Function):
    """z = a/2 * (1 + tanh(u)) with u = sqrt(2/pi) * (a + 0.044715 a**3). Here the numbers of a are saved.

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", arXiv:1606.08415.
    """

    makes_new_arrays = True

    def apply(self, grad_output):
        """The gradient of a, in a tuple; no NaN for numbers up to 1e12 in size. The saved numbers are not changed."""
        ### BEGIN SOLUTION 06.15 GELUBackward.apply: return the gradient of a in a tuple
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

# %% nbgrader={"grade": true, "grade_id": "test-06-15-gelu", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.15", "GELUBackward.apply") as check:
    a, grad_output = Tensor([0.0, 1.0, -1.0, 3.0], requires_grad=True), np.array([2.0, 1.0, -1.0, 3.0], np.float32)
    check.given(a=a, grad_output=grad_output, look="At 0 the slope is 0.5: only the first half of the product rule is left. And how much arrives there?")
    grads = bare(GELUBackward, a).apply(grad_output)
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient at 0", grads[0][0], 1.0)
    check.given(a=a, grad_output=grad_output, look="Two parts, by the product rule. In the second one: 1 - t², and the slope of u.")
    expected = [2 * 0.5, 1.082964, -1 * -0.082964, 3 * 1.011584]
    check.equal("the gradient", grads[0], expected, atol=1e-5)
    check.given(a=a, look="np.sqrt(2 / np.pi) is a float64; math.sqrt(2 / math.pi) is a Python number, which takes no part.")
    check.equal("the gradient", grads[0], expected, atol=1e-5, dtype=np.float32)
    check.given(look="The forward pass saved them, and others use them too. Which line writes into them?")
    check.unchanged("the saved array", a, [0.0, 1.0, -1.0, 3.0])
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
# ### 06.16 Softmax
#
# <details>
# <summary>Hints for 06.16</summary>
#
# The average is a sum along `self.dim`, for each row its own: keep the axis, so that it broadcasts.
#
# The formula is the one above, with `self.output` for s and `grad_output` for dL/ds.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-16-softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class SoftmaxBackward(Function):
    """s = softmax(a) along the axis `self.dim`   so   dL/da = s * (dL/ds - sum(dL/ds * s)), the sum along that axis."""

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out, dim=-1):
        super().__init__(a)
        self.output, self.dim = out.data, dim

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` and `self.output` are not changed."""
        ### BEGIN SOLUTION 06.16 SoftmaxBackward.apply: return the gradient of a in a tuple
        grad = grad_output * self.output
        grad -= self.output * grad.sum(axis=self.dim, keepdims=True)
        return (grad,)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-16-softmax", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.16", "SoftmaxBackward.apply") as check:
    output, grad_output = np.array([[0.25, 0.75], [0.5, 0.5]], np.float32), np.array([[4.0, 0.0], [1.0, 3.0]], np.float32)
    rule = bare(SoftmaxBackward, bare(Function, shape=(2, 2)), output=output, dim=-1)
    check.given(output=output, grad_output=grad_output, look="The weighted average belongs to one row.")
    grads = rule.apply(grad_output)
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient", grads[0], [[0.75, -0.75], [-0.5, 0.5]], dtype=np.float32)
    check.unchanged("`grad_output`", grad_output, [[4.0, 0.0], [1.0, 3.0]])
    rule = bare(SoftmaxBackward, bare(Function, shape=(2, 2)), output=output.T.copy(), dim=0)
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
        got = bare(SoftmaxBackward, bare(Function, shape=s.shape), output=s, dim=dim).apply(grad_output)[0]
        check.equal(f"the gradient for dim={dim}", got, expected, dtype=np.float64)
    check.unchanged("the result", s, np.exp(a) / np.exp(a).sum(axis=-2, keepdims=True))
    ### END HIDDEN TESTS

# %% [markdown]
# The losses come last going forward and first going back. `grad_output` is a single number, usually 1: the slope of the loss in itself. Both losses below are *means* over all n values of the predictions, so every gradient carries a factor 1/n.

# %% [markdown]
# ### 06.17 Mean squared error and binary cross-entropy
#
# For one value: $(p - t)^2$ has the slope $2(p - t)$, and $-t\log p - (1-t)\log(1-p)$ has
#
# $$-\frac tp + \frac{1-t}{1-p} = \frac{p - t}{p\,(1-p)}.$$
#
# <details>
# <summary>Hints for 06.17</summary>
#
# n is `pred.data.size`. Do not forget `grad_output`: somebody may write `loss * 2`.
#
# At p = 0 or p = 1 the division would be by 0: bound p (1 − p) from below by 10⁻¹², with `np.maximum`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-17-mse-bce", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class MSEBackward(Function):
    """L = mean((p - t)**2) over all values of the predictions p. The targets t may want a gradient too: minus that of p.

    Shapes: p and t the same, L and grad_output ().
    """

    makes_new_arrays = True

    def apply(self, grad_output):
        """The gradients of the predictions and of the targets; None for one that wants none."""
        ### BEGIN SOLUTION 06.17 MSEBackward.apply: return the gradients of the predictions and of the targets
        pred, target = self.saved_tensors
        grad = (pred.data - target.data) * (grad_output * (2 / pred.data.size))
        return grad if pred.requires_grad else None, -grad if target.requires_grad else None
        ### END SOLUTION


class BCEBackward(Function):
    """L = mean(-(t log p + (1 - t) log(1 - p))) over all values of the predictions p, probabilities.

    In the gradient p (1 - p) counts as 1e-12 at least, as in PyTorch, so that p = 0 and p = 1 divide by no zero.
    The targets are data: their gradient is None, and wanting one is a ValueError.
    """

    makes_new_arrays = True

    def __init__(self, pred, target):
        if target.requires_grad:
            raise ValueError("BinaryCrossEntropyLoss: the targets are data and get no gradient")
        super().__init__(pred, target)

    def apply(self, grad_output):
        """The gradient of the predictions, and None."""
        ### BEGIN SOLUTION 06.17 BCEBackward.apply: return the gradient of the predictions, and None
        pred, target = (tensor.data for tensor in self.saved_tensors)
        bounded = np.maximum(pred * (1 - pred), 1e-12)
        return (pred - target) / bounded * (grad_output / pred.size), None
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-17-mse-bce", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.17", "MSEBackward and BCEBackward") as check:
    pred, target = Tensor([[3.0, 1.0], [0.0, 2.0]], requires_grad=True), Tensor([[1.0, 3.0], [0.0, -2.0]])
    check.given(pred=pred, target=target, look="A mean over four values: is the factor 1/n there, and is n four?")
    grads = bare(MSEBackward, pred, target).apply(np.array(1.0, np.float32))
    check.is_a("the result of MSEBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient of the squared error", grads[0], [[1.0, -1.0], [0.0, 2.0]], dtype=np.float32)
    check.given(look="What does target.requires_grad say?")
    check.true("the gradient of the targets should be None: they do not require one", grads[1] is None, got=grads[1])
    pred, wanting = Tensor([3.0, 1.0], requires_grad=True), Tensor([1.0, 2.0], requires_grad=True)
    check.given(pred=pred, target=wanting, grad_output=2.0, look="Somebody wrote `loss * 2`. Does it reach both gradients?")
    grads = bare(MSEBackward, pred, wanting).apply(np.array(2.0, np.float32))
    check.equal("the gradient of the squared error", grads[0], [4.0, -2.0])
    check.equal("the gradient of the targets", grads[1], [-4.0, 2.0], look="If t grows, does p - t grow or shrink?")
    pred, target = Tensor([[0.5, 0.25]], requires_grad=True), Tensor([[1.0, 0.0]])
    check.given(pred=pred, target=target, grad_output=2.0, look="(p - t) / (p (1 - p)), a mean over two values, and grad_output.")
    grads = bare(BCEBackward, pred, target).apply(np.array(2.0, np.float32))
    check.is_a("the result of BCEBackward.apply", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient of the cross-entropy", grads[0], [[-2.0, 4 / 3]], dtype=np.float32)
    check.given(look="p = 1 and t = 1: a perfect answer.")
    sure = bare(BCEBackward, Tensor([1.0], requires_grad=True), Tensor([1.0])).apply(np.array(1.0, np.float32))[0]
    check.equal("the gradient at p = 1, t = 1", sure, [0.0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rng = np.random.default_rng(17)
    p, t = rng.uniform(0.1, 0.9, (3, 4)), rng.uniform(0, 1, (3, 4))
    pred, target = Tensor(p, requires_grad=True), Tensor(t, requires_grad=True)
    check.given(look="Is n the number of all values? Is grad_output there?")
    grads = bare(MSEBackward, pred, target).apply(np.array(3.0))
    check.equal("MSE of (3, 4), arriving gradient 3", grads[0], 6 * (p - t) / 12, dtype=np.float64)
    check.equal("MSE, the gradient of the targets", grads[1], -6 * (p - t) / 12)
    fixed = bare(MSEBackward, Tensor(p), target).apply(np.array(1.0))
    check.true("MSE: the gradient of constant predictions should be None", fixed[0] is None)
    grads = bare(BCEBackward, pred, Tensor(t)).apply(np.array(-2.0))
    check.equal("BCE of (3, 4), arriving gradient -2", grads[0], -2 * (-t / p + (1 - t) / (1 - p)) / 12, dtype=np.float64)
    check.true("BCE: the gradient of the targets should be None", grads[1] is None)
    wrong = bare(BCEBackward, Tensor([0.0, 1.0], requires_grad=True), Tensor([1.0, 0.0])).apply(np.array(1.0, np.float32))[0]
    check.equal("BCE where the answer is surely wrong", wrong / 1e12, [-0.5, 0.5])
    ### END HIDDEN TESTS

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

# %%
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
# ### 06.18 Cross-entropy
#
# One row with logits [0, 0] and the right class 0: softmax is [0.5, 0.5], minus [1, 0] gives [−0.5, 0.5].
#
# <details>
# <summary>Hints for 06.18</summary>
#
# Softmax is the exponentials divided by their sums. `powers_of(self)` gives both.
#
# `grad[np.arange(n), target]` are the right classes of the n rows. Then 1/n, and `grad_output`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-18-cross-entropy", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
class CrossEntropyBackward(Function):
    """L = mean(-log softmax(a)[target])   so   dL/da = (softmax(a) - onehot(target)) / n, for n rows.

    Shapes: logits a (n, C), target (n,) integers, L and grad_output (). The targets are data: their gradient is None.
    """

    makes_new_arrays = True
    left = None  # what the loss leaves for `powers_of`

    def apply(self, grad_output):
        """The gradient of the logits, and None. The saved logits are not changed."""
        ### BEGIN SOLUTION 06.18 CrossEntropyBackward.apply: return the gradient of the logits, and None
        grad, sums = powers_of(self)
        rows, target = len(grad), self.saved_tensors[1].data
        share = grad_output / rows
        grad *= share / sums
        grad[np.arange(rows), target] -= share
        return grad, None
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-18-cross-entropy", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("06.18", "CrossEntropyBackward.apply") as check:
    logits, target = Tensor([[0.0, 0.0], [math.log(3), 0.0]], requires_grad=True), Tensor(np.array([0, 1]))
    check.given(logits=logits, target=target, grad_output=2.0, look="Softmax minus one-hot, the mean over the rows, and grad_output.")
    grads = bare(CrossEntropyBackward, logits, target).apply(np.array(2.0, np.float32))
    check.is_a("the result", grads, (tuple, list), look="One gradient for each input, in a tuple.")
    check.equal("the gradient of the logits", grads[0], [[-0.5, 0.5], [0.75, -0.75]], dtype=np.float32)
    own = "The forward pass saved them, and others use them too. Which line writes into them?"
    check.unchanged("the saved logits", logits, [[0.0, 0.0], [math.log(3), 0.0]], look=own)
    check.given(look="The targets are data.")
    check.true("the gradient of the targets should be None", grads[1] is None)
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
# ## Part 7. The way back (130 minutes)
#
# The rules know one step each. Now the steps have to be joined. Let the operations take notes with their real rules, and start with the loss: its gradient in itself is 1. Which node is next?

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
y = add(square, add(square, x))
draw_graph(y, x=x, y=y)

# %% [markdown]
# The most natural idea is a walk: *ask the rule for the gradients of the inputs, then do the same for each input*. It ends at leaves, which add up what reaches them. By hand: y = 2x² + x, so dy/dx = 4x + 1 = 13 at x = 3.

# %% [markdown]
# ### 06.19 The walk
#
# <details>
# <summary>Hints for 06.19</summary>
#
# A tensor without a `_grad_fn` is a leaf: add the gradient to `tensor.grad`, which may still be None.
#
# Otherwise `node.apply(gradient)` gives one gradient for each of `node.saved_tensors`. Leave out inputs that do not require one. Count the calls, this one included.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-19-walk", "locked": false, "schema_version": 3, "solution": true, "task": false}
def walk_back(tensor, gradient):
    """Bring a gradient back to all leaves behind a tensor, by recursion.

    Parameters
    ----------
    tensor : Tensor, or an outline of one
        Where the gradient has arrived. A leaf adds it to its `grad`.
    gradient : numpy.ndarray
        dL/d(tensor). It is not changed.

    Returns
    -------
    int
        How many calls of `walk_back` it took, this one included. An input that requires no gradient is not called.
    """
    ### BEGIN SOLUTION 06.19 walk_back: pass the gradient on to the inputs and return the number of calls
    node = tensor._grad_fn
    if node is None:
        tensor.grad = gradient if tensor.grad is None else tensor.grad + gradient
        return 1
    calls = 1
    for before, grad in zip(node.saved_tensors, node.apply(gradient)):
        if before.requires_grad:
            calls += walk_back(before, grad)
    return calls
    ### END SOLUTION

# %% [markdown]
# The checks from here on build graphs of stand-ins, so that they need none of your rules. The next cell is theirs.

# %%
class Triple:
    """A stand-in for an operation, for tests: each input gets three times the gradient, the next one six times, …"""

    retained, makes_new_arrays = None, True

    def __init__(self, *tensors):
        self.saved_tensors = tensors

    def apply(self, grad_output):
        return tuple(3 * (i + 1) * grad_output if t.requires_grad else None for i, t in enumerate(self.saved_tensors))


def tripled(*tensors):
    """The result of a `Triple`."""
    result = Tensor(np.zeros(2), requires_grad=True)
    result._grad_fn = Triple(*tensors)
    return result


class Answer:
    """A stand-in for an operation, for tests, with a rule that returns given arrays."""

    retained = None

    def __init__(self, tensors, grads, makes_new_arrays=False):
        self.saved_tensors, self.grads, self.makes_new_arrays = tuple(tensors), grads, makes_new_arrays

    def apply(self, grad_output):
        return self.grads

# %% nbgrader={"grade": true, "grade_id": "test-06-19-walk", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.19", "walk_back") as check:
    leaf, fixed, one = Tensor(np.zeros(2), requires_grad=True), Tensor(np.zeros(2)), np.array([1.0, 10.0])
    check.given(gradient=one, look="A leaf has no _grad_fn: the walk ends here, after this one call.")
    calls = walk_back(leaf, one)
    check.equal("the gradient of a leaf", leaf.grad, [1.0, 10.0])
    check.equal("the number of calls for a leaf", calls, 1)
    check.given(look="A leaf that already has a gradient adds to it.")
    walk_back(leaf, one)
    check.equal("the gradient of the leaf after a second call", leaf.grad, [2.0, 20.0])
    check.given(look="`+=` changes an array in place. Who else holds it?")
    check.unchanged("`gradient`", one, [1.0, 10.0])
    leaf.grad = None
    check.given(look="Two operations in a row, each of which triples the gradient; one input is a constant.")
    calls = walk_back(tripled(tripled(leaf), fixed), one)
    check.equal("the gradient of the leaf", leaf.grad, [9.0, 90.0])
    check.equal("the number of calls", calls, 3)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    leaf.grad, other = None, Tensor(np.zeros(2), requires_grad=True)
    shared = tripled(leaf, other)
    check.given(look="The last operation uses one result twice, and that result has two inputs. Is every use walked?")
    check.equal("the number of calls", walk_back(tripled(shared, shared), one), 7)
    check.equal("the gradient of the first leaf", leaf.grad, [27.0, 270.0])
    check.equal("the gradient of the second leaf", other.grad, [54.0, 540.0])
    check.true("a constant gets no gradient", fixed.grad is None)
    ### END HIDDEN TESTS

# %% tags=["demo"]
calls = walk_back(y, np.array(1.0))
print(f"dy/dx = {x.grad}, after {calls} calls for 3 operations and 1 leaf")

# %% [markdown]
# Right, but look at the number of calls. `square` was used twice, so everything behind it was walked twice. What if that happens again and again, as in x + x, then the result plus itself, and so on? Measure:

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
    counts.append(walk_back(result, np.array(1.0)))
    walking.append(best(lambda: walk_back(result, np.array(1.0)), times=3))
print(f"{depths[-1]} operations took {counts[-1]:,} calls; each further operation doubles that")

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
    walk_back(long, np.array(1.0))
except RecursionError as error:
    print(f"2,000 additions in a row: RecursionError, {error}")

# %% [markdown]
# The walk visits *paths*. There are too many of those, and they are too long for Python's stack. But there are only as many *nodes* as there were operations. Each node should be handled **once**, when its gradient is complete: when everything that used its result has passed back its share.

# %% [markdown]
# So we need an order in which no operation comes before one that uses its result: a **topological order**. In the picture from before: the last addition, then the inner one, then the square. The square before the inner addition would be wrong: its gradient would not be complete yet.

# %% tags=["demo"]
draw_graph(y, x=x, y=y)

# %% [markdown]
# How is such an order found? Two well-known ways:
#
# - **Depth first.** Go down from the root. Write a node down when everything below it has been written. Turn the list round at the end.
# - **Counting** (Kahn, 1962). Count for each node how often its result is used. Begin with the root. Whenever a node is written down, each of its inputs has one use less to wait for; one with none left is next.

# %% [markdown]
# ### 06.20 Topological order
#
# The heart of the module. Take either way, but without recursion: a million operations in a row have to work, and so have sixty doublings.
#
# <details>
# <summary>Hints for 06.20</summary>
#
# The operation behind a saved tensor is `tensor._grad_fn`; that is None for leaves and constants. A result may be used twice by the *same* operation, as in x + x: those are two uses.
#
# Counting needs two loops. The first one goes over all nodes with a list as a stack and fills a dict of uses. The second one begins with `order = [root]`.
#
# Depth first needs a stack that knows whether a node is met for the first time (then its inputs come first) or for the second time (then it is written down).
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-20-topological-order", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def topological_order(root):
    """Every operation that `root` depends on, each one once, and none before an operation that uses its result.

    Parameters
    ----------
    root : Function
        The last operation. The operations before a node are the ``tensor._grad_fn`` of its `saved_tensors`, where that
        is not None.

    Returns
    -------
    list of Function
        `root` comes first. There is no recursion, and the time is proportional to the number of operations.
    """
    ### BEGIN SOLUTION 06.20 topological_order: return all operations, each after all that use its result
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if node is None:  # a mark: everything before the node below it has been written down
            order.append(stack.pop())
        elif node not in seen:
            seen.add(node)
            stack += (node, None)
            for tensor in node.saved_tensors:
                before = tensor if isinstance(tensor, Function) else tensor._grad_fn
                if before is not None:
                    stack.append(before)
    return order[::-1]
    ### END SOLUTION

# %%
class Note:
    """A stand-in for an operation, for tests: it counts how often its inputs are asked for, and comparisons of all."""

    compared = 0

    def __init__(self, name, *before):
        self.name, self.asked, self.inputs = name, 0, []
        for node in before:
            self.inputs.append(Tensor(0.0))
            self.inputs[-1]._grad_fn = node

    @property
    def saved_tensors(self):
        self.asked += 1
        assert self.asked < 100, f"the inputs of operation {self.name} were asked for a hundred times"
        return tuple(self.inputs)

    def __eq__(self, other):
        Note.compared += 1
        assert Note.compared < 500_000, "500,000 comparisons: `in` looks through a whole list, but not through a set"
        return self is other

    __hash__ = object.__hash__

    def __repr__(self):
        return self.name


def names_of(order):
    return [node.name for node in order]

# %% nbgrader={"grade": true, "grade_id": "test-06-20-topological-order", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
with Checks("06.20", "topological_order") as check:
    first = Note("first")
    last = Note("last", Note("second", first, None))
    check.given(graph="last uses second and a constant; second uses first", look="The root first, then what it uses.")
    order = topological_order(last)
    check.is_a("the result", order, (list, tuple))
    check.same("the order of three operations in a row", names_of(order), ["last", "second", "first"])
    square = Note("square", None, None)
    inner = Note("inner", square, None)
    check.given(graph="last uses square and inner; inner uses square", look="Is the gradient of square complete when its turn comes?")
    for last in (Note("last", square, inner), Note("last", inner, square)):
        check.same("the order of y = square + (square + x)", names_of(topological_order(last)), ["last", "inner", "square"])
    check.given(graph="last uses first twice", look="One operation, used twice by the same one: it is handled once.")
    check.same("the order of a doubling", names_of(topological_order(Note("last", first, first))), ["last", "first"])
    late = Note("late", square)
    last = Note("last", Note("twice", square, square), Note("middle", late))
    check.given(graph="last uses twice and middle; twice uses square, twice; middle uses late; late uses square",
                look="Three uses of square. Which of them come late?")  # fmt: skip
    order = names_of(topological_order(last))
    check.same("how many operations are in the order", len(order), 5)
    check.same("the operation at the end", order[-1], "square")
    node = first
    for i in range(30):
        node = Note(f"doubling {i}", node, node)
    check.given(graph="30 doublings", look="How often is each operation looked at? Each one should be entered once.")
    check.same("how many operations are in the order of 30 doublings", len(topological_order(node)), 31)
    node, Note.compared = first, 0
    for i in range(4000):
        node = Note(f"link {i}", node)
    check.given(graph="4,000 operations in a row", look="Recursion? Or a list that is searched from the beginning each time?")
    check.same("how many operations are in the order of the chain", len(topological_order(node)), 4001)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    import sys

    limit = sys.getrecursionlimit() + 1
    sys.setrecursionlimit(limit)
    check.same("the order of a single operation", names_of(topological_order(Note("alone"))), ["alone"])

    def check_order(what, root, size):
        Note.compared = 0
        order = list(topological_order(root))
        check.true(f"{what}: the root should come first", bool(order) and order[0] is root)
        place = {id(node): number for number, node in enumerate(order)}
        check.same(f"{what}: the number of operations in the order", (len(order), len(place)), (size, size))
        edges = [(node, tensor._grad_fn) for node in order for tensor in node.inputs if tensor._grad_fn is not None]
        wrong = [f"{used} is not after {user}" for user, used in edges if not place.get(id(used), -1) > place[id(user)]]
        check.true(f"{what}: each operation should come after all that use it", not wrong, got=wrong[:1])

    node = Note("start")
    for i in range(60):
        node = Note(f"doubling {i}", node, node)
    check_order("60 doublings", node, 61)
    node = Note("start")
    for i in range(5000):
        node = Note(f"link {i}", node, None)
    check_order("5,000 operations in a row", node, 5001)
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
    long = bare(Function)
    long.saved_tensors, first = (), long
    for _ in range(20_000):
        long = bare(Function, long)
    order = topological_order(long)
    check.equal("how many of 20,001 outlined operations are in the order", len(order), 20_001)
    check.true("the first operation should come last", order[-1] is first)
    del order, first
    same = sys.getrecursionlimit() == limit
    sys.setrecursionlimit(limit - 1)
    check.true("a higher recursion limit is no way out: a longer graph reaches that one too", same)
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
# With an order, the way back is a loop. A dictionary `pending` holds the gradients that are still on their way: its key is the operation for which they wait, or the leaf. In the order, each operation finds its gradient complete, asks its rule, and adds the answers to what is pending for its inputs.

# %% [markdown]
# "Adds" has a catch. AddBackward hands *the same array* to both of its inputs. If the second gradient of an input is added **in place**, the array of somebody else changes too. So: the first one is kept as it is; the second one makes a *new* array, `a + b`; from then on the pass owns that array and may use `+=`. A rule that promises `makes_new_arrays` hands over owned arrays at once.

# %% [markdown]
# ### 06.21 Passing on
#
# <details>
# <summary>Hints for 06.21</summary>
#
# For each input: skip it if its gradient is None, or if it requires none. Compare the shapes; `wrong_shape` makes the error. Then the key: `tensor._grad_fn`, or the tensor itself if that is None.
#
# Three cases: nothing pending for the key yet; something pending that is ours (`key in owned`); something pending that is not.
# </details>

# %%
#| exporti
def wrong_shape(node, tensor, grad):
    """The error for a rule that returned a gradient of the wrong shape."""
    place = [each is tensor for each in node.saved_tensors].index(True)
    kind = type(grad).__name__
    got = f"shape {grad.shape}" if hasattr(grad, "shape") else f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
    wanted = f"the gradient of input {place} should have the shape of the input, {tensor.shape}"
    return ValueError(f"{wanted}, but apply returned {got}")

# %% nbgrader={"grade": false, "grade_id": "06-21-propagate", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def propagate(node, grad_output, pending, owned):
    """Ask the rule of `node` for the gradients of its inputs, and add each to what is pending for that input.

    A gradient that is None, or that belongs to an input that requires none, is skipped.

    Parameters
    ----------
    node : Function
        The operation; ``node.makes_new_arrays`` says whether the arrays of its rule are nobody else's.
    grad_output : numpy.ndarray
        The complete gradient of its result. It is not changed. (Of a single number, NumPy gives scalars as gradients.)
    pending : dict
        The gradients so far. The key of an input is its operation, ``tensor._grad_fn``; of a leaf, the tensor itself.
    owned : set
        The keys whose pending array nobody else holds. Only those arrays may be added to in place. A key is noted when
        its array comes from a rule with `makes_new_arrays`, or from a sum made here.

    Raises
    ------
    ValueError
        If the shape of a gradient is not that of its input (made by `wrong_shape`), or if their numbers differ.
    """
    tensors, grads = node.saved_tensors, node.apply(grad_output)
    if len(grads) != len(tensors):
        raise ValueError(f"apply returned {len(grads)} gradients for {len(tensors)} inputs")
    ### BEGIN SOLUTION 06.21 propagate: add the gradient of each input to the pending ones
    for tensor, grad in zip(tensors, grads):
        if grad is None or not tensor.requires_grad:
            continue
        if grad.shape != tensor.shape:
            raise wrong_shape(node, tensor, grad)
        key = tensor if isinstance(tensor, Function) else tensor._grad_fn or tensor
        if key not in pending:
            pending[key] = grad
            if node.makes_new_arrays:
                owned.add(key)
        elif key in owned:
            pending[key] += grad
        else:
            pending[key] = pending[key] + grad
            owned.add(key)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-21-propagate", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("06.21", "propagate") as check:
    leaf, fixed, middle = Tensor([0.0, 0.0], requires_grad=True), Tensor([0.0, 0.0]), tripled()
    idle = Tensor([0.0, 0.0], requires_grad=True)
    one, two = np.array([1.0, 2.0]), np.array([10.0, 20.0])
    pending, owned = {}, set()
    check.given(look="Four inputs: a leaf, a result, a constant, which wants no gradient, and a leaf whose gradient is None.")
    propagate(Answer((leaf, middle, fixed, idle), (one, two, two, None)), one, pending, owned)
    check.same("how many gradients are pending", len(pending), 2)
    check.true("the key of a leaf should be the tensor itself", leaf in pending)
    check.true("the key of a result should be its _grad_fn", middle._grad_fn in pending)
    check.equal("what is pending for the leaf", pending[leaf], [1.0, 2.0])
    check.equal("what is pending for the result", pending[middle._grad_fn], [10.0, 20.0])
    ours = not any(np.shares_memory(pending[key], array) for key in owned & pending.keys() for array in (one, two))
    check.true("an array that the rule returned should not be in `owned`", ours, look="What does node.makes_new_arrays say?")
    check.given(look="A second gradient for the same leaf. What does the leaf get from both together?")
    propagate(Answer((leaf,), (two,)), one, pending, owned)
    check.equal("what is pending for the leaf now", pending[leaf], [11.0, 22.0])
    check.given(look="An array that a rule returned may be in use elsewhere. Which line writes into it?")
    check.unchanged("the first array", one, [1.0, 2.0])
    check.unchanged("the second array", two, [10.0, 20.0])
    check.given(look="wrong_shape makes the error.")
    check.raises("a gradient of the wrong shape", ValueError, lambda: propagate(Answer((leaf,), (np.zeros(3),)), one, {}, set()), mentions="(3,)")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    propagate(Answer((leaf, leaf), (one, two)), one, pending, owned)
    check.equal("after a third and a fourth gradient, the same input twice", pending[leaf], [22.0, 44.0])
    check.equal("the arrays of the rule", np.stack([one, two]), [[1.0, 2.0], [10.0, 20.0]])
    check.equal("what is pending for the other one", pending[middle._grad_fn], [10.0, 20.0])
    pending, owned, shared = {}, set(), np.array([1.0, 1.0])
    propagate(Answer((leaf, middle), (shared, shared)), one, pending, owned)
    propagate(Answer((leaf,), (one,)), one, pending, owned)
    propagate(Answer((leaf,), (one,)), one, pending, owned)
    check.equal("one array for two inputs: the leaf", pending[leaf], [3.0, 5.0])
    check.equal("one array for two inputs: the other one", pending[middle._grad_fn], [1.0, 1.0])
    mine = middle._grad_fn not in owned or not np.shares_memory(pending[middle._grad_fn], shared)
    check.true("the other one should not be owned: the rule holds its array", mine)
    pending, owned = {}, set()
    propagate(Answer((leaf,), (one,)), one, pending, owned)
    propagate(Answer((leaf, middle), (one, shared)), one, pending, owned)
    mine = middle._grad_fn not in owned or not np.shares_memory(pending[middle._grad_fn], shared)
    check.true("after a sum for the leaf, the other one should not be owned: the rule holds its array", mine)
    pending, owned, fresh = {}, set(), np.array([5.0, 5.0])
    propagate(Answer((leaf,), (fresh,), makes_new_arrays=True), one, pending, owned)
    check.true("the array of a rule that makes new arrays should be owned at once", leaf in owned)
    pending, owned = {}, set()
    propagate(Answer((leaf,), (one,)), one, pending, owned)
    mine = leaf not in owned or not np.shares_memory(pending[leaf], one)
    check.true("an array that may be somebody else's should not be owned", mine)
    propagate(Answer((leaf,), (two,)), one, pending, owned)
    check.true("the sum of two arrays should be owned", leaf in owned)
    pending, owned = {}, set()
    propagate(Answer((fixed, leaf), (one, None)), one, pending, owned)
    check.same("how many gradients are pending for a constant and for None", len(pending), 0)
    propagate(Answer((leaf, fixed, middle), (None, one, two)), one, pending, owned)
    check.equal("the gradient behind None and a constant", pending.pop(middle._grad_fn, None), [10.0, 20.0])
    outlined = bare(Function, shape=(2,))
    propagate(Answer((outlined,), [two]), one, pending, owned)
    check.equal("what is pending for an outline", pending.get(outlined), [10.0, 20.0])
    number = Tensor(1.0, requires_grad=True)
    check.given(look="The gradient of a single number may be a NumPy scalar, which cannot be written into.")
    for _ in range(3):
        propagate(Answer((number,), (np.float32(2.0),), makes_new_arrays=True), np.float32(1), pending, owned)
    check.equal("what is pending for a single number after three gradients", pending[number], 6.0)
    check.given(look="How do the shapes have to compare?")
    check.raises("too few gradients", ValueError, lambda: propagate(Answer((leaf, leaf), (one,)), one, {}, set()))
    check.raises("a broadcastable gradient", ValueError, lambda: propagate(Answer((leaf,), (np.zeros(1),)), one, {}, set()))
    check.raises("a column", ValueError, lambda: propagate(Answer((leaf,), (np.zeros((2, 1)),)), one, {}, set()), mentions="(2, 1)")
    ### END HIDDEN TESTS

# %% [markdown]
# What is left is the frame: the first gradient, the loop, and the end, where what is pending for the leaves moves into `leaf.grad`. The helpers below do what teaches little: they check the first gradient, explain a failing rule, free a node, and copy where somebody else holds the array.

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

# %%
#| exporti
def explain(node, grad_output, error):
    """Raise an error that says which rule failed, and for which shapes."""
    if isinstance(error, NotImplementedError):
        raise error  # a stub says itself what is missing
    shapes = ", ".join(str(tensor.shape) for tensor in node.saved_tensors)
    raise RuntimeError(
        f"{type(node).__name__}.apply failed for inputs of shapes {shapes} and grad_output of shape "
        f"{grad_output.shape}: {type(error).__name__}: {error}. No gradient was changed."
    ) from error


def deposit(tensor, grad, is_ours):
    """Add `grad` to ``tensor.grad``: in the tensor's dtype, and in an array that nobody else holds."""
    if tensor is None:  # a retained result that is gone
        return
    grad = np.asarray(grad, tensor.dtype) if is_ours else np.array(grad, tensor.dtype)
    tensor.grad = grad if tensor.grad is None else np.asarray(tensor.grad + grad)

# %%
#| exporti
class Freed:
    """Takes the place of `saved_tensors` in a graph that a backward pass has freed."""

    def __iter__(self):
        raise RuntimeError(
            "this graph was freed by backward(retain_graph=False): compute the result again, or keep the graph by "
            "leaving retain_graph at True"
        )


def free(node):
    """Forget what the rule remembered."""
    node.__dict__.clear()
    node.saved_tensors = Freed()

# %% [markdown]
# ### 06.22 backward
#
# `pending` begins with the first gradient, for the operation of this tensor, or for the tensor itself if it is a leaf. Then:
#
# 1. Go through `order`. Take each operation's gradient out of `pending`; if there is none, nothing reached it. If `node.retained` is not None, put the result and its gradient into `kept`. `propagate` the gradient. Last, with `retain_graph=False`, `free` the node: it forgets `retained` too.
# 2. What is left belongs to leaves: `deposit` it. Only now, so that an error on the way changes no gradient.

# %% [markdown]
# <details>
# <summary>Hints for 06.22</summary>
#
# `pending.pop(node, None)` takes a gradient out, or gives None.
#
# An error inside `propagate` is caught as `error` and given to `explain(node, grad_output, error)`.
#
# `node.retained` is None, or a weak reference: `node.retained()` is the result that wants its gradient too. The last two lines of the function look after the pairs (result, gradient) in `kept`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-22-backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Tensor)
def backward(self, gradient=None, retain_graph=True):
    """Add to the `grad` of every leaf behind this tensor the gradient of this tensor with respect to it.

    A result on the way gets its gradient only if `retain_grad` was called on it. For a tensor that does not require a
    gradient there is nothing to do: the call returns.

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
        return
    gradient = first_gradient(self, gradient)
    order = topological_order(self._grad_fn) if self._grad_fn else []
    pending, owned, kept = {self._grad_fn or self: gradient}, set(), []
    ### BEGIN SOLUTION 06.22 Tensor.backward: bring the gradient back to the leaves, one operation at a time
    try:
        for node in order:
            grad_output = pending.pop(node, None)
            if grad_output is None:
                continue
            if node.retained is not None:
                kept.append((node.retained(), grad_output))
            propagate(node, grad_output, pending, owned)
            if not retain_graph:
                free(node)
    except Exception as error:
        explain(node, grad_output, error)
    for leaf, grad in pending.items():
        deposit(leaf, grad, leaf in owned)
    ### END SOLUTION
    for result, grad in kept:
        deposit(result, grad, False)

# %%
def simple_order(root):
    """A stand-in for topological_order, for tests: right for operations in a row."""
    order = [root]
    for node in order:
        order += [t._grad_fn for t in node.saved_tensors if t._grad_fn is not None and t._grad_fn not in order]
    return order


def simple_propagate(node, grad_output, pending, owned):
    """A stand-in for propagate, for tests: right where every result is used once."""
    for tensor, grad in zip(node.saved_tensors, node.apply(grad_output)):
        if grad is not None:
            pending[tensor._grad_fn or tensor] = grad
            owned.add(tensor._grad_fn or tensor)

# %% nbgrader={"grade": true, "grade_id": "test-06-22-backward", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("06.22", "Tensor.backward") as check, check.using(topological_order=simple_order, propagate=simple_propagate):
    leaf, other, one = Tensor([0.0, 0.0], requires_grad=True), Tensor([0.0, 0.0], requires_grad=True), np.ones(2)
    result = tripled(tripled(leaf), other)
    check.given(look="Two operations in a row. When the loop is over, only leaves may be left in `pending`.")
    result.backward(np.array([1.0, 10.0]))
    check.equal("the gradient of a leaf two operations back", leaf.grad, [9.0, 90.0])
    check.equal("the gradient of a leaf one operation back", other.grad, [6.0, 60.0])
    check.given(look="Gradients accumulate: a second call adds to what is there. The graph is kept unless retain_graph is False.")
    result.backward(np.array([1.0, 10.0]))
    check.equal("the gradient of the leaf after a second call", leaf.grad, [18.0, 180.0])
    check.given(look="Who gets a gradient: leaves, and what is in `kept`.")
    check.true("an intermediate result should keep no gradient", result.grad is None, got=result.grad)
    start = np.array([1.0, 2.0], np.float32)
    own = Tensor([5.0, 5.0], requires_grad=True)
    own.backward(start)
    check.equal("the gradient of a leaf on which backward was called", own.grad, [1.0, 2.0])
    check.given(look="What does deposit do with an array that is not ours? How does it know?")
    check.true("the gradient should not be the caller's own array", not np.shares_memory(own.grad, start))
    leaf.grad = other.grad = None
    middle = tripled(leaf)
    middle._grad_fn.retained = lambda: middle
    check.given(look="`node.retained()` is a result that wants its gradient too; `free` makes a node forget that.")
    once = tripled(middle, other)
    once.backward(np.array([1.0, 10.0]), retain_graph=False)
    check.equal("the gradient of a retained result", middle.grad, [3.0, 30.0])
    check.equal("the gradient of the leaf behind it, with retain_graph=False", leaf.grad, [9.0, 90.0])
    check.given(look="With retain_graph=False each node is freed once `propagate` has used it.")
    check.raises("a second call after retain_graph=False", RuntimeError, lambda: once.backward(np.array([1.0, 10.0])), mentions="freed")
    unreached = bare(Function, saved_tensors=())
    check.given(look="Nothing reached one operation of the order. Those after it still want their gradients.")
    with check.using(topological_order=lambda root: [root, unreached, *simple_order(root)[1:]]):
        leaf.grad = None
        tripled(tripled(leaf)).backward(np.ones(2))
    check.equal("the gradient, with an operation in the order that nothing reaches", leaf.grad, [9.0, 9.0])
    bad = Tensor(np.zeros(2), requires_grad=True)
    bad._grad_fn = Answer((leaf,), (one,))
    failing, other.grad = tripled(other, bad), None
    bad._grad_fn.apply = lambda grad_output: Answer.broken  # no such attribute: an error on the way
    check.given(look="A rule on the way fails. `explain` raises the error, and no leaf has got anything by then.")
    check.raises("a rule that fails", RuntimeError, lambda: failing.backward(np.ones(2)), mentions="Answer")
    check.true("after an error a leaf has a half-finished gradient", other.grad is None, got=other.grad)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("gradients, in float32 where the leaf is", leaf.grad, [9.0, 9.0], dtype=np.float32)
    number = Tensor(2.0, requires_grad=True)
    number.backward()
    check.equal("the default of a single number", number.grad, 1.0, dtype=np.float32)
    check.raises("backward() of two numbers", ValueError, result.backward, mentions="(2,)")
    check.true("a tensor without gradients returns", Tensor([1.0]).backward() is None)
    leaf.grad = other.grad = None
    kept = tripled(leaf)
    kept._grad_fn.retained = lambda: kept
    check.given(look="node.retained is a reference; node.retained() is the result.")
    tripled(kept, other).backward(np.array([1.0, 10.0]))
    check.equal("the gradient of a retained result", kept.grad, [3.0, 30.0])
    check.equal("the gradient behind it", leaf.grad, [9.0, 90.0])
    leaf.grad, once = None, tripled(leaf)
    check.given(look="`free` makes a node forget what propagate needs, and it is wanted with retain_graph=False only.")
    once.backward(np.array([1.0, 1.0]), retain_graph=False)
    check.equal("the gradient with retain_graph=False", leaf.grad, [3.0, 3.0])
    check.raises("a second call after retain_graph=False", RuntimeError, lambda: once.backward(np.array([1.0, 1.0])), mentions="freed")
    check.unchanged("the gradient", leaf.grad, [3.0, 3.0], look="A pass that fails changes no gradient.")
    leaf.grad, twice = None, tripled(leaf)
    twice.backward(np.array([1.0, 1.0]))
    twice.backward(np.array([1.0, 1.0]))
    check.equal("the gradient after two calls", leaf.grad, [6.0, 6.0])

    def broken(kind):
        def failing_propagate(node, grad_output, pending, owned):
            if isinstance(node, Answer):
                raise kind("broken on purpose")
            simple_propagate(node, grad_output, pending, owned)

        return failing_propagate

    bad._grad_fn = Answer((leaf,), None)
    leaf.grad, other.grad = np.array([7.0, 7.0], np.float32), None
    check.given(look="An error inside propagate is given to explain, and no leaf has got anything yet.")
    failing = tripled(other, bad)
    for kind in (ValueError, IndexError):
        with check.using(propagate=broken(kind)):
            words = ("Answer", "on purpose")
            check.raises("a rule that fails", RuntimeError, lambda: failing.backward(np.ones(2)), mentions=words)
    check.equal("a gradient that was there before", leaf.grad, [7.0, 7.0])
    check.true("after an error a leaf has a half-finished gradient", other.grad is None, got=other.grad)
    ### END HIDDEN TESTS

# %% tags=["demo"]
x = Tensor(3.0, requires_grad=True)
square = mul(x, x)
add(square, add(square, x)).backward()
print("dy/dx =", x.grad)

# %% tags=["demo"]
x = Tensor(1.0, requires_grad=True)
y = x
for _ in range(60):
    y = add(y, y)
y.backward()
print(f"60 doublings: {x.grad:.0f}, and 2 to the 60th is {2**60}")

# %% [markdown]
# Two small methods complete Tensor. `zero_grad` forgets a gradient: None rather than an array of zeros, which would have to be allocated and filled. `retain_grad` asks for the gradient of an intermediate result, for instance to look at it. The note gets a *weak* reference: the tensor holds the note already, and two that hold each other are freed late.

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
# ### 06.23 Micro-batches
#
# <details>
# <summary>Hints for 06.23</summary>
#
# How many rows are there in all? `len(x)` is the number of rows of one piece.
#
# A loss can be multiplied by a number before its `backward()`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-23-micro-batches", "locked": false, "schema_version": 3, "solution": true, "task": false}
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
    ### BEGIN SOLUTION 06.23 micro_batches: call backward for each piece, with its share of the loss
    rows = sum(len(x) for x, _ in pieces)
    for x, target in pieces:
        loss = loss_of(x, target) * (len(x) / rows)
        loss.backward()
    ### END SOLUTION

# %%
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
        check.true("the graphs of several pieces are alive at once", not MeanOf.waiting, look=one)
        MeanOf.waiting = 1
        return MeanOf(weight, x.data.mean())

    micro_batches(loss_of, pieces)
    check.equal(what, weight.grad, rows.mean())

# %% nbgrader={"grade": true, "grade_id": "test-06-23-micro-batches", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("06.23", "micro_batches") as check:
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
# And the bug: forget `zero_grad` between two *updates*, and the old gradients count again. How often is it needed, then? Once for each update, not once for each `backward`.

# %% [markdown]
# ## Part 8. Switching it on (40 minutes)
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
# ### 06.24 The wrapper
#
# Three kinds of results need no note from you: `NotImplemented`, with which a method tells Python to try the other operand; everything inside `no_grad` (`no_grad.depth` is above 0); and a result that requires a gradient already, because the old method is itself composed of recorded operations.
#
# <details>
# <summary>Hints for 06.24</summary>
#
# First call `forward(self, other)`, once. Everything else happens to its result.
#
# `isinstance(other, Tensor)`; `constant(other, self)`; does one of the two require a gradient? Then `record`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-24-tracked", "locked": false, "schema_version": 3, "solution": true, "task": false}
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
        ### BEGIN SOLUTION 06.24 tracked: call forward, record the result where it has to be, return it
        result = forward(self, other)
        if no_grad.depth or result is NotImplemented or result.requires_grad:
            return result
        if not isinstance(other, Tensor):
            if not self.requires_grad:
                return result
            other = constant(other, self)
        if self.requires_grad or other.requires_grad:
            result._grad_fn, result.requires_grad = rule(self, other), True
        return result
        ### END SOLUTION

    return method

# %%
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

# %% nbgrader={"grade": true, "grade_id": "test-06-24-tracked", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with Checks("06.24", "tracked") as check, check.using(record=simple_record):
    minus.calls, method = 0, tracked(minus, Triple)
    a, b = Tensor([5.0], requires_grad=True), Tensor([2.0])
    check.given(a=a, b=b, look="`a` requires a gradient, so the result needs a note: rule(a, b).")
    result = method(a, b)
    check.equal("the result", result, [3.0])
    check.same("how often the old method was called", minus.calls, 1)
    check.true("the result should have a note", result._grad_fn is not None)
    check.is_a("the note", result._grad_fn, Triple)
    check.true("the note should hold a, then b", result._grad_fn.saved_tensors[0] is a and result._grad_fn.saved_tensors[1] is b)
    check.same("requires_grad of the result", result.requires_grad, True)
    check.given(a=b, b=a, look="Only the second one requires a gradient: data times a weight, for example.")
    check.true("the result should have a note", method(b, a)._grad_fn is not None)
    check.given(look="Neither of the two requires a gradient.")
    check.true("there should be no note", method(b, b)._grad_fn is None)
    check.given(look="3.0 is not a Tensor yet.")
    check.is_a("the constant in the note", method(a, 3.0)._grad_fn.saved_tensors[1], Tensor)
    check.given(look="`no_grad.depth` says whether notes are wanted.")
    with no_grad():
        check.true("there should be no note inside no_grad", method(a, b)._grad_fn is None)
    check.given(look="The old method returns NotImplemented for what it does not know. Is it asked first?")
    check.true("NotImplemented should be passed on", method(a, "two") is NotImplemented)
    check.given(look="What if the old method's result has a note already?")
    inner = tripled(a)
    note = inner._grad_fn
    composed = tracked(lambda self, other: inner, Answer)(a, b)
    check.true("a result that has a note already should keep it", composed is inner and inner._grad_fn is note)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.true("b - a should have a note too: a requires a gradient", isinstance(method(b, a)._grad_fn, Triple))
    check.equal("the constant", method(a, 3.0)._grad_fn.saved_tensors[1], 3.0, dtype=np.float32)
    with no_grad():
        quiet = method(a, b)
    check.true("there should be no note inside no_grad", quiet._grad_fn is None and not quiet.requires_grad)
    with no_grad(), no_grad():
        check.true("there should be no note inside no_grad inside no_grad", method(a, b)._grad_fn is None)
    check.true("there should be a note again after no_grad", method(a, b)._grad_fn is not None)
    check.true("a result that is the input itself should stay a leaf", tracked(lambda self, other: self, Triple)(a, b)._grad_fn is None)
    minus.calls = 0
    method(b, 3.0), method(b, b)
    check.same("how often the old method was called", minus.calls, 2)
    check.true("there should be no note for a constant minus a number", method(b, 3.0)._grad_fn is None)
    ### END HIDDEN TESTS

# %% [markdown]
# The other wrappers are variations: operators from the right, methods of one tensor with settings, and the `forward` of activations and losses. Then the tables: which method gets which rule. Read them with one question: which entry must exist for `2 - x`? The rest may be skipped.

# %%
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

# %%
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

# %%
#| exporti
def operators():
    """The operators on two tensors: the method of Tensor, how it is wrapped, and its rule."""
    rules = {"add": AddBackward, "sub": SubBackward, "mul": MulBackward, "truediv": DivBackward, "pow": PowBackward}
    for name, rule in rules.items():
        yield f"__{name}__", tracked, rule
        yield f"__r{name}__", tracked_from_right, rule
    yield "matmul", tracked, MatmulBackward

# %%
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

# %%
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

# %%
#| exporti
def with_left(node, loss):
    """`node`, with what the forward pass of `loss` left for it, if it left anything."""
    node.left = vars(loss).pop("left", None)
    return node

# %%
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
# `wrap` keeps the old method as `__wrapped__`, so calling `enable_autograd` twice does not wrap twice. If you correct a rule and run it again, the new rule is taken.

# %%
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

# %% [markdown]
# The check of checks: `gradcheck` compares `backward` with measured slopes for *any* expression. It uses your `numerical_gradient`, and is part of the library from now on.

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
            with no_grad():
                measured = numerical_gradient(lambda _: (function(*copies).data * weights).sum(), copy.data, eps)
            compare_gradients(i, copy, measured, rtol, atol)
    return True

# %%
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
# ## Part 9. Memory, questions, a network that learns (55 minutes)
#
# Going back needs what was saved going forward. How much is that? Take Linear, ReLU, Linear, ReLU, …, Linear with the widths 784, 512, 256, 128, 10 and a batch of 64 in float32, 4 bytes a number.

# %% [markdown]
# Go through the rules. Matmul saves its input and the weight. The weight is there anyway: keeping a reference costs nothing. The bias add keeps outlines. ReLU keeps its *result*, which is the very array that the next Matmul saves. So what stays is **one array for each Linear: its input**.

# %% [markdown]
# ### 06.25 How much is saved
#
# <details>
# <summary>Hints for 06.25</summary>
#
# Four Linear layers have five widths. Which of the five is never an input?
# </details>

# %% nbgrader={"grade": false, "grade_id": "06-25-saved-bytes", "locked": false, "schema_version": 3, "solution": true, "task": false}
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
        The bytes of the arrays that the graph keeps for the way back, apart from the weights.
    """
    ### BEGIN SOLUTION 06.25 saved_bytes: return the bytes of all inputs of Linear layers
    return batch * sum(widths[:-1]) * 4
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-25-saved-bytes", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.25", "saved_bytes") as check:
    check.given(batch=2, widths=(3, 5), look="One Linear: its input has 2 rows of 3 numbers.")
    check.equal("the bytes for one layer", saved_bytes(2, [3, 5]), 24)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.given(look="Which arrays are kept? Each one counts once.")
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

# %% tags=["demo"]
batches = [16, 32, 64, 128, 256]
figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
axes.plot(batches, [saved_bytes(n, widths) / 1024 for n in batches], color=BLUE, label="formula")
axes.plot(batches, [measured_bytes(n, widths) / 1024 for n in batches], "o", color=ORANGE, label="measured")
axes.set(xlabel="batch", ylabel="KiB saved by the graph")
axes.legend()
show(figure, "Memory against the batch size: a straight line from the formula, with the measured points on it.")

# %% [markdown]
# The few kilobytes more are the notes themselves. What would happen without outlines? Let every rule keep its inputs, and count again:

# %% tags=["demo"]
outline_kept = outline
outline = lambda tensor: tensor  # only for this measurement
everything = measured_bytes(64, widths)
outline = outline_kept
print(f"{everything:,} bytes instead of {measured_bytes(64, widths):,}")

# %% [markdown]
# And one Linear layer alone, 512 to 768, batch 32? The input is 32 · 512 · 4 = 65,536 bytes = 64 KiB, the weight 1,536 KiB, saved by reference. Going back makes gradients of the input (64 KiB), the weight (1,536 KiB) and the bias (3 KiB), and for a moment that of the result (96 KiB). For small batches the *weights'* gradients are what costs; for large ones the activations.

# %% [markdown]
# ## Check your understanding
#
# Your numbers are your own: they are made from what you type as `who`. Any name or number does, but keep to one. Look at them first.

# %%
def my_numbers(who):
    """The numbers for the questions below, made from a name."""
    seed = int.from_bytes(hashlib.sha256(str(who).strip().lower().encode("utf-8")).digest()[:8], "big")
    rng = np.random.default_rng(seed)
    return {
        "matmul": tuple(int(v) for v in rng.integers(20, 90, 3) * 8),
        "gradients": [round(float(v), 2) for v in rng.uniform(-9, 9, 6)],
        "cleared_every": int(rng.integers(4, 6)),
    }

# %% tags=["demo"]
my_numbers("your name")

# %% [markdown]
# ### 06.26 What does the way back cost?
#
# z = x @ W with x of shape (n, k) and W of shape (k, m): your numbers are `matmul` = (n, k, m). Every number of z takes k multiplications and k additions, so going forward is 2·n·k·m floating-point operations. How many are the matrix products of the way back? First if x is the result of an earlier layer, then if x is the data.

# %% nbgrader={"grade": false, "grade_id": "06-26-cost", "locked": false, "schema_version": 3, "solution": true, "task": false}
def way_back_cost():
    """Your name, and the floating-point operations of the matrix products going back.

    Returns
    -------
    tuple (who, hidden, first)
        `who` as you give it to `my_numbers`; the count for a hidden layer, whose input wants a gradient; the count for
        the first layer, whose input is data.
    """
    ### BEGIN SOLUTION 06.26 way_back_cost: return your name and the two counts
    who = "reference"
    n, k, m = my_numbers(who)["matmul"]
    return who, 4 * n * k * m, 2 * n * k * m
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-26-cost", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.26", "way_back_cost") as check:
    answer = way_back_cost()
    check.is_a("the result", answer, (tuple, list))
    check.same("how many values you return: who, hidden, first", len(answer), 3)
    n, k, m = my_numbers(answer[0])["matmul"]
    check.given(n=n, k=k, m=m, look="Which matrix products does 06.9 compute, and how large is each?")
    check.true("both counts should be multiples of n, k and m", all(int(c) % (n * k * m) == 0 and c > 0 for c in answer[1:]))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.given(n=n, k=k, m=m, look="How many matrix products, and how many operations is each?")
    check.equal("the count for a hidden layer, as a multiple of n · k · m,", answer[1] / (n * k * m), 4)
    check.equal("the count for the first layer, as a multiple of n · k · m,", answer[2] / (n * k * m), 2)
    ### END HIDDEN TESTS

# %% [markdown]
# Operations are not time. Measure how long the way back takes on this machine, with both gradients and with one:

# %% tags=["demo"]
n, k, m = 512, 512, 256
left, right = (rng.normal(size=shape).astype(np.float32) for shape in [(n, k), (k, m)])
grad_output = np.ones((n, m), np.float32)
forward = best(lambda: left @ right)
both = best(lambda: matmul_gradients(left, right, grad_output))
one = best(lambda: matmul_gradients(left, right, grad_output, need_a=False))
print(f"forward {forward * 1e3:.2f} ms; back {both / forward:.1f} times that, {one / forward:.1f} times for a first layer")

# %% [markdown]
# ### 06.27 What is in `grad`?
#
# A weight's gradients in six iterations, each for its own batch, are your `gradients`. Each iteration calls `backward()`, then the optimizer steps. But `zero_grad()` is called only after iteration number `cleared_every`, not after the others. Which value of `weight.grad` does the optimizer see in iteration 3, and which in iteration 6? (Suppose that the gradients stay as given.)

# %% nbgrader={"grade": false, "grade_id": "06-27-accumulated", "locked": false, "schema_version": 3, "solution": true, "task": false}
def accumulated():
    """Your name, and what the optimizer sees in iterations 3 and 6.

    Returns
    -------
    tuple (who, third, sixth)
    """
    ### BEGIN SOLUTION 06.27 accumulated: return your name and the two values
    who = "reference"
    numbers = my_numbers(who)
    gradients, every = numbers["gradients"], numbers["cleared_every"]
    return who, sum(gradients[:3]), sum(gradients[every:])
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-06-27-accumulated", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("06.27", "accumulated") as check:
    answer = accumulated()
    check.is_a("the result", answer, (tuple, list))
    check.same("how many values you return: who, third, sixth", len(answer), 3)
    numbers = my_numbers(answer[0])
    check.given(gradients=numbers["gradients"], cleared_every=numbers["cleared_every"], look="Iterations are counted from 1.")
    check.true("both values should be numbers", all(np.ndim(value) == 0 and not isinstance(value, str) for value in answer[1:]))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.given(gradients=numbers["gradients"], cleared_every=numbers["cleared_every"], look="Which gradients are in the sum?")
    starts = []  # the first gradient in the sum, counted from 0; 99 where no sum up to this iteration fits
    for value, last, start in [(answer[1], 3, 0), (answer[2], 6, numbers["cleared_every"])]:
        fits = [at for at in range(last) if abs(sum(numbers["gradients"][at:last]) - float(value)) < 1e-3]
        starts.append(min(fits, key=lambda at: abs(at - start), default=99) - start)
    check.same("where the sum in iteration 3 begins, counted from where it should", starts[0], 0)
    check.same("where the sum in iteration 6 begins, counted from where it should", starts[1], 0)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 06.28 In your own words: memory
#
# A model has a billion weights in float32 and is trained with Adam, which keeps two numbers for each. The graphics card has 16 GB. Your colleague wants to accumulate gradients over micro-batches to make it fit. In three to six sentences: what takes how much, what does accumulation change, and what would help?
#
# <details>
# <summary>Hint for 06.28</summary>
#
# Count the numbers kept for each weight, then their bytes. Which of them depend on how many rows a batch has?
# </details>

# %% [markdown] nbgrader={"grade": true, "grade_id": "text-06-28-memory", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# Weights 4 GB, gradients 4 GB, Adam's two numbers 8 GB: 16 GB, so the card is full before the first activation. Micro-batches only make activations smaller: weights, gradients and Adam's state stay as large as they are. What helps is fewer bytes for these: an optimizer with a smaller state, numbers in 16 bits, spreading them over several cards, or moving them out of the card's memory. Checkpointing, too, only saves activations.
#
# === BEGIN MARK SCHEME ===
# 1 point: 4 + 4 + 8 = 16 GB, equal to what there is, and nothing left for activations.
# 1 point: accumulation (or checkpointing) reduces activations only; names one thing that reduces the rest: sharding, offloading, a smaller optimizer state, lower precision.
# === END MARK SCHEME ===

# %% [markdown]
# ### 06.29 In your own words: order
#
# In two to five sentences: why may an operation be handled only after *all* that use its result, and what goes wrong in a network with a shortcut, y = f(x) + x, if it is handled when its first gradient arrives?

# %% tags=["demo"]
x = Tensor([1.0, 2.0], requires_grad=True) * 3
draw_graph(Tanh()(x) + x)

# %% [markdown] nbgrader={"grade": true, "grade_id": "text-06-29-order", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# The gradient of a result is the sum of what all its users send back, and the rule has to be applied to the whole sum. With the shortcut, x gets a share through f and a share directly. If the operation that made x runs at the first share, it passes on a part only. Then it either runs again for the second share, as the walk did, and everything behind it runs again each time, or the second share is lost and the gradients are wrong.
#
# === BEGIN MARK SCHEME ===
# 1 point: gradients of all uses add up, and only the complete sum may be passed on.
# 1 point: for y = f(x) + x names the consequence: a lost share (wrong gradients), or repeated work that doubles with each such shortcut.
# === END MARK SCHEME ===

# %% [markdown]
# ## A network that learns
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
# ## What PyTorch does the same, and what it does otherwise
#
# | | here | PyTorch |
# |---|---|---|
# | graph | written down while the program runs | the same |
# | `backward`, `grad`, accumulation, `retain_grad`, `no_grad` | as you built them | the same names and meanings |
# | order | topological, in one list | topological, by counting uses, with a queue for each device |
# | `backward()` of a tensor without `requires_grad` | does nothing | an error |
# | graph after `backward()` | kept, unless `retain_graph=False` | freed, unless `retain_graph=True` |
# | `grad` | a NumPy array | a tensor |
# | a saved array changed in place | not noticed: wrong gradients | an error, thanks to version counters |
# | gradients of gradients | no | `create_graph=True` |
# | rules | about thirty, in Python | many hundreds, in C++ and CUDA |

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
# ```
#
# The cells marked `#| export` become your own `tinytorch/core/autograd.py`. From now on `from tinytorch import Tensor` gives a tensor that records itself, and `loss.backward()` works for every expression you type. Module 07 turns gradients into steps.
