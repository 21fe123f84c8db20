"""The class as a learning management system knows it: reads the table that it exported, and fills in a column.

Known are the gradebook that Canvas exports, the grading worksheet and the gradebook that Moodle exports, and a table of
one's own with the columns ``student`` and, as wanted, ``submitted``, ``name``, ``email`` and ``id``.

Columns go by their English headings here. Where a Moodle of another language wrote the table, what the columns hold says
which is which, or the instructor does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from ...base.errors import CourseError
from .filling import OWN_ID, Entry, Kind, Sheet, number_in
from .names import student_id
from .spreadsheet import table_lines
from .submission import Submission

_NOT_A_STUDENT = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)  # a row of Canvas' about posting
_ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)  # by a spreadsheet: no id any more
_TEAMS = ("team", "group")
_HANDED_IN = ("submitted", "file", *_TEAMS)  # columns of one's own table: what several may share
_SECTIONS = ("Section", "Sections", "Group", "Groups", "section", "sections")
_NAMEABLE = {"id": OWN_ID, "email": "Email address", "name": "Full name"}
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PARTICIPANT = re.compile(r"([^\W\d]{2,}[^\d]*)(\d+)")  # "Participant 4711", "Teilnehmer/in 4711"


@dataclass(frozen=True)
class Person:
    """One row of the table."""

    ids: tuple[str, ...]  # what may name them in our gradebook, the best first
    name: str
    email: str
    number: str  # the platform's: Canvas' ID, Moodle's participant
    keys: frozenset[str]
    row: int
    file: str = ""  # what stands under "submitted": several may share it

    @property
    def student(self) -> str:
        """The id in our gradebook."""
        return self.ids[0] if self.ids else ""


@dataclass
class Roster(Sheet):
    """A table with the class."""

    people: list[Person] = field(default_factory=list)
    given_for: str = ""  # another assignment

    def __post_init__(self) -> None:
        self._numbers: dict[str, Person] = {person.number: person for person in self.people if person.number}
        self._keys: dict[str, Person | None] = {}
        self._files: dict[str, list[Person]] = {}
        for person in self.people:
            for key in person.keys:
                other = self._keys.setdefault(key, person)
                if other is None or other.student != person.student:
                    self._keys[key] = None  # what two share names nobody
            for key in {_id_key(person.file), _id_key(PurePosixPath(person.file).stem)} if person.file else ():
                self._files.setdefault(key, []).append(person)
        self._students = {person.student: person for person in self.people}

    def for_another(self, given_for: str) -> Roster:
        """The table as it serves another assignment than the one it was given for.

        Files have other names there, and Moodle's worksheet has another number for each participant, and other grades.
        """
        at = next((at for name, at in self.places.items() if name.casefold() in _TEAMS), None)
        worksheet = self.kind == "moodle worksheet"
        people = []
        for person in self.people:
            line = self.lines[person.row]
            team = line[at].strip() if person.file and at is not None and at < len(line) else ""
            people.append(replace(person, file=team, number="" if worksheet else person.number))
        return replace(self, kind="table" if worksheet else self.kind, people=people, given_for=given_for)

    @property
    def has_sections(self) -> bool:
        """Whether there is a column ``Section`` or ``Group``."""
        return any(word in self.places for word in _SECTIONS)

    def section_of(self, student: str) -> str:
        """What the table has under ``Section`` or ``Group`` for this student."""
        at = next((self.places[word] for word in _SECTIONS if word in self.places), None)
        person = self.person(student)
        line = self.lines[person.row] if person is not None else []
        return line[at].strip() if at is not None and at < len(line) else ""

    def sections_of(self, student: str) -> set[str]:
        """The same in small letters, and each of several that stand there."""
        text = self.section_of(student).casefold()
        return {part.strip() for part in [text, *re.split(r",|;| and ", text)]} - {""}

    def has(self, student: str) -> bool:
        """Whether somebody has exactly this id."""
        return student in self._students

    def by_number(self, number: str) -> Person | None:
        """The person with this number of the platform."""
        return self._numbers.get(number)

    def person(self, student: str, number: str = "") -> Person | None:
        """The person with this id in our gradebook, with this number, or with a name or an address that says the same."""
        return self._students.get(student) or self._numbers.get(number) or self._find(student)

    def students_of(self, submission: Submission) -> tuple[str, ...]:
        """The ids of all who handed this in; none when the table does not say."""
        if submission.lms_id and self._numbers:
            found = self._numbers.get(submission.lms_id)
            if found is not None or submission.by_platform:
                return (found.student,) if found else ()
        names = [submission.name, PurePosixPath(submission.name).stem, submission.student]
        names.append(submission.student.removesuffix(f"_{submission.lms_id}"))
        for name in names:
            if people := self._files.get(_id_key(name)):
                return tuple(dict.fromkeys(person.student for person in people))
        if submission.head:  # Blackboard: the assignment's name, then the user's, which may hold the same sign
            parts = submission.head.split("_")
            names = ["_".join(parts[at:]) for at in range(len(parts))]
        for name in names:
            person = self._find(name)
            if person is not None:
                return (person.student,)
        return ()

    def _find(self, name: str) -> Person | None:
        return self._keys.get(_id_key(name)) or self._keys.get(_name_key(name))

    def filled(
        self, assignment: str, points: float, entries: Mapping[str, Entry], column: str | None = None
    ) -> tuple[str, list[str]]:
        """The table with the assignment's column filled in, ready to be imported, and remarks for a person.

        Columns of other assignments are left out, so that an import changes nothing else. A student without a score keeps
        what the cell held.
        """
        rows = {person.row: entries.get(person.student) for person in self.people}
        return self.filled_rows(assignment, points, rows, column)


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
    lines, delimiter = table_lines(path)
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
    return Roster(shown, kind, lines, places, delimiter, people=_with_own_ids(people, shown))


def _with_own_ids(people: Sequence[Person], shown: str) -> list[Person]:
    """The people, each under an id that nobody else has: a spreadsheet may have rounded two into one."""
    owners: dict[str, set[tuple[str, str, frozenset[str]]]] = {}
    for person in people:
        for one in person.ids:
            owners.setdefault(one, set()).add((person.number, person.name, person.keys))
    found = []
    for person in people:
        own = [one for one in person.ids if len(owners[one]) == 1]
        whole = [one for one in own if not _ROUNDED.fullmatch(one)]
        if not own:
            rows = [other.row + 1 for other in people if person.student in other.ids]
            raise CourseError(
                f"{shown} has the id {person.student!r} more than once, in the rows {', '.join(map(str, rows[:6]))}",
                "Give each person an id of their own, or name another column with --id-column.",
            )
        best = (whole or own)[0]
        found.append(replace(person, ids=(best, *(one for one in person.ids if one != best))))
    return found


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
            and number_in(cells[at][0])
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
    return all(cell in ("", "-") or number_in(cell) is not None for cell in column)


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
    return "moodle" if OWN_ID in names or (named and {"Email address", "ID number", "Username"} & names) else None


def _canvas(row: Mapping[str, str], number: int) -> Person | None:
    name = row.get("Student") or ", ".join(filter(None, [row.get("LastName", ""), row.get("FirstName", "")]))
    cells = [text for text in row.values() if text]
    if not cells or "Points Possible" in name or all(_NOT_A_STUDENT.fullmatch(text) for text in cells):
        return None
    if name == "Student, Test":  # Canvas' own
        return None
    login = row.get("SIS Login ID", "")
    ids = [row.get(OWN_ID, ""), login, row.get("SIS User ID", ""), row["ID"]]
    turned = " ".join(reversed([part.strip() for part in name.split(",", 1)]))
    keys = _keys([*ids, login.partition("@")[0]], [name, turned])
    email = login if "@" in login else ""
    return Person(_ids(ids), name, email, row["ID"], keys, number)


def _worksheet(row: Mapping[str, str], number: int) -> Person | None:
    found = re.search(r"(\d+)$", row["Identifier"])
    if found is None:
        return None
    return _of_moodle(row, number, found[1])


def _moodle(row: Mapping[str, str], number: int) -> Person | None:
    return _of_moodle(row, number, "")


def _of_moodle(row: Mapping[str, str], number: int, participant: str) -> Person:
    parts = [row.get("First name", ""), row.get("Last name", "")]
    name = row.get("Full name") or " ".join(filter(None, parts))
    email = row.get("Email address", "")
    ids = [row.get(OWN_ID, ""), email, row.get("ID number", ""), row.get("Username", "")]
    keys = _keys([*ids, email.partition("@")[0]], [name, " ".join(reversed(parts))])
    if participant:
        ids.append(f"{name or 'Participant'}_{participant}")
    return Person(_ids(ids), name, email, participant, keys, number)


def _table(row: Mapping[str, str], number: int) -> Person | None:
    low = {key.casefold(): value for key, value in row.items()}
    student, email = low["student"], low.get("email") or low.get("email address", "")
    file = next(filter(None, (low.get(heading, "") for heading in _HANDED_IN)), "")
    parts = [low.get("first name", ""), low.get("last name", "")]
    name = low.get("name") or low.get("full name") or " ".join(filter(None, parts))
    keys = _keys([student, email], [name, " ".join(reversed(parts))])
    return Person(_ids([student]), name, email, low.get("id", ""), keys, number, file)


def _ids(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(student_id(text) for text in texts if text.strip()))
