"""Where things are: reads settings.ini, the only place where names and paths stand."""

from __future__ import annotations

import configparser
import difflib
import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .errors import CourseError
from .files import read_text

REFERENCE = "reference"  # an edition's folder of modules that a student may take over
_MODULE = re.compile(r"(\d\d)_([a-z][a-z0-9_]*)")
_DEFAULT_EXP = re.compile(r"^\s*#\s*\|\s*default_exp\s+([\w.]+)", re.MULTILINE)


@dataclass(frozen=True)
class Module:
    """One module of the course, for example ``06_autograd``."""

    name: str
    course: Course

    @property
    def number(self) -> int:
        return int(self.name[:2])

    @property
    def src(self) -> Path:
        return self.course.src / self.name / f"{self.name}.py"

    @property
    def notebook(self) -> Path:
        return self.course.notebooks / self.name / f"{self.name}.ipynb"

    @property
    def about(self) -> Path:
        return self.course.src / self.name / "about.md"

    def library_before(self, to: Path) -> Path:
        """Copy into `to` the library as it is before this module, so that nobody can import the solution."""
        library = self.course.library
        target = to / library.name
        later = {exported_file(m) for m in self.course.modules if m.number >= self.number}
        for path in sorted(library.rglob("*")):
            name = path.relative_to(library)
            if (
                path.suffix not in {".py", ".pyi", ".typed"}
                or name.name == "_modidx.py"
                or name.with_suffix(".py") in later
            ):
                continue
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target / name)
        return target

    def library_files(self) -> dict[str, bytes]:
        """The files of `library_before`, by their path."""
        with tempfile.TemporaryDirectory(prefix="tinytorch-") as folder:
            self.library_before(Path(folder))
            files = (path for path in sorted(Path(folder).rglob("*")) if path.is_file())
            return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@dataclass(frozen=True)
class Course:
    """A checkout or a student edition: the folder with settings.ini."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Course:
        """The course around `start` (by default the working directory)."""
        start = (start or Path.cwd()).resolve()
        for folder in [start, *start.parents]:
            if (folder / "settings.ini").is_file():
                return cls(folder)
        raise CourseError(
            f"no settings.ini in {start} or above it",
            "Change into the folder of the course (the one with settings.ini) and call this again.",
        )

    @cached_property
    def settings(self) -> configparser.SectionProxy:
        parser = configparser.ConfigParser(delimiters=["="])
        file = self.root / "settings.ini"
        try:
            parser.read(file, encoding="utf-8-sig")
            return parser["DEFAULT"]
        except (configparser.Error, UnicodeDecodeError) as error:
            raise CourseError(f"cannot be read: {error}", file=file) from error

    def _path(self, key: str, default: str) -> Path:
        return self.root / self.settings.get(key, default)

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a process that finds this course's ``tinytorch`` before any other, and `more`."""
        path = os.pathsep.join([str(self.root), *filter(None, [os.environ.get("PYTHONPATH")])])
        return os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"} | more

    @property
    def repository(self) -> str:
        """The repository's address, for example ``https://github.com/NAME/tinytorch``; empty while there is none."""
        return self.settings.get("git_url", "").rstrip("/")

    @property
    def src(self) -> Path:
        return self._path("src_path", "src")

    @property
    def notebooks(self) -> Path:
        return self._path("nbs_path", "notebooks")

    @property
    def library(self) -> Path:
        return self._path("lib_path", "tinytorch")

    @property
    def data(self) -> Path:
        return self._path("data_path", "data")

    @cached_property
    def modules(self) -> list[Module]:
        """All modules in their order: those with a source, or, in a student edition, those with a notebook."""
        home = self.src if self.src.is_dir() else self.notebooks
        suffix = "py" if self.src.is_dir() else "ipynb"
        names = [
            folder.name
            for folder in (home.iterdir() if home.is_dir() else [])
            if _MODULE.fullmatch(folder.name) and (folder / f"{folder.name}.{suffix}").is_file()
        ]
        return [Module(name, self) for name in sorted(names)]

    def module(self, name: str) -> Module:
        """The module called `name`: ``06_autograd``, ``06``, ``6`` or ``autograd``."""
        wanted = Path(name).stem if name.endswith((".py", ".ipynb")) else name.strip("/")
        for module in self.modules:
            number, word = module.name[:2], module.name[3:]
            if wanted in (module.name, word, number, number.lstrip("0")):
                return module
        names = [module.name for module in self.modules]
        near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.4)
        raise CourseError(
            f"there is no module {name!r}" + (f"; did you mean {near[0]}?" if near else ""),
            f"The modules here are: {', '.join(names) or 'none'}.",
        )

    def chosen(self, names: list[str] | None) -> list[Module]:
        """The modules called `names`, or all of them."""
        return [self.module(name) for name in names] if names else self.modules


def exported_module(source: str) -> str | None:
    """The library module that a source or notebook text exports to: ``core.tensor``."""
    found = _DEFAULT_EXP.search(source)
    return found.group(1) if found else None


def exported_file(module: Module) -> Path | None:
    """The library file that a module exports to, relative to the library: ``core/autograd.py``."""
    file = module.src if module.src.is_file() else module.notebook
    text = read_text(file)
    if file.suffix == ".ipynb":
        try:
            cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
            text = "\n".join("".join(cell["source"]) for cell in cells)
        except (ValueError, KeyError, TypeError):
            return None  # whoever runs the notebook says that it is none
    name = exported_module(text)
    return Path(*name.split(".")).with_suffix(".py") if name else None
