"""Finds the submissions of a class: one a person, wherever in their folder or archive the notebook lies."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ...base.errors import CourseError
from ...base.printable import printable
from ...base.times import NoTime, read_time
from .archives import Unpacked, files_beside, members, notebooks_of, unpack
from .choice import Candidate, choose, grade_ids
from .names import DOWNLOADED_AGAIN, id_in_name, is_moodle_folder, notebook_stem, plain_name, shown, student_id
from .safe_reading import (
    LARGEST,
    Unreadable,
    archive_entries,
    is_clutter,
    is_notebook,
    is_percent,
    may_come_along,
    read_safely,
)
from .several import latest
from .submission import SECRET, Inbox, Submission

_DEEPEST = 6  # folders below a student's in which a notebook is looked for
_MOST_LOOKED_AT = 5000  # files below a student's folder
_NOT_LOOKED_INTO = {"node_modules", "site-packages", "__pycache__", "venv"}
_PACKED = (".rar", ".7z", ".gz", ".tgz", ".bz2", ".xz", ".tar")
_NBGRADERS = ("timestamp.txt", SECRET)
_NEVER_MEANT = (".DS_Store", ".ipynb_checkpoints", ".gitkeep")
Rename = Callable[[Submission], Sequence[str]]


def collect(
    submitted: Path,
    assignment: str,
    notebook: str,
    students: Sequence[str] | None = None,
    *,
    rename: Rename | None = None,
    stubs: Mapping[str, str] | None = None,
    scratch: Path | None = None,
) -> Inbox:
    """All submissions in `submitted`, a folder or a zip file, one a student.

    Understands nbgrader's layout (``<student>/<assignment>/<notebook>.ipynb``), a folder for each student, files
    called ``<student>.ipynb`` or ``<student>.zip``, and the names that Canvas, Moodle and Blackboard give. Of several
    submissions of a student the latest counts, where names, nbgrader's ``timestamp.txt`` or the zip file say which that is.

    Parameters
    ----------
    students : sequence of str, optional
        Only these.
    rename : callable, optional
        Gives the ids of the students who handed a submission in; none where it knows nothing.
    stubs : mapping of str to str, optional
        What was handed out in the cells for answers, by grade id: tells which of several notebooks is the one.
    scratch : path, optional
        An empty folder in which a zip file is unpacked, needed as long as the submissions are.

    Returns
    -------
    Inbox
        Each submission has a notebook or a problem.
    """
    unpacked = None
    if scratch is not None and submitted.suffix.lower() == ".zip":
        unpacked = unpack(submitted, scratch)
    elif not submitted.is_dir():
        raise CourseError(
            f"there is no folder {submitted}", "Put the submissions there, or name their folder with --submitted."
        )
    return _Collection(assignment, notebook, rename, stubs or {}, unpacked).whole(
        scratch if scratch and unpacked else submitted, submitted.stem, students
    )


class _Collection:
    """One call of `collect`."""

    def __init__(
        self, assignment: str, notebook: str, rename: Rename | None, stubs: Mapping[str, str], unpacked: Unpacked | None
    ) -> None:
        self._assignment, self._notebook, self._stubs = assignment, notebook, stubs
        self._rename, self._unpacked = rename, unpacked
        self._problems = unpacked.problems if unpacked else {}
        self._passed: list[Path] = []  # files beside the folder that holds the class

    def whole(self, folder: Path, name: str, students: Sequence[str] | None) -> Inbox:
        inbox = Inbox(ignored=list(self._unpacked.remarks) if self._unpacked else [])
        try:
            inner = self._within(folder, {name, plain_name(name)} if self._unpacked else set())
        except OSError:  # somebody's folder cannot be read, which is said of them
            inner = folder
        if inner != folder and not self._unpacked:
            inbox.ignored.append(f"All submissions lay in {shown(str(inner.relative_to(folder)))}.")
        found: list[Submission] = []
        loose = self._passed
        for entry in archive_entries(inner):
            submission = self._entry(entry)
            if submission is not None:
                found.append(submission)
            elif entry.is_dir():
                inbox.others.update(student_id(path.name) for path in archive_entries(entry) if path.is_dir())
            else:
                loose.append(entry)
        inbox.ignored += _remarks(loose, [name for name in os.listdir(inner) if name.startswith(".")])
        for student, group in self._by_student(found).items():
            if students is None or student in students:
                inbox.submissions.append(latest(group, self._notebook, self._stubs))
        return inbox

    def _by_student(self, found: Sequence[Submission]) -> dict[str, list[Submission]]:
        _tell_apart(found)
        names = {submission.student for submission in found}
        groups: dict[str, list[Submission]] = {}
        for submission in found:
            again = DOWNLOADED_AGAIN.fullmatch(submission.student)
            if again and again["name"] in names:
                submission.student = again["name"]
            team = tuple(filter(None, map(student_id, self._rename(submission)))) if self._rename else ()
            for student in team or (submission.student,):
                own = replace(submission, student=student, before=submission.student, repairs=[*submission.repairs])
                own.team = team if len(team) > 1 else ()
                if own.team:
                    own.repairs.append(f"handed in together: {', '.join(own.team)}")
                groups.setdefault(student, []).append(own)
        return groups

    # -- an outer folder -------------------------------------------------------------------------------------------

    def _within(self, folder: Path, names: set[str]) -> Path:
        """The folder in which the class's submissions lie: `folder`, or the one folder in it that holds them all."""
        entries = list(archive_entries(folder))
        work = [entry for entry in entries if entry.is_dir() or entry.suffix.lower() in (".ipynb", ".zip")]
        if len(work) != 1 or work[0].is_symlink() or not work[0].is_dir():
            return folder
        only = work[0]
        if is_moodle_folder(only.name) or (only / self._assignment).exists():
            return folder
        inner = self._within(only, names)
        if inner == only and only.name not in names and not self._holds_a_class(only):
            return folder
        self._passed += [entry for entry in entries if entry != only]
        return inner

    def _holds_a_class(self, folder: Path) -> bool:
        """Whether the entries of a folder are several people's submissions, rather than one person's files."""
        entries = list(archive_entries(folder))
        if any(entry.name in ("tinytorch", "settings.ini", "notebooks") for entry in entries):
            return False  # an edition
        folders, files = set(), set()
        for entry in entries:
            stem = plain_name(notebook_stem(entry.name))
            if entry.is_symlink() or stem == self._notebook:
                continue
            if entry.is_dir():
                if is_moodle_folder(entry.name) or self._notebooks_below(entry):
                    folders.add(entry.name)
            elif entry.suffix.lower() in (".ipynb", ".zip"):
                files.add(stem)
        # Outside of a zip file, two in the only folder may as well be one person's.
        return len(folders | files) > (1 if self._unpacked else 3)

    # -- one entry -------------------------------------------------------------------------------------------------

    def _entry(self, entry: Path) -> Submission | None:
        """What an entry of the inbox is: a submission, be it one that nobody can grade, or nothing of this assignment."""
        try:
            submission = self._submission(entry)
        except OSError as error:
            submission = Submission(student_id(entry.name), None, f"it cannot be read: {error.strerror}")
        if submission is None:
            return None
        submission.name, submission.places = entry.name, submission.places or [entry]
        if self._unpacked and submission.order is None and submission.path is not None:
            submission.order = ("the zip file's time", submission.path.stat(follow_symlinks=False).st_mtime)
        return submission

    def _submission(self, entry: Path) -> Submission | None:
        if entry.is_symlink():
            return id_in_name(Submission("", None, "the submission is a symbolic link"), entry.name)
        if entry.is_dir():
            return self._folder(entry)
        if entry in self._problems:
            return id_in_name(Submission("", None, self._problems[entry]), entry.name)
        if entry.suffix.lower() == ".zip":
            return id_in_name(self._packed(entry), entry.name)
        if not entry.is_file():
            return id_in_name(Submission("", None, "the submission is not a regular file"), entry.name)
        if is_notebook(entry):
            submission = id_in_name(Submission("", entry), entry.name)
            if entry.suffix.lower() != ".ipynb":
                submission.repairs.append(f"the notebook was called {shown(entry.name)}")
            return submission
        submission = id_in_name(Submission("", None, name=entry.name), entry.name)
        if not submission.by_platform and not (self._rename and self._rename(submission)):
            return None
        if submission.own_name and not submission.own_name.endswith(entry.suffix):
            submission.own_name += entry.suffix
        submission.problem = _no_notebook([entry], submission.own_name)
        submission.places = [entry]
        return submission

    def _packed(self, archive: Path) -> Submission:
        def unzip(data: bytes) -> tuple[bytes, dict[str, bytes], str]:
            found = members(data)
            notebooks = {one.name: one for one in notebooks_of(found)}
            if not notebooks:
                held = ", ".join(shown(one.name) for one in found[:3]) or "nothing"
                raise Unreadable(f"the zip file holds 0 notebooks, not one: {held}")
            chosen, remark = self._choose([Candidate(one.name, one.read) for one in notebooks.values()])
            return chosen.read(), files_beside(found, notebooks[chosen.name]), remark

        return Submission("", archive, unzip=unzip)

    def _choose(self, candidates: Sequence[Candidate]) -> tuple[Candidate, str]:
        return choose(candidates, self._assignment, self._notebook, self._stubs)

    # -- a student's folder ----------------------------------------------------------------------------------------

    def _folder(self, entry: Path) -> Submission | None:
        folder = entry / self._assignment
        if folder.is_symlink():
            return Submission(
                student_id(entry.name), None, "the submission's folder is a symbolic link", places=[folder]
            )
        nbgraders = folder.is_dir()
        places = [folder] if nbgraders else [entry]
        root = folder if nbgraders else entry
        found = self._notebooks_below(root, all_of_them=nbgraders)
        if not found and nbgraders and (found := [path for path in _notebooks_in(entry) if self._fits(path)]):
            root, places = entry, [folder, *found]
        packed = [path for path in archive_entries(root) if path.suffix.lower() == ".zip" and not path.is_dir()]
        others = not is_moodle_folder(entry.name) and any(path.is_dir() for path in archive_entries(entry))
        if others and not found and not packed and not nbgraders:
            return None  # other assignments
        submission = self._in_folder(entry, root, found, packed)
        id_in_name(submission, entry.name, folder=True)
        submission.places = places
        return submission

    def _notebooks_below(self, folder: Path, all_of_them: bool = False) -> list[Path]:
        """The notebooks in a student's folder, and those below it that belong to the assignment by name or content."""
        direct = _notebooks_in(folder)
        deeper, looked_at = [], 0
        for place, folders, files in os.walk(folder):
            depth = len(Path(place).relative_to(folder).parts)
            skip = depth >= _DEEPEST or looked_at > _MOST_LOOKED_AT
            folders[:] = [] if skip else sorted(n for n in folders if not is_clutter([n]) and n not in _NOT_LOOKED_INTO)
            looked_at += len(files)
            for name in sorted(files) if depth else ():
                path = Path(place, name)
                if name.lower().endswith(".ipynb") and not is_clutter([name]) and not path.is_symlink():
                    deeper.append(path)
        return direct + [path for path in deeper if all_of_them or self._fits(path)]

    def _fits(self, path: Path) -> bool:
        if plain_name(path.stem) == self._notebook or path.parent.name == self._assignment:
            return True
        try:
            return bool(grade_ids(read_safely(path, LARGEST)) & self._stubs.keys())
        except Unreadable:
            return False

    def _in_folder(self, entry: Path, root: Path, found: Sequence[Path], packed: Sequence[Path]) -> Submission:
        submission = Submission("", None)
        files = [path for path in archive_entries(root) if not path.is_dir()]
        found = found or [path for path in files if path not in packed and is_notebook(path)]
        reasons = [self._problems[path] for path in [*found, *packed] if path in self._problems]
        candidates = {_below(path, root): path for path in found if path not in self._problems}
        if not any(self._fits(path) for path in found):
            candidates |= {_below(path, root): path for path in packed if path not in self._problems}
        try:
            submission = self._best(candidates, found, entry) if candidates else submission
        except Unreadable as error:
            submission.problem = str(error)
        if submission.path is None and not submission.problem and reasons:
            submission.problem = reasons[0]
        self._add_files(submission, entry, root)
        return submission

    def _best(self, candidates: Mapping[str, Path], found: Sequence[Path], entry: Path) -> Submission:
        """The submission of the best of several notebooks and zip files."""
        if len(candidates) == 1 or not found:
            choices = list(candidates)
        else:  # a zip file of something else is no candidate
            choices = [name for name, path in candidates.items() if path in found or self._packed(path).read()]
        chosen, remark = self._choose([Candidate(name, self._reader(candidates[name])) for name in choices])
        path = candidates[chosen.name]
        if path not in found:
            submission = self._packed(path)
            submission.repairs += [remark] if remark else []
            return submission
        place = path.parent.relative_to(entry) if path.is_relative_to(entry) else path.parent
        submission = Submission("", path)
        if remark:
            submission.repairs.append(remark)
        elif place.parts and place.parts != (self._assignment,):
            submission.repairs.append(f"the notebook lay in {shown(str(place))}")
        if not remark and path.name != f"{self._notebook}.ipynb":
            submission.repairs.append(f"the notebook was called {shown(path.name)}")
        return submission

    def _reader(self, path: Path) -> Callable[[], bytes]:
        def read() -> bytes:
            if path.suffix.lower() != ".zip":
                return read_safely(path, LARGEST)
            submission = self._packed(path)
            data = submission.read()
            if data is None:
                raise Unreadable(submission.problem or "the zip file cannot be read")
            return data

        return read

    def _add_files(self, submission: Submission, entry: Path, root: Path) -> None:
        """What lies beside the notebook: the exchange's note of the time, and the student's own files."""
        # In what a platform hands out, a file of this name is the student's own.
        with contextlib.suppress(Unreadable, UnicodeDecodeError):
            if not is_moodle_folder(entry.name):
                submission.timestamp = read_safely(root / "timestamp.txt", 200).decode("utf-8").strip() or None
        if submission.timestamp is not None:
            submission.order = _time_of(submission.timestamp)
        folder = root if submission.path is None or submission.unzip is not None else submission.path.parent
        files = [path for path in archive_entries(folder) if not path.is_symlink() and path.is_file()]
        files = [path for path in files if path != submission.path and path not in self._problems]
        exchanged = () if is_moodle_folder(entry.name) else (SECRET,)  # by it a student finds the feedback
        submission.extras = {path.name: path for path in files if may_come_along(path.name) or path.name in exchanged}
        files = [path for path in files if path.name not in _NBGRADERS]
        if submission.path is None and submission.problem is None and files:
            submission.problem = _no_notebook(files)


