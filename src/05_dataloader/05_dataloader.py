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
# # Module 05: DataLoader
#
# > Data sets, shuffled batches, and the handwritten digits.

# %%
#| default_exp core.dataloader

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
# Take 1,797 digits, sort them by class, and show them to a learner that could read nine of ten: it ends up reading one
# of ten. Shuffle the very same pictures first, and it reads nine of ten. Nothing else changed. At the end of this
# notebook you have measured that with a loader of your own.
#
# You need Module 01 only.

# %% [markdown]
# | part | what you build | minutes |
# |---|---|---|
# | 1 | a data set: a list that need not be a list | 30 |
# | 2 | batches and epochs, as indices | 40 |
# | 3 | from samples to a batch, slowly and fast | 40 |
# | 4 | the loader | 40 |
# | 5 | why the order matters, and a fair test | 30 |
# | 6 | check your understanding | 15 |

# %%
#| export
import os
from pathlib import Path

import numpy as np

import tinytorch
from tinytorch.core.tensor import Tensor, method_of

# %%
from tinytorch.checks import Checks, bare

# %% tags=["demo"]
import timeit

import matplotlib.pyplot as plt

from tinytorch.pictures import show

# %% [markdown]
# ## Part 1. A list that need not be a list (30 minutes)
#
# First, real data. The file comes with the course; two functions find and read it. They are given: looking for files
# teaches patience, not machine learning.

# %%
#| export
def find_digits(path=None):
    """The file digits.csv.gz; `load_digits` says where it is looked for."""
    if path is not None:
        places = [Path(path)]
    elif os.environ.get("TINYTORCH_DATA"):
        places = [Path(os.environ["TINYTORCH_DATA"]) / "digits"]
    else:
        roots = [Path.cwd(), *Path.cwd().parents, Path(tinytorch.__file__).resolve().parents[1]]
        places = [root / "data" / "digits" for root in roots]
    for place in places:
        file = place if place.suffix == ".gz" else place / "digits.csv.gz"
        if file.is_file():
            return file
    looked = "".join(f"\n  {place}" for place in places)
    hint = "Call load_digits('path/to/data/digits'), or set the environment variable TINYTORCH_DATA to the folder data."
    raise FileNotFoundError(f"there is no digits.csv.gz; looked in{looked}\n{hint}")

# %%
#| export
def load_digits(path=None):
    """The 1,797 handwritten digits of data/digits: images and labels, as arrays.

    Parameters
    ----------
    path : path, optional
        The folder with digits.csv.gz, or that file. Without it: the folder `digits` in the folder that the environment
        variable TINYTORCH_DATA names; without that: data/digits in the working directory, above it, or beside the
        package.

    Returns
    -------
    images : numpy.ndarray
        float32 in [0, 1], shape (1797, 64), one image a row; ``images.reshape(-1, 8, 8)`` are the pictures.
    labels : numpy.ndarray
        int64 from 0 to 9, shape (1797,).

    Raises
    ------
    FileNotFoundError
        With all places that were looked in.
    """
    table = np.loadtxt(find_digits(path), delimiter=",", dtype=np.float32, encoding="utf-8")
    return table[:, :-1] / 16, table[:, -1].astype(np.int64)

# %% tags=["demo"]
images, labels = load_digits()
print(images.shape, images.dtype, labels.shape, labels.dtype)
print(f"{images.nbytes / 1024:.0f} KiB of pixels; the first labels are {labels[:12]}")

# %% [markdown]
# 450 KiB fit anywhere. Other data does not: ImageNet has 1.3 million pictures and about 150 GB. So a data set should
# not promise to *be* there, only to hand out sample number $i$ when asked, from memory, from a disk, or by computing
# it. Two methods are enough:
#
# * `len(dataset)`: how many samples there are,
# * `dataset[i]`: sample $i$, a tuple such as (image, label).

# %%
#| export
class Dataset:
    """Samples with numbers from 0 on. Subclasses write `__len__` and `__getitem__`."""

    def __len__(self):
        raise NotImplementedError(f"{type(self).__name__} has no __len__: how many samples are there?")

    def __getitem__(self, index):
        raise NotImplementedError(f"{type(self).__name__} has no __getitem__: what is sample {index}?")

# %% [markdown]
# Here is one that stores nothing at all. A million sums, each made when somebody asks for it:

# %%
class Sums(Dataset):
    """Sample i: the two last digits of i, and their sum."""

    def __len__(self):
        return 1_000_000

    def __getitem__(self, index):
        tens, ones = index // 10 % 10, index % 10
        return Tensor([tens, ones]), tens + ones


Sums()[123_478]

# %% [markdown]
# The digits do fit into memory, as two tensors whose rows belong together: row 7 of the images goes with row 7 of the
# labels. That is the most common data set of all.

# %%
#| export
class TensorDataset(Dataset):
    """Tensors whose rows belong together: sample i is the tuple of their rows i.

    Parameters
    ----------
    *tensors : Tensor or numpy.ndarray
        At least one, all of the same length. Otherwise ValueError.
    """

    def __len__(self):
        return len(self.tensors[0])

# %% [markdown]
# ### 05.1 `TensorDataset.__init__`
#
# The one thing that can go wrong is also the one that nobody notices: 1,797 images and 1,796 labels. Everything runs,
# each label belongs to another picture, and the network learns nonsense. So refuse it here, and say what you saw.
# Shapes may differ: (1797, 64) and (1797,) are fine. Lengths may not.
#
# <details><summary>A nudge</summary>
#
# `len(tensor)` is the size of the first dimension. Arrays become tensors with `Tensor(array)`.
# </details>

