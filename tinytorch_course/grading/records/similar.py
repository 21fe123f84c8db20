"""Finds pairs of submissions that share what the rest of the class does not have: worth a look, proof of nothing.

Winnowing (Schleimer, Wilkerson and Aiken, 2003) over token sequences in which the student's own names, comments and layout
do not count. Fingerprints that many share say nothing: they come from the task itself, as do those of what was given.
"""

from __future__ import annotations

import functools
import hashlib
import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

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


def similar_pairs(work: Mapping[str, list[str]], given: Iterable[str] = (), most: int = 40) -> list[Pair]:
    """Pairs that are alike in what is rare, the most alike first. Time grows with the class's code, not faster.

    Parameters
    ----------
    work : mapping
        For each student the pieces of code that are their own.
    given : iterable of str
        Code that the edition gave to all.
    """
    known = _all_prints(given)
    prints = {student: _all_prints(pieces) - known for student, pieces in work.items()}
    count = Counter(value for values in prints.values() for value in values)
    common = max(3, len(work) // 50)
    rare = {student: {value for value in values if count[value] <= common} for student, values in prints.items()}
    owners: dict[int, list[str]] = defaultdict(list)
    for student, values in rare.items():
        for value in values:
            owners[value].append(student)
    shared: Counter[tuple[str, str]] = Counter()
    for students in owners.values():
        for at, one in enumerate(students):
            for other in students[at + 1 :]:
                shared[(one, other) if one < other else (other, one)] += 1
    pairs = []
    for (one, other), number in shared.items():
        likeness = number / min(len(rare[one]), len(rare[other]))
        if number >= _FEWEST and likeness >= _ALIKE:
            pairs.append(Pair(one, other, number, likeness, frozenset(rare[one] & rare[other])))
    return sorted(pairs, key=lambda pair: (-pair.likeness, -pair.shared, pair.one))[:most]
