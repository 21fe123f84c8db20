"""How far a class is before the deadline: its figures, and that no stranger's file ends the report or stands in it as more."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from tests.student.test_student import RIGHT, tinytorch, write
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.base.errors import CourseError
from tinytorch_course.cli import app
from tinytorch_course.grading.records.progress import class_progress
from tinytorch_course.grading.records.term import make_term_report


def content(name, right=("01.1",), day="2026-11-20", module="01_tensor", **more):
    return {"kind": "tinytorch progress", "id": name, "date": day, "modules": {module: {"right": list(right)}}, **more}


def put(folder, name, what):
    path = folder / f"progress-{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(what if isinstance(what, bytes) else json.dumps(what).encode())
    return path


@pytest.fixture
def course(toy):
    build(toy)
    return toy


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "shared").mkdir()
    return tmp_path / "shared"


def figures(found):
    return [(module.name, module.begun, module.done, module.exercises) for module in found.modules]


def test_the_files_of_students_are_what_the_report_reads(course, tmp_path, folder):
    edition = release(course, course.modules, tmp_path / "edition")
    write(edition, _01_01_half=RIGHT["_01_01_half"])
    assert tinytorch(edition, "status", "--share", "--to", str(folder)).returncode == 0
    write(edition, **RIGHT)
    assert tinytorch(edition, "status", "--share", "--to", str(folder), "--as", "ada").returncode == 0
    found = class_progress(course, folder)
    assert (found.files, found.out) == (2, []) and found.newest is not None
    assert figures(found) == [("01_tensor", 2, 1, [("01.1", "half", 2), ("01.2", "twice", 1)])]


def test_each_student_counts_once_by_the_latest_file_wherever_it_lies(course, folder):
    put(folder, "ada", content("ada", ["01.1", "01.2"], "2026-11-22"))
    put(folder / "submitted" / "ada" / "01_tensor", "ada", content("ada", ["01.1"], "2026-11-21"))
    put(
        folder / "submitted" / "ben" / "01_tensor",
        "ben",
        content("ben", [], "2026-11-23", milestones=["xor", "flying"]),
    )
    put(folder, "cleo", content("cleo", ["02.1", "02.7"], "2026-11-19", "02_quarters"))
    found = class_progress(course, folder)
    assert (found.files, found.oldest, found.newest) == (3, date(2026, 11, 19), date(2026, 11, 23))
    assert figures(found) == [
        ("01_tensor", 2, 1, [("01.1", "half", 1), ("01.2", "twice", 1)]),
        ("02_quarters", 1, 1, [("02.1", "quarter", 1)]),  # and no exercise that the module does not have
    ]
    assert found.modules[0].mean == 1.0
    assert found.milestones == [("XOR by a network with a hidden layer", 1)]


TOMORROW = (date.today() + timedelta(days=3)).isoformat()
BAD = {
    "empty": b"",
    "list": b"[]",
    "deep": b"[" * 900_000,
    "digits": b'{"kind": "tinytorch progress", "id": ' + b"9" * 100_000 + b"}",
    "bytes": b"\xff\xfe{",
    "large": b'{"kind": "' + b"x" * (2 << 20) + b'"}',
    "other": {"kind": "something else"},
    "nameless": content(None),
    "evil-name": content("<script>alert(1)</script>"),
    "dateless": content("a", day="soon"),
    "typeless-date": content("a", day=7),
    "to-come": content("a", day=TOMORROW),
    "no-modules": content("a") | {"modules": [1]},
    "unknown-module": content("a", module="99_<b>none</b>"),
    "numbers": content("a", [1, 2]),
    "nested": content("a", [["01.1"]]),
    "no-list": content("a") | {"modules": {"01_tensor": {"right": "01.1"}}},
}


def test_a_bad_file_is_named_and_ends_nothing(course, folder, tmp_path):
    for name, what in BAD.items():
        put(folder, name, what)
    (folder / "progress-link.json").symlink_to(put(tmp_path, "elsewhere", content("link")))
    os.mkfifo(folder / "progress-fifo.json")
    (folder / "progress-folder.json").mkdir()
    put(folder, "good", content("good"))
    put(folder, "<i>odd", b"{")
    found = class_progress(course, folder)
    assert found.files == 1 and figures(found) == [("01_tensor", 1, 0, [("01.1", "half", 1), ("01.2", "twice", 0)])]
    named = {line.partition(": ")[0].removeprefix("progress-").removesuffix(".json") for line in found.out}
    assert named == {*BAD, "link", "fifo", "<i>odd"}


def test_the_page_of_the_term_says_how_far_the_class_is_and_nobodys_name(course, template, tmp_path, folder):
    root = shutil.copytree(template, tmp_path / "class")
    for at in range(4):
        put(folder, f"s{at}", content(f"secret{at}", ["01.1", "01.2"][:at]))
    put(folder, "evil", content("<script>alert(1)</script>", module="<b>x</b>"))
    page = make_term_report(root, class_progress(course, folder)).read_text(encoding="utf-8")
    assert "4 students have shared" in page and "3 of 4</td>" in page and "2 of 4</td>" in page
    assert 'aria-label="2 of 4 right, 2 partly"' in page  # all of the module, of those who have begun
    assert "secret" not in page and "1 file left out" in page and "<b>x" not in page
    assert "In the bars, green have all of a module (or the exercise) right, orange have begun" in page
    assert "Everybody" not in page  # nothing has been graded


def test_a_folder_that_is_not_there_is_named(course, folder):
    with pytest.raises(CourseError, match="there is no such folder"):
        class_progress(course, folder / "nowhere")


def test_the_command_reads_the_courses_own_folder_or_the_one_that_is_named(root, folder):
    put(root / "progress", "a", content("a"))
    done = CliRunner().invoke(app, ["report", "--course-dir", str(root)])
    assert done.exit_code == 0 and "1 student," in done.output.replace("\n", " ")
    put(folder, "b", content("b"))
    put(folder, "c", content("c"))
    done = CliRunner().invoke(app, ["report", "--course-dir", str(root), "--progress", str(folder)])
    assert done.exit_code == 0 and "2 students" in done.output.replace("\n", " ")
