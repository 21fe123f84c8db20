# %% [markdown]
# # Module 05: DataLoader
#
# > Data sets, shuffled batches, and the handwritten digits.

# %%
#| default_exp core.dataloader

# %%
#| export
import os
from pathlib import Path

import numpy as np

import tinytorch
from tinytorch.core.tensor import Tensor, method_of

# %%
from tinytorch.checks import Checks, bare

# %%
#| export
class Dataset:
    """Samples that are counted from 0: subclasses write `__len__` and `__getitem__`, and nothing else."""

    def __len__(self):
        raise NotImplementedError(f"{type(self).__name__} has no __len__: how many samples are there?")

    def __getitem__(self, index):
        raise NotImplementedError(f"{type(self).__name__} has no __getitem__: what is sample {index}?")

# %%
#| export
class TensorDataset(Dataset):
    """Tensors whose rows belong together: sample i is the tuple of their rows i."""

    def __len__(self):
        return len(self.tensors[0])

# %% nbgrader={"grade": false, "grade_id": "05-01-tensordataset-init", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(TensorDataset)
def __init__(self, *tensors):
    """Keep the tensors in `self.tensors`, a tuple; arrays become tensors.

    Raises ValueError when there is no tensor, or when not all have the same length (with the different lengths in its message).
    """
    ### BEGIN SOLUTION 05.1 TensorDataset.__init__: keep the tensors in self.tensors, if they fit together
    if not tensors:
        raise ValueError("a TensorDataset needs at least one tensor")
    self.tensors = tuple(tensor if isinstance(tensor, Tensor) else Tensor(tensor) for tensor in tensors)
    lengths = [len(tensor) for tensor in self.tensors]
    if len(set(lengths)) > 1:
        raise ValueError(f"the tensors should have the same length, but they have {lengths}")
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "05-02-tensordataset-getitem", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(TensorDataset)
def __getitem__(self, index):
    """Sample `index`, a tuple with one row of each tensor; -1 is the last sample.

    Raises IndexError, with the index and the number of samples in its message, when there is no such sample.
    """
    ### BEGIN SOLUTION 05.2 TensorDataset.__getitem__: return a tuple with row `index` of each tensor
    if not -len(self) <= index < len(self):
        raise IndexError(f"there is no sample {index} among {len(self)}")
    return tuple(tensor[index] for tensor in self.tensors)
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "05-03-batch-indices", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def batch_indices(order, batch_size, drop_last=False):
    """Cut `order`, an array of indices, into batches: a list of arrays of `batch_size` indices.

    The last one may be shorter; with `drop_last` it is left out then.
    """
    ### BEGIN SOLUTION 05.3 batch_indices: return a list of pieces of `order`
    batches = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
    if drop_last and batches and len(batches[-1]) < batch_size:
        batches.pop()
    return batches
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "05-04-epoch-order", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def epoch_order(count, shuffle, seed, epoch):
    """The order in which an epoch visits `count` samples: an integer array with each index from 0 to count-1 once.

    Without `shuffle`, 0, 1, 2, …; with it, a random order that depends on `seed` and `epoch` only.
    """
    ### BEGIN SOLUTION 05.4 epoch_order: return the indices, in order or shuffled
    if not shuffle:
        return np.arange(count)
    return np.random.default_rng([seed, epoch]).permutation(count)
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "05-05-collate", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def collate(samples):
    """Make a batch of a list of samples: a tuple of tensors, one for each position of a sample.

    A sample is a tuple of tensors, arrays or numbers. Those in the same position are stacked along a new first dimension and
    keep their dtype; Python's floats become float32.
    Raises ValueError, with two of the shapes in its message, when they have different shapes.
    """
    ### BEGIN SOLUTION 05.5 collate: return a tuple with the stacked tensors
    batch = []
    for column in zip(*samples):
        arrays = [item.data if isinstance(item, Tensor) else np.asarray(item) for item in column]
        for array in arrays:
            if array.shape != arrays[0].shape:
                raise ValueError(f"samples of shapes {arrays[0].shape} and {array.shape} cannot be stacked")
        stacked = np.stack(arrays)
        batch.append(Tensor(stacked.astype(np.float32) if type(column[0]) is float else stacked))
    return tuple(batch)
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "05-06-gather", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(TensorDataset)
def gather(self, indices):
    """The samples with these indices as one batch, a tuple of tensors, by indexing each tensor once with the whole array."""
    ### BEGIN SOLUTION 05.6 TensorDataset.gather: return a tuple with the rows `indices` of each tensor
    return tuple(tensor[indices] for tensor in self.tensors)
    ### END SOLUTION

