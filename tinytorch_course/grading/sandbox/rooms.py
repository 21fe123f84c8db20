"""Where a submission runs: its folders, its processes, its memory."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import itertools
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..model import Library

_PREFIX = "tt-"  # short: the path of a socket is limited to 107 bytes
_LONGEST = 70  # bytes of the folder above it


def _temporary() -> str:
    """The temporary folder, or a usual one where TMPDIR is so long that no socket's path fits."""
    usual = tempfile.gettempdir()
    if len(os.fsencode(usual)) <= _LONGEST:
        return usual
    return next((place for place in ("/tmp", "/var/tmp") if os.access(place, os.W_OK | os.X_OK)), usual)


class Scratch:
    """The folder under which a run keeps its sandboxes' files. Removed at the end, or by the next run after a crash."""

    def __init__(self) -> None:
        self._sweep()
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_temporary()))
        self._lock = open(self.path / ".lock", "w", encoding="utf-8")  # noqa: SIM115 (held as long as the run)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        atexit.register(self.close)

    def close(self) -> None:
        atexit.unregister(self.close)
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()

    @staticmethod
    def _sweep() -> None:
        for folder in Path(_temporary()).glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):
                if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                    continue
                with open(folder / ".lock", encoding="utf-8") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)


def new_folder(within: Path) -> Path:
    """A folder of its own, with a short name."""
    return Path(tempfile.mkdtemp(prefix="", dir=within))


class SandboxError(Exception):
    """The sandbox itself failed, not the code in it."""


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


_HELD = re.compile(rb"^Rss(?:Anon|Shmem):\s+(\d+) kB", re.MULTILINE)
_OWN_FILES = ("/tmp", "/dev/shm")  # file systems in memory
MOST_FILES = 4000  # in each of them


def memory_of(pids: Sequence[int]) -> int:
    """Bytes of memory that these processes hold, shared memory included and what is mapped from files not."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += sum(int(number) for number in _HELD.findall(Path("/proc", str(pid), "status").read_bytes()))
    return total << 10


def waited_for_cpu(pids: Sequence[int]) -> dict[int, float]:
    """Seconds that each process was ready to run while others had the processor."""
    found = {}
    for pid in pids:
        with contextlib.suppress(OSError, IndexError, ValueError):  # not every system has these figures
            found[pid] = int(Path("/proc", str(pid), "schedstat").read_bytes().split()[1]) / 1e9
    return found


def at_work(pids: Sequence[int]) -> bool:
    """Whether one of these processes runs, stands ready to, or waits for a disk; where that cannot be told, yes."""
    states = []
    for pid in pids:
        with contextlib.suppress(OSError, IndexError):
            states.append(Path("/proc", str(pid), "stat").read_bytes().rpartition(b") ")[2][:1])
    return not states or any(state in (b"R", b"D") for state in states)


def files_in_memory(pids: Sequence[int]) -> tuple[int, int]:
    """Bytes and number of the files that a sandbox's processes have made; nothing where there is no sandbox."""
    for pid in reversed(pids):
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{pid}/ns/mnt") == os.readlink("/proc/self/ns/mnt"):
                continue
            found = [os.statvfs(f"/proc/{pid}/root{place}") for place in _OWN_FILES]
            held = sum((each.f_blocks - each.f_bfree) * each.f_frsize for each in found)
            return held, max(each.f_files - each.f_ffree for each in found)
    return 0, 0


def _last_words(log: Path) -> str:
    try:
        return log.read_bytes()[-500:].decode("utf-8", "replace").strip()
    except OSError:
        return ""


def tasks_of(user: int) -> int:
    """Processes and threads that count against a user's limit."""
    found = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == user:
                found += len(os.listdir(folder / "task"))
    return found


class Running:
    """A kernel that runs: the folder of its sockets, whether it lives, how to end it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def alive(self) -> bool:
        raise NotImplementedError

    def pids(self) -> list[int]:
        raise NotImplementedError

    def complaint(self) -> str:
        """What was said when it did not start."""
        raise NotImplementedError

    def used(self) -> tuple[int, int]:
        """Bytes of memory that it holds, its files included, since they lie in memory; and how many files."""
        pids = self.pids()
        held, files = files_in_memory(pids)
        return memory_of(pids) + held, files

    def waited(self) -> dict[int, float]:
        """Seconds that each of its processes stood ready while this machine did something else."""
        return waited_for_cpu(self.pids())

    def starting(self) -> bool:
        """Whether something is done for its start just now."""
        return at_work(self.pids())

    def overflowing(self) -> bool:
        """Whether something else than its five sockets lies in the folder, which is on this machine's disk."""
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            found = [entry.stat(follow_symlinks=False).st_mode for entry in itertools.islice(entries, 6)]
            return len(found) > 5 or not all(map(stat.S_ISSOCK, found))
        return False

    def close(self) -> None:
        """End everything in it and remove its folder."""
        raise NotImplementedError


class Alone(Running):
    """A process of its own: a sandbox, or without one a plain process."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], remove: Path) -> None:
        super().__init__(folder)
        self._process, self._remove = process, remove

    def alive(self) -> bool:
        return self._process.poll() is None

    def pids(self) -> list[int]:
        return descendants(self._process.pid)

    def complaint(self) -> str:
        return _last_words(self._remove / "log")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        shutil.rmtree(self._remove, ignore_errors=True)
