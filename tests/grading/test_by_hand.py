"""What people do by hand in submitted/ outlives the next download, and is said."""

from __future__ import annotations

import json

import pytest

from tests.grading.grading_course import ASSIGNMENT, solved
from tinytorch_course.base.errors import CourseError
from tinytorch_course.grading.forget import forget
from tinytorch_course.grading.grade import grade


def notebook(root, **changes):
    return json.dumps(solved(root, **changes), indent=1).encode()


@pytest.fixture
def download(root, without_kernels, tmp_path):
    """Gives a function that grades a download: the files in a folder, by name."""

    def graded(files, **options):
        folder = tmp_path / "download"
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return grade(root, ASSIGNMENT, submitted=folder, workers=1, progress=False, **options)

    return graded


def again(root, **options):
    return grade(root, ASSIGNMENT, workers=1, progress=False, **options)


def test_a_notebook_mended_in_submitted_outlives_the_next_download(root, download):
    assert download({"ann.ipynb": b'{"cells": [', "bob.ipynb": notebook(root)})["ann"].state == "needs a person"
    home = root / "submitted" / "ann" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    home.write_bytes(notebook(root, words=None))
    result = download({})
    assert result["ann"].score == 12 and "mended by hand" in result["ann"].repairs[0]
    assert not result["bob"].repairs and home.read_bytes() == notebook(root, words=None)
    later = download({"ann.ipynb": notebook(root)})["ann"]  # the student has handed in again
    assert later.score == 12 and "another was handed in since" in later.repairs[0]
    home.unlink()
    assert download({})["ann"].score == 16


def test_what_was_said_of_a_download_is_said_when_submitted_is_graded_without_it(root, download):
    """Else a regrade, or a call without the download, forgets which of two notebooks counts, and runs them all again."""
    files = {"ann/work (2).ipynb": notebook(root), f"bob/{ASSIGNMENT}.ipynb": notebook(root, words=None)}
    before = download({**files, "bob/mine.ipynb": notebook(root)})
    assert "was called" in before["ann"].repairs[0] and "2 notebooks" in before["bob"].repairs[0]
    later = again(root)
    for student in ("ann", "bob"):
        assert later[student].repairs == before[student].repairs and later[student].cached
    home = root / "submitted" / "ann" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    home.write_bytes(notebook(root, words=None))
    assert again(root)["ann"].repairs == [
        "mended by hand in submitted/, and graded so"
    ]  # no word of a file that is gone
    (home.parent / "timestamp.txt").write_text("2026-05-01 10:00:00 UTC\n", encoding="utf-8")  # as nbgrader collects
    assert again(root)["ann"].repairs == []


def test_a_new_submission_replaces_one_that_nobody_has_mended(root, download):
    download({"ann.ipynb": notebook(root, words=None)})
    result = download({"ann.ipynb": notebook(root)})["ann"]
    assert result.score == 16 and not result.repairs


def test_a_time_corrected_in_submitted_outlives_the_next_download(root, download):
    time = {"ann/timestamp.txt": b"2026-06-01 13:00:00 UTC"}
    download({f"ann/{ASSIGNMENT}.ipynb": notebook(root), **time})
    home = root / "submitted" / "ann" / ASSIGNMENT / "timestamp.txt"
    home.write_text("2026-06-01 11:00:00 UTC\n", encoding="utf-8")
    download({})
    assert home.read_text(encoding="utf-8").startswith("2026-06-01 11:00")
    download({f"ann/{ASSIGNMENT}.ipynb": notebook(root, words=None)})  # other work has its own time
    assert home.read_text(encoding="utf-8").startswith("2026-06-01 13:00")


def test_what_was_taken_back_stays_away_until_it_is_another_or_asked_for(root, download):
    files = {"ann.ipynb": notebook(root), "bob.ipynb": notebook(root)}
    download(files)
    forget(root, ASSIGNMENT, "ann")
    result = download(files)
    assert [one.student for one in result] == ["bob"]
    assert result.notes == ["Taken back before, and left out: ann. `--student NAME` grades one all the same."]
    assert not (root / "submitted" / "ann").exists()
    assert download({"ann.ipynb": notebook(root, words=None)})["ann"].score == 12
    forget(root, ASSIGNMENT, "ann")
    assert [one.student for one in download({}, students=["ann"])] == ["ann"]
    assert {one.student for one in download({})} == {"ann", "bob"}


def test_an_unreadable_second_submission_is_not_undone_by_the_first(root, download, tmp_path):
    download({f"ann/{ASSIGNMENT}.ipynb": notebook(root), "bob.ipynb": notebook(root)})
    (tmp_path / "download" / "ann" / f"{ASSIGNMENT}.ipynb").unlink()
    second = download({"ann/report.pdf": b"%PDF"})["ann"]
    assert second.state == "needs a person" and "report.pdf" in second.reason
    third = again(root)["ann"]
    assert (third.state, third.reason, third.score) == (second.state, second.reason, second.score)
    home = root / "submitted" / "ann" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    home.write_bytes(notebook(root, words=None))  # a person puts the right one there
    assert again(root)["ann"].score == 12 and download({})["ann"].score == 12


def test_who_is_not_there_cannot_be_graded_alone(root, download):
    with pytest.raises(CourseError, match="no submission from zoe"):
        download({"ann.ipynb": notebook(root)}, students=["zoe"])
