"""A JupyterLab server for the tests of this folder."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.base.course import Course, Module

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = Path(__file__).parent / "artefacts"
MODULE = os.environ.get("TINYTORCH_LAB_MODULE", "06_autograd")
START_SECONDS = 120
SETTINGS = {
    # A question about news from the network is asked once; here nobody answers it.
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # A save that overlaps another sees the other's file and asks whether to overwrite it: here, only the tests save.
    "docmanager-extension/plugin": {"autosave": False},
}


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A copy of what git has (and would take), with one module built: these tests write into it."""
    target = tmp_path_factory.mktemp("lab") / "checkout"
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in names:
        if name and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    course = Course(target)
    build(course, [course.module(MODULE)], take="src")
    return course


@pytest.fixture(scope="session")
def module(checkout: Course) -> Module:
    return checkout.module(MODULE)


@pytest.fixture
def edition(module: Module, tmp_path: Path) -> Path:
    """The student edition, as `tinytorch release` writes it."""
    return release(module.course, [module], tmp_path / "edition")


@dataclass
class Lab:
    """A running JupyterLab: its folder and its address."""

    root: Path
    url: str
    token: str
    pid: int
    log: Path = field(repr=False)

    def page(self, path: str) -> str:
        return f"{self.url}/lab/tree/{path}?token={self.token}"


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Path], Lab]]:
    """Starts JupyterLab on a folder, as `tinytorch lab` does, with settings of its own; stops it in the end."""
    started: list[subprocess.Popen] = []

    def start(root: Path, python: Path = Path(sys.executable)) -> Lab:
        home = tmp_path / f"home{len(started)}"
        for name, values in SETTINGS.items():
            settings = home / "user-settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            settings.parent.mkdir(parents=True, exist_ok=True)
            settings.write_text(json.dumps(values), encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        token = secrets.token_hex(16)
        env = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        env |= {
            "HOME": str(home),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "user-settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            "PATH": os.pathsep.join([str(python.parent), env["PATH"]]),
            "PYTHONPATH": str(root),
            "OPENBLAS_NUM_THREADS": "1",
        }
        env.pop("MPLBACKEND", None)
        command = [str(python), "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
        command += [f"--ServerApp.root_dir={root}", "--LabApp.expose_app_in_browser=True"]
        log = home / "log.txt"
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=root, env=env, stdout=out, stderr=subprocess.STDOUT)
        started.append(process)
        lab = Lab(root, f"http://127.0.0.1:{port}", token, process.pid, log)
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"{lab.url}/api/status?token={token}", timeout=5).close()
                return lab
            except (urllib.error.URLError, OSError):
                if process.poll() is not None or time.monotonic() > end:
                    pytest.fail(
                        "JupyterLab does not start:\n" + log.read_text(encoding="utf-8", errors="replace")[-3000:]
                    )
                time.sleep(0.2)

    yield start
    for process in started:
        process.terminate()  # JupyterLab ends its kernels
    for process in started:
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
