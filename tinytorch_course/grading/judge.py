"""The second opinion: what a submission defines, judged in a process where nothing else of it has run.

Code in a kernel can lie to the tests in that kernel. So the tests that passed run again in a fresh process that gets
only definitions: functions, classes, imports and plain assignments. A test that passes there as well was not passed by
a trick outside of the functions; one that does not is shown to a person.
"""

from __future__ import annotations

import ast
import json
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from .model import Cell, Limits, Source
from .prepare import _without_magics
from .sandbox import Room, Sandbox, SandboxError, memory_of

_JUDGED = "judged.json"
_LARGEST = 1 << 20
_TOOLS = {"numpy", "math", "tinytorch.checks", "builtins", "unittest", "sys", "operator"}

_ODD_IMPORTS = {
    "ctypes",
    "gc",
    "inspect",
    "builtins",
    "subprocess",
    "socket",
    "nbgrader",
    "IPython",
    "ipykernel",
    "signal",
    "multiprocessing",
}
_ODD_NAMES = {"get_ipython", "__builtins__", "_ih", "_i", "_ii", "_iii", "CheckFailed", "globals"}
_ODD_ATTRIBUTES = {
    "_getframe", "f_globals", "f_locals", "f_back", "displayhook", "input_transformers_post", "input_transformers_cleanup",
    "ast_transformers", "input_transformer_manager", "settrace", "setprofile", "__subclasses__", "_exit", "kill",
    "fork", "system", "popen", "excepthook", "set_custom_exc", "modules", "user_ns", "__globals__", "__code__",
}  # fmt: skip


@dataclass
class Verdict:
    """What the judge says."""

    passed: dict[str, bool] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    problem: str | None = None
    seconds: float = 0.0


def definitions(source: str, tools: set[str]) -> str:
    """The statements of a cell that define something, as code. `tools` are names of modules that must stay as they are."""
    try:
        tree = ast.parse(_without_magics(source))
    except SyntaxError:
        return ""
    kept = [node for node in tree.body if _defines(node, tools)]
    lines = _without_magics(source).split("\n")
    out = [""] * len(lines)
    for node in kept:  # in their own lines, so that messages name the right ones
        first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
        out[first - 1 : node.end_lineno] = lines[first - 1 : node.end_lineno]
    code = "\n".join(out)
    try:
        ast.parse(code)
    except SyntaxError:  # several statements in one line
        return "\n".join(ast.unparse(node) for node in kept)
    return code


def _defines(node: ast.stmt, tools: set[str]) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
        return True
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        if any(isinstance(part, ast.Name) and part.id in _ODD_NAMES for part in ast.walk(node)):
            return False
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return all(_root(target) not in tools or isinstance(target, ast.Name) for target in targets)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):  # setattr(Tensor, "__add__", add)
        call = node.value
        return (
            isinstance(call.func, ast.Name)
            and call.func.id == "setattr"
            and bool(call.args)
            and _root(call.args[0]) not in tools
        )
    return False


