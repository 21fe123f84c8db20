"""Submissions that are broken rather than wrong: each is repaired, or shown to a person with a reason."""

from __future__ import annotations

import copy
import io
import json
import os
import zipfile

import nbformat
import pytest

from tests.grading.grading_course import ASSIGNMENT, code, find, hand_in, released, solved
from tinytorch_course.base.errors import CourseError
from tinytorch_course.grading.assignment import course_directory, read_source
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.inbox.collect import collect
from tinytorch_course.grading.marking.prepare import prepare
from tinytorch_course.grading.records.report import write_report

NOTEBOOK = f"{ASSIGNMENT}.ipynb"


@pytest.fixture(scope="module")
def source(template):
    return read_source(course_directory(template), ASSIGNMENT)


@pytest.fixture
def right(template):
    return solved(template)


def prepared(nb, source):
    return prepare(nb if isinstance(nb, bytes) or nb is None else json.dumps(nb).encode(), source)


def runs(one):
    """Which cells of the assignment will run, in their order."""
    return [cell.name for cell in one.cells if cell.name and cell.run and cell.cell_type == "code"]


ALL = [
    "90-imports",
    "90-01-double",
    "test-90-01-double",
    "90-class",
    "90-02-shift",
    "test-90-02-shift",
    "90-03-words",
    "test-90-03-words",
    "90-04-total",
    "test-90-04-total",
]


# -- files that are no notebooks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "no notebook"),
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b'{"cells": [{"cell_type": "code", "sou', "cut off (line 1 of 1)"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a notebook"),
        (b"print('hello')", "not a notebook"),
        (b"[1, 2, 3]", "JSON, but not a notebook"),
        (b'{"answer": 42}', "no cells"),
        (b'{"cells": {}, "nbformat": 4}', "no cells"),
        (b'{"cells": [], "nbformat": 9}', "newer than this grader"),
        (b'{"cells": [], "nbformat": 4}', "no exercise of this assignment"),
        (b'{"worksheets": 7, "nbformat": 3}', "old format"),
        (b"[" * 200_000, "nested too deeply"),
        (
            b"\n<!DOCTYPE html>\n<html><title>Sign in</title>",
            "is a web page (HTML), not a notebook: probably the page of",
        ),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- <p> -->\n<HTML lang="de">', "is a web page (HTML)"),
        (b"<" * 200_000, "cut off (line 1 of 1)"),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(source, data, words):
    one = prepared(data, source)
    assert one.refused and words in one.refused, one.refused
    assert not one.cells


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_notebook_is_refused(source, right, cut):
    data = json.dumps(right, indent=1).encode()
    assert "cut off" in prepared(data[: int(len(data) * cut)], source).refused


# -- notebooks that can be repaired --------------------------------------------------------------------------------


def test_a_good_submission_needs_no_repair(source, right):
    one = prepared(right, source)
    assert not one.repairs and one.refused is None and runs(one) == ALL


@pytest.mark.parametrize(("coding", "word"), [("cp1252", "cp1252"), ("utf-16", "utf-16")])
def test_another_encoding_is_read(source, right, coding, word):
    find(right, "90-03-words")["source"] += "\n# é"
    one = prepared(json.dumps(right, ensure_ascii=False).encode(coding), source)
    assert runs(one) == ALL and any(word in repair for repair in one.repairs)
    assert any("é" in cell.source for cell in one.cells)


def test_a_byte_order_mark_is_no_repair(source, right):
    one = prepared(b"\xef\xbb\xbf" + json.dumps(right).encode(), source)
    assert runs(one) == ALL and not one.repairs


def test_an_ancient_format_is_converted(source, right):
    for cell in right["cells"]:
        cell.pop("id", None)
    old = nbformat.convert(nbformat.from_dict(copy.deepcopy(right)), 3)
    one = prepared(json.dumps(old).encode(), source)
    assert runs(one) == ALL and any("old format 3" in repair for repair in one.repairs)


def test_a_doubled_exercise_counts_once_and_the_changed_one_wins(source, right):
    at = right["cells"].index(find(right, "90-01-double"))
    stub = copy.deepcopy(find_stub(source, "90-01-double", right))
    right["cells"].insert(at + 1, stub)
    one = prepared(right, source)
    named = [cell for cell in one.cells if cell.name == "90-01-double"]
    assert len(named) == 1 and "return 2" in named[0].source
    assert any("more than once" in repair for repair in one.repairs)


