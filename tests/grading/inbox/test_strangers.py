"""What strangers send: files, names and archives. Each ends as a person with a notebook or a reason; nothing stops the class."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import unicodedata
import zipfile
from pathlib import Path

import pytest

from tinytorch_course.base.console import _Console
from tinytorch_course.base.errors import CourseError
from tinytorch_course.base.printable import printable
from tinytorch_course.grading.changes import tables
from tinytorch_course.grading.inbox.collect import collect
from tinytorch_course.grading.inbox.names import fits, student_id
from tinytorch_course.grading.inbox.roster import read_roster
from tinytorch_course.grading.model import Change, ClassResult, SubmissionResult

MODULE = "90_sample"
STUBS = {"90-01-double": "def double(x):\n    raise NotImplementedError", "90-02-why": "YOUR ANSWER HERE"}


def notebook(*answers, other=""):
    """A notebook of the assignment with some answers; of another one's with `other`."""
    texts = dict(STUBS) | dict(zip(STUBS, answers))
    cells = [
        {"cell_type": "code", "source": text, "metadata": {"nbgrader": {"grade_id": other + name, "solution": True}}}
        for name, text in texts.items()
    ]
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


BLANK, HALF, DONE = notebook(), notebook("one"), notebook("one", "two")
SCRATCH = b'{"cells": [{"cell_type": "code", "source": "1"}], "nbformat": 4, "metadata": {}}'
OTHERS = notebook("one", "two", other="05")


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def put(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def taken(inbox, **options):
    found = collect(inbox, MODULE, MODULE, stubs=STUBS, **options)
    return {one.student: one for one in found.submissions}


def zipped(members, kind=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, data in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, data)
    return buffer.getvalue()


def from_zip(tmp_path, data, name="class.zip", **options):
    """What a zip file with the whole class gives."""
    put(tmp_path, name, data)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return taken(tmp_path / name, scratch=scratch, **options)


# -- work is where nobody looked -----------------------------------------------------------------------------------

PLACES = {
    "beside": {f"{MODULE}.ipynb": DONE, "Untitled.ipynb": SCRATCH},
    "nbgrader": {f"{MODULE}/{MODULE}.ipynb": DONE, f"{MODULE}/{MODULE}-Copy1.ipynb": DONE},
    "deep": {f"notebooks/{MODULE}/{MODULE}.ipynb": DONE, f"notebooks/{MODULE}/Untitled.ipynb": SCRATCH},
    "course": {f"edition/notebooks/{m}/{m}.ipynb": d for m, d in (("05_data", OTHERS), (MODULE, DONE))},
    "above": {f"notebooks/{MODULE}/{MODULE}.ipynb": DONE, "Untitled.ipynb": SCRATCH},
    "below": {f"{MODULE}/homework/final/mine.ipynb": DONE, "05_data/05_data.ipynb": OTHERS},
    "over": {"mine.ipynb": DONE, f"{MODULE}/notes.txt": b"see above"},
    "renamed": {f"{MODULE}.ipynb": BLANK, "solution final.ipynb": DONE},
    "copy": {f"{MODULE}.ipynb": HALF, f"{MODULE}-Copy1.ipynb": DONE, "old/x.ipynb": BLANK},
    "wrong": {"a.ipynb": OTHERS, "b.ipynb": DONE},
    "packed": {"hand-in.zip": zipped({"x/y.ipynb": DONE}), "data.zip": zipped({"a.csv": b"1"}), "a.txt": b""},
    "text": {f"{MODULE}.ipynb.txt": DONE, "readme.txt": b"hello"},
    "json": {"notebook.json": DONE},
}


@pytest.mark.parametrize("student", PLACES)
def test_the_right_notebook_is_found_wherever_it_lies_in_a_students_folder(inbox, student):
    for name, data in PLACES[student].items():
        put(inbox, f"{student}/{name}", data)
    put(inbox, f"another/{MODULE}.ipynb", DONE)
    one = taken(inbox)[student]
    assert one.read() == DONE and one.problem is None
    assert bool(one.repairs) == (student not in ("nbgrader",)) or "2 notebooks" in one.repairs[0]


@pytest.mark.parametrize("student", PLACES)
def test_the_same_in_a_students_zip_file(inbox, student):
    files = {f"top/{name}": data for name, data in PLACES[student].items()}
    if student != "json":  # in an archive only the names tell
        put(inbox, f"{student}.zip", zipped(files))
        assert taken(inbox)[student].read() == DONE


def test_where_nothing_tells_two_notebooks_apart_a_person_does(inbox):
    put(inbox, "ann/a.ipynb", DONE)
    put(inbox, "ann/b.ipynb", notebook("one", "three"))
    assert "2 notebooks ('a.ipynb', 'b.ipynb')" in taken(inbox)["ann"].problem


def test_files_beside_the_notebook_come_along_from_folder_archive_and_canvas(inbox):
    """Catches: an import of the student's own helper file fails only where it was zipped or uploaded beside."""
    put(inbox, "ann.zip", zipped({"w/n.ipynb": DONE, "w/helper.py": b"x = 1", "other/far.py": b""}))
    put(inbox, "bob/n.ipynb", DONE)
    put(inbox, "bob/helper.py", b"x = 1")
    put(inbox, f"cleo_111_9001_{MODULE}.ipynb", DONE)
    put(inbox, "cleo_111_9002_helper.py", b"x = 1")
    for one in taken(inbox).values():
        assert one.read() == DONE and one.files() == {"helper.py": "x = 1"}, one
        assert not any("times" in repair for repair in one.repairs)


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("inbox (1).zip", "inbox/"),
        ("renamed.zip", "inbox/"),
        ("twice.zip", "twice/twice/"),
        ("deep.zip", "a/b/c/"),
        ("plain.zip", ""),
    ],
)
@pytest.mark.parametrize("each", [".ipynb", ".zip", f"/{MODULE}/{MODULE}.ipynb", f"/{MODULE}.ipynb"])
def test_an_outer_folder_in_a_zip_file_is_no_student(tmp_path, name, prefix, each):
    data = zipped({"w.ipynb": DONE}) if each == ".zip" else DONE
    found = from_zip(tmp_path, zipped({f"{prefix}{who}{each}": data for who in ("ann", "bob")}), name)
    assert set(found) == {"ann", "bob"} and all(one.read() == DONE for one in found.values())


