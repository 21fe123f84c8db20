"""Reads what an assignment consists of from nbgrader's gradebook and the release that lies beside it."""

from __future__ import annotations

import ast
import contextlib
import errno
import fcntl
import hashlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import tzinfo
from pathlib import Path
from urllib.parse import quote

from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from ..base.errors import CourseError
from ..base.marks import scheme_of
from ..base.nbgrader_setup import (
    alembic_on_path,
    configure,
    gradebook_address,
    gradebook_file,
    home_zone,
    needs_quoting,
    set_late_penalties,
)
from .inbox.kept import Kept, Sections
from .inbox.roster import Roster
from .inbox.submission import Submission
from .model import Source, SourceCell

_DRIVERS = {"psycopg2": "psycopg2-binary", "psycopg": "'psycopg[binary]'", "MySQLdb": "mysqlclient"}  # PyPI's names
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


def read_config(course_dir: Path) -> Config:
    """nbgrader's configuration for this course, as its own commands would read it."""
    try:
        config = PyFileConfigLoader("nbgrader_config.py", path=str(course_dir)).load_config()
    except ConfigFileNotFound:
        return configure(Config(), course_dir)
    home = config.CourseDirectory
    if home.get("db_url") and not home.get("course_id") and not str(home.db_url).startswith("sqlite"):
        home.course_id = "tinytorch"  # nbgrader makes no course without a name, and only SQLite takes that
    set_late_penalties(config, course_dir)
    return config


def course_directory(course_dir: Path, config: Config | None = None) -> CourseDirectory:
    config = read_config(course_dir) if config is None else config
    directory = CourseDirectory(config=config)
    if not config.CourseDirectory.get("root"):
        directory.root = str(course_dir)
    if not config.CourseDirectory.get("db_url") and needs_quoting(Path(directory.root)):
        directory.db_url = gradebook_address(Path(directory.root))
    return directory


def missing_gradebook(directory: CourseDirectory) -> Path | None:
    """Where the gradebook would be, if it is a file that is not there."""
    database = gradebook_file(directory.db_url)
    return database if database is not None and not database.is_file() else None


@contextlib.contextmanager
def open_gradebook(directory: CourseDirectory) -> Iterator[Gradebook]:
    """nbgrader's gradebook, or a sentence when it cannot be reached."""
    shown = make_url(directory.db_url).render_as_string()
    alembic_on_path()
    try:
        with Gradebook(directory.db_url, directory.course_id) as gradebook:
            yield gradebook
    except ImportError as error:
        package = _DRIVERS.get(error.name or "", error.name or "its driver")
        raise CourseError(
            f"the gradebook cannot be used: Python has no driver {error.name} for it",
            f"`{sys.executable} -m pip install {package}` installs it.",
            file=shown,
        ) from error
    except (SQLAlchemyError, InvalidEntry) as error:
        why = " ".join(str(getattr(error, "orig", None) or error).split())[:300]
        hint = "Its address is CourseDirectory.db_url in nbgrader_config.py."
        if shown.startswith("postgres:"):
            hint += " It begins with postgresql+psycopg2:// for PostgreSQL."
        raise CourseError(f"the gradebook cannot be used: {why}", hint, file=shown) from error


def _order(directory: CourseDirectory, assignment: str, notebook: str) -> tuple[dict[str, int], set[str], list[str]]:
    """Position of each grade id in the release (or the source), the ids of the cells tagged ``demo``, and the prose."""
    for step in (directory.release_directory, directory.source_directory):
        path = Path(directory.format_path(step, ".", assignment), f"{notebook}.ipynb")
        if not path.is_file():
            continue
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (ValueError, KeyError, UnicodeDecodeError):
            continue
        places: dict[str, int] = {}
        demos: set[str] = set()
        prose = ["".join(cell["source"]) for cell in cells if "grade_id" not in cell["metadata"].get("nbgrader", {})]
        for position, cell in enumerate(cells):
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name:
                places[name] = position
                if "demo" in cell["metadata"].get("tags", []):
                    demos.add(name)
        return places, demos, [text for text in prose if text.strip()]
    return {}, set(), []


