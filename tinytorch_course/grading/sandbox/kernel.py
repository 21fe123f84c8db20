"""Talks to a kernel: runs a cell with a limit on time and output, notices when the kernel is gone."""

from __future__ import annotations

import hmac
import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import zmq
from jupyter_client.session import Session

from ..model import CellResult, Limits
from .inside.sender import KIND as RECORDS
from .rooms import MOST_FILES, Running, SandboxError
from .sandbox import Sandbox

_MOST_PATIENCE = 4  # a cell's limit is put off by the time that others had the processor, but not by more than that
_START, _STUCK = 180.0, 20.0  # seconds that a start may take, and in which nothing is done for it: then try another one
_GRACE = 3.0  # seconds that an interrupted cell has to end
_LOOK = 0.25  # seconds between two looks at what the processes use
_SHORT = 0.05  # seconds; what a longer cell left behind is looked at as it ends, or the next one would be blamed for it
_LARGEST, _WAITING = (
    12 << 20,
    16,
)  # bytes of a message, and how many may wait here: more wait inside, where memory counts
_SMALL = 4000  # bytes; of what comes when there is no room left, only such messages are read
_RESULT = 100  # characters of a result that is kept whatever else was shown: a test's partial credit
_PICTURES = ("image/png", "image/jpeg")  # others may hold script
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
# Escape sequences but those for colours, and control characters but those that notebooks show.
_CONTROL = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b(?!\[[0-9;]*m)\[?[0-9;?]*.?|[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]"
)
_MOST_OUTPUTS, _MOST_ERRORS = 200, 20  # of one cell


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
    budget : Budget
        What may be kept of its outputs; shared by all kernels of a submission.
    files : dict[str, Any], optional
        Small files that lie beside the notebook.
    seed : str
        From which tests draw their inputs.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        limits: Limits,
        budget: Budget,
        files: Mapping[str, str] | None = None,
        seed: str = "",
    ) -> None:
        self._limits, self._budget = limits, budget
        info = connection_info()
        self._room: Running = sandbox.kernel(info, files, seed)
        self._session = Session(key=info["key"].encode(), signature_scheme="hmac-sha256")
        context: zmq.Context[Any] = zmq.Context.instance()
        base = f"ipc://{self._room.folder}/k"
        self._shell, self._control = context.socket(zmq.DEALER), context.socket(zmq.DEALER)
        self._iopub = context.socket(zmq.SUB)
        self._iopub.subscribe(b"")
        for socket, port in ((self._shell, 1), (self._iopub, 2), (self._control, 4)):
            socket.linger = 0
            socket.setsockopt(zmq.MAXMSGSIZE, _LARGEST)
            socket.setsockopt(zmq.RCVHWM, _WAITING)
            socket.setsockopt(zmq.RECONNECT_IVL, 10)
            socket.setsockopt(zmq.SNDTIMEO, int(1000 * _GRACE))
            socket.connect(f"{base}-{port}")
        self._poller = zmq.Poller()
        self._poller.register(self._shell, zmq.POLLIN)
        self._poller.register(self._iopub, zmq.POLLIN)
        self._watch_from, self._next_look = 0, time.monotonic()
        self.waited = 0.0  # seconds of its cells that others had the processor
        self._waits: Mapping[int, float] = {}  # by process, as they were when last asked for
        try:
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise

    def _wait_until_ready(self) -> None:
        moved = looked = time.monotonic()
        deadline = moved + _START
        asked, answered, heard = 0.0, False, False
        while not (answered and heard):
            now = time.monotonic()
            if now - looked > _LOOK:
                looked = now
                if not answered and self._room.starting():  # one that has answered has nothing more to do first
                    moved = now
            if now > min(deadline, moved + _STUCK) or not self._room.alive():
                raise SandboxError(f"a kernel did not start in the sandbox: {self._room.complaint() or 'no word why'}")
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
        self._watch_from, _ = self._room.used()
        self._waits = self._room.waited()

    def run(self, code: str, timeout: float) -> CellResult:
        """Run one cell. Raises KernelGone."""
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "allow_stdin": False,
            "stop_on_error": False,
        }
        began = time.monotonic()
        ready_before: Mapping[int, float] | None = None  # asked for only where a cell is long enough to need it
        request = self._session.msg("execute_request", content)
        self._send(self._shell, request)
        identity = request["header"]["msg_id"]
        collected = _Outputs(identity, self._limits.output, self._budget)
        reply: dict[str, Any] | None = None
        deadline, interrupted = began + timeout, False
        idle_until = 0.0
        while True:
            events = dict(self._poller.poll(20 if reply is None else 5))
            if self._iopub in events:
                self._listen(collected)
            if self._shell in events:
                found = self._read(self._shell.recv_multipart())
                if found is not None and found[0] == identity:
                    reply = found[1]
                    idle_until = time.monotonic() + 1.0
            now = time.monotonic()
            if ready_before is None and now - began > _SHORT:
                self._note_waiting(timeout)
                ready_before = self._waits
            if now >= self._next_look:
                self._look()
            if reply is not None and (collected.idle or now > idle_until):
                break
            if reply is None and now > deadline:
                if not interrupted:
                    waited = self._patience(ready_before or {}, timeout)
                    if now < began + timeout + waited:  # this machine is busy: that is no fault of the cell
                        deadline = began + timeout + waited
                        continue
                if interrupted:
                    raise KernelGone(f"did not end within {timeout:g} s, and could not be interrupted", "timeout")
                self._send(self._control, "interrupt_request")
                interrupted, deadline = True, now + _GRACE
        if now - began > _SHORT:
            self._look()
            self._note_waiting(timeout)
        status = "ok" if reply.get("status") == "ok" else "error"
        if interrupted:
            status = "timeout"
            collected.replace_errors("CellTimeoutError", f"stopped after {timeout:g} s")
        elif status == "error" and not any(output["output_type"] == "error" for output in collected.outputs):
            collected.add_error(reply.get("ename", "Error"), reply.get("evalue", ""), reply.get("traceback"))
        count = reply.get("execution_count")
        count = count if type(count) is int and 0 < count < 1 << 31 else None
        return CellResult(collected.outputs, status, count, now - began, self._records(reply))

    def _send(self, socket: zmq.Socket[bytes], message: Any) -> None:
        """Send, unless a submission has closed the other end: that would wait for ever."""
        try:
            self._session.send(socket, message)
        except zmq.Again:
            raise KernelGone("closed its connections", "dead") from None

    def _note_waiting(self, timeout: float) -> None:
        """Count what its processes have waited since this was asked last."""
        before, self._waits = self._waits, self._room.waited()
        self.waited += _longest(before, self._waits, timeout)

    def _patience(self, before: Mapping[int, float], timeout: float) -> float:
        """By how much a cell's limit is put off: the time since `before` that it was ready and did not get to run."""
        return _longest(before, self._room.waited(), timeout)

    def _listen(self, collected: _Outputs) -> None:
        """Take what is waiting, but not for so long that time is forgotten."""
        until = time.monotonic() + _LOOK
        while time.monotonic() < until:
            try:
                collected.take(self._iopub.recv_multipart(zmq.NOBLOCK), self._session)
            except zmq.Again:
                return

    def _look(self) -> None:
        """Whether the kernel lives and keeps within its limits. Raises KernelGone."""
        if not self._room.alive():
            raise KernelGone("ended the Python process", "dead")
        if self._room.overflowing():
            raise KernelGone("wrote where nothing may be written", "dead")
        memory, files = self._room.used()
        if files > MOST_FILES:
            raise KernelGone(f"made more than {MOST_FILES} files", "dead")
        if memory - self._watch_from > self._limits.memory:
            raise KernelGone(f"used more than {self._limits.memory >> 20} MB of memory", "memory")
        self._next_look = time.monotonic() + _LOOK

    def _records(self, reply: Mapping[str, Any]) -> list[str]:
        """What the checks of a test sent. It comes with the reply, which no flood of outputs can push aside."""
        payload = reply.get("payload")
        items = payload if isinstance(payload, list) else []
        sent = [item.get("text") for item in items if isinstance(item, dict) and item.get("source") == RECORDS]
        return [self._budget.records(text) for text in sent]

    def _read(self, frames: list[bytes]) -> tuple[str, dict[str, Any]] | None:
        """To which message this is the reply, and what it says."""
        try:
            _, parent, content = _opened(frames, self._session)
            return str(parent["msg_id"]), dict(content())
        except Exception:  # forged, unsigned or malformed: as if it had not come
            return None

    def close(self) -> None:
        for socket in (self._shell, self._iopub, self._control):
            socket.close(0)
        self._room.close()


