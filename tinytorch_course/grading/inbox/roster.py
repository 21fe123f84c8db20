"""The class as a learning management system knows it: reads the table that it exported, and fills in a column.

Known are the gradebook that Canvas exports, the grading worksheet and the gradebook that Moodle exports, and a table of
one's own with the columns ``student`` and, as wanted, ``submitted``, ``name``, ``email`` and ``id``.

Columns go by their English headings here. Where a Moodle of another language wrote the table, what the columns hold says
which is which, or the instructor does.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from ...base.errors import CourseError
from .names import student_id
from .submission import Submission

Kind = Literal["canvas", "moodle worksheet", "moodle", "table"]
_NOT_A_STUDENT = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)  # a row of Canvas' about posting
_COLUMN_NUMBER = re.compile(r"\s*\(\d+\)$")
_OWN_ID = "the id's column"  # the instructor has named it
_IDENTITY = (_OWN_ID, "First name", "Last name", "Full name", "ID number", "Username", "Email address")
_NAMEABLE = {"id": _OWN_ID, "email": "Email address", "name": "Full name"}
_PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)?)?")  # or Moodle's dash for none
# Before the sign: spaces, quotes, controls and what is not seen; spreadsheets know the wide forms of the signs, too.
_FORMULA = re.compile(r"((?:^|[,;|\t\r\n\"])[\s\"\0-\x20\u200b-\u200f\u2060\ufeff]*)([=+\-@＝＋－＠])")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PARTICIPANT = re.compile(r"([^\W\d]{2,}[^\d]*)(\d+)")  # "Participant 4711", "Teilnehmer/in 4711"


@dataclass(frozen=True)
class Person:
    """One row of the table."""

    student: str  # the id in our gradebook
    name: str
    email: str
    number: str  # the platform's: Canvas' ID, Moodle's participant
    keys: frozenset[str]
    row: int


@dataclass(frozen=True)
class Entry:
    """What goes into a student's row: no score leaves the cell as it was."""

    score: float | None
    comment: str = ""


@dataclass
class Roster:
    """A table with the class. `places` says where each column is, by its English heading."""

    file: str
    kind: Kind
    lines: list[list[str]]
    places: dict[str, int]
    delimiter: str = ","
    people: list[Person] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers: dict[str, Person] = {person.number: person for person in self.people if person.number}
        self._keys: dict[str, Person | None] = {}
        for person in self.people:
            for key in person.keys:
                self._keys[key] = None if key in self._keys else person  # what two share names nobody
        self._students = {person.student: person for person in self.people}

    def person(self, student: str) -> Person | None:
        """The person with this id in our gradebook, or with a name or an address that says the same."""
        return self._students.get(student) or self._find(student)

    def student_of(self, submission: Submission) -> str:
        """The id of who handed this in; empty when the table does not say."""
        if submission.lms_id and self._numbers:
            found = self._numbers.get(submission.lms_id)
            if found is not None or submission.own_name or "_assignsubmission_" in submission.name:
                return found.student if found else ""
        names = [submission.name, PurePosixPath(submission.name).stem, submission.student]
        names.append(submission.student.removesuffix(f"_{submission.lms_id}"))
        for name in names:
            person = self._find(name)
            if person is not None:
                return person.student
        return ""

    def _find(self, name: str) -> Person | None:
        return self._keys.get(_id_key(name)) or self._keys.get(_name_key(name))

    # -- filling in ------------------------------------------------------------------------------------------------

    def filled(
        self, assignment: str, points: float, entries: Mapping[str, Entry], column: str | None = None
    ) -> tuple[str, list[str]]:
        """The table with the assignment's column filled in, ready to be imported, and remarks for a person.

        Columns of other assignments are left out, so that an import changes nothing else. A student without a score keeps
        what the cell held.
        """
        if self.kind == "table":
            raise CourseError(f"{self.file} is a table of your own: there is nothing to fill in")
        head, places = self.lines[0], self.places
        remarks: list[str] = []
        if self.kind == "moodle worksheet":
            keep = list(range(len(head)))
            at: int | None = places["Grade"]
        else:
            if self.kind == "canvas":
                keep = list(range(places["Section"] + 1))
            else:
                keep = sorted({places[name] for name in _IDENTITY if name in places})
            candidates = [i for i in range(len(head)) if i not in keep]
            at = _column(head, candidates, assignment, column)
            if at is None:
                remarks.append(
                    f"no column of {self.file} looks like {assignment}: the import will offer to make a new one "
                    "(--column names the right one)"
                )
        comment = places.get("Feedback comments") if self.kind == "moodle worksheet" else None
        most, changeable = places.get("Maximum Grade"), places.get("Grade can be changed")
        rows = {person.row: entries.get(person.student) for person in self.people}
        lines, other_points, locked = [], set(), 0
        for number, line in enumerate(self.lines):
            line = line + [""] * (len(head) - len(line))
            value = line[at] if at is not None else assignment if number == 0 else ""
            entry = rows.get(number)
            if self.kind == "canvas" and "Points Possible" in line[0]:
                value = value if at is not None else f"{points:g}"
                other_points |= {value.strip()} - {""}
            if entry is not None and (score := entry.score) is not None:
                if changeable is not None and line[changeable].strip().casefold() == "no":
                    locked += 1
                else:
                    value = f"{round(score, 2):g}"
            if most is not None and number in rows:
                other_points |= {line[most].strip()} - {""}
            if self.kind == "moodle worksheet":
                line[at or 0] = value
                if comment is not None and entry is not None and entry.comment:
                    line[comment] = harmless(entry.comment)
                lines.append(line)
            else:
                lines.append([line[i] for i in keep] + [value])
        for text in sorted(other_points):
            if _number(text) not in (None, points):
                remarks.append(
                    f"{self.file} has {text} points for {assignment}, the module {points:g}: nothing is scaled"
                )
        if locked:
            remarks.append(f"{self.file} says of {locked} grades that they cannot be changed: left as they were")
        out = io.StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator="\n").writerows(lines)
        return out.getvalue(), remarks


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, not even one that parts cells where the table does not.

    An apostrophe goes before what starts a formula, at the beginning and after anything that may begin a cell. Numbers stay.
    """
    return text if _PLAIN_NUMBER.fullmatch(text) else _FORMULA.sub(r"\1'\2", text)


def _column(head: Sequence[str], candidates: Iterable[int], assignment: str, wanted: str | None) -> int | None:
    """The place of the assignment's column among the candidates, if one only may be meant."""
    candidates = list(candidates)
    if wanted is not None:
        for i in candidates:
            if wanted in (head[i], _COLUMN_NUMBER.sub("", head[i])):
                return i
        names = ", ".join(repr(head[i]) for i in candidates) or "none"
        raise CourseError(f"there is no column {wanted!r}", f"The columns are: {names}.")
    number, _, slug = assignment.partition("_")
    words = slug.replace("_", " ").casefold()
    plain = {i: re.sub(r"[\W_]+", " ", _COLUMN_NUMBER.sub("", head[i])).casefold().strip() for i in candidates}
    whole = re.sub(r"[\W_]+", " ", assignment).casefold()
    tests: list[Callable[[str], bool]] = [
        lambda text: text == whole,
        lambda text: whole in text,
        lambda text: bool(words) and re.search(rf"\b{re.escape(words)}\b", text) is not None,
        lambda text: number.isdigit() and re.search(rf"\bmodule 0?{int(number)}\b", text) is not None,
    ]
    for test in tests:
        found = [i for i in candidates if test(plain[i])]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _id_key(text: str) -> str:
    return "id:" + unicodedata.normalize("NFC", text).strip().casefold()