def test_files_beside_an_outer_folder_are_said(tmp_path):
    put(tmp_path, "c.zip", zipped({"x/ann.ipynb": DONE, "x/bob.ipynb": DONE, "README.txt": b"", "__MACOSX/x": b""}))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    found = collect(tmp_path / "c.zip", MODULE, MODULE, stubs=STUBS, scratch=scratch)
    assert {one.student for one in found.submissions} == {"ann", "bob"} and "README.txt" in found.ignored[0]


def test_an_outer_folder_that_was_unzipped_by_hand_is_said(inbox):
    for who in ("ann", "bob", "cleo", "dan"):
        put(inbox, f"class/{who}.ipynb", DONE)
    found = collect(inbox, MODULE, MODULE, stubs=STUBS)
    assert len(found.submissions) == 4 and found.ignored == ["All submissions lay in 'class'."]


def test_one_students_two_attempts_are_no_class(inbox):
    put(inbox, f"ann/first/{MODULE}.ipynb", BLANK)
    put(inbox, f"ann/second/{MODULE}.ipynb", DONE)
    assert taken(inbox)["ann"].read() == DONE


def test_one_students_whole_folder_is_no_class(inbox):
    """Catches: a folder with several notebooks taken for an outer one."""
    for name in (MODULE, "05_data"):
        put(inbox, f"ann/notebooks/{name}/{name}.ipynb", DONE if name == MODULE else OTHERS)
    put(inbox, "ann/tinytorch/core/x.py", b"")
    assert set(taken(inbox)) == {"ann"}


def test_of_several_uploads_the_one_with_answers_counts(inbox):
    put(inbox, f"ann_111_9001_{MODULE}.ipynb", DONE)
    put(inbox, f"ann_111_9002_{MODULE}-1.ipynb", BLANK)
    put(inbox, "ann_111_9003_Untitled.ipynb", SCRATCH)
    (one,) = taken(inbox).values()
    assert one.read() == DONE and "3 times" in one.repairs[0]


# -- a file that cannot be graded is a person all the same ---------------------------------------------------------

