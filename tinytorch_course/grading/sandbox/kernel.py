"""Talks to a kernel: runs a cell with a limit on time and output, notices when the kernel is gone."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import zmq
from jupyter_client.session import Session

from ..model import CellResult, Limits
from .rooms import Running, SandboxError, memory_of
from .sandbox import Sandbox

_GRACE = 3.0  # seconds that an interrupted cell has to end
_MESSAGE = 96 << 20  # bytes; a larger message is not accepted
_SHOWN = ("text/plain", "image/png", "image/jpeg", "text/vnd.mermaid", "image/svg+xml")


class KernelGone(Exception):
    """The kernel ended or had to be ended. `why` is a clause for people: "took longer than 30 s"."""

    def __init__(self, why: str, kind: str) -> None:
        super().__init__(why)
        self.why, self.kind = why, kind


class Kernel:
    """A running kernel of a sandbox.

    Parameters
    ----------
    sandbox : Sandbox
    limits : Limits
    files : dict, optional
        Small files that lie beside the notebook.
    """

    def __init__(self, sandbox: Sandbox, limits: Limits, files: Mapping[str, str] | None = None) -> None:
        self._limits = limits
        info = connection_info()
        self._room: Running = sandbox.kernel(info, files)
        self._session = Session(key=info["key"].encode(), signature_scheme="hmac-sha256")
        context = zmq.Context.instance()
        base = f"ipc://{self._room.folder}/k"
        self._shell, self._control = context.socket(zmq.DEALER), context.socket(zmq.DEALER)
        self._iopub = context.socket(zmq.SUB)
        self._iopub.subscribe(b"")
        for socket, port in ((self._shell, 1), (self._iopub, 2), (self._control, 4)):
            socket.linger = 0
            socket.setsockopt(zmq.MAXMSGSIZE, _MESSAGE)
            socket.setsockopt(zmq.RECONNECT_IVL, 10)
            socket.connect(f"{base}-{port}")
        self._poller = zmq.Poller()
        self._poller.register(self._shell, zmq.POLLIN)
        self._poller.register(self._iopub, zmq.POLLIN)
        self._watch_from = 0
        try:
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise

    def _wait_until_ready(self, seconds: float = 180.0) -> None:
        deadline = time.monotonic() + seconds
        asked, answered, heard = 0.0, False, False
        while not (answered and heard):
            now = time.monotonic()
            if now > deadline or not self._room.alive():
                raise SandboxError("a kernel did not start in the sandbox")
            if now - asked > (0.5 if not answered else 0.05):
                self._session.send(self._shell, "kernel_info_request")
                asked = now
            events = dict(self._poller.poll(50))
            if self._shell in events:
                self._shell.recv_multipart()
                answered = True
            if self._iopub in events:
                self._iopub.recv_multipart()
                heard = True
        self._watch_from = memory_of(self._room.pids())

    def run(self, code: str, timeout: float, ask: Mapping[str, str] | None = None) -> tuple[CellResult, dict[str, Any]]:
        """Run one cell; give what came of it and the values asked for. Raises KernelGone."""
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": dict(ask or {}),
            "allow_stdin": False,
            "stop_on_error": False,
        }
        began = time.monotonic()
        request = self._session.send(self._shell, "execute_request", content)
        identity = request["header"]["msg_id"]
        collected = _Outputs(identity, self._limits.output)
        reply: dict[str, Any] | None = None
        deadline, interrupted = began + timeout, False
        next_look = began + 0.5
        idle_until = 0.0
        while True:
            events = dict(self._poller.poll(20 if reply is None else 5))
            if self._iopub in events:
                for _ in range(200):
                    try:
                        collected.take(self._iopub.recv_multipart(zmq.NOBLOCK), self._session)
                    except zmq.Again:
                        break
            if self._shell in events:
                found = self._read(self._shell.recv_multipart())
                if found is not None and found["parent_header"].get("msg_id") == identity:
                    reply = found["content"]
                    idle_until = time.monotonic() + 1.0
            now = time.monotonic()
            if reply is not None and (collected.idle or now > idle_until):
                break
            if now >= next_look:
                next_look = now + 0.25
                if not self._room.alive():
                    raise KernelGone("ended the Python process", "dead")
                if memory_of(self._room.pids()) - self._watch_from > self._limits.memory:
                    raise KernelGone(f"used more than {self._limits.memory >> 20} MB of memory", "memory")
            if reply is None and now > deadline:
                if interrupted:
                    raise KernelGone(f"did not end within {timeout:g} s, and could not be interrupted", "timeout")
                self._session.send(self._control, "interrupt_request")
                interrupted, deadline = True, now + _GRACE
        status = "ok" if reply.get("status") == "ok" else "error"
        if interrupted:
            status = "timeout"
            collected.replace_errors("CellTimeoutError", f"stopped after {timeout:g} s")
        elif status == "error" and not any(output["output_type"] == "error" for output in collected.outputs):
            collected.add_error(
                str(reply.get("ename", "Error")), str(reply.get("evalue", ""))[:2000], reply.get("traceback")
            )
        count = reply.get("execution_count")
        result = CellResult(collected.outputs, status, count if isinstance(count, int) else None, now - began)
        answers = reply.get("user_expressions")
        return result, answers if isinstance(answers, dict) else {}

    def _read(self, frames: list[bytes]) -> dict[str, Any] | None:
        try:
            _, parts = self._session.feed_identities(frames)
            return self._session.deserialize(parts)
        except Exception:  # forged, unsigned or malformed: as if it had not come
            return None

    def close(self) -> None:
        for socket in (self._shell, self._iopub, self._control):
            socket.close(0)
        self._room.close()


class _Outputs:
    """Collects a cell's outputs while they arrive and stops keeping them when there are too many."""

    def __init__(self, identity: str, limit: int) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.idle = False
        self._identity, self._limit, self._size, self._cut = identity, limit, 0, False

    def take(self, frames: list[bytes], session: Session) -> None:
        size = sum(map(len, frames))
        if self._size + size > 4 * self._limit and self._kind(frames) not in ("status", "error"):
            self._cut_off()
            return
        try:
            _, parts = session.feed_identities(frames)
            message = session.deserialize(parts)
        except Exception:
            return
        if message["parent_header"].get("msg_id") != self._identity:
            return
        handler: Callable[[dict], None] | None = {
            "stream": self._stream,
            "error": self._error,
            "execute_result": self._data,
            "display_data": self._data,
            "status": self._status,
            "clear_output": lambda content: self.outputs.clear(),
        }.get(message["msg_type"])
        if handler is not None:
            try:
                content = dict(message["content"])
                content["_type"] = message["msg_type"]
                handler(content)
            except (TypeError, KeyError, AttributeError, ValueError):
                return

    @staticmethod
    def _kind(frames: list[bytes]) -> str:
        try:
            at = frames.index(b"<IDS|MSG>")
            return str(json.loads(frames[at + 2])["msg_type"])
        except (ValueError, IndexError, KeyError, TypeError, RecursionError):
            return ""

    def _room_for(self, size: int) -> bool:
        self._size += size
        if self._size <= self._limit:
            return True
        self._cut_off()
        return False

    def _cut_off(self) -> None:
        if not self._cut:
            self._cut = True
            note = f"... the output was cut here, after {self._limit // 1000} kB ...\n"
            self.outputs.append({"output_type": "stream", "name": "stderr", "text": note})

    def _stream(self, content: dict) -> None:
        text, name = str(content["text"]), "stderr" if content["name"] == "stderr" else "stdout"
        room = max(0, self._limit - self._size)
        if not self._room_for(len(text)):
            text = text[:room]
        if not text:
            return
        last = self.outputs[-2 if self._cut and len(self.outputs) > 1 else -1] if self.outputs else None
        if last is not None and last["output_type"] == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self.outputs.insert(len(self.outputs) - self._cut, {"output_type": "stream", "name": name, "text": text})

    def _error(self, content: dict) -> None:
        self.add_error(str(content["ename"])[:200], str(content["evalue"])[:4000], content.get("traceback"))

    def add_error(self, name: str, value: str, traceback: Any = None) -> None:
        lines = [str(line)[:4000] for line in traceback][:100] if isinstance(traceback, list) else []
        if sum(1 for output in self.outputs if output["output_type"] == "error") < 20:
            self.outputs.append(
                {"output_type": "error", "ename": name, "evalue": value, "traceback": lines or [f"{name}: {value}"]}
            )

    def replace_errors(self, name: str, value: str) -> None:
        self.outputs = [output for output in self.outputs if output["output_type"] != "error"]
        self.add_error(name, value)

    def _data(self, content: dict) -> None:
        data = {kind: content["data"][kind] for kind in _SHOWN if isinstance(content["data"].get(kind), str)}
        if not data or not self._room_for(sum(map(len, data.values()))):
            return
        output = {"output_type": content["_type"], "data": data, "metadata": {}}
        if content["_type"] == "execute_result":
            count = content.get("execution_count")
            output["execution_count"] = count if isinstance(count, int) else None
        self.outputs.append(output)

    def _status(self, content: dict) -> None:
        if content.get("execution_state") == "idle":
            self.idle = True


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
