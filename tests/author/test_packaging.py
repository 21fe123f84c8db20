"""The wheel and the sdist: NumPy alone is enough for the library, on each supported Python."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tinytorch_course.base.course import Course

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = Course(ROOT).settings["pythons"].split()


def interpreter(version: str) -> str | None:
    """A Python of this version on this machine: on PATH, or one of pyenv's."""
    places = [shutil.which(f"python{version}")]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    places += sorted(map(str, pyenv.glob(f"{version}.*/bin/python{version}")))
    for place in filter(None, places):
        says = subprocess.run(
            [place, "-c", "import sys, venv, ensurepip; print(*sys.version_info[:2], sep='.')"],
            capture_output=True,
            text=True,
        )
        if (
            says.returncode == 0 and says.stdout.strip() == version
        ):  # pyenv's shims may name a version that is not active
            return place
    return None


def run(*words: str | Path, cwd: Path, code: int = 0) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run([str(w) for w in words], cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, made from what git has, and the wheel, made from the sdist."""
    here = tmp_path_factory.mktemp("packaging")
    files = (
        subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        .stdout.decode()
        .split("\0")
    )
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (here / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, here / "checkout" / name)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", here / "dist", cwd=here / "checkout")
    return here / "dist"


def test_the_wheel_holds_the_library_the_tools_and_the_licence_and_nothing_else(dist: Path):
    [wheel] = dist.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    version = Course(ROOT).settings["version"]
    assert top == {"tinytorch", "tinytorch_course", f"tinytorch_course-{version}.dist-info"}
    assert {
        "tinytorch/checks.py",
        "tinytorch/lab/checks.py",
        "tinytorch/core/tensor.py",
        "tinytorch_course/author/edition/README.md",
    } <= set(names)
    assert any(name.endswith("LICENSE") for name in names)
    [sdist] = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {"settings.ini", "LICENSE", "README.md", "setup.py", "tinytorch/core/tensor.py"} <= inside


@pytest.mark.slow
@pytest.mark.parametrize("version", PYTHONS)
def test_with_numpy_alone_the_library_works_and_the_command_says_what_it_needs(
    dist: Path, tmp_path: Path, version: str
):
    python = interpreter(version)
    if python is None:
        pytest.skip(f"there is no Python {version} with venv on this machine")
    run(python, "-m", "venv", tmp_path / "env", cwd=tmp_path)
    scripts = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    [wheel] = dist.glob("*.whl")
    run(scripts / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    installed = run(scripts / "python", "-m", "pip", "list", "--format=freeze", cwd=tmp_path)
    extra = set(re.findall(r"^([\w-]+)==", installed, re.M)) - {
        "numpy",
        "tinytorch-course",
        "pip",
        "setuptools",
        "wheel",
    }
    assert not extra
    code = (
        "from tinytorch import Tensor; import tinytorch, sys\n"
        "assert not [m for m in sys.modules if m.startswith('tinytorch_course')]\n"
        "print(tinytorch.__version__, (Tensor([1.0, 2.0]) * 3).numpy().tolist())"
    )
    assert (
        run(scripts / "python", "-W", "error", "-c", code, cwd=tmp_path).strip()
        == f"{Course(ROOT).settings['version']} [3.0, 6.0]"
    )
    said = run(scripts / "tinytorch", "check", "06", cwd=tmp_path, code=2)
    assert "which is not installed" in said and "FILE.whl[student]" in said and "Traceback" not in said
    said = run(scripts / "tinytorch", "doctor", cwd=tmp_path, code=1)
    assert "jupyterlab" in said and "THE-WHEEL-FILE[student]" in said and "Traceback" not in said


@pytest.mark.slow
def test_the_sdist_installs_as_well(dist: Path, tmp_path: Path):
    run(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path)
    python = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    [sdist] = dist.glob("*.tar.gz")
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", sdist, cwd=tmp_path)
    assert run(python, "-c", "from tinytorch import Tensor; print(Tensor([1.0]).shape)", cwd=tmp_path).strip() == "(1,)"


def test_the_version_stands_in_settings_ini_and_is_the_same_everywhere():
    import tinytorch

    version = Course(ROOT).settings["version"]
    assert tinytorch.__version__ == version
    assert re.search(rf"^version: {re.escape(version)}$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.M)
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", changes, re.M).group(1) == version


def test_a_bare_copy_of_the_library_has_a_version_too(tmp_path: Path):
    shutil.copytree(ROOT / "tinytorch", tmp_path / "tinytorch")
    code = "import tinytorch; print(tinytorch.__file__); print(tinytorch.__version__)"
    file, version = run(sys.executable, "-S", "-c", code, cwd=tmp_path).split()
    assert Path(file).parent == tmp_path / "tinytorch"
    assert version == "0+unknown"