def find_stub(source, name, nb):
    cell = copy.deepcopy(find(nb, name))
    cell["source"] = source.by_name()[name].source
    return cell


def test_a_doubled_test_runs_once(source, right):
    at = right["cells"].index(find(right, "test-90-01-double"))
    right["cells"].insert(at, copy.deepcopy(right["cells"][at]))
    one = prepared(right, source)
    running = [cell for cell in one.cells if "double([1.0, 2.0])" in cell.source and cell.run]
    assert len(running) == 1 and runs(one) == ALL


@pytest.mark.parametrize("name", ["test-90-01-double", "90-class", "90-02-shift", "90-imports", "text-90-05-why"])
def test_a_deleted_cell_comes_back_in_its_place(source, right, name):
    right["cells"].remove(find(right, name))
    one = prepared(right, source)
    assert runs(one) == ALL
    assert any("missing and put back" in repair for repair in one.repairs)
    names = [cell.name for cell in one.cells if cell.name]
    assert names == [cell.name for cell in source.cells]


def test_given_cells_are_counted_since_their_names_say_nothing(source, right):
    for name in ("90-class", "90-imports", "90-02-shift", "test-90-01-double"):
        right["cells"].remove(find(right, name))
    assert prepared(right, source).repairs == ("cells were missing and put back: test 90.1, 90.2 and 2 given cells",)
    right = copy.deepcopy(right)
    right["cells"].append(code("class Box:\n    pass") | {"metadata": {"nbgrader": {"grade_id": "90-class"}}})
    right["cells"].append(copy.deepcopy(right["cells"][-1]) | {"cell_type": "markdown"})
    said = " ".join(prepared(right, source).repairs)
    assert "1 given cell stood there more than once" in said and "put back: 1 given cell" in said
    assert "90-class" not in said


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("name", ["test-90-01-double", "90-01-double"])
def test_a_retyped_cell_is_code_again(source, right, name, kind):
    cell = find(right, name)
    cell["cell_type"] = kind
    cell.pop("outputs", None)
    one = prepared(right, source)
    assert runs(one) == ALL and any("another type" in repair for repair in one.repairs)


def test_an_edited_test_is_the_original_again(source, right):
    find(right, "test-90-01-double")["source"] = "pass"
    one = prepared(right, source)
    test = next(cell for cell in one.cells if cell.name == "test-90-01-double")
    assert "secret_input" in test.source
    assert one.repairs == ("test cells were edited, the originals were put back: test 90.1",)


def test_a_test_that_says_it_is_none_is_one(source, right):
    find(right, "test-90-01-double")["metadata"]["nbgrader"] |= {"grade": False, "locked": False, "solution": True}
    assert runs(prepared(right, source)) == ALL


@pytest.mark.parametrize("points", [100, -1, "many", None, [4]])
def test_points_in_the_metadata_have_no_effect(source, right, points):
    find(right, "test-90-01-double")["metadata"]["nbgrader"]["points"] = points
    one = prepared(right, source)
    assert runs(one) == ALL and source.by_name()["test-90-01-double"].points == 4


def test_metadata_lost_altogether_is_matched_by_content(source, right):
    for cell in right["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    one = prepared(right, source)
    assert runs(one) == ALL
    assert any("found again by content" in repair for repair in one.repairs)
    answer = next(cell for cell in one.cells if cell.name == "text-90-05-why")
    assert "adding it to itself" in answer.source


def test_metadata_lost_and_cells_edited_is_matched_still(source, right):
    for cell in right["cells"]:
        cell["metadata"] = {}
    right["cells"] = [c for c in right["cells"] if "a picture" not in c["source"]]
    for cell in right["cells"]:
        if cell["source"].startswith("with Checks"):
            cell["source"] += "\nprint('done')"
        if cell["source"].startswith("### 90.1"):
            cell["source"] = "my notes"
    right["cells"].insert(3, code("helper = 1"))
    assert runs(prepared(right, source)) == ALL


@pytest.mark.parametrize("metadata", [None, [], "x", {"nbgrader": None}, {"nbgrader": {"grade_id": 7}}, {"tags": 3}])
def test_malformed_metadata_is_no_obstacle(source, right, metadata):
    find(right, "90-03-words")["metadata"] = metadata
    assert runs(prepared(right, source)) == ALL


@pytest.mark.parametrize(
    "cell", [7, None, {}, {"cell_type": "magic", "source": ""}, {"cell_type": "code", "source": 3}]
)
def test_a_malformed_cell_is_left_out(source, right, cell):
    right["cells"].insert(3, cell)
    one = prepared(right, source)
    assert runs(one) == ALL and "1 malformed cell was left out" in one.repairs


def test_a_wrong_kernel_is_noted_and_not_used(source, right):
    right["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    one = prepared(right, source)
    assert runs(one) == ALL and any("'ir'" in repair for repair in one.repairs)


def test_fifty_megabytes_of_stored_output_are_dropped(source, right):
    find(right, "90-imports")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * (50 << 20)}]
    one = prepared(right, source)
    assert runs(one) == ALL and sum(len(cell.source) for cell in one.cells) < 10_000


