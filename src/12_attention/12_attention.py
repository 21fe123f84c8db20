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
# # Module 12: Attention
#
# > Each position asks, every other one answers: scaled dot products, masks, heads, and a task that needs them.
#
# Time: about 4¼ hours. You need Modules 01 to 08 and 11.

# %%
#| default_exp core.attention

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
# | 1 | A mean is not enough | 25 |
# | 2 | Scores, and why they are scaled | 40 |
# | 3 | Masks | 45 |
# | 4 | Attention, and whether it looks ahead | 40 |
# | 5 | Many heads | 50 |
# | 6 | What it does not know, and what it costs | 20 |
# | 7 | Reversing sequences, and catching a wrong attention | 35 |

# %%
# First some questions to what you have built so far. Run this cell; nothing to do.
from tinytorch.readiness import check_engine

check_engine(needs=("layers", "dataloader", "optimizers", "training", "embeddings"))

# %%
#| export
import math

import numpy as np

from tinytorch.core.activations import Softmax
from tinytorch.core.layers import Layer, Linear
from tinytorch.core.tensor import Tensor, method_of

# %%
from tinytorch.checks import Checks, bare
from tinytorch.core.autograd import enable_autograd, no_grad
from tinytorch.core.layers import Sequential, manual_seed

enable_autograd(quiet=True)

# %% tags=["demo"]
import matplotlib.pyplot as plt

from tinytorch.guesses import Guesses
from tinytorch.pictures import show

guess = Guesses()
BLUE, ORANGE, GREEN, PINK, SKY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"

# %% [markdown]
# ## Part 1 · A mean is not enough
#
# Here is a task for this module: read 3 1 4, write 4 1 3. Each output needs one number, from another place. A layer that treats every position alike and alone never sees that place. What if each position also got the mean of all?

# %%
for sequence in ([3, 1, 4], [1, 4, 3], [2, 2, 4]):
    print(sequence, "mean", round(np.mean(sequence), 3), "reversed", sequence[::-1])

# %% [markdown]
# Three sequences, one mean, three answers. A mean has forgotten who stood where, and it tells every position the same.
#
# So let each position take a mean of its *own*: it asks a question, compares it with a label at every position, and weighs what it finds there by how well the two fit.

# %% [markdown]
# Three vectors do this. The **query** is the question, each **key** is a label, each **value** is what its position has to give. How well do a query and a key fit? Their dot product is large when they point the same way. Softmax (Module 02) makes weights of the scores.

# %% [markdown]
# By hand: query $(0, \ln 3)$, keys $(1, 0)$ and $(0, 1)$. The scores are $0$ and $\ln 3$, their exponentials 1 and 3, the weights $\frac14$ and $\frac34$. With the values 10 and 20 the answer is $\frac14 \cdot 10 + \frac34 \cdot 20 = 17.5$.

# %%
scores = np.array([[1.0, 0.0], [0.0, 1.0]]) @ np.array([0.0, np.log(3)])
print(scores, np.exp(scores) / np.exp(scores).sum())

# %% [markdown]
# ### 12.1 A soft lookup
#
# A dictionary finds one key and returns its value. This one finds all of them a little. Use operations of `Tensor` and the layer `Softmax` only: then your engine knows the gradients, here and in everything that follows.

# %% nbgrader={"grade": false, "grade_id": "12-01-soft-lookup", "locked": false, "schema_version": 3, "solution": true, "task": false}
def soft_lookup(query, keys, values):
    """The mean of the values, each weighed by how well its key fits the query.

    Parameters
    ----------
    query : Tensor of shape (d,)
    keys : Tensor of shape (n, d)
    values : Tensor of shape (n, m)

    Returns
    -------
    Tensor of shape (m,)
        The weights are the softmax of the dot products of query and keys, unscaled. Gradients reach all three inputs.
    """
    ### BEGIN SOLUTION 12.1 soft_lookup: return the weighted mean of the values
    weights = Softmax()(keys.matmul(query))
    return weights.matmul(values)
    ### END SOLUTION

# %%
def numbers(shape, seed, dtype=np.float32):
    """Random numbers in a Tensor that wants a gradient. Run this cell; nothing to do."""
    return Tensor(np.random.default_rng(seed).normal(size=shape).astype(dtype), requires_grad=True)


