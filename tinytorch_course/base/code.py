"""Reading Python: what a cell defines and imports, and why it cannot be read."""

from __future__ import annotations

import ast
import platform
import re
import symtable
import sys
from collections.abc import Iterator
from functools import lru_cache

BAD_CODE = (SyntaxError, ValueError, RecursionError, MemoryError)  # what `ast.parse` raises for what is not Python
_KEEP = 10_000  # characters of a cell whose tree is kept
_MAGIC = re.compile(r"\s*(?:[%!?]|\w[\w., ]*=\s*[%!]|[^#'\"]*\?\s*$)")


# What stands in a line that only later Pythons read, or what an older one says of it.
_NEWER = [
    ((3, 11), r"^\s*except\s*\*"),
    ((3, 12), r"^\s*type\s+\w+\s*[\[=]|^\s*(?:async\s+)?(?:def|class)\s+\w+\[|\nf-string"),
    ((3, 14), r"\bt['\"]|^\s*except\*?\s+[\w.]+\s*,"),
]


def without_magics(code: str) -> str:
    """A cell's code without IPython's own lines, which are not Python. What is Python stays as it is: a line of it may
    start with ``%`` too."""
    try:
        ast.parse(code)
        return code
    except BAD_CODE:
        return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in code.split("\n"))


def parsed(code: str) -> ast.Module:
    """A cell's code as a tree, which nobody may change; an empty one if it is not Python."""
    return _kept(code) if len(code) <= _KEEP else _parsed(code)


def _parsed(code: str) -> ast.Module:
    try:
        return ast.parse(code)
    except BAD_CODE:
        pass
    try:
        return ast.parse(without_magics(code))
    except BAD_CODE:
        return ast.Module(body=[], type_ignores=[])


# Most cells of a class are the instructor's, the same in each notebook.
_kept = lru_cache(maxsize=256)(_parsed)


def unreadable(code: str) -> str:
    """Why a cell is not Python, with the line; nothing if it is."""
    try:
        ast.parse(code)
    except SyntaxError as error:
        lines = code.split("\n")
        at = error.lineno or 0
        line = lines[at - 1].strip()[:120] if 0 < at <= len(lines) else ""
        newer = f" ({why})" if (why := newer_syntax(code)) else ""
        return error.msg + newer + (f", in line {at}" if at else "") + (f": {line}" if line else "")
    except ValueError as error:
        return str(error)[:120]
    except BAD_CODE:
        return "it is nested too deeply"
    return ""


def magic_line(code: str) -> tuple[int, str] | None:
    """The first line of a cell that IPython understands and Python does not: its number from 1, and its text."""
    try:
        ast.parse(code)
    except SyntaxError as error:
        lines = code.split("\n")
        at = error.lineno or 0
        if 0 < at <= len(lines) and _MAGIC.match(lines[at - 1]):
            return at, lines[at - 1].strip()
    except BAD_CODE:
        pass
    return None


def newer_syntax(code: str) -> str:
    """Which Python may read a cell that this one does not, and which this one is; nothing where that is not the reason."""
    try:
        ast.parse(code)
    except SyntaxError as error:
        lines = code.split("\n")
        line = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
        for version, text in _NEWER:
            if sys.version_info[:2] < version and re.search(text, f"{line}\n{error.msg}"):
                return f"is it syntax of Python {'.'.join(map(str, version))}? Here is {platform.python_version()}"
    except BAD_CODE:
        pass
    return ""


def defined_names(code: str) -> set[str]:
    """Names that a cell defines: functions, classes and their methods."""
    try:
        tree = ast.parse(without_magics(code))
    except BAD_CODE:
        return set(re.findall(r"^(?:    )?(?:def|class) +(\w+)", code, re.MULTILINE))
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
            if isinstance(node, ast.ClassDef):
                names |= {f"{node.name}.{item.name}" for item in node.body if isinstance(item, ast.FunctionDef)}
    return names


def names_imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each name that a cell imports, and a statement that imports it."""
    for node in tree.body:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        for alias in node.names:
            if alias.name == "*":
                continue
            one = (
                ast.Import([alias])
                if isinstance(node, ast.Import)
                else ast.ImportFrom(node.module, [alias], node.level)
            )
            yield (alias.asname or alias.name).split(".")[0], ast.unparse(one)


def names_bound(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names that a cell binds at its own level, with the line."""
    stack: list[ast.AST] = list(tree.body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, node.lineno
            continue
        if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                if alias.name != "*":
                    yield (alias.asname or alias.name).split(".")[0], node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.id, node.lineno
        stack += ast.iter_child_nodes(node)


def names_read(code: str) -> set[str]:
    """Names that a cell takes from the notebook: those of its own level, and the global ones of its functions."""
    try:
        tables = [symtable.symtable(without_magics(code), "cell", "exec")]
    except BAD_CODE:
        return set()
    names: set[str] = set()
    while tables:
        table = tables.pop()
        symbols = [symbol for symbol in table.get_symbols() if symbol.is_referenced()]
        names |= {s.get_name() for s in symbols if table.get_type() == "module" or s.is_global()}
        tables += table.get_children()
    return names