def test_prepare_depends_on_its_arguments_only(source, right):
    assert prepared(right, source) == prepared(copy.deepcopy(right), source)


# -- where submissions come from -----------------------------------------------------------------------------------


def graded(root, **options):
    return grade(root, ASSIGNMENT, workers=1, timeout=5, **options)


def test_a_renamed_notebook_is_found(root, right):
    hand_in(root, "ann", right, name="my solution (2).ipynb")
    one = graded(root)["ann"]
    assert one.score == 16 and one.state == "graded with repairs" and "my solution (2)" in one.repairs[0]


def test_no_notebook_several_and_an_empty_folder_need_a_person(root, right):
    hand_in(root, "none", None)
    hand_in(root, "two", right, name="a.ipynb")
    hand_in(root, "two", right, name="b.ipynb")
    result = graded(root)
    assert {one.student: one.state for one in result} == {"none": "needs a person", "two": "needs a person"}
    assert "no notebook" in result["none"].reason and "2 notebooks" in result["two"].reason
    assert all(one.score == 0 and one.max_score == 20 for one in result)


def test_of_two_notebooks_the_rightly_named_one_is_graded(root, right):
    copied = f"{ASSIGNMENT}-Copy1.ipynb"
    hand_in(root, "ann", right)
    hand_in(root, "ann", released(root), name=copied)
    with zipfile.ZipFile(root / "submitted" / "bob.zip", "w") as archive:
        archive.writestr(f"work/{copied}", json.dumps(released(root)))
        archive.writestr(f"work/{NOTEBOOK}", json.dumps(right))
    with zipfile.ZipFile(root / "submitted" / "cem.zip", "w") as archive:
        archive.writestr(f"one/{NOTEBOOK}", json.dumps(right))
        archive.writestr(f"two/{NOTEBOOK}", json.dumps(right))
    result = graded(root)
    for student in ("ann", "bob"):
        one = result[student]
        assert one.score == 16 and one.state == "graded with repairs" and len(one.repairs) == 1
        assert "2 notebooks" in one.repairs[0] and copied in one.repairs[0]
    assert result["cem"].state == "needs a person" and "2 notebooks" in result["cem"].reason


def test_symbolic_links_are_not_followed(root, right, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_text(json.dumps(right))
    hand_in(root, "honest", right)
    link = hand_in(root, "file", None)
    link.symlink_to(root / "submitted" / "honest" / ASSIGNMENT / NOTEBOOK)
    (root / "submitted" / "folder").mkdir()
    (root / "submitted" / "folder" / ASSIGNMENT).symlink_to(root / "submitted" / "honest" / ASSIGNMENT)
    (root / "submitted" / "all").symlink_to(root / "submitted" / "honest")
    result = graded(root)
    for student in ("file", "folder", "all"):
        assert result[student].state == "needs a person" and "symbolic link" in result[student].reason
        assert result[student].score == 0
    assert result["honest"].score == 16


def test_a_pipe_or_a_device_does_not_block(root, right):
    path = hand_in(root, "pipe", None)
    os.mkfifo(path)
    one = graded(root)["pipe"]
    assert one.state == "needs a person" and "not a regular file" in one.reason


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_zip_files_and_loose_notebooks_are_taken_and_brought_home(root, right, tmp_path):
    data = json.dumps(right).encode()
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "loose.ipynb").write_bytes(data)
    (inbox / "packed.zip").write_bytes(
        zipped({"work/any name.ipynb": data, "__MACOSX/x.ipynb": b"", "notes.txt": b"hi"})
    )
    (inbox / "outside.zip").write_bytes(zipped({"../../../../tmp/pwned.ipynb": data}))
    (inbox / "damaged.zip").write_bytes(b"PK\x03\x04 and then nothing")
    (inbox / "several.zip").write_bytes(zipped({"a.ipynb": data, "b.ipynb": data}))
    (inbox / "folder").mkdir()
    (inbox / "folder" / NOTEBOOK).write_bytes(data)
    (inbox / "README.txt").write_text("not a submission")
    result = graded(root, submitted=inbox)
    assert {one.student: one.score for one in result if one.state == "graded"} == {
        "loose": 16,
        "packed": 16,
        "folder": 16,
    }
    assert "leads outside" in result["outside"].reason
    assert "damaged" in result["damaged"].reason and "2 notebooks" in result["several"].reason
    assert (root / "submitted" / "packed" / ASSIGNMENT / NOTEBOOK).read_bytes() == data


