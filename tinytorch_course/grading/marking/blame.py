"""Which earlier exercise made this one fail."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ...base.code import defined_names, parsed

_FRAME = re.compile(r"^ +(?:in|calls) +(\w+), line (\d+)(?:: (.*))?$", re.MULTILINE)


@dataclass(frozen=True)
class OwnCell:
    """The cell of an exercise: what it defines (functions by name, methods as ``Class.method``) and what it says."""

    number: str
    defines: frozenset[str]
    source: str


def blamed(number: str, message: str, cells: Sequence[OwnCell], failed: Collection[str]) -> str:
    """The earlier failed exercise on which this one stumbled, or nothing where that is not certain."""
    other = re.search(r"^ +to do +(\d\d\.\d+) ", message, re.MULTILINE)
    if other and other.group(1) != number:
        return other.group(1)
    frames = _FRAME.findall(message)
    if frames:  # the last is the innermost
        function, line, text = frames[-1]
        place = _cell_of_frame(function, int(line), text.strip(), cells)
        if place is not None and place != number and place in failed:
            return place
    if "not written yet" in message:
        return ""
    at = next((at for at, cell in enumerate(cells) if cell.number == number), 0)
    for cell in cells[:at]:  # what stands below was not defined when the test ran
        if cell.number != number and cell.number in failed and _uses(cells[at], cell, cells):
            return cell.number
    return ""


def _cell_of_frame(function: str, line: int, text: str, cells: Sequence[OwnCell]) -> str | None:
    """The exercise in which a frame lies. A card names the function without its class, so its line decides."""
    found: dict[str, bool] = {}
    for cell in cells:
        for first, last in _spans(cell.source, function):
            lines = cell.source.split("\n")
            if not text or text in (each.strip() for each in lines[first - 1 : last]):
                exact = first <= line <= last and (not text or lines[line - 1].strip() == text)
                found[cell.number] = found.get(cell.number, False) or exact
    if len(found) > 1:
        found = {number: exact for number, exact in found.items() if exact}
    return next(iter(found)) if len(found) == 1 else None


def _spans(code: str, function: str) -> list[tuple[int, int]]:
    """First and last line of each function of this name."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(parsed(code)) if isinstance(node, kinds) and node.name == function]
    return [(node.lineno, node.end_lineno or node.lineno) for node in nodes]


def _uses(user: OwnCell, cell: OwnCell, cells: Sequence[OwnCell]) -> bool:
    """Whether one exercise's code uses what another defines. A method's name alone counts if one class only has it."""
    names, attributes, qualified = _names(user)
    for name in cell.defines - user.defines:
        kind, _, method = name.rpartition(".")
        if not kind:
            if name in names and sum(name in each.defines for each in cells) == 1:
                return True
        elif name in qualified:
            return True
        elif method in attributes and not method.startswith("__"):
            others = {each for one in cells for each in one.defines if each.rpartition(".")[2] == method}
            if others == {name} and sum(name in each.defines for each in cells) == 1:
                return True
    return False


def _names(own: OwnCell) -> tuple[set[str], set[str], set[str]]:
    """What a cell's code uses: plain names, attributes, and attributes of which the class is known."""
    kinds = {name.rpartition(".")[0] for name in own.defines} - {""}
    names: set[str] = set()
    local: set[str] = set()
    attributes: set[str] = set()
    qualified: set[str] = set()
    for node in ast.walk(parsed(own.source)):
        if isinstance(node, ast.Name):
            (names if isinstance(node.ctx, ast.Load) else local).add(node.id)
        elif isinstance(node, ast.arg):
            local.add(node.arg)
        elif isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            qualified |= {f"{kind}.{node.attr}" for kind in (kinds if owner == "self" else {owner})}
            if not _is_numpy(node.value):
                attributes.add(node.attr)
    return names - local, attributes, qualified


def _is_numpy(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "math")


def qualified_names(code: str) -> set[str]:
    """What a cell defines. A function under ``@method_of(Tensor)`` is a method of `Tensor`."""
    names = defined_names(code)
    for node in parsed(code).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "method_of":
                kinds = [argument.id for argument in mark.args if isinstance(argument, ast.Name)]
                names = (names - {node.name}) | {f"{kind}.{node.name}" for kind in kinds}
    return names
