"""What was found of one person, and of all."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from .safe_reading import LARGEST, LARGEST_FILE, MOST_FILES, Unreadable, is_clutter, read_safely


@dataclass
class Submission:
    """What one student handed in."""

    student: str
    path: Path | None  # the notebook, or the archive that holds it
    problem: str | None = None
    repairs: list[str] = field(default_factory=list)
    timestamp: str | None = None
    extras: dict[str, Path] = field(default_factory=dict)
    notebook: str = ""  # its right name, for an archive that holds several
    name: str = ""  # of the file or folder as it was found
    late: bool = False  # the platform says so in the name
    lms_id: str = ""  # the platform's number of the student, if the name holds it
    moodle_folder: str = ""  # the folder in which Moodle handed it out, or would have
    own_name: str = ""  # the student's name for the file, if the platform has put its own before it
    order: tuple[str, float] | None = None  # what says which of several is the latest, and when this one was
    places: list[Path] = field(default_factory=list)  # everything that belongs to it

    def read(self) -> bytes | None:
        """The notebook's bytes. Sets `problem` when they cannot be had."""
        if self.path is None or self.problem:
            return None
        try:
            data = read_safely(self.path, LARGEST)
            return _from_archive(data, self) if self.path.suffix.lower() == ".zip" else data
        except Unreadable as error:
            self.problem = str(error)
        except OSError as error:
            self.problem = f"the file cannot be read: {error.strerror}"
        return None

    def choose(self, name: str, names: Sequence[str]) -> None:
        """Note which of several notebooks is graded."""
        others = ", ".join(repr(each[:80]) for each in names[:4] if each != name)
        text = f"there are {len(names)} notebooks; {PurePosixPath(name).name} is graded, not {others}"
        if text not in self.repairs:
            self.repairs.append(text)

    def files(self) -> dict[str, str]:
        """The small files beside the notebook, as text of single bytes."""
        found = {}
        for name, path in list(self.extras.items())[:MOST_FILES]:
            try:
                found[name] = read_safely(path, LARGEST_FILE).decode("latin-1")
            except (OSError, Unreadable):
                continue
        return found


def _from_archive(data: bytes, submission: Submission) -> bytes:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        raise Unreadable("the zip file is damaged") from None
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts:
            raise Unreadable(f"the zip file holds a path that leads outside: {member.filename!r}")
    notebooks = [
        m for m in members if m.filename.endswith(".ipynb") and not is_clutter(PurePosixPath(m.filename).parts)
    ]
    if len(notebooks) > 1:
        named = [m for m in notebooks if PurePosixPath(m.filename).name == f"{submission.notebook}.ipynb"]
        if len(named) == 1:
            submission.choose(named[0].filename, [m.filename for m in notebooks])
            notebooks = named
    if len(notebooks) != 1:
        raise Unreadable(f"the zip file holds {len(notebooks)} notebooks, not one")
    if notebooks[0].file_size > LARGEST:
        raise Unreadable("the notebook in the zip file is too large")
    try:
        with archive.open(notebooks[0]) as file:
            content = file.read(LARGEST + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
        raise Unreadable("the zip file is damaged or locked with a password") from None
    if len(content) > LARGEST:
        raise Unreadable("the notebook in the zip file is too large")
    return content


@dataclass
class Inbox:
    """What a folder of submissions holds."""

    submissions: list[Submission] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # remarks on files that are no submissions
    others: Counter[str] = field(default_factory=Counter)  # folders of students that hold other assignments only
