"""The page of `tinytorch check --watch --page`: what the terminal says, in a browser on the same machine.

The server listens to this machine only. Its address has a secret in it, and a name other than this machine's own is
refused, so that no other page that is open in the browser can read what a student writes.
"""

from __future__ import annotations

import functools
import hmac
import secrets
import threading
import time
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment

from ..base.pages import script, templates
from .check import Standing, Tally

PATIENCE = 20.0  # seconds for which a question for news stays open
_TEMPLATES = Path(__file__).with_name("templates")
_KINDS = {"passed": "right", "failed": "wrong", "not written": "part", "by hand": "waits"}
_URGENT = {"failed": 2, "not written": 1}
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@functools.cache
def _environment() -> Environment:
    found = templates(_TEMPLATES)
    found.globals["scripts"] = {"live": script(_TEMPLATES, "live")}
    return found


class LivePage:
    """A page about one notebook that follows what is told of it. Use it in a ``with``: outside there is no server.

    Parameters
    ----------
    name : str
        The notebook's.
    """

    def __init__(self, name: str) -> None:
        self._name, self._rows = name, dict[str, Standing]()
        self._status, self._problem = "The notebook runs for the first time …", ""
        self._now: str | None = None
        self._new = True  # nothing was told of since the last save
        self._version, self._changed = 1, threading.Condition()
        self._secret = secrets.token_urlsafe(16)

    def __enter__(self) -> LivePage:
        self._server = _Server(self, self._secret)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        """What a student opens."""
        return f"http://127.0.0.1:{self._server.server_port}/{self._secret}/"

    # -- what is told --------------------------------------------------------------------------------------------

    def saved(self) -> None:
        """A save was seen, and is being checked."""
        self._tell(status=f"{time.strftime('%H:%M:%S')}: checking …", new=True)

    def tell(self, row: Standing) -> None:
        """How an exercise stands. Above the others is shown the first that fails after a save, or is not written, or any."""
        if self._new or _URGENT.get(row.state, 0) > _URGENT.get(self._shown_state(), 0):
            self._now = row.number
        self._tell(rows={**self._rows, row.number: row}, new=False, problem="")

    def done(self, rows: Sequence[Standing]) -> None:
        """The check is over."""
        status = f"{time.strftime('%H:%M:%S')}: {Tally.of(rows)}."
        self._tell(rows={row.number: row for row in rows}, status=status, problem="")

    def could_not(self, problem: str) -> None:
        """The notebook could not be checked."""
        self._tell(status=f"{time.strftime('%H:%M:%S')}: this save could not be checked.", problem=problem)

    def _shown_state(self) -> str:
        return self._rows[self._now].state if self._now in self._rows else ""

    def _tell(self, **told: Any) -> None:
        with self._changed:
            for name, value in told.items():
                setattr(self, f"_{name}", value)
            self._version += 1
            self._changed.notify_all()

    # -- what is shown -------------------------------------------------------------------------------------------

    def news(self, seen: int) -> tuple[int, str] | None:
        """The page and its version, as soon as it is not the one that was `seen`; None after PATIENCE seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._version != seen, PATIENCE):
                return None
            version, rows = self._version, list(self._rows.values())
            values = {
                "name": self._name,
                "status": self._status,
                "problem": self._problem,
                "now": self._rows.get(self._now or ""),
                "rows": sorted(rows, key=lambda row: [int(part) for part in row.number.split(".") if part.isdigit()]),
                "passed": sum(row.state == "passed" for row in rows),
            }
        return version, _environment().get_template("live.html.j2").render(
            runs="live", live=True, kinds=_KINDS, **values
        )


class _Server(ThreadingHTTPServer):
    """On a free port of this machine."""

    daemon_threads, block_on_close = True, False

    def __init__(self, page: LivePage, secret: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.page, self.secret = page, secret

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is nothing to speak of."""


class _Answer(BaseHTTPRequestHandler):
    server: _Server
    timeout = 30
    server_version, sys_version = "tinytorch", ""

    def do_GET(self) -> None:
        host, _, port = self.headers.get("Host", "").rpartition(":")
        if host not in ("127.0.0.1", "localhost") or port != str(self.server.server_port):
            return self._send(HTTPStatus.FORBIDDEN)
        parts = urlsplit(self.path)
        _, secret, *rest = [*parts.path.split("/"), ""]
        if not hmac.compare_digest(secret.encode(), self.server.secret.encode()) or rest[0] not in ("", "news"):
            return self._send(HTTPStatus.NOT_FOUND)
        seen = parse_qs(parts.query).get("seen", ["0"])[0] if rest[0] == "news" else "0"
        found = self.server.page.news(int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0)
        return self._send(HTTPStatus.NO_CONTENT) if found is None else self._send(HTTPStatus.OK, *found)

    def _send(self, status: HTTPStatus, version: int = 0, text: str = "") -> None:
        data = text.encode("utf-8", "replace")
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Length": str(len(data)), "X-Seen": str(version)}.items():
            self.send_header(name, value)
        if data:
            self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """The terminal is for cards."""
