"""A test cell without its answers: the same calls of the student's code, and no value to compare them with.

Left out are expected values, types, errors, tolerances, hints, and what only they needed. What has to stay as it was is
sent as it was and as it is, and a condition (`check.true`) as True or False.
"""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from collections.abc import Collection

from tinytorch.lab.checks import Checks

from ..model import Source

_KINDS = ("equal", "same", "unchanged", "is_a", "true", "raises")
_PARAMETERS = {kind: list(inspect.signature(getattr(Checks, kind)).parameters)[1:] for kind in _KINDS}
_SENT = ("got", "before", "holds", "call")
_PURE_CALLS = {
    "abs",
    "dict",
    "float",
    "int",
    "len",
    "list",
    "max",
    "min",
    "range",
    "sorted",
    "str",
    "sum",
    "tuple",
    "zip",
}
_PURE_MODULES = {"np", "numpy", "math"}
_PURE_METHODS = {"all", "any", "astype", "copy", "max", "mean", "min", "ravel", "reshape", "sum", "swapaxes", "tolist"}


def tests_without_answers(source: Source) -> dict[str, str]:
    """The code of each test that has checks, by grade id."""
    tests = [cell for cell in source.cells if cell.is_test]
    reads = [needed(cell.source) for cell in tests]
    found = {}
    for at, cell in enumerate(tests):
        code = without_answers(cell.source, frozenset().union(*reads[at + 1 :]))
        if code is not None:
            found[cell.name] = code
    return found


def without_answers(code: str, keep: Collection[str] = ()) -> str | None:
    """The cell's code with nothing in it that only a comparison needs; None where it makes no checks.

    Parameters
    ----------
    code : str
        A test cell. Expected values, types and errors, tolerances, hints and the names of values are left out, and so
        are the assignments that only they used.
    keep : collection of str
        Names whose assignments stay, since later tests read them.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return None
    strip = _Strip(_contexts(tree))
    tree = strip.visit(tree)
    if not strip.found:
        return None
    while _drop_unused(tree, keep):
        pass
    return ast.unparse(ast.fix_missing_locations(tree))


def _contexts(tree: ast.Module) -> set[str]:
    """Names under which the cell knows its checks: ``check`` in ``with Checks(…) as check``."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
            call = node.context_expr
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Checks":
                found.add(node.optional_vars.id)
    return found


class _Strip(ast.NodeTransformer):
    """Takes the answers out of the calls of the checks."""

    def __init__(self, contexts: set[str]) -> None:
        self._contexts, self.found = contexts, False

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        function = node.func
        if not (
            isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Name)
            and function.value.id in self._contexts
        ):
            return node
        if any(isinstance(item, ast.Starred) for item in node.args) or any(item.arg is None for item in node.keywords):
            return node
        if function.attr == "given":
            node.args, node.keywords = [], []
        elif names := _PARAMETERS.get(function.attr):
            given = dict(zip(names, node.args)) | {item.arg: item.value for item in node.keywords}
            node.args = [ast.Constant(None)]
            node.keywords = [ast.keyword(name, given[name]) for name in _SENT if name in given and name in names]
            if function.attr == "true":  # what came is for the card
                node.keywords = [item for item in node.keywords if item.arg == "holds"]
            self.found = True
        return node


def needed(code: str) -> set[str]:
    """Names that a cell reads and does not bind itself."""
    try:
        names = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)]
    except SyntaxError:
        return set()
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {node.id for node in names} - bound


def _drop_unused(tree: ast.Module, keep: Collection[str]) -> bool:
    """Remove assignments, and elements of tables that a loop goes through, whose names nothing reads any more."""
    loads = Counter(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
    )
    loads.update(keep)
    for node in ast.walk(tree):  # `expected[0] = 1` reads nothing
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            for target in _targets(node):
                if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                    loads[target.value.id] -= 1
    changed = False
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if not isinstance(block, list) or isinstance(node, ast.ClassDef):  # what a class binds are its attributes
                continue
            new: list[ast.stmt] = []
            for statement in block:
                kept = _without_unused(statement, loads)
                changed |= kept is not statement
                if kept is not None:
                    new.append(kept)
            block[:] = new or ([ast.Pass()] if block and field == "body" else [])
        if isinstance(node, (ast.For, ast.comprehension)):
            changed |= _blank_columns(node, loads)
    return changed


def _targets(node: ast.stmt) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]  # type: ignore[attr-defined]


def _without_unused(statement: ast.stmt, loads: Counter[str]) -> ast.stmt | None:
    if not isinstance(statement, (ast.Assign, ast.AugAssign)):
        return statement
    names: list[str] = []
    for target in _targets(statement):
        for part in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
            if isinstance(part, ast.Subscript) and isinstance(statement, (ast.Assign, ast.AugAssign)):
                part = part.value
            if not isinstance(part, ast.Name):
                return statement
            names.append(part.id)
    if any(loads[name] > 0 for name in names):
        return _without_unused_parts(statement, loads)
    return None if _pure(statement.value) else ast.copy_location(ast.Expr(statement.value), statement)


def _without_unused_parts(statement: ast.Assign | ast.AugAssign, loads: Counter[str]) -> ast.stmt:
    """``x, expected = 1, 2`` without the part that nothing reads."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return statement
    target, value = statement.targets[0], statement.value
    if not (isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts)):
        return statement
    if any(isinstance(part, ast.Starred) for part in [*target.elts, *value.elts]):
        return statement
    changed = False
    for at, part in enumerate(target.elts):
        if (
            isinstance(part, ast.Name)
            and loads[part.id] <= 0
            and not _is_none(value.elts[at])
            and _pure(value.elts[at])
        ):
            value.elts[at], changed = ast.Constant(None), True
    return ast.copy_location(ast.Assign([target], value), statement) if changed else statement


def _blank_columns(loop: ast.For | ast.comprehension, loads: Counter[str]) -> bool:
    """``for x, expected in [(1, 2), (3, 6)]`` without the second column, if nothing reads it."""
    target, table = loop.target, loop.iter
    if not (isinstance(target, ast.Tuple) and isinstance(table, (ast.Tuple, ast.List))):
        return False
    rows = [row for row in table.elts if isinstance(row, (ast.Tuple, ast.List)) and len(row.elts) == len(target.elts)]
    if len(rows) != len(table.elts) or any(
        isinstance(part, ast.Starred) for row in [target, *rows] for part in row.elts
    ):
        return False
    changed = False
    for at, part in enumerate(target.elts):
        names = [each.id for each in ast.walk(part) if isinstance(each, ast.Name)]
        if isinstance(part, ast.Name) and not any(loads[name] > 0 for name in names):
            for row in rows:
                if not _is_none(row.elts[at]):
                    row.elts[at], changed = ast.Constant(None), True
    return changed


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _pure(node: ast.expr) -> bool:
    """Whether leaving an expression out changes nothing else: no call that might draw a random number or run a model."""
    for part in ast.walk(node):
        if isinstance(part, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
            return False
        if not isinstance(part, ast.Call):
            continue
        function = part.func
        if isinstance(function, ast.Name):
            if function.id not in _PURE_CALLS:
                return False
            continue
        if not isinstance(function, ast.Attribute):
            return False
        text = ast.unparse(function)
        root = text.split(".")[0]
        if root in _PURE_MODULES and ".random" not in text:
            continue
        if function.attr not in _PURE_METHODS:
            return False
    return True
