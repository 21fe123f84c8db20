"""The class's tables that were given, one an assignment: they are kept, and the last one serves those without."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ...base.errors import CourseError
from ...base.files import write_whole
from .roster import Roster, read_roster

_END = ".roster.csv"


class Sections:
    """Who is in which section: the first of several tables says so that has sections, and the student.

    There a student may be in none, whatever the tables after it say. A table is read once it is needed.
    """

    def __init__(self, tables: Iterable[Roster] = ()) -> None:
        self._unread, self._read = iter(tables), list[Roster]()

    def _tables(self) -> Iterator[Roster]:
        yield from tuple(self._read)
        for table in self._unread:
            if table.has_sections:
                self._read.append(table)
                yield table

    def _table(self, student: str) -> Roster | None:
        return next((table for table in self._tables() if table.person(student) is not None), None)

    def of(self, student: str) -> str:
        """The section as it stands there; nothing for who has none."""
        table = self._table(student)
        return table.section_of(student) if table is not None else ""

    def words(self, student: str) -> set[str]:
        """The same in small letters, and each of several that stand there."""
        table = self._table(student)
        return table.sections_of(student) if table is not None else set()

    def all(self) -> set[str]:
        """The words of everybody."""
        people = {person.student for table in self._tables() for person in table.people}
        return {word for student in people for word in self.words(student)}


class Kept:
    """The tables of a course, as one assignment sees them.

    Parameters
    ----------
    folder : path
        Where each lies under its assignment's name; its own name and the columns that were named stand in a file beside it.
    """

    def __init__(self, folder: Path, assignment: str) -> None:
        self._folder, self._own = folder, folder / f"{assignment}{_END}"

    def keep(self, path: Path, columns: Mapping[str, str] | None = None) -> Roster:
        """Read a table and keep it for later calls, with the columns that were named.

        Columns named before hold for a newer table too, if it has them.
        """
        before: Mapping[str, str] = next(
            (found for file in self._files() if (found := _about(file).get("columns"))), {}
        )
        if not columns and before:
            with contextlib.suppress(CourseError):
                read_roster(path, columns=before)
                columns = before
        roster = read_roster(path, columns=columns)
        self._folder.mkdir(parents=True, exist_ok=True)
        if path.resolve() != self._own.resolve():
            shutil.copyfile(path, self._own)
            about = {"name": path.name, "columns": dict(columns or {})}
            write_whole({self._own.with_suffix(".json"): json.dumps(about, ensure_ascii=False)})
        now = time.time_ns()
        os.utime(self._own, ns=(now, now))  # the last one given
        return roster

    def table(self) -> Roster | None:
        """The assignment's own table, else the one given last for another."""
        return next(self._tables(), None)

    def sections(self) -> Sections:
        return Sections(self._tables())

    def _files(self) -> list[Path]:
        """The own table, then the others, the newest first."""
        files = sorted(self._folder.glob(f"*{_END}"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        return sorted(files, key=lambda file: file != self._own)

    def _tables(self) -> Iterator[Roster]:
        for file in self._files():
            table = _read(file)
            yield table if file == self._own else table.for_another(file.name.removesuffix(_END))


def all_kept(folder: Path) -> list[Roster]:
    """The tables of a course, the newest first."""
    return [_read(file) for file in Kept(folder, "")._files()]


def _about(file: Path) -> dict[str, Any]:
    try:
        return json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _read(file: Path) -> Roster:
    about = _about(file)
    return read_roster(file, about.get("name"), about.get("columns"))