# %% nbgrader={"grade": false, "grade_id": "05-01-tensordataset-init", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(TensorDataset)
def __init__(self, *tensors):
    """Keep the tensors in `self.tensors`, a tuple in the same order. A Tensor is kept itself; arrays become tensors.

    Raises ValueError when there is none, or when their lengths differ: then the message contains the different lengths.
    """
    ### BEGIN SOLUTION 05.1 TensorDataset.__init__: keep the tensors in self.tensors if their lengths agree
    if not tensors:
        raise ValueError("a TensorDataset needs at least one tensor")
    self.tensors = tuple(tensor if isinstance(tensor, Tensor) else Tensor(tensor) for tensor in tensors)
    lengths = [len(tensor) for tensor in self.tensors]
    if len(set(lengths)) > 1:
        raise ValueError(f"the tensors should have the same length, but they have the lengths {lengths}")
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-05-01-tensordataset-init", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
x, y = Tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), Tensor(np.array([7, 8, 9]))
with Checks("05.1", "TensorDataset.__init__") as check:
    check.given(x=x, y=y, look="The docstring says where the tensors are kept.")
    kept = TensorDataset(x, y).tensors
    check.is_a("self.tensors", kept, (tuple, list))
    check.same("the number of tensors kept", len(kept), 2)
    check.true("self.tensors should hold x and y themselves", kept[0] is x and kept[1] is y,
               look="Same numbers, but is it the same object? Only arrays have to become tensors.")
    short = Tensor(np.array([7, 8]))
    check.given(x=x, y=short, look="Compare the lengths.")
    check.raises("3 rows and 2 labels", ValueError, lambda: TensorDataset(x, short), mentions=("3", "2"))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    long = np.ones((40, 2))
    check.raises("the third one too long", ValueError, lambda: TensorDataset(x, y, long), mentions=("3", "40"))
    check.raises("no tensor at all", ValueError, TensorDataset)
    check.equal("the number of tensors for one", len(TensorDataset(y).tensors), 1)
    arrays = TensorDataset(np.zeros((4, 2), np.float32), np.arange(4), np.ones((4, 2, 2))).tensors
    check.same("the list of types made of arrays", [type(tensor).__name__ for tensor in arrays], ["Tensor"] * 3)
    check.same("the list of their shapes", [tensor.shape for tensor in arrays], [(4, 2), (4,), (4, 2, 2)])
    ### END HIDDEN TESTS

# %% [markdown]
# ### 05.2 `TensorDataset.__getitem__`
#
# Sample 1 of the data set above is `(Tensor([3, 4]), Tensor(8))`, sample −1 its last. There is no sample 3, and saying
# so with an `IndexError` has a reward: Python's `for` goes through anything that counts from 0 and stops at the first
# IndexError, so `for image, label in dataset` works at once. (NumPy's own message for a wrong index names the index and
# the size, so you may leave it to NumPy.)

# %% nbgrader={"grade": false, "grade_id": "05-02-tensordataset-getitem", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(TensorDataset)
def __getitem__(self, index):
    """Sample `index`: a tuple with row `index` of each tensor. Negative indices count from the end.

    Raises IndexError, with the index and the number of samples in its message, when there is no such sample.
    """
    ### BEGIN SOLUTION 05.2 TensorDataset.__getitem__: return a tuple with row `index` of each tensor
    if not -len(self) <= index < len(self):
        raise IndexError(f"there is no sample {index} in a data set of {len(self)}")
    return tuple(tensor[index] for tensor in self.tensors)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-05-02-tensordataset-getitem", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
pairs = bare(TensorDataset, tensors=(Tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), Tensor(np.array([7, 8, 9]))))
with Checks("05.2", "TensorDataset.__getitem__") as check:
    check.given(x=pairs.tensors[0], y=pairs.tensors[1], index=1, look="One row of each tensor.")
    sample = pairs[1]
    check.is_a("the sample", sample, (tuple, list))
    check.same("the list of types in it", [type(part).__name__ for part in sample], ["Tensor", "Tensor"])
    check.equal("its first part", sample[0], [3.0, 4.0])
    check.equal("its second part", sample[1], 8)
    check.given(index=3, samples=3, look="The first sample is 0, so which one is the last?")
    check.raises("sample 3 of 3", IndexError, lambda: pairs[3], mentions="3")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the last sample", pairs[-1][0], [5.0, 6.0])
    check.equal("sample 0 by a NumPy integer", pairs[np.int64(0)][1], 7)
    blocks = np.arange(20.0).reshape(5, 2, 2)
    triple = bare(TensorDataset, tensors=(Tensor(np.arange(5)), Tensor(blocks), Tensor(np.ones(5))))
    check.equal("the number of parts", len(triple[4]), 3)
    check.equal("the second of three parts", triple[4][1], [[16.0, 17.0], [18.0, 19.0]])
    check.raises("sample 5 of 5", IndexError, lambda: triple[5], mentions="5")
    check.raises("sample -6 of 5", IndexError, lambda: triple[-6], mentions=("-6", "5"))
    check.raises("sample 99 of 5", IndexError, lambda: triple[99], mentions=("99", "5"))
    check.equal("the number of samples that a loop sees", sum(1 for _ in triple), 5)
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 2. Batches are lists of numbers (40 minutes)
#
# One picture at a time is slow: each step has its fixed cost, whatever the size. All 1,797 at once is slow too: much
# work before the first improvement. So networks learn from **batches** of 16 to 512 samples. One pass through all of
# them is an **epoch**.
#
# How do you shuffle 150 GB? You do not. You shuffle the *numbers* of the samples, 8 bytes each, and fetch samples in
# that order.

# %% [markdown]
# ```mermaid
# flowchart LR
#     accTitle: From a data set to batches
#     accDescr: The number of samples gives an order of indices, cut into batches; samples are fetched and stacked.
#     N["len(dataset) = 5"] --> O["order<br/>3 0 4 1 2"]
#     O --> B["batches of indices<br/>3 0 | 4 1 | 2"]
#     B --> S["samples<br/>dataset[3], dataset[0]"]
#     S --> T["stacked tensors<br/>(2, 64) and (2,)"]
# ```
#
# The first three boxes are about whole numbers only: no pictures yet. They are the next two exercises.

# %% [markdown]
# ### 05.3 `batch_indices`
#
# **By hand.** Cut the order 3, 0, 4, 1, 2 into batches of two: (3, 0), (4, 1), and a last one (2) that is too short.
# Some networks cannot stand a batch of one, so `drop_last` leaves it out. What does `drop_last` do to six samples in
# batches of two?
#
# <details><summary>A nudge</summary>
#
# `range(0, len(order), batch_size)` gives the positions at which batches begin. A slice may reach beyond the end.
# </details>

