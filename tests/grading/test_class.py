"""A class from a Moodle download through what happens to one: mended by hand, downloaded again, a wrong test, more time.

Each step is a command of the instructor's, and after each everybody is counted: nobody lost, nobody wrong.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from tests.conftest import TOY_ONE
from tests.grading.grading_course import SOLUTIONS, find
from tinytorch_course.author.build import build
from tinytorch_course.author.release import stripped
from tinytorch_course.cli import app

PEOPLE = 40
MODULE, CHECK = "01_tensor", '    check.equal("half(-3)", half(-3), -1.5)\n'
RIGHT = {
    "01-01-half": "#| export\ndef half(x):\n    return x / 2",
    "01-02-twice": "#| export\ndef twice(x):\n    return x * 2",
}
CONFIG = """
from pathlib import Path

from tinytorch_course.base.nbgrader_setup import configure

c = configure(get_config(), Path(__file__).parent)
c.LateSubmissionPlugin.penalty_method = 'zero'
"""


def zipped(*members: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


def broken(right: bytes, other: bytes) -> list[tuple[str, bytes]]:
    """Files of which no points can be read."""
    return [
        ("01_tensor.ipynb", right[: len(right) // 2]),
        ("01_tensor.ipynb", b""),
        ("01_tensor.pdf", b"%PDF-1.7 pages"),
        ("01_tensor.html", b"<!DOCTYPE html><p>my notebook</p>"),
        ("work.zip", zipped(("01_tensor.ipynb", right))[:-60]),
        ("02_quarters.ipynb", other),
        ("01_tensor.ipynb", bytes(range(256)) * 8),
        ("01_tensor.ipynb", b"[1, 2, 3]"),
        ("tensor.py", b"def half(x): return x / 2\n"),
        ("work.rar", b"Rar!\x1a\x07\x01\x00"),
    ]


def odd(right: bytes, blank: bytes) -> list[list[tuple[str, bytes]]]:
    """Files that are somebody's right answers all the same."""
    return [
        [("01_tensor.ipynb", right)],
        [("Module one, final (2).ipynb", right)],
        [("01_tensor.ipynb.txt", right)],
        [("work.zip", zipped(("My work/notebooks/01_tensor/01_tensor.ipynb", right)))],
        [("01_tensor.ipynb", b"\xef\xbb\xbf" + right)],
        [("01_tensor.ipynb", blank), ("01_tensor-solved.ipynb", right)],
    ]


class Klass:
    """The course, its people, and the commands."""

    def __init__(self, course, inbox, roster, broken, fine):
        self.course, self.inbox, self.roster, self.broken, self.fine = course, inbox, roster, broken, fine

    def call(self, *words: str) -> str:
        done = CliRunner().invoke(app, [*words, *(["--workers", "1"] if words[0] != "report" else [])])
        assert done.exit_code == 0, done.output
        return done.output

    def scores(self) -> dict[str, str]:
        """Everybody's score as the report hands it on."""
        self.call("report", "01")
        text = (self.course.root / "report" / MODULE / "remarks.csv").read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert len(rows) == PEOPLE and not [row for row in rows if row["state"] == "missing"]
        return {row["student"]: row["score"] for row in rows}

    def expected(self, points: str, **others: str) -> dict[str, str]:
        return dict.fromkeys(self.fine, points) | dict.fromkeys(self.broken, "") | others


def write(course, remark):
    course.module("01").src.write_text(TOY_ONE.replace(CHECK, f"    {remark}\n{CHECK}"), encoding="utf-8")


@pytest.fixture
def klass(toy, tmp_path, without_kernels, monkeypatch):
    write(toy, "# impossible")
    build(toy)
    (toy.root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    for name, text in RIGHT.items():
        monkeypatch.setitem(SOLUTIONS, name, text)
    blank = stripped(toy.module("01"))
    nb = json.loads(json.dumps(blank))
    for name, text in RIGHT.items():
        find(nb, name)["source"] = text
    find(nb, "text-01-03-why")["source"] = "Since two halves make a whole."
    right, unsolved = json.dumps(nb).encode(), json.dumps(blank).encode()
    no_points, points = broken(right, toy.module("02").notebook.read_bytes()), odd(right, unsolved)
    members, lines, bad, fine = [], [], [], []
    for at in range(PEOPLE):
        name, student = f"Änne {at} Muster", f"s{at}@uni.example"
        lines.append([f"Participant {900 + at}", name, student, "Submitted for grading", "", "105.00", "Yes"])
        lines[-1] += [f"Friday, 20 November 2026, {9 + at % 3}:00 AM", "-", ""]
        kind = at % 4 == 3
        files = [no_points[at // 4 % len(no_points)]] if kind else points[at % len(points)]
        (bad if kind else fine).append(student)
        members += [(f"{name}_{900 + at}_assignsubmission_file_/{file}", data) for file, data in files]
    (tmp_path / "class.zip").write_bytes(zipped(*members))
    head = "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed"
    head += ",Last modified (submission),Last modified (grade),Feedback comments"
    with open(tmp_path / "class.csv", "w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([head.split(","), *lines])
    monkeypatch.chdir(toy.root)
    return Klass(toy, str(tmp_path / "class.zip"), str(tmp_path / "class.csv"), bad, fine)


def test_nobody_is_lost_and_nobody_is_wrong_whatever_happens_to_a_class(klass):
    root, download = klass.course.root, ("grade", "01", "--submitted", klass.inbox, "--roster", klass.roster)
    klass.call(*download)
    assert klass.scores() == klass.expected("40")

    mended, good = klass.broken[0], klass.fine[0]
    path = root / "submitted" / mended / MODULE / f"{MODULE}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((root / "submitted" / good / MODULE / f"{MODULE}.ipynb").read_bytes())
    klass.call("grade", "01")
    now = {mended: "40"}
    assert klass.scores() == klass.expected("40", **now)
    klass.call(*download)  # the same file
    assert klass.scores() == klass.expected("40", **now)

    write(klass.course, "# mended")
    assert f"{len(klass.fine) + 1} of {PEOPLE} students" in klass.call("regrade", "01")
    now = {mended: "100"}
    assert klass.scores() == klass.expected("100", **now)
    with open(root / "report" / MODULE / "changes.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["student"] for row in rows) == sorted([*klass.fine, mended])
    assert {row["difference"] for row in rows} == {"+60"}

    late = [student for student in klass.fine if int(student[1:].partition("@")[0]) % 3 == 2]
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(MODULE, duedate="2026-11-20 10:30:00 UTC")
        gradebook.grant_extension(MODULE, late[0], hours=1)
    output = klass.call(*download)
    assert "2026-11-20 10:30 UTC; 1 has an extension" in output
    now |= dict.fromkeys(late[1:], "0")
    assert klass.scores() == klass.expected("100", **now)
