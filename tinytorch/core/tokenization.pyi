"""Types of `tinytorch.core.tokenization`, whose methods are attached cell by cell."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = [
    "CharTokenizer",
    "load_docstrings",
    "whole_characters",
    "pair_counts",
    "merge",
    "PIECES",
    "word_counts",
    "merge_changes",
    "learn_merges",
    "encode_piece",
    "BPETokenizer",
    "bits_per_byte",
]

_Pair: TypeAlias = tuple[int, int]
_Ids: TypeAlias = Sequence[int] | npt.NDArray[np.integer[Any]]

class CharTokenizer:
    characters: list[str]
    ids: dict[str, int]
    def __init__(self, text: str) -> None: ...
    def __len__(self) -> int: ...
    def encode(self, text: str) -> list[int]: ...
    def decode(self, ids: _Ids) -> str: ...

def load_docstrings() -> list[str]: ...
def whole_characters(data: bytes) -> int: ...
def pair_counts(ids: Sequence[int]) -> dict[_Pair, int]: ...
def merge(ids: Sequence[int], pair: _Pair, new: int) -> list[int]: ...

PIECES: re.Pattern[str]

def word_counts(texts: Iterable[str]) -> Counter[bytes]: ...
def merge_changes(ids: Sequence[int], pair: _Pair, new: int) -> tuple[list[int], dict[_Pair, int]]: ...
def learn_merges(words: Mapping[bytes, int], count: int) -> list[_Pair]: ...
def encode_piece(data: bytes, ids: Mapping[_Pair, int]) -> list[int]: ...

class BPETokenizer:
    merges: list[_Pair]
    ids: dict[_Pair, int]
    pieces: list[bytes]
    special: dict[str, int]
    def __init__(self, merges: Iterable[_Pair], special: Sequence[str] = ()) -> None: ...
    def __len__(self) -> int: ...
    @classmethod
    def train(cls, texts: Iterable[str], size: int, special: Sequence[str] = ()) -> BPETokenizer: ...
    def encode(self, text: str) -> list[int]: ...
    def decode(self, ids: _Ids) -> str: ...

def bits_per_byte(loss: float, ids: int, size: int) -> float: ...
