"""Reads a point in time with its zone. What could be meant in two ways is refused, not guessed."""

from __future__ import annotations

import functools
import re
import sys
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo

# Hours east of Greenwich. Names that several countries use with another meaning (IST, BST, CST …) are not here.
_NAMES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11,
    "NZST": 12, "NZDT": 13, "BRT": -3, "NDT": -2.5, "NST": -3.5, "EDT": -4, "EST": -5, "CDT": -5, "MDT": -6, "MST": -7,
    "PDT": -7, "PST": -8, "AKDT": -8, "AKST": -9, "HST": -10,
}  # fmt: skip
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ]\s*(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:\s*([AP])\.?M\b\.?)?)?\s*(.*)",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d\d?)(?::?(\d\d))?(?:\s*\([^()]*\))?", re.IGNORECASE)
_PLACE = re.compile(r"\s([A-Z]\w+/[\w/+-]+)$")
_LANGUAGES = (
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "da",
    "nb",
    "fi",
    "pl",
    "cs",
    "hr",
    "tr",
    "ru",
    "uk",
    "el",
    "hu",
    "ca",
)
_DATE_IN_WORDS = re.compile(r"\b(\d{1,2})\.?\s+(?:de\s+)?([^\W\d]{3,}\.?),?\s+(?:de\s+)?(\d{4})\b")
_DAY_OR_MONTH = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}\b")
EXAMPLE = "2026-06-01 12:00:00 +02:00"


class NoTime(ValueError):
    """A text that does not say which moment is meant; the message says why."""


@dataclass(frozen=True)
class Moment:
    """A point in time.

    Parameters
    ----------
    utc : datetime
        Without a zone of its own, as nbgrader keeps it.
    zoned : bool
        Whether the text said which zone; without one it was read as the reader's.
    """

    utc: datetime
    zoned: bool


def read_time(text: str, home: tzinfo | None = None, naive: tzinfo = timezone.utc) -> Moment:
    """The moment that a text names.

    Parameters
    ----------
    text : str
        ``2026-06-01 12:00:00 +02:00`` or in another usual form; the zone as an offset, a place (``Europe/Berlin``), or a
        name that means one zone only.
    home : tzinfo, optional
        The course's zone: it says what its own short names mean there, for example ``IST``.
    naive : tzinfo
        The zone of a time that names none.

    Raises
    ------
    NoTime
        When the text is no time, or could mean several.
    """
    text = " ".join(text.split())
    try:
        found = _ISO.fullmatch(text)
        local, zone = _of_iso(found, home) if found else _of_words(text, home)
        utc = local.replace(tzinfo=zone or naive).astimezone(timezone.utc)
    except NoTime:
        raise
    except (ValueError, OverflowError, ArithmeticError, TypeError):
        raise NoTime(f"{text[:60]!r} is not a time; write it like {EXAMPLE}") from None
    return Moment(utc.replace(tzinfo=None), zone is not None)


