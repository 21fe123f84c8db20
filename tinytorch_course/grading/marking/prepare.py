"""Makes a submission executable without running any of it: reads, repairs, puts the instructor's cells back.

`prepare` depends on nothing but its arguments. It never raises for what a student sends: either there are cells to
run, with a list of what had to be repaired, or a reason why a person has to look.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from ...base.code import defined_names
from ...base.marks import number_of, visible
from ...base.printable import printable
from ..model import Cell, Prepared, Source, SourceCell
from .elsewhere import answers_elsewhere, given_texts, own_words

_LARGEST_CELL = 1 << 20  # characters
_MOST_CELLS = 3000
_ALIKE = 0.75
_EFFORT = 300_000_000  # pairs of characters that are compared to find cells again: a few seconds
_LARGEST_PICTURES = 8 << 20  # characters of pictures in a cell
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp")  # no SVG: it can hold script
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_GRADE_ID = re.compile(rb'"grade_id":\s*"([^"\\]{1,120})"')
_WEB_PAGE = re.compile(
    r"(?:(?:<\?[^>]{0,200}>|<!--.{0,500}?-->)\s*){0,9}<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HEADING = re.compile(r"^# (Module (\d\d): [^\n]{1,60})", re.MULTILINE)


class _Refused(Exception):
    pass


@dataclass
class _Raw:
    """A cell as it was found."""

    cell_type: str
    source: str
    claims: str | None  # the grade id that its metadata names
    points: Any = None
    tags: bool = False
    released: bool = False  # the cell is as nbgrader gave it out once, by the checksum that it carries
    taken: str | None = None  # the grade id that it was given in the end
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)  # pasted pictures


def prepare(data: bytes | None, source: Source) -> Prepared:
    """Turn a notebook file into cells that can run.

    Parameters
    ----------
    data : bytes or None
        The file's content; None when there is no file.
    source : Source
        The assignment.
    """
    repairs: list[str] = []
    try:
        raw, kernel = _read(data, repairs)
        cells = _align(raw, source, repairs)
    except _Refused as refusal:
        return Prepared(refused=str(refusal), repairs=tuple(repairs))
    notes = []
    if kernel not in (None, "python3", _kernel_name(source)):
        repairs.append(f"the notebook asked for the kernel {kernel!r}; it was run with {_kernel_name(source)!r}")
    if any(cell.tags for cell in raw):
        notes.append("cell tags were removed")
    return Prepared(tuple(cells), tuple(repairs), tuple(notes))


def claimed(data: bytes) -> set[str]:
    """The grade ids that stand in a file, whatever it is."""
    return {name.decode("utf-8", "replace") for name in _GRADE_ID.findall(data)}


def of_another_module(names: Iterable[str], source: Source, texts: Iterable[str] = ()) -> str:
    """``Module 05: Data``, when grade ids are those of another module rather than of this one."""
    own = {cell.name for cell in source.cells if cell.grade or cell.solution or cell.task}
    names = set(names)
    numbers = [number_of(name).partition(".")[0] for name in names - own if number_of(name) != name]
    if len(numbers) < (3 if names & own else 2) or len(numbers) <= len(names & own):
        return ""
    number = max(sorted(set(numbers)), key=numbers.count)
    headings = [found for text in texts if (found := _HEADING.search(text)) and found[2] == number]
    return printable(headings[0][1].strip(), keep="") if headings else f"Module {number}"


def _kernel_name(source: Source) -> str:
    try:
        return str(json.loads(source.kernelspec).get("name") or "python3")
    except (ValueError, AttributeError):
        return "python3"


# -- reading -------------------------------------------------------------------------------------------------------


def _read(data: bytes | None, repairs: list[str]) -> tuple[list[_Raw], str | None]:
    if data is None:
        raise _Refused("there is no notebook in the submission")
    if not data.strip():
        raise _Refused("the notebook file is empty")
    text = _decode(data, repairs)
    try:
        nb = json.loads(text)
    except RecursionError:
        raise _Refused("the file is not a notebook: it is nested too deeply") from None
    except ValueError as error:
        if _WEB_PAGE.match(text.lstrip()):
            raise _Refused(
                "the file is a web page (HTML), not a notebook: probably the page of a login was saved"
            ) from None
        line = getattr(error, "lineno", None)
        where = f" (line {line} of {text.count(chr(10)) + 1})" if line else ""
        raise _Refused(f"the file is not a notebook or was cut off{where}") from None
    if not isinstance(nb, dict):
        raise _Refused("the file is JSON, but not a notebook")
    version = nb.get("nbformat")
    if isinstance(version, (int, float)) and version > 4:
        raise _Refused(f"the notebook has format {version}, which is newer than this grader")
    if "cells" not in nb and ("worksheets" in nb or version in (1, 2, 3)):
        nb = _upgrade(text, version, repairs)
    found = nb.get("cells")
    if not isinstance(found, list):
        raise _Refused("the file is JSON, but not a notebook: it has no cells")
    if len(found) > _MOST_CELLS:
        raise _Refused(f"the notebook has {len(found)} cells")
    raw, lost = [], 0
    for item in found:
        cell = _raw_cell(item)
        if cell is None:
            lost += 1
        else:
            raw.append(cell)
    if lost:
        repairs.append(f"{_count(lost, 'malformed cell')} left out")
    metadata = nb.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    kernel = spec.get("name") if isinstance(spec, dict) else None
    return raw, kernel if isinstance(kernel, str) else None


def _decode(data: bytes, repairs: list[str]) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        codings = ["utf-16"]
    else:
        codings = ["utf-8-sig", "cp1252", "latin-1"]
    for coding in codings:
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            continue
        if coding != "utf-8-sig":
            repairs.append(f"the file was not UTF-8; it was read as {coding}")
        return text
    raise _Refused("the file is not text")


def _upgrade(text: str, version: Any, repairs: list[str]) -> dict[str, Any]:
    import nbformat

    try:
        nb = nbformat.reads(text, as_version=4)
    except Exception:
        raise _Refused(f"the notebook has the old format {version} and could not be converted") from None
    repairs.append(f"the notebook had the old format {version}; it was converted")
    return nb


def _raw_cell(item: Any) -> _Raw | None:
    if not isinstance(item, dict) or item.get("cell_type") not in ("code", "markdown", "raw"):
        return None
    text = item.get("source", "")
    if isinstance(text, list):
        if not all(isinstance(line, str) for line in text):
            return None
        text = "".join(text)
    if not isinstance(text, str) or len(text) > _LARGEST_CELL:
        return None
    text = text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    metadata = item.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    nbgrader = metadata.get("nbgrader")
    nbgrader = nbgrader if isinstance(nbgrader, dict) else {}
    claims = nbgrader.get("grade_id")
    released = nbgrader.get("checksum") is not None and nbgrader["checksum"] == _checksum(
        item["cell_type"], text, nbgrader
    )
    return _Raw(
        item["cell_type"],
        text,
        claims if isinstance(claims, str) else None,
        points=nbgrader.get("points"),
        tags=bool(metadata.get("tags")),
        released=released,
        attachments=_pictures(item.get("attachments")),
    )


def _checksum(kind: str, text: str, nbgrader: dict[str, Any]) -> str | None:
    """nbgrader's checksum of a cell as it stands. Importing nbgrader for it takes longer than grading a submission."""
    graded, solution = nbgrader.get("grade", False), nbgrader.get("solution", False)
    locked = not solution and (graded or nbgrader.get("locked", False))
    parts = [text, kind, str(graded), str(solution), str(locked), str(nbgrader.get("grade_id"))]
    try:
        parts += [str(float(nbgrader["points"]))] if graded else []
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return hashlib.md5("".join(parts).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def _pictures(attachments: Any) -> dict[str, dict[str, str]]:
    """The pictures pasted into a cell: what is one, and no more than a notebook can bear."""
    found: dict[str, dict[str, str]] = {}
    left = _LARGEST_PICTURES
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        for kind, data in bundle.items() if isinstance(bundle, dict) else ():
            text = "".join(data) if isinstance(data, list) and all(isinstance(x, str) for x in data) else data
            if kind in _PICTURES and isinstance(text, str) and len(text) <= left and _BASE64.fullmatch(text):
                found.setdefault(name.encode("utf-8", "replace").decode(), {})[kind] = text
                left -= len(text)
    return found


# -- finding the assignment's cells again --------------------------------------------------------------------------


def _words(text: str) -> str:
    """A text in which spaces and lines make no difference."""
    return " ".join(text.split())


class _Likeness:
    """Finds what is most like a text. Where many are alike that takes long; beyond a limit nothing is alike any more."""

    def __init__(self) -> None:
        self._left = _EFFORT

    def best(self, text: str, items: Sequence[_Raw]) -> list[_Raw]:
        """The item that is most like a text, if one is like it at all."""
        matcher = SequenceMatcher(None, "", text, autojunk=False)
        rated = [(self._rate(matcher, item.source, text), at) for at, item in enumerate(items)]
        rating, at = max(rated, default=(0.0, 0))
        return [items[at]] if rating >= _ALIKE else []

    def _rate(self, matcher: SequenceMatcher[str], one: str, other: str) -> float:
        longer = max(len(one), len(other))
        if self._left < 0 or min(len(one), len(other)) < 0.4 * longer or not longer:
            return 0.0
        self._left -= 100 * longer
        matcher.set_seq1(one)
        if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
            return 0.0
        self._left -= len(one) * len(other)
        return matcher.ratio() if self._left >= 0 else 0.0


def _align(raw: Sequence[_Raw], source: Source, repairs: list[str]) -> list[Cell]:
    known = source.by_name()
    other = of_another_module(
        {cell.claims for cell in raw if cell.claims}, source, (c.source for c in raw if c.cell_type == "markdown")
    )
    if other:
        raise _Refused(f"no exercise of {source.assignment} was found in the notebook: it looks like {other}")
    _claim(raw, known, repairs)
    _find_again(raw, source, repairs)
    if not any(cell.taken and not known[cell.taken].restored for cell in raw) and not any(
        cell.taken and known[cell.taken].is_test for cell in raw
    ):
        raise _Refused("no exercise of this assignment was found in the notebook")
    _describe_changes(raw, known, repairs)
    return _sequence(raw, source, repairs)


def _claim(raw: Sequence[_Raw], known: dict[str, SourceCell], repairs: list[str]) -> None:
    """Trust the grade ids in the metadata, once each."""
    claims: dict[str, list[_Raw]] = {}
    for cell in raw:
        if cell.claims in known:
            claims.setdefault(cell.claims, []).append(cell)
    doubled = []
    for name, cells in claims.items():
        expected = known[name]
        if len(cells) > 1:
            doubled.append(name)
        # The last one counts, as with nbgrader; an answer that was changed comes before one that was not.
        changed = [cell for cell in cells if expected.restored or _words(cell.source) != _words(expected.source)]
        (changed or cells)[-1].taken = name
    if doubled:
        repairs.append(f"{_cells(doubled, known)} stood there more than once; the last one counts")


def _find_again(raw: Sequence[_Raw], source: Source, repairs: list[str]) -> None:
    """Find cells whose metadata is gone by what they say."""
    missing = [cell for cell in source.cells if not any(item.taken == cell.name for item in raw)]
    if not missing:
        return
    free = [cell for cell in raw if cell.taken is None and cell.source.strip()]
    found: list[str] = []

    def give(item: _Raw, cell: SourceCell) -> None:
        item.taken = cell.name
        free.remove(item)
        if cell.is_test or cell.solution:
            found.append(cell.name)

    by_words: dict[str, list[_Raw]] = {}
    for item in reversed(free):
        by_words.setdefault(_words(item.source), []).append(item)
    for cell in list(missing):
        if same := by_words.get(_words(visible(cell.source))):
            give(same.pop(), cell)
            missing.remove(cell)
    likeness = _Likeness()
    defines = {id(item): defined_names(item.source) for item in free} if missing else {}
    for cell in list(missing):
        if cell.solution and cell.cell_type == "code":
            wanted = defined_names(cell.source)
            match = [item for item in free if wanted and wanted <= defines[id(item)]]
        elif cell.is_test or cell.restored:
            match = likeness.best(visible(cell.source), free)
        else:
            continue
        if match:
            give(match[-1], cell)
            missing.remove(cell)
    given = given_texts(source)
    for cell in list(missing):  # text answers: the one cell between their neighbours that the edition did not give
        if cell.solution and cell.cell_type != "code":
            between = [item for item in _between(raw, source, cell) if item in free and item.cell_type != "code"]
            if own := next((item for item in between if own_words(item.source, given) == item.source), None):
                give(own, cell)
    if found:
        repairs.append(f"{_ids(found)} had lost the grader's marks and was found again by content")


def _between(raw: Sequence[_Raw], source: Source, cell: SourceCell) -> list[_Raw]:
    names = [item.name for item in source.cells]
    at = names.index(cell.name)
    place = {item.taken: position for position, item in enumerate(raw) if item.taken}
    before = next((place[name] for name in reversed(names[:at]) if name in place), -1)
    after = next((place[name] for name in names[at + 1 :] if name in place), len(raw))
    return list(raw[before + 1 : after])


def _describe_changes(raw: Sequence[_Raw], known: dict[str, SourceCell], repairs: list[str]) -> None:
    edited, retyped, points, given = [], [], [], []
    for cell in raw:
        if cell.taken is None:
            continue
        expected = known[cell.taken]
        if cell.cell_type != expected.cell_type:
            retyped.append(expected.name)
        if cell.released and expected.restored:  # of an earlier edition, maybe: nobody edited it
            continue
        if expected.is_test and _words(cell.source) != _words(visible(expected.source)):
            edited.append(expected.name)
        elif (
            expected.restored
            and expected.cell_type == "code"
            and _words(cell.source) != _words(visible(expected.source))
        ):
            given.append(expected.name)
        if expected.grade and cell.points is not None and cell.points != expected.points:
            points.append(expected.name)
    if edited:
        repairs.append(f"test cells were edited, the originals were put back: {_ids(edited)}")
    if given:
        repairs.append(f"{_count(len(given), 'given cell')} edited, the originals were put back")
    if retyped:
        repairs.append(f"cells had another type, it was put back: {_cells(retyped, known)}")
    if points:
        repairs.append(f"the points of {_ids(points)} were changed in the metadata, which has no effect")


def _sequence(raw: Sequence[_Raw], source: Source, repairs: list[str]) -> list[Cell]:
    known = source.by_name()
    elsewhere = answers_elsewhere(raw, source)
    tests = {_words(visible(cell.source)) for cell in source.cells if cell.is_test}
    sequence: list[Cell] = []
    for item in raw:
        expected = known.get(item.taken or "")
        if expected is None:
            # A copy of a test teaches the grader nothing.
            copy = (item.claims in known and known[item.claims].is_test) or _words(item.source) in tests
            sequence.append(Cell(item.cell_type, item.source, run=not copy, attachments=item.attachments))
        elif expected.restored:
            sequence.append(Cell(expected.cell_type, expected.source, expected.name, run=not expected.demo))
        else:
            answer = elsewhere.get(expected.name, item)
            sequence.append(Cell(expected.cell_type, answer.source, expected.name, attachments=answer.attachments))
    previous: str | None = None
    added: list[SourceCell] = []
    for expected in source.cells:
        if not any(cell.name == expected.name for cell in sequence):
            at = next((i + 1 for i, cell in enumerate(sequence) if cell.name == previous), 0)
            if found := elsewhere.get(expected.name):
                new = Cell(expected.cell_type, found.source, expected.name, attachments=found.attachments)
            else:
                new = Cell(expected.cell_type, expected.source, expected.name, added=True, run=not expected.demo)
                added.append(expected)
            sequence.insert(at, new)
        previous = expected.name
    if elsewhere:
        repairs.append(f"{_ids(elsewhere)} did not stand in its own cell and was found in another")
    telling = [cell for cell in added if cell.is_test or cell.solution or (cell.cell_type == "code" and not cell.demo)]
    if telling:
        repairs.append(f"cells were missing and put back: {_cells([cell.name for cell in telling], known)}")
    return sequence


def _cells(names: Sequence[str], known: dict[str, SourceCell]) -> str:
    """Cells in words: those of exercises by number, given ones by how many there are, since their names say nothing."""
    numbered = [name for name in names if known[name].grade or known[name].solution or known[name].task]
    given = len(names) - len(numbered)
    return " and ".join(filter(None, [_ids(numbered), f"{given} given cell{'s' * (given > 1)}" if given else ""]))


def _ids(names: Iterable[str]) -> str:
    texts = list(dict.fromkeys(_plain(name) for name in names))
    return ", ".join(texts[:8]) + (f" and {len(texts) - 8} more" if len(texts) > 8 else "")


def _plain(name: str) -> str:
    number = number_of(name)
    if number == name:
        return name
    return f"test {number}" if name.startswith("test-") else f"answer {number}" if name.startswith("text-") else number


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s were' if number != 1 else ' was'}"
