"""Runs a prepared submission in a sandboxed kernel and says, exercise by exercise, what came of it.

Everything here is a function of plain data that pickles: `work` is what a process of the pool or a Dask worker gets.
"""

from __future__ import annotations

import ast
import builtins
import math
import re
import secrets
import time
from collections.abc import Sequence
from typing import Any

from ...base.code import unreadable, without_magics
from ...base.marks import hidden_lines, number_of, visible
from ..model import Cell, CellResult, Executed, ExerciseResult, Job, Prepared, SourceCell, Task, Worked
from ..sandbox.kernel import Kernel, KernelGone
from ..sandbox.rooms import SandboxError
from ..sandbox.sandbox import Sandbox
from .blame import OwnCell, blamed, qualified_names
from .feedback_text import advice, guarded, guarded_error, without_addresses
from .judge import Verdict, judge, oddities
from .prepare import prepare
from .taken_names import FirstMeaning, TakenNames

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FILE = re.compile(r"\(?(?:(?:/tmp/ipykernel_\d+/|<ipython-input-)?\b\d{4,}\.py|<(?:cell|given) \d+>), line (\d+)\)?")
_ROW = re.compile(r"^  error +(\w+)", re.MULTILINE)
_CHECK = re.compile(r"^  check +(.*)\n", re.MULTILINE)
_LONGEST_MESSAGE = 3000


def work(task: Task, setting: Job) -> Worked:
    """Prepare and execute one submission. Never raises for what a student sends."""
    began = time.monotonic()
    prepared = prepare(task.data, setting.source)
    spent = time.monotonic() - began
    if prepared.refused is not None:
        return Worked(task.student, prepared, None)
    executed = execute(prepared, setting, task.files)
    executed.seconds["prepare"] = spent
    return Worked(task.student, prepared, executed)


def execute(prepared: Prepared, setting: Job, files: dict[str, str] | None = None) -> Executed:
    """Run the cells and judge the exercises."""
    sandbox = Sandbox.shared(setting.library, setting.source.preload, setting.limits, setting.hide, setting.sandbox)
    run = _Run(prepared, setting, sandbox, files or {})
    try:
        return run.whole()
    except SandboxError as error:
        return Executed(problem=str(error))


def with_canary(code: str, name: str, value: str) -> str:
    """`code` with an assignment before its last expression, or at its end: proof that it ran that far."""
    line = f"{name} = {value!r}"
    try:
        last = ast.parse(code).body[-1]
    except (SyntaxError, IndexError):
        return f"{code}\n{line}"
    lines = code.split("\n")
    if isinstance(last, ast.Expr) and last.col_offset == 0 and not _shares_line(code, last):
        return "\n".join([*lines[: last.lineno - 1], line, *lines[last.lineno - 1 :]])
    return f"{code}\n{line}"


def ends_in_expression(code: str) -> bool:
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return False
    return bool(body) and isinstance(body[-1], ast.Expr)


def _shares_line(code: str, last: ast.stmt) -> bool:
    body = ast.parse(code).body
    return len(body) > 1 and body[-2].end_lineno == last.lineno


