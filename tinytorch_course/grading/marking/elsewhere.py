"""Answers that do not stand in their own cells: merged into another one, or written beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Protocol

from ...base.code import BAD_CODE, defined_names, parsed, without_magics
from ...base.marks import visible
from ..model import Source, SourceCell

_ALIKE = 0.75  # the share of words from which on a text is one of the edition's, edited
_FEW = 8  # words: a text that short is compared as a whole
_LONGEST = 20_000  # characters of a text that is compared word by word
_KEPT = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Placed(Protocol):
    """A cell as it was found; `taken` is the grade id that it was given."""

    cell_type: str
    source: str
    taken: str | None
    attachments: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Elsewhere:
    """An answer that was found in other cells."""

    source: str
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


def answers_elsewhere(cells: Sequence[Placed], source: Source) -> dict[str, Elsewhere]:
    """The answers, by grade id, whose own cells are gone or as they were handed out, and that stand in another cell."""
    known = source.by_name()
    names = _Names()
    places = {cell.taken: at for at, cell in enumerate(cells) if cell.taken}
    found = {}
    for expected in source.cells:
        own = cells[places[expected.name]] if expected.name in places else None
        if not expected.solution or (own is not None and not _untouched(own.source, expected.source)):
            continue
        at = _place(expected, source, places)
        if expected.cell_type == "code":
            answer = _code(cells, expected, at, known, names)
        else:
            answer = _text(cells, expected, at, source)
        if answer is not None:
            found[expected.name] = answer
    return found


def _untouched(text: str, stub: str) -> bool:
    return not text.strip() or text.split() == stub.split()


def _place(expected: SourceCell, source: Source, places: Mapping[str, int]) -> tuple[int, int]:
    """Where the cell is or would be: the places of the assignment's cells before and after it."""
    names = [cell.name for cell in source.cells]
    at = names.index(expected.name)
    before = max((places[name] for name in names[:at] if name in places), default=-1)
    after = [places[name] for name in names[at + 1 :] if name in places]
    return before, min((place for place in after if place > before), default=1 << 30)


# -- code ----------------------------------------------------------------------------------------------------------


class _Names(dict[str, set[str]]):
    """What each text defines, read once."""

    def __missing__(self, text: str) -> set[str]:
        self[text] = defined_names(text)
        return self[text]


def _code(
    cells: Sequence[Placed],
    expected: SourceCell,
    place: tuple[int, int],
    known: Mapping[str, SourceCell],
    names: Mapping[str, set[str]],
) -> Elsewhere | None:
    wanted = names[expected.source]
    answer = None
    for at, cell in enumerate(cells):
        if not wanted or cell.cell_type != "code" or cell.taken == expected.name or not _mentions(cell.source, wanted):
            continue
        home = known.get(cell.taken or "")
        original = home.source if home is not None else ""
        if not wanted <= names[cell.source] - names[original]:
            continue
        runs_before = at < place[1] and not (home is not None and home.restored)
        text = _definitions(cell.source, wanted, original, alone=runs_before)
        if text and "raise NotImplementedError" not in text:
            answer = Elsewhere(text)
    return answer


def _mentions(text: str, names: set[str]) -> bool:
    return all(name.rpartition(".")[2] in text for name in names)


def _definitions(text: str, wanted: set[str], original: str, alone: bool) -> str:
    """The wanted definitions in a cell's code; unless they are wanted `alone`, with what else it defines and imports."""
    lines = without_magics(text).split("\n")
    given = {ast.dump(node) for node in parsed(original).body}
    parts = []
    for node in parsed(text).body:
        is_wanted = isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in wanted
        if is_wanted or (not alone and isinstance(node, _KEPT) and ast.dump(node) not in given):
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
            parts.append("\n".join(lines[first - 1 : node.end_lineno]))
    return "\n\n\n".join(parts)


# -- text ----------------------------------------------------------------------------------------------------------


def _text(cells: Sequence[Placed], expected: SourceCell, place: tuple[int, int], source: Source) -> Elsewhere | None:
    before, after = place
    known, given = source.by_name(), given_texts(source)
    stubs = [cell.source.split() for cell in source.cells if cell.solution]
    parts: list[str] = []
    attachments: dict[str, Any] = {}
    for at, cell in enumerate(cells[: min(after, len(cells))]):
        if at < before or cell.taken == expected.name:
            continue
        if at == before:
            text = _added_to(cell, known)
        else:
            text = own_words(cell.source, given) if cell.taken is None and _is_prose(cell) else ""
        if (text.strip() and text.split() not in stubs) or (text and cell.attachments):
            parts.append(text.strip("\n"))
            attachments |= cell.attachments
    return Elsewhere("\n\n".join(parts), attachments) if parts else None


def given_texts(source: Source) -> list[str]:
    """What the edition says itself: its prose, its questions and what else it gives. None of that is an answer."""
    texts = [*source.prose, *(visible(cell.source) for cell in source.cells if cell.restored)]
    return [text.rstrip() for text in texts if text.strip()]


def own_words(text: str, given: Sequence[str]) -> str:
    """What a student wrote in a cell: all of it, or what the edition does not say where the cell is one of the edition's."""
    words = text.split()
    for one in given:
        if text.startswith(one):
            return text[len(one) :]
        if words == one.split():
            return ""
    if len(text) > _LONGEST:
        return text
    vocabulary = set(words)
    for one in given:
        original = one.split()
        if len(original) < _FEW or len(vocabulary.intersection(original)) < _ALIKE * len(set(original)):
            continue
        blocks = SequenceMatcher(None, original, words, autojunk=False).get_matching_blocks()
        same = {at for block in blocks if block.size > 1 for at in range(block.b, block.b + block.size)}
        if len(same) >= _ALIKE * len(original):
            return _other_lines(text, same)
    return text


def _other_lines(text: str, same: set[int]) -> str:
    """A text without the lines that hold little else than the words at these places."""
    kept, at = [], 0
    for line in text.split("\n"):
        places = range(at, at + len(line.split()))
        at = places.stop
        if not places or sum(place in same for place in places) < _ALIKE * len(places):
            kept.append(line)
    return "\n".join(kept)


def _added_to(cell: Placed, known: Mapping[str, SourceCell]) -> str:
    """What was written below the question, in the question's own cell."""
    original = known[cell.taken or ""]
    if cell.cell_type == "code" or not original.restored or not cell.source.startswith(original.source.rstrip()):
        return ""
    return cell.source[len(original.source.rstrip()) :]


def _is_prose(cell: Placed) -> bool:
    """Whether a cell holds words: markdown, or what is no Python though its cell is."""
    if cell.cell_type != "code":
        return True
    try:
        comments = not ast.parse(without_magics(cell.source)).body
    except BAD_CODE:
        return len(re.findall(r"[^\W\d_]{2,}", cell.source)) >= 4
    return comments
