"""Types of `tinytorch.core.dataloader`, whose methods are attached cell by cell."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .tensor import Tensor

__all__ = [
    "find_digits",
    "load_digits",
    "Dataset",
    "TensorDataset",
    "batch_indices",
    "epoch_order",
    "collate",
    "DataLoader",
    "split_indices",
]

_Path = str | os.PathLike[str]

def find_digits(path: _Path | None = None) -> Path: ...
def load_digits(path: _Path | None = None) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]: ...

class Dataset:
    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> Any: ...

class TensorDataset(Dataset):
    tensors: tuple[Tensor, ...]
    def __init__(self, *tensors: Tensor | npt.NDArray[Any] | list[Any]) -> None: ...
    def __getitem__(self, index: int) -> tuple[Tensor, ...]: ...
    def gather(self, indices: npt.NDArray[np.integer[Any]]) -> tuple[Tensor, ...]: ...

def batch_indices(
    order: npt.NDArray[np.integer[Any]], batch_size: int, drop_last: bool = False
) -> list[npt.NDArray[np.integer[Any]]]: ...
def epoch_order(count: int, shuffle: bool, seed: int, epoch: int) -> npt.NDArray[np.integer[Any]]: ...
def collate(samples: Sequence[Any]) -> tuple[Tensor, ...]: ...
def split_indices(
    count: int, test_share: float, seed: int
) -> tuple[npt.NDArray[np.integer[Any]], npt.NDArray[np.integer[Any]]]: ...

class DataLoader:
    dataset: Dataset
    batch_size: int
    shuffle: bool
    drop_last: bool
    seed: int
    epoch: int
    def __init__(
        self,
        dataset: Dataset,
        batch_size: int = 1,
        shuffle: bool = False,
        drop_last: bool = False,
        seed: int | None = None,
    ) -> None: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[tuple[Tensor, ...]]: ...
