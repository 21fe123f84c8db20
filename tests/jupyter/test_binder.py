"""Binder: what repo2docker does with binder/, done here; then a visitor's look at the image and their work in it.

repo2docker's buildpack copies the repository into the user's home folder and there, as that user, runs
``pip install -r binder/requirements.txt`` and ``binder/postBuild``. `test_repo2docker_takes_these_steps` asks repo2docker
itself where it is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.jupyter.conftest import ROOT, Lab, serve  # noqa: F401  (a fixture)
from tests.jupyter.notebook import RUN, Notebook
from tinytorch_course.author.build import build
from tinytorch_course.author.samples import reference_cells
from tinytorch_course.author.source import read_source
from tinytorch_course.base.course import Course, Module
from tinytorch_course.base.marks import without_marks

pytestmark = pytest.mark.slow
POST_BUILD = (ROOT / "binder" / "postBuild").read_text(encoding="utf-8")
MODULE = re.search(r"^module=(\w+)$", POST_BUILD, re.M).group(1)
PATH = f"notebooks/{MODULE}/{MODULE}.ipynb"
LIMIT = 10**9  # bytes: what Binder promises at least


class Image:
    """The home folder that a visitor gets, and the environment's programs."""

    def __init__(self, home: Path, environment: Path, source: Course) -> None:
        self.home, self.bin, self.source = home, environment / "bin", source
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "JUPYTER", "VIRTUAL_ENV"))}
        self.env |= {"HOME": str(home), "PATH": f"{self.bin}{os.pathsep}{self.env['PATH']}", "REPO_DIR": str(home)}
        self.env["PIP_NO_COMPILE"] = "1"  # most modules of its packages are never imported here

    def run(self, *words: str) -> str:
        done = subprocess.run(words, cwd=self.home, env=self.env, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, f"{words}:\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    if not (sys.platform.startswith("linux") and sys.version_info[:2] == (3, 11)):
        pytest.skip("the image is Linux with Python 3.11, as binder/runtime.txt says")
    folder = tmp_path_factory.mktemp("binder")
    checkout, home = folder / "checkout", folder / "jovyan"
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in names:
        if name and (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, checkout / name)
    course = Course(checkout)
    build(course, [course.module(MODULE)], take="src")
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "init.defaultBranch=main"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "All"]):
        subprocess.run([*git, *words], cwd=checkout, check=True)
    subprocess.run(["git", "clone", "-q", str(checkout), str(home)], check=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    made = Image(home, folder / "env", course)
    made.run(str(made.bin / "pip"), "install", "--quiet", "-r", "binder/requirements.txt")
    made.run("chmod", "+x", "binder/postBuild")
    assert "Everything that is needed is here." in made.run("./binder/postBuild")
    return made


def test_repo2docker_takes_these_steps():
    pytest.importorskip("repo2docker", reason="repo2docker is not installed")
    from repo2docker.buildpacks import PythonBuildPack

    here = os.getcwd()
    os.chdir(ROOT)
    try:
        pack = PythonBuildPack("docker.io/library/buildpack-deps:jammy")
        pack.platform = "linux/amd64"
        assert pack.detect() and pack.python_version == "3.11"
        text = pack.render({"NB_UID": "1000", "NB_USER": "jovyan"})
    finally:
        os.chdir(here)
    user = text.rindex("USER ${NB_USER}")
    install = text.index('pip install --no-cache-dir -r "binder/requirements.txt"')
    assert "ARG REPO_DIR=${HOME}" in text
    assert text.rindex("COPY --chown=1000:1000 src/ ${REPO_DIR}/") < install < text.index("RUN ./binder/postBuild")
    assert text.rindex("USER", 0, install) >= 0 and user > 0


def secrets(module: Module) -> Iterator[tuple[str, str]]:
    """Texts that only a solution or a hidden test holds, by grade id."""
    for cell in read_source(module.src).cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        for kind in ("SOLUTION", "HIDDEN TESTS"):
            for block in re.findall(rf"### BEGIN {kind}.*?\n(.*?)\s*### END {kind}", cell.source, re.S):
                longest = max(map(str.strip, block.splitlines()), key=len, default="")
                if len(longest) > 30:
                    yield grade_id, longest


def test_no_solution_is_in_the_image(image: Image):
    given = (image.home / PATH).read_text(encoding="utf-8")
    names = {path.relative_to(image.home).as_posix() for path in image.home.rglob("*")}
    for gone in ("src", "tests", "binder", ".git", f"tinytorch/core/{MODULE[3:]}.py", "tinytorch_course/samples.py"):
        assert gone not in names
    later = {m.name for m in image.source.modules} - {MODULE}
    assert not {name for name in names if any(f"notebooks/{m}" in name for m in later)}

    module = image.source.module(MODULE)
    found = list(secrets(module))
    assert len(found) > 20, "there is something to look for"
    # The longest line of a solution may also be a line of a given cell; those say nothing.
    stripped = [(grade_id, text) for grade_id, text in found if text.replace('"', '\\"') not in given]
    assert len(stripped) > 0.8 * len(found), "a released notebook holds next to none of them"
    for path in image.home.rglob("*"):
        if not path.is_file() or ".cache" in path.parts:
            continue
        content = path.read_bytes().decode("utf-8", errors="replace")
        assert "BEGIN SOLUTION" not in content or path.name == "source.py", path
        for grade_id, text in stripped:
            # Earlier modules are given in the library; a line that both need is no secret.
            if path.parent != image.home / "tinytorch" / "core":
                assert text not in content and text.replace('"', '\\"') not in content, f"{grade_id} in {path}"


def test_the_environment_holds_no_copy_of_the_library(image: Image):
    assert image.run("python", "-c", "import tinytorch; print(tinytorch.__file__)").strip() == str(
        image.home / "tinytorch" / "__init__.py"
    )
    assert not list((image.bin.parent / "lib").glob("python*/site-packages/tinytorch*/core"))


def memory(root: int) -> int:
    """Peak memory of a process and its descendants, in bytes: the sum of each one's own peak."""
    parents, peaks = {}, {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        pid = int(status.parent.name)
        parents[pid], peaks[pid] = int(lines["PPid"]), int(lines.get("VmHWM", "0 kB").split()[0]) * 1024
    family = {root}
    while new := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= new
    return sum(peaks.get(pid, 0) for pid in family)


def test_a_visitor_solves_the_notebook_within_the_memory_and_takes_it_home(
    image: Image,
    serve,  # noqa: F811
    chromium,
    tmp_path: Path,
):
    lab: Lab = serve(image.home, python=image.bin / "python")
    assert f"urlpath=lab/tree/{PATH}" in (ROOT / "docs" / "guides" / "instructor.md").read_text(encoding="utf-8")
    with Notebook(chromium, lab, PATH, "binder") as notebook:
        page = notebook.page
        expect(
            page.locator(".jp-RenderedMarkdown", has_text="You are on Binder, in a copy that does not")
        ).to_be_visible()
        expect(page.locator(".lm-MenuBar-item", has_text="Nbgrader")).to_have_count(0)
        assert page.get_by_text("Create Assignment").count() == 0
        notebook.shot("opened")
        for grade_id, text in reference_cells(image.source.module(MODULE)).items():
            notebook.write(notebook.by_grade_id(grade_id), text)
        notebook.run_all()
        errors = [o for cell in notebook.outputs() for o in cell if o["output_type"] == "error"]
        assert errors == []
        assert memory(lab.pid) < LIMIT
        notebook.save()
        with page.expect_download(timeout=RUN) as download:
            page.locator(".jp-NotebookPanel:visible jp-toolbar, .jp-NotebookPanel:visible .jp-Toolbar").get_by_text(
                "Download", exact=True
            ).click()
        notebook.shot("solved")
        download.value.save_as(tmp_path / "mine.ipynb")
    nb = nbformat.read(tmp_path / "mine.ipynb", as_version=4)
    sources = [cell.source for cell in nb.cells]
    for cell in read_source(image.source.module(MODULE).src).cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            assert without_marks(cell.source) in sources
    checked = subprocess.run(
        [image.bin / "tinytorch", "check", str(tmp_path / "mine.ipynb")],
        cwd=image.home,
        env=image.env,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
