"""The code on the modules' pages prints what the page says, on both sides of the comparison with PyTorch."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .pages import Example, examples, squeezed

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "src").glob("*/about.md"))
EXAMPLES = [example for page in PAGES for example in examples(page)]


@functools.cache
def python_with_torch() -> str | None:
    """This Python, or the one that TINYTORCH_TORCH_PYTHON names, if it has PyTorch."""
    for python in (sys.executable, os.environ.get("TINYTORCH_TORCH_PYTHON")):
        if python and subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0:
            return python
    return None


def run(example: Example, python: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "agg"}
    return subprocess.run(
        [python, "-W", "ignore", "-c", example.code],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.page}-{e.line}-{e.where or 'example'}")
def test_code_on_a_page_prints_what_the_page_says(example: Example):
    python: str | None = sys.executable
    if example.where == "PyTorch":
        python = python_with_torch()
        if python is None:
            pytest.skip(
                "PyTorch is not installed here; `pip install torch`, or name a Python with TINYTORCH_TORCH_PYTHON"
            )
    done = run(example, python)
    assert done.returncode == 0, f"src/{example.page}/about.md, line {example.line}:\n{done.stderr}"
    assert squeezed(done.stdout) == squeezed(example.said), (
        f"src/{example.page}/about.md, line {example.line} prints:\n{done.stdout}"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_each_page_compares_both_frameworks_with_outputs(page: Path):
    sides = {example.where: example for example in examples(page)}
    assert {"TinyTorch", "PyTorch"} <= set(sides), "a tab-set with the tabs TinyTorch and PyTorch is missing"
    for side in ("TinyTorch", "PyTorch"):
        assert sides[side].said.strip(), f"the code of {side} does not say what it prints"


def test_a_wrong_output_is_found(tmp_path: Path):
    page = tmp_path / "07_toy" / "about.md"
    page.parent.mkdir()
    page.write_text(
        "`````{tab-set}\n````{tab-item} TinyTorch\n```python\nprint(1 + 1)  # 3\n```\n````\n`````\n", encoding="utf-8"
    )
    (example,) = examples(page)
    assert (example.where, example.said) == ("TinyTorch", "3")
    assert squeezed(run(example, sys.executable).stdout) != squeezed(example.said)