class _Run:
    """One submission's way through a kernel, or several when it loses one."""

    def __init__(self, prepared: Prepared, setting: Job, sandbox: Sandbox, files: dict[str, str]) -> None:
        self._cells, self._source, self._limits = prepared.cells, setting.source, setting.limits
        self._sandbox, self._files = sandbox, files
        self._known = setting.source.by_name()
        self._hidden = [line for cell in setting.source.cells if cell.is_test for line in hidden_lines(cell.source)]
        self._shadows = TakenNames(prepared.cells, self._known)
        self._restored: dict[int, FirstMeaning] = {}  # cells that ran with the first meaning of some names
        self._results = [CellResult() for _ in self._cells]
        self._scores: dict[str, float] = {}
        self._messages: dict[str, str] = {}  # of tests that failed
        self._said: dict[str, tuple[str, str]] = {}  # what the kernel says about them: kind of error, text
        self._verdict: Verdict | None = None
        self._lost: dict[int, str] = {}  # cells that cost the kernel, and why
        self._flags: list[str] = []
        self._problem: str | None = None
        self._seconds: dict[str, float] = {"start": 0.0, "run": 0.0, "judge": 0.0}

    def whole(self) -> Executed:
        deadline = time.monotonic() + self._limits.total
        position = 0
        while position < len(self._cells):
            try:
                position = self._with_a_kernel(position, deadline)
            except KernelGone as gone:
                position = self._after_loss(gone)
                if position is None:
                    break
        self._check_apart()
        exercises = self._exercises()
        return Executed(self._results, exercises, self._flags, self._problem, self._left_out(), self._seconds)

    # -- kernels ---------------------------------------------------------------------------------------------------

    def _with_a_kernel(self, position: int, deadline: float) -> int:
        """Run from `position` on. Cells before it run again first, without tests and without those that did harm."""
        began = time.monotonic()
        kernel = Kernel(self._sandbox, self._limits, self._files)
        self._seconds["start"] += time.monotonic() - began
        began = time.monotonic()
        try:
            for at, cell in enumerate(self._cells):
                if not self._runs(at, cell):
                    continue
                left = deadline - time.monotonic()
                if left <= 0:
                    self._problem = f"the notebook took longer than {self._limits.total:g} s; the rest was not run"
                    return len(self._cells)
                self._current = at
                if at < position:
                    if not self._is_test(cell):
                        self._with_first_meaning(kernel, cell.source, self._restored.get(at), left)
                else:
                    self._run_cell(kernel, at, cell, min(self._limits.timeout, left))
        finally:
            self._seconds["run"] += time.monotonic() - began
            kernel.close()
        return len(self._cells)

    def _runs(self, at: int, cell: Cell) -> bool:
        return cell.cell_type == "code" and cell.run and at not in self._lost and bool(cell.source.strip())

    def _is_test(self, cell: Cell) -> bool:
        return cell.name is not None and self._known[cell.name].is_test

    def _after_loss(self, gone: KernelGone) -> int | None:
        """Note which cell cost the kernel; give the position to go on from, or None to stop."""
        at = self._current
        self._lost[at] = gone.why
        name = {"timeout": "CellTimeoutError", "memory": "MemoryError"}.get(gone.kind, "DeadKernelError")
        text = f"this cell {gone.why}"
        error = {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}
        self._results[at] = CellResult([error], gone.kind, None, 0.0)
        cell = self._cells[at]
        if self._is_test(cell):
            self._scores[cell.name or ""] = 0.0
            self._messages[cell.name or ""] = f"Your code {gone.why}."
        if len(self._lost) > self._limits.restarts:
            self._problem = f"{len(self._lost)} cells ended the Python process; what comes after the last was not run"
            return None
        reached = [i for i, result in enumerate(self._results) if result.status != "skipped"]
        return max([*reached, at]) + 1

    def _left_out(self) -> list[str]:
        """Cells other than tests that ended Python or ran too long, counted as in the autograded notebook."""
        found = []
        for at, (cell, result) in enumerate(zip(self._cells, self._results)):
            if self._is_test(cell):
                continue
            if at in self._lost:
                found.append(f"cell {at + 1} {self._lost[at]} and was left out")
            elif result.status == "timeout":
                found.append(f"cell {at + 1} was stopped after {self._limits.timeout:g} s")
        return found + self._shadows.told(self._restored)

    # -- cells -----------------------------------------------------------------------------------------------------

    def _run_cell(self, kernel: Kernel, at: int, cell: Cell, timeout: float) -> None:
        if not self._is_test(cell):
            self._results[at], _ = self._with_first_meaning(kernel, cell.source, None, timeout)
            restore = self._shadows.of_others(at) if self._results[at].status == "error" and cell.name else None
            if restore:
                again, _ = self._with_first_meaning(kernel, cell.source, restore, timeout)
                if again.status == "ok":
                    self._results[at], self._restored[at] = again, restore
            return
        assert cell.name is not None
        variable, value = f"_{secrets.token_hex(8)}", secrets.token_hex(16)
        code = with_canary(cell.source, variable, value)
        ask = {"proof": variable}
        result, answers = kernel.run(code, timeout, ask)
        expected = self._known[cell.name]
        restore = self._shadows.of_others(at) if _failed(result) and result.status != "timeout" else None
        if restore:  # a name that another cell has taken costs that cell's exercise, not this one
            again, replies = self._with_first_meaning(kernel, code, restore, timeout, ask)
            if not _failed(again) or _last_error(again) != _last_error(result):
                result, answers, self._restored[at] = again, replies, restore
        self._results[at] = result
        if _failed(result):
            self._scores[cell.name] = 0.0
            self._messages[cell.name] = self._message(result, expected)
        elif _text_of(answers.get("proof")) != repr(value):
            self._scores[cell.name] = 0.0
            self._messages[cell.name] = (
                "The test did not run to its end: something in the notebook changes how cells run."
            )
            self._flags.append(f"{number_of(cell.name)}: the test ended without an error before its end")
            result.status = "error"
            result.outputs.append(_error_output("TestNotFinished", "the test did not run to its end"))
        else:
            self._scores[cell.name] = _points(result, expected, cell.source)

    def _with_first_meaning(
        self, kernel: Kernel, code: str, restore: FirstMeaning | None, timeout: float, ask: dict[str, str] | None = None
    ) -> tuple[CellResult, dict[str, Any]]:
        """Run code while names that were taken have their first meaning."""
        timeout = min(self._limits.timeout, timeout)
        if restore is None:
            return kernel.run(code, timeout, ask)
        kernel.run(restore.before, timeout)
        found = kernel.run(code, timeout, ask)
        kernel.run(restore.after, timeout)
        return found

    def _message(self, result: CellResult, expected: SourceCell) -> str:
        """What a student may read of a failure before it was judged apart: nothing that their code could have made."""
        name, value = _last_error(result)
        text = _plain(value if name == "CheckFailed" else f"{name}: {value}" if value else name)
        self._look_for_hidden(text, number_of(expected.name))
        if result.status == "timeout":
            return f"Your code was {value}: is there a loop that never ends?"
        if name == "SystemExit":
            return f"{number_of(expected.name)}: {advice(text)}"
        self._said[expected.name] = name, text
        return f"The test failed{_of_kind(name)}; its message was withheld."

    def _apart_message(self, name: str, verdict: Verdict) -> str:
        """The message as it came where the code of hidden tests can be read nowhere, if it is the same there."""
        kind, said = self._said[name]
        if verdict.reads or name not in verdict.messages:
            return self._messages[name]
        if verdict.passed.get(name):
            return (
                f"The test failed in the notebook{_of_kind(kind)}, but passes when the definitions run alone: "
                "is there a cell that changes something for all that follow?"
            )
        if not verdict.messages[name]:
            return self._messages[name]
        message = _plain(verdict.messages[name])
        same = without_addresses(_CHECK.sub("", said)) == without_addresses(_CHECK.sub("", message))
        line = _CHECK.search(said)
        shown = visible(self._known[name].source)
        if same and (line is None or line.group(1).strip() in map(str.strip, shown.split("\n"))):
            message = said
        text = guarded(message) if message.startswith(f"{number_of(name)} ") else guarded_error(message)
        if not same and _gist(said) != _gist(message):
            text += "\nIn the notebook the test said something else, which was withheld."
        return f"{without_addresses(text)}{advice(text, before=chr(10))}"[:_LONGEST_MESSAGE]

    def _look_for_hidden(self, text: str, number: str) -> None:
        """Mark a message that holds a line of any hidden test: the code of all cells so far lies in the kernel."""
        if any(line in text for line in self._hidden):
            self._flags.append(f"{number}: the error message repeated hidden test code")

    # -- exercises -------------------------------------------------------------------------------------------------

    def _exercises(self) -> list[ExerciseResult]:
        found = []
        for cell in self._source.cells:
            if not (cell.grade or cell.task):
                continue
            result = ExerciseResult(cell.name, number_of(cell.name), cell.title, None, cell.points)
            if cell.is_test:
                result.score = self._scores.get(cell.name, 0.0)
                result.passed = cell.name in self._scores and cell.name not in self._messages
                if cell.name not in self._scores:
                    result.message = f"This test was not run: {self._problem or 'the notebook stopped before it'}."
                else:
                    result.message = self._messages.get(cell.name, "")
            found.append(result)
        self._explain(found)
        return found

    def _explain(self, exercises: Sequence[ExerciseResult]) -> None:
        """Say for each failed exercise whether its own cell or an earlier one stopped it."""
        failed = {item.number for item in exercises if item.score == 0 and not item.passed and item.score is not None}
        own_cells: list[OwnCell] = []
        for at, cell in enumerate(self._cells):
            expected = self._known.get(cell.name or "")
            if expected is None or not expected.solution or expected.cell_type != "code":
                continue
            number = number_of(expected.name)
            own_cells.append(OwnCell(number, frozenset(qualified_names(expected.source)), cell.source))
            if at in self._lost:
                self._note(exercises, number, f"The cell of this exercise {self._lost[at]}.")
            elif self._results[at].status in ("error", "timeout"):
                self._note(exercises, number, self._cell_message(at, cell, number))
            self._note(exercises, number, self._shadows.remark(at))
        for item in exercises:
            if item.number in failed:
                item.because = blamed(item.number, item.message, own_cells, failed)

    def _cell_message(self, at: int, cell: Cell, number: str) -> str:
        """What a student may read about a cell of theirs that stopped."""
        name, value = _last_error(self._results[at])
        text = _plain(f"{name}: {value}" if value else name)
        self._look_for_hidden(text, number)
        if self._results[at].status == "timeout":
            return f"The cell of this exercise was {value}."
        if name == "SystemExit":
            return f"The cell of this exercise stopped: {advice(text)}"
        broken = unreadable(without_magics(cell.source))
        if broken:
            return f"The cell of this exercise is not Python: {broken}"
        apart = self._verdict.errors.get(at + 1, "") if self._verdict and not self._verdict.reads else ""
        if without_addresses(_plain(apart)) == without_addresses(text):
            return f"The cell of this exercise stopped with {guarded_error(text)}{advice(text, before=' ')}"
        return f"The cell of this exercise stopped{_of_kind(name)}; its message was withheld."

    def _note(self, exercises: Sequence[ExerciseResult], number: str, text: str) -> None:
        for item in exercises:
            if text and item.number == number and not item.passed and text not in item.message:
                item.message = f"{text}\n{item.message}" if item.message else text

    # -- the second opinion ----------------------------------------------------------------------------------------

    def _check_apart(self) -> None:
        passed = [name for name, score in self._scores.items() if name not in self._messages]
        odd = oddities(self._cells, self._source)
        self._flags += [f"the code {what}" for what in odd[:8]]
        if not passed and not self._said:
            return
        restore = {at + 1: each.plain() for at, each in self._restored.items()}
        try:
            verdict = judge(
                self._cells,
                self._source,
                [*passed, *self._said],
                passed,
                self._sandbox,
                self._limits,
                restore,
                self._shadows.first_meanings(),
            )
        except SandboxError:
            verdict = Verdict(problem="the second run did not end properly")
        self._verdict, self._seconds["judge"] = verdict, verdict.seconds
        if verdict.problem:
            self._flags.append(verdict.problem)
            return
        if verdict.incomplete:
            self._flags.append(verdict.incomplete)
        for name in self._said:
            self._messages[name] = self._apart_message(name, verdict)
        looks: dict[tuple[str, ...], list[str]] = {}
        for label, found in verdict.reads.items():
            looks.setdefault(tuple(found), []).append(label)
        for found, labels in list(looks.items())[:8]:
            self._flags.append(f"{', '.join(labels)}: the code looks beyond its arguments: {', '.join(found)}")
        if verdict.unlike:
            numbers = ", ".join(dict.fromkeys(number_of(name) for name in verdict.unlike))
            self._flags.append(f"gives other results where the tests hold no expected values: {numbers}")
        differ = [
            name
            for name in passed
            if not verdict.passed.get(name, False) or self._scores[name] > max(0.0, verdict.points.get(name, math.inf))
        ]
        if verdict.changed:
            self._flags.append(f"changes what the tests rest on: {', '.join(verdict.changed[:6])}")
        if differ:
            numbers = ", ".join(dict.fromkeys(number_of(name) for name in differ))
            self._flags.append(f"passed in the notebook, but not when judged apart: {numbers}")
        withheld = differ if odd else passed if verdict.changed else []
        for name in withheld:
            self._scores[name] = 0.0
            self._messages[name] = "These points wait for a person: the test passed in an unusual way."
        if withheld:
            self._problem = "points were withheld: tests passed only with code that changes how tests run"
            for at, cell in enumerate(self._cells):
                if cell.name in withheld:
                    self._results[at].outputs.append(
                        _error_output("PointsWithheld", "a person decides about this test")
                    )


