"""When work was handed in, by Moodle's own table: its grading worksheet says so for everybody."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone, tzinfo

from ..base.times import NoTime, read_time
from .inbox.roster import Roster
from .inbox.submission import Submission

_COLUMN = "Last modified (submission)"


def take_times(roster: Roster | None, submissions: Sequence[Submission], zone: tzinfo | None) -> list[str]:
    """Give submissions without a time of their own the one that Moodle's worksheet has; what people should know.

    Parameters
    ----------
    zone : tzinfo, optional
        The course's. Moodle writes the times of whoever downloads the table, and no zone; without one they are read as
        this machine's.
    """
    if roster is None or roster.kind != "moodle worksheet":
        return []
    naive = zone or datetime.now().astimezone().tzinfo or timezone.utc
    at = roster.places.get(_COLUMN, _column(roster))
    if at is None:
        return []
    used, unread = [], []
    for submission in submissions:
        person = roster.person(submission.student)
        text = _cell(roster.lines[person.row], at) if person is not None else ""
        if submission.timestamp is not None or not text:
            continue
        try:
            moment = read_time(text, zone, naive)
        except NoTime as error:
            unread.append(str(error))
            continue
        submission.timestamp = f"{moment.utc:%Y-%m-%d %H:%M:%S} UTC"
        used.append(submission.student)
    return list(_said(roster, used, unread, zone))


def _said(roster: Roster, used: Sequence[str], unread: Sequence[str], zone: tzinfo | None) -> Iterator[str]:
    if unread:
        yield f"{len(unread)} times in {roster.file} cannot be read: {unread[0]}."
    if used and zone is None:
        here = datetime.now().astimezone()
        yield (
            f"{len(used)} times in {roster.file} name no zone and were read as this machine's ({here:%Z, UTC%z}). "
            "`c.Exchange.timezone` in nbgrader_config.py names another place."
        )


def _column(roster: Roster) -> int | None:
    """In a table with headings of another language: the first column that holds times only."""
    rows = [roster.lines[person.row] for person in roster.people]
    for at in range(len(roster.lines[0])):
        cells = [text for row in rows if (text := _cell(row, at))]
        with contextlib.suppress(NoTime):
            if cells and all(read_time(text) for text in cells):
                return at
    return None


def _cell(row: Sequence[str], at: int) -> str:
    text = row[at].strip() if at < len(row) else ""
    return text if any(map(str.isdigit, text)) else ""
