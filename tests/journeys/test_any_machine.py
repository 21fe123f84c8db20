"""Any terminal, any disk: nothing that is printed stops a command, and the system's refusals are sentences."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, not_tried
from tinytorch_course import __main__ as command_line
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.base.course import Course
from tinytorch_course.grading.sandbox.walls import missing_reason

CONSOLES = {
    "cp1252": {"PYTHONIOENCODING": "cp1252"},  # Windows, piped
    "C": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
}
HALF = "#| export\ndef half(x):\n    return 'Ж→½'\n"


@pytest.fixture
def edition(toy: Course, tmp_path: Path) -> Path:
    """A student edition on whose first exercise somebody answers in letters that Windows' console lacks."""
    build(toy)
    edition = release(toy, [toy.module("01")], tmp_path / "edition")
    path = edition / "notebooks" / "01_tensor" / "01_tensor.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    [cell] = [c for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "01-01-half"]
    cell["source"] = HALF
    path.write_text(json.dumps(nb), encoding="utf-8")
    return edition


def piped(where: Path, *words: str, path: Path = ROOT, **env: str) -> tuple[int, str]:
    """A command's exit code and what it writes to a pipe, where Python does not use UTF-8 by itself."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
    clean |= {"PYTHONPATH": str(path), "PYTHONUTF8": "0", "OPENBLAS_NUM_THREADS": "1", **env}
    done = subprocess.run([sys.executable, "-m", "tinytorch_course", *words], cwd=where, env=clean, capture_output=True)
    return done.returncode, (done.stdout + done.stderr).decode("latin-1")


@pytest.mark.parametrize("console", CONSOLES)
def test_no_letter_stops_a_students_command(edition: Path, console: str):
    # Each answers about the student's work; what stands in brackets is how that ends.
    for words, code in ((["check", "01"], 1), (["export", "01", "--force"], 0), (["doctor"], 0), (["milestones"], 2)):
        found, said = piped(edition, *words, path=edition, **CONSOLES[console])
        assert found == code and "Traceback" not in said and "codec can't" not in said, f"{words}: {said}"
        if words[0] == "check":
            assert "01.1 Half" in said and ("\\u0416" in said or "\\u2192" in said), said


@pytest.mark.parametrize("console", CONSOLES)
def test_no_letter_stops_an_instructors_command(toy: Course, edition: Path, console: str):
    """Names of people and of folders, what cells print and what tests say: all may have letters that a console lacks."""
    if missing_reason() is not None:
        pytest.skip(f"grading needs a working bubblewrap: {missing_reason()}")
    work = toy.root / "submitted" / "Зоя ½" / "01_tensor"
    work.mkdir(parents=True)
    shutil.copy(edition / "notebooks" / "01_tensor" / "01_tensor.ipynb", work)
    roster = toy.root / "класс.csv"
    roster.write_text("Username,Full name\nЗоя ½,Зоя Ж→\nbob,Ångström Ж\n", encoding="utf-8")
    commands = [
        (["grade", "01", "--workers", "1", "--roster", "класс.csv"], 0),
        (["report", "01"], 0),
        (["report"], 0),
        (["release", "01", "--to", str(toy.root.parent / "ausgabe ½")], 0),
        (["doctor"], None),
        (["milestones"], None),
    ]
    for words, code in commands:
        found, said = piped(toy.root, *words, **CONSOLES[console])
        assert "Traceback" not in said and "codec can't" not in said, f"{words}: {said}"
        assert found in ((0, 1, 2) if code is None else (code,)), f"{words}: {said}"
    text = (toy.root / "report" / "01_tensor" / "remarks.csv").read_text(encoding="utf-8")
    assert "Зоя ½" in text and "Ångström Ж" in text


BUILD = ["build"]


@pytest.mark.parametrize(
    "words, number, mend",
    [
        (BUILD, errno.EACCES, "right to write"),
        (BUILD, errno.EROFS, "can be written"),
        (BUILD, errno.ENOSPC, "make room"),
        (BUILD, errno.EDQUOT, "make room"),
        (BUILD, errno.ENAMETOOLONG, "shorter path"),
        (BUILD, errno.EIO, "operating system refused"),
        (["release", "01", "--to", "away"], errno.ENOSPC, "make room"),
        (["check", "01"], errno.ENOSPC, "make room"),
        (["export", "01"], errno.ENOSPC, "make room"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else str(value),
)
def test_what_the_system_refuses_is_a_sentence_and_exit_code_2(
    toy: Course, words: list[str], number: int, mend: str, monkeypatch: pytest.MonkeyPatch, capsys
):
    if words != BUILD:
        build(toy)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), "a-place")

    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(toy.root / "runtime"))
    for name in ("tempfile.mkstemp", "tempfile.mkdtemp", "tempfile.TemporaryFile", "pathlib.Path.mkdir"):
        monkeypatch.setattr(name, refuse)
    monkeypatch.setattr(sys, "argv", ["tinytorch", *words])
    monkeypatch.chdir(toy.root)
    code = command_line.main()
    said = capsys.readouterr().err
    assert code == 2, said
    assert os.strerror(number) in said and mend in said and "Traceback" not in said


def test_the_tests_last_line_says_what_was_not_tried_and_how_to_get_it():
    said = not_tried(
        [
            "Skipped: there is no Chromium here (Debian: apt-get install chromium)",
            "Skipped: there is no Chromium here (Debian: apt-get install chromium)",
            "Skipped: could not import 'safetensors.torch': No module named 'safetensors'",
            "Skipped: there is no Python 3.14 with venv on this machine",
            "Skipped: only on Tuesdays",
        ]
    )
    assert said.startswith("2 (apt-get install chromium), ")
    for part in ("1 (pip install safetensors)", "1 (Python 3.14)", "1 (see SKIPPED above)"):
        assert part in said
