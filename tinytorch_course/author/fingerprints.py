"""Fingerprints of mistakes as grading takes them: of all that a test's checks come by, hidden ones too.

Grading has what a submission's code gave, and the answer key; here the test runs with its answers. Both write the same notes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Literal

from tinytorch.lab import mistakes as lab

Note = list[Any]  # of a check: see `note`; of an error: what `lab.raised` gives


def note(kind: str, wrong: str, came: Any) -> Note:
    """One check. What came says nothing where it is right, and may be drawn from the secret of a class."""
    return [kind, wrong, came if wrong else None]


def fingerprint(test: str, code: str, notes: Sequence[Note]) -> str | None:
    """The fingerprint of what came of a test; None where nothing is wrong.

    Parameters
    ----------
    test, code : str
        The test's grade id and its source: when it changes, nothing is known any more.
    notes : sequence of Note
        Of all its checks, up to an error that stopped it.
    """
    if not any(item[0] == "raised" or item[1] for item in notes):
        return None
    return hashlib.sha256(json.dumps([test, code.split(), notes]).encode()).hexdigest()[:16]


class _ToTheEnd(lab.Noting):
    """Goes on to the last hidden check."""

    def probe(self, call: Callable[[], Any]) -> None:
        """Records hold none."""

    def hidden(self) -> None:
        """Nothing ends here."""

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> Literal[False]:
        if isinstance(error, Exception):
            self.notes.append(lab.of_error(error))
        return False


def noting_checks(checks: type, notes: list[Any]) -> type:
    """What stands in for `Checks` while a test is run for its notes, which `tidy` makes those of grading."""
    return lab.noting_checks(checks, notes, _ToTheEnd)


def tidy(notes: Sequence[Any]) -> list[Note]:
    """The notes of `noting_checks` as grading writes them: it does not see what a condition was about."""
    found = []
    for item in notes:
        if item[0] != "raised":
            _, kind, wrong, came = item
            item = note(kind, wrong, None if kind == "true" else came)
        found.append(item)
    return found
