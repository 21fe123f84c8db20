"""Gradescope's autograder and GitHub Classroom's template: their layout, what they say, and what they keep back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat.notebooknode import NotebookNode
from typer.testing import CliRunner

from tests.conftest import ROOT
from tinytorch_course.author.build import build
from tinytorch_course.author.platforms import WORKFLOW, workflow, write_autograder
from tinytorch_course.author.release import release
from tinytorch_course.author.samples import submission
from tinytorch_course.base.course import Course
from tinytorch_course.base.errors import CourseError
from tinytorch_course.cli import app
from tinytorch_course.grading import gradescope
from tinytorch_course.grading.model import ExerciseResult, SubmissionResult
from tinytorch_course.grading.sandbox.sandbox import runs_as
from tinytorch_course.grading.sandbox.walls import NOBODY, missing_reason
from tinytorch_course.student.check import Standing
from tinytorch_course.student.summary import summary_of

HIDDEN = "half(-3)"
FOR_POSITIVE = '#| export\ndef half(x):\n    """Half of `x`."""\n    return abs(x) / 2'
AS_NOBODY = f"#| export\nimport os\ndef half(x):\n    return x / 2 if os.getuid() == {NOBODY} else 0"


@pytest.fixture
def base(toy: Course, tmp_path: Path) -> Path:
    """What Gradescope makes of the zip file, with an environment that has everything but the course."""
    build(toy)
    base = tmp_path / "autograder"
    with zipfile.ZipFile(write_autograder(toy, toy.module("01"), tmp_path)) as archive:
        for member in archive.infolist():
            path = Path(archive.extract(member, base / "source"))
            path.chmod(member.external_attr >> 16)
    (base / "submission").mkdir()
    (base / "results").mkdir()
    shutil.copy(base / "source" / "run_autograder", base)
    python = base / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{base}/source" exec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    return base


def handed_in(base: Path, nb: NotebookNode) -> None:
    nbformat.write(nb, base / "submission" / "my notebook.ipynb")


def call(script: Path) -> str:
    env = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([str(script)], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def by_name(found: dict) -> dict[str, dict]:
    return {test["name"]: test for test in found["tests"]}


def test_the_zip_has_their_layout_and_no_later_module(toy: Course, tmp_path: Path):
    build(toy)
    for name in ("01_tensor", "02_quarters"):
        known = toy.root / "tests" / "mutants" / name / "fingerprints.json"
        known.parent.mkdir(parents=True)
        known.write_text("{}", encoding="utf-8")
    path = write_autograder(toy, toy.module("02"), tmp_path / "out")
    assert path.name == "02_quarters-gradescope.zip"
    with zipfile.ZipFile(path) as archive:
        modes = {member.filename: member.external_attr >> 16 & 0o777 for member in archive.infolist()}
        assert modes["setup.sh"] == modes["run_autograder"] == 0o755
        assert archive.read("run_autograder").startswith(b"#!") and b"\r" not in archive.read("setup.sh")
        assert b"quarter(-2)" in archive.read("notebooks/02_quarters/02_quarters.ipynb")
    assert "tinytorch/core/tensor.py" in modes and "tinytorch/core/quarters.py" not in modes
    assert not [name for name in modes if name.startswith(("src/", "notebooks/01"))]
    assert [name for name in modes if name.startswith("tests/")] == ["tests/mutants/02_quarters/fingerprints.json"]
    toy.module("02").src.write_text("# %%\n", encoding="utf-8")
    with pytest.raises(CourseError, match="not built"):
        write_autograder(toy, toy.module("02"), tmp_path / "again")


@pytest.mark.slow
@pytest.mark.skipif(missing_reason() is not None, reason=f"no sandbox: {missing_reason()}")
def test_a_submission_is_graded_as_gradescope_runs_it(base: Path, toy: Course):
    call(base / "source" / "setup.sh")
    handed_in(base, submission(toy.module("01"), instead={"01-01-half": FOR_POSITIVE}))
    call(base / "run_autograder")
    text = (base / "results" / "results.json").read_text(encoding="utf-8")
    found = json.loads(text)
    tests = by_name(found)
    assert found["stdout_visibility"] == "hidden" and "score" not in found
    assert {name: (test["score"], test["max_score"], test["visibility"]) for name, test in tests.items()} == {
        "01.1 half: the checks in your notebook": (0.0, 0.0, "visible"),
        "01.1 half": (0.0, 60.0, "after_published"),
        "01.2 twice: the checks in your notebook": (0.0, 0.0, "visible"),
        "01.2 twice": (40.0, 40.0, "after_published"),
        "01.3 why": (0.0, 0.0, "visible"),
    }
    assert tests["01.1 half: the checks in your notebook"]["status"] == "passed"
    assert tests["01.1 half"]["status"] == "failed" and "hidden check" in tests["01.1 half"]["output"]
    assert HIDDEN not in text and "-1.5" not in text
    handed_in(base, submission(toy.module("01")))  # the next one, in the same place
    call(base / "run_autograder")
    tests = by_name(json.loads((base / "results" / "results.json").read_text(encoding="utf-8")))
    assert sum(test["score"] for test in tests.values()) == 100
    handed_in(base, submission(toy.module("02")))
    call(base / "run_autograder")
    found = json.loads((base / "results" / "results.json").read_text(encoding="utf-8"))
    assert found["output"].endswith("no notebook of 01_tensor was handed in. What was handed in looks like Module 02.")
    (base / "submission" / "my notebook.ipynb").unlink()
    (base / "submission" / "essay.pdf").write_bytes(b"%PDF-")
    call(base / "run_autograder")
    found = json.loads((base / "results" / "results.json").read_text(encoding="utf-8"))
    assert found["score"] == 0 and found["tests"] == [] and "could not be graded" in found["output"]


@pytest.mark.slow
@pytest.mark.skipif(runs_as()[0] != NOBODY, reason="is not root, or nobody cannot read the environment")
def test_without_bubblewrap_a_submission_runs_as_nobody(
    base: Path, toy: Course, monkeypatch: pytest.MonkeyPatch, tmp_path_factory
):
    for module in (gradescope, sys.modules["tinytorch_course.grading.grade"]):
        monkeypatch.setattr(module, "missing_reason", lambda: "there is none here")
    handed_in(base, submission(toy.module("01"), instead={"01-01-half": AS_NOBODY}))
    assert by_name(gradescope.run(base))["01.1 half"]["score"] == 60.0


def test_where_a_submission_could_read_the_tests_nothing_runs(base: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(gradescope, "missing_reason", lambda: "there is none here")
    monkeypatch.setattr(gradescope, "runs_as", lambda: (1000, 1000))
    assert gradescope.main([str(base)]) == 0
    found = json.loads((base / "results" / "results.json").read_text(encoding="utf-8"))
    assert found["score"] == 0 and "through no fault of yours" in found["output"]
    assert "could read the hidden tests" in capsys.readouterr().err and "there is none" not in found["output"]


def test_what_a_visible_check_says_is_seen_at_once_and_a_flag_never():
    wrong = ExerciseResult(
        "test-01-01", "01.1", "half", 0.0, 60.0, message="01.1 half: \x1b[31mis wrong", because="01.2"
    )
    result = SubmissionResult("student", "01_tensor", "graded", exercises=[wrong], flags=["01.1: odd"])
    tests = by_name(gradescope.results(result, 1.6))
    visible = tests["01.1 half: the checks in your notebook"]
    assert visible["status"] == "failed" and "\x1b" not in visible["output"] and "This uses 01.2" in visible["output"]
    assert tests["For the instructor"]["visibility"] == "hidden"


def test_a_templates_workflow_runs_the_checks_of_its_edition(toy: Course, tmp_path: Path):
    """The steps of the workflow, by hand: but for the installation, which is this environment's."""
    build(toy)
    module = toy.module("01")
    edition = release(toy, [module], tmp_path / "template", more=workflow(toy, module))
    steps = yaml.safe_load((edition / WORKFLOW).read_text(encoding="utf-8"))["jobs"]["check"]["steps"]
    assert [step.get("uses", "").partition("@")[0] for step in steps[:2]] == [
        "actions/checkout",
        "actions/setup-python",
    ]
    assert steps[1]["with"]["python-version"] in toy.settings["pythons"].split()
    assert (edition / steps[1]["with"]["cache-dependency-path"]).is_file()
    assert steps[2]["run"] == 'python -m pip install ".[student]"' and (edition / "setup.py").is_file()
    nb = submission(module, instead={"01-01-half": FOR_POSITIVE, "01-02-twice": "def twice(x):\n    return x"})
    nbformat.write(nb, edition / "notebooks" / module.name / f"{module.name}.ipynb")
    env = os.environ | {
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), "PYTHONPATH": str(edition),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    done = subprocess.run(["bash", "-e", "-c", steps[3]["run"]], cwd=edition, env=env, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr  # the run is red
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "| 01.1 Half | passed | 60 of 60 |" in summary and "| 01.2 Twice | failed | 0 of 40 |" in summary
    assert "**60 of 100 points** by the visible checks" in summary and "a person reads it, for 5" in summary
    assert HIDDEN not in "".join(p.read_text("utf-8") for p in edition.rglob("*.ipynb"))


def test_a_summary_gives_nothing_for_a_test_that_was_changed_and_shows_titles_as_text():
    rows = [Standing("01.1", "Half | <img src=x>", "passed", "", 60), Standing("01.2", "Twice", "passed", "", 40)]
    text = summary_of("01_tensor", rows, ["test-01-02-twice"])
    assert "| 01.1 Half \\| \\<img src=x\\> | passed | 60 of 60 |" in text
    assert "| 01.2 Twice | its test was changed | 0 of 40 |" in text and "**60 of 100 points**" in text


def test_the_commands_write_both(toy: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    build(toy)
    monkeypatch.chdir(toy.root)
    done = CliRunner().invoke(app, ["release", "01", "--gradescope", "--to", str(tmp_path / "grader.zip")])
    assert done.exit_code == 0 and zipfile.is_zipfile(tmp_path / "grader.zip"), done.output
    done = CliRunner().invoke(app, ["release", "01", "--github-classroom", "--to", str(tmp_path / "template")])
    assert done.exit_code == 0 and (tmp_path / "template" / WORKFLOW).is_file(), done.output
    assert CliRunner().invoke(app, ["release", "01"]).exit_code == 2
    with pytest.raises(CourseError, match="of one module"):
        CliRunner().invoke(app, ["release", "01", "02", "--gradescope"], catch_exceptions=False)


def test_what_the_scripts_need_is_in_a_package_that_is_installed():
    manifest = (ROOT / "MANIFEST.in").read_text(encoding="utf-8")
    assert "*.sh" in manifest and "*.yml" in manifest


def test_what_an_autograder_installs_has_the_templates_of_its_pages(course, tmp_path):
    """pip takes what setup.py names: without the templates, grading ended at the first feedback page."""
    with zipfile.ZipFile(write_autograder(course, course.module("01"), tmp_path)) as archive:
        archive.extractall(tmp_path / "source")
    command = [sys.executable, "setup.py", "-q", "build", "--build-base", str(tmp_path / "built")]
    done = subprocess.run(command, cwd=tmp_path / "source", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    home = tmp_path / "built" / "lib" / "tinytorch_course"
    kept = {path.relative_to(home) for path in home.rglob("*.j2")}
    own = ROOT / "tinytorch_course"
    assert kept == {path.relative_to(own) for path in own.rglob("*.j2") if "publish" not in path.parts} != set()


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_what_is_released_into_the_checkout_is_not_committed(tmp_path):
    """Catches: hidden tests that go to a public repository with the next `git add`."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    shutil.copyfile(ROOT / ".gitignore", tmp_path / ".gitignore")
    for name in (
        "06_autograd-gradescope.zip",
        "out/06_autograd-gradescope.zip",
        "06_autograd-classroom/a",
        "week1.zip",
    ):
        assert subprocess.run(["git", "check-ignore", "-q", name], cwd=tmp_path).returncode == 0, name