def _root(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def tool_names(cells: Sequence[Cell]) -> set[str]:
    """Names under which the submission knows the modules on which judging rests."""
    names = {"Checks", "CheckFailed", "bare", *(name.split(".")[0] for name in _TOOLS if name != "tinytorch.checks")}
    for cell in cells:
        if cell.cell_type != "code":
            continue
        try:
            tree = ast.parse(_without_magics(cell.source))
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if (
                        alias.name.split(".")[0] in {"numpy", "builtins", "sys", "math"}
                        or alias.name == "tinytorch.checks"
                    ):
                        names.add(alias.asname or alias.name.split(".")[0])
            elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "numpy":
                names |= {alias.asname or alias.name for alias in node.names}
    return names


def oddities(cells: Sequence[Cell], source: Source) -> list[str]:
    """What a person should look at in the student's own code: reaching for the machinery rather than the exercise."""
    known, tools = source.by_name(), tool_names(cells)
    found: dict[str, None] = {}
    for cell in cells:
        if cell.cell_type != "code" or cell.added or (cell.name and known[cell.name].restored):
            continue
        original = known[cell.name].source if cell.name else ""
        for what in _odd(cell.source, tools):
            if what.split("`")[1] not in original:
                found[what] = None
    return list(found)


def _odd(code: str, tools: set[str]) -> list[str]:
    try:
        tree = ast.parse(_without_magics(code))
    except SyntaxError:
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [f"imports `{a.name}`" for a in node.names if a.name.split(".")[0] in _ODD_IMPORTS]
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module.split(".")[0] in _ODD_IMPORTS:
                found.append(f"imports `{node.module}`")
        elif isinstance(node, ast.Name) and node.id in _ODD_NAMES:
            found.append(f"uses `{node.id}`")
        elif isinstance(node, ast.Attribute) and node.attr in _ODD_ATTRIBUTES:
            found.append(f"uses `{node.attr}`")
        elif isinstance(node, (ast.Assign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Attribute) and _root(target) in tools:
                    found.append(f"assigns to `{ast.unparse(target)}`")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            if node.args and _root(node.args[0]) in tools:
                found.append(f"assigns to `{ast.unparse(node.args[0])}`")
        elif isinstance(node, ast.FunctionDef) and node.name in ("__eq__", "__ne__", "__instancecheck__"):
            last = node.body[-1]
            if isinstance(last, ast.Return) and isinstance(last.value, ast.Constant):
                found.append(f"has an `{node.name}` that always answers the same")
    return found


def judge(cells: Sequence[Cell], source: Source, tests: Sequence[str], sandbox: Sandbox, limits: Limits) -> Verdict:
    """Run the named tests apart from everything but definitions."""
    began = time.monotonic()
    known, tools = source.by_name(), tool_names(cells)
    chunks: list[list[str | None]] = []
    for cell in cells:
        if cell.cell_type != "code" or not cell.run:
            continue
        expected = known.get(cell.name or "")
        if expected is not None and expected.is_test:
            if expected.name in tests:
                chunks.append([expected.name, cell.source])
        elif expected is not None and expected.restored:
            chunks.append([None, _without_magics(cell.source)])
        else:
            chunks.append([None, definitions(cell.source, tools)])
    nonce = secrets.token_hex(16)
    request = {"chunks": [c for c in chunks if c[1] and c[1].strip()], "timeout": limits.timeout, "nonce": nonce}
    room = sandbox.judge(request)
    verdict = Verdict()
    try:
        data = _wait(room, limits, verdict)
        if data is not None:
            answer = json.loads(data)
            if answer["nonce"] != nonce:
                raise ValueError("not the judge's answer")
            verdict.passed = {name: ended is True for name, (ended, _) in answer["results"].items() if name in tests}
            verdict.changed = [str(name)[:80] for name in answer["changed"]][:20]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        verdict.problem = "the answer of the second run cannot be read"
    finally:
        room.close()
    verdict.seconds = time.monotonic() - began
    return verdict


def _wait(room: Room, limits: Limits, verdict: Verdict) -> bytes | None:
    deadline = time.monotonic() + limits.total / 2
    base, pause, next_look = 0, 0.002, time.monotonic() + 0.3
    while room.alive():
        time.sleep(pause)
        pause = min(pause * 1.3, 0.05)
        now = time.monotonic()
        if now > deadline:
            verdict.problem = "the second run took too long"
            return None
        if now > next_look:
            next_look = now + 0.3
            used = memory_of(room.pids())
            base = base or used
            if used - base > limits.memory:
                verdict.problem = "the second run used too much memory"
                return None
    try:
        descriptor = os.open(room.folder / _JUDGED, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise SandboxError("the second run left no answer") from error
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(_LARGEST)
    if not data:
        verdict.problem = "the second run ended early"
        return None
    return data
