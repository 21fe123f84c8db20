"""deadlines.csv: who has until when, module by module. What it says comes before nbgrader's own date."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path

from ...base.errors import CourseError
from ...base.files import write_whole
from ...base.printable import printable
from ...base.times import EXAMPLE, NoTime, read_time
from ..assignment import Assignment, open_gradebook
from ..inbox.filling import as_typed, harmless
from ..inbox.kept import Sections
from ..inbox.roster import Roster
from ..inbox.spreadsheet import table_lines

FILE = "deadlines.csv"
COLUMNS = ("module", "student", "due", "zone", "reason")
EVERYBODY, SECTION = "*", "section:"
_CLOCK = re.compile(r"\d:\d\d|\d\s*[ap]\.?m\b", re.IGNORECASE)
_MOST_SAID = 12


@dataclass(frozen=True)
class Rule:
    """One row of the table, for the module that is asked for. `due` is in UTC, as nbgrader keeps times."""

    who: str
    due: datetime
    reason: str = ""

    @property
    def section(self) -> str:
        """The section it is for; nothing where it is for one student or for all."""
        return self.who[len(SECTION) :].strip() if self.who.casefold().startswith(SECTION) else ""


@dataclass
class Deadlines:
    """When each student of a class has to hand in an assignment.

    A student's own row counts before that of a section, and that before the row for all. Of several rows for the same the
    last counts. nbgrader's extensions are on top of what holds for a section or for all, and of nbgrader's own date.
    """

    rules: list[Rule] = field(default_factory=list)
    roster: Roster | None = None
    sections: Sections = field(default_factory=Sections)

    @classmethod
    def of(cls, ground: Assignment) -> Deadlines:
        """Read the table of a course.

        Raises
        ------
        CourseError
            When rows for the assignment cannot be read; it names all of them.
        """
        path = ground.root / FILE
        if not path.is_file():
            return cls([], ground.roster(), ground.sections())
        rules, bad = [], []
        for number, row in _rows(path):
            try:
                if _is_of(row["module"], ground.assignment):
                    rules.append(_rule(row, ground.zone))
            except NoTime as error:
                bad.append(f"row {number}: {error}")
        if bad:
            raise CourseError("; ".join(bad), "Mend it and call this again; nothing was changed.", file=path)
        return cls(rules, ground.roster(), ground.sections())

    def due(self, student: str, duedate: datetime | None, extension: timedelta | None = None) -> datetime | None:
        """A student's deadline; `duedate` and `extension` are nbgrader's. None where there is none."""
        own = [rule for rule in self.rules if self._is_about(rule, student)]
        if own:
            return own[-1].due
        of_section = [rule for rule in self.rules if rule.section]
        if of_section:
            words = self.sections.words(student)
            of_section = [rule for rule in of_section if rule.section.casefold() in words]
        due = of_section[-1].due if of_section else self.for_all(duedate)
        return due if due is None or extension is None else due + extension

    def for_all(self, duedate: datetime | None) -> datetime | None:
        """The deadline of who has none of their own."""
        return next((rule.due for rule in reversed(self.rules) if rule.who == EVERYBODY), duedate)

    def _is_about(self, rule: Rule, student: str) -> bool:
        if rule.who == student:
            return True
        if rule.who == EVERYBODY or rule.section or self.roster is None or self.roster.has(rule.who):
            return False
        person = self.roster.person(rule.who)
        return person is not None and person.student == student

    def said(self, home: tzinfo | None) -> list[str]:
        """A line for each row that holds for a section or a student, for people."""
        last = {rule.who: rule for rule in self.rules if rule.who != EVERYBODY}
        rules = sorted(last.values(), key=lambda rule: (not rule.section, rule.who))
        lines = [
            f"           {printable(rule.who)}: {shown(rule.due, home)}"
            + (f" ({printable(rule.reason)})" * bool(rule.reason))
            for rule in rules[:_MOST_SAID]
        ]
        return lines + [f"           and {len(rules) - _MOST_SAID} more in {FILE}"] * (len(rules) > _MOST_SAID)

    def without_section(self, students: set[str]) -> list[str]:
        """Who is in no section and has no row, where the table has rows for sections: those who handed in, and the class."""
        if not any(rule.section for rule in self.rules):
            return []
        people = set(students)
        if self.roster is not None:
            people = {student for student in people if self.roster.person(student) is None}
            people |= {person.student for person in self.roster.people}
        return sorted(
            student
            for student in people
            if not self.sections.of(student) and not any(self._is_about(rule, student) for rule in self.rules)
        )

    def strangers(self, students: set[str]) -> list[str]:
        """Whom the table names and nobody knows: neither those who handed in nor the class's table."""
        people = set(students) | ({person.student for person in self.roster.people} if self.roster else set())
        found = []
        sections = self.sections.all() if any(rule.section for rule in self.rules) else set()
        for who in dict.fromkeys(rule.who for rule in self.rules if rule.who != EVERYBODY):
            rule = Rule(who, datetime.min)
            if rule.section:
                known = rule.section.casefold() in sections
            else:
                known = who in people or any(self._is_about(rule, student) for student in people)
            if not known:
                found.append(printable(who))
        return found