NO_NOTEBOOK = {
    "report.pdf": b"%PDF",
    "photo.heic": b"x",
    "archive.rar": b"Rar!",
    "solution.py": b"# %%\n1",
    "page.html": b"<p>",
    "x.tar.gz": b"\x1f\x8b",
    "noextension": b"",
}


@pytest.mark.parametrize("own", NO_NOTEBOOK)
def test_another_file_on_a_platform_is_a_person_with_that_file(inbox, own):
    put(inbox, f"ann_111_9001_{own}", NO_NOTEBOOK[own])
    put(inbox, f"Bob B_4711_assignsubmission_file_/{own}", NO_NOTEBOOK[own])
    put(inbox, f"Cleo C_4712_assignsubmission_file_{own}", NO_NOTEBOOK[own])
    put(inbox, f"HW 1_dan_attempt_2026-05-01-09-00-00_{own}", NO_NOTEBOOK[own])
    found = taken(inbox)
    assert set(found) == {"ann_111", "Bob B_4711", "Cleo C_4712", "dan"}
    for one in found.values():
        assert one.read() is None and "no notebook" in one.problem and own in one.problem


@pytest.mark.parametrize("what", ["text", "link"])
def test_a_typed_text_or_a_link_on_canvas_is_a_person(inbox, what):
    put(inbox, f"ann_LATE_111_{what}.html", b"<a href=x>")
    (one,) = taken(inbox).values()
    assert one.student == "ann_111" and one.late and f"{what}.html" in one.problem


def test_the_table_makes_a_person_of_a_file_that_says_nothing_else(inbox, tmp_path):
    """Catches: "handed in nothing" of somebody who handed in a PDF file."""
    known = read_roster(put(tmp_path, "class.csv", "student,name\nann,Ann Abbott\nbob,Bob\n"))
    put(inbox, "Ann Abbott.pdf", b"%PDF")
    put(inbox, "stranger.pdf", b"%PDF")
    found = collect(inbox, MODULE, MODULE, rename=known.students_of)
    assert [one.student for one in found.submissions] == ["ann"] and "stranger.pdf" in found.ignored[0]


def test_a_notebook_under_another_ending_is_graded(inbox):
    for name in ("ann.ipynb.txt", "bob.json", "cleo.IPYNB", "dan.ipynb.json"):
        put(inbox, name, DONE)
    found = taken(inbox)
    assert set(found) == {"ann", "bob", "cleo", "dan"} and all(one.read() == DONE for one in found.values())


# -- archives that are damaged, locked, absurd ---------------------------------------------------------------------


def corrupted(kind=zipfile.ZIP_DEFLATED, change="data"):
    """A zip file with a good notebook of Bea's and a damaged one of Ann's before it."""
    data = bytearray(zipped({"ann.ipynb": DONE * 50, "bea.ipynb": DONE}, kind))
    length, extra = struct.unpack("<HH", data[26:30])
    start = 30 + length + extra
    entry = data.index(b"PK\x01\x02")
    if change == "data":
        data[start : start + 40] = b"\x07" + b"\xff" * 39
    elif change == "crc":
        data[14:18] = data[entry + 16 : entry + 20] = b"\0\0\0\0"
    elif change == "local name":
        data[30:31] = b"\xff"
        data[6:8] = struct.pack("<H", 0x800)
    elif change == "encrypted":
        data[6] |= 1
        data[entry + 8] |= 1
    elif change == "method":
        data[8:10] = data[entry + 10 : entry + 12] = struct.pack("<H", 97)
    elif change == "offset":
        data[entry + 42 : entry + 46] = struct.pack("<I", 7)
    elif change == "huge":
        data[entry + 24 : entry + 28] = struct.pack("<I", 0xFFFFFFF0)
    elif change == "time":
        data[entry + 12 : entry + 16] = b"\xff\xff\xff\xff"
    return bytes(data)


DAMAGES = [
    (zipfile.ZIP_DEFLATED, "data"),
    (zipfile.ZIP_LZMA, "data"),
    (zipfile.ZIP_BZIP2, "data"),
    (zipfile.ZIP_STORED, "crc"),
    (zipfile.ZIP_DEFLATED, "local name"),
    (zipfile.ZIP_DEFLATED, "encrypted"),
    (zipfile.ZIP_DEFLATED, "method"),
    (zipfile.ZIP_DEFLATED, "offset"),
    (zipfile.ZIP_DEFLATED, "huge"),
]


