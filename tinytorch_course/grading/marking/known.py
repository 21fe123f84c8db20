"""Names a known mistake by what came of a test's checks, visible and hidden: a fingerprint of records, looked up.

No sentence comes from the sandbox. Whoever sends another's answers gets the sentence about that mistake, and no points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from tinytorch.lab.mistakes import raised, rounded

from ...author.fingerprints import Note, fingerprint, note
from ..model import SourceCell
from .mark import error_name, is_unwritten, short, would_fail
from .records import Asked, Malformed, Record, read


def mistake(texts: Sequence[str], key: Sequence[Asked], test: SourceCell, known: Mapping[str, str]) -> str:
    """The sentence about the mistake that answers alike; "" where none is known.

    Parameters
    ----------
    texts, key : sequence
        As for `mark.mark`.
    test : SourceCell
    known : mapping
        Sentences by fingerprint.
    """
    try:
        notes = _notes(texts, key) if known else None
    except Exception:  # a value with which nothing can be done; the card and the points do not hang on it
        notes = None
    found = fingerprint(test.name, test.source, notes) if notes is not None else None
    return known.get(found or "", "")


def _notes(texts: Sequence[str], key: Sequence[Asked]) -> list[Note] | None:
    """What came of each check, up to an error; None where these are no records of the test, or it is not written."""
    notes: list[Note] = []
    try:
        came = [record for text in texts for record in read(text)]
    except Malformed:
        return None
    for asked, record in zip_longest(key, came):
        if record is not None and record.kind == "error":
            # What is not written, and a name that is not there, are no mistakes.
            nothing = is_unwritten(record) or record.slip or "builtins.NameError" in record.names
            return None if nothing else [*notes, raised(error_name(record), record.says)]
        if asked is None or record is None or record.kind != asked.right.kind:
            return None
        if record.kind != "end":
            wrong = would_fail(asked, record)
            notes.append(note(record.kind, wrong, _came(record) if wrong else None))
    return notes


def _came(record: Record) -> Any:
    if record.kind == "true":
        return None
    if record.kind == "is_a":
        return short(record.names[0]) if record.names else ""
    if record.kind == "raises":
        return [error_name(record)] if record.raised else [rounded(record.value)]
    return rounded(record.value)