def shown(due: datetime, home: tzinfo | None) -> str:
    """``2026-06-01 12:00 UTC, 2026-06-01 14:00 CEST``."""
    due = due.replace(tzinfo=timezone.utc)
    text = f"{due:%Y-%m-%d %H:%M:%S} UTC".replace(":00 UTC", " UTC")
    return text if home is None else f"{text}, {due.astimezone(home):%Y-%m-%d %H:%M %Z}"


# -- reading -------------------------------------------------------------------------------------------------------


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    lines, _ = table_lines(path)
    head = [cell.strip().casefold() for cell in lines[0]] if lines else []
    if missing := [name for name in COLUMNS[:3] if name not in head]:
        raise CourseError(f"has no column {', '.join(missing)}", f"Its columns are {', '.join(COLUMNS)}.", file=path)
    for number, line in enumerate(lines[1:], 2):
        row = dict.fromkeys(COLUMNS, "") | {name: as_typed(cell.strip()) for name, cell in zip(head, line)}
        if any(row[name] for name in COLUMNS):
            yield number, row


def _is_of(text: str, assignment: str) -> bool:
    """Whether a row is for this assignment: ``06_autograd``, ``06``, ``6`` or ``autograd``."""
    number, _, word = assignment.casefold().partition("_")
    text = text.casefold()
    if text in (assignment.casefold(), number, number.lstrip("0"), word):
        return True
    own = re.match(r"\d+", text)
    if own and own[0].lstrip("0") != number.lstrip("0"):
        return False
    if own or not text or difflib.SequenceMatcher(None, text, word).ratio() > 0.8:
        raise NoTime(f"there is no module {printable(text)[:40]!r}; is it {assignment}?")
    return False


def _rule(row: dict[str, str], home: tzinfo | None) -> Rule:
    who, due, zone = row["student"], row["due"], row["zone"]
    if not who or who.casefold() == SECTION:
        raise NoTime(f"it is for nobody; write a student, {SECTION}NAME, or {EVERYBODY} for all")
    return Rule(who, read_due(due, zone, home), row["reason"])


def read_due(due: str, zone: str, home: tzinfo | None) -> datetime:
    """The moment of a deadline, in UTC.

    Raises
    ------
    NoTime
        When it says no time of day, no zone (and the course has none), or could mean several moments.
    """
    moment = read_time(f"{due} {zone}".strip(), home, home or timezone.utc)
    if not _CLOCK.search(due):
        raise NoTime(f"{printable(due)[:40]!r} says no time of day; write it like {EXAMPLE[:16]}")
    if not moment.zoned and home is None:
        raise NoTime(f"{printable(due)[:40]!r} says no zone; write one beside it, like Europe/Berlin or +02:00")
    return moment.utc


# -- writing -------------------------------------------------------------------------------------------------------