def test_a_class_in_one_zip_file_is_taken(root, right, tmp_path):
    data = json.dumps(right).encode()
    inbox = tmp_path / "inbox.zip"
    members = {f"inbox/ann/{NOTEBOOK}": data, f"inbox/bob/{ASSIGNMENT}/{NOTEBOOK}": data, "inbox/cut.ipynb": data[:99]}
    inbox.write_bytes(zipped(members))
    result = graded(root, submitted=inbox)
    assert {one.student: one.score for one in result} == {"ann": 16, "bob": 16, "cut": 0}
    outside = tmp_path / "outside.zip"
    outside.write_bytes(zipped({"../ann.ipynb": data}))
    with pytest.raises(CourseError, match="leads outside"):
        graded(root, submitted=outside)
    outside.write_bytes(b"no zip at all")
    with pytest.raises(CourseError, match="not a zip file that can be read"):
        graded(root, submitted=outside)


@pytest.mark.parametrize(
    "student",
    [
        "Zoë O'Neil",
        "<script>alert(1)<script>",
        "a;rm -rf ~",
        "日本語",
        "--force",
        "{student_id}",
        "[x]*?",
        "a" * 120,
        "a%2Fb",
        "x\ny",
        "+1 (a)",
    ],
)
def test_any_student_id_gets_its_grade(root, right, student):
    hand_in(root, student, right)
    (one,) = graded(root)
    assert one.score == 16
    page = next((root / "feedback").rglob("*.html")).read_text(encoding="utf-8")
    assert "<script>" not in page
    (again,) = graded(root)
    assert again.cached and again.score == 16


def test_ids_that_cannot_be_stored_are_made_printable(root, right):
    folder = os.fsencode(root / "submitted") + b"/bad\xff\x01name/" + ASSIGNMENT.encode()
    os.makedirs(folder)
    with open(folder + b"/" + NOTEBOOK.encode(), "w") as file:
        json.dump(right, file)
    (one,) = graded(root)
    assert one.score == 16 and one.student.isprintable()


def test_an_unreadable_time_is_flagged_and_stops_nothing(root, right):
    (hand_in(root, "ann", right).parent / "timestamp.txt").write_text("yesterday, I think")
    one = graded(root)["ann"]
    assert one.score == 16 and any("time of submission" in flag for flag in one.flags)


def test_other_assignments_of_a_student_are_not_missing_here(root, right):
    (root / "submitted" / "bob" / "other").mkdir(parents=True)
    found = collect(root / "submitted", ASSIGNMENT, ASSIGNMENT)
    assert found.submissions == [] and found.others == {"other": 1}


# -- notebooks that misbehave while they run -----------------------------------------------------------------------

MISBEHAVIOUR = {
    "sys-exit": ("import sys\nsys.exit(3)", 16),
    "quit": ("quit()", 16),
    "exit": ("exit()", 16),
    "os-exit": ("import os\nos._exit(0)", 16),
    "segfault": ("import ctypes\nctypes.string_at(0)", 16),
    "abort": ("import os\nos.abort()", 16),
    "closed-stdout": ("import sys\nsys.stdout.close()", 16),
    "closed-descriptors": ("import os\nfor fd in range(3): os.close(fd)", 16),
    "no-stdout": ("import sys\nsys.stdout = sys.stderr = None", 16),
    "warning": ("import warnings\nwarnings.warn('careful')", 16),
    "threads": (
        "import threading, time\nfor i in range(4): threading.Thread(target=time.sleep, args=(600,)).start()",
        16,
    ),
    "input": ("name = input('who are you?')", 16),
    "ignores-interrupt": (
        "while True:\n    try:\n        while True: pass\n    except KeyboardInterrupt:\n        pass",
        16,
    ),
    "deep-recursion": ("def f(): return f()\nf()", 16),
    "magic": ("%matplotlib inline\n!echo hello\n%%time", 16),
    "bad-magic": ("%no_such_magic 1", 16),
    "latex": ("from IPython.display import HTML, Javascript\ndisplay(HTML('<script>x</script>'), Javascript('x'))", 16),
    "chdir": ("import os\nos.chdir('/')", 16),
    "del-modules": (
        "import sys\nfor m in list(sys.modules):\n    if m.startswith('tinytorch'): del sys.modules[m]",
        16,
    ),
}