class Budget:
    """What may be kept of all that one submission shows and sends, over all of its cells.

    Parameters
    ----------
    shown, sent : int
        Characters of outputs, and of records.
    """

    def __init__(self, shown: int, sent: int) -> None:
        self.shown, self.sent = shown, sent
        self.read = 20 * shown  # bytes of messages: pictures that change, say, are replaced and cost none of `shown`

    def records(self, text: Any) -> str:
        """Records, or where there are too many, no record: the test fails as one whose records are malformed."""
        if not isinstance(text, str) or len(text) > self.sent:
            return ""
        self.sent -= len(text)
        return text


class _Outputs:
    """Collects a cell's outputs while they arrive and stops keeping them when there are too many.

    This is where all that a submission says comes in: cut, cleaned, and of the types that a notebook has.
    """

    def __init__(self, identity: str, limit: int, budget: Budget) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.idle = False
        self._identity, self._budget = identity, budget
        self._most, self._left = min(limit, budget.shown), min(limit, budget.shown)
        self._cut = False
        self._handlers: dict[str, Callable[[dict[str, Any]], None]] = {
            "stream": self._stream,
            "error": self._error,
            "execute_result": self._result,
            "display_data": self._data,
            "status": self._status,
            "clear_output": lambda content: self.outputs.clear(),
        }

    def take(self, frames: list[bytes], session: Session) -> None:
        size = sum(map(len, frames))
        self._budget.read -= size
        if self._cut or self._budget.read < 0:
            kind = self._kind(frames)
            if size > _SMALL or kind not in ("status", "execute_result"):  # not even read: a flood must not cost time
                if kind in self._handlers:
                    self._cut_off()
                return
        try:
            kind, parent, content = _opened(frames, session)
            if parent["msg_id"] == self._identity and kind in self._handlers:
                self._handlers[kind](content())
        except Exception:  # forged, unsigned or malformed: as if it had not come
            return

    @staticmethod
    def _kind(frames: list[bytes]) -> str:
        try:
            return str(json.loads(frames[frames.index(b"<IDS|MSG>") + 2])["msg_type"])
        except (ValueError, IndexError, KeyError, TypeError, RecursionError):
            return ""

    def _keep(self, output: dict[str, Any], size: int) -> bool:
        """Keep an output if there is room for it; else say once that there was none."""
        if size <= self._left and len(self.outputs) < _MOST_OUTPUTS:
            self._left -= size
            self._budget.shown -= size
            self.outputs.append(output)
            return True
        self._cut_off()
        return False

    def _cut_off(self) -> None:
        if not self._cut:
            self._cut, self._left = True, 0
            note = f"... the output was cut here, after {self._most // 1000} kB ...\n"
            self.outputs.append({"output_type": "stream", "name": "stderr", "text": note})

    def _stream(self, content: dict[str, Any]) -> None:
        name = "stderr" if content["name"] == "stderr" else "stdout"
        whole = cleaned(content["text"], self._left + 1)
        text = whole[: self._left]
        last = self.outputs[-1] if self.outputs else None
        if not self._cut and last is not None and last["output_type"] == "stream" and last["name"] == name:
            last["text"] += text
            self._left -= len(text)
            self._budget.shown -= len(text)
        elif text:
            self._keep({"output_type": "stream", "name": name, "text": text}, len(text))
        if len(whole) > len(text):
            self._cut_off()

    def _error(self, content: dict[str, Any]) -> None:
        self.add_error(content["ename"], content["evalue"], content.get("traceback"))

    def add_error(self, name: Any, value: Any, traceback: Any = None) -> None:
        """An error. A cell's first one is kept even where there is no room: its name and message."""
        name, value = cleaned(name, 200).replace("\n", " "), cleaned(value, 4000)
        lines = [cleaned(line, 4000) for line in traceback[:100]] if isinstance(traceback, list) else []
        error = {"output_type": "error", "ename": name, "evalue": value, "traceback": lines or [f"{name}: {value}"]}
        if sum(output["output_type"] == "error" for output in self.outputs) >= _MOST_ERRORS:
            return
        kept = self._keep(error, len(name) + len(value) + sum(map(len, lines)))
        if not kept and not any(output["output_type"] == "error" for output in self.outputs):
            self.outputs.append({**error, "evalue": value[:300], "traceback": [f"{name}: {value[:300]}"]})

    def replace_errors(self, name: str, value: str) -> None:
        self.outputs = [output for output in self.outputs if output["output_type"] != "error"]
        self.add_error(name, value)

    def _result(self, content: dict[str, Any]) -> None:
        count = content.get("execution_count")
        self._show(
            content["data"],
            "execute_result",
            {"execution_count": count if type(count) is int and 0 < count < 1 << 31 else None},
        )

    def _data(self, content: dict[str, Any]) -> None:
        self._show(content["data"], "display_data", {})

    def _show(self, data: dict[str, Any], kind: str, more: dict[str, Any]) -> None:
        kept = {"text/plain": cleaned(data["text/plain"], self._left + _RESULT)} if "text/plain" in data else {}
        if self._cut and kept and kind == "execute_result" and len(kept["text/plain"]) <= _RESULT:
            self.outputs = [output for output in self.outputs if output["output_type"] != kind]
            self.outputs.append({"output_type": kind, "data": kept, "metadata": {}, **more})
            return
        kept |= {name: data[name] for name in _PICTURES if _BASE64.fullmatch(data.get(name, "-"))}
        if kept:
            self._keep({"output_type": kind, "data": kept, "metadata": {}, **more}, sum(map(len, kept.values())))

    def _status(self, content: dict[str, Any]) -> None:
        if content.get("execution_state") == "idle":
            self.idle = True


def _opened(frames: list[bytes], session: Session) -> tuple[str, dict[str, Any], Callable[[], Any]]:
    """Kind, parent's header and content of a signed message. Jupyter's own reader makes dates of all that looks like one,
    which takes longer than everything else. Raises for what is no message."""
    at = frames.index(b"<IDS|MSG>")
    signature, *parts = frames[at + 1 : at + 6]
    if not hmac.compare_digest(session.sign(parts), signature):
        raise ValueError("not signed")
    header, parent, _, content = parts
    return str(json.loads(header)["msg_type"]), json.loads(parent), lambda: json.loads(content)


def _longest(before: Mapping[int, float], after: Mapping[int, float], timeout: float) -> float:
    """By how much a process's time has grown the most, up to what a cell's limit is put off by at most."""
    grown = [waited - before.get(pid, 0.0) for pid, waited in after.items()]
    return min(max(grown, default=0.0), _MOST_PATIENCE * timeout)


def cleaned(text: Any, most: int) -> str:
    """Text of a submission as it may be kept: cut, encodable, without codes that a terminal or a page would obey."""
    plain = text[:most] if isinstance(text, str) else ""
    return _CONTROL.sub("", plain.encode("utf-8", "replace").decode("utf-8"))


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
