"""Runs code from strangers inside bubblewrap: builds the sandbox's command, starts kernels and judges in it, ends them.

Two ways to start one. The *nursery* is a process inside a sandbox that has imported Jupyter's kernel and NumPy once and
forks from there; each fork gets namespaces, a /tmp and a view of its own (`inside.py`), which takes about a fifth of a
second off each start. Where the system does not allow namespaces within namespaces, every kernel is a sandbox of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import CourseError
from .model import Library, Limits

INSIDE = Path(__file__).with_name("inside.py")
HOME_IN_SANDBOX = "/run/tinytorch"
NOBODY = 65534
_SHARED = threading.local()
_PREFIX = "tt-"  # short: the path of a socket is limited to 107 bytes


class Scratch:
    """The folder under which a run keeps its sandboxes' files. Removed at the end, or by the next run after a crash."""

    current: Path | None = None

    def __init__(self) -> None:
        self._sweep()
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = open(self.path / ".lock", "w", encoding="utf-8")  # noqa: SIM115 (held as long as the run)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()

    @staticmethod
    def _sweep() -> None:
        for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):
                if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                    continue
                with open(folder / ".lock", encoding="utf-8") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)


def _new_folder() -> Path:
    if Scratch.current is None:  # not a process of our pool: a Dask worker, or a Jupyter server
        scratch = Scratch()
        Scratch.current = scratch.path
        atexit.register(scratch.close)
    return Path(tempfile.mkdtemp(prefix="", dir=Scratch.current))


class SandboxError(Exception):
    """The sandbox itself failed, not the code in it."""


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


def _hand_over(path: Path) -> None:
    """Give a folder to the user that the sandbox runs as."""
    path.chmod(0o700)
    if os.getuid() == 0:
        os.chown(path, NOBODY, NOBODY)


def write_library(library: Library, where: Path) -> None:
    """The library's files under `where`."""
    for name, data in library.files.items():
        target = where / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def descendants(pid: int) -> list[int]:
    """The processes below `pid`, itself included."""
    found, stack = [], [pid]
    while stack:
        current = stack.pop()
        found.append(current)
        with contextlib.suppress(OSError, ValueError):
            for task in os.listdir(f"/proc/{current}/task"):
                with open(f"/proc/{current}/task/{task}/children", encoding="ascii") as file:
                    stack += [int(word) for word in file.read().split()]
    return found


def memory_of(pids: Sequence[int]) -> int:
    """Bytes of memory that these processes hold, shared libraries not counted."""
    page, total = os.sysconf("SC_PAGE_SIZE"), 0
    for pid in pids:
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{pid}/statm", encoding="ascii") as file:
                fields = file.read().split()
            total += (int(fields[1]) - int(fields[2])) * page
    return total


def _tasks_of_this_user() -> int:
    """Processes and threads that count against this user's limit."""
    found = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == os.getuid():
                found += len(os.listdir(folder / "task"))
    return found


class Room:
    """A kernel or a judge that runs: the folder of its sockets, whether it lives, how to end it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def alive(self) -> bool:
        raise NotImplementedError

    def pids(self) -> list[int]:
        raise NotImplementedError

    def close(self) -> None:
        """End everything in it and remove its folder."""
        raise NotImplementedError


class _OwnRoom(Room):
    """A process of its own: a sandbox, or without one a plain process."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], remove: Path) -> None:
        super().__init__(folder)
        self._process, self._remove = process, remove

    def alive(self) -> bool:
        return self._process.poll() is None

    def pids(self) -> list[int]:
        return descendants(self._process.pid)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._remove, ignore_errors=True)


class _Fork(Room):
    """A fork of the nursery."""

    def __init__(self, folder: Path, nursery: Nursery, number: int) -> None:
        super().__init__(folder)
        self._nursery, self._number = nursery, number

    def alive(self) -> bool:
        return self._nursery.is_running(self._number)

    def pids(self) -> list[int]:
        return [pid for pid in descendants(self._nursery.pid) if pid not in self._nursery.own_pids]

    def close(self) -> None:
        self._nursery.end(self._number)
        shutil.rmtree(self.folder, ignore_errors=True)


