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
# # Module 11: Embeddings
#
# > From symbols to vectors: a table whose rows are learned, the gradient that finds them, and positions as waves.
#
# Time: about 3½ hours. You need Modules 01 to 07; Module 08 helps, but is not used.

# %%
#| default_exp core.embeddings

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
# | 1 | A row for each symbol | 25 |
# | 2 | The layer | 35 |
# | 3 | Its gradient: what is used twice counts twice | 25 |
# | 4 | Words that keep the same company | 40 |
# | 5 | What a bag of words forgets | 15 |
# | 6 | Positions as waves | 45 |
# | 7 | The layer of positions, and a model that knows the order | 25 |

# %% [markdown]
# First some questions to your engine, as in Module 07. Run this cell; nothing to do.

# %%
from tinytorch.readiness import check_engine

check_engine(needs=("layers", "optimizers"))

# %%
#| export
import numpy as np

from tinytorch.core.layers import Layer, generator
from tinytorch.core.tensor import Tensor, method_of

# %%
from tinytorch.checks import Checks, bare
from tinytorch.core.activations import ReLU
from tinytorch.core.autograd import enable_autograd
from tinytorch.core.layers import Linear, manual_seed
from tinytorch.core.losses import CrossEntropyLoss
from tinytorch.core.optimizers import SGD, Adam, AdamW

enable_autograd(quiet=True)

# %% tags=["demo"]
import matplotlib.pyplot as plt

from tinytorch.pictures import show

BLUE, ORANGE, GREEN, PINK, SKY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"

# %% [markdown]
# ## Part 1 · A row for each symbol
#
# A network multiplies numbers. What is the number of a word? Numbering a vocabulary gives *array* the 3 and *shape* the 18, but then *shape* is six times *array*, and the word between two words is their mean. Numbers say too much.
#
# What says nothing but *which one*? A row of zeros with a single one in it: **one-hot**.

# %% [markdown]
# By hand: ids 2 and 0 in a vocabulary of 4 are the rows (0, 0, 1, 0) and (1, 0, 0, 0). Any two different rows are equally far apart, √2. Multiplied with a matrix, such a row picks one row of it:

# %%
table = np.array([[10.0, 11.0], [20.0, 21.0], [30.0, 31.0], [40.0, 41.0]])
hot = np.array([[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0]])
print(hot @ table)
print(table[[2, 0]])

# %% [markdown]
# ### 11.1 One-hot rows
#
# <details><summary>A nudge</summary>
#
# Broadcasting, from Module 01: which comparison of an array of shape S + (1,) with one of shape (count,) is true exactly at the ones?
# </details>

# %% nbgrader={"grade": false, "grade_id": "11-01-one-hot", "locked": false, "schema_version": 3, "solution": true, "task": false}
def one_hot(ids, count):
    """A row for each id: 1 in the column of the id, 0 elsewhere.

    Parameters
    ----------
    ids : numpy.ndarray of integers from 0 to count - 1, of any shape S
    count : int

    Returns
    -------
    numpy.ndarray of shape S + (count,), float32
    """
    ### BEGIN SOLUTION 11.1 one_hot: return the one-hot rows
    return (ids[..., None] == np.arange(count)).astype(np.float32)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-11-01-one-hot", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with Checks("11.1", "one_hot") as check:
    check.given(ids=np.array([2, 0]), count=4, look="The example by hand.")
    check.equal("the rows", one_hot(np.array([2, 0]), 4), [[0, 0, 1, 0], [1, 0, 0, 0]], dtype=np.float32)
    check.equal("the rows", one_hot(np.array([1, 1, 0]), 2), [[0, 1], [0, 1], [1, 0]], inputs={"ids": [1, 1, 0], "count": 2})
    check.probe(lambda: one_hot(np.array([1]), 2).dtype.kind)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    ids = np.array([[0, 2], [2, 1], [0, 0]])
    expected = np.zeros((3, 2, 3))
    for place in np.ndindex(ids.shape):
        expected[place][ids[place]] = 1
    check.equal("the rows of a matrix of ids", one_hot(ids, 3), expected, dtype=np.float32)
    check.equal("the row of a single id", one_hot(np.array(1), 3), [0, 1, 0])
    check.equal("the rows of no ids", one_hot(np.zeros(0, int), 3), np.zeros((0, 3)))
    check.unchanged("the ids", ids, [[0, 2], [2, 1], [0, 0]])
    check.equal("the rows of small integers", one_hot(np.array([200, 3], np.uint8), 256).argmax(axis=-1), [200, 3])
    ### END HIDDEN TESTS

# %% [markdown]
# So the first layer of a network on words could be a `Linear` on one-hot rows. Its weight is a table with a row for each word, and that is all an **embedding** is: these rows are learned like any other weight.
#
# But why multiply by zeros in order to copy a row? What does the detour cost?

# %% [markdown]
# By hand, with a batch of 8 sequences of 128 words, a vocabulary of 50,000 and rows of 256 numbers: the one-hot array has 8 · 128 · 50,000 = 51,200,000 numbers, 204.8 MB in float32. Its product takes 256 multiplications for each of them: 13 billion. Indexing needs neither.
#
# ### 11.2 The cost of the detour

# %% nbgrader={"grade": false, "grade_id": "11-02-one-hot-cost", "locked": false, "schema_version": 3, "solution": true, "task": false}
def one_hot_cost(shape, count, width, itemsize=4):
    """What a lookup costs as a product of one-hot rows and a table.

    Parameters
    ----------
    shape : tuple of int
        The shape of the ids.
    count, width : int
        The shape of the table: one row for each of `count` symbols, `width` numbers in a row.
    itemsize : int
        Bytes of a number: 4 for float32.

    Returns
    -------
    tuple of two int
        The bytes of the one-hot array, and how many multiplications its product with the table takes.
    """
    ### BEGIN SOLUTION 11.2 one_hot_cost: return the bytes and the multiplications
    numbers = count
    for size in shape:
        numbers *= size
    return numbers * itemsize, numbers * width
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-11-02-one-hot-cost", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with Checks("11.2", "one_hot_cost") as check:
    check.given(shape=(8, 128), count=50_000, width=256, look="The example by hand.")
    memory, products = one_hot_cost((8, 128), 50_000, 256)
    check.equal("the bytes", memory, 204_800_000)
    check.equal("the multiplications", products, 13_107_200_000)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the cost in float64", one_hot_cost((10,), 20, 3, 8), [1600, 600])
    check.equal("the cost of a single id", one_hot_cost((), 7, 5), [28, 35])
    check.equal("the cost of ids with three axes", one_hot_cost((2, 3, 4), 10, 6), [960, 1440])
    check.equal("the cost of no ids", one_hot_cost((3, 0), 10, 6), [0, 0])
    ### END HIDDEN TESTS

# %% [markdown]
# Predicted, then measured, with a vocabulary that fits in any machine: 1,024 ids, 10,000 symbols, rows of 64.

# %% tags=["demo"]
import time
import tracemalloc

rng = np.random.default_rng(0)
rows, ids = rng.normal(size=(10_000, 64)).astype(np.float32), rng.integers(10_000, size=1024)
print("predicted: {:,} bytes, {:,} multiplications".format(*one_hot_cost(ids.shape, *rows.shape)))
for name, look_up in [("one-hot", lambda: one_hot(ids, len(rows)) @ rows), ("indexing", lambda: rows[ids])]:
    tracemalloc.start()
    result = look_up()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        look_up()
        times.append(time.perf_counter() - start)
    print(f"{name:<9} peak {peak:>11,} bytes, {np.median(times) * 1e3:8.3f} ms, sum {result.sum():.1f}")

# %% [markdown]
# The same rows, for a small part of the memory and of the time. A peak above the prediction is what your `one_hot` needed on the way: a comparison, say, is a mask with one more byte for each number. The product is what an embedding *means*; indexing is how it is done.

# %% [markdown]
# ## Part 2 · The layer
#
# `table[-1]` is the last row, in NumPy. For an embedding that is a trap: a −1 that meant *unknown word* gets the vector of some rare word, and nothing crashes. An id that is too large crashes with a message about axes. So ids are checked first, by a function that talks about symbols.