@pytest.mark.parametrize(("kind", "change"), DAMAGES)
def test_a_damaged_member_is_its_own_persons_and_the_class_goes_on(tmp_path, kind, change):
    data = corrupted(kind, change)
    found = from_zip(tmp_path, data)
    assert set(found) == {"ann", "bea"} and found["ann"].read() is None and found["ann"].problem
    if kind != zipfile.ZIP_BZIP2:
        assert found["bea"].read() == DONE
    inbox = tmp_path / "inbox"
    put(inbox, "cem.zip", data[: len(data) // 2])
    put(inbox, "dan.zip", b"")
    put(inbox, "eve.zip", zipped({"x/hand-in.zip": data}))
    put(inbox, "fay.zip", zipped({"a.txt": b"1"}))
    put(inbox, "gil.ipynb", DONE)
    found = taken(inbox)
    assert {name: one.read() is not None for name, one in found.items()} == {
        "cem": False,
        "dan": False,
        "eve": found["eve"].problem is None,  # where Bea's is the one that can be read
        "fay": False,
        "gil": True,
    }
    assert all(one.problem for one in found.values() if one.read() is None)


def test_absurd_times_in_a_zip_file_stop_nothing(tmp_path):
    assert from_zip(tmp_path, corrupted(change="time"))["bea"].read() == DONE


@pytest.mark.parametrize(
    "text", ["9" * 200, "1" * 19, "99999-99-99", "2026-11-20 25:61:61", "1e400", "\x1b[2J", "\ud800"]
)
def test_absurd_times_of_the_exchange_stop_nothing(inbox, text):
    put(inbox, f"ann/{MODULE}.ipynb", DONE)
    put(inbox, "ann/timestamp.txt", text.encode("utf-8", "surrogatepass"))
    assert taken(inbox)["ann"].read() == DONE


def test_bombs_are_not_unpacked(inbox, tmp_path):
    """Catches: a member, or a zip file of thousands of members, that needs the grader's memory."""
    put(inbox, "ann.zip", zipped({"n.ipynb": b" " * (65 << 20)}))
    put(inbox, "bob.zip", zipped({"n.ipynb": b" " * (9 << 20)}, zipfile.ZIP_BZIP2))
    put(inbox, "cem.zip", zipped({f"{n}": b"" for n in range(20_001)}, zipfile.ZIP_STORED))
    inner = zipped({"n.ipynb": DONE})
    for _ in range(4):
        inner = zipped({"in.zip": inner})
    put(inbox, "dan.zip", inner)
    found = taken(inbox)
    assert all(one.read() is None for one in found.values())
    words = {"ann": "too large", "bob": "unusual", "cem": "more than 20000", "dan": "0 notebooks"}
    assert all(word in found[name].problem for name, word in words.items())


def test_a_member_that_is_too_large_or_a_link_is_a_person(tmp_path):
    link = zipfile.ZipInfo("cem.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    data = zipped([("ann.ipynb", DONE), ("bea.ipynb", b" " * (65 << 20)), (link, "/etc/passwd")])
    found = from_zip(tmp_path, data)
    assert found["ann"].read() == DONE and "65 MB" in found["bea"].problem and "symbolic link" in found["cem"].problem


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_and_a_file_in_a_files_place_lose_nothing(tmp_path):
    data = zipped([("ann.ipynb", HALF), ("ann.ipynb", HALF), ("bob", b"x"), (f"bob/{MODULE}.ipynb", DONE)])
    put(tmp_path, "c.zip", data)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    found = collect(tmp_path / "c.zip", MODULE, MODULE, stubs=STUBS, scratch=scratch)
    assert "2 times" in found.submissions[0].repairs[0]
    assert any(f"bob/{MODULE}.ipynb" in line for line in found.ignored)


# -- names of other systems ----------------------------------------------------------------------------------------


def test_long_names_unflagged_ones_and_backslashes_in_zip_files_are_read(tmp_path):
    long = "王" * 90 + "_4711_assignsubmission_file_"
    data = zipped({f"{long}/{MODULE}.ipynb": DONE, "Zoe_Mull.ipynb": DONE, "x/bob.ipynb": DONE, "ann.ipynb": DONE})
    data = data.replace(b"Zoe_Mull", "Zoë_Mü".encode()).replace(b"x/bob.", b"x\\bob.")
    found = from_zip(tmp_path, data)
    assert {one.lms_id for one in found.values()} == {"4711", ""} and "Zoë_Mü" in found and "ann" in found
    assert all(one.read() == DONE and fits(one.student) for one in found.values())


def test_checkpoints_behind_backslashes_are_no_second_notebook(inbox):
    data = zipped({"w/90_sample.ipynb": DONE, "w/.ipynb_checkpoints/90_sample-checkpoint.ipynb": BLANK})
    put(inbox, "ann.zip", data.replace(b"w/", b"w\\").replace(b"checkpoints/", b"checkpoints\\"))
    one = taken(inbox)["ann"]
    assert one.read() == DONE and one.repairs == []


ODD = [b"bad\xff\xfename", b"esc\x1b[31mred", b"line\nbreak", "bidi\u202egnp".encode(), "王".encode() * 80, b"a" * 240]


def test_names_that_nothing_can_print_are_persons_and_stay_apart(inbox):
    for number, name in enumerate(ODD):
        os.makedirs(os.fsencode(inbox) + b"/" + name)
        with open(os.fsencode(inbox) + b"/" + name + b"/" + name[:200] + b".ipynb", "wb") as file:
            file.write(DONE)
        with open(os.fsencode(inbox) + b"/" + name + b"/helper\x1b\xff.py", "wb") as file:
            file.write(b"x")
        put(inbox, f"with{number}\x1b]0;x\x07.pdf", b"")
    found = collect(inbox, MODULE, MODULE, stubs=STUBS)
    assert len({one.student for one in found.submissions}) == len(ODD)
    for one in found.submissions:
        assert one.read() == DONE and one.files() == {} and fits(one.student)
        for text in (one.student, one.problem or "", one.moodle_folder, *one.repairs, *found.ignored):
            assert text.isprintable() and text.encode() is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x\x01", "x\x02"),
        ("a" * 150, "a" * 151),
        ("王" * 100, "王" * 101),
        ("a/b", "a_b"),
        (".", ".."),
        ("a\xad", "a\u200b"),
    ],
)
def test_ids_that_had_to_be_changed_stay_apart(one, other):
    """Catches: two students whose names differ in what was cut or replaced share one result."""
    ids = {student_id(one), student_id(other)}
    assert len(ids) == 2 and all(fits(text) and "/" not in text and text.strip(".") for text in ids)


def test_one_name_in_two_ways_of_writing_is_one_id():
    assert student_id(unicodedata.normalize("NFD", "Zoë")) == student_id("Zoë") == student_id(" Zoë ") == "Zoë"
    assert student_id("Anna\u00a0Maria") == "Anna Maria" and student_id("") == ""


def test_long_ids_have_result_files_of_their_own(tmp_path):
    from tinytorch_course.grading.assignment import Assignment

    class Here(Assignment):
        store = tmp_path

    here = object.__new__(Here)
    names = [here.stored(student_id(text)).name for text in ("é" * 60 + "a", "é" * 60 + "b")]
    assert len(set(names)) == 2 and all(len(name) <= 200 for name in names)


# -- nobody becomes another ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("HW1_mallory_attempt_2026-05-01-10-00-00_a_ada_attempt_2030-01-01-00-00-00_x.ipynb", "mallory"),
        ("HW1_mallory_attempt_2026-05-01-10-00-00_a_.._attempt_2030-01-01-00-00-00_x.ipynb", "mallory"),
        ("HW1_.._attempt_2026-05-01-10-00-00_x.ipynb", student_id("..")),
        ("Mal Lory_123_assignsubmission_file_x_456_assignsubmission_file_x.ipynb", "Mal Lory_123"),
        ("lorymal_123_90_lovelaceada_111_9001_x.ipynb", "lorymal_123"),
        ("anon_Ab3_90_anon_Cd4_91_x.ipynb", "anon_Ab3"),
    ],
)
def test_what_a_student_writes_into_a_files_name_makes_nobody_else_of_them(inbox, name, student):
    put(inbox, name, DONE)
    (one,) = taken(inbox).values()
    assert one.student == student and one.student.strip(".")


