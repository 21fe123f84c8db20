"""Whose file is this? What platforms write into names."""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
import unicodedata

from ...base.printable import printable
from .submission import Submission

_LONGEST_ID = 120  # characters
_LONGEST_NAME = 180  # bytes; file systems take 255, and others add something
# What platforms call a file. The student's own name for it comes last and may repeat all of it, so the first match counts.
# Canvas: sortable name, LATE if it is, user id, attachment id, the file's own name; a typed text and a link have no attachment.
_CANVAS = re.compile(r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<user>[1-9]\d+)_(?P<file>[1-9]\d+)_(?P<own>.+)", re.DOTALL)
_CANVAS_TEXT = re.compile(r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<user>[1-9]\d+)_(?P<own>(?:text|link)\.html)")
_CANVAS_ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?(?P<name>anon)_(?P<user>\w+?)_(?P<file>[1-9]\d+)_(?P<own>.+)", re.DOTALL
)
# Moodle: a folder, in which nothing follows, or a file when "Download submissions in folders" is off.
_MOODLE_FOLDER = re.compile(r"(?P<name>.+)_(?P<user>\d+)_assignsubmission_(?P<kind>[a-z]+)_?", re.DOTALL)
_MOODLE_FILE = re.compile(r"(?P<name>.+?)_(?P<user>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<own>.*))?", re.DOTALL)
_BLACKBOARD = re.compile(
    r"(?P<head>.+?_(?P<name>[^_]+))_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<own>.+))?", re.DOTALL
)
_COPY = re.compile(r"(?P<name>.+?)(?: ?\(\d+\)|-\d{1,2}|-Copy\d+)")  # what browsers, Canvas and JupyterLab add
DOWNLOADED_AGAIN = re.compile(r"(?P<name>.+?) ?\(\d+\)")
_NOTEBOOK = re.compile(r"(?P<stem>.+?)\.ipynb(?:\.\w+)?", re.IGNORECASE)


def student_id(name: str) -> str:
    """A student id that a database, a file name and a web page can hold.

    Names that differ get ids that differ: where something had to be replaced or cut, a fingerprint stands at the end.
    """
    text = unicodedata.normalize("NFC", name.encode("utf-8", "backslashreplace").decode("utf-8"))
    text = "".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in text).strip()
    clean = printable(text, keep="").replace("/", "_")
    if not clean.strip("."):  # a folder called .. is another one
        clean = "_" * len(clean)
    if clean == text and fits(clean):
        return clean
    mark = "-" + hashlib.sha256(text.encode()).hexdigest()[:6]
    while not fits(clean + mark):
        clean = clean[:-1]
    return clean + mark


def fits(name: str) -> bool:
    """Whether a name is short enough, everywhere."""
    return len(name) <= _LONGEST_ID and len(name.encode()) <= _LONGEST_NAME


def shown(name: str) -> str:
    """A file's name as a sentence quotes it."""
    return repr(printable(name[:80], keep=""))


def notebook_stem(name: str) -> str:
    """A file's name without ``.ipynb``, and what mail programs and browsers put behind that."""
    found = _NOTEBOOK.fullmatch(name)
    return found["stem"] if found else name.rpartition(".")[0] or name


def id_in_name(submission: Submission, name: str, *, folder: bool = False) -> Submission:
    """Take from the name of a file or folder what a learning management system has put into it."""
    stem = name if folder else notebook_stem(name)
    submission.student = student_id(stem)
    if found := (_MOODLE_FOLDER if folder else _MOODLE_FILE).fullmatch(stem):
        submission.student = student_id(f"{found['name']}_{found['user']}")
        submission.lms_id = found["user"]
        submission.moodle_folder = (
            f"{printable(found['name'], keep='')}_{found['user']}_assignsubmission_{found['kind']}_"
        )
        submission.own_name = "" if folder else found["own"] or ""
    elif folder:  # the other platforms hand out files
        return submission
    elif found := _CANVAS_ANONYMOUS.fullmatch(stem) or _CANVAS.fullmatch(stem) or _CANVAS_TEXT.fullmatch(name):
        submission.student = student_id(f"{found['name']}_{found['user']}")
        submission.lms_id, submission.own_name = found["user"], found["own"]
        submission.late = bool(found["late"])
        if number := found.groupdict().get("file"):
            submission.order = ("Canvas' number", float(number[:15]))
    elif found := _BLACKBOARD.fullmatch(stem):
        submission.student, submission.own_name = student_id(found["name"]), found["own"] or ""
        submission.head = found["head"]
        with contextlib.suppress(ValueError, OverflowError):
            when = time.mktime(time.strptime(found["time"], "%Y-%m-%d-%H-%M-%S"))
            submission.order = ("the time in the name", when)
    submission.by_platform = bool(found)
    return submission


def is_moodle_folder(name: str) -> bool:
    return _MOODLE_FOLDER.fullmatch(name) is not None


def plain_name(stem: str) -> str:
    """A file's name without the number that was added because there was one of that name already."""
    found = _COPY.fullmatch(stem)
    return found["name"] if found else stem