def _name_key(text: str) -> str:
    return "name:" + re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text).casefold())


def _keys(ids: Iterable[str], names: Iterable[str]) -> frozenset[str]:
    found = {_id_key(text) for text in ids if text.strip()} | {_name_key(text) for text in names if text.strip()}
    return frozenset(found - {"name:"})


# -- reading -------------------------------------------------------------------------------------------------------


def read_roster(path: Path, name: str | None = None, columns: Mapping[str, str] | None = None) -> Roster:
    """Read a table that a learning management system exported.

    Parameters
    ----------
    path : path
        A file with commas, semicolons or tabs between its columns.
    name : str, optional
        What to call the file in messages, when `path` is a copy.
    columns : mapping of str to str, optional
        Headings of the columns ``"id"``, ``"email"`` and ``"name"``, where they cannot be told.

    Raises
    ------
    CourseError
        When the file is no table, when it is not clear which column is which, or when a named column is not there.
    """
    shown = name or path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"cannot be read: {error.strerror}", file=path) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if line]
    except csv.Error as error:
        raise CourseError(f"is not a table: {error}", file=path) from None
    head = [cell.strip() for cell in lines[0]] if lines else []
    lines[:1] = [head]
    places = {heading: at for at, heading in reversed(list(enumerate(head)))}
    if _kind(places) is None:
        places = _told_by_content(lines) | places
    for what, heading in (columns or {}).items():
        if heading not in head:
            raise CourseError(f"{shown} has no column {heading!r}", f"Its columns are: {_quoted(head)}.")
        places[_NAMEABLE[what]] = places[heading]
    kind = _kind(places)
    if kind is None:
        raise CourseError(
            f"the columns of {shown} are not known: {_quoted(head)}",
            "Give the gradebook that Canvas or Moodle exported, Moodle's grading worksheet, or a table of your own with "
            "the columns submitted and student; or say which is which with --id-column, --email-column and --name-column.",
        )
    reader = {"canvas": _canvas, "moodle worksheet": _worksheet, "moodle": _moodle, "table": _table}[kind]
    people = []
    for number, line in enumerate(lines[1:], 1):
        row = {heading: line[at].strip() if at < len(line) else "" for heading, at in places.items()}
        person = reader(row, number)
        if person is not None and person.student:
            people.append(person)
    return Roster(shown, kind, lines, places, delimiter, people)