def test_a_folders_name_ends_with_the_platforms_part(inbox):
    """Catches: a name on the platform that holds the pattern itself."""
    put(inbox, f"Ada_456_assignsubmission_file_ Lory_123_assignsubmission_file_/{MODULE}.ipynb", DONE)
    (one,) = taken(inbox).values()
    assert one.lms_id == "123"


def test_two_users_of_blackboard_whose_names_end_alike_stay_apart(inbox, tmp_path):
    for user in ("a_smith", "b_smith", "jones"):
        put(inbox, f"HW1_{user}_attempt_2026-05-01-10-00-00_x.ipynb", DONE)
    assert set(taken(inbox)) == {"a_smith", "b_smith", "jones"}
    known = read_roster(put(tmp_path, "class.csv", "student\na_smith\nsmith\n"))
    (inbox / "HW1_b_smith_attempt_2026-05-01-10-00-00_x.ipynb").unlink()
    assert set(taken(inbox, rename=known.students_of)) == {"a_smith", "jones"}


def test_a_table_cannot_lead_outside_either(tmp_path):
    known = read_roster(put(tmp_path, "class.csv", "student\n../../evil\n..\nok\n"))
    assert all("/" not in person.student and person.student.strip(".") for person in known.people)


# -- what reaches the terminal -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["\x1b[2J\x1b]0;x\x07", "a\u202egnp", "\x9b31m", "\ud800", "a\x08\x08", "\u2066x", "\rx"]
)
def test_a_terminal_obeys_no_text(text):
    """Catches: a way to print that goes past the cleaning; colours of our own cleaned away."""
    file = io.StringIO()
    console = _Console(file=file, force_terminal=True, color_system="standard", width=200)
    from rich.table import Table
    from rich.text import Text

    table = Table(title=text)
    table.add_column(text)
    table.add_row(text)
    for each in (text, Text(text), table):
        console.print(each, markup=False, style="red")
    shown = file.getvalue()
    shown.encode("utf-8")
    assert "\x1b[31m" in shown and text not in shown
    for part in shown.split("\x1b"):
        assert printable(part) == part
    assert "[2J" not in [part[:3] for part in shown.split("\x1b")] and "\x1b]" not in shown


