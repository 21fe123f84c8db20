"""A process that has imported what every kernel needs, and forks one for each request. It runs no code of a submission."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
from typing import Any

from .kernel import run_kernel
from .walls import PR_SET_DUMPABLE, SOCKETS, TMP, isolate, limit, mapped_now, prctl


def preload(names: list[str]) -> None:
    """Import what every submission of this assignment imports anyway. A name that cannot be imported is left out."""
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def serve(config: dict[str, Any]) -> None:
    """Fork a child for each request line, report when it ends, kill it when asked. Runs until standard input ends."""
    preload(["numpy", "numpy.testing", "IPython", "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell"])
    preload(["ipykernel.debugger", "tinytorch.checks", *config["preload"]])
    # What a kernel imports as it starts, and at its first error.
    preload(["IPython.core.completerlib", "IPython.core.debugger", "IPython.extensions.storemagic", "faulthandler"])
    preload(["tornado.platform.asyncio", "stack_data", "pygments.formatters.terminal256", "fractions"])
    gc.collect()
    gc.freeze()  # what is here already need not be looked through, nor copied for that, in each fork
    prctl(PR_SET_DUMPABLE, 0)
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_read, False)
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: dict[int, int] = {}  # process id -> number
    _say({"ready": True})
    pending = b""
    while True:
        readable, _, _ = select.select([0, wake_read], [], [])
        if wake_read in readable:
            with contextlib.suppress(BlockingIOError):
                os.read(wake_read, 4096)
            while children:
                try:
                    pid, status = os.waitpid(-1, os.WNOHANG)
                except ChildProcessError:
                    break
                if pid == 0:
                    break
                if pid in children:
                    _say({"ended": children.pop(pid), "status": os.waitstatus_to_exitcode(status)})
        if 0 not in readable:
            continue
        data = os.read(0, 1 << 20)
        if not data:
            for pid in children:
                os.kill(pid, signal.SIGKILL)
            os._exit(0)
        pending += data
        *lines, pending = pending.split(b"\n")
        for line in lines:
            request = json.loads(line)
            if request["do"] == "kill":
                for pid, number in children.items():
                    if number == request["number"]:
                        os.kill(pid, signal.SIGKILL)
                continue
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for descriptor in (wake_read, wake_write):
                    os.close(descriptor)
                _start(request)
                os._exit(1)
            children[pid] = request["number"]


def _start(request: dict[str, Any]) -> None:
    """In the forked child: leave the fork server behind, then become a kernel."""
    trouble = os.dup(2)
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1):
            os.dup2(null, descriptor)
        os.close(null)
        mapped = mapped_now()
        isolate(request["number"], request["limits"]["disk"])
        limit(request["limits"], mapped)
        if request["do"] == "try":  # whether all this is possible here
            os.close(os.open(f"{SOCKETS}/tried", os.O_WRONLY | os.O_CREAT, 0o600))
            os._exit(0)
        os.dup2(0, 2)
        os.close(trouble)
    except BaseException as error:
        os.write(trouble, f"sandbox: {error}\n".encode())
        os._exit(71)
    run_kernel(request, SOCKETS, TMP, walled=True)


def _say(message: dict[str, Any]) -> None:
    os.write(1, json.dumps(message).encode() + b"\n")
