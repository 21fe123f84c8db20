"""Finds pairs of submissions that share what the rest of the class does not have: worth a look, proof of nothing.

Pieces of code: winnowing (Schleimer, Wilkerson and Aiken, 2003) over token sequences in which the student's own names,
comments and layout do not count. Fingerprints that many share say nothing: they come from the task itself, as do those of
what was given.

Whole answers: each may be what many write, and all of them together what no two come to by themselves. An answer that a
share p of the class has counts -log2(p) bits, and what a pair shares is held against what each of them shares with others.
"""

from __future__ import annotations

import functools
import hashlib
import keyword
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from .answers import words

_GRAM, _WINDOW = 9, 5
_FEWEST = 12  # shared rare fingerprints that count as telling
_ALIKE = 0.6
_BITS = 4  # by which the equal answers of a pair have to be rarer than one pair among all of a class
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
    """Two students who are alike.

    Parameters
    ----------
    shared, likeness : int, float
        How many of the rare fingerprints the two share, and which share that is of those of the one who has fewer.
    prints : frozenset of int
        These fingerprints.
    equal : frozenset of str
        Grade ids of equal answers, where they are too many for chance.
    """

    one: str
    other: str
    shared: int
    likeness: float
    prints: frozenset[int] = frozenset()
    equal: frozenset[str] = frozenset()


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


@functools.lru_cache(64)
def _numbers(code: str) -> tuple[int, ...]:
    """The words that count: of an answer they are asked for twice, and many of a class have the same."""
    return tuple(_tokens(code)[0])


def _winnowed(numbers: Sequence[int]) -> list[tuple[int, int]]:
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
    return {value for value, _ in _winnowed(_numbers(code))}


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


_NOTHING: Prints = np.empty(0, np.uint32)


@dataclass(frozen=True)
class Work:
    """All that is kept of somebody's notebook, in four bytes each.

    Parameters
    ----------
    prints : array
        `prints_of` their code.
    answers : array
        `answer_print` of each of their answers, in an order that is the same for all; 0 for those as they were handed out.
    """

    prints: Prints
    answers: Prints = field(default_factory=lambda: _NOTHING)


def prints_of(pieces: Iterable[str]) -> Prints:
    """The fingerprints of somebody's code, sorted."""
    return np.array(sorted(_all_prints(pieces)), np.uint32)


def answer_print(text: str, is_code: bool = True) -> int:
    """A number for an answer, the same for all that differ in names, comments and layout only; 0 for none.

    Parameters
    ----------
    is_code : bool
        Otherwise the words of a text count.
    """
    numbers = _numbers(text) if is_code else tuple(map(_number, words(text[:_LONGEST])))
    return hash(numbers) & 0xFFFF_FFFF if numbers else 0


def pairs_of(
    works: Mapping[str, Work], given: Iterable[str] = (), names: Sequence[str] = (), most: int = 40
) -> list[Pair]:
    """Pairs that are alike, those with the most equal answers first, then by what they share of what is rare.

    Parameters
    ----------
    works : mapping
        By student.
    given : iterable of str
        Code that the edition gave to all.
    names : sequence of str, optional
        The grade ids of the answers, in their order.
    """
    students, prints = list(works), [work.prints for work in works.values()]
    values, starts, owners, rares = _rare(prints, prints_of(given))
    equal = _equal(np.array([work.answers for work in works.values()]), names)
    alike: dict[tuple[int, int], tuple[float, int]] = {}
    for one, own in enumerate(prints):
        mine = _places(values, own)
        if len(mine) < _FEWEST:
            continue
        with_me = [owners[first:last] for first, last in zip(starts[mine], starts[mine + 1])]
        number = np.bincount(np.concatenate(with_me), minlength=len(students))
        for other in np.flatnonzero(number >= _FEWEST).tolist():
            likeness = int(number[other]) / int(min(rares[one], rares[other]))
            if other > one and likeness >= _ALIKE:
                alike[one, other] = likeness, int(number[other])

    def rank(pair: tuple[int, int]) -> tuple[Any, ...]:
        likeness, shared = alike.get(pair, (0.0, 0))
        return -len(equal.get(pair, ())), -likeness, -shared, pair

    pairs = []
    for places in sorted(alike.keys() | equal.keys(), key=rank)[:most]:
        one, other = sorted(places, key=lambda at: students[at])
        telling = values[_places(values, np.intersect1d(prints[one], prints[other]))]
        likeness = len(telling) / max(1, int(min(rares[one], rares[other])))
        found = frozenset(telling.tolist()), equal.get(places, frozenset())
        pairs.append(Pair(students[one], students[other], len(telling), likeness, *found))
    return pairs


def _equal(table: Prints, names: Sequence[str]) -> dict[tuple[int, int], frozenset[str]]:
    """The rows of two students whose answers are more alike than chance makes them, and the grade ids of equal ones."""
    students = len(table)
    if students < 2 or not names:
        return {}
    bits = np.zeros(table.shape)
    for at, column in enumerate(table.T):
        _, places, counts = np.unique(column, return_inverse=True, return_counts=True)
        bits[:, at] = np.where(column != 0, np.log2(students / counts[places]), 0)
    enough = math.log2(math.comb(students, 2)) + _BITS
    # A few may have shared their work: what is usual comes after them.
    place = -min(_few(students) + 1, students)
    usual = np.zeros(students)
    near = []
    for one, own in enumerate(table):
        shared = (table == own) @ bits[one]
        shared[one] = 0
        usual[one] = np.partition(shared, place)[place]
        near += [(one, other, shared[other]) for other in np.flatnonzero(shared - usual[one] >= enough).tolist()]
    return {
        (one, other): frozenset(name for name, a, b in zip(names, table[one], table[other]) if a == b != 0)
        for one, other, shared in near
        if one < other and shared - usual[other] >= enough
    }


def _few(students: int) -> int:
    """What more than these share comes from the task."""
    return max(3, students // 50)


def _rare(own: Sequence[Prints], known: Prints) -> tuple[Prints, Any, Any, Any]:
    """The fingerprints that at least two students have and few, sorted; and how many that few have each student has.

    Whose they are stands in the third array, for the one at place ``i`` from ``starts[i]`` to ``starts[i + 1]``.
    """
    parts = sum(map(len, own)) // _AT_ONCE + 1
    edges = np.linspace(0, 1 << 32, parts + 1)  # fingerprints lie evenly between these
    cuts = [np.searchsorted(one, edges) for one in own]
    rares = np.zeros(len(own), np.int64)
    shared: list[tuple[Any, Any, Any]] = [(_NOTHING, np.empty(0, np.int64), np.empty(0, np.int32))]
    for part in range(parts):
        pieces = [one[cut[part] : cut[part + 1]] for one, cut in zip(own, cuts)]
        owners = np.repeat(np.arange(len(own), dtype=np.int32), [len(piece) for piece in pieces])
        together = np.concatenate([*pieces, _NOTHING])
        values, places, counts = np.unique(together, return_inverse=True, return_counts=True)
        rare = (counts <= _few(len(own))) & ~np.isin(values, known)
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
