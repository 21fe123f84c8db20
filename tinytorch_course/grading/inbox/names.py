"""Whose file is this? What platforms write into names."""

from __future__ import annotations

import contextlib
import re
import time
import unicodedata

from .submission import Submission

_LONGEST_ID = 120
# What Canvas calls a file: sortable name, LATE if it is, user id, attachment id, the file's own name.
_CANVAS = re.compile(r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<user>[1-9]\d+)_(?P<file>[1-9]\d+)_(?P<own>.+)")
_CANVAS_ANONYMOUS = re.compile(r"(?P<late>LATE_)?(?P<name>anon)_(?P<user>\w+?)_(?P<file>[1-9]\d+)_(?P<own>.+)")
# What Moodle calls a folder, or a file when "Download submissions in folders" is off.
MOODLE = re.compile(r"(?P<name>.+)_(?P<user>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<own>.*))?")
# What Blackboard calls a file.
_BLACKBOARD = re.compile(r".+_(?P<name>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<own>.+))?")
_COPY = re.compile(r"(?P<name>.+?)(?: ?\(\d+\)|-\d{1,2}|-Copy\d+)")  # what browsers, Canvas and JupyterLab add
DOWNLOADED_AGAIN = re.compile(r"(?P<name>.+?) ?\(\d+\)")


def student_id(name: str) -> str:
    """A student id that a database, a file name and a web page can hold."""
    text = name.encode("utf-8", "backslashreplace").decode("utf-8")
    text = unicodedata.normalize("NFC", text)
    text = "".join(letter if letter.isprintable() else "�" for letter in text).strip()
    return text if len(text) <= _LONGEST_ID else text[: _LONGEST_ID - 1] + "…"


def id_in_name(submission: Submission, stem: str, *, folder: bool = False) -> Submission:
    """Take from a name what a learning management system has put into it."""
    submission.student = student_id(stem)
    if found := MOODLE.fullmatch(stem):
        submission.student = student_id(f"{found['name']}_{found['user']}")
        submission.lms_id = found["user"]
        submission.moodle_folder = f"{found['name']}_{found['user']}_assignsubmission_{found['kind']}_"
        submission.own_name = "" if folder else found["own"] or ""
    elif folder:  # the other platforms hand out files
        return submission
    elif found := _CANVAS_ANONYMOUS.fullmatch(stem) or _CANVAS.fullmatch(stem):
        submission.student = student_id(f"{found['name']}_{found['user']}")
        submission.lms_id, submission.own_name = found["user"], found["own"]
        submission.late = bool(found["late"])
        submission.order = ("Canvas' number", float(found["file"]))
    elif found := _BLACKBOARD.fullmatch(stem):
        submission.student, submission.own_name = student_id(found["name"]), found["own"] or ""
        with contextlib.suppress(ValueError):
            when = time.mktime(time.strptime(found["time"], "%Y-%m-%d-%H-%M-%S"))
            submission.order = ("the time in the name", when)
    return submission


def plain_name(stem: str) -> str:
    """A file's name without the number that was added because there was one of that name already."""
    found = _COPY.fullmatch(stem)
    return found["name"] if found else stem
