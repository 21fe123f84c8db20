"""An author edits a paired notebook in JupyterLab; `tinytorch build` takes the edit, and nothing else changes."""

from __future__ import annotations

import difflib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tinytorch_course.author.build import drift
from tinytorch_course.base.course import Course

from .conftest import MODULE, Lab
from .notebook import Notebook

pytestmark = pytest.mark.slow
PATH = f"notebooks/{MODULE}/{MODULE}.ipynb"
REMARK = "The author wrote this sentence in JupyterLab."


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
    }


def build(root: Path) -> str:
    command = [sys.executable, "-m", "tinytorch_course", "build", MODULE]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_edit_in_the_notebook_reaches_source_and_library_and_nothing_else(
    checkout: Course, tmp_path: Path, serve, chromium
):
    root = tmp_path / "checkout"
    shutil.copytree(checkout.root, root)
    before = files(root)
    source = f"src/{MODULE}/{MODULE}.py"
    with Notebook(chromium, (lab := serve(root)), PATH, "author") as notebook:
        assert isinstance(lab, Lab)
        heading = notebook.index("# Module ")
        notebook.type_into(heading, f"\n\n{REMARK}")
        assert REMARK in notebook.source(heading)
        exercise = notebook.index("### BEGIN SOLUTION")
        text = notebook.source(exercise)
        notebook.write(
            exercise, text.replace("    ### END SOLUTION", "    # A comment of the author's.\n    ### END SOLUTION", 1)
        )
        notebook.run(0)
        notebook.shot("edited")
        notebook.save()
    build(root)
    after = files(root)

    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    library = {name for name in changed if name.startswith("tinytorch/core/")}
    assert changed - library == {source, PATH}
    assert len(library) <= 1
    lines = [
        line
        for line in difflib.unified_diff(
            before[source].decode().splitlines(), after[source].decode().splitlines(), lineterm="", n=0
        )
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert [line for line in lines if line.startswith("-")] == [], lines
    assert sorted(line.strip("+# ").strip() for line in lines) == ["", "A comment of the author's.", REMARK]
    course = Course(root)
    assert drift(course, [course.module(MODULE)]) == []