def extend(
    course_dir: Path, assignment: str, student: str, *, until: str = "", hours: float | None = None, reason: str = ""
) -> tuple[datetime, list[str]]:
    """Give a student, a section or all more time: one more row in deadlines.csv; the new deadline and remarks.

    Parameters
    ----------
    student : str
        Or ``section:NAME``, or ``*``.
    until : str
        The new deadline, with its zone; without one, in the course's.
    hours : float, optional
        Instead: so long after the deadline that holds for the student now.

    Raises
    ------
    CourseError
        When the time cannot be read, there is no deadline to count the hours from, or nobody is called like that.
    """
    ground = Assignment.open(Path(course_dir), assignment)
    deadlines, (duedate, extensions, students) = Deadlines.of(ground), _nbgraders(ground)
    if (until == "") is (hours is None):
        raise CourseError("until when is not clear", "Give --until or --hours, one of them.")
    remarks = _known(student, deadlines, students)
    try:
        if hours is None:
            due = read_due(until, "", ground.zone)
        else:
            before = _before(student, deadlines, duedate, extensions)
            due = before + timedelta(hours=hours)
    except (NoTime, OverflowError, ValueError) as error:
        raise CourseError(f"{error}", f"Write for example --until '{EXAMPLE}'.") from None
    _append(ground.root / FILE, [assignment, student, *_local(due, ground.zone), reason])
    return due, remarks


def _before(
    student: str, deadlines: Deadlines, duedate: datetime | None, extensions: dict[str, timedelta | None]
) -> datetime:
    rule = Rule(student, datetime.min)
    if student == EVERYBODY:
        before = deadlines.for_all(duedate)
    elif rule.section:
        same = [one.due for one in deadlines.rules if one.section.casefold() == rule.section.casefold()]
        before = same[-1] if same else deadlines.for_all(duedate)
    else:
        before = deadlines.due(student, duedate, extensions.get(student))
    if before is None:
        raise NoTime("there is no deadline yet to count hours from")
    return before


def _nbgraders(ground: Assignment) -> tuple[datetime | None, dict[str, timedelta | None], set[str]]:
    """nbgrader's date, its extensions by student, and everybody whom its gradebook knows."""
    with open_gradebook(ground.directory) as gradebook:
        found = gradebook.find_assignment(ground.assignment)
        extensions = {one.student_id: one.extension for one in found.submissions}
        return found.duedate, extensions, {student.id for student in gradebook.students}


def _known(student: str, deadlines: Deadlines, students: set[str]) -> list[str]:
    """Refuse a name that is a slip; a remark where nobody can tell."""
    if student == EVERYBODY:
        return []
    asked = Deadlines([Rule(student, datetime.min)], deadlines.roster, deadlines.sections)
    if not asked.strangers(students):
        return []
    people = students | ({person.student for person in deadlines.roster.people} if deadlines.roster else set())
    near = difflib.get_close_matches(student, people, n=1, cutoff=0.6)
    if deadlines.roster is not None or near:
        raise CourseError(
            f"nobody here is called {printable(student)!r}" + (f"; did you mean {near[0]}?" if near else ""),
            "Give the id under which their work is graded, or section:NAME with the name that the class's table has.",
        )
    return [f"{printable(student)} is not in the gradebook yet, so nobody can tell whether the name is right."]


def _local(due: datetime, home: tzinfo | None) -> tuple[str, str]:
    """A deadline and its zone, as people of the course write them."""
    key = getattr(home, "key", "")
    there = due.replace(tzinfo=timezone.utc).astimezone(home if key else timezone.utc)
    text = f"{there:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
    back = read_due(text, key or "UTC", home)
    return (text, key or "UTC") if back == due.replace(microsecond=0) else (f"{due:%Y-%m-%d %H:%M:%S}", "UTC")


def _append(path: Path, row: Sequence[str]) -> None:
    """One more row, in the file's own order of columns, delimiter and encoding; what is there stays as it is."""
    before, delimiter, head = b"", ",", list(COLUMNS)
    if path.is_file() and (before := path.read_bytes()).strip():
        list(_rows(path))  # it is such a table
        lines, delimiter = table_lines(path)
        head = [cell.strip().casefold() for cell in lines[0]]
    values = dict(zip(COLUMNS, row))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    if not before.strip():
        before = b""
        writer.writerow(head)
    writer.writerow([harmless(printable(values.get(name, ""), keep="")) for name in head])
    wide = next((name for mark, name in _MARKS.items() if before.startswith(mark)), "")
    text = out.getvalue()
    data = text.encode(wide or "utf-8")
    if not wide:
        try:
            before.decode("utf-8")
        except UnicodeDecodeError:
            data = text.encode("cp1252", "replace")
    end = "\n".encode(wide or "utf-8")
    write_whole({path: before + (b"" if not before or before.endswith(end) else end) + data})


_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
