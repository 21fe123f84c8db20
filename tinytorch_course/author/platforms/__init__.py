"""Editions for where classes already are: Gradescope's autograder and GitHub Classroom's template."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from ...base.course import Course, Module
from ...base.errors import CourseError
from ...base.files import read_text, write_whole
from ..build import drift
from ..mistakes import graded_file

WORKFLOW = ".github/workflows/checks.yml"
_HERE = Path(__file__).parent
_PACKAGE = Path(__file__).parents[2]
_LEFT_OUT = {"publish", "__pycache__"}
_SCRIPTS = ("setup.sh", "run_autograder")


def workflow(course: Course, module: Module) -> dict[str, bytes]:
    """What an edition needs more to check itself on GitHub, by path."""
    text = read_text(_HERE / "classroom.yml")
    python = course.settings["pythons"].split()[-2]
    return {WORKFLOW: text.replace("{module}", module.name).replace("{python}", python).encode()}


def write_autograder(course: Course, module: Module, to: Path) -> Path:
    """Write the zip file that Gradescope takes as the autograder of a module; its path.

    In it are the library before the module, the instructor's notebook with its hidden tests, and what grades. Gradescope
    unpacks it to ``/autograder/source``.

    Parameters
    ----------
    to : path
        The file, or a folder in which it is called ``MODULE-gradescope.zip``.

    Raises
    ------
    CourseError
        When the notebook is not as src/ gives it.
    """
    if behind := drift(course, [module]):
        raise CourseError(
            f"not built: {behind[0]}", "Run `tinytorch build` first, so that it grades by what src/ says."
        )
    path = to if to.suffix == ".zip" else to / f"{module.name}-gradescope.zip"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(_autograder_files(course, module).items()):
            member = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            member.external_attr = (0o755 if name in _SCRIPTS else 0o644) << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    write_whole({path: held.getvalue()})
    return path


def _autograder_files(course: Course, module: Module) -> dict[str, bytes]:
    files = {"setup.sh": _unix(_HERE / "setup.sh"), "run_autograder": _unix(_HERE / "run_autograder.sh")}
    files["module.txt"] = f"{module.name}\n".encode()
    for name in ("settings.ini", "pyproject.toml", "setup.py", "LICENSE", "requirements.lock", "README.md"):
        if (course.root / name).is_file():
            files[name] = _unix(course.root / name)
    files[f"notebooks/{module.name}/{module.name}.ipynb"] = module.notebook.read_bytes()
    for path in sorted(_PACKAGE.rglob("*")):
        inner = path.relative_to(_PACKAGE)
        if path.is_file() and not _LEFT_OUT & set(inner.parts):
            files[f"tinytorch_course/{inner.as_posix()}"] = path.read_bytes()
    if graded_file(module).is_file():
        files[graded_file(module).relative_to(course.root).as_posix()] = graded_file(module).read_bytes()
    files |= module.library_files()
    for path in sorted(course.data.rglob("*")):
        if path.is_file():
            files[f"data/{path.relative_to(course.data).as_posix()}"] = path.read_bytes()
    return files


def _unix(path: Path) -> bytes:
    return path.read_bytes().replace(b"\r\n", b"\n")
