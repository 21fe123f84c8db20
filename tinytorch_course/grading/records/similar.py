"""Finds pairs of submissions that share what the rest of the class does not have: worth a look, proof of nothing.

Winnowing (Schleimer, Wilkerson and Aiken, 2003) over token sequences in which the student's own names, comments and layout
do not count. Fingerprints that many share say nothing: they come from the task itself.
"""

from __future__ import annotations

import hashlib
import io
import keyword
import tokenize
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

_GRAM, _WINDOW = 9, 5
_FEWEST = 12  # shared rare fingerprints that count as telling
_ALIKE = 0.6
_SKIPPED = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


@dataclass(frozen=True)
class Pair:
    """Two students, and how much of what is rare in the one is in the other too."""

    one: str
    other: str
    shared: int
    likeness: float


def _tokens(code: str) -> list[str]:
    words = []
    try:
        previous = ""
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type in _SKIPPED:
                continue
            text = token.string
            if token.type == tokenize.NAME and not keyword.iskeyword(text) and previous != ".":
                text = "name"  # attributes keep theirs: they are the library's
            elif token.type == tokenize.STRING and text.startswith(('"""', "'''")):
                continue
            words.append(text)
            previous = token.string
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass
    return words


def fingerprints(code: str) -> set[int]:
    """The winnowed fingerprints of a piece of code."""
    words = _tokens(code)
    hashes = [
        int.from_bytes(hashlib.blake2b(" ".join(words[at : at + _GRAM]).encode(), digest_size=8).digest(), "big")
        for at in range(len(words) - _GRAM + 1)
    ]
    if len(hashes) <= _WINDOW:
        return set(hashes)
    return {min(hashes[at : at + _WINDOW]) for at in range(len(hashes) - _WINDOW + 1)}


def similar_pairs(work: Mapping[str, list[str]], most: int = 40) -> list[Pair]:
    """Pairs that are alike in what is rare, the most alike first.

    Parameters
    ----------
    work : mapping
        For each student the pieces of code that are their own.
    """
    prints = {student: set().union(*map(fingerprints, pieces)) if pieces else set() for student, pieces in work.items()}
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
            pairs.append(Pair(one, other, number, likeness))
    return sorted(pairs, key=lambda pair: (-pair.likeness, -pair.shared, pair.one))[:most]