def _schemes(directory: CourseDirectory, assignment: str, notebook: str) -> dict[str, str]:
    """The mark schemes of text answers in the instructor's notebook, by grade id."""
    path = Path(directory.format_path(directory.source_directory, ".", assignment), f"{notebook}.ipynb")
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = {cell["metadata"].get("nbgrader", {}).get("grade_id", ""): "".join(cell["source"]) for cell in cells}
    except (OSError, ValueError, KeyError):
        return {}
    return {name: scheme for name, text in texts.items() if name and (scheme := scheme_of(text))}


def _imports(cells: list[SourceCell]) -> tuple[str, ...]:
    """Modules that the given cells import: safe to import ahead, since they are the instructor's."""
    names: dict[str, None] = {}
    for cell in cells:
        if cell.cell_type != "code" or not cell.restored or cell.demo:
            continue
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            continue
        for node in tree.body:
            if isinstance(node, ast.Import):
                names |= dict.fromkeys(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names[node.module] = None
    return tuple(names)


def read_source(directory: CourseDirectory, assignment: str) -> Source:
    """The assignment as it was generated."""
    with open_gradebook(directory) as gradebook:
        try:
            notebooks = gradebook.find_assignment(assignment).notebooks
        except MissingEntry:
            notebooks = []
        if not notebooks:
            raise CourseError(
                f"the gradebook does not know the assignment {assignment!r}",
                f"Make it first: nbgrader generate_assignment {assignment}",
            )
        if len(notebooks) > 1:
            names = ", ".join(notebook.name for notebook in notebooks)
            raise CourseError(f"{assignment!r} has several notebooks ({names}); this grader takes one", "Split it.")
        notebook = notebooks[0]
        graded = {cell.name: cell for cell in notebook.grade_cells}
        solutions = {cell.name for cell in notebook.solution_cells}
        tasks = {cell.name: cell for cell in notebook.task_cells}
        places, demos, prose = _order(directory, assignment, notebook.name)
        cells = []
        for cell in notebook.source_cells:
            points = graded.get(cell.name) or tasks.get(cell.name)
            cells.append(
                SourceCell(
                    name=cell.name,
                    cell_type=cell.cell_type,
                    locked=bool(cell.locked),
                    grade=cell.name in graded,
                    solution=cell.name in solutions,
                    task=cell.name in tasks,
                    points=float(points.max_score) if points is not None else 0.0,
                    source=cell.source or "",
                    checksum=cell.checksum,
                    demo=cell.name in demos,
                )
            )
        cells.sort(key=lambda cell: places.get(cell.name, len(places)))
        schemes = _schemes(directory, assignment, notebook.name)
        text = json.dumps([[asdict(cell) for cell in cells], schemes], sort_keys=True)
        return Source(
            assignment=assignment,
            notebook=notebook.name,
            cells=tuple(cells),
            kernelspec=notebook.kernelspec or "{}",
            preload=_imports(cells),
            key=hashlib.sha256(text.encode()).hexdigest(),
            schemes=schemes,
            prose=tuple(prose),
        )


@dataclass
class Assignment:
    """An assignment in its course folder."""

    root: Path
    assignment: str
    config: Config
    directory: CourseDirectory
    source: Source

    @classmethod
    def open(cls, root: Path, assignment: str) -> Assignment:
        """The assignment as the gradebook in `root` has it."""
        root = root.resolve()
        if not root.is_dir():
            raise CourseError(f"there is no folder {root}", "Name the folder of the course.")
        config = read_config(root)
        directory = course_directory(root, config)
        if (missing := missing_gradebook(directory)) is not None:
            raise CourseError(
                f"there is no gradebook at {missing}",
                f"Make the assignment first: nbgrader generate_assignment {assignment}",
            )
        return cls(root, assignment, config, directory, read_source(directory, assignment))

    def step(self, name: str) -> Path:
        """One of nbgrader's folders: ``submitted``, ``autograded``, ``feedback``."""
        return Path(self.directory.root, getattr(self.directory, f"{name}_directory"))

    @property
    def gradebook(self) -> str:
        """Where the grades are: a file's path, or a database's address without its password."""
        return str(gradebook_file(self.directory.db_url) or make_url(self.directory.db_url).render_as_string())

    @property
    def zone(self) -> tzinfo | None:
        """The course's own zone, if its configuration names one."""
        return home_zone(self.config)

    @property
    def store(self) -> Path:
        """Where results wait for the next run."""
        return Path(self.directory.root, ".tinytorch", "grading", self.assignment)

    def stored(self, student: str) -> Path:
        name = quote(student, safe="")
        if len(name) > 180:  # what two long ids begin with may be the same
            name = f"{name[:160]}-{hashlib.sha256(student.encode()).hexdigest()[:16]}"
        return self.store / f"{name}.json"

    @property
    def _kept(self) -> Kept:
        return Kept(self.store.parent, self.assignment)

    def keep_roster(self, path: Path, columns: Mapping[str, str] | None = None) -> Roster:
        """Read the class's table and keep it for later calls, with the columns that were named."""
        return self._kept.keep(path, columns)

    def roster(self) -> Roster | None:
        """The class's table, if there is one: the assignment's own, else the one given last for another."""
        return self._kept.table()

    def sections(self) -> Sections:
        """Who is in which section."""
        return self._kept.sections()

    def ids(self, roster: Roster | None) -> Callable[[Submission], Sequence[str]] | None:
        """What gives submissions the ids of the class's table.

        In nbgrader's own folders they have ids already, which its gradebook and its exchange know.
        """
        if roster is None:
            return None
        home = self.step("submitted")

        def ids_of(submission: Submission) -> Sequence[str]:
            nbgraders = any(p.name == self.assignment and p.parent.parent == home for p in submission.places)
            return () if nbgraders else roster.students_of(submission)

        return ids_of

    def title(self, student: str) -> str:
        return f"{self.assignment}: {student}"


def open_to_group(ground: Assignment) -> None:
    """Leave what was written to the whole group, where ``CourseDirectory.groupshared`` asks for that."""
    if not ground.directory.groupshared:
        return
    root = Path(ground.directory.root)
    if not ground.gradebook.count("://"):
        _open_to_group(ground.gradebook, 0o660)
    folders = [ground.step(name) for name in ("submitted", "autograded", "feedback")]
    for top in [*folders, root / ".tinytorch", root / "report"]:
        for folder, _, files in os.walk(top):
            _open_to_group(folder, 0o2770)
            for name in files:
                _open_to_group(os.path.join(folder, name), 0o660)


def _open_to_group(path: str, mode: int) -> None:
    with contextlib.suppress(OSError):  # another's: who made it sees to it
        status = os.lstat(path)
        if status.st_uid == os.getuid() and not stat.S_ISLNK(status.st_mode) and status.st_mode & mode != mode:
            os.chmod(path, stat.S_IMODE(status.st_mode) | mode)


@contextlib.contextmanager
def only_one(ground: Assignment) -> Iterator[None]:
    """Keep a second grading run out of the same assignment."""
    ground.store.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        for path in (ground.store / ".lock", _lock_of_this_machine(ground.store)):
            try:
                file = stack.enter_context(open(path, "w", encoding="utf-8"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN):
                    raise CourseError(
                        f"{ground.assignment} is being graded already", "Wait until that run has ended."
                    ) from None
                if error.errno not in _NO_LOCKS:
                    raise CourseError(f"cannot be locked: {error.strerror}", file=path) from None
                continue
            break
        yield


def _lock_of_this_machine(store: Path) -> Path:
    """For a course folder on a file system without locks: keeps out the runs of this machine, if not those of others."""
    name = hashlib.sha256(str(store.resolve()).encode("utf-8", "replace")).hexdigest()[:24]
    return Path(tempfile.gettempdir(), f"tinytorch-{os.getuid()}-{name}.lock")