# %%
#| export
class DataLoader:
    """Goes through a data set in batches: ``for images, labels in DataLoader(dataset, batch_size=32, shuffle=True): …``.

    Parameters
    ----------
    dataset : Dataset
        Anything with a length whose items are tuples of tensors, arrays or numbers.
    batch_size : int
        Samples a batch, at least 1.
    shuffle : bool
        Whether each epoch has a new random order.
    drop_last : bool
        Whether a last batch that is too short is left out.
    seed : int, optional
        The same seed gives the same orders, epoch by epoch. Without, each loader has its own.
    """

    def __init__(self, dataset, batch_size=1, shuffle=False, drop_last=False, seed=None):
        if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ValueError(f"batch_size should be a whole number of at least 1, not {batch_size!r}")
        self.dataset, self.batch_size, self.shuffle, self.drop_last = dataset, batch_size, shuffle, drop_last
        self.seed = np.random.SeedSequence().entropy if seed is None else seed
        self.epoch = 0  # how many times we have been through the data

# %% nbgrader={"grade": false, "grade_id": "05-07-loader-len", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(DataLoader)
def __len__(self):
    """How many batches an epoch has."""
    ### BEGIN SOLUTION 05.7 DataLoader.__len__: return the number of batches
    full, rest = divmod(len(self.dataset), self.batch_size)
    return full + (rest > 0 and not self.drop_last)
    ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "05-08-loader-iter", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(DataLoader)
def __iter__(self):
    """Yield the batches of one epoch, and count `self.epoch` up by one when it begins.

    The order comes from `epoch_order`, is cut by `batch_indices`; a batch comes from `self.dataset.gather(indices)`
    where the data set has a `gather`, else from `collate` with the list of its samples.
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

# %% nbgrader={"grade": false, "grade_id": "05-09-split-indices", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def split_indices(count, test_share, seed):
    """Deal the indices from 0 to count-1 at random into two arrays: for training, and for the test.

    The second has round(count * test_share) of them. The same seed gives the same split.
    """
    ### BEGIN SOLUTION 05.9 split_indices: return two arrays of indices, for training and for the test
    order = np.random.default_rng(seed).permutation(count)
    size = round(count * test_share)
    return order[size:], order[:size]
    ### END SOLUTION

# %%
#| export
def find_digits(path=None):
    """The file with the digits; see `load_digits` for where it is looked for."""
    if path is not None:
        places = [Path(path)]
    elif os.environ.get("TINYTORCH_DATA"):
        places = [Path(os.environ["TINYTORCH_DATA"]) / "digits"]
    else:
        roots = [Path.cwd(), *Path.cwd().parents, Path(tinytorch.__file__).resolve().parents[1]]
        places = [root / "data" / "digits" for root in roots]
    for place in places:
        file = place / "digits.csv.gz" if place.suffix != ".gz" else place
        if file.is_file():
            return file
    looked = "".join(f"\n  {place}" for place in places)
    raise FileNotFoundError(f"there is no digits.csv.gz; looked in{looked}\nSay load_digits('…/data/digits'), or set TINYTORCH_DATA.")

# %%
#| export
def load_digits(path=None):
    """The 1,797 handwritten digits of data/digits: images and labels.

    Parameters
    ----------
    path : path, optional
        The folder with digits.csv.gz, or that file. Without it, `digits` in the folder that the environment variable
        TINYTORCH_DATA names; without that, data/digits in the working directory, above it, or beside the package.

    Returns
    -------
    images : ndarray
        float32 in [0, 1], shape (1797, 64); ``images.reshape(-1, 8, 8)`` are the pictures.
    labels : ndarray
        int64, 0 to 9, shape (1797,).

    Raises
    ------
    FileNotFoundError
        With the places that were looked in.
    """
    table = np.loadtxt(find_digits(path), delimiter=",", dtype=np.float32, encoding="utf-8")
    return table[:, :-1] / 16, table[:, -1].astype(np.int64)