@pytest.mark.parametrize("text", ["section:B:", "a:smile:b", "[red]x[/red]", "[/", "a[b]\\\\[c]"])
def test_no_text_of_people_is_markup_or_an_emoji(text):
    file = io.StringIO()
    console = _Console(file=file, width=200)
    change = Change(text, "90.1", text, 0.0, 1.0)
    graded = SubmissionResult(text, "90_sample", "graded", reason=text)
    for each in (text, *tables([change]), ClassResult("90_sample", [graded], "", Path(), Path()).table()):
        console.print(each)
    assert file.getvalue().count(text) == 5


def test_what_people_write_is_shown_as_it_is():
    for text in ("Zoë O'Neil", "王　小明", "علی\u200cرضا", "👩\u200d🚀", "one\n\ttwo"):
        assert printable(text) == text


# -- tables of platforms -------------------------------------------------------------------------------------------

CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,{columns}\n    Points Possible,,,,,{possible}\n{rows}"


def canvas(tmp_path, rows, columns="Module 90: Sample (77)", possible="20"):
    return read_roster(put(tmp_path, "class.csv", CANVAS.format(columns=columns, possible=possible, rows=rows)))


@pytest.mark.parametrize("login", ["1.23457E+11", "shared"])
def test_two_rows_with_one_id_are_two_people(tmp_path, login):
    known = canvas(
        tmp_path, f'"Lovelace, Ada",111,,{login},A,\n"Hopper, Grace",222,,{login},A,\n"Kay, Alan",3,,alan,A,\n'
    )
    assert [person.student for person in known.people] == ["111", "222", "alan"]
    with pytest.raises(CourseError, match=r"more than once, in the rows 2, 3"):
        read_roster(put(tmp_path, "own.csv", "student,name\nann,Ann A\nann,Ann B\n"))


