"""The author guide works: a toy module is added by following its own code blocks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT

GUIDE = (ROOT / "docs" / "guides" / "author.md").read_text(encoding="utf-8")
NAME = "90_moving_mean"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
_FILE = re.compile(r"`([\w/.-]+\.py)`:\n\n\Z")


def blocks() -> list[tuple[str, str | None, str]]:
    """Language, file name if the text names one just before, and content of each block."""
    found = []
    for match in _BLOCK.finditer(GUIDE):
        name = _FILE.search(GUIDE[: match.start()])
        found.append((match.group(1), name.group(1) if name else None, match.group(2)))
    return found


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What git has, without the other modules' sources: adding one must not depend on them."""
    root = tmp_path / "checkout"
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in names:
        if (
            name
            and (ROOT / name).is_file()
            and not name.startswith(("src/", "notebooks/", "benchmarks/", "tests/mutants/0", "tests/mutants/1"))
        ):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    return root


def shell(root: Path, script: str) -> subprocess.CompletedProcess:
    env = os.environ | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(root),
    }
    # The environment is there already, and its `tinytorch` command is this checkout's; so use this copy's.
    script = (
        script.replace("tinytorch ", f"{sys.executable} -m tinytorch_course ") if "python -m" not in script else script
    )
    return subprocess.run(["bash", "-ec", script], cwd=root, env=env, capture_output=True, text=True, encoding="utf-8")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the guide's blocks are for bash")
def test_following_the_guide_adds_a_module_with_tested_tests(checkout: Path):
    source = checkout / "src" / NAME / f"{NAME}.py"
    ran = []
    for language, name, text in blocks():
        if language == "python" and name:
            path = checkout / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif language == "python":
            source.write_text(source.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
        elif "make env" not in text:
            done = shell(checkout, text)
            assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
            ran.append(done.stdout)
            if "tests.mutants" in text:
                # The words that the guide promises.
                promised = re.search(r"says `(caught [^`]+)`", GUIDE).group(1)
                assert all(part in done.stdout for part in promised.split(", ")), done.stdout
    assert len(ran) >= 4

    library = (checkout / "tinytorch" / "core" / "moving_mean.py").read_text(encoding="utf-8")
    assert "def moving_mean" in library and "def largest_step" in library and "SOLUTION" not in library
    nb = nbformat.read(checkout.parent / "edition-90" / "notebooks" / NAME / f"{NAME}.ipynb", as_version=4)
    assert any(
        'raise NotImplementedError("90.1 moving_mean: return the mean of each window")' in c.source for c in nb.cells
    )
    assert not any("hidden" in c.source or "convolve" in c.source for c in nb.cells)

    asks = shell(checkout, "python -m tests.mutants 90")
    assert asks.returncode == 1 and "90.2" in asks.stdout and "90.1" not in asks.stdout, asks.stdout
