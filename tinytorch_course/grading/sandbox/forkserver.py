"""A process inside the sandbox that forks a kernel in no time."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..model import Library, Limits
from .rooms import Running, SandboxError, _last_words, at_work, descendants, new_folder, write_library
from .walls import command_line, hand_over


class _Fork(Running):
    """A fork of the nursery."""

    def __init__(self, folder: Path, nursery: ForkServer, number: int) -> None:
        super().__init__(folder)
        self._nursery, self._number = nursery, number

    def alive(self) -> bool:
        return self._nursery.is_running(self._number)

    def pids(self) -> list[int]:
        return [pid for pid in descendants(self._nursery.pid) if pid not in self._nursery.own_pids]

    def starting(self) -> bool:
        return at_work(descendants(self._nursery.pid))  # the nursery has to fork it first

    def complaint(self) -> str:
        return self._nursery.complaint()

    def close(self) -> None:
        self._nursery.end(self._number)
        shutil.rmtree(self.folder, ignore_errors=True)


class ForkServer:
    """The process inside a sandbox that forks kernels."""

    def __init__(
        self, library: Library, modules: Sequence[str], limits: Limits, hide: Sequence[Path], scratch: Path
    ) -> None:
        self._root = new_folder(scratch)
        write_library(library, self._root / "lib")
        (self._root / "k").mkdir()
        hand_over(self._root / "k")
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
                raise SandboxError(f"the sandbox did not start: {self.complaint()}")
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
        """A kernel in namespaces of its own."""
        self._count += 1
        number = self._count
        folder = self._root / "k" / str(number)
        folder.mkdir()
        hand_over(folder)
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

    def complaint(self) -> str:
        """The last that was said on standard error."""
        return _last_words(self._root / "log")