@pytest.fixture(scope="module")
def misbehaved(template, tmp_path_factory):
    import shutil

    root = tmp_path_factory.mktemp("broken") / "course"
    shutil.copytree(template, root)
    for name, (text, _) in MISBEHAVIOUR.items():
        nb = solved(root)
        nb["cells"].insert(6, code(text))
        hand_in(root, name, nb)
    hand_in(
        root,
        "warns-in-solution",
        solved(
            root, double="import warnings\n\n\ndef double(x):\n    warnings.warn('slow')\n    return 2 * np.asarray(x)"
        ),
    )
    hand_in(
        root,
        "stderr-in-solution",
        solved(
            root,
            double="import sys\n\n\ndef double(x):\n    print('debug', file=sys.stderr)\n    return 2 * np.asarray(x)",
        ),
    )
    hand_in(
        root,
        "dies-in-test",
        solved(root, shift="class Shift(Box):\n    def apply(self, x):\n        import os\n        os._exit(1)"),
    )
    hand_in(
        root,
        "dies-each-time",
        solved(root, **{key: "import os\nos._exit(1)" for key in ("double", "shift", "words", "total")}),
    )
    hand_in(root, "exits-in-test", solved(root, words="def words(text):\n    raise SystemExit"))
    return root, grade(root, ASSIGNMENT, workers=2, timeout=4, memory="1G")


@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_a_cell_that_misbehaves_costs_nothing_but_itself(misbehaved, name):
    _, result = misbehaved
    assert result[name].score == MISBEHAVIOUR[name][1], result[name]


@pytest.mark.parametrize("name", ["warns-in-solution", "stderr-in-solution"])
def test_what_goes_to_standard_error_is_no_failure(misbehaved, name):
    _, result = misbehaved
    assert result[name].score == 16 and not result[name].flags


@pytest.mark.parametrize("name", ["dies-in-test", "exits-in-test"])
def test_an_exercise_that_ends_python_costs_its_own_points(misbehaved, name):
    _, result = misbehaved
    one = result[name]
    assert one.score == 12, one
    assert sum(1 for item in one.exercises if item.message) == 1


def test_a_cell_that_ends_python_or_never_ends_is_mentioned(root, right):
    right["cells"].insert(2, code("import os\nos._exit(0)"))
    right["cells"].insert(3, code("while True:\n    pass"))
    hand_in(root, "ann", right)
    one = grade(root, ASSIGNMENT, workers=1, timeout=2)["ann"]
    assert one.score == 16 and one.state == "graded with repairs"
    assert one.repairs == ["cell 3 ended the Python process and was left out", "cell 4 was stopped after 2 s"]
    report = write_report(root, ASSIGNMENT).read_text(encoding="utf-8")
    assert all(text in report for text in one.repairs)


def test_a_notebook_that_dies_again_and_again_is_given_to_a_person(misbehaved):
    _, result = misbehaved
    one = result["dies-each-time"]
    assert one.state == "needs a person" and "ended the Python process" in one.reason and one.score == 0


def test_no_script_of_a_student_reaches_the_grader(misbehaved):
    """The formgrader shows outputs as they are."""
    root, _ = misbehaved
    nb = json.loads((root / "autograded" / "latex" / ASSIGNMENT / NOTEBOOK).read_text(encoding="utf-8"))
    kinds = {kind for cell in nb["cells"] for output in cell.get("outputs", []) for kind in output.get("data", {})}
    assert kinds == {"text/plain"}


def test_a_released_notebook_holds_no_hidden_test(template):
    assert "secret_input" not in json.dumps(released(template))