# %% [markdown]
# ### 11.3 check_ids
#
# Floats are refused too: 2.0 may be a mistake upstream. Note that a list of numbers becomes float32 in *your* Tensor; ids belong in an integer array. And True and False are numbers to Python, but to NumPy's indexing they are a mask.
#
# <details><summary>A nudge</summary>
#
# `dtype.kind` is "i" or "u" for integers with and without a sign. A comparison of the whole array gives a mask of the ids that are outside; `ids[mask]` holds them, `.size` says how many.
# </details>

# %% nbgrader={"grade": false, "grade_id": "11-03-check-ids", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def check_ids(ids, count):
    """The ids as an integer array, if each is the number of a row: from 0 to count - 1.

    Parameters
    ----------
    ids : Tensor, numpy.ndarray, list or int, of any shape
    count : int
        How many rows there are.

    Returns
    -------
    numpy.ndarray of integers, of the shape of `ids`

    Raises
    ------
    TypeError
        For floating and Boolean ids; the message names their dtype.
    IndexError
        For a negative id, and for one of `count` or more; the message names that id and `count`.
    """
    ### BEGIN SOLUTION 11.3 check_ids: return the ids as an array, or raise
    ids = np.asarray(ids.data if isinstance(ids, Tensor) else ids)
    if ids.dtype.kind not in "iu":
        raise TypeError(f"ids are numbers of rows, so they have to be integers, not {ids.dtype}")
    outside = ids[(ids < 0) | (ids >= count)]
    if outside.size:
        raise IndexError(f"there is no row {outside[0]} in a table of {count} rows: ids go from 0 to {count - 1}")
    return ids
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-11-03-check-ids", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("11.3", "check_ids") as check:
    check.given(ids=[[3, 0], [1, 1]], count=4)
    check.equal("the ids", check_ids(np.array([[3, 0], [1, 1]]), 4), [[3, 0], [1, 1]])
    check.equal("the ids of a Tensor", check_ids(Tensor(np.array([0, 3])), 4), [0, 3], inputs={"ids": "Tensor([0, 3])"})
    check.given(count=4, look="Rows 0, 1, 2 and 3 are there.")
    check.raises("the id 4", IndexError, lambda: check_ids(np.array([0, 4]), 4), mentions="4")
    check.raises("the id -1", IndexError, lambda: check_ids(np.array([0, -1]), 4), mentions="-1", look="Not the last row: no row.")
    check.raises("the id 2.0", TypeError, lambda: check_ids(np.array([0.0, 2.0]), 4), mentions="float64")
    check.raises("a mask", TypeError, lambda: check_ids(np.array([True, False]), 4), mentions="bool", look="True is not the id 1.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    got = check_ids([[0, 2]], 3)
    check.is_a("the ids of a list", got, np.ndarray)
    check.true("the ids are not integers any more", got.dtype.kind in "iu", got=str(got.dtype))
    check.equal("a single id", check_ids(2, 3), 2)
    check.equal("ids of eight bits", check_ids(np.array([0, 200], np.uint8), 201), [0, 200])
    check.equal("no ids", check_ids(np.zeros((0, 2), int), 5), np.zeros((0, 2)))
    check.raises("a mask in a Tensor", TypeError, lambda: check_ids(Tensor(np.array([True, False])), 4), mentions="bool")
    check.raises("a Tensor of floats", TypeError, lambda: check_ids(Tensor([1.0]), 4), mentions="float32")
    check.raises("the id 17 in a matrix", IndexError, lambda: check_ids(np.array([[0, 1], [17, 2]]), 16), mentions=("17", "16"))
    check.raises("the id -9", IndexError, lambda: check_ids(-9, 12), mentions=("-9", "12"))
    check.raises("a wrong id in a Tensor", IndexError, lambda: check_ids(Tensor(np.array([5])), 5), mentions="5")
    given = np.array([2, 0, 1])
    check_ids(given, 3)
    check.unchanged("the caller's ids", given, [2, 0, 1])
    ### END HIDDEN TESTS

# %% [markdown]
# ### 11.4 `Embedding.__init__`
#
# What should the rows be at first? If all were equal, symbols that meet the same gradients would stay equal. So they are random. In many dimensions random directions are almost at right angles: each symbol starts unlike every other, as with one-hot, but in 64 numbers instead of 50,000.

# %% tags=["demo"]
rng = np.random.default_rng(0)
for width in (2, 16, 256):
    rows = rng.normal(size=(300, width))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = (rows @ rows.T)[np.triu_indices(300, 1)]
    print(f"{width:>3} numbers: half of the cosines are within ±{np.median(np.abs(cosines)):.3f}, the largest is {cosines.max():.3f}")

# %% [markdown]
# As in PyTorch, each number comes from the normal distribution with mean 0 and standard deviation 1. All layers share one source of random numbers, the `generator` of Module 03, so that `manual_seed` repeats a whole model.

# %%
#| export
class Embedding(Layer):
    """A table with a learned row for each symbol; the layer looks rows up.

    Parameters
    ----------
    num_embeddings : int
        How many symbols there are, at least 1.
    embedding_dim : int
        How many numbers a row has, at least 1.

    Shapes: weight (num_embeddings, embedding_dim), the only parameter.
    """

    def __repr__(self):
        return f"Embedding({self.weight.shape[0]}, {self.weight.shape[1]})"

# %% nbgrader={"grade": false, "grade_id": "11-04-embedding-init", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Embedding)
def __init__(self, num_embeddings, embedding_dim):
    """Make `self.weight`: a Tensor (num_embeddings, embedding_dim) of float32 that requires a gradient.

    Its numbers are drawn from `generator`, normal with mean 0 and standard deviation 1.
    Raises ValueError, with both numbers in its message, when one of them is below 1.
    """
    ### BEGIN SOLUTION 11.4 Embedding.__init__: check both numbers and make self.weight
    if num_embeddings < 1 or embedding_dim < 1:
        raise ValueError(f"Embedding needs at least one row and one column, not {num_embeddings} and {embedding_dim}")
    numbers = generator.normal(size=(num_embeddings, embedding_dim))
    self.weight = Tensor(numbers.astype(np.float32), requires_grad=True)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-11-04-embedding-init", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("11.4", "Embedding.__init__") as check:
    check.given(num_embeddings=2000, embedding_dim=8)
    layer = Embedding(2000, 8)
    check.is_a("layer.weight", layer.weight, Tensor)
    check.same("the shape of layer.weight", layer.weight.shape, (2000, 8), look="A row for each symbol.")
    check.same("the dtype of layer.weight", str(layer.weight.dtype), "float32")
    check.same("layer.weight.requires_grad", layer.weight.requires_grad, True, look="It is there to be learned.")
    check.equal("the mean", layer.weight.data.mean(), 0.0, atol=0.05)
    check.equal("the standard deviation", layer.weight.data.std(), 1.0, atol=0.05)
    weights = []
    for seed in (5, 5, None):
        if seed is not None:
            manual_seed(seed)
        weights.append(Embedding(3, 4).weight.data)
    check.given(num_embeddings=3, embedding_dim=4, look="All layers share `generator`.")
    check.unchanged("the numbers after the same manual_seed", weights[1], weights[0], look="All layers share `generator`.")
    check.true("two layers after one manual_seed have the same numbers", not np.array_equal(weights[1], weights[2]))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.same("the number of parameters", len(layer.parameters()), 1)
    check.equal("the share of numbers beyond ±2", (np.abs(layer.weight.data) > 2).mean(), 0.0455, atol=0.01)
    manual_seed(8)
    first = [Embedding(2, 3).weight.data for _ in range(2)]
    manual_seed(8)
    for numbers in first:
        check.unchanged("the numbers of each of two layers after the same seed", Embedding(2, 3).weight.data, numbers)
    check.true("two layers have the same numbers", not np.array_equal(*first))
    check.raises("no rows", ValueError, lambda: Embedding(0, 7), mentions=("0", "7"))
    check.raises("rows of -2 numbers", ValueError, lambda: Embedding(5, -2), mentions=("5", "-2"))
    check.same("the shape of a table of one number", Embedding(1, 1).weight.shape, (1, 1))
    ### END HIDDEN TESTS

# %% [markdown]
# ### 11.5 Embedding.forward
#
# The ids have any shape S, the rows take one axis more: a batch of 8 sequences of 128 words becomes (8, 128, D).
#
# One line is enough. But only an operation of Tensor leaves a trace for `backward`: rows that are taken from `weight.data` are numbers without a past, and the table would never learn.

# %% nbgrader={"grade": false, "grade_id": "11-05-embedding-forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(Embedding)
def forward(self, ids):
    """The rows of the ids, as a Tensor that the gradient of the table can flow through.

    Shapes: ids S, anything that `check_ids` takes; the result S + (embedding_dim,), in the dtype of the table.
    Raises what `check_ids` raises for a table of as many rows as this one.
    """
    ### BEGIN SOLUTION 11.5 Embedding.forward: return the rows of the checked ids
    return self.weight[check_ids(ids, self.weight.shape[0])]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-11-05-embedding-forward", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
def given_check_ids(ids, count):  # a stand-in, so that only this exercise is judged
    ids = np.asarray(ids.data if isinstance(ids, Tensor) else ids)
    if ids.size and not 0 <= ids.min() <= ids.max() < count:
        raise IndexError(f"{ids.min()} or {ids.max()} is no row of {count}")
    return ids

def table_of(array):  # a layer with a known table, made without its __init__
    return bare(Embedding, weight=Tensor(np.array(array), requires_grad=True))

with Checks("11.5", "Embedding.forward") as check, check.using(check_ids=given_check_ids):
    layer = table_of(np.float32([[10, 11], [20, 21], [30, 31], [40, 41]]))
    check.given(table="(4, 2)", ids=[3, 0, 3], look="The row of an id, for each id.")
    rows = layer(np.array([3, 0, 3]))
    check.equal("the rows", rows, [[40, 41], [10, 11], [40, 41]], dtype=np.float32)
    check.is_a("the rows", rows, Tensor)
    check.true("the rows leave no trace for backward", rows.requires_grad and rows._grad_fn is not None, look="Index the Tensor.")
    check.equal("the rows", layer(np.array([[1, 2]])), [[[20, 21], [30, 31]]], inputs={"ids": [[1, 2]]})
    check.raises("the id -1", IndexError, lambda: layer(np.array([0, -1])), inputs={"ids": [0, -1]}, look="No last row here: which function refuses it?")
    check.probe(lambda: rows.requires_grad)
    check.probe(lambda: layer(np.array([[1, 2], [0, 3]])))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    weights = np.float32([[1, 10], [2, 20], [3, 30]])
    (rows * weights).sum().backward()
    check.equal("the gradient of the table", layer.weight.grad, [[2, 20], [0, 0], [0, 0], [4, 40]])
    check.equal("the rows of a Tensor of ids", layer(Tensor(np.array([2, 2]))), [[30, 31], [30, 31]])
    check.equal("the row of a single id", layer(1), [20, 21])
    check.equal("the rows of a list", layer([0, 1]), [[10, 11], [20, 21]])
    check.same("the shape for ids with three axes", layer(np.zeros((2, 3, 5), int)).shape, (2, 3, 5, 2))
    check.same("the shape for no ids", layer(np.zeros((0, 4), int)).shape, (0, 4, 2))
    check.raises("a negative id in a matrix", IndexError, lambda: layer(np.array([[0, 1], [-3, 2]])))
    check.raises("the id 4 of 4 rows", IndexError, lambda: layer(np.array([4])))
    wide = table_of(np.arange(8.0).reshape(2, 4))
    check.equal("the rows of a float64 table", wide(np.array([1])), [[4, 5, 6, 7]], dtype=np.float64)
    check.raises("the id 2 of 2 rows with 4 numbers", IndexError, lambda: wide(np.array([2])))
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 3 · Its gradient: what is used twice counts twice
#
# A sentence says *the* three times, and each time the loss pulls at that row in another direction. Whose gradient does the row get? All three: whatever is used several times gets the sum of what comes back, as x did in x · x.
#
# And the rows of words that were not said? The loss does not depend on them: zero.

# %% [markdown]
# By hand: ids (1, 0, 1) and the gradients (1, 2), (3, 4), (5, 6) of the three results, in a table of 3 rows. Row 1 gets (1, 2) + (5, 6) = (6, 8), row 0 gets (3, 4), row 2 nothing. Reading rows is *gather*; this is its way back, *scatter-add*.

# %%
ids, grads = np.array([1, 0, 1]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
print(np.array([[0, 1, 0], [1, 0, 0], [0, 1, 0]]).T @ grads)

# %% [markdown]
# That cell used the one-hot rows again: of $y = H W$ the gradient for $W$ is $H^T g$, Module 06's rule for products. Now without $H$.
#
# ### 11.6 The gradient of the table
#
# <details><summary>A nudge</summary>
#
# Try `a = np.zeros(2); a[[0, 0]] += 1` and look at `a`. Exercise 06.16 had the same trap.
# </details>
# <details><summary>More</summary>
#
# `np.add.at`, or a loop over the places: `np.ndindex(ids.shape)`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "11-06-table-gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
def table_gradient(ids, grad_output, count):
    """The gradient of a table, from the gradient of the rows that were looked up in it.

    Parameters
    ----------
    ids : numpy.ndarray of integers, of any shape S
        The rows that were looked up, from 0 to count - 1.
    grad_output : numpy.ndarray of shape S + (width,)
        The gradient of each of these rows. Stays as it is.
    count : int
        How many rows the table has.

    Returns
    -------
    numpy.ndarray of shape (count, width), in the dtype of `grad_output`
    """
    ### BEGIN SOLUTION 11.6 table_gradient: return the gradient of the table
    grad = np.zeros((count, grad_output.shape[-1]), grad_output.dtype)
    np.add.at(grad, ids, grad_output)
    return grad
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-11-06-table-gradient", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
with Checks("11.6", "table_gradient") as check:
    ids, grads = np.array([1, 0, 1]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    check.given(ids=ids, grad_output=grads, count=3, look="Row 1 was used twice, row 2 not at all.")
    check.equal("the gradient of the table", table_gradient(ids, grads, 3), [[3, 4], [6, 8], [0, 0]])
    ones = np.ones((4, 1))
    check.equal("the gradient of the table", table_gradient(np.array([2, 2, 2, 2]), ones, 4), [[0], [0], [4], [0]], inputs={"ids": [2] * 4, "grad_output": ones, "count": 4})
    check.given(ids=[[2, 2], [0, 2]], grad_output=[[[1, 2], [3, 4]], [[5, 6], [7, 8]]], count=3, look="Ids of any shape: row 2 was used three times.")
    matrix = np.arange(1.0, 9.0).reshape(2, 2, 2)
    check.equal("the gradient of the table", table_gradient(np.array([[2, 2], [0, 2]]), matrix, 3), [[5, 6], [0, 0], [11, 14]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.unchanged("grad_output", grads, [[1, 2], [3, 4], [5, 6]])
    rng = np.random.default_rng(6)
    ids, grads = rng.integers(5, size=(4, 6)), rng.normal(size=(4, 6, 3))
    expected = np.zeros((7, 3))
    for place in np.ndindex(ids.shape):
        expected[ids[place]] = expected[ids[place]] + grads[place]
    check.equal("the gradient for a matrix of ids", table_gradient(ids, grads, 7), expected, dtype=np.float64, rtol=1e-10)
    check.equal("the gradient in float32", table_gradient(ids, np.float32(grads), 7), expected, dtype=np.float32, rtol=1e-4, atol=1e-5)
    check.equal("the gradient of a single row", table_gradient(np.array(1), np.array([2.0, -3.0]), 2), [[0, 0], [2, -3]])
    check.equal("the gradient for no ids", table_gradient(np.zeros(0, int), np.zeros((0, 2)), 3), np.zeros((3, 2)))
    check.equal("the gradient where two cancel", table_gradient(np.array([0, 0]), np.array([[1.5], [-1.5]]), 1), [[0.0]])
    ### END HIDDEN TESTS

# %% [markdown]
# You wrote this rule once before: exercise 06.16. So the engine needs nothing new. `weight[ids]` records a `SliceBackward`, and that one adds up. Does your engine agree with your function, on 200 ids from 50 rows?

# %% tags=["demo"]
manual_seed(0)
layer, ids = Embedding(50, 8), np.random.default_rng(1).integers(40, size=(10, 20))
rows = layer(ids)
weights = np.random.default_rng(2).normal(size=rows.shape).astype(np.float32)
(rows * weights).sum().backward()
print(type(rows._grad_fn).__name__, "for", rows.shape)
print("largest difference:", np.abs(layer.weight.grad - table_gradient(ids, weights, 50)).max())
print("rows without any gradient:", int((layer.weight.grad == 0).all(axis=1).sum()), "of 50")

# %% [markdown]
# A gradient of zeros is not the same as none: the table as a whole took part, so an optimizer visits all of its rows. In Module 07 a zero still moved a parameter, through what its optimizer remembers. Guess which of the rows below move in the second step.

# %% tags=["demo"]
print("how far each row moves in step 2; step 1 used rows 0 and 1, step 2 row 0 only")
for name, make in [
    ("SGD", lambda p: SGD(p, 0.1)), ("momentum", lambda p: SGD(p, 0.1, 0.9)),
    ("Adam", lambda p: Adam(p, 0.1)), ("AdamW, decay 0.1", lambda p: AdamW(p, 0.1, weight_decay=0.1)),
]:
    manual_seed(0)
    layer = Embedding(3, 4)
    optimizer = make(layer.parameters())
    for ids in ([0, 1], [0]):
        before = layer.weight.data.copy()
        optimizer.zero_grad()
        layer(ids).sum().backward()
        optimizer.step()
    print(f"{name:<18}", np.linalg.norm(layer.weight.data - before, axis=1).round(4))

# %% [markdown]
# Plain SGD leaves unused rows alone. Momentum and Adam carry row 1 on; decay moves even row 2, which nobody ever used. PyTorch does the same. And the bill: the gradient and Adam's two averages are as large as the table, for a batch that touches a few rows.

# %% tags=["demo"]
for name, count, width in [("this module", 500, 24), ("GPT-2, words", 50_257, 768), ("GPT-2, positions", 1_024, 768)]:
    table_bytes, used = 4 * count * width, 4 * min(1024, count) * width
    print(f"{name:<17} table {table_bytes / 1e6:8.3f} MB, training with Adam {4 * table_bytes / 1e6:8.3f} MB, "
          f"at most {used / 1e6:6.3f} MB of it touched by 1,024 ids")

# %% [markdown]
# ## Part 4 · Words that keep the same company
#
# Where does meaning come from, if the rows are random at first? From a task. A famous one needs no labels: from a word, predict the words around it (Mikolov and others, 2013). *Minimum* and *maximum* stand between the same neighbours. To predict the same, their rows have to become alike.

# %% [markdown]
# ### 11.7 Pairs of neighbours
#
# By hand: the ids 5, 8, 2 with a window of 1 give (5, 8), (8, 5), (8, 2), (2, 8). An id of −1 is a word outside the vocabulary: it keeps its place, but takes part in no pair. So 5, −1, 2 has no pair within 1, and with a window of 2 the pairs (5, 2) and (2, 5).
#
# <details><summary>A nudge</summary>
#
# For each distance d from 1 to the window: `ids[:-d]` and `ids[d:]` are the two sides of all pairs at that distance.
# </details>

# %% nbgrader={"grade": false, "grade_id": "11-07-neighbour-pairs", "locked": false, "schema_version": 3, "solution": true, "task": false}
def neighbour_pairs(ids, window):
    """All pairs of words that stand at most `window` places apart, each pair in both directions.

    Parameters
    ----------
    ids : numpy.ndarray of integers, of shape (n,)
        The words of a text in their order; -1 for a word outside the vocabulary.
    window : int
        At least 1.

    Returns
    -------
    tuple of two numpy.ndarray of integers, of the same shape (m,)
        The words, and the neighbour of each, in any order of the pairs. No -1 in them.
    """
    ### BEGIN SOLUTION 11.7 neighbour_pairs: return the words and their neighbours
    words, neighbours = [], []
    for distance in range(1, window + 1):
        left, right = ids[:-distance], ids[distance:]
        known = (left >= 0) & (right >= 0)
        words += [left[known], right[known]]
        neighbours += [right[known], left[known]]
    return np.concatenate(words), np.concatenate(neighbours)
    ### END SOLUTION

# %%
def in_order(pairs):
    """Pairs as rows, sorted, so that they can be compared. Run this cell; nothing to do."""
    return np.array(sorted(zip(*(np.asarray(side, int).tolist() for side in pairs)))).reshape(-1, 2)

# %% nbgrader={"grade": true, "grade_id": "test-11-07-neighbour-pairs", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("11.7", "neighbour_pairs") as check:
    check.given(ids=[5, 8, 2], window=1, look="The example by hand. The pairs are shown sorted.")
    check.equal("the pairs", in_order(neighbour_pairs(np.array([5, 8, 2]), 1)), [[2, 8], [5, 8], [8, 2], [8, 5]])
    check.given(ids=[5, -1, 2], window=2, look="A -1 keeps its place and has no pairs.")
    check.equal("the pairs", in_order(neighbour_pairs(np.array([5, -1, 2]), 2)), [[2, 5], [5, 2]])
    check.given(ids=[5, -1, 2], window=1, look="5 and 2 are two places apart, with or without a word between them.")
    check.equal("the pairs", in_order(neighbour_pairs(np.array([5, -1, 2]), 1)), np.zeros((0, 2)))
    check.given(ids=[4, 0, 7], window=2, look="Places 1 and 2 apart. 0 is a word like any other.")
    check.equal("the pairs", in_order(neighbour_pairs(np.array([4, 0, 7]), 2)), [[0, 4], [0, 7], [4, 0], [4, 7], [7, 0], [7, 4]])
    check.probe(lambda: in_order(neighbour_pairs(np.array([1, 2, 3]), 2)))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the pairs within 2, where two words are unknown", in_order(neighbour_pairs(np.array([6, -1, -1, 3, 1]), 2)), [[1, 3], [3, 1]])
    check.equal("the pairs of a repeated word", in_order(neighbour_pairs(np.array([3, 3]), 1)), [[3, 3], [3, 3]])
    ids = np.random.default_rng(7).integers(-1, 4, size=30)
    expected = [[a, b] for i, a in enumerate(ids) for j, b in enumerate(ids) if 1 <= abs(i - j) <= 3 and min(a, b) >= 0]
    check.equal("the pairs of thirty words within 3", in_order(neighbour_pairs(ids, 3)), sorted(expected))
    check.equal("the pairs of two words within 5", in_order(neighbour_pairs(np.array([0, 1]), 5)), [[0, 1], [1, 0]])
    check.equal("the pairs of a single word", in_order(neighbour_pairs(np.array([4]), 2)), np.zeros((0, 2)))
    ### END HIDDEN TESTS

# %% [markdown]
# A real text lies on every machine with NumPy: the descriptions of NumPy's own functions, about 150,000 words. Their 500 most frequent words are our vocabulary. You know what they mean; the table does not.

# %% tags=["demo"]
import collections
import re
import warnings

spaces = (np, np.linalg, np.random, np.ndarray, np.random.Generator)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # names that NumPy is about to drop
    things = [getattr(space, name, None) for space in spaces for name in dir(space) if not name.startswith("_")]
texts = sorted({thing.__doc__ for thing in things if callable(thing) and isinstance(thing.__doc__, str)})
texts = [re.findall("[a-z]+", re.sub(r"(>>>|\.\.\. ).*", "", text).lower()) for text in texts]  # without examples
counts = collections.Counter(word for text in texts for word in text)
vocabulary = [word for word, _ in counts.most_common(500)]
number = {word: k for k, word in enumerate(vocabulary)}
print(f"{len(texts)} texts, {sum(counts.values()):,} words, {len(counts):,} different ones")
print("the most frequent:", *vocabulary[:12])

# %% tags=["demo"]
pairs = [neighbour_pairs(np.array([number.get(word, -1) for word in text], int), 2) for text in texts]
words, neighbours = (np.concatenate(side) for side in zip(*pairs))
print(f"{len(words):,} pairs, {(words == number['the']).mean():.1%} of them with *the*; for example:", *(f"{vocabulary[a]}→{vocabulary[b]}" for a, b in zip(words[1000:1006], neighbours[1000:1006])))

# %% [markdown]
# The model is your `Embedding` and a `Linear` with a score for each word. Everything that learns in the next cell is yours. In a batch of 1,000 pairs *the* stands about 74 times: its row gets the sum of 74 gradients, added up by your rule.

# %% tags=["demo"]
def company(steps=1200, width=24):
    """A table of words that was trained to predict their neighbours, and the loss of each step."""
    manual_seed(0)
    table, scores, loss_of = Embedding(len(vocabulary), width), Linear(width, len(vocabulary)), CrossEntropyLoss()
    optimizer, rng, curve = Adam(table.parameters() + scores.parameters(), 0.02), np.random.default_rng(0), []
    at_first = table.weight.data.copy()
    for _ in range(steps):
        batch = rng.integers(len(words), size=1000)
        loss = loss_of(scores(table(words[batch])), Tensor(neighbours[batch]))
        optimizer.zero_grad()
        loss.backward(retain_graph=False)
        optimizer.step()
        curve.append(loss.item())
    return at_first, table.weight.data, curve


at_first, trained, curve = company()
print(f"loss {curve[0]:.2f} at first, {np.mean(curve[-50:]):.2f} at the end; guessing blindly is log 500 = {np.log(500):.2f}")

# %% [markdown]
# ### 11.8 The nearest words
#
# Which rows are alike? A frequent word's row may be long, so compare directions: the *cosine* of the angle, $\frac{a \cdot b}{\lVert a \rVert \lVert b \rVert}$. By hand: (3, 4) and (30, 40) have cosine 1, (3, 4) and (4, −3) have 0, (3, 4) and (−3, −4) have −1.
#
# <details><summary>A nudge</summary>
#
# Divide each row by its length first; then one product gives all cosines. The row itself has to go by its id, not by its place in the order: another row may have cosine 1 too.
# </details>

# %% nbgrader={"grade": false, "grade_id": "11-08-nearest", "locked": false, "schema_version": 3, "solution": true, "task": false}
def nearest(table, row, count):
    """The rows of a table whose direction is nearest to that of one row.

    Parameters
    ----------
    table : numpy.ndarray of shape (V, D)
        No row is zero.
    row : int
        The id of that row.
    count : int
        How many rows, from 1 to V - 1.

    Returns
    -------
    numpy.ndarray of `count` integers
        Their ids, the largest cosine first, without `row` itself.
    """
    ### BEGIN SOLUTION 11.8 nearest: return the ids with the largest cosines, without the row itself
    directions = table / np.linalg.norm(table, axis=1, keepdims=True)
    cosines = directions @ directions[row]
    cosines[row] = -np.inf
    return np.argsort(-cosines)[:count]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-11-08-nearest", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("11.8", "nearest") as check:
    rows = np.array([[3.0, 4.0], [-6.0, -8.0], [0.5, 1.0], [40.0, -25.0]])
    check.given(table=rows.tolist(), row=0, count=3, look="Directions count, lengths do not.")
    check.equal("the nearest rows", nearest(rows, 0, 3), [2, 3, 1])
    check.equal("the nearest rows", nearest(rows, 3, 1), [0], inputs={"row": 3, "count": 1})
    twins = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    check.given(table=twins.tolist(), row=2, count=2, look="Row 0 has cosine 1 too. Which of the two has to go?")
    check.equal("the nearest rows", nearest(twins, 2, 2), [0, 1])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.unchanged("the table", rows, [[3, 4], [-6, -8], [0.5, 1], [40, -25]])
    parallel = np.array([[0.0, 8.0], [0.0, 2.0], [3.0, 0.0], [0.0, 4.0]])
    check.equal("the three rows nearest to one with two parallel ones", sorted(nearest(parallel, 3, 2)), [0, 1])
    check.equal("the nearest rows where one is parallel", nearest(twins, 0, 1), [2])
    rng = np.random.default_rng(9)
    rows = rng.normal(size=(40, 5)) * rng.uniform(0.1, 10, size=(40, 1))
    for one in (0, 17, 39):
        cosine = {k: rows[k] @ rows[one] / np.sqrt((rows[k] @ rows[k]) * (rows[one] @ rows[one])) for k in range(40) if k != one}
        check.equal(f"the nearest of 40 rows to {one}", nearest(rows, one, 39), sorted(cosine, key=cosine.get, reverse=True))
    ### END HIDDEN TESTS

# %% tags=["demo"]
for word in (word for word in "minimum first true row left float if".split() if word in number):
    before, after = ([vocabulary[k] for k in nearest(table, number[word], 4)] for table in (at_first, trained))
    print(f"{word:<8} before: {', '.join(before):<38} after: {', '.join(after)}")

# %% [markdown]
# Nobody told the table that *left* and *right* belong together. But do not believe a few chosen words. The next cell takes twelve pairs and asks, for each, how many of the other 498 words are nearer than the partner: chance says 249.

# %% tags=["demo"]
opposites = "minimum maximum, first second, true false, row column, left right, max min, lower upper, less greater, high low"
opposites += ", positive negative, real imaginary, one two"
opposites = [pair.split() for pair in opposites.split(", ")]
opposites = [pair for pair in opposites if set(pair) <= set(vocabulary)]
figure, axis = plt.subplots(figsize=(7, 3))
for table, color, mark, label in [(at_first, ORANGE, "s", "random table"), (trained, BLUE, "o", "trained table")]:
    between = [list(nearest(table, number[a], len(vocabulary) - 1)).index(number[b]) for a, b in opposites]
    axis.plot(np.array(between) + 1, range(len(opposites)), mark, color=color, label=f"{label}: median {np.median(between):.0f} nearer")
axis.axvline(250, color="0.6", linewidth=0.8)
axis.set(xscale="log", xlabel="place of the partner among the nearest words (logarithmic)", yticks=range(len(opposites)))
axis.set_yticklabels([f"{a} / {b}" for a, b in opposites], fontsize=8)
axis.legend(fontsize=8)
show(figure, "For twelve pairs of words, the place of the second among those nearest to the first. In the random table the places are "
             "scattered between a few and 500. After training most partners are in the first place or close to it.")

# %% tags=["demo"]
groups = [
    ("numbers", BLUE, "o", "one two second third first last"), ("choices", ORANGE, "s", "true false none default optional"),
    ("types", GREEN, "^", "float int integer complex bool"), ("extremes", PINK, "v", "minimum maximum min max lower upper"),
]
figure, axes = plt.subplots(1, 2, figsize=(11, 4))
for axis, table, title in [(axes[0], at_first, "random"), (axes[1], trained, "trained")]:
    chosen = [number[word] for *_, line in groups for word in line.split() if word in number]
    rows = table / np.linalg.norm(table, axis=1, keepdims=True)
    middle = rows[chosen].mean(axis=0)
    plane = np.linalg.svd(rows[chosen] - middle, full_matrices=False)[2][:2]  # the two directions in which they differ most
    for name, color, mark, line in groups:
        spots = (rows[[number[word] for word in line.split() if word in number]] - middle) @ plane.T
        axis.plot(*spots.T, mark, color=color, label=name)
        for word, spot in zip([word for word in line.split() if word in number], spots):
            axis.annotate(word, spot, fontsize=8, xytext=(3, 3), textcoords="offset points")
    axis.set(title=title, xticks=[], yticks=[])
axes[0].legend(fontsize=8)
show(figure, "Some twenty words in the plane in which their rows differ most. In the random table the four groups are mixed. In the "
             "trained one partners such as minimum and maximum lie side by side, and types and choices have come near each other; in "
             "one plane out of 24 dimensions the groups still overlap.")

# %% [markdown]
# ## Part 5 · What a bag of words forgets
#
# To classify a whole text, the simplest model takes the mean of its rows: a *bag of words*. What does it know about the order? Two sentences from our vocabulary, with the same words:

# %% tags=["demo"]
def bag(sentence):
    """The mean of the rows of a sentence's words."""
    return trained[[number[word] for word in sentence.split()]].mean(axis=0, dtype=np.float64)


first, second = "the first axis is not the last axis", "the last axis is not the first axis"
print("largest difference of the two bags:", np.abs(bag(first) - bag(second)).max())

# %% [markdown]
# A sum does not depend on the order of its terms. So whatever comes after the mean, a hundred layers if you like, gets the same numbers for both. (A difference near $10^{-17}$ would be rounding.)
#
# Six different words can be put in 720 orders. How many bags are there?

# %% tags=["demo"]
import itertools

means = {tuple(bag(" ".join(order)).round(10) + 0.0) for order in itertools.permutations("if the minimum is not first".split())}
print(len(means))

# %% [markdown]
# The cure is old and simple: let the row of a word depend on its place. If word *w* stands at place *p*, add to its row a row for *p*. Where do these rows come from? Either they are learned, in a second table, or somebody thinks of something clever.

# %% [markdown]
# ## Part 6 · Positions as waves
#
# What should row *p* look like? The number *p* itself grows: place 500 would drown every word. *p* divided by the length means something else in each text. Binary digits are small and different for each *p*, but they jump: 7 is 0111 and 8 is 1000.
#
# Clocks solve this. The second hand tells near moments apart, the hour hand far ones, and all move smoothly.

# %%
for place in (6, 7, 8, 9):
    print(f"{place} is {place:04b}, a slow hand stands at ({np.sin(place / 10):.3f}, {np.cos(place / 10):.3f})")

# %% [markdown]
# So each pair of columns is one hand of a clock: $(\sin p\,\omega, \cos p\,\omega)$, a point on a circle. The *frequency* ω says how far it turns from place to place. With $D$ columns there are $D/2$ hands. Vaswani and others (2017) chose
#
# $$\omega_i = 10000^{-2i/D}, \qquad i = 0, 1, 2, \dots$$
#
# By hand, $D = 4$: $\omega_0 = 1$ and $\omega_1 = 10000^{-1/2} = 0.01$.

# %% [markdown]
# ### 11.9 The frequencies
#
# The first hand always has ω = 1. An odd number of columns ends with half a hand: its sine only, and that has a frequency too.

# %% nbgrader={"grade": false, "grade_id": "11-09-wave-frequencies", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def wave_frequencies(embed_dim):
    """The frequencies 10000 ** (-2i / embed_dim) for i = 0, 1, 2, …, one for each pair of columns.

    Parameters
    ----------
    embed_dim : int
        How many columns, at least 1. The last pair of an odd number has one column.

    Returns
    -------
    numpy.ndarray of float64, of shape ((embed_dim + 1) // 2,)
    """
    ### BEGIN SOLUTION 11.9 wave_frequencies: return a frequency for each pair of columns
    return 10000.0 ** (-np.arange(0, embed_dim, 2) / embed_dim)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-11-09-wave-frequencies", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("11.9", "wave_frequencies") as check:
    check.given(embed_dim=4, look="The example by hand.")
    check.equal("the frequencies", wave_frequencies(4), [1.0, 0.01])
    check.equal("the frequencies", wave_frequencies(8), [1.0, 0.1, 0.01, 0.001], inputs={"embed_dim": 8})
    check.given(embed_dim=5, look="Two hands and a half: three frequencies, and the formula divides by 5.")
    check.equal("the frequencies", wave_frequencies(5), [1.0, 10000**-0.4, 10000**-0.8])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the frequencies for 2 columns", wave_frequencies(2), [1.0])
    check.equal("the frequencies for 1 column", wave_frequencies(1), [1.0])
    check.equal("the frequencies for 3 columns", wave_frequencies(3), [1.0, np.exp(-2 / 3 * np.log(1e4))])
    got = wave_frequencies(512)
    check.equal("the last of the frequencies for 512 columns", got[-1] * 1e4, np.exp(np.log(1e4) / 256), dtype=np.float64, rtol=1e-9)
    check.same("the number of frequencies for 512 columns", len(got), 256)
    ### END HIDDEN TESTS

# %% tags=["demo"]
lengths = 2 * np.pi / wave_frequencies(512)
print(f"a full turn takes from {lengths[0]:.2f} to {lengths[-1]:,.0f} places; {np.sum(lengths > 512)} of {len(lengths)} hands never finish one in 512")

# %% [markdown]
# ### 11.10 sinusoidal_positions
#
# Column 2i is the sine of hand i, column 2i + 1 its cosine. By hand, $D = 4$: row 0 is (0, 1, 0, 1), row 1 is (sin 1, cos 1, sin 0.01, cos 0.01) = (0.8415, 0.5403, 0.0100, 0.99995).
#
# <details><summary>A nudge</summary>
#
# The angles are a table, places down, hands across. `rows[:, 0::2]` are the even columns; for an odd number of columns there is one odd column fewer.
# </details>

# %% nbgrader={"grade": false, "grade_id": "11-10-sinusoidal-positions", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def sinusoidal_positions(max_length, embed_dim):
    """A row of sines and cosines for each place p (Vaswani and others, 2017).

    Columns 2i and 2i + 1 are sin(p w) and cos(p w) with the i-th of `wave_frequencies(embed_dim)` as w.

    Parameters
    ----------
    max_length : int
        How many places, p = 0, 1, …, max_length - 1.
    embed_dim : int
        How many columns, at least 1.

    Returns
    -------
    numpy.ndarray of shape (max_length, embed_dim), float32
        Computed in float64 and rounded at the end.
    """
    ### BEGIN SOLUTION 11.10 sinusoidal_positions: return the rows of all places
    angles = np.arange(max_length)[:, None] * wave_frequencies(embed_dim)
    rows = np.empty((max_length, embed_dim), np.float32)
    rows[:, 0::2] = np.sin(angles)
    rows[:, 1::2] = np.cos(angles)[:, : embed_dim // 2]
    return rows
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-11-10-sinusoidal-positions", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
def given_frequencies(embed_dim):  # a stand-in, so that only this exercise is judged
    return np.array([1e4 ** (-2 * i / embed_dim) for i in range((embed_dim + 1) // 2)])

with Checks("11.10", "sinusoidal_positions") as check, check.using(wave_frequencies=given_frequencies):
    check.given(max_length=2, embed_dim=4, look="Both rows are worked out above.")
    rows = sinusoidal_positions(2, 4)
    check.equal("the rows", rows, [[0, 1, 0, 1], [np.sin(1), np.cos(1), np.sin(0.01), np.cos(0.01)]])
    check.same("their dtype", str(rows.dtype), "float32")
    check.given(max_length=2, embed_dim=3, look="The last hand has its sine only.")
    check.equal("the rows", sinusoidal_positions(2, 3), [[0, 1, 0], [np.sin(1), np.cos(1), np.sin(1e4 ** (-2 / 3))]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    for length, width in [(50, 6), (7, 5), (3, 1), (1, 2), (9, 2)]:
        expected = np.empty((length, width))
        for place, column in np.ndindex(length, width):
            angle = place * 1e4 ** (-(column - column % 2) / width)
            expected[place, column] = np.cos(angle) if column % 2 else np.sin(angle)
        check.equal(f"{length} rows of {width}", sinusoidal_positions(length, width), expected, dtype=np.float32)
    angles = 12_345 * given_frequencies(6)
    expected = np.stack([np.sin(angles), np.cos(angles)], axis=1).reshape(-1)
    check.equal("the row of place 12,345", sinusoidal_positions(12_346, 6)[-1], expected, atol=1e-6)
    ### END HIDDEN TESTS

# %% tags=["demo"]
positions = sinusoidal_positions(128, 64)
figure, axes = plt.subplots(1, 2, figsize=(11, 3.2), gridspec_kw={"width_ratios": [3, 2]})
image = axes[0].imshow(positions.T, aspect="auto", cmap="cividis")
axes[0].set(xlabel="place", ylabel="column")
figure.colorbar(image, ax=axes[0])
for column, color, style in [(0, ORANGE, ":"), (8, SKY, "-."), (16, BLUE, "-"), (32, GREEN, "--")]:
    axes[1].plot(positions[:, column], style, color=color, label=f"column {column}")
axes[1].set(xlabel="place")
axes[1].legend(fontsize=8)
show(figure, "Left, the rows of 128 places as a picture: narrow stripes in the first columns, wider ones further down, and almost no "
             "change in the last. Right, four columns as curves: sines whose waves get longer from column to column.")

# %% [markdown]
# Now the clever part. From place *p* to place *p + k* every hand turns on by the angle $k\omega$, wherever it stands:
#
# $$\sin(a + b) = \sin a \cos b + \cos a \sin b, \qquad \cos(a + b) = \cos a \cos b - \sin a \sin b$$
#
# with $a = p\omega$, whose sine and cosine stand in the row, and $b = k\omega$. **A shift is a rotation**, the same for all places: one matrix, without *p* in it.

# %% [markdown]
# ### 11.11 A shift is a rotation
#
# By hand, $D = 2$ and ω = 1: the row (0, 1) of place 0, shifted by 1, is (0·cos 1 + 1·sin 1, 1·cos 1 − 0·sin 1) = (sin 1, cos 1). The function gets a row, not its place.

# %% nbgrader={"grade": false, "grade_id": "11-11-shifted", "locked": false, "schema_version": 3, "solution": true, "task": false}
def shifted(row, shift):
    """The row of place p + shift, from the row of place p, whichever that is.

    Parameters
    ----------
    row : numpy.ndarray of shape (embed_dim,)
        A row of `sinusoidal_positions`; embed_dim is even. Stays as it is.
    shift : int or float
        May be negative.

    Returns
    -------
    numpy.ndarray of shape (embed_dim,)
    """
    ### BEGIN SOLUTION 11.11 shifted: return the row of place p + shift
    turn = shift * wave_frequencies(len(row))
    sine, cosine = row[0::2], row[1::2]
    pairs = [sine * np.cos(turn) + cosine * np.sin(turn), cosine * np.cos(turn) - sine * np.sin(turn)]
    return np.stack(pairs, axis=1).reshape(-1)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-11-11-shifted", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
def known_frequencies(embed_dim):  # stand-ins again, whatever the exercises above return
    return np.array([1e4 ** (-2 * i / embed_dim) for i in range((embed_dim + 1) // 2)])

def row_of(place, width):
    return np.array([f(place * w) for w in known_frequencies(width) for f in (np.sin, np.cos)])

with Checks("11.11", "shifted") as check, check.using(wave_frequencies=known_frequencies):
    check.given(place=0, embed_dim=2, shift=1, look="The example by hand.")
    check.equal("the row of place 1", shifted(row_of(0, 2), 1), row_of(1, 2))
    check.given(place=20, embed_dim=4, shift=2, look="Each hand turns by its own angle, from where it stands. After three turns the first one no longer tells the place.")
    check.equal("the row of place 22", shifted(row_of(20, 4), 2), row_of(22, 4))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the row of place 4, from 7", shifted(row_of(7, 6), -3), row_of(4, 6))
    check.equal("the row of place 1007, from 1000", shifted(row_of(1000, 8), 7), row_of(1007, 8))
    check.equal("the row of place 40.5", shifted(row_of(40, 4), 0.5), row_of(40.5, 4))
    check.equal("the row after no shift", shifted(row_of(9, 4), 0), row_of(9, 4))
    row = row_of(2, 4)
    shifted(row, 3)
    check.unchanged("the given row", row, row_of(2, 4))
    check.equal("the row of two shifts", shifted(shifted(row_of(2, 10), 30), -12), row_of(20, 10))
    ### END HIDDEN TESTS

# %% [markdown]
# What is that good for? The product of two rows is $\sum_i \cos((p - q)\,\omega_i)$: it depends on the *distance* of the places only. And since a shift is one matrix, a layer can learn "three places back" once, for all places. In Module 12 attention compares rows by exactly such products.

# %% tags=["demo"]
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2))
circle = np.linspace(0, 2 * np.pi, 200)
axes[0].plot(np.sin(circle), np.cos(circle), color="0.8")
for place, color, mark in [(2, BLUE, "o"), (9, ORANGE, "s"), (20, GREEN, "^")]:
    row = sinusoidal_positions(24, 8)[place]
    start, end = row[2:4], shifted(row, 8)[2:4]
    axes[0].plot(*start, mark, color=color, label=f"place {place} to {place + 8}")
    axes[0].annotate("", xy=end, xytext=start, arrowprops={"arrowstyle": "->", "color": color, "connectionstyle": "arc3,rad=-0.2"})
axes[0].set(aspect="equal", xlabel="column 2, a sine", ylabel="column 3, a cosine")
axes[0].legend(fontsize=8, loc="center")
for place, color, style in [(20, BLUE, "-"), (64, ORANGE, "--"), (100, GREEN, ":")]:
    axes[1].plot(np.arange(128) - place, positions @ positions[place], style, color=color, label=f"with place {place}")
axes[1].set(xlabel="distance of the places", ylabel="product of their rows")
axes[1].legend(fontsize=8)
show(figure, "Left, a shift by eight places turns a hand by the same angle from each of three starting places. Right, the products of the "
             "rows of three places with all others, drawn over the distance: the three curves lie on each other, with a peak of 32 at distance 0.")

# %% [markdown]
# ## Part 7 · The layer of positions
#
# Both kinds in one layer: waves, which are fixed, or a learned table as in GPT-2. The constructor is given. Waves are an array and no parameter; a learned table starts small, so that at first the words dominate.

# %%
#| export
class PositionalEncoding(Layer):
    """Adds to each row of a sequence the row of its place.

    Parameters
    ----------
    embed_dim : int
        How many numbers a row has, at least 1.
    max_length : int
        The longest sequence that fits, at least 1.
    learned : bool
        False: the rows are `sinusoidal_positions`, an array ``self.positions``. True: they are a parameter, the Tensor
        ``self.weight``, normal numbers with standard deviation 0.02 at first. Shapes: (max_length, embed_dim).
    """

    def __init__(self, embed_dim, max_length=512, learned=False):
        if embed_dim < 1 or max_length < 1:
            raise ValueError(f"PositionalEncoding needs at least one column and one row, not {embed_dim} and {max_length}")
        self.learned = bool(learned)
        if learned:
            numbers = generator.normal(scale=0.02, size=(max_length, embed_dim))
            self.weight = Tensor(numbers.astype(np.float32), requires_grad=True)
        else:
            self.positions = sinusoidal_positions(max_length, embed_dim)

    def __repr__(self):
        max_length, embed_dim = (self.weight if self.learned else self.positions).shape
        return f"PositionalEncoding({embed_dim}, {max_length}{', learned=True' if self.learned else ''})"

# %% [markdown]
# ### 11.12 PositionalEncoding.forward
#
# A sequence of T places gets the first T rows. NumPy would stretch a last dimension of 1, or a single row, without a word. So shapes are checked.
#
# <details><summary>A nudge</summary>
#
# `x.shape[-2]` is T, however many axes stand before it; broadcasting does the rest. For the learned rows remember 11.5: slice the Tensor, not its array.
# </details>

# %% nbgrader={"grade": false, "grade_id": "11-12-positional-forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(PositionalEncoding)
def forward(self, x):
    """x plus the rows of the places 0, 1, …, T - 1, which are in `self.weight` or, if not learned, in `self.positions`.

    Shapes: x (..., T, embed_dim), a Tensor with at least two axes; the result the same. Gradients flow to x and to learned rows.
    Raises ValueError when T is above max_length, or the last dimension of x is not embed_dim; its message has x.shape and
    the shape of the rows.
    """
    ### BEGIN SOLUTION 11.12 PositionalEncoding.forward: check the shape of x and return x plus its rows
    rows = self.weight if self.learned else self.positions
    if x.ndim < 2 or x.shape[-1] != rows.shape[1] or x.shape[-2] > rows.shape[0]:
        raise ValueError(f"x of shape {x.shape} does not fit positions of shape {rows.shape}: (max_length, embed_dim)")
    return x + rows[: x.shape[-2]]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-11-12-positional-forward", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
with Checks("11.12", "PositionalEncoding.forward") as check:
    rows = np.float32([[1, 2], [10, 20], [100, 200], [1000, 2000]])
    waves = bare(PositionalEncoding, learned=False, positions=rows)
    check.given(x="zeros (2, 3, 2)", rows="(4, 2)", look="Each of the two sequences gets the rows of places 0, 1 and 2.")
    result = waves(Tensor(np.zeros((2, 3, 2), np.float32), requires_grad=True))
    check.equal("the result", result, [rows[:3].tolist()] * 2, dtype=np.float32)
    check.true("the result leaves no trace for x", result.requires_grad and result._grad_fn is not None, look="Below x is a table of words that wants to learn.")
    table = bare(PositionalEncoding, learned=True, weight=Tensor(rows.copy(), requires_grad=True))
    check.given(x="ones (2, 3, 2)", rows="(4, 2), learned", look="The rows are a Tensor here, and want their gradient.")
    result = table(Tensor(np.ones((2, 3, 2), np.float32)))
    check.equal("the result", result, [(rows[:3] + 1).tolist()] * 2)
    result.sum().backward()
    check.true("the learned rows get no gradient", table.weight.grad is not None, expected=[[2, 2], [2, 2], [2, 2], [0, 0]])
    check.equal("the gradient of the learned rows", table.weight.grad, [[2, 2], [2, 2], [2, 2], [0, 0]])
    long = Tensor(np.zeros((5, 2), np.float32))
    check.raises("a sequence of 5 places", ValueError, lambda: waves(long), mentions="(5, 2)", inputs={"x": "(5, 2)", "rows": "(4, 2)"})
    narrow = Tensor(np.zeros((3, 1), np.float32))
    check.raises("a last dimension of 1", ValueError, lambda: waves(narrow), mentions="(3, 1)", inputs={"x": "(3, 1)", "rows": "(4, 2)"}, look="NumPy would stretch it.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("one sequence of all four places", waves(Tensor(np.ones((4, 2), np.float32))), rows + 1)
    check.equal("the result for four axes", waves(Tensor(np.zeros((3, 2, 1, 2), np.float32))), np.tile(rows[:1], (3, 2, 1, 1)))
    check.same("the shape for sequences of no places", waves(Tensor(np.zeros((2, 0, 2), np.float32))).shape, (2, 0, 2))
    for layer in (waves, table):
        for shape in [(3, 1), (2, 4, 3), (2, 5, 2), (1, 7, 2)]:
            x = Tensor(np.zeros(shape, np.float32))
            check.raises(f"x of shape {shape}", ValueError, lambda layer=layer, x=x: layer(x), mentions=(str(shape), "(4, 2)"))
    x = Tensor(np.full((2, 4, 2), 3.0, np.float32), requires_grad=True)
    result = waves(x)
    (result * np.float32([1, 5])).sum().backward()
    check.equal("the gradient of x", x.grad, [[[1, 5]] * 4] * 2)
    check.unchanged("x", x.data, np.full((2, 4, 2), 3.0))
    check.unchanged("the rows", waves.positions, [[1, 2], [10, 20], [100, 200], [1000, 2000]])
    ### END HIDDEN TESTS

# %% [markdown]
# ### 11.13 In your own words
#
# A colleague adds `PositionalEncoding` to the rows of `Embedding`, takes the mean over the places, and puts a network with ReLU and a thousand hidden units behind it. The question is which word came first. It does not get better than chance. In two to five sentences: why not, and what is the smallest change that helps?
#
# <details>
# <summary>Hint for 11.13</summary>
#
# The mean of sums is a sum of means. What is left of the order in each of the two?
# </details>

# %% [markdown] nbgrader={"grade": true, "grade_id": "text-11-13-mean", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# The mean of word row plus place row is the mean of the word rows plus the mean of the place rows. The first does not depend on the order, the second is the same for every text of that length. So any two orders of the same words give the network the same input, however large it is. Word and place have to meet in something that is not linear before anything is averaged: for example a Linear and a ReLU on each place first, then the mean.
#
# === BEGIN MARK SCHEME ===
# 2 points: the mean splits into a mean of word rows and a mean of place rows; neither depends on the order, so all orders give the same input.
# 2 points: a step that is not linear (Linear and ReLU, a product as in attention, …) at each place before the mean; or no mean at all: the rows side by side.
# === END MARK SCHEME ===

# %% [markdown]
# ## A model that knows the order
#
# Six symbols in any order; which one stands in the third place? The bag can guess: 1 in 6. The model below is an `Embedding`, positions or none, then Linear and ReLU at each place, then the mean, then a Linear with six scores. The last bar is the colleague's: mean first.

# %% tags=["demo"]
def third_place(positions, mean_first=False, steps=400):
    """The share of right answers on 1,000 new orders of six symbols, after training."""
    table, hidden, scores, relu = Embedding(6, 32), Linear(32, 64), Linear(64, 6), ReLU()
    parameters = [p for layer in (table, hidden, scores, positions) if layer for p in layer.parameters()]
    optimizer, loss_of, rng = Adam(parameters, 0.01), CrossEntropyLoss(), np.random.default_rng(0)

    def answer(ids):
        x = positions(table(ids)) if positions else table(ids)
        return scores(relu(hidden(x.mean(axis=1)))) if mean_first else scores(relu(hidden(x)).mean(axis=1))

    for _ in range(steps):
        ids = rng.permuted(np.tile(np.arange(6), (64, 1)), axis=1)
        loss = loss_of(answer(ids), Tensor(ids[:, 2]))
        optimizer.zero_grad()
        loss.backward(retain_graph=False)
        optimizer.step()
    ids = rng.permuted(np.tile(np.arange(6), (1000, 1)), axis=1)
    return (answer(ids).data.argmax(axis=1) == ids[:, 2]).mean()

# %% tags=["demo"]
models = {
    "no positions": lambda: third_place(None),
    "waves": lambda: third_place(PositionalEncoding(32, 6)),
    "learned positions": lambda: third_place(PositionalEncoding(32, 6, learned=True)),
    "waves, mean first": lambda: third_place(PositionalEncoding(32, 6), mean_first=True),
}
manual_seed(0)
right = [model() for model in models.values()]
figure, axis = plt.subplots(figsize=(7, 2.4))
for place, (share, color, hatch) in enumerate(zip(right, (ORANGE, BLUE, GREEN, PINK), ("//", "", "..", "xx"))):
    axis.barh(place, 100 * share, color=color, hatch=hatch, edgecolor="white")
    axis.text(100 * share + 1, place, f"{share:.1%}", va="center", fontsize=8)
axis.axvline(100 / 6, color="black", linewidth=0.8)
axis.set(yticks=range(4), yticklabels=list(models), xlabel="% right; the line is chance", xlim=(0, 112))
axis.invert_yaxis()
show(figure, "Right answers to the question which of six symbols stands third. Without positions, and with the mean first, the model stays "
             "near chance, 17 %. With waves and with learned positions it is right every time, or nearly.")

# %% [markdown]
# Which kind is better? On such a short task, either. Waves cost no parameters, and rows for places that no training text had can be computed: make the layer with a larger `max_length` (what the rest of a model makes of them is another question). A learned table has to see each place. GPT-2 learned its table; many models since then rotate, as in 11.11 (RoPE, 2021).

# %% [markdown]
# ### What PyTorch does the same, and what otherwise
#
# | | here | PyTorch |
# |---|---|---|
# | `Embedding(num_embeddings, embedding_dim)` | normal numbers, `weight` | `torch.nn.Embedding`: the same |
# | its gradient | as large as the table, repeated ids add up | the same; `sparse=True` keeps used rows only |
# | ids out of range, negative ids | IndexError that names the id | IndexError without the id |
# | floating ids | TypeError | RuntimeError |
# | `padding_idx`: a row that stays zero | not built: mask the place instead, as in Module 12 | an option |
# | positions | `PositionalEncoding` | no such layer: each project writes its own |

# %% [markdown]
# **Export.** Run all cells once more from the top. Then, in a terminal in the course folder:
#
# - `tinytorch check 11_embeddings` says where you stand, exercise by exercise;
# - `tinytorch export 11_embeddings` writes `tinytorch/core/embeddings.py`. In Module 12 its rows look at each other.
