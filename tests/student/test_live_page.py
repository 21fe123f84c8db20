"""`tinytorch check --watch --page`: one calm page for whoever sits at this machine, and for nobody else."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.student.test_student import RIGHT, write
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.base.course import Course
from tinytorch_course.student import live_page
from tinytorch_course.student.check import Standing
from tinytorch_course.student.live_page import LivePage

EVIL = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"


def row(number: str, state: str, message: str = "") -> Standing:
    return Standing(number, "A title", state, message, 4)


@pytest.fixture
def page() -> Iterator[LivePage]:
    with LivePage("06_autograd") as page:
        yield page


def asked(page: LivePage, path: str | None = None, host: str | None = None) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer; a `path` without the secret, or another `host`, on demand."""
    parts = urlsplit(page.address)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=10)
    connection.request("GET", path or parts.path, headers={"Host": host or parts.netloc})
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read().decode("utf-8")
    connection.close()
    return found


def now(page: LivePage) -> str:
    """What stands above the list: number and state."""
    text = asked(page)[2]
    found = re.search(r'<div id="now">\s*<section[^>]*><h2><span>([\d.]+) [^<]*</span><span>([^<]*)<', text)
    return " ".join(found.groups()) if found else ""


def test_only_this_machine_and_only_who_knows_the_address_gets_the_page(page: LivePage):
    port, path = urlsplit(page.address).port, urlsplit(page.address).path
    assert asked(page)[0] == 200 and asked(page, host=f"localhost:{port}")[0] == 200
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1.evil.example:{port}"):
        status, headers, text = asked(page, host=host)  # a name that was made to point to this machine
        assert (status, text) == (403, "") and "Access-Control-Allow-Origin" not in headers
    for other in (
        "/",
        "/news?seen=0",
        "/x/",
        path[:-3] + "x/",
        "//",
        "/../etc/passwd",
        path + "more",
        path + "%c3",
    ):
        assert asked(page, other)[0] == 404, other
    assert asked(page, path + "news?seen=" + "9" * 400)[0] == 200  # no number of ours
    with socket.socket() as outside:
        outside.settimeout(2)
        with pytest.raises(OSError):
            outside.connect(("127.0.0.2", port))  # it listens to one address
    with LivePage("06_autograd") as other:
        assert other.address != page.address and urlsplit(other.address).path != path


def test_what_students_print_is_text(page: LivePage):
    page.tell(row("06.4", "failed", EVIL))
    page.could_not(EVIL)
    _, headers, text = asked(page)
    assert "<img" not in text and text.count("<script>") == 1 and "&lt;img" in text
    assert "default-src 'none'" in text and "'unsafe-eval'" not in text and "script-src 'sha256-" in text
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"


def test_above_all_stands_what_fails_after_a_save_or_is_next(page: LivePage):
    page.saved()
    for at, state in enumerate(("passed", "not written", "failed", "failed", "not written"), 1):
        page.tell(row(f"06.{at}", state, "card"))
    assert now(page) == "06.3 failed"
    page.saved()
    page.tell(row("06.3", "passed"))
    assert now(page) == "06.3 passed"  # the one that was changed, though another still fails
    page.done([row("06.10", "passed"), replace(row("06.9", "by hand"), code=False)])
    text = asked(page)[2]
    assert (
        text.index("06.9 ") < text.index("06.10 ")
        and "1 of 1 exercises pass their visible checks, 1 of 1 text answer written" in text
    )
    page.could_not("the kernel died")
    assert "the kernel died" in asked(page)[2]
    page.saved()
    page.done([row("06.9", "passed")])
    assert "the kernel died" not in asked(page)[2]


def test_news_come_when_there_are_some(page: LivePage, monkeypatch: pytest.MonkeyPatch):
    path = urlsplit(page.address).path
    seen = asked(page, path + "news?seen=0")[1]["X-Seen"]
    later = threading.Timer(0.5, page.saved)
    later.start()
    began = time.monotonic()
    status, headers, text = asked(page, f"{path}news?seen={seen}")
    assert 0.3 < time.monotonic() - began < 5 and status == 200 and "checking" in text and headers["X-Seen"] != seen
    monkeypatch.setattr(live_page, "PATIENCE", 0.1)
    assert asked(page, f"{path}news?seen={headers['X-Seen']}")[0] == 204


def test_a_page_without_watching_is_refused(edition: Path):
    done = run(edition, "check", "01", "--page")
    _, said = done.communicate(timeout=60)
    assert done.returncode == 2 and "--watch" in said


@pytest.fixture
def edition(toy: Course, tmp_path: Path) -> Path:
    build(toy)
    return release(toy, [toy.module("01")], tmp_path / "edition")


def run(edition: Path, *words: str) -> subprocess.Popen[str]:
    env = os.environ | {"PYTHONPATH": str(edition), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "tinytorch_course.cli", *words]
    return subprocess.Popen(
        command, cwd=edition, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


@pytest.mark.skipif(os.name == "nt", reason="sends Ctrl-C as Unix does")
def test_the_page_follows_the_command_and_ends_with_it(edition: Path):
    write(edition, **RIGHT)
    done = run(edition, "check", "01", "--watch", "--page")
    ended = threading.Timer(120, done.kill)
    ended.start()
    try:
        lines = iter(done.stdout.readline, "")
        address = urlsplit(next(re.search(r"http://127\S+", line)[0] for line in lines if "The page is at" in line))
        assert any("Waiting for a save" in line for line in lines)
        write(edition, _01_02_twice="#| export\ndef twice(x):\n    return x")
        assert any("1 of 2 exercises pass" in line for line in lines)
        connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=10)
        connection.request("GET", address.path)
        text = connection.getresponse().read().decode("utf-8")
        assert "1 of 2 exercises pass" in text and "came out wrong" in text
        done.send_signal(signal.SIGINT)
        assert done.wait(60) == 0
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", address.port), timeout=2)
    finally:
        ended.cancel()
        done.kill()


def test_in_a_browser_the_readers_place_stays_and_nothing_runs_that_students_write(chromium: Any):
    errors: list[str] = []
    context = chromium.new_context(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    browser = context.new_page()
    browser.on("pageerror", lambda error: errors.append(str(error)))
    with LivePage("06_autograd") as page:
        browser.goto(page.address)
        rows = [row("06.1", "passed"), row("06.2", "failed", f"wrong {EVIL}"), row("06.3", "failed", "long " * 200)]
        page.done(rows)
        second = browser.locator("#states li", has_text="06.2")
        second.locator("summary").focus()
        browser.keyboard.press("Enter")
        assert second.locator("pre").is_visible()
        third = browser.locator("#states li", has_text="06.3").element_handle()
        page.saved()
        page.tell(row("06.1", "failed", "another"))  # elsewhere on the page
        page.tell(row("06.2", "failed", f"still wrong {EVIL}"))  # where the reader is
        browser.locator("#states li", has_text="06.1").locator("details").wait_for()
        browser.locator("#states pre", has_text="still wrong").wait_for()
        assert second.locator("pre").is_visible()
        assert browser.evaluate("document.activeElement.textContent").startswith("06.2")
        assert third.evaluate("item => item.isConnected")  # what did not change was left alone
        assert browser.title() == "0 of 3: 06_autograd"
        assert browser.evaluate("document.documentElement.scrollWidth") <= 390
        assert browser.evaluate("document.getAnimations().length") == 0
        assert browser.get_by_role("status").count() == 1
    browser.get_by_role("status").filter(has_text="The command has ended").wait_for()
    assert "still wrong" in browser.locator("#states").text_content() and errors == []
    context.close()
