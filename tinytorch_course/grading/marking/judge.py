"""The second opinion: what a submission defines, judged in a process where nothing else of it has run.

Code in a kernel can lie to the tests in that kernel. So the tests run again in a fresh process that gets only
definitions: functions, classes, imports and plain assignments. A test that passes there as well was not passed by a
trick outside of the functions; one that does not is shown to a person.

A function may still look up what its caller expects instead of computing it. So the tests run once more in a process
that knows no expected values: there such a function has nothing to look up, and its results differ. What code sees
beyond its arguments (frames, tracebacks, code objects) is told by Python's audit, for the person who has to decide.
"""

from __future__ import annotations

import ast
import functools
import json
import math
import os
import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...base.code import BAD_CODE, parsed, without_magics
from ...base.marks import number_of
from ..model import Cell, Limits, Source
from ..sandbox.rooms import Room, SandboxError, memory_of
from ..sandbox.sandbox import Sandbox
from .blind import checks_at_least, needed, without_answers
from .feedback_text import without_addresses

_JUDGED = "judged.json"
_LARGEST = 16 << 20
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
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Expr)


@dataclass
class Verdict:
    """What the judge says."""

    passed: dict[str, bool] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)  # of tests whose last expression says them
    messages: dict[str, str] = field(default_factory=dict)  # of tests that failed, by grade id
    errors: dict[int, str] = field(default_factory=dict)  # of other cells, by their place from 1
    unlike: list[str] = field(default_factory=list)  # tests with other results without the expected values
    reads: dict[str, list[str]] = field(default_factory=dict)  # by exercise: what code saw beyond its arguments
    changed: list[str] = field(default_factory=list)
    problem: str | None = None
    incomplete: str | None = None
    seconds: float = 0.0


def definitions(source: str, tools: set[str]) -> str:
    """The statements of a cell that define something, as code. `tools` are names of modules that must stay as they are."""
    kept = [node for node in parsed(source).body if _defines(node, tools)]
    lines = without_magics(source).split("\n")
    out = [""] * len(lines)
    for node in kept:  # in their own lines, so that messages name the right ones
        first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
        out[first - 1 : node.end_lineno] = lines[first - 1 : node.end_lineno]
    code = "\n".join(out)
    try:
        ast.parse(code)
    except BAD_CODE:  # several statements in one line
        return "\n".join(ast.unparse(node) for node in kept)
    return code


def _defines(node: ast.stmt, tools: set[str]) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
        return True
    if isinstance(node, (ast.If, ast.Try, ast.For, ast.With)):  # a definition may stand in there
        return any(_defines(part, tools) for part in ast.walk(node) if isinstance(part, _NESTED))
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
        for node in ast.walk(parsed(cell.source)):
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
    found = []
    for node in ast.walk(parsed(code)):
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


def judge(
    cells: Sequence[Cell],
    source: Source,
    tests: Sequence[str],
    passed: Collection[str],
    sandbox: Sandbox,
    limits: Limits,
    restore: Mapping[int, Mapping[str, Any]] | None = None,
    first: Mapping[str, Any] | None = None,
) -> Verdict:
    """Run the named tests apart from everything but definitions.

    Parameters
    ----------
    tests : sequence of str
        Grade ids of the tests to run.
    passed : collection of str
        Those that passed in the notebook. They run a second time, in another process, as an edition that holds no
        expected values (`answers.without_answers`): code that computes gives the same results there.
    restore : mapping, optional
        By a cell's place from 1: names that have their first meaning while it runs, and the code that gives it to them.
    first : mapping, optional
        What names mean to the tests themselves, whatever the submission made of them (`TakenNames.first_meanings`).
    """
    began = time.monotonic()
    deadline = began + limits.total / 2
    chunks = _chunks(cells, source, set(tests), restore or {})
    verdict = Verdict()
    blind = _without_answers(chunks, passed)
    ask = functools.partial(JudgeRun, sandbox, limits=limits, first=first or {})
    rooms = [ask(chunks)]
    try:
        if blind:
            rooms.append(ask(blind))
        answer = rooms[0].answer(deadline, limits)
        _take(answer, tests, verdict)
        for chunk in chunks:  # a test that ended well has made its checks
            name = chunk.get("test")
            if verdict.passed.get(name) and len(answer["seen"][name]) < checks_at_least(chunk["code"]):
                verdict.passed[name] = False
        if blind:
            try:
                _compare(answer, rooms[1].answer(deadline, limits), verdict, passed)
                if verdict.unlike:  # is it chance? then two whole runs differ as well
                    rooms.append(ask(chunks))
                    again = rooms[2].answer(deadline, limits)["seen"]
                    verdict.unlike = [name for name in verdict.unlike if _alike(answer["seen"][name], again[name])]
            except _NoAnswer as error:
                verdict.incomplete = f"without the expected values, {error}"
    except _NoAnswer as error:
        verdict.problem = f"judged apart, {error}"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        verdict.problem = "the answer of the second run cannot be read"
    finally:
        for room in rooms:
            room.close()
    verdict.seconds = time.monotonic() - began
    return verdict


