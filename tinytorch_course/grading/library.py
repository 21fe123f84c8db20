"""Which files of the library a student has at a module: the hand-written ones, and the modules before it."""

from __future__ import annotations

import hashlib
import importlib.util
import re
from pathlib import Path

from ..config import Course, exported_module
from .model import Library

_NUMBER = re.compile(r"(\d\d)_")
_GENERATED = {"_modidx.py", "_nbdev.py"}


def exported_files(course: Course) -> dict[str, int]:
    """For each file that a notebook exports, the number of its module: ``{"core/tensor.py": 1}``."""
    files: dict[str, int] = {}
    for module in course.modules:
        for path in (module.src, module.notebook):
            if path.is_file():
                text = path.read_text(encoding="utf-8")
                if path.suffix == ".ipynb":
                    text = text.replace('"', "\n").replace("\\n", "\n")
                exported = exported_module(text)
                if exported is not None:
                    files[exported.replace(".", "/") + ".py"] = module.number
                break
    return files


def library_at(course: Course, number: int) -> Library:
    """The library with the modules before `number`, and the data that comes with it.

    A file in ``core`` that no module claims is left out: it could hold a solution.
    """
    numbers = exported_files(course)
    files: dict[str, bytes] = {}
    for path in sorted(course.library.rglob("*")):
        name = path.relative_to(course.library).as_posix()
        if not path.is_file() or path.suffix not in (".py", ".typed", ".csv", ".gz") or path.name in _GENERATED:
            continue
        generated = name.startswith("core/") and name != "core/__init__.py"
        if generated and not numbers.get(name, number) < number:
            continue
        files[f"{course.library.name}/{name}"] = path.read_bytes()
    if course.data.is_dir():
        for path in sorted(course.data.rglob("*")):
            if path.is_file() and path.stat().st_size < 10 << 20:
                files[f"data/{path.relative_to(course.data).as_posix()}"] = path.read_bytes()
    return _library(files)


def library_for(course_dir: Path, assignment: str) -> Library:
    """The library for an assignment: ``06_autograd`` has the modules 01 to 05.

    A course folder without settings.ini, or an assignment without a number, gets the hand-written part only.
    """
    number = _NUMBER.match(assignment)
    if (course_dir / "settings.ini").is_file():
        return library_at(Course(course_dir), int(number.group(1)) if number else 0)
    spec = importlib.util.find_spec("tinytorch")
    folders = list(spec.submodule_search_locations or []) if spec else []
    files: dict[str, bytes] = {}
    for folder in map(Path, folders):
        for path in sorted(folder.glob("*.py")):
            if path.name not in _GENERATED:
                files.setdefault(f"tinytorch/{path.name}", path.read_bytes())
    if files:
        files["tinytorch/core/__init__.py"] = b""
    return _library(files)


def _library(files: dict[str, bytes]) -> Library:
    digest = hashlib.sha256()
    for name, data in sorted(files.items()):
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return Library(files, digest.hexdigest())
