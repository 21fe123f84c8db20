"""Finds pairs of submissions that share what the rest of the class does not have: worth a look, proof of nothing.

Winnowing (Schleimer, Wilkerson and Aiken, 2003) over token sequences in which the student's own names, comments and layout
do not count. Fingerprints that many share say nothing: they come from the task itself, as do those of what was given.
"""

from __future__ import annotations

import functools
import hashlib
import keyword
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

_GRAM, _WINDOW = 9, 5
_FEWEST = 12  # shared rare fingerprints that count as telling
_ALIKE = 0.6
_LONGEST = 100_000  # characters of one piece of code that are looked at
_MOST = 400_000  # and of one student
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


def _winnowed(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """The fingerprints that are kept, with the first of the words of each."""
    prints = [(hash(tuple(numbers[at : at + _GRAM])), at) for at in range(len(numbers) - _GRAM + 1)]
    if len(prints) <= _WINDOW:
        yield from prints
        return
    last = None
    for at in range(len(prints) - _WINDOW + 1):
        least = min(prints[at : at + _WINDOW])
        if least is not last:
            yield least
        last = least


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


Prints = npt.NDArray[np.int64]


def prints_of(pieces: Iterable[str]) -> Prints:
    """The fingerprints of somebody's code, in eight bytes each."""
    return np.array(sorted(_all_prints(pieces)), np.int64)


def similar_pairs(work: Mapping[str, list[str]], given: Iterable[str] = (), most: int = 40) -> list[Pair]:
    """Pairs that are alike in what is rare, the most alike first. Time grows with the class's code, not faster.

    Parameters
    ----------
    work : mapping
        For each student the pieces of code that are their own.
    given : iterable of str
        Code that the edition gave to all.
    """
    return pairs_of({student: prints_of(pieces) for student, pieces in work.items()}, given, most)


def pairs_of(prints: Mapping[str, Prints], given: Iterable[str] = (), most: int = 40) -> list[Pair]:
    """The same from each student's fingerprints, `prints_of` their code: so nobody has to hold a class's code at once."""
    students, known = list(prints), prints_of(given)
    own = [np.setdiff1d(prints[student], known) for student in students]
    owners = np.repeat(np.arange(len(students), dtype=np.int32), [len(one) for one in own])
    values = np.concatenate([*own, np.empty(0, np.int64)])
    order = np.argsort(values, kind="stable")
    values, owners = values[order], owners[order]
    del own, order
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]][: len(values)])
    counts = np.diff(starts, append=len(values))
    few = counts <= max(3, len(students) // 50)  # what many share comes from the task
    rare, rares = values[starts[few]], np.bincount(owners[np.repeat(few, counts)], minlength=len(students))
    del values
    found: list[tuple[float, int, int, int]] = []
    for one, number in _shared(owners, starts, counts, few & (counts > 1), len(students)):
        for other in np.flatnonzero(number >= _FEWEST).tolist():
            likeness = int(number[other]) / int(min(rares[one], rares[other]))
            if other > one and likeness >= _ALIKE:
                first, second = sorted((one, other), key=lambda at: students[at])
                found.append((-likeness, -int(number[other]), first, second))
    found.sort(key=lambda pair: (pair[0], pair[1], students[pair[2]]))
    pairs = []
    for likeness, less, first, second in found[:most]:
        both = np.intersect1d(np.intersect1d(prints[students[first]], prints[students[second]]), rare)
        pairs.append(Pair(students[first], students[second], -less, -likeness, frozenset(both.tolist())))
    return pairs


def _shared(owners: Any, starts: Any, counts: Any, chosen: Any, students: int) -> Iterator[tuple[int, Any]]:
    """For each student, one after another, how many of the chosen fingerprints each student has as well.

    Those who have one fingerprint stand together in `owners`, `counts` of them from `starts` on.
    """
    places = np.flatnonzero(np.repeat(chosen, counts))
    groups = np.repeat(np.arange(len(starts)), counts)[places]
    order = np.argsort(owners[places], kind="stable")
    of_each = np.split(groups[order], np.cumsum(np.bincount(owners[places], minlength=students))[:-1])
    for one, mine in enumerate(of_each):
        if len(mine) >= _FEWEST:
            with_me = [owners[start : start + count] for start, count in zip(starts[mine], counts[mine])]
            yield one, np.bincount(np.concatenate(with_me), minlength=students)