def _chunks(
    cells: Sequence[Cell], source: Source, tests: Collection[str], restore: Mapping[int, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What the judge runs: definitions, and the named tests. `at` counts cells as the notebook does."""
    known, tools = source.by_name(), tool_names(cells)
    chunks: list[dict[str, Any]] = []
    for at, cell in enumerate(cells, 1):
        if cell.cell_type != "code" or not cell.run:
            continue
        expected = known.get(cell.name or "")
        label = number_of(cell.name) if cell.name and not known[cell.name].restored else f"cell {at}"
        chunk: dict[str, Any] = {"at": at, "label": label}
        if at in restore:
            chunk["restore"] = dict(restore[at])
        if expected is not None and expected.is_test:
            if expected.name not in tests:
                continue
            chunk |= {"test": expected.name, "label": number_of(expected.name), "code": _with_points(cell.source)}
        elif expected is not None and expected.restored:
            chunk |= {"code": without_magics(cell.source), "given": True}
        else:
            chunk["code"] = definitions(cell.source, tools)
        if chunk["code"].strip():
            chunks.append(chunk)
    return chunks


def _with_points(code: str) -> str:
    """A test whose last expression says its points, with that value kept."""
    try:
        tree = ast.parse(code)
    except BAD_CODE:
        return code
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return code
    tree.body[-1] = ast.Assign([ast.Name("_points", ast.Store())], last.value)
    return ast.unparse(ast.fix_missing_locations(tree))


def _without_answers(chunks: Sequence[dict[str, Any]], passed: Collection[str]) -> list[dict[str, Any]]:
    """The same without the answers; empty if no test of them compares anything."""
    found, some = [], False
    tests = {chunk["at"]: needed(chunk["code"]) for chunk in chunks if "test" in chunk}
    for chunk in chunks:
        if "test" in chunk:
            keep = frozenset().union(*(names for at, names in tests.items() if at > chunk["at"]))
            code = _bare_test(chunk["code"], keep) if chunk["test"] in passed else None
            if code is None:
                continue
            chunk, some = {**chunk, "code": code}, True
        found.append(chunk)
    return found if some else []


@functools.lru_cache(maxsize=512)
def _bare_test(code: str, keep: frozenset[str]) -> str | None:
    return without_answers(code, keep)


def _take(answer: dict[str, Any], tests: Collection[str], verdict: Verdict) -> None:
    for name, (ended, message, points) in answer["results"].items():
        if name in tests:
            verdict.passed[name], verdict.messages[name] = ended is True, str(message)
            if isinstance(points, (int, float)) and not math.isnan(points):
                verdict.points[name] = float(points)
    verdict.errors = {int(at): str(message) for at, message in answer["errors"].items()}
    verdict.changed = [str(name)[:80] for name in answer["changed"]][:20]
    verdict.reads = {str(label): [str(what)[:120] for what in found][:6] for label, found in answer["reads"].items()}


def _compare(answer: dict[str, Any], bare: dict[str, Any], verdict: Verdict, passed: Collection[str]) -> None:
    """Which tests gave other results when there was nothing to compare them with."""
    for name, seen in bare["seen"].items():
        if name in passed and verdict.passed.get(name) and not _alike(answer["seen"][name], seen):
            verdict.unlike.append(name)
    for label, found in bare["reads"].items():
        known = verdict.reads.setdefault(str(label), [])
        known += [str(what)[:120] for what in found if what not in known][: 6 - len(known)]


def _alike(one: Any, other: Any) -> bool:
    """Whether two runs gave the same values: numbers within a tolerance, all else exactly, addresses apart."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        return math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-6)
    if isinstance(one, str) and isinstance(other, str):
        return without_addresses(one) == without_addresses(other)
    return bool(one == other)


class _NoAnswer(Exception):
    """Why a run of the judge left none: "it took too long"."""


class JudgeRun:
    """One run of the judge: starts at once, answers later."""

    def __init__(
        self, sandbox: Sandbox, chunks: Sequence[dict[str, Any]], limits: Limits, first: Mapping[str, Any]
    ) -> None:
        self._nonce = secrets.token_hex(16)
        request = {"chunks": list(chunks), "timeout": limits.timeout, "nonce": self._nonce, "first": dict(first)}
        self._room = sandbox.judge(request)

    def answer(self, deadline: float, limits: Limits) -> dict[str, Any]:
        data = json.loads(_wait(self._room, deadline, limits))
        if data["nonce"] != self._nonce:
            raise ValueError("not the judge's answer")
        return data

    def close(self) -> None:
        self._room.close()


def _wait(room: Room, deadline: float, limits: Limits) -> bytes:
    base, pause, next_look = 0, 0.002, time.monotonic() + 0.3
    while room.alive():
        time.sleep(pause)
        pause = min(pause * 1.3, 0.01)
        now = time.monotonic()
        if now > deadline:
            raise _NoAnswer("it took too long")
        if now > next_look:
            next_look = now + 0.3
            used = memory_of(room.pids())
            base = base or used
            if used - base > limits.memory:
                raise _NoAnswer("it used too much memory")
    try:
        descriptor = os.open(room.folder / _JUDGED, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise SandboxError("the second run left no answer") from error
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(_LARGEST)
    if not data:
        raise _NoAnswer("it ended early")
    return data
