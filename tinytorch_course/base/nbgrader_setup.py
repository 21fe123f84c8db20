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
    c.Execute.timeout = 120  # seconds a cell
    teach_nbgrader(lambda: home_zone(c))
    return c


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
