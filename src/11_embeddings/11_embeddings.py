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
# > From symbols to vectors: a table whose rows are learned, its gradient, and positions as waves.
#
# Time: about 3½ hours. You need Modules 01 to 07.

# %%
#| default_exp core.embeddings

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

# %%
from tinytorch.readiness import check_engine

check_engine(needs=("layers", "optimizers"))

# %%
#| export
import numpy as np

from tinytorch.core.layers import Layer, generator
from tinytorch.core.tensor import Tensor, method_of

# %%
#| export
def check_ids(ids, count):
    """The ids as an integer array, when each is the number of a row: from 0 to count - 1.

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
        For floating or Boolean ids; the message names the dtype.
    IndexError
        For a negative id and for one from `count` on; the message names the id and `count`.
    """
    ids = np.asarray(ids.data if isinstance(ids, Tensor) else ids)
    if ids.dtype.kind not in "iu":
        raise TypeError(f"ids are row numbers, so they have to be integers, not {ids.dtype}")
    outside = ids[(ids < 0) | (ids >= count)]
    if outside.size:
        raise IndexError(f"there is no row {outside[0]} in a table of {count} rows: ids go from 0 to {count - 1}")
    return ids

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

    Shapes: weight (num_embeddings, embedding_dim), a parameter.
    """

    def __init__(self, num_embeddings, embedding_dim):
        if num_embeddings < 1 or embedding_dim < 1:
            raise ValueError(f"Embedding needs at least one row and one column, not {num_embeddings} and {embedding_dim}")
        numbers = generator.normal(size=(num_embeddings, embedding_dim))
        self.weight = Tensor(numbers.astype(np.float32), requires_grad=True)

    def forward(self, ids):
        """The rows of the ids. Shapes: ids S of integers (any shape), the result S + (embedding_dim,)."""
        return self.weight[check_ids(ids, self.weight.shape[0])]

    def __repr__(self):
        return f"Embedding({self.weight.shape[0]}, {self.weight.shape[1]})"

# %%
#| export
def sinusoidal_positions(max_length, embed_dim):
    """A row of sines and cosines for each position (Vaswani et al., 2017): column 2i holds sin(p w), column 2i + 1 cos(p w).

    Parameters
    ----------
    max_length : int
        How many positions p, from 0 on.
    embed_dim : int
        The length of a row. The frequency w of the columns 2i and 2i + 1 is 10000 ** (-2i / embed_dim); an odd embed_dim
        ends with a sine.

    Returns
    -------
    numpy.ndarray of shape (max_length, embed_dim), float32
    """
    columns = np.arange(embed_dim)
    frequencies = 10000.0 ** (-(columns // 2 * 2) / embed_dim)
    angles = np.arange(max_length)[:, None] * frequencies
    return np.where(columns % 2 == 0, np.sin(angles), np.cos(angles)).astype(np.float32)

# %%
#| export
class PositionalEncoding(Layer):
    """Adds to each place of a sequence the row of its position.

    Parameters
    ----------
    embed_dim : int
        The length of a row, at least 1.
    max_length : int
        The longest sequence that fits, at least 1.
    learned : bool
        False: the rows are `sinusoidal_positions`, an array ``self.positions``. True: the rows are a parameter
        ``self.weight`` (max_length, embed_dim), small random numbers at first.
    """

    def __init__(self, embed_dim, max_length=512, learned=False):
        if embed_dim < 1 or max_length < 1:
            raise ValueError(f"PositionalEncoding needs at least one column and one row, not {embed_dim} and {max_length}")
        self.learned = bool(learned)
        if learned:
            numbers = 0.02 * generator.normal(size=(max_length, embed_dim))
            self.weight = Tensor(numbers.astype(np.float32), requires_grad=True)
        else:
            self.positions = sinusoidal_positions(max_length, embed_dim)

    def forward(self, x):
        """x plus the rows of the positions 0, 1, …, T - 1. Shapes: x (..., T, embed_dim), the result the same.

        Raises ValueError when T is above max_length, or the last dimension of x is not embed_dim.
        """
        rows = self.weight if self.learned else Tensor(self.positions.astype(x.dtype))
        if x.ndim < 2 or x.shape[-1] != rows.shape[1] or x.shape[-2] > rows.shape[0]:
            raise ValueError(f"x of shape {x.shape} does not fit {rows.shape[0]} positions of {rows.shape[1]} numbers")
        return x + rows[: x.shape[-2]]

    def __repr__(self):
        rows = self.weight if self.learned else self.positions
        return f"PositionalEncoding({rows.shape[1]}, {rows.shape[0]}, learned={self.learned})"
