"""The student edition: stripped notebooks, the library so far, and what a student needs to work alone."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode
from traitlets.config import Config

from ..base.course import REFERENCE, Course, Module, exported_file
from ..base.errors import CourseError
from ..base.files import copy_folder, read_text
from ..base.nbgrader_setup import PREPROCESSORS, alembic_on_path, configure
from .build import drift
from .deliver import deliver, refuse_foreign, zipped
from .mistakes import put_known

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
    if release_dir:
        config.CourseDirectory.release_directory = str(release_dir)
    if not database:
        config.GenerateAssignment.no_database = True
        config.GenerateAssignment.preprocessors = [p for p in PREPROCESSORS if not p.endswith(".SaveCells")]
    said = io.StringIO()
    try:
        with _plain(course.notebooks) as source:
            config.CourseDirectory.source_directory = str(source)
            coursedir = CourseDirectory(config=config)
            coursedir.assignment_id = module.name
            app = GenerateAssignment(coursedir=coursedir, config=config)
            app.force = True
            app.log.handlers = [logging.StreamHandler(said)]
            app.log.setLevel(logging.ERROR)
            app.start()
    except (Exception, SystemExit) as error:
        # nbgrader logs the cause and then raises something that only points to the log.
        lines = [line for line in said.getvalue().splitlines() if re.match(r"[\w.]+: .", line)]
        cause = lines[-1] if lines else error
        raise CourseError(f"cannot be released: {cause}", file=module.notebook.relative_to(course.root)) from error
    return (release_dir or root / "release") / module.name / f"{module.name}.ipynb"


@contextlib.contextmanager
def _plain(folder: Path) -> Iterator[Path]:
    """The folder under a name without signs that mean something in a pattern, for which nbgrader takes it."""
    if not re.search(r"[][(){}?*+|^$]", str(folder)):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as place:
        link = Path(place, "notebooks")
        link.symlink_to(folder.absolute(), target_is_directory=True)
        yield link


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
    replace: bool = False,
    more: Mapping[str, bytes] | None = None,
) -> Path:
    """Write the student edition of `modules` to the folder `to`, and a zip beside it if asked; which of the two there is.

    Parameters
    ----------
    course : Course
    modules : list of Module
    to : path
        An edition that is there is brought up to date; what is not the edition's stays.
    archive : bool
        Also write a zip file.
    library : bool
        Put in the library before the first module. Without it the edition is for students who go on in the folder that
        they have: unpacked over it, it leaves their own ``tinytorch/core`` alone.
    reference : sequence of Module
        Modules whose reference a student may fetch with ``tinytorch export --reference``, if they are stuck.
    replace : bool
        Also replace files that somebody has changed since they were released; they go to ``.tinytorch/backups``.
    more : mapping, optional
        Further files of the edition, by their path in it.

    Raises
    ------
    CourseError
        When the notebooks are not as src/ gives them, `to` holds something else, or files there were changed and not
        `replace`. Nothing is written then.
    """
    to = to.resolve()
    refuse_foreign(course, to)
    behind = drift(course, modules)
    if behind:
        raise CourseError(
            f"not built: {behind[0]}", "Run `tinytorch build` first, so that what you release is what src/ says."
        )
    files = edition_files(course, modules, library=library, reference=reference) | dict(more or {})
    to.parent.mkdir(parents=True, exist_ok=True)
    deliver(files, to, replace=replace, only_add=not library)
    return zipped(files, to) if archive else to


def edition_files(
    course: Course, modules: list[Module], *, library: bool = True, reference: Sequence[Module] = ()
) -> dict[str, bytes]:
    """All files of a student edition, by their path in it."""
    first = min(modules, key=lambda module: module.number)
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as folder:
        draft = Path(folder)
        for module in modules:
            path = draft / "notebooks" / module.name / f"{module.name}.ipynb"
            path.parent.mkdir(parents=True)
            nbformat.write(stripped(module), path)
        first.library_before(draft)
        for module in modules:
            put_known(module, draft)
        if not library:
            shutil.rmtree(draft / course.library.name / "core")
        for module in reference:
            if file := exported_file(module):
                target = draft / REFERENCE / module.name / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(course.library / file, target)
        rooms = Path(__file__).parents[1]
        for name in _STUDENT_ROOMS:
            _copy(rooms / name, draft / "tinytorch_course" / name)
        for name in ("settings.ini", "pyproject.toml", "setup.py", "LICENSE"):
            _copy(course.root / name, draft / name)
        _copy(course.data, draft / "data")
        _copy(_EDITION / "gitignore.txt", draft / ".gitignore")
        files = {p.relative_to(draft).as_posix(): _unix(p.read_bytes()) for p in draft.rglob("*") if p.is_file()}
    before = ", ".join(m.name for m in course.modules if m.number < first.number) or "nothing yet"
    names = {"modules": ", ".join(module.name for module in modules), "first": first.name, "before": before}
    readme = (_EDITION / "README.md").read_text(encoding="utf-8")
    for key, value in names.items():
        readme = readme.replace(f"{{{key}}}", value)
    return files | {"README.md": readme.encode()}


def _copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, if it is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        copy_folder(source, target)
    elif source.is_file():
        shutil.copy(source, target)


def _unix(content: bytes) -> bytes:
    """Text with line feeds, also from a checkout that git made on Windows; anything else as it is."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content
    return content if "\0" in text else text.replace("\r\n", "\n").encode()


def gaps(course: Course, modules: list[Module]) -> list[Module]:
    """Modules that an edition of `modules` needs, and that are neither among them nor in its library."""
    first = min(module.number for module in modules)
    homes = {file.stem: module for module in course.modules if (file := exported_file(module))}
    needed = {
        homes[name]
        for module in modules
        for name in re.findall(r"\btinytorch\.core\.(\w+)", read_text(module.src))
        if name in homes and homes[name].number < module.number
    }
    return sorted((m for m in needed if m.number > first and m not in modules), key=lambda m: m.number)