# %% nbgrader={"grade": false, "grade_id": "05-03-batch-indices", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def batch_indices(order, batch_size, drop_last=False):
    """Cut `order`, an array of indices, into a list of arrays of `batch_size` indices.

    The last one is shorter when they do not come out even; with drop_last it is left out in that case.
    """
    ### BEGIN SOLUTION 05.3 batch_indices: return a list of pieces of `order`
    batches = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
    if drop_last and batches and len(batches[-1]) < batch_size:
        batches.pop()
    return batches
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-05-03-batch-indices", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
with Checks("05.3", "batch_indices") as check:
    def lists(batches):
        return [[int(index) for index in batch] for batch in batches]

    order = np.array([3, 0, 4, 1, 2])
    check.given(order=order, batch_size=2, look="This is the example by hand.")
    check.same("the list of batches", lists(batch_indices(order, 2)), [[3, 0], [4, 1], [2]])
    check.same("the list of batches with drop_last", lists(batch_indices(order, 2, drop_last=True)), [[3, 0], [4, 1]])
    check.same("the type of a batch", type(batch_indices(order, 2)[0]).__name__, "ndarray")
    check.given(order=order[:4], batch_size=2, drop_last=True, look="Is the last batch too short here?")
    check.same("the list of batches", lists(batch_indices(order[:4], 2, drop_last=True)), [[3, 0], [4, 1]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    six = np.array([5, 1, 0, 3, 2, 4])
    check.same("the list for six in batches of 2, with drop_last", lists(batch_indices(six, 2, True)), [[5, 1], [0, 3], [2, 4]])
    check.same("the list for six in batches of 3", lists(batch_indices(six, 3)), [[5, 1, 0], [3, 2, 4]])
    check.same("the list for six in batches of 4", lists(batch_indices(six, 4)), [[5, 1, 0, 3], [2, 4]])
    check.same("the list for six in batches of 4, with drop_last", lists(batch_indices(six, 4, True)), [[5, 1, 0, 3]])
    check.same("the list for six in batches of 10", lists(batch_indices(six, 10)), [[5, 1, 0, 3, 2, 4]])
    check.same("the list for six in batches of 10, with drop_last", lists(batch_indices(six, 10, True)), [])
    check.same("the list for six in batches of 1", lists(batch_indices(six, 1)), [[5], [1], [0], [3], [2], [4]])
    check.same("the list for no samples", lists(batch_indices(np.arange(0), 3, True)), [])
    check.same("the order afterwards", six.tolist(), [5, 1, 0, 3, 2, 4])
    ### END HIDDEN TESTS

# %% [markdown]
# ### 05.4 `epoch_order`
#
# Each epoch should see the samples in a new order; otherwise the same 32 meet again and again. And the whole
# experiment should be repeatable. Both at once? Make the order a function of two numbers: the **seed** of the
# experiment and the number of the **epoch**.
#
# `np.random.default_rng([5, 0])` is a generator that depends on 5 and 0 and on nothing else. Its `permutation(4)` is a
# fair shuffle of 0, 1, 2, 3:

# %%
[np.random.default_rng([5, epoch]).permutation(4) for epoch in [0, 1, 0]]

# %% [markdown]
# A tempting shortcut: `default_rng(seed + epoch)`. Then epoch 1 of seed 5 is epoch 0 of seed 6, and the two
# experiments that you wanted to be independent share nearly all their orders.

# %% nbgrader={"grade": false, "grade_id": "05-04-epoch-order", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def epoch_order(count, shuffle, seed, epoch):
    """The order in which an epoch visits `count` samples: an integer array with each index from 0 to count-1 once.

    Without shuffle: 0, 1, 2, …. With it: a random order that depends on `seed` and `epoch` only; different pairs of
    them give independent orders. NumPy's global generator is neither used nor changed.
    """
    ### BEGIN SOLUTION 05.4 epoch_order: return the indices, in order or shuffled
    if not shuffle:
        return np.arange(count)
    return np.random.default_rng([seed, epoch]).permutation(count)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-05-04-epoch-order", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
with Checks("05.4", "epoch_order") as check:
    check.given(count=5, shuffle=False)
    check.equal("the order without shuffling", epoch_order(5, False, 0, 0), [0, 1, 2, 3, 4])
    check.given(count=50, shuffle=True, seed=3, epoch=0, look="A permutation: each index once.")
    first = epoch_order(50, True, 3, 0)
    check.is_a("the order", first, np.ndarray, look="`shuffle` works in place and returns None.")
    check.equal("the shuffled order, sorted again", np.sort(first), np.arange(50))
    check.true("nothing was shuffled", not np.array_equal(first, np.arange(50)), got=first)
    check.unchanged("the order of the same epoch", epoch_order(50, True, 3, 0), first, look="A new generator from both numbers.")
    check.true("epoch 1 has the order of epoch 0", not np.array_equal(epoch_order(50, True, 3, 1), first))
    shared = np.array_equal(epoch_order(50, True, 3, 1), epoch_order(50, True, 4, 0))
    check.true("epoch 1 of seed 3 has the order of epoch 0 of seed 4", not shared, look="This is the tempting shortcut.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    orders = [epoch_order(50, True, seed, epoch) for seed in range(4) for epoch in range(4)]
    check.equal("the number of different orders for 4 seeds and 4 epochs", len({tuple(order) for order in orders}), 16)
    np.random.seed(1)
    before = np.random.get_state()[1].copy()
    check.unchanged("the order whatever np.random.seed says", epoch_order(50, True, 3, 0), first)
    check.true("NumPy's global generator was used or changed", np.array_equal(np.random.get_state()[1], before))
    long = epoch_order(1000, True, 1, 2)
    check.same("the kind of numbers", [long.dtype.kind, epoch_order(3, False, 0, 0).dtype.kind], ["i", "i"])
    check.true("most neighbours stayed neighbours", (np.abs(np.diff(long)) == 1).sum() < 20)
    check.equal("an order without samples", len(epoch_order(0, True, 1, 1)), 0)
    ### END HIDDEN TESTS

# %% [markdown]
# What it looks like: at each step, the numbers of the four samples in the batch, in three epochs.

# %% tags=["demo"]
fig, axes = plt.subplots(1, 2, figsize=(8, 2.6), sharey=True)
for axis, shuffle in zip(axes, [False, True]):
    visits = np.concatenate([epoch_order(40, shuffle, 0, epoch) for epoch in range(3)])
    axis.scatter(np.arange(120) // 4, visits, s=12, color="#E69F00" if shuffle else "#0072B2")
    axis.set_title("shuffled" if shuffle else "in order")
    axis.set_xlabel("step")
    for edge in [9.5, 19.5]:
        axis.axvline(edge, color="grey", linewidth=0.8)
axes[0].set_ylabel("number of the sample")
show(plt.gcf(), "Two scatter plots of sample number against step over three epochs. In order, the points repeat the same "
                "rising staircase three times; shuffled, they fill the plane without a pattern, differently in each epoch.")

# %% [markdown]
# ## Part 3. From samples to a batch (40 minutes)
#
# A batch of indices (3, 0) stands for two samples, each a pair (image, label). A network wants it the other way round:
# one tensor of all images, one of all labels. Turning a list of pairs into a pair of stacks is called **collating**.
#
# $$\big[(x_3, y_3),\ (x_0, y_0)\big]\ \longrightarrow\ \left(\begin{pmatrix}x_3\\x_0\end{pmatrix},\ \begin{pmatrix}y_3\\y_0\end{pmatrix}\right)$$

# %%
samples = [("a", 1), ("b", 2), ("c", 3)]
list(zip(*samples))

# %% [markdown]
# `zip(*…)` turns rows into columns, and `np.stack` makes one array of many of the same shape, along a new first
# dimension.

# %% [markdown]
# ### 05.5 `collate`
#
# Two traps. Labels are whole numbers and have to stay so: Module 04 uses them as indices, and `Tensor([3, 6])` would
# make them float32. And pictures of different sizes cannot be stacked: NumPy's message for that does not name the
# sizes, so yours should.
#
# <details><summary>A nudge</summary>
#
# Make an array of each item of a column first (`item.data` of a Tensor, else `np.asarray(item)`), compare the shapes,
# then stack. An array given to `Tensor` keeps its dtype. Only Python's own floats need a change, since NumPy makes
# float64 of them: `type(item) is float` knows them from NumPy's, which `isinstance` does not.
# </details>

# %% nbgrader={"grade": false, "grade_id": "05-05-collate", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def collate(samples):
    """Make a batch of a list of samples: a tuple with one tensor for each position in a sample.

    A sample is a tuple of tensors, arrays or numbers. What stands in the same position is stacked along a new first
    dimension. Tensors, arrays and NumPy's numbers keep their dtype. Python's whole numbers stay integers; a position
    that holds one of its floats becomes float32. There is at least one sample.
    Raises ValueError, with two different shapes in its message, when the shapes in a position differ.
    """
    ### BEGIN SOLUTION 05.5 collate: return a tuple with one stacked tensor for each position
    batch = []
    for column in zip(*samples):
        arrays = [item.data if isinstance(item, Tensor) else np.asarray(item) for item in column]
        for array in arrays:
            if array.shape != arrays[0].shape:
                raise ValueError(f"samples of the shapes {arrays[0].shape} and {array.shape} cannot be stacked")
        stacked = np.stack(arrays)
        batch.append(Tensor(stacked.astype(np.float32) if float in map(type, column) else stacked))
    return tuple(batch)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-05-05-collate", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
with Checks("05.5", "collate") as check:
    samples = [(Tensor([1.0, 2.0]), 3), (Tensor([4.0, 5.0]), 6), (Tensor([7.0, 8.0]), 9)]
    check.given(samples=samples, look="Columns first, then stack each.")
    batch = collate(samples)
    check.equal("the number of tensors", len(batch), 2)
    check.is_a("the first one", batch[0], Tensor)
    check.equal("the first one", batch[0], [[1.0, 2.0], [4.0, 5.0], [7.0, 8.0]], dtype=np.float32)
    check.equal("the second one", batch[1], [3, 6, 9])
    check.same("the kind of its numbers (i: integers)", batch[1].data.dtype.kind, "i", look="Labels stay integers.")
    exact = [(Tensor(np.array([0.1])),), (Tensor(np.array([0.2])),)]
    check.given(samples=exact, look="What an array holds keeps its dtype.")
    check.equal("the stack of float64 tensors", collate(exact)[0], [[0.1], [0.2]], dtype=np.float64)
    sizes = [(Tensor([1.0, 2.0]),), (Tensor([1.0, 2.0, 3.0]),)]
    check.given(samples=sizes, look="Name both shapes; NumPy's own message does not.")
    check.raises("pictures of different sizes", ValueError, lambda: collate(sizes), mentions=("(2,)", "(3,)"))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    rows = [(np.arange(6.0).reshape(2, 3), 0.5, Tensor(np.int64(3))), (np.ones((2, 3)), 1.5, Tensor(np.int64(4)))]
    one, two, three = collate(rows)
    check.same("the list of types", [type(part).__name__ for part in (one, two, three)], ["Tensor"] * 3)
    check.equal("the stack of matrices", one, np.stack([rows[0][0], rows[1][0]]), dtype=np.float64)
    check.equal("the stack of floats", two, [0.5, 1.5], dtype=np.float32)
    check.equal("the stack of labels", three, [3, 4], dtype=np.int64)
    check.equal("the stack of 1 and 2.5", collate([(1,), (2.5,)])[0], [1.0, 2.5], dtype=np.float32)
    check.equal("the stack of NumPy's own floats", collate([(np.float64(0.1),)])[0], [0.1], dtype=np.float64)
    check.same("the list of shapes of a batch of one", [part.shape for part in collate(rows[:1])], [(1, 2, 3), (1,), (1,)])
    check.equal("a batch with one position", collate([(Tensor([1.0]),), (Tensor([2.0]),)])[0], [[1.0], [2.0]])
    wrong = [(Tensor(np.ones(3)), 1), (Tensor(np.ones(3)), 2), (Tensor(np.ones(4)), 3)]
    check.raises("rows of 3 and of 4", ValueError, lambda: collate(wrong), mentions=("(3,)", "(4,)"))
    stretched = [(Tensor(np.ones(3)),), (Tensor(np.ones(1)),)]
    check.raises("rows of 3 and of 1", ValueError, lambda: collate(stretched), mentions=("(3,)", "(1,)"))
    ### END HIDDEN TESTS

# %% [markdown]
# ### 05.6 `TensorDataset.gather`
#
# `collate` works for any data set, and it goes through Python once for each sample. If the data is one array, NumPy
# can do better: an array of indices in the brackets picks all rows in one call.

# %%
Tensor([[0.0, 0.5], [1.0, 1.5], [2.0, 2.5], [3.0, 3.5]])[np.array([3, 0])]

# %% nbgrader={"grade": false, "grade_id": "05-06-gather", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(TensorDataset)
def gather(self, indices):
    """The samples with these indices as one batch, in this order: a tuple, one tensor for each of `self.tensors`."""
    ### BEGIN SOLUTION 05.6 TensorDataset.gather: return a tuple with the rows `indices` of each tensor
    return tuple(tensor[indices] for tensor in self.tensors)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-05-06-gather", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
rows = bare(TensorDataset, tensors=(Tensor([[0.0, 0.5], [1.0, 1.5], [2.0, 2.5]]), Tensor(np.array([10, 11, 12]))))
with Checks("05.6", "TensorDataset.gather") as check:
    check.given(x=rows.tensors[0], y=rows.tensors[1], indices=[0, 2], look="Index each tensor with the whole array.")
    batch = rows.gather(np.array([0, 2]))
    check.same("the list of types", [type(part).__name__ for part in batch], ["Tensor", "Tensor"])
    check.equal("the part from x", batch[0], [[0.0, 0.5], [2.0, 2.5]])
    check.equal("the part from y", batch[1], [10, 12])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    batch = rows.gather(np.array([2, 0, 1]))
    check.equal("the part from x in another order", batch[0], [[2.0, 2.5], [0.0, 0.5], [1.0, 1.5]], dtype=np.float32)
    check.equal("the part from y in another order", batch[1], [12, 10, 11], dtype=rows.tensors[1].dtype)
    check.equal("the part from y with a row twice", rows.gather(np.array([1, 1]))[1], [11, 11])
    check.same("the list of shapes of a batch of one", [part.shape for part in rows.gather(np.array([1]))], [(1, 2), (1,)])
    single = bare(TensorDataset, tensors=(Tensor(np.arange(24.0).reshape(4, 3, 2)),))
    check.equal("the number of tensors", len(single.gather(np.array([3]))), 1)
    check.equal("the part from a stack of matrices", single.gather(np.array([3, 1]))[0], np.arange(24.0).reshape(4, 3, 2)[[3, 1]])
    ### END HIDDEN TESTS

# %% [markdown]
# How much better? The same batches of digits, made both ways, for batches of 1 to 1,024.

# %% tags=["demo"]
digits = TensorDataset(Tensor(images), Tensor(labels))
sizes = [1, 4, 16, 64, 256, 1024]
slow, fast = [], []
for size in sizes:
    indices = epoch_order(len(digits), True, 0, 0)[:size]
    repeat = max(3, 300 // size)
    slow.append(min(timeit.repeat(lambda: collate([digits[i] for i in indices]), number=repeat, repeat=3)) / repeat)
    fast.append(min(timeit.repeat(lambda: digits.gather(indices), number=repeat, repeat=3)) / repeat)
plt.figure(figsize=(6, 3))
plt.loglog(sizes, np.array(slow) * 1e6, "o-", color="#0072B2", label="collate, sample by sample")
plt.loglog(sizes, np.array(fast) * 1e6, "s-", color="#E69F00", label="gather, one index")
plt.xlabel("batch size")
plt.ylabel("microseconds a batch")
plt.legend()
show(plt.gcf(), "Time for one batch against batch size, both axes logarithmic: collating grows in proportion to the batch, "
                "gathering grows far more slowly and is more than a hundred times faster for large batches.")
print("collate takes", [f"{a / b:.0f}x" for a, b in zip(slow, fast)], "as long as gather, for batches of", sizes)

# %% [markdown]
# PyTorch's own `DataLoader` goes sample by sample, even through its `TensorDataset`. It makes up for it with
# `num_workers`: processes that prepare batches while the network is busy. That pays when samples are read from a disk
# and decoded. Data that lies in memory as one array is better asked for once.

# %% [markdown]
# ## Part 4. The loader (40 minutes)
#
# All pieces are there: an order, its cuts, and two ways to fetch. The `DataLoader` remembers the settings and is
# something that `for` can go through. Its constructor is given; note what it does with a batch size of 0 and with a
# missing seed.

# %%
#| export
class DataLoader:
    """Goes through a data set in batches: ``for images, labels in DataLoader(dataset, batch_size=32): …``.

    Parameters
    ----------
    dataset : Dataset
        Anything with a length whose items are tuples of tensors, arrays or numbers.
    batch_size : int
        Samples in a batch, at least 1; otherwise ValueError.
    shuffle : bool
        Whether each epoch has a random order of its own.
    drop_last : bool
        Whether a last batch that is too short is left out.
    seed : int, optional
        The same seed gives the same orders, epoch by epoch. Without one, every loader draws its own.
    """

    def __init__(self, dataset, batch_size=1, shuffle=False, drop_last=False, seed=None):
        if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ValueError(f"batch_size should be a whole number of at least 1, not {batch_size!r}")
        self.dataset, self.batch_size, self.shuffle, self.drop_last = dataset, batch_size, shuffle, drop_last
        self.seed = np.random.SeedSequence().entropy if seed is None else seed
        self.epoch = 0  # how many epochs have begun

# %% [markdown]
# ### 05.7 `DataLoader.__len__`
#
# How many batches has an epoch? Ten samples in batches of four: two full ones and a rest, so three, or two with
# `drop_last`. Progress bars and learning-rate plans ask for this number before the first batch is there, so compute it
# and do not count.

# %% nbgrader={"grade": false, "grade_id": "05-07-loader-len", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(DataLoader)
def __len__(self):
    """The number of batches in an epoch, from the length of the data set, batch_size and drop_last alone."""
    ### BEGIN SOLUTION 05.7 DataLoader.__len__: return the number of batches in an epoch
    full, rest = divmod(len(self.dataset), self.batch_size)
    return full + (rest > 0 and not self.drop_last)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-05-07-loader-len", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
def batches_of(count, batch_size, drop_last):
    """The length of a loader for `count` samples."""
    return len(bare(DataLoader, dataset=range(count), batch_size=batch_size, drop_last=drop_last))


with Checks("05.7", "DataLoader.__len__") as check:
    check.given(samples=10, batch_size=4, look="Two full batches, and a rest of two samples.")
    check.equal("the number of batches", batches_of(10, 4, False), 3)
    check.equal("the number of batches with drop_last", batches_of(10, 4, True), 2)
    check.given(samples=8, batch_size=4, look="Two full batches, and no rest.")
    check.equal("the number of batches", batches_of(8, 4, False), 2)
    check.probe(lambda: batches_of(7, 4, False))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    cases = [(12, 4), (1797, 32), (5, 10), (1, 1), (0, 3), (7, 1), (11, 4), (9, 4), (10**15 + 1, 10)]
    for count, size in cases:
        check.equal(f"batches of {size} in {count} samples", batches_of(count, size, False), -(-count // size), rtol=0)
        check.equal(f"full batches of {size} in {count} samples", batches_of(count, size, True), count // size, rtol=0)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 05.8 `DataLoader.__iter__`
#
# The heart of the module. A `for` loop calls `__iter__` once and then asks for one item after another. A function with
# `yield` in it does exactly that: it stops at each `yield` and continues when the next item is wanted. So only one
# batch is in memory at a time, however large the data set.

# %%
def countdown(start):
    while start > 0:
        yield start
        start -= 1


list(countdown(3))

# %% [markdown]
# Three demands that real training makes:
#
# * the next epoch has another order (count `self.epoch` when an epoch *begins*: one that is broken off counts too),
# * two loops over the same loader, one inside the other, do not disturb each other,
# * a data set with a `gather` is asked for whole batches, any other for single samples.
#
# <details><summary>A nudge</summary>
#
# First the order, from `self.seed` and `self.epoch`; then the counting; then a loop over `batch_indices(…)` with a
# `yield` in it. `hasattr(self.dataset, "gather")` answers the third demand.
# </details>

# %% nbgrader={"grade": false, "grade_id": "05-08-loader-iter", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(DataLoader)
def __iter__(self):
    """Yield the batches of one epoch, one at a time; `self.epoch` goes up by one when it begins.

    The order is `epoch_order(…)` for this loader's seed and epoch, cut by `batch_indices(…)`. A batch is
    `self.dataset.gather(indices)` if the data set has that method, else `collate` of the list of its samples.
    """
    ### BEGIN SOLUTION 05.8 DataLoader.__iter__: yield the batches of one epoch
    order = epoch_order(len(self.dataset), self.shuffle, self.seed, self.epoch)
    self.epoch += 1
    for indices in batch_indices(order, self.batch_size, self.drop_last):
        if hasattr(self.dataset, "gather"):
            yield self.dataset.gather(indices)
        else:
            yield collate([self.dataset[index] for index in indices])
    ### END SOLUTION

# %% [markdown]
# The test needs stand-ins for what you wrote before, so that it judges this exercise only: data that notes what was
# asked for, orders that are easy to check, and a collate that only wraps. Run the cells; nothing to do.

# %%
class Noting(Dataset):
    """Five samples; notes which ones were asked for."""

    def __init__(self):
        self.asked = []

    def __len__(self):
        return 5

    def __getitem__(self, index):
        self.asked.append(int(index))
        return f"sample {index}"


class NotingGather(Noting):
    def gather(self, indices):
        return "gathered", [int(index) for index in indices]

# %%
def turned(count, shuffle, seed, epoch):
    """Stands in for epoch_order: 'shuffled' orders are turned by the seed, and by one more in each epoch."""
    return np.roll(np.arange(count), -(seed + epoch)) if shuffle else np.arange(count)


def cut_five(order, batch_size, drop_last=False):
    """Stands in for batch_indices, for five samples in twos."""
    return [order[0:2], order[2:4]] + ([] if drop_last else [order[4:5]])

# %% nbgrader={"grade": true, "grade_id": "test-05-08-loader-iter", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
def noting_loader(data, shuffle=True, drop_last=False, seed=1):
    return bare(DataLoader, dataset=data, batch_size=2, shuffle=shuffle, drop_last=drop_last, seed=seed, epoch=0)


stand_ins = {"epoch_order": turned, "batch_indices": cut_five, "collate": lambda samples: ("collated", list(samples))}
with Checks("05.8", "DataLoader.__iter__") as check, check.using(**stand_ins):
    loader = noting_loader(Noting())
    check.given(order=[1, 2, 3, 4, 0], batch_size=2, look="Which samples does each batch hold?")
    batches = [("collated", [f"sample {i}" for i in part]) for part in [(1, 2), (3, 4), (0,)]]
    got = [batch for batch in loader]
    check.same("the list of kinds of batches", [type(batch).__name__ for batch in got], ["tuple"] * 3)
    check.same("the first epoch", got, batches)
    check.same("self.epoch after one epoch", loader.epoch, 1)
    check.given(order=[2, 3, 4, 0, 1], batch_size=2, look="The order depends on self.epoch, which has changed.")
    check.same("the first batch of the second epoch", next(iter(loader)), ("collated", ["sample 2", "sample 3"]))
    check.given(look="That epoch was broken off after one batch. Count it when it begins.")
    check.same("self.epoch", loader.epoch, 2)
    gathering = noting_loader(NotingGather(), shuffle=False)
    check.given(dataset="has a gather", look="Ask the data set for the whole batch.")
    batches = [("gathered", [0, 1]), ("gathered", [2, 3]), ("gathered", [4])]
    check.same("the epoch", [batch for batch in gathering], batches)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    dropping = noting_loader(Noting(), shuffle=False, drop_last=True)
    check.same("the epoch with drop_last", [batch for batch in dropping],
               [("collated", ["sample 0", "sample 1"]), ("collated", ["sample 2", "sample 3"])])
    lazy = noting_loader(Noting(), shuffle=False)
    next(iter(lazy))
    check.same("the list of samples asked for when one batch was wanted", lazy.dataset.asked, [0, 1])
    nested = noting_loader(NotingGather(), seed=0)
    pairs = [(outer[1][0], inner[1][0]) for outer in nested for inner in nested]
    expected = [(0, 1), (0, 3), (0, 0), (2, 2), (2, 4), (2, 1), (4, 3), (4, 0), (4, 2)]
    check.same("what two loops see, one inside the other,", pairs, expected)
    check.same("the number of epochs that have begun", nested.epoch, 4)
    check.same("the first batch for seed 3", next(iter(noting_loader(NotingGather(), seed=3))), ("gathered", [3, 4]))
    ### END HIDDEN TESTS

# %% [markdown]
# And now it runs. Two epochs of a shuffled loader over the digits, first labels only. Then the whole thing again from
# the same seed:

# %% tags=["demo"]
for attempt in ["first run", "again"]:
    loader = DataLoader(TensorDataset(Tensor(images), Tensor(labels)), batch_size=32, shuffle=True, seed=1)
    for epoch in range(2):
        x, y = next(iter(loader))
        print(f"{attempt}, epoch {epoch}: {len(loader)} batches; images {x.shape}, labels {y.data[:10]} …")

# %% [markdown]
# PyTorch's loader has the same arguments, except that its order comes from a `generator`, a stream that goes on from
# epoch to epoch: epoch 7 can only be repeated by running epochs 0 to 6 first. Yours is a function of seed and epoch,
# as in PyTorch's `DistributedSampler`, which wants `set_epoch` called for that reason. (It uses `seed + epoch`, the
# tempting shortcut.)
#
# ## Part 5. Why the order matters (30 minutes)
#
# A learner corrects itself after each batch. What if the batch says nothing about most classes? Sort the digits by
# class and count.

# %% tags=["demo"]
sorted_digits = TensorDataset(*(part[np.argsort(labels, kind="stable")] for part in (images, labels)))
everything = images.mean(axis=0)
for shuffle in [False, True]:
    batches = list(DataLoader(sorted_digits, batch_size=32, shuffle=shuffle, drop_last=True, seed=0))
    classes = np.mean([len(np.unique(y.data)) for _, y in batches])
    distance = np.mean([np.linalg.norm(x.data.mean(axis=0) - everything) for x, _ in batches])
    print(f"{'shuffled' if shuffle else 'sorted  '}: {classes:.2f} classes in a batch; "
          f"its average picture is {distance:.2f} away from that of all digits")

# %% [markdown]
# Sorted, a batch looks like one digit; shuffled, like the whole set. Every batch is a *sample* of the data, and only a
# random sample is, on average, right about it: its mean, its loss and, from Module 06 on, its gradient. A sorted batch
# is biased, and the bias does not average out within an epoch, since the learner has changed in between.

# %% [markdown]
# ### 05.9 `split_indices`
#
# One more order matters before we can measure that. A learner is judged on digits that it has not seen, so some are
# set aside. The last fifth of the file will not do: people's handwriting, or classes, stand together there. Deal them
# out at random.
#
# **By hand.** 10 samples and a test share of 0.3: three indices for the test, the other seven for training, none in
# both, none lost.

# %% nbgrader={"grade": false, "grade_id": "05-09-split-indices", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def split_indices(count, test_share, seed):
    """Deal the indices from 0 to count-1 at random into two arrays: (for training, for the test).

    The second has ``round(count * test_share)`` of them, the first the rest. It depends on the arguments only.
    """
    ### BEGIN SOLUTION 05.9 split_indices: return two arrays of indices, for training and for the test
    order = np.random.default_rng(seed).permutation(count)
    size = round(count * test_share)
    return order[size:], order[:size]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-05-09-split-indices", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("05.9", "split_indices") as check:
    check.given(count=100, test_share=0.3, look="Three in ten are for the test.")
    train, test = split_indices(100, 0.3, seed=0)
    check.same("how many for training and for the test", [len(train), len(test)], [70, 30])
    check.equal("the list of all indices, sorted,", np.sort(np.concatenate([train, test])), np.arange(100))
    check.given(count=100, test_share=0.3, look="Shuffle before you cut, with a generator made from the seed.")
    check.true("the test indices stand together: they were not dealt at random", np.ptp(test) > 40, got=np.sort(test))
    check.unchanged("the test part for the same seed", split_indices(100, 0.3, seed=0)[1], test, look="Is the generator made from the seed?")
    check.given(count=10, test_share=0.0, look="What is `order[:-0]`?")
    check.same("how many for training and for the test", [len(part) for part in split_indices(10, 0.0, seed=2)], [10, 0])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    other = split_indices(100, 0.3, seed=1)[1]
    check.true("another seed gives the same split", not np.array_equal(np.sort(other), np.sort(test)))
    check.same("the pair of sizes for 1797 and 0.2", [len(part) for part in split_indices(1797, 0.2, seed=5)], [1438, 359])
    check.same("the pair of sizes for 7 and 0.5", [len(part) for part in split_indices(7, 0.5, seed=5)], [3, 4])
    check.same("the pair of sizes for 10 and 1", [len(part) for part in split_indices(10, 1.0, seed=2)], [0, 10])
    tests = np.concatenate([split_indices(20, 0.25, seed=seed)[1] for seed in range(400)])
    often = np.bincount(tests, minlength=20)
    check.equal("how often each of 20 is in the test, in 400 splits", often, np.full(20, 100), atol=40)
    train, test = split_indices(1797, 0.2, seed=5)
    check.equal("the list of 1797 indices, sorted,", np.sort(np.concatenate([train, test])), np.arange(1797))
    check.same("the kind of numbers", [train.dtype.kind, test.dtype.kind], ["i", "i"])
    check.true("the test indices are evenly spaced, not random", len(np.unique(np.diff(np.sort(test)))) > 4)
    ### END HIDDEN TESTS

# %% [markdown]
# Now the measurement. The learner is the smallest there is: scores from a weighted sum of the pixels, corrected after
# each batch. How that correction comes about is the matter of Modules 04, 06 and 07. Here it is given, in plain NumPy,
# and only the loader differs.

# %% tags=["demo"]
def one_epoch(loader, test, rate=0.5):
    """Learn from each batch once; the accuracy on the test digits after each batch, and the answers at the end."""
    weight, history = np.zeros((64, 10), np.float32), []
    for x, y in loader:
        scores = x.data @ weight
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        chances[np.arange(len(chances)), y.data] -= 1
        weight -= rate * x.data.T @ chances / len(chances)
        answers = (test.tensors[0].data @ weight).argmax(axis=1)
        history.append((answers == test.tensors[1].data).mean())
    return history, answers

# %% tags=["demo"]
train, test = split_indices(len(labels), 0.2, seed=0)
by_class = train[np.argsort(labels[train], kind="stable")]
learn, held_out = (TensorDataset(images[part], labels[part]) for part in (by_class, test))
plt.figure(figsize=(6, 3))
for shuffle, colour, mark in [(False, "#0072B2", "s-"), (True, "#E69F00", "o-")]:
    name = "shuffled" if shuffle else "sorted by class"
    history, answers = one_epoch(DataLoader(learn, batch_size=32, shuffle=shuffle, seed=0), held_out)
    plt.plot(history, mark, color=colour, markersize=3, label=name)
    print(f"{name}: {history[-1]:.0%} right after one epoch; it says 9 for {(answers == 9).mean():.0%} of the digits")
plt.xlabel("batch")
plt.ylabel("accuracy on the test digits")
plt.legend()
show(plt.gcf(), "Accuracy on test digits against batch within one epoch. Shuffled, it rises quickly and stays near nine in ten; "
                "sorted by class, it never leaves the range between one and two in ten.")

# %% [markdown]
# The same pictures, the same number of corrections. The sorted learner has just seen about 140 nines in a row and
# answers "9" to everything. It forgets each class while it learns the next.
#
# `shuffle=True` for training, then; for the test, keep the order: there is nothing to learn, and results stay next to
# their samples.

# %% [markdown]
# One honest remark about our split: the file does not say who wrote what, so digits by one hand are in both parts. For
# a number that holds for *new writers*, whole writers would have to be set aside. The data's authors did that: these
# 1,797 are by thirteen people who wrote none of their training digits.

# %% [markdown]
# ## Part 6. Check your understanding (15 minutes)
#
# ### 05.10 Samples in an epoch, and in many
#
# With 1,797 digits in batches of 32 and `drop_last`, 56 batches hold 1,792 digits; five are left out, and with shuffling
# each time others. How many samples are handed out in three epochs?

# %% nbgrader={"grade": false, "grade_id": "05-10-samples-shown", "locked": false, "schema_version": 3, "solution": true, "task": false}
def samples_shown(count, batch_size, epochs, drop_last):
    """How many samples a loader hands out in so many epochs, repetitions counted."""
    ### BEGIN SOLUTION 05.10 samples_shown: return the number of samples in all batches of all epochs
    return epochs * (count - count % batch_size if drop_last else count)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-05-10-samples-shown", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("05.10", "samples_shown") as check:
    check.given(count=1797, batch_size=32, epochs=3, drop_last=True, look="56 batches of 32, three times.")
    check.equal("the number of samples", samples_shown(1797, 32, 3, True), 5376)
    check.given(count=1797, batch_size=32, epochs=3, drop_last=False, look="Nothing is left out.")
    check.equal("the number of samples", samples_shown(1797, 32, 3, False), 5391)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    both = [samples_shown(100, 10, 2, drop) for drop in (True, False)]
    check.equal("the number for 100 in tens, dropped or not", both, [200, 200])
    both = [samples_shown(5, 8, 4, drop) for drop in (True, False)]
    check.equal("the number for 5 in batches of 8, dropped or not", both, [0, 20])
    ### END HIDDEN TESTS

# %% [markdown]
# ### 05.11 Bytes in a batch
#
# A batch of digits is `batch_size` rows of float32 numbers, 4 bytes each, and one int64 label a row, 8 bytes. One
# digit: 64·4 + 8 = 264 bytes. A sample can also be a single number, of shape ().

# %% nbgrader={"grade": false, "grade_id": "05-11-batch-bytes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def batch_bytes(batch_size, shape):
    """Bytes of a batch: float32 samples of this shape, such as (64,) or (3, 224, 224), with an int64 label each."""
    ### BEGIN SOLUTION 05.11 batch_bytes: return the bytes of the samples and of the labels
    return batch_size * (4 * int(np.prod(shape)) + 8)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-05-11-batch-bytes", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with Checks("05.11", "batch_bytes") as check:
    check.given(batch_size=1, shape=(64,), look="64 numbers of 4 bytes, a label of 8.")
    check.equal("the size of one digit", batch_bytes(1, (64,)), 264)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the size of 32 digits", batch_bytes(32, (64,)), 8448)
    check.equal("the size of 32 photographs", batch_bytes(32, (3, 224, 224)), 19267840, rtol=0)
    check.equal("the size of 5 single numbers", batch_bytes(5, ()), 60)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 05.12 Classes in a shuffled batch
#
# Above, shuffled batches of 32 held nearly all of the 10 classes. Could you have known how many? A sample misses a given
# class with probability $1 - 1/10$; all 32 miss it with $0.9^{32}$. With what probability is the class there? And there
# are ten of them. (This takes the classes as equally large, and the set as much larger than the batch.)

# %% nbgrader={"grade": false, "grade_id": "05-12-expected-classes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def expected_classes(batch_size, classes):
    """The average number of different classes in a batch whose samples have independent, equally likely classes."""
    ### BEGIN SOLUTION 05.12 expected_classes: return the expected number of different classes
    return classes * (1 - (1 - 1 / classes) ** batch_size)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-05-12-expected-classes", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with Checks("05.12", "expected_classes") as check:
    check.given(batch_size=2, classes=10, look="The second sample repeats the first one's class one time in ten.")
    check.equal("the average number of classes", expected_classes(2, 10), 1.9)
    check.given(batch_size=2, classes=4, look="Here it is one time in four.")
    check.equal("the average number of classes", expected_classes(2, 4), 1.75)
    check.probe(lambda: expected_classes(20, 10))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the number for a batch of one", expected_classes(1, 7), 1.0)
    check.equal("the number for 32 of 10", expected_classes(32, 10), 9.656632)
    check.equal("the number for 256 of 1000", expected_classes(256, 1000), 225.9524, rtol=1e-4)
    check.equal("the number for a single class", expected_classes(5, 1), 1.0)
    ### END HIDDEN TESTS

# %% [markdown]
# ## Batches streaming
#
# To finish, the first six batches of eight, from the digits sorted by class: in order above, shuffled below.

# %% tags=["demo"]
fig, axes = plt.subplots(2, 6, figsize=(9, 2.2))
for row, shuffle in zip(axes, [False, True]):
    loader = DataLoader(sorted_digits, batch_size=8, shuffle=shuffle, seed=4)
    for axis, (x, y) in zip(row, loader):
        tiles = x.data.reshape(2, 4, 8, 8).transpose(0, 2, 1, 3).reshape(16, 32)
        axis.imshow(tiles, cmap="Greys")
        axis.set_title(" ".join(str(label) for label in y.data), fontsize=8)
        axis.axis("off")
show(plt.gcf(), "Two rows of six batches of eight digits. In the upper row, unshuffled, every picture is a 0; in the lower "
                "row, shuffled, each batch mixes many different digits.")

# %% [markdown]
# ## Take it with you
#
# Save the notebook and export it, in a terminal or in a cell that starts with `!`:
#
# ```
# tinytorch export 05_dataloader
# ```
#
# What works now that did not before: any data with a length and an index streams in batches, shuffled, repeatable, one
# batch in memory at a time. With Modules 01 to 05 you can compute how wrong a network is on each of them. What is
# missing is the way back: Module 06.
