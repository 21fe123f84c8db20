"""What was found of one person, and of all."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .safe_reading import LARGEST, LARGEST_FILE, MOST_FILES, Unreadable, read_safely


@dataclass
class Submission:
    """What one student handed in."""

    student: str
    path: Path | None  # the notebook, or the archive that holds it
    problem: str | None = None
    repairs: list[str] = field(default_factory=list)
    timestamp: str | None = None
    extras: dict[str, Path] = field(default_factory=dict)
    name: str = ""  # of the file or folder as it was found
    late: bool = False  # the platform says so in the name
    lms_id: str = ""  # the platform's number of the student, if the name holds it
    moodle_folder: str = ""  # the folder in which Moodle handed it out, or would have
    own_name: str = ""  # the student's name for the file, if the platform has put its own before it
    head: str = ""  # what Blackboard has put before the time; the user's name stands at its end
    by_platform: bool = False  # a learning management system has made the name
    order: tuple[str, float] | None = None  # what says which of several is the latest, and when this one was
    places: list[Path] = field(default_factory=list)  # everything that belongs to it
    before: str = ""  # the id that the name gave, before the class's table gave another
    team: tuple[str, ...] = ()  # all who handed it in, where that is more than one
    unzip: Unzip | None = None  # finds the notebook in an archive
    _beside: dict[str, bytes] = field(default_factory=dict)  # small files beside it there

    def read(self) -> bytes | None:
        """The notebook's bytes. Sets `problem` when they cannot be had."""
        if self.path is None or self.problem:
            return None
        try:
            data = read_safely(self.path, LARGEST)
            if self.unzip is not None:
                data, self._beside, remark = self.unzip(data)
                if remark and remark not in self.repairs:
                    self.repairs.append(remark)
            return data
        except Unreadable as error:
            self.problem = str(error)
        return None

    def files(self) -> dict[str, str]:
        """The small files beside the notebook, as text of single bytes."""
        found = {name: data.decode("latin-1") for name, data in self._beside.items()}
        for name, path in list(self.extras.items())[:MOST_FILES]:
            if name == SECRET:
                continue
            with contextlib.suppress(Unreadable):
                found[name] = read_safely(path, LARGEST_FILE).decode("latin-1")
        return found


SECRET = "submission_secret.txt"  # of nbgrader's exchange
Unzip = Callable[[bytes], tuple[bytes, dict[str, bytes], str]]


@dataclass
class Inbox:
    """What a folder of submissions holds."""

    submissions: list[Submission] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # remarks on files that are no submissions
    others: Counter[str] = field(default_factory=Counter)  # folders of students that hold other assignments only