@pytest.mark.parametrize(
    ("columns", "possible", "right"),
    [
        ("Module 90: Sample (77),Module 90: Sample Current Score", "20,(read only)", "Module 90: Sample (77)"),
        ("90 Sample (77),Module 90: Sample Unposted Final Score", "20,(read only)", "90 Sample (77)"),
        ("Sample notebook (77),90 Sample Final Score", "20,(read only)", "Sample notebook (77)"),
        ("Week 3 (77),Module 90: Sample,Module 90: Sample Final Grade", "20,(read only),", MODULE),
    ],
)
def test_a_groups_sum_is_never_filled_in(tmp_path, columns, possible, right):
    known = canvas(tmp_path, '"Lovelace, Ada",111,,ada,A,,95,95\n', columns, possible)
    text, _ = known.filled(MODULE, 20, {})
    assert text.splitlines()[0].split(",")[-1] == right


def test_moodles_sums_and_remarks_are_never_filled_in(tmp_path):
    head = "First name,Last name,Email address,Module 90: Sample total (Real),Assignment: Module 90: Sample (Feedback)"
    head += ",Assignment: Module 90: Sample (Real),Assignment: Module 90: Sample (Percentage)"
    known = read_roster(put(tmp_path, "m.csv", f"{head}\nAda,Lovelace,ada@uni.example,7,,,\n"))
    assert known.filled(MODULE, 20, {})[0].splitlines()[0].endswith("Sample (Real)")
    assert "Percentage" not in known.filled(MODULE, 20, {})[0]


def test_who_is_excused_stays_so(tmp_path):
    from tinytorch_course.grading.inbox.filling import Entry

    known = canvas(tmp_path, '"Lovelace, Ada",111,,ada,A,EX\n"Hopper, Grace",222,,grace,A,3\n')
    text, remarks = known.filled(MODULE, 20, {"ada": Entry(16), "grace": Entry(8)})
    assert [line.split(",")[-1] for line in text.splitlines()[2:]] == ["EX", "8"] and "excuses 1" in remarks[0]


def test_names_split_over_columns_are_whole(tmp_path, inbox):
    own = read_roster(put(tmp_path, "own.csv", "student,First name,Last name\nann,Ann,Abbott\n"))
    worksheet = "Identifier,First name,Last name,Grade,Maximum Grade\nParticipant 7,Bob,Baker,,20\n"
    moodle = read_roster(put(tmp_path, "w.csv", worksheet))
    assert own.people[0].name == "Ann Abbott" and moodle.people[0].student == "Bob Baker_7"
    put(inbox, "Ann Abbott.ipynb", DONE)
    assert set(taken(inbox, rename=own.students_of)) == {"ann"}


@pytest.mark.parametrize("heading", ["submitted", "file", "team"])
def test_a_teams_file_is_each_members(inbox, tmp_path, heading):
    known = read_roster(
        put(tmp_path, "t.csv", f"{heading},student\nteam1.ipynb,ann\nteam1.ipynb,bob\nsolo.ipynb,cleo\n")
    )
    put(inbox, "team1.ipynb", DONE)
    put(inbox, "solo.ipynb", HALF)
    found = taken(inbox, rename=known.students_of)
    assert {name: one.read() for name, one in found.items()} == {"ann": DONE, "bob": DONE, "cleo": HALF}
    assert "together: ann, bob" in found["bob"].repairs[0] and found["cleo"].repairs == []


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("first", ["", "sep=;\n"])
def test_a_table_is_read_in_every_encoding_of_spreadsheets(tmp_path, coding, first):
    text = first + "student;name\nann;Zoë Müller\n"
    known = read_roster(put(tmp_path, "class.csv", text.encode(coding)))
    assert [(person.student, person.name) for person in known.people] == [("ann", "Zoë Müller")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (zipped({"[Content_Types].xml": b"<Types/>", "xl/x.xml": os.urandom(99)}), "workbook of Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(99), "workbook of Excel"),
        (b"%PDF-1.7", "a PDF file"),
        (b"\n<!DOCTYPE html><html>", "a web page"),
        (b"\1\0\0\0\2" * 9, "not text"),
    ],
)
def test_what_is_no_table_is_named_in_a_clear_sentence(tmp_path, data, words):
    with pytest.raises(CourseError, match=words) as refusal:
        read_roster(put(tmp_path, "class.xlsx", data))
    assert "CSV" in str(refusal.value) or "Download it again" in str(refusal.value)
    assert len(str(refusal.value)) < 400 and str(refusal.value).replace("\n", "").isprintable()


