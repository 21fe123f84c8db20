"""How nbgrader is set up for this course: for its own commands in the checkout and for ours."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import tzinfo
from pathlib import Path
from urllib.parse import quote, unquote

from sqlalchemy.engine import URL, make_url
from traitlets.config import Config

from .course import Course
from .errors import CourseError
from .times import teach_nbgrader, zone_of

PREPROCESSORS = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "tinytorch_course.preprocessors.LockWhatIsGiven",
    "nbgrader.preprocessors.LockCells",
    "tinytorch_course.preprocessors.NameTheTask",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "tinytorch_course.preprocessors.NothingLeaves",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]
READY_MADE = "tinytorch_course.grading.records.late.LatePenalty"
_LATE = ("per_day", "per_hour", "grace", "cap")
# nbgrader's own list, with kernels in the sandbox.
AUTOGRADE_PREPROCESSORS = [
    "tinytorch_course.grading.provisioner.SandboxedExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]


def configure(c: Config, root: Path) -> Config:
    """Fill in nbgrader's configuration for the course in `root`."""
    alembic_on_path()
    c.CourseDirectory.root = str(root)
    if needs_quoting(root):
        c.CourseDirectory.db_url = gradebook_address(root)
    c.CourseDirectory.course_id = Course(root).settings.get("course_id") or "tinytorch"
    c.CourseDirectory.source_directory = "notebooks"
    c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".*.new"]
    c.GenerateAssignment.preprocessors = PREPROCESSORS
    c.Autograde.autograde_preprocessors = AUTOGRADE_PREPROCESSORS
    set_late_penalties(c, root)
    c.Execute.timeout = 120  # seconds a cell
    teach_nbgrader(lambda: home_zone(c))
    return c


def set_late_penalties(c: Config, root: Path) -> None:
    """Let settings.ini say what late work costs, if it does: ``late_per_day`` and the other settings of that kind.

    They stand in the course's folder, or else in the checkout in which a command is called.

    Raises
    ------
    CourseError
        When the course's nbgrader_config.py says something else.
    """
    own = (root / "settings.ini").is_file()
    try:
        settings = (Course(root) if own else Course.find()).settings
    except CourseError:
        return
    given = {name: text for name in _LATE if (text := settings.get(f"late_{name}", "", raw=True).strip())}
    named = c.AssignLatePenalties.get("plugin_class", READY_MADE)
    if not given or (not own and named is not READY_MADE):
        return
    if str(named) != READY_MADE or "penalty_method" in c.LateSubmissionPlugin:
        raise CourseError(
            "two places say what late work costs: this file and settings.ini",
            "Leave the settings late_per_day and late_per_hour empty, or take the other out of this file.",
            file=root / "nbgrader_config.py",
        )
    c.AssignLatePenalties.plugin_class = READY_MADE
    c.LatePenalty.update(given)


def alembic_on_path() -> None:
    """nbgrader calls alembic by name, which fails in an environment that is not activated."""
    if shutil.which("alembic") is None:
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def needs_quoting(root: Path) -> bool:
    """Whether nbgrader's own address of a gradebook in this folder would mean another one."""
    return bool({"%", "?"} & set(str(root)))


def gradebook_address(root: Path) -> str:
    """The address of the gradebook in a course's folder, whatever signs its path has."""
    file = str(Path(root).absolute() / "gradebook.db")
    address = URL.create("sqlite", database=file).render_as_string()
    if make_url(address).database == file:
        return address
    return f"sqlite:///file:{quote(file)}?uri=true"  # SQLAlchemy 2.0 quotes no question mark, SQLite itself does


def gradebook_file(address: str) -> Path | None:
    """The file of an SQLite gradebook; None for other databases."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    name = url.database
    return Path(unquote(name.removeprefix("file:")) if url.query.get("uri") else name)


def home_zone(c: Config) -> tzinfo | None:
    """The course's own zone, ``c.Exchange.timezone`` in nbgrader_config.py, if it has one."""
    name = c.Exchange.get("timezone")
    return zone_of(str(name)) if name and name != "UTC" else None
