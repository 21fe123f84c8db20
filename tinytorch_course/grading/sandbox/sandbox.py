"""Runs code from strangers inside bubblewrap: builds the sandbox's command, starts kernels in it, ends them.

Two ways to start one. The *nursery* is a process inside a sandbox that has imported Jupyter's kernel and NumPy once and
forks from there; each fork gets namespaces, a /tmp and a view of its own (`inside`), which takes about a fifth of a
second off each start. Where the system does not allow namespaces within namespaces, every kernel is a sandbox of its own.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..model import Library, Limits
from .forkserver import ForkServer
from .rooms import Alone, Running, SandboxError, Scratch, new_folder, tasks_of, write_library
from .walls import INSIDE, NOBODY, command_line, hand_over


@functools.cache
def runs_as() -> tuple[int, int]:
    """User and group of a submission outside bubblewrap: nobody's, where root starts it and nobody can read what it needs."""
    own = (os.getuid(), os.getgid())
    if own[0] != 0:
        return own
    trial = "import sys, ipykernel, numpy; open(sys.argv[1]).close()"
    command = [sys.executable, "-s", "-B", "-c", trial, str(INSIDE / "__main__.py")]
    try:
        with tempfile.TemporaryFile() as nothing:
            subprocess.run(
                command, user=NOBODY, group=NOBODY, extra_groups=[], check=True, timeout=60, cwd="/",
                stdout=nothing, stderr=nothing,
            )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return own
    return NOBODY, NOBODY


class Sandbox:
    """Starts kernels for one assignment.

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
    scratch : path, optional
        Where its files lie; by default a folder of its own, which `close` removes.
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
        scratch: Path | None = None,
    ) -> None:
        self._library, self._modules, self._limits = library, tuple(modules), limits or Limits()
        self._hide, self._enabled = tuple(hide), enabled
        # A fork of the nursery gets a /tmp of its own, which would cover an environment that lies there.
        prefixes = [Path(prefix) for prefix in (sys.prefix, sys.base_prefix)]
        if nested is None and any(p.is_relative_to("/tmp") for path in prefixes for p in (path, path.resolve())):
            nested = False
        self._nested = nested if enabled else False
        self._nursery: ForkServer | None = None
        self._own_scratch = None if scratch else Scratch()
        self._scratch = scratch or self._own_scratch.path  # type: ignore[union-attr]

    def kernel(
        self, connection: Mapping[str, Any], files: Mapping[str, str] | None = None, seed: str | None = None
    ) -> Running:
        """Start a kernel.

        Parameters
        ----------
        connection : mapping
            Where it listens, as Jupyter writes it down.
        files : mapping, optional
            What lies beside the notebook.
        seed : str, optional
            From which tests draw their inputs. With it, checks send records and judge nothing; without it, they judge.
        """
        return self._start({"do": "kernel", "connection": dict(connection), "files": dict(files or {}), "seed": seed})

    def close(self) -> None:
        """End what was started ahead, and remove the files."""
        self._end_nursery()
        if self._own_scratch is not None:
            self._own_scratch.close()

    def _end_nursery(self) -> None:
        if self._nursery is not None:
            self._nursery.close()
            self._nursery = None

    def _start(self, request: dict[str, Any]) -> Running:
        request["limits"] = asdict(self._limits)
        if self._nested is not False:
            try:
                return self._fork(request)
            except SandboxError:
                if self._nested:
                    raise
                self._nested = False  # the system allows no namespaces inside: a sandbox for each from now on
                self._end_nursery()
        return self._own(request)

    def _fork(self, request: dict[str, Any]) -> Running:
        if self._nursery is not None and not self._nursery.usable():
            self._end_nursery()
        if self._nursery is None:
            self._nursery = ForkServer(self._library, self._modules, self._limits, self._hide, self._scratch)
            if self._nested is None:
                self._try_out(self._nursery)
                self._nested = True
        return self._nursery.fork(request)

    def _try_out(self, nursery: ForkServer) -> None:
        """Whether a fork can have namespaces of its own here."""
        room = nursery.fork({"do": "try", "limits": asdict(self._limits)})
        try:
            deadline = time.monotonic() + 20
            while room.alive() and time.monotonic() < deadline:
                time.sleep(0.01)
            if not (room.folder / "tried").exists():
                raise SandboxError(room.complaint())
        finally:
            room.close()

    def _own(self, request: dict[str, Any]) -> Running:
        root = new_folder(self._scratch)
        sockets = root / "k"
        sockets.mkdir()
        write_library(self._library, root / "lib")
        if not self._enabled or os.getuid() == 0:  # without a namespace of users, all processes of this user count
            request["limits"]["processes"] += tasks_of(NOBODY if self._enabled else runs_as()[0])
        if not self._enabled:
            if runs_as()[0] != os.getuid():
                for folder in (self._scratch, root):
                    folder.chmod(0o711)
                hand_over(sockets)
            request["connection"]["ip"] = f"{sockets}/k"
        (sockets / "request.json").write_text(json.dumps(request), encoding="utf-8")
        if self._enabled:
            hand_over(sockets)
            (sockets / "request.json").chmod(0o644)
            command = command_line(root, request["do"], sockets=sockets, limits=self._limits, hide=self._hide)
            environment = None
        else:
            command, environment = self._unprotected(root, request["do"])
        with open(root / "log", "wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,  # never written to: it ends when this process does
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
                env=environment,
            )
        return Alone(sockets, process, root)

    def _unprotected(self, root: Path, mode: str) -> tuple[list[str], dict[str, str]]:
        """A plain process with the limits but without any wall, as nobody where it can. What ``--no-sandbox`` asks for."""
        work = root / "tmp"
        work.mkdir()
        keep = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LD_LIBRARY_PATH")}
        environment = {
            **keep,
            "HOME": str(work / "home"),
            "PYTHONPATH": str(root / "lib"),
            "TINYTORCH_DATA": str(root / "lib" / "data"),
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "IPYTHONDIR": str(work / "ipython"),
        }
        user, group = runs_as()
        if user != os.getuid():
            os.chown(work, user, group)
        own = {"uid": user, "gid": group, "sockets": str(root / "k"), "tmp": str(work), "walled": False}
        return [sys.executable, "-s", "-B", str(INSIDE), mode, json.dumps(own)], environment
