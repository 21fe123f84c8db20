"""Finds pairs of submissions that share what the rest of the class does not have: worth a look, proof of nothing.

Winnowing (Schleimer, Wilkerson and Aiken, 2003) over token sequences in which the student's own names, comments and layout
do not count. Fingerprints that many share say nothing: they come from the task itself, as do those of what was given.
"""

from __future__ import annotations

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


_Print = tuple[int, int, int]  # a fingerprint, and the first and last line of what it is of, counted from 0


def _tokens(code: str) -> Iterator[tuple[str, int]]:
    """The words that count, with their lines."""
    line, at, previous = 0, 0, ""
    for found in _TOKEN.finditer(code[:_LONGEST]):
        line += code.count("\n", at, found.start())
        at, text = found.start(), found.group()
        if found.lastgroup == "skip":
            continue
        if found.lastgroup == "name" and not keyword.iskeyword(text) and previous != ".":
            yield "name", line  # attributes keep theirs: they are the library's
        else:
            yield text, line
        previous = text


def _winnowed(code: str) -> list[_Print]:
    words = list(_tokens(code))
    prints = []
    for at in range(len(words) - _GRAM + 1):
        gram = words[at : at + _GRAM]
        digest = hashlib.blake2b(" ".join(word for word, _ in gram).encode("utf-8", "replace"), digest_size=8).digest()
        prints.append((int.from_bytes(digest, "big"), gram[0][1], gram[-1][1]))
    if len(prints) <= _WINDOW:
        return prints
    return list(dict.fromkeys(min(prints[at : at + _WINDOW]) for at in range(len(prints) - _WINDOW + 1)))


def fingerprints(code: str) -> set[int]:
    """The winnowed fingerprints of a piece of code."""
    return {value for value, _, _ in _winnowed(code)}


def shared_lines(code: str, prints: Collection[int]) -> set[int]:
    """The lines of a piece of code, counted from 0, in which these fingerprints are."""
    return {line for value, first, last in _winnowed(code) if value in prints for line in range(first, last + 1)}


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