class Nursery:
    """The process inside a sandbox that forks kernels and judges. One for each thread that grades."""

    def __init__(self, library: Library, modules: Sequence[str], limits: Limits, hide: Sequence[Path]) -> None:
        self._root = _new_folder()
        write_library(library, self._root / "lib")
        (self._root / "k").mkdir()
        _hand_over(self._root / "k")
        self._log = open(self._root / "log", "w+b")  # noqa: SIM115 (lives as long as the process)
        command = command_line(
            self._root, "serve", nursery=True, config={"preload": list(modules)}, limits=limits, hide=hide
        )
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, bufsize=0, start_new_session=True
        )
        self._buffer = b""
        self._count = 0
        self._ended: dict[int, int] = {}
        self._running: set[int] = set()
        try:
            if self._listen(60.0, until=lambda message: "ready" in message) is None:
                raise SandboxError(f"the sandbox did not start: {self._complaint()}")
            self.own_pids = set(descendants(self._process.pid))
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def usable(self) -> bool:
        return self._process.poll() is None

    def fork(self, request: Mapping[str, Any]) -> _Fork:
        """A kernel or a judge in namespaces of its own."""
        self._count += 1
        number = self._count
        folder = self._root / "k" / str(number)
        folder.mkdir()
        _hand_over(folder)
        self._tell({**request, "number": number})
        self._running.add(number)
        return _Fork(folder, self, number)

    def is_running(self, number: int) -> bool:
        self._listen(0.0)
        return number not in self._ended and self.usable()

    def end(self, number: int) -> None:
        if number not in self._ended and self.usable():
            with contextlib.suppress(OSError):
                self._tell({"do": "kill", "number": number})
                self._listen(10.0, until=lambda message: message.get("ended") == number)
        self._running.discard(number)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            with contextlib.suppress(OSError, AttributeError):
                stream.close()  # type: ignore[union-attr]
        shutil.rmtree(self._root, ignore_errors=True)

    def _tell(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        data = json.dumps(message).encode() + b"\n"
        while data:
            data = data[self._process.stdin.write(data) :]

    def _listen(self, seconds: float, until: Any = None) -> dict[str, Any] | None:
        """Read what the nursery says, until it says what is waited for or time is up."""
        assert self._process.stdout is not None
        descriptor, deadline = self._process.stdout.fileno(), time.monotonic() + seconds
        while True:
            while b"\n" in self._buffer:
                line, self._buffer = self._buffer.split(b"\n", 1)
                message = json.loads(line)
                if "ended" in message:
                    self._ended[message["ended"]] = message["status"]
                if until is not None and until(message):
                    return message
            readable, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not readable:
                return None
            data = os.read(descriptor, 65536)
            if not data:
                return None
            self._buffer += data

    def complaint_of(self, number: int) -> str:
        return f"{self._ended.get(number)}: {self._complaint()}"

    def _complaint(self) -> str:
        self._log.flush()
        with open(self._root / "log", "rb") as file:
            return file.read()[-500:].decode("utf-8", "replace").strip()


class Sandbox:
    """Starts kernels and judges for one assignment.

    Parameters
    ----------
    library : Library
        What can be imported as ``tinytorch`` inside.
    modules : sequence of str
        What every submission imports, imported ahead.
    nested : bool, optional
        Whether to fork from a nursery; by default where it works.
    enabled : bool
        False runs plain processes without any protection.
    """

    def __init__(
        self,
        library: Library,
        modules: Sequence[str] = (),
        limits: Limits | None = None,
        *,
        hide: Sequence[Path] = (),
        nested: bool | None = None,
        enabled: bool = True,
    ) -> None:
        self._library, self._modules, self._limits = library, tuple(modules), limits or Limits()
        self._hide, self._enabled = tuple(hide), enabled
        # A fork of the nursery gets a /tmp of its own, which would cover an environment that lies there.
        prefixes = [Path(prefix) for prefix in (sys.prefix, sys.base_prefix)]
        if nested is None and any(p.is_relative_to("/tmp") for path in prefixes for p in (path, path.resolve())):
            nested = False
        self._nested = nested if enabled else False
        self._nursery: Nursery | None = None

    @classmethod
    def shared(
        cls, library: Library, modules: Sequence[str], limits: Limits, hide: Sequence[Path], enabled: bool
    ) -> Sandbox:
        """This thread's sandbox for an assignment: kept from one submission to the next."""
        key = (library.key, tuple(modules), limits, tuple(hide), enabled)
        if getattr(_SHARED, "key", None) != key:
            if getattr(_SHARED, "sandbox", None) is not None:
                _SHARED.sandbox.close()
            _SHARED.key, _SHARED.sandbox = key, cls(library, modules, limits, hide=hide, enabled=enabled)
        return _SHARED.sandbox

    @staticmethod
    def close_shared() -> None:
        """End this thread's sandbox."""
        if getattr(_SHARED, "sandbox", None) is not None:
            _SHARED.sandbox.close()
            _SHARED.sandbox = _SHARED.key = None

    def kernel(self, connection: Mapping[str, Any], files: Mapping[str, str] | None = None) -> Room:
        return self._start({"do": "kernel", "connection": dict(connection), "files": dict(files or {})})

    def judge(self, request: Mapping[str, Any]) -> Room:
        return self._start({"do": "judge", **request})

    def close(self) -> None:
        if self._nursery is not None:
            self._nursery.close()
            self._nursery = None

    def _start(self, request: dict[str, Any]) -> Room:
        request["limits"] = asdict(self._limits)
        if self._nested is not False:
            try:
                return self._fork(request)
            except SandboxError:
                if self._nested:
                    raise
                self._nested = False  # the system allows no namespaces inside: a sandbox for each from now on
                self.close()
        return self._own(request)

    def _fork(self, request: dict[str, Any]) -> Room:
        if self._nursery is not None and not self._nursery.usable():
            self.close()
        if self._nursery is None:
            self._nursery = Nursery(self._library, self._modules, self._limits, self._hide)
            if self._nested is None:
                self._try_out(self._nursery)
                self._nested = True
        return self._nursery.fork(request)

    def _try_out(self, nursery: Nursery) -> None:
        """Whether a fork can have namespaces of its own here."""
        request = {
            "do": "judge",
            "chunks": [{"test": "ok", "label": "", "at": 1, "code": "pass"}],
            "timeout": 10,
            "nonce": "try",
            "limits": asdict(self._limits),
        }
        room = nursery.fork(request)
        try:
            deadline = time.monotonic() + 20
            while room.alive() and time.monotonic() < deadline:
                time.sleep(0.01)
            if not (room.folder / "judged.json").exists():
                raise SandboxError(nursery.complaint_of(room._number))
        finally:
            room.close()

    def _own(self, request: dict[str, Any]) -> Room:
        root = _new_folder()
        sockets = root / "k"
        sockets.mkdir()
        write_library(self._library, root / "lib")
        if not self._enabled:  # without a namespace of its own, all processes of this user count
            request["limits"]["processes"] += _tasks_of_this_user()
            if "connection" in request:
                request["connection"]["ip"] = f"{sockets}/k"
        (sockets / "request.json").write_text(json.dumps(request), encoding="utf-8")
        if self._enabled:
            _hand_over(sockets)
            (sockets / "request.json").chmod(0o644)
            command = command_line(root, request["do"], sockets=sockets, limits=self._limits, hide=self._hide)
            environment = None
        else:
            command, environment = self._unprotected(root, request["do"])
        with open(root / "log", "wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
                env=environment,
            )
        return _OwnRoom(sockets, process, root)

    def _unprotected(self, root: Path, mode: str) -> tuple[list[str], dict[str, str]]:
        """A plain process with the limits but without any wall. What ``--no-sandbox`` asks for."""
        work = root / "tmp"
        work.mkdir()
        script = INSIDE.read_text(encoding="utf-8")
        script = script.replace('SOCKETS = "/sockets"', f"SOCKETS = {str(root / 'k')!r}")
        script = script.replace('TMP = "/tmp"', f"TMP = {str(work)!r}")
        script = script.replace(
            "    drop_capabilities()\n    settle(request)\n    limit(", "    settle(request)\n    limit("
        )
        (root / "inside.py").write_text(script, encoding="utf-8")
        keep = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LD_LIBRARY_PATH")}
        environment = {
            **keep,
            "HOME": str(work),
            "PYTHONPATH": str(root / "lib"),
            "TINYTORCH_DATA": str(root / "lib" / "data"),
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "IPYTHONDIR": str(work / "ipython"),
        }
        settings = json.dumps({"uid": os.getuid(), "gid": os.getgid()})
        return [sys.executable, "-s", "-B", str(root / "inside.py"), mode, settings], environment


def connection_info(folder_inside: str = "/sockets") -> dict[str, Any]:
    """What a kernel needs to know to listen on sockets in the file system."""
    return {
        "transport": "ipc",
        "ip": f"{folder_inside}/k",
        "shell_port": 1,
        "iopub_port": 2,
        "stdin_port": 3,
        "control_port": 4,
        "hb_port": 5,
        "key": uuid.uuid4().hex,
        "signature_scheme": "hmac-sha256",
        "kernel_name": "python3",
    }
