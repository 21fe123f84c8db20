"""A Jupyter kernel for one submission."""

from __future__ import annotations

import ast
import contextlib
import importlib
import json
import os
import random
import sys
import time
import zlib
from typing import Any

from .sender import KIND, sender
from .walls import seal

_INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")


def run_kernel(request: dict[str, Any], sockets: str, tmp: str, walled: bool) -> None:
    """Become a kernel that listens on sockets in the file system.

    Parameters
    ----------
    request : dict
        The connection, the limits, the files beside the notebook, the seed of the tests.
    sockets, tmp : str
        Where the sockets lie, and where the submission may write.
    walled : bool
        Whether this process gives up all rights before it reads anything of the submission.
    """
    for folder in (f"{tmp}/home", f"{tmp}/work"):
        os.makedirs(folder, exist_ok=True)
    os.chdir(f"{tmp}/work")
    app = _started(request["connection"], f"{tmp}/connection.json")
    if walled:
        _wait_for(f"{sockets}/k-{request['connection']['hb_port']}")  # a thread makes this one
        seal(sockets)
    _bring_files(request.get("files", {}))
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    _keep_alive(app.shell, 4 * request["limits"]["output"])
    _without_installers(app.shell)
    _read_once(app.shell)
    _say_less(app)
    if request.get("seed") is not None:
        _send_records(app.shell, request["seed"])
    sys.argv = [""]
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):  # what said so far why nothing starts is a file on the machine's disk
        os.dup2(null, descriptor)
    app.start()


def _started(connection: dict[str, Any], path: str) -> Any:
    from ipykernel.kernelapp import IPKernelApp

    with open(path, "w", encoding="utf-8") as file:
        json.dump(connection, file)
    arguments = ["-f", path, "--HistoryManager.enabled=False", "--HistoryManager.hist_file=:memory:", "--quiet"]
    arguments += ["--IPKernelApp.capture_fd_output=False", "--log-level=CRITICAL"]
    app = IPKernelApp.instance()
    app.initialize(arguments)
    os.unlink(path)
    return app


def _wait_for(path: str, seconds: float = 2.0) -> None:
    deadline = time.monotonic() + seconds
    while not os.path.exists(path) and time.monotonic() < deadline:
        time.sleep(0.002)


def _bring_files(files: dict[str, str]) -> None:
    for name, text in files.items():
        if os.sep not in name and not name.startswith("."):
            with open(name, "w", encoding="latin-1", newline="") as file:
                file.write(text)


def _keep_alive(shell: Any, most: int) -> None:
    """Undo what a cell may do to the kernel by mistake: close its streams, quit it, flood it with text."""
    streams, left = (sys.stdout, sys.stderr), [most]

    def cut(stream: Any) -> None:
        write, flush, waiting = stream.write, stream.flush, [False]

        def some(text: str) -> int:
            kept = text[: max(0, left[0])] if isinstance(text, str) else text
            left[0] -= len(kept)
            if kept:  # what comes after this much is never shown, and a buffer of it could take all memory
                waiting[0] = True
                write(kept)
            return len(text)

        def send() -> None:  # the kernel asks four times a cell, and each time another thread would have to answer
            if waiting[0]:
                waiting[0] = False
                flush()

        stream.close, stream.write, stream.flush = lambda: None, some, send

    for stream in streams:
        cut(stream)

    def restore(*_: object) -> None:
        sys.stdout, sys.stderr = streams
        left[0] = most

    def leave(*_: object) -> None:
        raise SystemExit("quit() was called")

    shell.events.register("pre_execute", restore)
    shell.events.register("post_execute", restore)
    shell.user_ns["quit"] = shell.user_ns["exit"] = leave


def _read_once(shell: Any) -> None:
    """IPython reads each cell twice, once to see whether it waits for something; the second time takes the first's result.
    It looks for magics token by token, in Python; what is Python as it stands has none."""
    transform, manager = shell.transform_cell, shell.input_transformer_manager
    look, usual = manager.do_token_transforms, list(manager.token_transformers)
    last: list[str] = ["", ""]

    def remembered(raw: str) -> str:
        if raw != last[0]:
            last[:] = raw, transform(raw)
        return last[1]

    def look_where_needed(lines: list[str]) -> list[str]:
        if manager.token_transformers == usual:
            with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                ast.parse("".join(lines))
                return lines
        return look(lines)

    shell.transform_cell, manager.do_token_transforms = remembered, look_where_needed


def _say_less(app: Any) -> None:
    """No work for what nobody looks at: echoes of each cell, a history of errors, a name for each cell in slow Python."""
    app.log.setLevel("CRITICAL")  # ipykernel writes each request down, for a handler that drops it
    app.kernel._publish_execute_input = lambda *_: None
    app.shell._format_exception_for_storage = lambda *_, **__: []
    with contextlib.suppress(ImportError):
        compiler = importlib.import_module("ipykernel.compiler")
        compiler.murmur2_x86 = lambda text, seed: zlib.crc32(text.encode("utf-8"), seed)  # type: ignore[attr-defined]


def _without_installers(shell: Any) -> None:
    """There is no network here; a cell that installs something need not wait for that to be found out."""

    def skip(line: str) -> None:
        print("Nothing is installed while a notebook is graded.")

    for name in _INSTALLERS:
        shell.magics_manager.register_function(skip, "line", name)


def _send_records(shell: Any, seed: str) -> None:
    """Put what sends records in place of the checks that judge."""
    with contextlib.suppress(ImportError):
        checks, numpy = importlib.import_module("tinytorch.lab.checks"), importlib.import_module("numpy")
        write, mode = shell.payload_manager.write_payload, shell.InteractiveTB.mode

        def send(text: str) -> None:
            write({"source": KIND, "text": text}, single=False)
            shell.InteractiveTB.set_mode(
                "Minimal"
            )  # a test's error stands in its records: a long traceback is not kept

        shell.events.register("pre_execute", lambda: shell.InteractiveTB.set_mode(mode))
        kind = sender(checks, numpy, send, seed)
        for name in ("tinytorch.lab.checks", "tinytorch.checks"):
            importlib.import_module(name).Checks = kind  # type: ignore[attr-defined]
