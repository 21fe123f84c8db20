"""What a student reads about a failed test.

A submission can put the text of a hidden test into whatever it gives, raises or prints. So nothing that came from its
process is repeated: only which check it was, in which way it failed, the kind of error among those that Python has, and
lines of the notebook as it was handed in.
"""

from __future__ import annotations

import ast
import builtins
import functools
import re
from collections.abc import Sequence
from typing import Any

from ...base.code import parsed
from ...base.printable import without_colours
from ..model import Cell, Source
from .feedback_text import advice
from .mark import OUT_OF_STEP, Verdict, error_name, is_unwritten
from .records import Asked, Record

_SAFE_ROWS = ("expected", "look at")
_LINE = re.compile(r"(?:Cell In ?\[\d+\]|\.py), line (\d+)")
_UNDEFINED = re.compile(r"name '(\w{1,60})' is not defined")
_MODULE = re.compile(r"No module named '([\w.]{1,60})'")
_SLIP = "Should this be `return NotImplemented`? `raise NotImplementedError` is something else."


def about_test(verdict: Verdict, number: str, title: str, cells: Sequence[Cell], source: Source) -> str:
    """A card of the failed check that holds nothing which the submission could have written."""
    asked = verdict.asked
    hidden = asked is None or asked.hidden
    rows: dict[str, str] = {}
    if verdict.wrong == "malformed":
        return f"{number} {title}: {OUT_OF_STEP}."
    if verdict.wrong == "stopped":
        words = _known_error(verdict.error_name, verdict.says, cells)
        return f"{number} {title}: the test stopped with {_an_error(verdict.error_name)}. {words}".rstrip()
    if asked is not None and asked.told.get("inputs") and not hidden:
        rows["input"] = asked.told["inputs"]
    if verdict.error is not None:
        problem = _about_error(verdict.error, asked, rows, cells, source)
    else:
        problem = _about_check(verdict, asked, hidden)
        shown = _SAFE_ROWS if not hidden else ("look at",)
        rows |= {name: verdict.rows[name] for name in shown if name in verdict.rows}
    lines = [f"{number} {title}: {problem}"]
    for name, value in rows.items():
        first, *rest = str(value).splitlines() or [""]
        lines += [f"  {name:<10}{first}", *(" " * 12 + line for line in rest)]
    return "\n".join(lines)


def _about_check(verdict: Verdict, asked: Asked | None, hidden: bool) -> str:
    told: dict[str, Any] = asked.told if asked is not None else {}
    what = "a hidden check: the result" if hidden else str(told.get("what"))
    if verdict.wrong == "statement":
        return "a hidden check failed" if hidden else what
    if verdict.wrong in ("no error", "error", "message"):
        how = {"no error": "an error was expected", "error": "another error was expected"}
        return f"{'a hidden check' if hidden else what}: {how.get(verdict.wrong, 'the error should say more')}"
    how = {
        "kind": "is of another kind than it should be",
        "shape": "came out with another shape",
        "dtype": "came out with another dtype",
        "changed": "changed, which must not happen",
    }
    return f"{what} {how.get(verdict.wrong, 'came out wrong')}"


def _about_error(
    error: Record, asked: Asked | None, rows: dict[str, str], cells: Sequence[Cell], source: Source
) -> str:
    """Fill the card's lines; the problem in a few words."""
    if is_unwritten(error) and error.says in _stubs(source):
        rows.clear()
        rows["to do"] = error.says
        return "not written yet"
    look = asked.told.get("look") or asked.told.get("given_look") if asked is not None else None
    name = error_name(error)
    if error.undefined and len(error.frames) <= 1 and _is_in(error.undefined, source, cells):
        rows.clear()
        rows["to do"] = "is the cell above complete, and does it define this name?"
        return f"`{error.undefined}` is not defined"
    if place := _place(error, cells):
        rows["in"] = place
    if words := _known_error(name, error.says, cells):
        rows["look at"] = words
    elif error.slip:
        rows["look at"] = _SLIP
    elif look:
        rows["look at"] = str(look)
    return f"your code raised {_an_error(name)}"


def about_cell(cell: Cell, name: str, says: str, traceback: Sequence[str], cells: Sequence[Cell]) -> str:
    """What a student may read about an error of a cell of theirs."""
    if name == "SystemExit":
        return f"The cell of this exercise stopped: {advice('SystemExit')}"
    text = f"The cell of this exercise stopped with {_an_error(name)}"
    found = _UNDEFINED.search(says)
    if name == "NameError" and found and re.search(rf"\b{found[1]}\b", cell.source):
        text += f": `{found[1]}` is not defined"
    lines = cell.source.split("\n")
    numbers = _LINE.findall(without_colours(" ".join(traceback)[:20_000]))
    if numbers and 0 < int(numbers[0][:6]) <= len(lines):
        text += f", in line {int(numbers[0])}: {lines[int(numbers[0]) - 1].strip()[:200]}"
    words = _known_error(name, says, cells)
    return f"{text}. {words}" if words else f"{text}."


def _an_error(name: str) -> str:
    """``a ValueError`` for errors that Python has: another's name could say anything."""
    kind = getattr(builtins, name, None)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        return "an error"
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _known_error(name: str, says: str, cells: Sequence[Cell]) -> str:
    if name == "SystemExit":
        return advice(name)
    found = _MODULE.search(says) if name in ("ModuleNotFoundError", "ImportError") else None
    if found and found[1] in _imported(cells):
        return advice(f"ModuleNotFoundError: {found[0]}")
    return ""


def _imported(cells: Sequence[Cell]) -> set[str]:
    """Modules that the notebook names in its imports, with the packages in which they are."""
    names = set()
    for cell in cells:
        if cell.cell_type != "code":
            continue
        for node in ast.walk(parsed(cell.source)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    return {".".join(name.split(".")[:upto]) for name in names for upto in range(1, name.count(".") + 2)}


def _place(error: Record, cells: Sequence[Cell]) -> str:
    """The innermost line of the notebook as it was handed in, if it stands where the submission's process says."""
    for function, number, text in reversed(error.frames[1:]):
        for cell in cells:
            lines = cell.source.split("\n") if cell.cell_type == "code" else []
            if text and 0 < number <= len(lines) and lines[number - 1].strip()[:200] == text[:200]:
                known = re.search(rf"\bdef {re.escape(function)}\b", cell.source)
                return f"{function if known else 'this cell'}, line {number}: {text[:200]}"
    return ""


def _is_in(name: str, source: Source, cells: Sequence[Cell]) -> bool:
    """Whether a name stands in a cell that a student sees."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    shown = [cell.source for cell in source.cells if cell.solution]
    return name.isidentifier() and any(word.search(text) for text in shown)


def _stubs(source: Source) -> set[str]:
    """What the stubs say is to be done."""
    cells = (cell for cell in source.cells if cell.solution and cell.cell_type == "code")
    return {text for cell in cells for text in _said_when_raising(cell.source)}


@functools.lru_cache(1 << 10)  # the same for the whole class
def _said_when_raising(code: str) -> frozenset[str]:
    """The texts of the errors that code raises by name."""
    raised = [node.exc for node in ast.walk(parsed(code)) if isinstance(node, ast.Raise)]
    first = [error.args[0] for error in raised if isinstance(error, ast.Call) and error.args]
    return frozenset(said.value for said in first if isinstance(said, ast.Constant) and isinstance(said.value, str))
