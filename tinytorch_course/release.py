"""The student edition: stripped notebooks, the library so far, and what a student needs to work alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from .config import Module, exported_module
from .source import read_text


def exported_file(module: Module) -> Path | None:
    """The library file that a module exports to, relative to the library: ``core/autograd.py``."""
    file = module.src if module.src.is_file() else module.notebook
    text = read_text(file)
    if file.suffix == ".ipynb":
        text = text.replace('"#|', "#|").replace("\\n", "\n")
    name = exported_module(text)
    return Path(*name.split(".")).with_suffix(".py") if name else None


def library_before(module: Module, to: Path) -> Path:
    """Copy into `to` the library as it is before `module`: earlier modules only, so nobody can import the solution."""
    library = module.course.library
    target = to / library.name
    later = {exported_file(m) for m in module.course.modules if m.number >= module.number}
    for path in sorted(library.rglob("*")):
        name = path.relative_to(library)
        if path.is_file() and path.suffix in {".py", ".pyi", ".typed"} and name.with_suffix(".py") not in later:
            if name.name == "_modidx.py":
                continue
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target / name)
    (target / "py.typed").touch()
    return target