def test_a_students_own_file_cannot_say_when_it_was_handed_in(inbox):
    """Catches: a timestamp.txt in a zip file, or uploaded to a platform, that sets the student's own time."""
    put(inbox, "ann.zip", zipped({"n.ipynb": DONE, "timestamp.txt": b"2020-01-01", "helper\x1b.py": b""}))
    put(inbox, f"bob_111_9001_{MODULE}.ipynb", DONE)
    put(inbox, "bob_111_9002_timestamp.txt", b"2020-01-01")
    put(inbox, "bob_111_9003_..", b"x")
    put(inbox, f"Cleo_7_assignsubmission_file_/{MODULE}.ipynb", DONE)
    put(inbox, "Cleo_7_assignsubmission_file_/timestamp.txt", b"2020-01-01")
    put(inbox, f"dan/{MODULE}/{MODULE}.ipynb", DONE)
    put(inbox, f"dan/{MODULE}/timestamp.txt", b"2026-01-01 10:00:00 UTC")
    for name, one in taken(inbox).items():
        assert one.read() == DONE and one.files() == {} and (one.timestamp is not None) == (name == "dan"), one


@pytest.mark.parametrize("name", ["my course (2026)", "50%20off", "a#b", "what?", "a?b=c&d%3F", "naïve ☃", "it's"])
def test_the_gradebook_of_a_course_lies_in_its_folder_whatever_the_path_holds(tmp_path, name):
    """Catches: an address that is cut at a question mark or read as quoted, so that grades land elsewhere or nowhere."""
    from traitlets.config import Config

    from tinytorch_course.base.nbgrader_setup import configure
    from tinytorch_course.grading.assignment import course_directory, missing_gradebook, open_gradebook

    root = tmp_path / name
    root.mkdir()
    for directory in (course_directory(root, configure(Config(), root)), course_directory(root, Config())):
        assert missing_gradebook(directory) == root / "gradebook.db"
    with open_gradebook(course_directory(root, configure(Config(), root))) as gradebook:
        gradebook.add_student("ann")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["gradebook.db"]
    assert missing_gradebook(course_directory(root, configure(Config(), root))) is None


def test_a_long_temporary_folder_leaves_room_for_sockets(tmp_path, monkeypatch):
    """Catches: every kernel fails to start where TMPDIR is a cluster's long path."""
    import tempfile

    from tinytorch_course.grading.sandbox.rooms import Scratch

    place = tmp_path / ("x" * 90)
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    scratch = Scratch()
    assert len(os.fsencode(scratch.path)) < 80 and scratch.path.is_dir()
    scratch.close()
    assert not scratch.path.exists()


def test_choosing_needs_little_memory_whatever_the_file_holds(inbox):
    """Catches: reading a candidate as JSON, which takes twenty times the file's size."""
    import tracemalloc

    bomb = DONE[:-1] + b', "x": [' + b"[]," * (3 << 20) + b"0]}"
    put(inbox, "ann/a.ipynb", BLANK)
    put(inbox, "ann/b.ipynb", bomb)
    tracemalloc.start()
    one = taken(inbox)["ann"]
    assert tracemalloc.get_traced_memory()[1] < 4 * len(bomb) and one.path.name == "b.ipynb"
    tracemalloc.stop()


def test_a_zip_file_of_zip_files_is_read_to_a_limit(inbox):
    """Catches: inner archives kept in memory without a limit; one that is damaged taking the good one with it."""
    large = zipped({"n.txt": b" " * (40 << 20)}, zipfile.ZIP_STORED)
    put(inbox, "ann.zip", zipped({f"{n}.zip": large for n in range(3)}))
    put(inbox, "bob.zip", zipped({"a.zip": b"PK no", "b.zip": zipped({"n.ipynb": DONE})}))
    found = taken(inbox)
    assert found["ann"].read() is None and "0 notebooks" in found["ann"].problem and found["bob"].read() == DONE


def test_a_progress_bar_shows_names_as_text(monkeypatch):
    """Catches: a student's name that becomes a link or an error of the terminal's markup."""
    from tinytorch_course.base import console

    file = io.StringIO()
    monkeypatch.setattr(console, "err", console._Console(file=file, force_terminal=True, width=200))
    with console.progress("grading", 2) as advance:
        advance(1, "[link=https://example.org]x[/link] [/nothing] \x1b[2J")
    assert "[link=https://example.org]" in file.getvalue() and "\x1b[2J" not in file.getvalue()
