"""The command line of bubblewrap, and whether it works here."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...base.errors import CourseError
from ..model import Limits

INSIDE = Path(__file__).with_name("inside.py")
HOME_IN_SANDBOX = "/run/tinytorch"
NOBODY = 65534


def missing_reason() -> str | None:
    """Why no sandbox can be had on this machine, or None."""
    if not sys.platform.startswith("linux"):
        return "bubblewrap, which keeps submissions apart from this machine, needs Linux"
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed, and submissions are code from strangers"
    return _probe()


@functools.cache
def _probe() -> str | None:
    with tempfile.TemporaryDirectory(prefix="tt-") as folder:
        root = Path(folder)
        command = command_line(root, "print('inside')", raw=True)
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
            "Install it (Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap), or grade with "
            "--no-sandbox in a machine that holds nothing but the submissions.",
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


def _python_binds() -> list[str]:
    """The environment that runs this, read-only, without the course's own packages where they are installed in it."""
    binds: list[str] = []
    prefixes = {str(Path(prefix)) for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    prefixes |= {str(Path(prefix).resolve()) for prefix in prefixes}
    for prefix in sorted(prefixes):
        if not prefix.startswith("/usr/") and prefix not in ("/", "/usr"):
            binds += [*_open_path(prefix), "--ro-bind", prefix, prefix]
    for key in ("purelib", "platlib"):
        site = Path(sysconfig.get_path(key))
        for package in ("tinytorch", "tinytorch_course"):
            for place in dict.fromkeys([site / package, site.resolve() / package]):
                if place.is_dir():
                    binds += ["--tmpfs", str(place)]
    return binds


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
) -> list[str]:
    """The command that starts Python inside a sandbox.

    Parameters
    ----------
    root : path
        A private folder; its ``lib`` becomes the library, ``k`` the place of the nursery's sockets.
    code_or_mode : str
        What `inside.py` shall do, or with `raw` a program for ``python -c``.
    sockets : path, optional
        The folder that appears as ``/sockets``.
    hide : sequence of paths
        Folders that are empty inside, should they lie within something that is shown.
    """
    limits = limits or Limits()
    as_root = os.getuid() == 0
    command = [shutil.which("bwrap") or "bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    command += [
        "--unshare-cgroup-try",
        "--die-with-parent",
        "--new-session",
        "--hostname",
        "sandbox",
        "--cap-drop",
        "ALL",
    ]
    if as_root:  # `inside.py` leaves root with these two before it does anything else
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user"]
    command += ["--clearenv"]
    environment = {
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
        **{f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMEXPR")},
    }
    for name, value in environment.items():
        command += ["--setenv", name, value]
    command += _system_binds()
    command += ["--proc", "/proc", "--dev", "/dev"]
    command += ["--size", str(limits.disk // 4), "--perms", "1777", "--tmpfs", "/dev/shm"]
    command += ["--size", str(limits.disk), "--perms", "1777", "--tmpfs", "/tmp"]
    command += _python_binds()
    for path in hide:
        if _is_shown(path, command):
            command += ["--tmpfs", str(path)]
    (root / "lib").mkdir(exist_ok=True)
    command += [*_open_path(f"{HOME_IN_SANDBOX}/lib"), "--ro-bind", str(root / "lib"), f"{HOME_IN_SANDBOX}/lib"]
    command += ["--ro-bind", str(INSIDE), f"{HOME_IN_SANDBOX}/inside.py"]
    if nursery:
        command += ["--bind", str(root / "k"), f"{HOME_IN_SANDBOX}/k", "--dir", "/sockets"]
    elif sockets is not None:
        command += ["--bind", str(sockets), "/sockets"]
    command += ["--chdir", "/tmp", "--remount-ro", "/dev", "--remount-ro", "/", "--", sys.executable, "-s", "-B"]
    if raw:
        return [*command, "-c", code_or_mode]
    user = NOBODY if as_root else os.getuid()
    group = NOBODY if as_root else os.getgid()
    settings = json.dumps({"uid": user, "gid": group, **(config or {})})
    return [*command, f"{HOME_IN_SANDBOX}/inside.py", code_or_mode, settings]


def _is_shown(path: Path, command: Sequence[str]) -> bool:
    shown = [command[at + 1] for at, word in enumerate(command) if word == "--ro-bind"]
    return any(path.is_relative_to(place) for place in shown)


def hand_over(path: Path) -> None:
    """Give a folder to the user that the sandbox runs as."""
    path.chmod(0o700)
    if os.getuid() == 0:
        os.chown(path, NOBODY, NOBODY)
