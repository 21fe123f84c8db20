"""Which notebook a student means, and in which course it stands: an edition, or a folder that nbgrader has fetched."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from ..base.course import Course, Module, exported_file, exported_module
from ..base.errors import CourseError
from ..base.files import copy_folder


def find(name: str) -> tuple[Course, Path]:
    """The notebook called `name`, a path or a module's name, and its course.

    A notebook that nbgrader's exchange has fetched has no edition around it. Its course is then the folder in which the
    fetched assignments lie side by side: what is exported goes to ``tinytorch/`` there.
    """
    given = Path(name)
    if given.suffix == ".ipynb" and not given.is_file():
        raise CourseError("there is no such file", "Name a notebook or a module, for example 06_autograd.", file=given)
    try:
        course = Course.find()
        return course, given.resolve() if given.suffix == ".ipynb" else course.module(name).notebook
    except CourseError:
        module = Path(name.rstrip("/\\")).name
        fetched = [
            given,
            given / f"{module}.ipynb",
            Path(f"{module}.ipynb"),
            *Path.cwd().glob(f"{module}_*/{module}_*.ipynb"),
        ]
        path = next((path.resolve() for path in fetched if path.suffix == ".ipynb" and path.is_file()), None)
        if path is None:
            raise
    return around(path), path


def around(path: Path) -> Course:
    """The course of a notebook: the folder above it with settings.ini or a library, else the one around its own folder."""
    for folder in path.parents:
        if (folder / "settings.ini").is_file() or _is_library(folder / "tinytorch"):
            return Course(folder)
    return Course(path.parent.parent)


def _is_library(folder: Path) -> bool:
    try:
        return (folder / "checks.py").is_file()
    except OSError:  # a folder that nobody may look into
        return False


def library_of(course: Course) -> Path:
    """The library that a notebook of this course runs on: the course's own, else the one that is installed."""
    if _is_library(course.library):
        return course.library
    spec = importlib.util.find_spec("tinytorch")
    if spec is None or spec.origin is None:
        raise CourseError("there is no tinytorch here", "Work in the folder of the student edition, or install it.")
    return Path(spec.origin).parent


def with_library(course: Course) -> bool:
    """Make sure that the course has a library of its own to export to; whether one was made, from the installed one."""
    if _is_library(course.library):
        return False
    if course.library.exists():
        raise CourseError(
            "is in the way: exported work goes to a folder of this name", "Rename it.", file=course.library
        )
    draft = course.library.with_name(f".{course.library.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    copy_folder(library_of(course), draft)
    draft.rename(course.library)
    return True


def missing_modules(course: Course, nb: NotebookNode) -> list[tuple[str, Module | None]]:
    """Modules of the library that a notebook imports and that are not there, each with the module that exports it."""
    library = library_of(course)
    code = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "code")
    wanted = dict.fromkeys(re.findall(r"^\s*(?:from|import) tinytorch\.core\.(\w+)", code, re.MULTILINE))
    own = (exported_module(code) or "").removeprefix("core.")
    absent = [name for name in wanted if name != own and not (library / "core" / f"{name}.py").is_file()]
    here = {file.stem: module for module in course.modules if (file := exported_file(module))} if absent else {}
    return [(name, here.get(name)) for name in absent]


def require_earlier(course: Course, path: Path, nb: NotebookNode) -> None:
    """Raise where a notebook needs a module that was not exported yet: which one, and what to do."""
    missing = missing_modules(course, nb)
    if not missing:
        return
    modules = sorted({module.name for _, module in missing if module})
    names = ", ".join(f"core/{name}.py" for name, _ in missing)
    if modules:
        first = " and ".join(f"`tinytorch export {name}`" for name in modules)
        hint = f"Export that first: {first}."
    else:
        hint = (
            "It comes from an earlier module: solve and export that one in this folder, or take an edition that has it."
        )
    raise CourseError(f"needs an earlier module, and {names} is not in your tinytorch/", hint, file=path)