def _quoted(head: Sequence[str]) -> str:
    return ", ".join(map(repr, head)) or "none"


def _told_by_content(lines: Sequence[Sequence[str]]) -> dict[str, int]:
    """Columns of a table of Moodle's in any language, where what they hold leaves no doubt.

    The one column of addresses is ``Email address``. A worksheet starts with a word and a number of its own in each row,
    and has a column with the same number everywhere, the maximum, after that of the grades. Names come first.
    """
    head, *body = lines or [[]]
    cells = [[line[at].strip() if at < len(line) else "" for line in body] for at in range(len(head))]
    addresses = [at for at, column in enumerate(cells) if _all(column, _ADDRESS.fullmatch)]
    places = {"Email address": addresses[0]} if len(addresses) == 1 else {}
    found = [match for cell in cells[0] if (match := _PARTICIPANT.fullmatch(cell))] if cells else []
    words, numbers = {match[1] for match in found}, {match[2] for match in found}
    for at in range(2, len(head)):
        if (
            len(words) == 1
            and len(numbers) == len(body)
            and len(set(cells[at])) == 1
            and _number(cells[at][0])
            and _grades(cells[at - 1])
        ):
            places |= {"Identifier": 0, "Grade": at - 1, "Maximum Grade": at}
            break
    names = [at for at, column in enumerate(cells[:2]) if at not in places.values() and _all(column, _is_name)]
    if "Identifier" in places:
        if names and (addresses or len(set(cells[1])) == len(body)):  # not the state of all
            places["Full name"] = 1
    elif "Email address" in places and names:
        places |= {"First name": 0, "Last name": 1} if names == [0, 1] else {"Full name": names[0]}
    return places


def _all(column: Sequence[str], test: Callable[[str], object]) -> bool:
    return any(column) and all(test(cell) for cell in column if cell)


def _is_name(cell: str) -> bool:
    return any(map(str.isalpha, cell)) and not re.search(r"[\d@]", cell)


def _grades(column: Sequence[str]) -> bool:
    return all(cell in ("", "-") or _number(cell) is not None for cell in column)


def _kind(places: Mapping[str, int]) -> Kind | None:
    names = set(places)
    first = next((name for name, at in places.items() if at == 0), "")
    if {"ID", "Section"} <= names and ("Student" in first or first == "LastName"):
        return "canvas"
    if {"Identifier", "Grade"} <= names:
        return "moodle worksheet"
    if "student" in map(str.casefold, names):
        return "table"
    named = {"First name", "Full name"} & names
    return "moodle" if _OWN_ID in names or (named and {"Email address", "ID number", "Username"} & names) else None


def _canvas(row: Mapping[str, str], number: int) -> Person | None:
    name = row.get("Student") or ", ".join(filter(None, [row.get("LastName", ""), row.get("FirstName", "")]))
    cells = [text for text in row.values() if text]
    if not cells or "Points Possible" in name or all(_NOT_A_STUDENT.fullmatch(text) for text in cells):
        return None
    if name == "Student, Test":  # Canvas' own
        return None
    login = row.get("SIS Login ID", "")
    ids = [row.get(_OWN_ID, ""), login, row.get("SIS User ID", ""), row["ID"]]
    turned = " ".join(reversed([part.strip() for part in name.split(",", 1)]))
    keys = _keys([*ids, login.partition("@")[0]], [name, turned])
    email = login if "@" in login else ""
    return Person(student_id(next(filter(None, ids), "")), name, email, row["ID"], keys, number)


def _worksheet(row: Mapping[str, str], number: int) -> Person | None:
    found = re.search(r"(\d+)$", row["Identifier"])
    if found is None:
        return None
    return _of_moodle(row, number, found[1], f"{row.get('Full name') or 'Participant'}_{found[1]}")


def _moodle(row: Mapping[str, str], number: int) -> Person | None:
    return _of_moodle(row, number, "", "")


def _of_moodle(row: Mapping[str, str], number: int, participant: str, otherwise: str) -> Person:
    parts = [row.get("First name", ""), row.get("Last name", "")]
    name = row.get("Full name") or " ".join(filter(None, parts))
    email = row.get("Email address", "")
    ids = [row.get(_OWN_ID, ""), email, row.get("ID number", ""), row.get("Username", "")]
    student = next(filter(None, ids), otherwise)
    keys = _keys([*ids, email.partition("@")[0]], [name, " ".join(reversed(parts))])
    return Person(student_id(student), name, email, participant, keys, number)


def _table(row: Mapping[str, str], number: int) -> Person | None:
    low = {key.casefold(): value for key, value in row.items()}
    student, submitted = low["student"], low.get("submitted", "")
    keys = _keys([student, submitted, PurePosixPath(submitted).stem, low.get("email", "")], [low.get("name", "")])
    return Person(student_id(student), low.get("name", ""), low.get("email", ""), low.get("id", ""), keys, number)
