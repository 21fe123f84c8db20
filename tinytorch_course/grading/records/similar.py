"""Finds pairs of submissions that share what the rest of the class does not have: worth a look, proof of nothing.

Winnowing (Schleimer, Wilkerson and Aiken, 2003) over token sequences in which the student's own names, comments and layout
do not count. Fingerprints that many share say nothing: they come from the task itself, as do those of what was given.
"""

from __future__ import annotations

import functools
import hashlib
import keyword
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

_GRAM, _WINDOW = 9, 5
_FEWEST = 12  # shared rare fingerprints that count as telling
_ALIKE = 0.6
_LONGEST = 100_000  # characters of one piece of code that are looked at
_MOST = 400_000  # and of one student
_AT_ONCE = 100_000  # fingerprints of a class that are sorted together: what memory this takes does not grow with it
# Python's own tokenizer takes minutes for some lines, and stops at the first that is no Python. This one takes each
# character once, whatever comes.
_TOKEN = re.compile(
    r"""
      (?P<skip> \#[^\n]* | \\\n | "{3}[\s\S]*?(?:"{3}|\Z) | '{3}[\s\S]*?(?:'{3}|\Z))
    | (?P<text> "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'?)
    | (?P<name> [^\W\d]\w*)
    | (?P<rest> \d[\w.]* | \*\*=? | //=? | -> | [-+*/%@&|^=!<>:]= | <<|>> | \S)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Pair:
    """Two students, how much of what is rare in the one is in the other too, and the fingerprints of it."""

    one: str
    other: str
    shared: int
    likeness: float
    prints: frozenset[int] = frozenset()


def _tokens(code: str) -> tuple[list[int], list[re.Match[str]]]:
    """The words that count, as numbers, and where each stands."""
    numbers, places, previous = [], [], ""
    for found in _TOKEN.finditer(code[:_LONGEST]):
        kind = found.lastgroup
        if kind == "skip":
            continue
        text = found.group()
        if kind == "name" and previous != "." and not keyword.iskeyword(text):
            numbers.append(_NAME)  # attributes keep theirs: they are the library's
        else:
            numbers.append(_number(text) if len(text) < 100 else _number.__wrapped__(text))
        places.append(found)
        previous = text
    return numbers, places


@functools.lru_cache(1 << 16)
def _number(word: str) -> int:
    """The same for the same word in each process, unlike Python's hash of it: else each report would choose others."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=7).digest(), "big")


_NAME = _number("name")


def _winnowed(numbers: list[int]) -> list[tuple[int, int]]:
    """The fingerprints that are kept, with the first of the words of each.

    What is told of one is its low 32 bits. It is kept for being the least of its neighbours, which the high ones decide: only
    the low ones lie evenly.
    """
    prints = [(hash(tuple(numbers[at : at + _GRAM])), at) for at in range(len(numbers) - _GRAM + 1)]
    if len(prints) > _WINDOW:
        windows = range(len(prints) - _WINDOW + 1)
        prints = list(dict.fromkeys(min(prints[at : at + _WINDOW]) for at in windows))
    return [(value & 0xFFFF_FFFF, at) for value, at in prints]


def fingerprints(code: str) -> set[int]:
    """The winnowed fingerprints of a piece of code."""
    return {value for value, _ in _winnowed(_tokens(code)[0])}


def shared_lines(code: str, prints: Collection[int]) -> set[int]:
    """The lines of a piece of code, counted from 0, in which these fingerprints are."""
    numbers, places = _tokens(code)
    lines: set[int] = set()
    for value, at in _winnowed(numbers):
        if value in prints:
            first, last = places[at].start(), places[at + _GRAM - 1].start()
            above = code.count("\n", 0, first)
            lines.update(range(above, above + code.count("\n", first, last) + 1))
    return lines


def _all_prints(pieces: Iterable[str]) -> set[int]:
    found: set[int] = set()
    left = _MOST
    for piece in pieces:
        found |= fingerprints(piece[: max(0, left)])
        left -= len(piece)
    return found


Prints = npt.NDArray[np.uint32]


def prints_of(pieces: Iterable[str]) -> Prints:
    """The fingerprints of somebody's code, sorted, in four bytes each: that is all that is kept of a class's code."""
    return np.array(sorted(_all_prints(pieces)), np.uint32)


def pairs_of(prints: Mapping[str, Prints], given: Iterable[str] = (), most: int = 40) -> list[Pair]:
    """Pairs that are alike in what is rare, the most alike first. Time grows with the class's code, not faster.

    Parameters
    ----------
    prints : mapping
        For each student, `prints_of` the code that is their own.
    given : iterable of str
        Code that the edition gave to all.
    """
    students = list(prints)
    values, starts, owners, rares = _rare([prints[student] for student in students], prints_of(given))
    found: list[tuple[float, int, int, int]] = []
    for one, student in enumerate(students):
        mine = _places(values, prints[student])
        if len(mine) < _FEWEST:
            continue
        with_me = [owners[first:last] for first, last in zip(starts[mine], starts[mine + 1])]
        number = np.bincount(np.concatenate(with_me), minlength=len(students))
        for other in np.flatnonzero(number >= _FEWEST).tolist():
            likeness = int(number[other]) / int(min(rares[one], rares[other]))
            if other > one and likeness >= _ALIKE:
                first, second = sorted((one, other), key=lambda at: students[at])
                found.append((-likeness, -int(number[other]), first, second))
    found.sort(key=lambda pair: (pair[0], pair[1], students[pair[2]]))
    pairs = []
    for likeness, less, first, second in found[:most]:
        both = np.intersect1d(prints[students[first]], prints[students[second]])
        telling = values[_places(values, both)]
        pairs.append(Pair(students[first], students[second], -less, -likeness, frozenset(telling.tolist())))
    return pairs


def _rare(own: Sequence[Prints], known: Prints) -> tuple[Prints, Any, Any, Any]:
    """The fingerprints that at least two students have and few, sorted; and how many that few have each student has.

    Whose they are stands in the third array, for the one at place ``i`` from ``starts[i]`` to ``starts[i + 1]``.
    """
    few = max(3, len(own) // 50)  # what more than these share comes from the task
    parts = sum(map(len, own)) // _AT_ONCE + 1
    edges = np.linspace(0, 1 << 32, parts + 1)  # fingerprints lie evenly between these
    cuts = [np.searchsorted(one, edges) for one in own]
    rares = np.zeros(len(own), np.int64)
    shared: list[tuple[Any, Any, Any]] = [(np.empty(0, np.uint32), np.empty(0, np.int64), np.empty(0, np.int32))]
    for part in range(parts):
        pieces = [one[cut[part] : cut[part + 1]] for one, cut in zip(own, cuts)]
        owners = np.repeat(np.arange(len(own), dtype=np.int32), [len(piece) for piece in pieces])
        values, places, counts = np.unique(
            np.concatenate([*pieces, shared[0][0]]), return_inverse=True, return_counts=True
        )
        rare = (counts <= few) & ~np.isin(values, known)
        rares += np.bincount(owners[rare[places]], minlength=len(own))
        by_two = rare & (counts > 1)
        chosen = by_two[places]
        order = np.argsort(places[chosen], kind="stable")
        shared.append((values[by_two], counts[by_two], owners[chosen][order]))
    values, counts, owners = (np.concatenate(column) for column in zip(*shared))
    return values, np.concatenate([[0], np.cumsum(counts)]), owners, rares


def _places(values: Prints, some: Prints) -> Any:
    """Where in the sorted `values` those of `some` stand that are there."""
    places = np.searchsorted(values, some)
    there = places < len(values)
    there[there] = values[places[there]] == some[there]
    return places[there]