def _failed(result: CellResult) -> bool:
    return result.status != "ok" or any(output["output_type"] == "error" for output in result.outputs)


def _last_error(result: CellResult) -> tuple[str, str]:
    errors = [output for output in result.outputs if output["output_type"] == "error"]
    return (str(errors[-1]["ename"]), str(errors[-1]["evalue"])) if errors else ("", "")


def _gist(text: str) -> tuple[str, str]:
    """A message's first line, and the kind of error that it tells."""
    first, _, rest = text.partition("\n")
    error = _ROW.search(rest)
    return re.sub(r"\d+", "0", first), error.group(1) if error else ""


def _of_kind(name: str) -> str:
    """`` with a ValueError``, for errors that Python has: another's name could say anything."""
    known = isinstance(getattr(builtins, name, None), type)
    return f" with {'an' if name[0] in 'AEIOU' else 'a'} {name}" if known else ""


def _plain(text: str) -> str:
    """A message without colours, control characters and the kernel's names for cells."""
    return _FILE.sub(r"(line \1)", _CONTROL.sub("", _ANSI.sub("", text)))


def _error_output(name: str, value: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": [f"{name}: {value}"]}


def _text_of(answer: Any) -> str | None:
    try:
        return str(answer["data"]["text/plain"])
    except (TypeError, KeyError):
        return None


def _points(result: CellResult, expected: SourceCell, code: str) -> float:
    """All points, or as many as the test's last expression says."""
    if not ends_in_expression(code):
        return expected.points
    shown = [output for output in result.outputs if output["output_type"] == "execute_result"]
    try:
        points = float(shown[-1]["data"]["text/plain"])
    except (IndexError, KeyError, ValueError):
        return expected.points
    if not points >= 0:  # NaN included
        return expected.points
    return min(points, expected.points)
