"""What the guides say exists: commands, options, files; and nbgrader's exchange, there and back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.author.samples import submission
from tinytorch_course.base.course import Course
from tinytorch_course.grading.sandbox.walls import missing_reason

GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
_COMMAND = re.compile(r"(?<![\w./-])(?<!from )tinytorch ([a-z]+)((?: +(?:--?[\w-]+|[\w./:]+))*)")


def command(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    env = os.environ | {
        "COLUMNS": "200",
        "TERM": "dumb",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_each_command_and_option_in_a_guide_exists(guide: Path):
    text = guide.read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^```.*?^```|`[^`\n]+`", text, re.M | re.S))
    used: dict[str, set[str]] = {}
    for name, rest in _COMMAND.findall(code):
        used.setdefault(name, set()).update(re.findall(r"--[\w-]+", rest))
    assert used
    for name, options in used.items():
        shown = command(sys.executable, "-m", "tinytorch_course", name, "--help")
        assert shown.returncode == 0, f"tinytorch {name}: {shown.stderr}"
        for option in options:
            assert option in shown.stdout, f"tinytorch {name} {option}"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_links_between_the_guides_lead_somewhere(guide: Path):
    text = guide.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        name, _, anchor = target.partition("#")
        other = (guide.parent / name).resolve() if name else guide
        assert other.is_file(), target
        headings = re.findall(r"^#+ (.+)$", other.read_text(encoding="utf-8"), re.M)
        assert not anchor or anchor in {
            re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in headings
        }, target


def test_what_hides_the_instructors_parts_leaves_the_students():
    """Students fetch, submit and read feedback in `assignment-list`, which they open from `menu`."""
    guide = (ROOT / "docs/guides/instructor.md").read_text(encoding="utf-8")
    [hidden] = re.findall(r"^for part in (.+); do$", guide, re.M)
    [folder] = (Path(sys.prefix) / "share/jupyter/labextensions/@jupyter/nbgrader").glob("static")
    parts = set(
        re.findall(r'"@jupyter/nbgrader:([a-z-]+)"', "".join(p.read_text("utf-8") for p in folder.glob("*.js")))
    )
    assert parts - set(hidden.split()) == {"menu", "assignment-list", "validate-assignment"}


def in_exchange(exchange: Path, cwd: Path, *words: str) -> None:
    """A command of nbgrader's that works with an exchange of its own."""
    done = command(sys.executable, "-m", "nbgrader", *words, f"--Exchange.root={exchange}", cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_two_sections_share_an_exchange_and_collect_apart(toy: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    exchange, home, second = tmp_path / "exchange", tmp_path / "home", tmp_path / "second"
    for folder in (exchange, home):
        folder.mkdir()
    exchange.chmod(0o777)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    nbgrader = partial(in_exchange, exchange)
    shutil.copy(ROOT / "nbgrader_config.py", toy.root)
    build(toy)
    shutil.copytree(toy.root, second)
    settings = second / "settings.ini"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("course_id = tinytorch\n", "course_id = tinytorch-b\n"), encoding="utf-8")
    for root in (toy.root, second):
        nbgrader(root, "generate_assignment", "01_tensor", "--force")
        nbgrader(root, "release_assignment", "01_tensor")
    nbgrader(home, "fetch_assignment", "01_tensor", "--course", "tinytorch-b")
    nbgrader(home, "submit", "01_tensor", "--course", "tinytorch-b")
    for root in (toy.root, second):
        nbgrader(root, "collect", "01_tensor")
    assert not list(toy.root.glob("submitted/*/01_tensor/*.ipynb"))
    assert len(list(second.glob("submitted/*/01_tensor/*.ipynb"))) == 1


@pytest.mark.slow
@pytest.mark.skipif(missing_reason() is not None, reason=f"no sandbox: {missing_reason()}")
def test_a_notebook_goes_through_nbgraders_exchange_and_feedback_comes_back(
    toy: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The instructor guide's way: release, submit from the edition, collect, grade, release the feedback, fetch it."""
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    shutil.copy(ROOT / "nbgrader_config.py", toy.root)
    build(toy)
    module = toy.module("01")
    edition = release(toy, [module], tmp_path / "edition")
    nbformat.write(submission(module), edition / "notebooks" / module.name / f"{module.name}.ipynb")

    nbgrader = partial(in_exchange, exchange)
    nbgrader(toy.root, "generate_assignment", module.name, "--force")
    nbgrader(toy.root, "release_assignment", module.name)
    nbgrader(edition / "notebooks", "submit", module.name, "--course", "tinytorch")
    nbgrader(toy.root, "collect", module.name, "--update")
    graded = command(sys.executable, "-m", "tinytorch_course", "grade", module.name, cwd=toy.root)
    assert graded.returncode == 0, graded.stdout + graded.stderr
    nbgrader(toy.root, "release_feedback", module.name)
    nbgrader(edition / "notebooks", "fetch_feedback", module.name, "--course", "tinytorch")
    [page] = (edition / "notebooks" / module.name / "feedback").rglob("*.html")
    text = page.read_text(encoding="utf-8")
    assert "01.1" in text and "100 of 105 points" in text
