"""The student edition: stripped notebooks, the library so far, and what a student needs to work alone."""

from __future__ import annotations

import io
import logging
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode
from traitlets.config import Config

from ..base.course import REFERENCE, Course, Module, exported_file
from ..base.errors import CourseError
from ..base.nbgrader_setup import PREPROCESSORS, alembic_on_path, configure
from .build import drift

_EDITION = Path(__file__).parent / "edition"
_STUDENT_ROOMS = ("base", "student", "__init__.py", "__main__.py", "cli.py")  # all else stays with the instructor


def generate(
    module: Module,
    *,
    course_dir: Path | None = None,
    release_dir: Path | None = None,
    database: bool = True,
    config: Config | None = None,
) -> Path:
    """Run nbgrader's generate_assignment on one module; the stripped notebook's path.

    Parameters
    ----------
    module : Module
    course_dir : path, optional
        Where gradebook.db and release/ lie; by default the checkout.
    release_dir : path, optional
        Put the student's version here instead of ``course_dir/release``.
    database : bool
        Whether to record cells and points in the gradebook, as grading needs.
    config : Config, optional
        nbgrader's for the course, which says where its gradebook is; by default what the course comes with.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory

    alembic_on_path()
    course = module.course
    root = course_dir or course.root
    config = configure(Config(), root) if config is None else config
    if not config.CourseDirectory.get("root"):
        config.CourseDirectory.root = str(root)
    config.CourseDirectory.source_directory = str(course.notebooks)
    if release_dir:
        config.CourseDirectory.release_directory = str(release_dir)
    if not database:
        config.GenerateAssignment.no_database = True
        config.GenerateAssignment.preprocessors = [p for p in PREPROCESSORS if not p.endswith(".SaveCells")]
    coursedir = CourseDirectory(config=config)
    coursedir.assignment_id = module.name
    app = GenerateAssignment(coursedir=coursedir, config=config)
    app.force = True
    said = io.StringIO()
    app.log.handlers = [logging.StreamHandler(said)]
    app.log.setLevel(logging.ERROR)
    try:
        app.start()
    except (Exception, SystemExit) as error:
        # nbgrader logs the cause and then raises something that only points to the log.
        lines = [line for line in said.getvalue().splitlines() if re.match(r"[\w.]+: .", line)]
        cause = lines[-1] if lines else error
        raise CourseError(f"cannot be released: {cause}", file=module.notebook.relative_to(course.root)) from error
    return (release_dir or root / "release") / module.name / f"{module.name}.ipynb"


def stripped(module: Module) -> NotebookNode:
    """The student's version of a module's notebook."""
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as folder:
        path = generate(module, course_dir=Path(folder), release_dir=Path(folder) / "release", database=False)
        return nbformat.read(path, as_version=4)


def release(
    course: Course,
    modules: list[Module],
    to: Path,
    *,
    archive: bool = False,
    library: bool = True,
    reference: Sequence[Module] = (),
) -> Path:
    """Write the student edition of `modules` to the folder `to`, and a zip beside it if asked.

    Parameters
    ----------
    course : Course
    modules : list of Module
    to : path
    archive : bool
        Also write a zip file.
    library : bool
        Put in the library before the first module. Without it the edition is for students who go on in the folder that
        they have: unpacked over it, it leaves their own ``tinytorch/core`` alone.
    reference : sequence of Module
        Modules whose reference a student may fetch with ``tinytorch export --reference``, if they are stuck.

    Raises
    ------
    CourseError
        When the notebooks are not as src/ gives them, or `to` holds something else. Nothing is written then.
    """
    behind = drift(course, modules)
    if behind:
        raise CourseError(
            f"not built: {behind[0]}", "Run `tinytorch build` first, so that what you release is what src/ says."
        )
    to = to.resolve()
    if to.exists() and any(to.iterdir()) and not (to / "settings.ini").is_file():
        raise CourseError(f"{to} is not empty and not a student edition", "Name a new or an empty folder with --to.")
    if to == course.root:
        raise CourseError("--to names the checkout itself", "Name another folder.")
    to.parent.mkdir(parents=True, exist_ok=True)
    first = min(modules, key=lambda module: module.number)
    with tempfile.TemporaryDirectory(prefix=".tinytorch-", dir=to.parent) as folder:
        draft = Path(folder) / "edition"
        draft.mkdir()
        for module in modules:
            path = draft / "notebooks" / module.name / f"{module.name}.ipynb"
            path.parent.mkdir(parents=True)
            nbformat.write(stripped(module), path)
        first.library_before(draft)
        if not library:
            shutil.rmtree(draft / course.library.name / "core")
        for module in reference:
            if file := exported_file(module):
                target = draft / REFERENCE / module.name / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(course.library / file, target)
        (draft / "tinytorch_course").mkdir()
        rooms = Path(__file__).parents[1]
        for name in _STUDENT_ROOMS:
            target = draft / "tinytorch_course" / name
            if (rooms / name).is_dir():
                shutil.copytree(rooms / name, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(rooms / name, target)
        for name in ("settings.ini", "pyproject.toml", "setup.py", "LICENSE"):
            if (course.root / name).is_file():
                shutil.copy(course.root / name, draft / name)
        if course.data.is_dir():
            shutil.copytree(course.data, draft / "data")
        readme = (_EDITION / "README.md").read_text(encoding="utf-8")
        names = {
            "modules": ", ".join(module.name for module in modules),
            "first": first.name,
            "before": ", ".join(m.name for m in course.modules if m.number < first.number) or "nothing yet",
        }
        for key, value in names.items():
            readme = readme.replace(f"{{{key}}}", value)
        (draft / "README.md").write_text(readme, encoding="utf-8", newline="\n")
        if to.exists():  # an edition that was released before: replace it as a whole
            to.rename(Path(folder) / "old")
        draft.rename(to)
    if archive:
        return Path(shutil.make_archive(str(to), "zip", root_dir=to.parent, base_dir=to.name))
    return to