def zone_of(name: str) -> tzinfo:
    """The zone of a place such as ``Europe/Berlin``."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise NoTime(f"there is no zone {name[:40]!r}; write a place such as Europe/Berlin") from None


def _of_iso(found: re.Match[str], home: tzinfo | None) -> tuple[datetime, tzinfo | None]:
    year, month, day, hour, minute, second, fraction, half, zone = found.groups()
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError
        hours = hours % 12 + 12 * (half.upper() == "P")
    parts = [int(year), int(month), int(day), hours, int(minute or 0), int(second or 0)]
    local = datetime(*parts, int(((fraction or "") + "000000")[:6]))  # type: ignore[arg-type, call-arg]
    return local, _zone(zone, local, home)


def _of_words(text: str, home: tzinfo | None) -> tuple[datetime, tzinfo | None]:
    """``Monday, 1 June 2026, 3:00 PM``, ``Mon, 01 Jun 2026 15:00:00 +0200`` and their like."""
    from dateutil import parser

    if (found := _DAY_OR_MONTH.search(text)) and found[1] != found[2] and max(int(found[1]), int(found[2])) <= 12:
        raise NoTime(f"{text[:60]!r} does not say which number is the month; write it like {EXAMPLE}")
    place = _PLACE.search(text)
    text = _in_english(text[: place.start()] if place else text)
    named: list[str | int] = []

    def note(name: str | None, offset: int | None) -> tzinfo:
        named.append(offset if offset is not None else name or "")
        return timezone.utc

    readings = []
    for default in (datetime(2001, 1, 1), datetime(2002, 2, 2)):  # what the text leaves out would be taken from these
        readings.append(parser.parse(text, default=default, tzinfos=note).replace(tzinfo=None))
    if readings[0] != readings[1] or not re.search(r"\b\d{4}\b", text):
        raise ValueError
    if place:
        return readings[0], zone_of(place[1])
    if named and isinstance(named[0], int):
        return readings[0], timezone(timedelta(seconds=named[0]))
    return readings[0], _zone(str(named[0]), readings[0], home) if named else None


def _in_english(text: str) -> str:
    """``Montag, 1. Juni 2026, 15:00`` as ``1 June 2026 15:00``, where the month is no English one."""
    found = _DATE_IN_WORDS.search(text)
    if found is None or (month := _months().get(found[2].casefold().rstrip("."))) is None:
        return text
    rest = re.sub(r"^[^\d]*", "", text[found.end() :])
    return f"{found[1]} {datetime(2001, month, 1):%B} {found[3]} {rest}"


@functools.cache
def _months() -> dict[str, int]:
    """The months' names in the languages that Moodle is used in most."""
    try:
        from babel.dates import get_month_names
    except ImportError:  # comes with Jupyter's server
        return {}
    names: dict[str, int] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    name = name.casefold().rstrip(".")
                    names[name] = number if names.get(name, number) == number else 0  # two languages disagree
    return {name: number for name, number in names.items() if number}


def _zone(text: str, local: datetime, home: tzinfo | None) -> tzinfo | None:
    if not text:
        return None
    if found := _OFFSET.fullmatch(text):
        hours, minutes = int(found[2]), int(found[3] or 0)
        if hours > 14 or minutes > 59:
            raise NoTime(f"{text[:40]!r} is no offset from UTC; write it like +02:00")
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(-offset if found[1] == "-" else offset)
    if home is not None and (own := _called_at_home(text, local, home)) is not None:
        return own
    if text.upper() in _NAMES:
        return timezone(timedelta(hours=_NAMES[text.upper()]))
    if "/" in text:
        return zone_of(text)
    raise NoTime(
        f"the zone {text[:40]!r} could be several or none; write an offset such as +02:00 or a place such as "
        "Europe/Berlin, or name your own place with c.Exchange.timezone in nbgrader_config.py"
    )


def _called_at_home(name: str, local: datetime, home: tzinfo) -> tzinfo | None:
    """The zone that a short name stands for in the course's own, in summer or in winter."""
    for month in (local.month, 1, 7):
        there = local.replace(month=month, day=1, tzinfo=home)
        offset = there.utcoffset()
        if there.tzname() == name and offset is not None:
            return timezone(offset)
    return None


def teach_nbgrader(home: Callable[[], tzinfo | None]) -> None:
    """Let nbgrader's own commands in this process read times as we do.

    Theirs takes the zones that it does not know, EDT for example, for UTC, and an offset of +0200 for 200 seconds.
    """
    from nbgrader import utils

    old = utils.parse_utc

    def parse_utc(when: datetime | str | None) -> datetime | None:
        return read_time(when, home()).utc if isinstance(when, str) else old(when)

    if getattr(old, "_reads_zones", False):
        return
    parse_utc._reads_zones = True  # type: ignore[attr-defined]
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "nbgrader" and getattr(module, "parse_utc", None) is old:
            module.parse_utc = parse_utc  # type: ignore[attr-defined]