def softmax(scores):
    """The softmax of arrays along the last axis, for the checks."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)

# %% nbgrader={"grade": true, "grade_id": "test-12-01-soft-lookup", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("12.1", "soft_lookup") as check:
    query, keys = Tensor([0.0, math.log(3)], requires_grad=True), Tensor([[1.0, 0.0], [0.0, 1.0]])
    check.given(query=query, keys=keys, values=[[10.0], [20.0]], look="The example by hand: weights 1/4 and 3/4.")
    found = soft_lookup(query, keys, Tensor([[10.0], [20.0]]))
    check.is_a("the result", found, Tensor)
    check.equal("the result", found, [17.5])
    check.same("whether the result wants a gradient", found.requires_grad, True, look="Operations of Tensor record themselves.")
    query, keys, values = Tensor([0.0, math.log(3)], True), Tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 0.0]], True), Tensor([[10.0, 0.0], [20.0, 5.0], [30.0, 0.0]], True)
    check.given(query=query, keys=keys, values=values, look="The weights are 1/5, 3/5 and 1/5.")
    found = soft_lookup(query, keys, values)
    check.equal("the result for three keys", found, [20.0, 3.0])
    found.sum().backward()
    reached = [each.grad is not None for each in (query, keys, values)]
    check.same("whether a gradient reaches query, keys and values", reached, [True, True, True], look="Is one of them used as an array?")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    query, keys, values = numbers((3,), 0), numbers((5, 3), 1), numbers((5, 2), 2)
    weights = softmax(keys.data @ query.data)
    found = soft_lookup(query, keys, values)
    check.equal("the result for five keys", found, weights @ values.data, dtype=np.float32)
    found.sum().backward()
    check.equal("the gradient of the values", values.grad, np.stack([weights, weights], axis=1))
    slopes = weights * (values.data.sum(axis=1) - weights @ values.data.sum(axis=1))
    check.equal("the gradient of the query", query.grad, slopes @ keys.data)
    check.equal("the gradient of the keys", keys.grad, np.outer(slopes, query.data))
    one = soft_lookup(Tensor([7.0]), Tensor([[100.0]]), Tensor([[1.0, -2.0]]))
    check.equal("the result for a single key", one, [1.0, -2.0])
    far = soft_lookup(Tensor([100.0]), Tensor([[10.0], [20.0], [-20.0]]), Tensor([[1.0], [2.0], [3.0]]))
    check.equal("the result for scores of 1000 and more", far, [2.0])
    ### END HIDDEN TESTS

# %% [markdown]
# Nothing in there is chosen by hand: query, key and value will be linear functions of what stands at each position, and are learned. Where to look becomes a matter of gradients.

# %% [markdown]
# ## Part 2 · Scores, and why they are scaled
#
# If the $d$ entries of a query and a key are independent with mean 0 and variance 1, each product $q_i k_i$ has variance 1, and the sum of $d$ of them has variance $d$. So scores grow like $\sqrt d$, for no reason but the length of the vectors. Measured:

# %% tags=["demo"]
rng = np.random.default_rng(0)
for d in (4, 16, 64, 256, 1024):
    products = (rng.normal(size=(10_000, d)) * rng.normal(size=(10_000, d))).sum(axis=1)
    print(f"d = {d:<5} variance {products.var():7.1f}   of the scaled ones {(products / d**0.5).var():.2f}")

# %% [markdown]
# Why is that bad? A softmax of large scores is nearly all on one key. How does it answer when a score changes a little? From $w_i = e^{s_i} / \sum_k e^{s_k}$:
#
# $$\frac{\partial w_i}{\partial s_j} = w_i\,(\delta_{ij} - w_j)$$
#
# with $\delta_{ij} = 1$ for $i = j$ and 0 otherwise. For the weights $(\frac12, \frac12)$: $\frac14$ on the diagonal, $-\frac14$ beside it.

# %% [markdown]
# ### 12.2 The slopes of a softmax
#
# What does the matrix become for the weights $(1, 0)$? That is what a saturated softmax hands back to the queries and keys.

# %% nbgrader={"grade": false, "grade_id": "12-02-softmax-slopes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def softmax_slopes(weights):
    """All slopes of a softmax, from the weights that it returned.

    Parameters
    ----------
    weights : numpy.ndarray of shape (n,)
        They add up to 1.

    Returns
    -------
    numpy.ndarray of shape (n, n)
        In row i and column j: by how much weight i changes with score j.
    """
    ### BEGIN SOLUTION 12.2 softmax_slopes: return the matrix of the slopes
    return np.diag(weights) - np.outer(weights, weights)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-12-02-softmax-slopes", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("12.2", "softmax_slopes") as check:
    check.given(weights=[0.5, 0.5], look="The example above.")
    check.equal("the array of slopes", softmax_slopes(np.array([0.5, 0.5])), [[0.25, -0.25], [-0.25, 0.25]])
    check.given(weights=[0.25, 0.75], look="Row 1, column 0 is w_1 (0 - w_0).")
    check.equal("the array of slopes", softmax_slopes(np.array([0.25, 0.75])), [[0.1875, -0.1875], [-0.1875, 0.1875]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the array of slopes of a saturated softmax", softmax_slopes(np.array([0.0, 1.0, 0.0])), np.zeros((3, 3)))
    weights = np.array([0.1, 0.2, 0.7])
    expected = [[0.09, -0.02, -0.07], [-0.02, 0.16, -0.14], [-0.07, -0.14, 0.21]]
    check.equal("the array of slopes for three keys", softmax_slopes(weights), expected)
    check.unchanged("the array of weights", weights, [0.1, 0.2, 0.7])
    check.equal("the array of slopes for one key", softmax_slopes(np.array([1.0])), [[0.0]])
    ### END HIDDEN TESTS

# %% tags=["demo"]
sizes, keys_there, slopes = [4, 16, 64, 256, 1024], 16, {"unscaled": [], "scaled": []}
for d in sizes:
    queries, labels = rng.normal(size=(200, d)), rng.normal(size=(200, keys_there, d))
    products = (labels @ queries[:, :, None])[..., 0]
    for name, scale in [("unscaled", 1.0), ("scaled", d**-0.5)]:
        slopes[name].append(np.mean([np.abs(softmax_slopes(w)).sum() for w in softmax(scale * products)]))
figure, axis = plt.subplots(figsize=(6, 2.8))
axis.loglog(sizes, slopes["scaled"], "o-", color=BLUE, label="scaled by 1/√d")
axis.loglog(sizes, slopes["unscaled"], "s--", color=ORANGE, label="unscaled")
axis.set(xlabel="d", ylabel="sum of the slopes", xticks=sizes, xticklabels=sizes, yticks=[0.1, 0.3, 1, 3], yticklabels=[0.1, 0.3, 1, 3])
axis.minorticks_off()
axis.legend()
show(figure, "The sum of the sizes of all slopes of a softmax over 16 random keys against d from 4 to 1024, both axes "
             "logarithmic. Scaled by one over the root of d it stays the same; unscaled it falls to about a tenth.")
print("scaled", np.round(slopes["scaled"], 2), "unscaled", np.round(slopes["unscaled"], 2))

# %% [markdown]
# Unscaled, long vectors begin their training with one arbitrary key chosen and hardly a gradient to change it. Dividing by $\sqrt d$ gives scores of variance 1, whatever $d$ is.
#
# ### 12.3 attention_scores
#
# All queries against all keys at once is one matrix product, with any number of batch axes in front.
#
# <details><summary>A nudge</summary>
#
# $QK^\top / \sqrt d$. `K.transpose()` exchanges the last two axes (Module 01). Dividing `Q` touches $Td$ numbers, dividing the result $T^2$.
# </details>

# %% nbgrader={"grade": false, "grade_id": "12-03-attention-scores", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def attention_scores(Q, K):
    """How well each query fits each key: their dot products, divided by the square root of their length d.

    Parameters
    ----------
    Q : Tensor of shape (..., queries, d)
    K : Tensor of shape (..., keys, d)
        The axes in front broadcast.

    Returns
    -------
    Tensor of shape (..., queries, keys), in the dtype of the two. Gradients reach both.

    Raises
    ------
    ValueError
        If queries and keys are not of the same length; the message has both shapes.
    """
    ### BEGIN SOLUTION 12.3 attention_scores: return the scaled dot products of all queries and keys
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"queries of shape {Q.shape} and keys of shape {K.shape} differ in their last axis")
    return (Q / math.sqrt(Q.shape[-1])).matmul(K.transpose())
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-12-03-attention-scores", "locked": true, "points": 9, "schema_version": 3, "solution": false, "task": false}
with Checks("12.3", "attention_scores") as check:
    Q, K = Tensor([[1.0, 1.0, 1.0, 1.0]], requires_grad=True), Tensor([[1.0, 1.0, 1.0, 1.0], [2.0, 0.0, 0.0, 0.0]])
    check.given(Q=Q, K=K, look="The dot products are 4 and 2, and d is 4.")
    scores = attention_scores(Q, K)
    check.equal("the array of scores", scores, [[2.0, 1.0]], dtype=np.float32)
    check.same("whether the scores want a gradient", scores.requires_grad, True, look="Operations of Tensor record themselves.")
    batch = attention_scores(numbers((2, 3, 4), 0), numbers((2, 5, 4), 1))
    check.same("the shape of the scores", batch.shape, (2, 3, 5), inputs={"Q": "(2, 3, 4)", "K": "(2, 5, 4)"})
    check.raises("keys of another length", ValueError, lambda: attention_scores(Q, Tensor([[1.0, 2.0]])), mentions=("(1, 4)", "(1, 2)"), look="Compare the last axes.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    Q, K = numbers((2, 3, 6, 5), 2, np.float64), numbers((3, 4, 5), 3, np.float64)
    scores = attention_scores(Q, K)
    check.equal("the array of scores with batch axes that broadcast", scores, Q.data @ K.data.swapaxes(-1, -2) / 5**0.5, dtype=np.float64)
    slopes = np.random.default_rng(4).normal(size=scores.shape)
    scores.backward(slopes)
    check.equal("the gradient of Q", Q.grad, slopes @ K.data / 5**0.5)
    check.equal("the gradient of K", K.grad, (slopes.swapaxes(-1, -2) @ Q.data).sum(axis=0) / 5**0.5)
    check.equal("the array of scores of single numbers", attention_scores(Tensor([[3.0]]), Tensor([[2.0], [-1.0]])), [[6.0, -3.0]])
    given = numbers((4, 4), 5)
    before = given.data.copy()
    check.equal("square scores", attention_scores(given, numbers((4, 4), 6)), before @ numbers((4, 4), 6).data.T / 2, dtype=np.float32)
    check.unchanged("Q", given, before)
    wide = lambda: attention_scores(numbers((2, 3, 4), 0), numbers((2, 4, 3), 1))
    check.raises("keys that come transposed", ValueError, wide, mentions=("(2, 3, 4)", "(2, 4, 3)"))
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 3 · Masks
#
# Not every key is for every query. Sequences in a batch are filled up to one length, and nobody should attend to the filling. A model that predicts the next word must not read it.
#
# A *mask* says who may look where: True or 1 is "may be attended", False or 0 is not. It has the shape of the scores, or broadcasts to it.

# %% [markdown]
# ### 12.4 causal_mask
#
# Position $t$ may see itself and what came before. For a length of 3, the first row is 1 0 0, the second 1 1 0, the last 1 1 1.

# %% nbgrader={"grade": false, "grade_id": "12-04-causal-mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def causal_mask(length):
    """Who may look where when nobody may look ahead.

    Parameters
    ----------
    length : int
        0 or more.

    Returns
    -------
    numpy.ndarray of bool, of shape (length, length)
        Row t (the query) is True for the keys 0 to t.
    """
    ### BEGIN SOLUTION 12.4 causal_mask: return the mask as a Boolean array
    return np.tri(length, dtype=bool)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-12-04-causal-mask", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with Checks("12.4", "causal_mask") as check:
    check.given(length=3, look="Rows are queries, columns are keys.")
    check.equal("the mask", causal_mask(3), [[1, 0, 0], [1, 1, 0], [1, 1, 1]])
    check.equal("the mask", causal_mask(3), np.tri(3), dtype=bool, look="A Boolean array: two masks combine with &.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the mask of length 5", causal_mask(5), [[k <= t for k in range(5)] for t in range(5)], dtype=bool)
    check.equal("the mask of length 1", causal_mask(1), [[True]], dtype=bool)
    check.same("the shape of a mask of length 0", causal_mask(0).shape, (0, 0))
    ### END HIDDEN TESTS

# %% [markdown]
# ### 12.5 padding_mask
#
# A batch of three sequences with 4, 2 and 0 real entries is filled up to length 4. The keys from the real length on are filling. Which shape makes one row of a sequence count for *all* its queries, against scores of shape (3, queries, 4)?

# %% nbgrader={"grade": false, "grade_id": "12-05-padding-mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def padding_mask(lengths, max_length):
    """Who may be attended in sequences that were filled up to one length.

    Parameters
    ----------
    lengths : array-like of int, of shape (batch,)
        How many entries of each sequence are real; the others, at its end, are filling.
    max_length : int
        The common length.

    Returns
    -------
    numpy.ndarray of bool, of shape (batch, 1, max_length)
        The same for all queries of a sequence.

    Raises
    ------
    ValueError
        If a length is below 0 or above max_length; the message has that length and max_length.
    """
    ### BEGIN SOLUTION 12.5 padding_mask: check the lengths and return the mask
    lengths = np.asarray(lengths)
    for length in lengths:
        if not 0 <= length <= max_length:
            raise ValueError(f"a sequence of length {length} does not fit: lengths go from 0 to {max_length}")
    return np.arange(max_length) < lengths[:, None, None]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-12-05-padding-mask", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("12.5", "padding_mask") as check:
    check.given(lengths=[4, 2, 0], max_length=4, look="One row a sequence, and an axis of 1 for the queries.")
    mask = padding_mask([4, 2, 0], 4)
    right = [[[1, 1, 1, 1]], [[1, 1, 0, 0]], [[0, 0, 0, 0]]]
    check.equal("the mask", mask, right)
    check.equal("the mask", mask, right, dtype=bool, look="A Boolean array: two masks combine with &.")
    check.raises("a sequence that is too long", ValueError, lambda: padding_mask([2, 5], 4), mentions=("5", "4"), inputs={"lengths": [2, 5]}, look="Lengths go from 0 to max_length.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the mask of an array of lengths", padding_mask(np.array([1, 3]), 3), [[[1, 0, 0]], [[1, 1, 1]]], dtype=bool)
    check.equal("the mask of one sequence", padding_mask((2,), 5), [[[1, 1, 0, 0, 0]]], dtype=bool)
    check.raises("a negative length", ValueError, lambda: padding_mask([3, -1], 6), mentions=("-1", "6"))
    longer = np.broadcast_to(padding_mask([1, 2], 3), (2, 5, 3))
    check.equal("the mask for five queries", longer[:, 4], [[1, 0, 0], [1, 1, 0]])
    ### END HIDDEN TESTS

# %% [markdown]
# How is a key left out? Multiply the weights by the mask, and they no longer add up to 1. Multiply the *scores*, and a masked key has the score 0 and the exponential 1: that may even be the largest.
#
# Its exponential has to be 0. So its score has to be $-\infty$. By hand: the scores $(1, 2, 3)$, the last one masked, give $e^1$, $e^2$, 0 and the weights 0.27, 0.73, 0.

# %%
powers = np.exp([1.0, 2.0, -np.inf])
print(powers / powers.sum())

# %% [markdown]
# Many programs add −10⁹ instead. It works until a score is that large; and when *all* keys of a query are masked, it weighs them as if nothing were. With $-\infty$ such a row gives 0/0, NaN, and poisons everything.
#
# We decide: a query that may look nowhere gets the weights 0, and so the answer 0.

# %%
#| exporti
def as_mask(mask, shape):
    """A mask as a Boolean array with at least one axis, when it fits scores of this shape.

    Raises ValueError when it does not broadcast to `shape`, or holds anything but 0 and 1 (False and True).
    """
    mask = np.atleast_1d(np.asarray(mask.data if isinstance(mask, Tensor) else mask))
    if mask.dtype != bool and not np.all((mask == 0) | (mask == 1)):
        raise ValueError("a mask holds 1 (may be attended) and 0 (may not), nothing else: it is not added to the scores")
    fits = mask.ndim <= len(shape) and all(m in (1, s) for m, s in zip(mask.shape[::-1], shape[::-1]))
    if not fits:
        raise ValueError(f"a mask of shape {mask.shape} does not broadcast to scores of shape {shape}")
    return mask.astype(bool)

# %% [markdown]
# ### 12.6 masked_softmax
#
# The heart of this module: exactly 0 where the mask says no, for scores of any size, and a gradient that is right.
#
# <details><summary>A nudge</summary>
#
# Add an array that is 0 or $-\infty$: `np.where`. Which dtype does it have, and what does float32 plus that give?
# </details>
#
# <details><summary>And the rows that may look nowhere?</summary>
#
# NaN once computed stays NaN, also times 0, also on the way back. So it must not arise: which scores can such a row have in between?
# </details>

# %% nbgrader={"grade": false, "grade_id": "12-06-masked-softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def masked_softmax(scores, mask=None):
    """The softmax along the last axis, over the keys that may be attended.

    Parameters
    ----------
    scores : Tensor of shape (..., queries, keys)
        Finite numbers of any size.
    mask : array-like or Tensor, optional
        1 or True where a key may be attended; it broadcasts to the shape of the scores. None: all may.

    Returns
    -------
    Tensor of the shape and dtype of `scores`
        Exactly 0 where the mask forbids; each row adds up to 1, except that a row without any allowed key is 0.
        A forbidden score gets a gradient of exactly 0.

    Raises
    ------
    ValueError
        By ``as_mask(mask, scores.shape)``.
    """
    ### BEGIN SOLUTION 12.6 masked_softmax: return the weights
    if mask is None:
        return Softmax()(scores)
    allowed = as_mask(mask, scores.shape)
    nowhere = ~allowed.any(axis=-1, keepdims=True)
    bias = np.where(allowed | nowhere, 0, -np.inf).astype(scores.dtype)
    return Softmax()(scores + bias) * allowed
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-12-06-masked-softmax", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
with Checks("12.6", "masked_softmax") as check:
    scores = Tensor([[1.0, 2.0, 3.0]], requires_grad=True)
    check.given(scores=scores, mask=[[1, 1, 0]], look="The example by hand. Do the weights add up to 1?")
    weights = masked_softmax(scores, [[1, 1, 0]])
    check.equal("the array of weights", weights, [[1 / (1 + math.e), math.e / (1 + math.e), 0.0]])
    check.same("the dtype of the weights", str(weights.dtype), "float32", look="Which dtype has what was added?")
    check.same("whether the weights want a gradient", weights.requires_grad, True, look="Operations of Tensor record themselves.")
    check.equal("the array of weights without a mask", masked_softmax(scores), softmax(scores.data), inputs={"scores": scores, "mask": None})
    check.given(scores=[[1.0, 2.0], [5.0, 5.0]], mask=[[0, 0], [1, 1]], look="What did we decide?")
    scores = Tensor([[1.0, 2.0], [5.0, 5.0]], requires_grad=True)
    blind = masked_softmax(scores, [[0, 0], [1, 1]])
    check.equal("the array of weights of a query that may look nowhere", blind, [[0.0, 0.0], [0.5, 0.5]])
    blind.backward(np.array([[1.0, 0.0], [1.0, 0.0]], np.float32))
    check.equal("the gradient, when only the first weights matter,", scores.grad, [[0.0, 0.0], [0.25, -0.25]], look="Exercise 12.2 has the second row. Weights that are always 0 change with no score.")
    huge = masked_softmax(Tensor([[0.0, 0.0, 1e30]]), [[1, 1, 0]])
    check.equal("the array of weights of huge scores", huge, [[0.5, 0.5, 0.0]], inputs={"scores": [[0.0, 0.0, 1e30]], "mask": [[1, 1, 0]]}, look="What can be added to 1e30 that makes its exponential 0?")
    check.probe(lambda: masked_softmax(Tensor([[0.0, 0.0, 110.0]]), [[1, 1, 0]]))
    check.probe(lambda: masked_softmax(Tensor([[0.0, 0.0, 200.0]]), [[1, 1, 0]]))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    huge = masked_softmax(Tensor([[0.0, 0.0, 1e30], [-1e30, -2e30, 0.0]]), [1, 1, 0])
    check.equal("the array of weights of huge scores", huge, [[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])
    low = masked_softmax(Tensor([[-50.0, -60.0, -50.0]]), [0, 1, 1])
    check.equal("the array of weights of low scores", low, [[0.0, 1 / (1 + math.e**10), 1 / (1 + math.e**-10)]], rtol=1e-3)
    scores, mask = numbers((2, 3, 4), 1, np.float64), np.random.default_rng(2).random((2, 3, 4)) < 0.6
    mask[1, 2] = False
    powers = np.exp(scores.data) * mask
    expected = powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-9)
    weights = masked_softmax(scores, mask)
    check.equal("the array of weights under a mask of their own shape", weights, expected, dtype=np.float64)
    check.true("a forbidden weight is not exactly 0", not np.any(weights.data[~mask]), got=weights.data[~mask])
    slopes = np.random.default_rng(3).normal(size=(2, 3, 4))
    weights.backward(slopes)
    check.equal("the gradient", scores.grad, expected * (slopes - (slopes * expected).sum(axis=-1, keepdims=True)))
    check.true("the gradient of a forbidden score is not exactly 0", not np.any(scores.grad[~mask]), got=scores.grad[~mask])
    flat = softmax(scores.data)
    for name, each in [("keys", mask[0, 0]), ("queries", mask[0, :, :1]), ("batch", mask[:, :1]), ("Tensor", Tensor(mask[0]))]:
        full = np.broadcast_to(each.data if name == "Tensor" else each, scores.shape)
        powers = np.exp(scores.data) * full
        expected = powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-9)
        check.equal(f"the array of weights under a mask that broadcasts ({name})", masked_softmax(scores, each), expected)
    check.equal("the array of weights under the mask True", masked_softmax(scores, True), flat)
    check.equal("the array of weights under the mask 0", masked_softmax(scores, 0), np.zeros((2, 3, 4)))
    check.raises("a mask that does not fit", ValueError, lambda: masked_softmax(scores, np.ones(3)), mentions=("(3,)", "(2, 3, 4)"))
    check.raises("a mask made for adding", ValueError, lambda: masked_softmax(scores, [0.0, 0.0, -np.inf, 0.0]))
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 4 · Attention
#
# Now the pieces form one sentence: *attention is a softmax of scaled, masked scores, times the values.*
#
# $$\text{attention}(Q, K, V) = \text{softmax}\!\left(\frac{QK^\top}{\sqrt d} + M\right) V$$
#
# with $M$ = 0 where the mask allows and $-\infty$ elsewhere (Vaswani and others, 2017).

# %% [markdown]
# ### 12.7 scaled_dot_product_attention
#
# The weights come back too: they are what one looks at afterwards. Each key has a value, so there must be as many of one as of the other; the *length* of a value may differ.

# %% nbgrader={"grade": false, "grade_id": "12-07-attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def scaled_dot_product_attention(Q, K, V, mask=None):
    """Each query's mean of the values, weighed by how well the keys fit the query.

    Parameters
    ----------
    Q : Tensor of shape (..., queries, d)
    K : Tensor of shape (..., keys, d)
    V : Tensor of shape (..., keys, m)
        The axes in front broadcast.
    mask : array-like or Tensor, optional
        1 or True where a key may be attended; it broadcasts to (..., queries, keys).

    Returns
    -------
    output : Tensor of shape (..., queries, m)
    weights : Tensor of shape (..., queries, keys)
        As in `masked_softmax`: a query that may look nowhere has the weights 0 and the output 0.

    Raises
    ------
    ValueError
        By `attention_scores` and `masked_softmax`; and if K and V differ in the number of keys: the message has both
        shapes.
    """
    ### BEGIN SOLUTION 12.7 scaled_dot_product_attention: return the output and the weights
    if K.shape[-2] != V.shape[-2]:
        raise ValueError(f"there should be a value for each key, but K has shape {K.shape} and V has shape {V.shape}")
    weights = masked_softmax(attention_scores(Q, K), mask)
    return weights.matmul(V), weights
    ### END SOLUTION

# %%
# Stand-ins, so that each check judges one exercise. Run this cell; nothing to do.
def given_scores(Q, K):
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"queries of shape {Q.shape} and keys of shape {K.shape} differ")
    return Q.matmul(K.transpose()) / math.sqrt(K.shape[-1])


def given_softmax(scores, mask=None):
    if mask is None:
        return Softmax()(scores)
    allowed = as_mask(mask, scores.shape)
    lowest = np.where(allowed | ~allowed.any(axis=-1, keepdims=True), 0.0, -np.inf)
    return Softmax()(scores + lowest.astype(scores.dtype)) * allowed.astype(scores.dtype)


def expected_attention(Q, K, V, mask=True):
    """Output and weights by NumPy alone."""
    powers = np.exp(Q @ K.swapaxes(-1, -2) / Q.shape[-1] ** 0.5) * np.asarray(mask)
    weights = powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-30)
    return weights @ V, weights

# %% nbgrader={"grade": true, "grade_id": "test-12-07-attention", "locked": true, "points": 11, "schema_version": 3, "solution": false, "task": false}
with Checks("12.7", "scaled_dot_product_attention") as check, check.using(attention_scores=given_scores, masked_softmax=given_softmax):
    Q, K = Tensor([[0.0, 2 * math.log(3)], [0.0, 0.0]]), Tensor([[1.0, 0.0], [0.0, math.sqrt(0.5)]])
    V = Tensor([[10.0, 0.0, 1.0], [20.0, 4.0, 1.0]], requires_grad=True)
    check.given(Q=Q, K=K, V=V, look="The scores of the first query are 0 and ln 3, those of the second 0 and 0.")
    output, weights = scaled_dot_product_attention(Q, K, V)
    check.equal("the array of weights", weights, [[0.25, 0.75], [0.5, 0.5]])
    check.is_a("the second result", weights, Tensor, look="Output and weights are both Tensors.")
    check.equal("the output", output, [[17.5, 3.0, 1.0], [15.0, 2.0, 1.0]])
    check.same("whether the output wants a gradient", output.requires_grad, True, look="Operations of Tensor record themselves.")
    output, weights = scaled_dot_product_attention(Q, K, V, [[1, 0], [1, 1]])
    check.equal("the masked output", output, [[10.0, 0.0, 1.0], [15.0, 2.0, 1.0]], inputs={"Q": Q, "K": K, "V": V, "mask": [[1, 0], [1, 1]]}, look="The first query may see the first key only.")
    few = lambda: scaled_dot_product_attention(Q[:1], K, Tensor([[1.0], [2.0], [3.0]]))
    check.raises("three values for two keys", ValueError, few, mentions=("(2, 2)", "(3, 1)"), inputs={"K": K, "V": "(3, 1)"}, look="A value for each key.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    Q, K, V = numbers((2, 3, 4, 5), 0, np.float64), numbers((3, 6, 5), 1, np.float64), numbers((2, 1, 6, 2), 2, np.float64)
    mask = np.random.default_rng(3).random((4, 6)) < 0.6
    mask[2] = False
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    right, shares = expected_attention(Q.data, K.data, V.data, mask)
    check.equal("the output of a batch", output, right, dtype=np.float64)
    check.equal("the array of weights of a batch", weights, shares, dtype=np.float64)
    slopes = np.random.default_rng(4).normal(size=output.shape)
    output.backward(slopes)
    check.equal("the gradient of V", V.grad, (shares.swapaxes(-1, -2) @ slopes).sum(axis=1, keepdims=True))
    back = slopes @ V.data.swapaxes(-1, -2)
    inner = shares * (back - (back * shares).sum(axis=-1, keepdims=True)) / 5**0.5
    check.equal("the gradient of Q", Q.grad, inner @ K.data)
    check.equal("the gradient of K", K.grad, (inner.swapaxes(-1, -2) @ Q.data).sum(axis=0))
    single = scaled_dot_product_attention(numbers((3, 2), 5), numbers((4, 2), 6), numbers((4, 2), 7))
    check.same("the dtypes of float32", [str(each.dtype) for each in single], ["float32", "float32"])
    odd = lambda: scaled_dot_product_attention(numbers((3, 2), 5), numbers((4, 3), 6), numbers((4, 2), 7))
    check.raises("keys that are too long", ValueError, odd, mentions=("(3, 2)", "(4, 3)"))
    flipped = lambda: scaled_dot_product_attention(numbers((1, 2), 5), numbers((4, 2), 6), numbers((1, 4, 3), 7), np.ones(3))
    check.raises("a mask that does not fit", ValueError, flipped)
    stretched = lambda: scaled_dot_product_attention(numbers((1, 2), 5), numbers((4, 2), 6), numbers((1, 2), 7))
    check.raises("one value for four keys", ValueError, stretched, mentions=("(4, 2)", "(1, 2)"))
    ### END HIDDEN TESTS

# %% [markdown]
# It could look like this: 12 random positions, once free and once with the causal mask. Each row is a query and adds up to 1.

# %% tags=["demo"]
x, figure = numbers((12, 8), 0), plt.figure(figsize=(8, 3.2), layout="constrained")
for place, (name, mask) in enumerate([("free", None), ("causal", causal_mask(12))], start=1):
    axis = figure.add_subplot(1, 2, place)
    _, weights = scaled_dot_product_attention(x, x, x, mask)
    picture = axis.imshow(weights.data, cmap="Blues", vmin=0, vmax=1)
    axis.set(title=name, xlabel="key", ylabel="query", xticks=range(0, 12, 2), yticks=range(0, 12, 2))
figure.colorbar(picture, ax=figure.axes, label="weight", shrink=0.85)
show(figure, "Two maps of attention weights, 12 queries by 12 keys. Left, free: much of the weight is on the diagonal, some "
             "of it everywhere else. Right, causal: everything above the diagonal is empty, and the first query has all its weight on itself.")

# %% [markdown]
# ### Does it look ahead?
#
# A causal model that sees a little of the future trains wonderfully and is useless. How would you notice? Not by its loss. But your engine can tell: if output $t$ does not depend on input $s$, the gradient is zero. Not small: zero. One that is not zero *proves* that it looks ahead. (Zero at one $x$ is no proof for all: a ReLU may sleep there.)

# %% [markdown]
# ### 12.8 looks_ahead
#
# One trap: the *sum* of an output may be constant although its numbers are not. If an output is the pair $(y, -y)$, its sum is 0 whatever $y$ does, and so is the gradient of that sum. The outputs of a softmax add up to 1, with the same effect. Weigh them unevenly.
#
# <details><summary>A nudge</summary>
#
# Ask each output position by itself. What does `backward` take when the output is not a single number (Module 06)?
# </details>
#
# <details><summary>A second one</summary>
#
# Gradients add up in a leaf, so each position gets a new one. Which rows of its `grad` come later? A leaf that took no part has None there.
# </details>

# %% nbgrader={"grade": false, "grade_id": "12-08-looks-ahead", "locked": false, "schema_version": 3, "solution": true, "task": false}
def looks_ahead(function, x):
    """Whether some output position depends on an input position after it, by its gradient at `x`.

    Parameters
    ----------
    function : callable
        From a Tensor of shape (length, d) to a Tensor of shape (length, m), for any m.
    x : numpy.ndarray of shape (length, d)
        Where the gradients are taken; it stays as it is.

    Returns
    -------
    bool
    """
    ### BEGIN SOLUTION 12.8 looks_ahead: return whether a gradient with respect to a later input is not zero
    rng = np.random.default_rng(0)
    for position in range(len(x)):
        leaf = Tensor(x, requires_grad=True)
        output = function(leaf)[position]
        output.backward(rng.normal(size=output.shape))
        if leaf.grad is not None and leaf.grad[position + 1 :].any():
            return True
    return False
    ### END SOLUTION

# %%
def mixing(matrix):
    """A function that mixes positions by a fixed matrix: output = matrix @ input. Run this cell; nothing to do."""
    return lambda x: Tensor(np.array(matrix, x.dtype)).matmul(x)

# %% nbgrader={"grade": true, "grade_id": "test-12-08-looks-ahead", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("12.8", "looks_ahead") as check:
    x = np.array([[1.0, 2.0], [3.0, 5.0], [-1.0, 0.5]], np.float32)
    check.given(function="output = matrix @ input", matrix="1 0 0, 1 1 0, 1 1 1", look="The rows of the matrix are outputs: each sees itself and what came before.")
    check.equal("the answer", looks_ahead(mixing([[1, 0, 0], [1, 1, 0], [1, 1, 1]]), x), False)
    check.given(function="output = matrix @ input", matrix="1 0 1e-6, 0 1 0, 0 0 1", look="The first output sees the third input, a little.")
    check.equal("the answer", looks_ahead(mixing([[1, 0, 1e-6], [0, 1, 0], [0, 0, 1]]), x), True)
    pair = lambda x: mixing([[1, 0, 0], [0, 0, 1], [0, 0, 1]])(x).matmul(np.array([[1.0, -1.0], [2.0, -2.0]], np.float32))
    check.given(function="(y, -y) of matrix @ input", matrix="1 0 0, 0 0 1, 0 0 1", look="The second output sees the third input, and adds up to 0, always.")
    check.equal("the answer", looks_ahead(pair, x), True)
    for matrix in ([[1, 0, 0], [0, 1, 1], [0, 0, 1]], [[1, 0, 1], [0, 1, 0], [0, 0, 1]], [[1, 0, 0], [0, 1, 0], [0, 0, 0]]):
        check.probe(lambda: looks_ahead(mixing(matrix), x))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    x, before = np.random.default_rng(1).normal(size=(6, 3)), np.random.default_rng(1).normal(size=(6, 3))
    for t in range(5):
        for tiny in (1.0, -1e-9):
            matrix = np.eye(6)
            matrix[t, t + 1] = tiny
            check.equal(f"the answer when output {t} sees input {t + 1}", looks_ahead(mixing(matrix), x), True)
    far = np.eye(6)
    far[0, 5] = 1.0
    check.equal("the answer when the first output sees the last input", looks_ahead(mixing(far), x), True)
    check.equal("the answer when one number of a row looks ahead", looks_ahead(lambda x: x * [1.0, 1.0, 0.0] + mixing(far)(x) * [0.0, 0.0, 1.0], x), True)
    first = lambda x: x * [0.0, 1.0, 1.0] + mixing(far)(x) * [1.0, 0.0, 0.0]
    check.equal("the answer when only the first number of a row looks ahead", looks_ahead(first, x), True)
    check.equal("the answer for a matrix below the diagonal", looks_ahead(mixing(np.tri(6, k=-1)), x), False)
    check.equal("the answer when each position stays alone", looks_ahead(lambda x: (x * x).exp(), x), False)
    check.equal("the answer for a wider output", looks_ahead(lambda x: mixing(np.tri(6))(x).matmul(np.ones((3, 7))), x), False)
    check.equal("the answer for a constant", looks_ahead(lambda x: Tensor(np.ones((6, 2)), requires_grad=True) * 2, x), False)
    check.equal("the answer for one position", looks_ahead(lambda x: x * 3, x[:1]), False)
    cancels = lambda x: mixing(far)(x).matmul(np.array([[1.0, -1.0], [2.0, -2.0], [0.5, -0.5]]))
    check.equal("the answer when the row's numbers cancel", looks_ahead(cancels, x), True)
    check.equal("the answer for a softmax", looks_ahead(lambda x: Softmax()(mixing(far)(x)), x), True)
    check.unchanged("x", x, before)
    ### END HIDDEN TESTS

# %% tags=["demo"]
x = np.random.default_rng(5).normal(size=(8, 4)).astype(np.float32)
attend = lambda x, mask=None: scaled_dot_product_attention(x, x, x, mask)[0]
print("free looks ahead:  ", looks_ahead(attend, x))
print("causal looks ahead:", looks_ahead(lambda x: attend(x, causal_mask(8)), x))
later = x.copy()
later[4:] += 1000
same = attend(Tensor(x), causal_mask(8)).data[:4] == attend(Tensor(later), causal_mask(8)).data[:4]
print("with other inputs from position 4 on, outputs 0 to 3 are equal bit for bit:", same.all())

# %% [markdown]
# Not nearly equal: equal. A weight of exactly 0 times any finite number is exactly 0. With −10⁹ in place of $-\infty$ this would hold too, by luck: as long as no score comes near it.

# %% [markdown]
# ## Part 5 · Many heads
#
# A single softmax has one opinion about where to look. A verb wants its subject *and* its object. So cut the vectors of length $E$ into $H$ pieces of $E/H$, let each piece attend on its own, and put the results side by side again. That costs no more multiplications.

# %% [markdown]
# By hand, two positions, $E = 4$, two heads: the rows are (1 2 3 4) and (5 6 7 8). Head 0 gets (1 2) and (5 6), head 1 gets (3 4) and (7 8).
#
# From (T, E) to (H, T, E/H): could a single `reshape` do it?

# %%
np.arange(1, 9).reshape(2, 2, 2)

# %% [markdown]
# No: that is position 0 in one "head" and position 1 in the other, although the shape is right. It takes two steps.
#
# ### 12.9 split_heads and merge_heads
#
# A batch, or several axes of it, may stand in front.
#
# <details><summary>A nudge</summary>
#
# Cut each row first: which shape is that? Which two axes are then in the wrong order? Backwards the steps come in the other order.
# </details>

# %% nbgrader={"grade": false, "grade_id": "12-09-heads", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
def split_heads(x, num_heads):
    """From a Tensor (..., T, E) to (..., num_heads, T, E / num_heads): head h gets the h-th piece of each row.

    By operations of Tensor. E is a multiple of num_heads.
    """
    ### BEGIN SOLUTION 12.9 split_heads: return the heads
    *batch, length, embed_dim = x.shape
    return x.reshape(*batch, length, num_heads, embed_dim // num_heads).transpose(-3, -2)
    ### END SOLUTION


def merge_heads(x):
    """Back: from a Tensor (..., H, T, D) to (..., T, H * D), the pieces of each position side by side."""
    ### BEGIN SOLUTION 12.9 merge_heads: return the rows put together
    *batch, heads, length, size = x.shape
    return x.transpose(-3, -2).reshape(*batch, length, heads * size)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-12-09-heads", "locked": true, "points": 9, "schema_version": 3, "solution": false, "task": false}
with Checks("12.9", "split_heads, merge_heads") as check:
    x = Tensor([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]], requires_grad=True)
    check.given(x=x.data, num_heads=2, look="The example by hand.")
    heads = split_heads(x, 2)
    check.equal("the array of heads", heads, [[[1, 2], [5, 6]], [[3, 4], [7, 8]]])
    check.same("whether the heads want a gradient", heads.requires_grad, True, look="Operations of Tensor record themselves.")
    check.given(x=[[[1, 2], [5, 6]], [[3, 4], [7, 8]]], look="Two heads, two positions, two numbers each.")
    merged = merge_heads(Tensor([[[1.0, 2.0], [5.0, 6.0]], [[3.0, 4.0], [7.0, 8.0]]]))
    check.equal("the merged array", merged, [[1, 2, 3, 4], [5, 6, 7, 8]])
    batch = split_heads(numbers((5, 3, 4), 0), 2)
    check.same("the shape of the heads of a batch", batch.shape, (5, 2, 3, 2), inputs={"x": "(5, 3, 4)", "num_heads": 2})
    merged = merge_heads(numbers((5, 2, 3, 2), 0))
    right = numbers((5, 2, 3, 2), 0).data
    check.given(x="(5, 2, 3, 2)", look="merge_heads: which axes are H and T when a batch stands in front?")
    check.equal("the merged array of a batch", merged, np.concatenate([right[:, 0], right[:, 1]], axis=-1))
    check.same("whether the merged rows want a gradient", merged.requires_grad, True, look="Operations of Tensor record themselves.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    x = numbers((2, 3, 5, 12), 1, np.float64)
    heads = split_heads(x, 4)
    expected = np.stack([x.data[..., 3 * h : 3 * h + 3] for h in range(4)], axis=-3)
    check.equal("the array of heads with two batch axes", heads, expected, dtype=np.float64)
    slopes = np.random.default_rng(2).normal(size=heads.shape)
    heads.backward(slopes)
    check.equal("the gradient of split_heads", x.grad, np.concatenate([slopes[..., h, :, :] for h in range(4)], axis=-1))
    y = numbers((2, 4, 5, 3), 3)
    merged = merge_heads(y)
    check.equal("the merged array of a batch", merged, np.concatenate([y.data[:, h] for h in range(4)], axis=-1), dtype=np.float32)
    merged.backward(np.arange(120.0).reshape(2, 5, 12))
    check.true("merge_heads hands no gradient back", y.grad is not None)
    check.equal("the gradient of merge_heads", y.grad[1, 2], np.arange(120.0).reshape(2, 5, 12)[1, :, 6:9])
    check.equal("one head", split_heads(numbers((1, 3, 4), 4), 1), numbers((1, 3, 4), 4).data[:, None])
    check.same("the shape of one head merged", merge_heads(numbers((2, 1, 3, 4), 4)).shape, (2, 3, 4))
    check.equal("heads of one number each", split_heads(Tensor([[1.0, 2.0, 3.0]]), 3), [[[1]], [[2]], [[3]]])
    check.same("the shape of heads merged with two batch axes", merge_heads(numbers((2, 3, 4, 5, 1), 4)).shape, (2, 3, 5, 4))
    ### END HIDDEN TESTS

# %% [markdown]
# In *self-attention* one and the same $x$ gives queries, keys and values, each by a linear layer. A fourth one, at the end, lets the results of the heads be mixed.

# %%
#| export
class MultiHeadAttention(Layer):
    """Self-attention with several heads (Vaswani and others, 2017).

    Parameters
    ----------
    embed_dim : int
        The length E of the vector at each position.
    num_heads : int
        How many heads; E is a multiple of it.

    Attributes
    ----------
    q_proj, k_proj, v_proj, out_proj : Linear
        From E to E numbers.
    weights : numpy.ndarray of shape (..., num_heads, T, T), or None
        What the last call attended to, for drawing; no gradient, and no part of the parameters.
    """

    def __call__(self, x, mask=None):
        return self.forward(x, mask)

    def __repr__(self):
        return f"MultiHeadAttention({self.q_proj.weight.shape[0]}, {self.num_heads})"

# %% [markdown]
# ### 12.10 `MultiHeadAttention.__init__`
#
# The order of the four layers is the order of their random numbers and of `parameters()`: q, k, v, out.

# %% nbgrader={"grade": false, "grade_id": "12-10-mha-init", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(MultiHeadAttention)
def __init__(self, embed_dim, num_heads):
    """Set `num_heads`, the layers `q_proj`, `k_proj`, `v_proj` and `out_proj` (in this order), and `weights` to None.

    Raises ValueError, with both numbers in its message, when num_heads is below 1 or embed_dim is not a multiple of it.
    """
    ### BEGIN SOLUTION 12.10 MultiHeadAttention.__init__: check the arguments and set the attributes
    if num_heads < 1 or embed_dim % num_heads:
        raise ValueError(f"embed_dim should be a multiple of num_heads, but they are {embed_dim} and {num_heads}")
    self.num_heads, self.weights = num_heads, None
    self.q_proj, self.k_proj = Linear(embed_dim, embed_dim), Linear(embed_dim, embed_dim)
    self.v_proj, self.out_proj = Linear(embed_dim, embed_dim), Linear(embed_dim, embed_dim)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-12-10-mha-init", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("12.10", "MultiHeadAttention.__init__") as check:
    check.given(embed_dim=6, num_heads=2, look="Four layers, from 6 to 6 numbers each.")
    layer = MultiHeadAttention(6, 2)
    names = ["q_proj", "k_proj", "v_proj", "out_proj"]
    check.same("the names of the linear layers", [name for name, value in vars(layer).items() if isinstance(value, Linear)], names)
    check.same("the shapes of the parameters", [p.shape for p in layer.parameters()], [(6, 6), (6,)] * 4)
    check.same("num_heads", layer.num_heads, 2)
    check.same("weights", layer.weights, None)
    check.raises("4 heads for 6 numbers", ValueError, lambda: MultiHeadAttention(6, 4), mentions=("6", "4"), inputs={"embed_dim": 6, "num_heads": 4})
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.same("the number of different tensors", len({id(p) for p in layer.parameters()}), 8)
    for heads in (0, -2):
        check.raises(f"{heads} heads", ValueError, lambda heads=heads: MultiHeadAttention(4, heads), mentions=("4", str(heads)))
    manual_seed(3)
    four = [Linear(4, 4) for _ in range(4)]
    manual_seed(3)
    layer = MultiHeadAttention(4, 4)
    for name, linear in zip(names, four):
        check.equal(f"the weight of {name} for one seed", getattr(layer, name).weight, linear.weight)
    check.same("num_heads of one head", MultiHeadAttention(3, 1).num_heads, 1)
    check.same("the way it is written", repr(MultiHeadAttention(8, 2)), "MultiHeadAttention(8, 2)")
    ### END HIDDEN TESTS

# %% [markdown]
# The scores of all heads have the shape (batch, H, T, T). A mask (T, T) broadcasts to that by itself; one for each sequence, (batch, T, T) or (batch, 1, T), needs an axis for the heads. That is given:

# %%
#| exporti
def for_heads(mask, ndim):
    """A mask for x of `ndim` axes with an axis for the heads: (batch, T, T) becomes (batch, 1, T, T).

    None, masks of one or two axes, and those that have more axes than x (one of them for the heads) stay as they are.
    """
    if mask is None:
        return None
    mask = np.asarray(mask.data if isinstance(mask, Tensor) else mask)
    return np.expand_dims(mask, -3) if 2 < mask.ndim <= ndim else mask

# %% [markdown]
# ### 12.11 MultiHeadAttention.forward
#
# Project, split, attend, merge, project. Keep the *array* of the weights: a Tensor in `self.weights` would be found by `parameters()`, and it would keep the whole graph of the last call alive.

# %% nbgrader={"grade": false, "grade_id": "12-11-mha-forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(MultiHeadAttention)
def forward(self, x, mask=None):
    """Let the positions of x attend to each other.

    Parameters
    ----------
    x : Tensor of shape (..., T, embed_dim)
    mask : array-like or Tensor, optional
        1 or True where a key may be attended: (T, T), (batch, T, T), or with an axis for the heads (batch, H, T, T);
        axes of size 1 broadcast. `for_heads` brings it into shape.

    Returns
    -------
    Tensor of the shape of x
        Afterwards `self.weights` is the array of the weights, (..., num_heads, T, T).
    """
    ### BEGIN SOLUTION 12.11 MultiHeadAttention.forward: keep the weights as an array, return the output
    q, k, v = [split_heads(proj(x), self.num_heads) for proj in (self.q_proj, self.k_proj, self.v_proj)]
    output, weights = scaled_dot_product_attention(q, k, v, for_heads(mask, x.ndim))
    self.weights = weights.data
    return self.out_proj(merge_heads(output))
    ### END SOLUTION

# %%
# Stand-ins again. Run this cell; nothing to do.
def given_attention(Q, K, V, mask=None):
    weights = given_softmax(given_scores(Q, K), mask)
    return weights.matmul(V), weights


def given_split(x, num_heads):
    *batch, length, size = x.shape
    return x.reshape((*batch, length, num_heads, size // num_heads)).transpose(-2, -3)


def given_merge(x):
    *batch, heads, length, size = x.shape
    return x.transpose(-2, -3).reshape((*batch, length, heads * size))

# %%
def known_layer(embed_dim, num_heads, seed=0, dtype=np.float32):
    """A layer whose numbers are known, whether its __init__ is right or not. Run this cell; nothing to do."""
    layer, rng = bare(MultiHeadAttention), np.random.default_rng(seed)
    try:
        layer.__init__(embed_dim, num_heads)  # for whatever else yours keeps
    except Exception:
        pass
    layer.num_heads, layer.weights = num_heads, None
    for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
        weight, bias = rng.normal(size=(embed_dim, embed_dim)), rng.normal(size=embed_dim)
        linear = bare(Linear, weight=Tensor(weight.astype(dtype), True), bias=Tensor(bias.astype(dtype), True))
        setattr(layer, name, linear)
    return layer

# %%
def expected_heads(layer, x, mask=True):
    """Output and weights of a layer, head by head, by NumPy alone. Run this cell; nothing to do."""
    q, k, v = (x @ p.weight.data + p.bias.data for p in (layer.q_proj, layer.k_proj, layer.v_proj))
    size, results = x.shape[-1] // layer.num_heads, []
    for h in range(layer.num_heads):
        part = slice(h * size, (h + 1) * size)
        results.append(expected_attention(q[..., part], k[..., part], v[..., part], mask))
    merged = np.concatenate([output for output, _ in results], axis=-1)
    return merged @ layer.out_proj.weight.data + layer.out_proj.bias.data, np.stack([w for _, w in results], axis=-3)


parts = {"scaled_dot_product_attention": given_attention, "split_heads": given_split, "merge_heads": given_merge}

# %% nbgrader={"grade": true, "grade_id": "test-12-11-mha-forward", "locked": true, "points": 9, "schema_version": 3, "solution": false, "task": false}
with Checks("12.11", "MultiHeadAttention.forward") as check, check.using(**parts):
    layer, x = known_layer(4, 2), numbers((3, 5, 4), 1)
    check.given(x=x, num_heads=2, look="Project, split, attend, merge, project.")
    output, (right, shares) = layer.forward(x), expected_heads(layer, x.data)
    check.equal("the output", output, right, rtol=1e-4, atol=1e-5)
    check.is_a("self.weights", layer.weights, np.ndarray, look="An array: a Tensor would become a parameter.")
    check.equal("self.weights", layer.weights, shares, rtol=1e-4)
    causal = np.tri(5, dtype=bool)
    right, _ = expected_heads(layer, x.data, causal)
    check.given(x=x, mask="causal (5, 5)", look="Where does the mask go?")
    check.equal("the output with a causal mask", layer.forward(x, causal), right, rtol=1e-4, atol=1e-5)
    padding = (np.arange(5) < np.array([[5], [3], [2]]))[:, None]
    check.given(x=x, mask="padding (3, 1, 5)", look="The scores have four axes. What did for_heads say about masks with three?")
    right, _ = expected_heads(layer, x.data, padding)
    check.equal("the output with filling", layer.forward(x, padding), right, rtol=1e-4, atol=1e-5)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    layer, x = known_layer(6, 3, 2, np.float64), numbers((2, 4, 6), 3, np.float64)
    mask = np.random.default_rng(4).random((2, 4, 4)) < 0.7
    output, (right, shares) = layer.forward(x, mask), expected_heads(layer, x.data, mask)
    check.equal("the output with a mask for each sequence", output, right, dtype=np.float64)
    check.equal("its array of weights", layer.weights, shares, dtype=np.float64)
    padding = np.array([[[1, 1, 1, 0]], [[1, 1, 0, 0]]])
    check.equal("the output with filling", layer.forward(x, Tensor(padding)), expected_heads(layer, x.data, padding)[0])
    each = mask[:, None] & (np.arange(3) < 2)[:, None, None]
    layer.forward(x, each)
    check.equal("the array of weights of a head that may look nowhere", layer.weights[:, 2], np.zeros((2, 4, 4)))
    check.equal("the array of weights of another one", layer.weights[:, 0], shares[:, 0])
    single, (right, _) = layer.forward(x[1]), expected_heads(layer, x.data[1])
    check.equal("the output without a batch", single, right)
    check.same("the number of parameters after a call", len(layer.parameters()), 8)
    x = numbers((2, 4, 6), 5, np.float64)
    output = layer.forward(x)
    output.backward(np.ones(output.shape))
    check.same("the parameters without a gradient", [p.shape for p in layer.parameters() if p.grad is None], [])
    moved = x.data.copy()
    moved[1, 2, 3] += 1e-6
    with no_grad():
        slope = (layer.forward(Tensor(moved)).data.sum() - output.data.sum()) / 1e-6
    check.equal("a gradient of x", x.grad[1, 2, 3], slope, rtol=1e-3, atol=1e-4)
    ### END HIDDEN TESTS

# %% tags=["demo"]
manual_seed(0)
layer, x = MultiHeadAttention(8, 2), numbers((6, 8), 0)
print(layer, "with", sum(p.size for p in layer.parameters()), "numbers to learn")
print("free looks ahead:", looks_ahead(layer, x.data), "  causal:", looks_ahead(lambda x: layer(x, causal_mask(6)), x.data))

# %% [markdown]
# ## Part 6 · What it does not know, and what it costs
#
# Shuffle the positions of $x$, and the outputs are the same ones, shuffled: no formula above has a $t$ in it. "Dog bites man" and "man bites dog" are one and the same bag of words to it. Where someone stands has to be written into the vectors, as in Module 11.

# %%
from tinytorch.core.embeddings import Embedding, PositionalEncoding

# %% tags=["demo"]
order, places = np.array([3, 0, 5, 1, 4, 2]), PositionalEncoding(8)
with no_grad():
    bare_order = np.abs(layer(x[order]).data - layer(x).data[order]).max()
    with_places = np.abs(layer(places(x[order])).data - layer(places(x)).data[order]).max()
print(f"largest difference without positions {bare_order:.1e}, with positions {with_places:.1e}")

# %% [markdown]
# And the price? Each query meets each key. Count the multiplications of two products, $QK^\top$ and weights times values, over all heads; and the bytes of the weights, which the graph keeps.
#
# By hand, $T = 1000$, $E = 512$, 8 heads of length 64: a head has $1000^2$ scores of 64 products each, twice. In all $2 \cdot 8 \cdot 10^6 \cdot 64 = 1.024 \cdot 10^9$. The weights are $8 \cdot 10^6$ numbers: 32 MB.

# %% [markdown]
# ### 12.12 The cost of attention

# %% nbgrader={"grade": false, "grade_id": "12-12-cost", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attention_cost(length, embed_dim, num_heads, batch=1, itemsize=4):
    """What attention costs between the projections.

    Parameters
    ----------
    length, embed_dim, num_heads, batch : int
        T positions of E numbers in H heads, for each of `batch` sequences.
    itemsize : int
        Bytes of a number.

    Returns
    -------
    tuple of two int
        The multiplications of both matrix products, over all heads; and the bytes of the attention weights.
    """
    ### BEGIN SOLUTION 12.12 attention_cost: return the multiplications and the bytes
    pairs = batch * length * length
    return 2 * pairs * embed_dim, pairs * num_heads * itemsize
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-12-12-cost", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("12.12", "attention_cost") as check:
    check.given(length=1000, embed_dim=512, num_heads=8, look="The example by hand.")
    check.same("multiplications and bytes", tuple(attention_cost(1000, 512, 8)), (1_024_000_000, 32_000_000))
    check.given(length=2000, embed_dim=512, num_heads=8, look="Twice as long: how many times as many pairs?")
    check.same("multiplications and bytes", tuple(attention_cost(2000, 512, 8)), (4_096_000_000, 128_000_000))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.same("the cost of a batch in float64", tuple(attention_cost(10, 6, 3, batch=4, itemsize=8)), (4800, 9600))
    check.same("the cost of one head", tuple(attention_cost(3, 5, 1)), (90, 36))
    check.same("the cost in float16", tuple(attention_cost(7, 4, 2, 2, 2)), (784, 392))
    ### END HIDDEN TESTS

# %% [markdown]
# Now measured, for lengths from 64 to 1,024 with the projections. From 512 to 1,024, how many times as long does a layer take, and how many times as much memory do the arrays take that are kept for the way back? Numbers first, as in the modules before; nobody grades them.

# %% tags=["demo", "play"]
guess.predict("time for 1,024 positions, in times that for 512", None)
guess.predict("memory for 1,024 positions, in times that for 512", None)

# %% tags=["demo"]
import time
import tracemalloc

lengths, seconds, left = [64, 128, 256, 512, 1024], [], []
layer = MultiHeadAttention(64, 4)
for length in lengths:
    x = numbers((1, length, 64), 0)
    times = []
    for _ in range(10):
        start = time.perf_counter()
        layer(x)
        times.append(time.perf_counter() - start)
    seconds.append(min(times))
    tracemalloc.start()
    output = layer(x)
    left.append(tracemalloc.get_traced_memory()[0] / 1e6)
    tracemalloc.stop()
guess.measured("time for 1,024 positions, in times that for 512", seconds[-1] / seconds[-2])
guess.measured("memory for 1,024 positions, in times that for 512", left[-1] / left[-2])

# %% tags=["demo"]
figure, axes = plt.subplots(1, 2, figsize=(9, 2.8))
axes[0].loglog(lengths, np.multiply(seconds, 1000), "o-", color=BLUE, label="measured")
axes[0].loglog(lengths, seconds[2] * 1000 * (np.array(lengths) / lengths[2]) ** 2, ":", color="black", label="T²")
axes[0].set(xlabel="T", ylabel="ms", xticks=lengths, xticklabels=lengths)
axes[1].loglog(lengths, left, "o-", color=BLUE, label="kept after a forward pass, measured")
axes[1].loglog(lengths, [attention_cost(t, 64, 4)[1] / 1e6 for t in lengths], "--", color=ORANGE, label="weights, attention_cost")
axes[1].set(xlabel="T", ylabel="MB", xticks=lengths, xticklabels=lengths)
for axis in axes:
    axis.minorticks_off()
    axis.legend(fontsize=8)
show(figure, "Time and memory of one layer against the length T from 64 to 1024, all axes logarithmic. Left, the time rises more slowly than "
             "T squared for short sequences and about like it, or faster, for long ones. Right, the memory kept lies above the bytes of the weights for short sequences and meets "
             "their line, of slope two, for long ones.")
print("ms", np.round(np.multiply(seconds, 1000), 2), " MB kept", np.round(left, 2))

# %% [markdown]
# For short sequences the projections, which grow like $T$, are the larger part. Then $T^2$ takes over: twice the length, four times the memory. That is why long texts are expensive.
#
# ## Part 7 · Reversing sequences
#
# Back to the task of the beginning: nine digits in, the same digits out, backwards. One block: embed, add positions, attend, then a small network at each position. Both add to what is there (He and others, 2016).

# %%
from tinytorch.core.activations import ReLU
from tinytorch.core.dataloader import DataLoader, TensorDataset
from tinytorch.core.losses import CrossEntropyLoss
from tinytorch.core.optimizers import AdamW
from tinytorch.core.training import CosineSchedule, Trainer


class OneBlock(Layer):
    """Digits in, scores of digits out; `mixer(x, mask)` is what carries things from one position to another."""

    def __init__(self, mixer, mask=None, embed_dim=32):
        self.embedding, self.places = Embedding(10, embed_dim), PositionalEncoding(embed_dim)
        self.mixer, self.mask = mixer, mask
        self.mlp = Sequential(Linear(embed_dim, 2 * embed_dim), ReLU(), Linear(2 * embed_dim, embed_dim))
        self.head = Linear(embed_dim, 10)

    def forward(self, ids):
        x = self.places(self.embedding(ids))
        x = x + self.mixer(x, self.mask)
        return self.head(x + self.mlp(x))

# %% [markdown]
# Of the $10^9$ sequences, 4,000 are for training; 1,000 others are held out. No sequence is in both, so whoever reverses those has learned reversing, not the sequences.

# %%
def sequences(count, length=9, seed=0):
    """Different sequences of digits, in a random order."""
    rng = np.random.default_rng(seed)
    drawn = np.unique(rng.integers(10, size=(count + 100, length)), axis=0)
    return rng.permutation(drawn)[:count]


def loss_of(scores, digits):
    """The mean loss over all positions of all sequences."""
    return CrossEntropyLoss()(scores.reshape(-1, 10), digits.reshape(-1))


digits = sequences(5000)
train, held_out = digits[:4000], digits[4000:]

# %%
def teach(mixer, mask=None, epochs=6, seed=0):
    """A model that was trained to reverse, and the mean loss of each epoch."""
    manual_seed(seed)
    model = OneBlock(mixer(), mask)
    loader = DataLoader(TensorDataset(Tensor(train), Tensor(train[:, ::-1].copy())), 64, shuffle=True, seed=seed)
    optimizer = AdamW(model.parameters(), lr=0.01)
    schedule = CosineSchedule(optimizer, epochs * len(loader), warmup_steps=50)
    trainer = Trainer(model, loss_of, optimizer, schedule, max_norm=1.0)
    return model, [row["loss"] for row in trainer.fit(loader, epochs)]


def right_positions(model):
    """Which digits of the held-out sequences the model gets right, an array of bool."""
    with no_grad():
        return model(Tensor(held_out)).data.argmax(axis=-1) == held_out[:, ::-1]

# %% [markdown]
# ### 12.13 In your own words
#
# Four models, equal but for what carries things between positions: attention, *causal* attention, the mean of all, *nothing*. Predict before you run the models below. In three to six sentences: what share of the digits can the model with nothing get right at best, and what share the one with causal attention? Why? Nine positions, ten digits, all equally likely.

# %% [markdown] nbgrader={"grade": true, "grade_id": "text-12-13-shares", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# With nothing, position t knows its own digit only, and the digit it should write is independent of that. It can guess, right one time in ten, except in the middle: position 4 is its own mirror and always right. That is (1 + 8 · 0.1)/9 = 20 %. With the causal mask, position t sees positions 0 to t, and its mirror 8 - t is among them from t = 4 on: five positions can be always right, the first four have to guess. That is (5 + 4 · 0.1)/9 = 60 %.
#
# === BEGIN MARK SCHEME ===
# 1 point: without attention a position knows only its own digit, so it guesses, right in 1 of 10 cases.
# 1 point: the middle is its own mirror; (1 + 0.8)/9 = 20 %.
# 1 point: causal: positions 4 to 8 see their mirror, 0 to 3 guess; (5 + 0.4)/9 = 60 %.
# === END MARK SCHEME ===

# %% [markdown]
# And the mean of all? It is told which digits there are, but not where. What share of the digits does it get right?

# %% tags=["demo", "play"]
guess.predict("% of the digits right with the mean of all", None)

# %% tags=["demo"]
kinds = {
    "attention": (lambda: MultiHeadAttention(32, 1), None, "o-", BLUE),
    "attention, causal": (lambda: MultiHeadAttention(32, 1), causal_mask(9), "v-.", GREEN),
    "the mean of all": (lambda: lambda x, mask: x.mean(axis=-2, keepdims=True), None, "s--", ORANGE),
    "nothing": (lambda: lambda x, mask: 0.0, None, "^:", PINK),
}
models, figure = {}, plt.figure(figsize=(7, 3))
axis = figure.add_subplot()
for name, (mixer, mask, style, color) in kinds.items():
    models[name], losses = teach(mixer, mask)
    axis.plot(range(1, len(losses) + 1), losses, style, color=color, label=name)
    right = right_positions(models[name])
    print(f"{name:<18} {right.mean():7.2%} of the digits, {right.all(axis=1).mean():7.2%} of the sequences")
    if name == "the mean of all":
        guess.measured("% of the digits right with the mean of all", 100 * right.mean())
axis.set(xlabel="epoch", ylabel="training loss")
axis.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
show(figure, "Training loss over six epochs for four models. With attention it falls to zero by the third epoch. With causal attention it "
             "settles near 1.0, with the mean of all positions near 1.7, with nothing near 2.1.")

# %% [markdown]
# Were your two shares right? The same network, the same data, the same steps; one line of the model differs. With attention every digit is right. The mean knows *which* digits there are, but not where, and gets a third. Is it the luck of one seed? And where does attention look?

# %% tags=["demo"]
rates = [right_positions(teach(kinds["attention"][0], seed=seed)[0]).all(axis=1).mean() for seed in (1, 2, 3)]
print("held-out sequences right with three other seeds:", [f"{rate:.2%}" for rate in rates])
assert min(rates) > 0.99

# %% tags=["demo"]
figure = plt.figure(figsize=(8, 3.2), layout="constrained")
for place, name in enumerate(["attention", "attention, causal"], start=1):
    right_positions(models[name])
    axis = figure.add_subplot(1, 2, place)
    picture = axis.imshow(models[name].mixer.weights.mean(axis=(0, 1)), cmap="Blues", vmin=0, vmax=1)
    axis.set(title=name, xlabel="key", ylabel="query")
figure.colorbar(picture, ax=figure.axes, label="mean weight", shrink=0.85)
show(figure, "Two maps of attention weights, the mean over 1,000 held-out sequences. Left, free: a dark diagonal from the lower left to the "
             "upper right, each query looks at its mirror place. Right, causal: the lower half of that diagonal only; the first four "
             "queries may not see theirs and look mostly at themselves.")

# %% [markdown]
# Nobody told it about mirrors. The query of position $t$ has learned to fit the key of position $8 - t$, from the waves of Module 11, by the gradients of your Module 06.

# %% [markdown]
# ### 12.14 Catch a wrong attention
#
# A wrong attention rarely raises an error: the shapes fit, the weights are positive, and the model learns something. Here it is on plain arrays, `attend(Q, K, V, mask)`. The softmax is given; what stands around it is right in the first three and wrong in the others.

# %%
def shares_of(scores, mask=True):
    """The softmax along the last axis over what the mask allows; rows that allow nothing are 0. Run this cell."""
    allowed = np.where(mask, scores, -np.inf)
    top = allowed.max(axis=-1, keepdims=True)
    powers = np.exp(allowed - np.where(np.isfinite(top), top, 0.0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-30)

# %%
ATTENTIONS = [  # is it right, what it does, the attention
    (True, "follows the formula", lambda Q, K, V, mask: shares_of(Q @ K.T / K.shape[1] ** 0.5, mask) @ V),
    (True, "scales the queries", lambda Q, K, V, mask: shares_of((Q / K.shape[1] ** 0.5) @ K.T, mask) @ V),
    (True, "takes one query after the other", lambda Q, K, V, mask: np.stack([shares_of(K @ q / K.shape[1] ** 0.5, m) @ V for q, m in zip(Q, mask)])),
    (False, "forgets to scale", lambda Q, K, V, mask: shares_of(Q @ K.T, mask) @ V),
    (False, "divides by d, not by its root", lambda Q, K, V, mask: shares_of(Q @ K.T / K.shape[1], mask) @ V),
    (False, "does not look at the mask", lambda Q, K, V, mask: shares_of(Q @ K.T / K.shape[1] ** 0.5) @ V),
    (False, "takes the mask the other way round", lambda Q, K, V, mask: shares_of(Q @ K.T / K.shape[1] ** 0.5, ~mask) @ V),
    (False, "gives forbidden keys the score 0", lambda Q, K, V, mask: shares_of(Q @ K.T / K.shape[1] ** 0.5 * mask) @ V),
    (False, "masks the weights after the softmax", lambda Q, K, V, mask: (shares_of(Q @ K.T / K.shape[1] ** 0.5) * mask) @ V),
    (False, "takes the softmax over the queries", lambda Q, K, V, mask: shares_of(K @ Q.T / K.shape[1] ** 0.5, mask.T).T @ V),
]

# %% tags=["demo"]
Q, K, V, free = np.array([[2.0], [-1.0]]), np.array([[1.0], [3.0], [0.5]]), np.array([[4.0], [5.0], [6.0]]), np.ones((2, 3), bool)
for right, said, attend in ATTENTIONS:
    print(f"{'right' if right else 'wrong'}: {said:<40}", attend(Q, K, V, free).ravel().round(3))

# %% [markdown]
# Vectors of one number each and a mask that allows everything: most of the wrong ones give the right answer. Write the check. When the work is graded, further ones are tried: right ones have to pass, wrong ones to be caught.
#
# <details><summary>A nudge</summary>
#
# Which sizes and masks make mistakes visible? Take numbers of queries, keys, d and m that all differ. Does some query see nothing, and does it get what we decided? What about scores of 1,000? Copy what you hand in: whoever writes into it changes your own numbers, too.
#
# Compute the answer another way: for each query a softmax over the keys that it may see.
# </details>

# %% nbgrader={"grade": false, "grade_id": "12-14-attention-is-right", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attention_is_right(attend):
    """Whether an attention on arrays is right: softmax(Q Kᵀ / √d, over the allowed keys) V.

    Parameters
    ----------
    attend : callable
        ``attend(Q, K, V, mask)`` takes float64 arrays of shapes (queries, d), (keys, d) and (keys, m) and a Boolean one
        of shape (queries, keys), True where a key may be attended. A right one returns an array (queries, m) for scores
        of any size, 0 for a query that may look nowhere, and writes into none of the four. Rounding is no mistake; one
        part in a thousand is.

    Returns
    -------
    bool
    """
    ### BEGIN SOLUTION 12.14 attention_is_right: try it, return True if it is right and False if it is wrong
    rng = np.random.default_rng(0)
    for size in (1, 1000):
        Q, K, V, mask = size * rng.normal(size=(4, 3)), rng.normal(size=(5, 3)), rng.normal(size=(5, 2)), rng.random((4, 5)) < 0.6
        mask[1] = False
        expected = np.zeros((4, 2))
        for t in (0, 2, 3):
            scores = K[mask[t]] @ Q[t] / 3**0.5
            powers = np.exp(scores - scores.max())
            expected[t] = powers @ V[mask[t]] / powers.sum()
        given = [array.copy() for array in (Q, K, V, mask)]
        found = attend(Q, K, V, mask)
        if not (np.allclose(found, expected) and all(map(np.array_equal, given, (Q, K, V, mask)))):
            return False
    return True
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-12-14-attention-is-right", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("12.14", "attention_is_right") as check, np.errstate(all="ignore"):
    looks = {True: "It is right: is your own answer right, and do you compare too strictly?",
             False: "With which sizes and which mask is its output another one? Does your check try such ones?"}  # fmt: skip
    for right, said, attend in ATTENTIONS:
        found = attention_is_right(attend)
        answered = isinstance(found, (bool, np.bool_))
        check.true("your check returned neither True nor False", answered, got="None" if found is None else found, look="True for a right attention, False for a wrong one.")
        accused = "accuses a right attention" if right else "lets through an attention"
        check.true(f"your check {accused} that {said}", bool(found) == right, look=looks[right])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    fair = lambda Q, K, V, mask: shares_of(Q @ K.T / K.shape[1] ** 0.5, mask)

    def overflows(Q, K, V, mask):
        powers = np.exp(Q @ K.T / K.shape[1] ** 0.5) * mask
        return powers / np.maximum(powers.sum(axis=1, keepdims=True), 1e-30) @ V

    def writes(Q, K, V, mask):
        Q /= K.shape[1] ** 0.5
        return shares_of(Q @ K.T, mask) @ V

    for wanted, said, attend in [
        (True, "adds up value after value", lambda Q, K, V, mask: sum(w[:, None] * v for w, v in zip(fair(Q, K, V, mask).T, V))),
        (True, "scales both sides", lambda Q, K, V, mask: shares_of((Q / K.shape[1] ** 0.25) @ (K / K.shape[1] ** 0.25).T, mask) @ V),
        (False, "weighs all keys alike for a query that may look nowhere", lambda Q, K, V, mask: fair(Q, K, V, mask | ~mask.any(axis=1, keepdims=True)) @ V),
        (False, "overflows for large scores", overflows),
        (False, "lets a little of the forbidden keys through", lambda Q, K, V, mask: shares_of(Q @ K.T / K.shape[1] ** 0.5 - 5.0 * ~mask) @ V * mask.any(axis=1, keepdims=True)),
        (False, "is off by one part in a thousand", lambda Q, K, V, mask: 1.001 * fair(Q, K, V, mask) @ V),
        (False, "uses the first row of the mask for all queries", lambda Q, K, V, mask: fair(Q, K, V, mask[:1] & mask.any(axis=1, keepdims=True)) @ V),
        (False, "returns the first column of the values everywhere", lambda Q, K, V, mask: fair(Q, K, V, mask) @ V[:, :1] * np.ones((1, V.shape[1]))),
        (False, "scales by the root of the number of keys", lambda Q, K, V, mask: shares_of(Q @ K.T / len(K) ** 0.5, mask) @ V),
        (False, "writes into the queries", writes),
        (False, "answers with zeros", lambda Q, K, V, mask: np.zeros((len(Q), V.shape[1]))),
    ]:
        look = f"Your check {'accuses a right attention' if wanted else 'lets through an attention'} that {said}."
        check.equal("the verdict", attention_is_right(attend), wanted, look=look)
    ### END HIDDEN TESTS

# %% [markdown]
# Four sizes that differ, a query that sees nothing, large scores, and an answer found another way: each wrong one is caught by a line.
#
# And your own numbers? On the line you were right, above it you said too much.

# %% tags=["demo"]
guess.show()

# %% [markdown]
# ### What PyTorch does the same, and what otherwise
#
# | | here | PyTorch |
# |---|---|---|
# | the formula, the scale | the same | `F.scaled_dot_product_attention`, which returns the output only |
# | a Boolean mask, True = may be attended | the same | in that function; in `nn.MultiheadAttention` True means *not* |
# | a mask of numbers | 1 and 0 | is added to the scores |
# | a query that may look nowhere | weights and output 0 | 0 in that function, in recent versions; NaN in the layer |
# | the three projections | `q_proj`, `k_proj`, `v_proj` | one `in_proj_weight` of three blocks |
# | memory | T² weights | kernels that never store them (FlashAttention) |
#
# **Export.** Run all cells once more from the top. Then, in a terminal in the course folder:
#
# - `tinytorch check 12_attention` says where you stand, exercise by exercise;
# - `tinytorch export 12_attention` writes `tinytorch/core/attention.py`. With it `tinytorch milestones` can run one more story: this one, on your engine.