def _notebooks_in(folder: Path) -> list[Path]:
    return [path for path in archive_entries(folder) if path.suffix.lower() == ".ipynb" and not path.is_dir()]


def _below(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _no_notebook(files: Sequence[Path], own_name: str = "") -> str:
    """What came in place of a notebook."""
    problem = f"there is no notebook in the submission, only {shown(own_name or files[0].name).strip(chr(39))}"
    if any(path.suffix.lower() == ".py" and is_percent(path) for path in files):
        return problem + " (`jupytext --to notebook` makes a notebook of a script with cells)"
    if any(path.suffix.lower() in _PACKED for path in files):
        return problem + " (of archives only zip files are opened)"
    return problem


def _tell_apart(found: Sequence[Submission]) -> None:
    """Blackboard puts the user's name behind the assignment's; where the last part of it is two people's, take more."""
    heads: dict[str, set[str]] = {}
    for submission in found:
        if submission.head:
            heads.setdefault(submission.student, set()).add(submission.head)
    for submission in found:
        others = heads.get(submission.student, set()) if submission.head else set()
        if len(others) > 1:
            parts = submission.head.split("_")
            lengths = range(2, max(head.count("_") for head in others) + 2)
            enough = next(n for n in lengths if len({tuple(head.split("_")[-n:]) for head in others}) == len(others))
            submission.student = student_id("_".join(parts[-enough:]))


def _remarks(loose: Sequence[Path], hidden: Sequence[str]) -> list[str]:
    """One line for each kind of file in the inbox that is no submission."""
    lines = []
    scripts = [path for path in loose if path.suffix.lower() == ".py"]
    percent = [path for path in scripts if is_percent(path)]
    plain = [path for path in scripts if path not in percent]
    others = [path for path in loose if path not in scripts]
    if percent:
        example = printable(percent[0].name, keep="")
        lines.append(
            f"{_files(percent, 'Python script')} with notebook cells not graded: `jupytext --to notebook {example}` "
            "makes a notebook of it; then call this again."
        )
    if plain:
        lines.append(f"{_files(plain, 'Python script')} not graded: ask for the notebook.")
    if others:
        lines.append(f"{_files(others, 'other file')} ignored.")
    names = [name for name in sorted(hidden) if name not in _NEVER_MEANT]
    if names:
        lines.append(f"{_files([Path(name) for name in names], 'hidden file')} ignored.")
    return lines


def _files(paths: Sequence[Path], noun: str) -> str:
    listed = ", ".join(printable(path.name, keep="")[:60] for path in paths[:20]) + (", …" if len(paths) > 20 else "")
    return f"{len(paths)} {noun}{'s' if len(paths) > 1 else ''} ({listed}) {'were' if len(paths) > 1 else 'was'}"


def _time_of(timestamp: str) -> tuple[str, float] | None:
    with contextlib.suppress(NoTime):
        return "timestamp.txt", read_time(timestamp).utc.timestamp()
    return None
