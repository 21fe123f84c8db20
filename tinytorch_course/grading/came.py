"""What came of each student before: so a repair by hand and a submission that was taken back outlive the next download."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..base.files import write_changed, write_whole
from .assignment import Assignment
from .inbox.submission import Submission


@dataclass
class Came:
    """What is remembered of one student.

    Parameters
    ----------
    notebook : str, optional
        Fingerprint of the notebook that lay in ``submitted/`` after the last download; None before the first.
    time : str
        What stood in ``timestamp.txt`` then.
    problem : str
        Why what came last could not be read.
    remarks : list of str
        What was said of it as it came: which of two notebooks counts, another name. The copy in ``submitted/`` does not show it.
    forgotten : list of str
        Fingerprints of what was taken back.
    """

    notebook: str | None = None
    time: str = ""
    problem: str = ""
    remarks: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)


_MENDED = "mended by hand in submitted/, and graded so"


def fingerprint(data: bytes | None, problem: str | None = None) -> str:
    """Of a notebook, or of the reason why there is none."""
    return hashlib.sha256(data if data is not None else f"\0{problem}".encode("utf-8", "replace")).hexdigest()


class Memory:
    """What is remembered of an assignment's class. It stands beside the stored results."""

    def __init__(self, ground: Assignment) -> None:
        self._path = ground.store.parent / f"{ground.assignment}.came.json"
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            self._came = {student: Came(**about) for student, about in stored.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self._came = {}
        self._before = self._text()

    def of(self, student: str) -> Came:
        return self._came.setdefault(student, Came())

    def moved(self, old: str, new: str) -> None:
        """A student has another id now."""
        if old in self._came and new not in self._came:
            self._came[new] = self._came.pop(old)

    def _text(self) -> str:
        known = {student: asdict(came) for student, came in self._came.items() if came != Came()}
        return json.dumps(known, ensure_ascii=False, sort_keys=True)

    def save(self) -> None:
        if (text := self._text()) != self._before:
            write_whole({self._path: text})
            self._before = text

    # -- taken back ------------------------------------------------------------------------------------------------

    def forget(self, submission: Submission) -> None:
        data = submission.read()
        self._came[submission.student] = Came(
            forgotten=[*self.of(submission.student).forgotten, fingerprint(data, submission.problem)]
        )

    def is_forgotten(self, submission: Submission) -> bool:
        """Whether this very submission was taken back."""
        came = self._came.get(submission.student)
        if came is None or not came.forgotten:
            return False
        return fingerprint(submission.read(), submission.problem) in came.forgotten

    def wanted_again(self, student: str) -> None:
        self.of(student).forgotten.clear()

    # -- mended by hand --------------------------------------------------------------------------------------------

    def brought(self, submission: Submission, data: bytes | None, home: Path) -> bytes | None:
        """Put what was downloaded into the student's folder of ``submitted/``; what is graded.

        A notebook there that is not the one that was put there has been mended by a person, and is kept.
        """
        came = self.of(submission.student)
        there = _read(home)
        if there is not None and came.notebook is not None and fingerprint(there) != came.notebook:
            if there != data:
                again = data is not None and fingerprint(data) != came.notebook
                since = f"; another was handed in since: delete {home} to take that" if again else ""
                submission.repairs.append(_MENDED + since)
                submission.problem = None
            return there
        came.remarks = [*submission.repairs]
        if data is None:
            came.notebook, came.problem = "" if there is None else fingerprint(there), submission.problem or ""
            return None
        came.notebook, came.problem = fingerprint(data), ""
        write_changed(home, data)
        return data

    def brought_time(self, submission: Submission, data: bytes | None, file: Path) -> None:
        """The same for its time; what another notebook brings along is taken. Before `brought`, which remembers."""
        came = self.of(submission.student)
        there = (_read(file) or b"").decode("utf-8", "replace").strip()
        same = came.notebook is not None and data is not None and fingerprint(data) == came.notebook
        if there and same and there != came.time:
            submission.timestamp = there
        elif submission.timestamp is not None:
            came.time = submission.timestamp
            write_changed(file, (submission.timestamp + "\n").encode())

    def at_home(self, submission: Submission, data: bytes | None) -> bytes | None:
        """What is graded of a submission that was found in ``submitted/``: not the one before an unreadable one."""
        came = self._came.get(submission.student)
        if came is None or came.notebook is None:
            return data
        if came.notebook != ("" if data is None else fingerprint(data)):
            if (
                data is not None and (submission.timestamp or "").strip() == came.time
            ):  # else `nbgrader collect` brought it
                submission.repairs.append(_MENDED)
            return data
        submission.repairs += [remark for remark in came.remarks if remark not in submission.repairs]
        if not came.problem:
            return data
        submission.problem = came.problem
        return None


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if not path.is_symlink() else None
    except OSError:
        return None
