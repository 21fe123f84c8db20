"""The notebooks' first cell finds the library in JupyterLab, VS Code, Colab, and where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tinytorch_course.author.first_cell import SOURCE, TAG
from tinytorch_course.author.source import read_source
from tinytorch_course.base.course import Course

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """What the cell looks for: a folder with tinytorch/ and a notebook's folder."""
    folder = tmp_path / "edition"
    (folder / "notebooks" / "06_autograd").mkdir(parents=True)
    (folder / "tinytorch").mkdir()
    (folder / "tinytorch" / "__init__.py").write_text("mine = True\n", encoding="utf-8")
    shutil.copy(ROOT / "tinytorch" / "checks.py", folder / "tinytorch")
    return folder


def run(
    cwd: Path, *, before: str = "", after: str = "import tinytorch; print(tinytorch.__file__)", path: Path | None = None
):
    """Run the cell in `cwd`, in a Python that has nothing of ours but what is on `path`."""
    code = f"import sys\nsys.path[:] = [p for p in sys.path if p and 'site-packages' not in p]\nsys.meta_path[:] = sys.meta_path[:3]\n{before}\n"
    if path:
        code += f"sys.path.append({str(path)!r})\n"
    code += f"{SOURCE}\n{after}\n"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=cwd, capture_output=True, text=True, encoding="utf-8"
    )


@pytest.mark.parametrize("where", [".", "notebooks", "notebooks/06_autograd"])
def test_it_finds_the_library_above_the_notebook(edition: Path, where: str):
    done = run(edition / where)
    assert done.stdout.strip() == str(edition / "tinytorch" / "__init__.py"), done.stderr


def test_ones_own_library_comes_before_an_installed_one(edition: Path, tmp_path: Path):
    done = run(edition / "notebooks", before=f"sys.path.insert(0, {str(ROOT)!r})")
    assert done.stdout.strip() == str(edition / "tinytorch" / "__init__.py"), done.stderr


def test_folders_that_nobody_may_read_are_passed_over(tmp_path: Path):
    """As `lost+found` beside a notebook: asking for a file in it raises PermissionError, except for root."""
    (tmp_path / "lost+found").mkdir()
    shut = """
import os
real = os.stat
def stat(path, *rest, **more):
    if "lost+found" + os.sep in str(path):
        raise PermissionError(13, "Permission denied", str(path))
    return real(path, *rest, **more)
os.stat = stat
"""
    done = run(tmp_path, before=shut, path=ROOT)
    assert done.stdout.strip() == str(ROOT / "tinytorch" / "__init__.py"), done.stderr


def test_an_installed_library_is_enough(tmp_path: Path):
    done = run(tmp_path, path=ROOT)
    assert done.stdout.strip() == str(ROOT / "tinytorch" / "__init__.py"), done.stderr


def test_without_the_library_it_says_what_to_do(tmp_path: Path):
    done = run(tmp_path)
    assert done.returncode == 1
    assert (
        done.stderr.strip()
        .splitlines()[-1]
        .startswith("ModuleNotFoundError: There is no tinytorch here: open the notebook inside")
    )


def test_in_colab_it_asks_for_the_zip_file_once(edition: Path, tmp_path: Path):
    archive = Path(shutil.make_archive(str(tmp_path / "sent"), "zip", root_dir=tmp_path, base_dir="edition"))
    content = tmp_path / "content"
    content.mkdir()
    # Colab's upload() shows a button, writes the chosen file into the working directory and returns it by name.
    colab = textwrap.dedent(f"""
        import shutil, types
        def upload():
            print("asked")
            shutil.copy({str(archive)!r}, "edition.zip")
            return {{"edition.zip": b""}}
        sys.modules["google.colab"] = types.SimpleNamespace(files=types.SimpleNamespace(upload=upload))
        """)
    first = run(content, before=colab)
    assert "asked" in first.stdout and first.stdout.splitlines()[-1] == str(
        content / "edition" / "tinytorch" / "__init__.py"
    )
    again = run(content, before=colab)
    assert "asked" not in again.stdout and again.returncode == 0, again.stderr


def test_the_cell_of_each_module_is_this_one(course: Course):
    for module in course.modules:
        cells = [cell for cell in read_source(module.src).cells if TAG in cell.metadata.get("tags", [])]
        assert [cell.source for cell in cells] == [SOURCE], module.name
