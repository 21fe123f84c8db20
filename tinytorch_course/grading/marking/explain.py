"""Says, exercise by exercise, what came of a submission. A pure function of what ran and of the answer key."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Mapping, Sequence

from ...base.code import unreadable, without_magics
from ...base.marks import number_of
from ..model import Cell, CellResult, Executed, ExerciseResult, Prepared, Source, SourceCell
from .blame import OwnCell, blamed, qualified_names
from .for_students import about_cell, about_test
from .known import mistake
from .mark import OUT_OF_STEP, Key, Verdict, mark
from .records import read_key
from .run import Ran, error_output
from .taken_names import TakenNames

_LONGEST_MESSAGE = 3000
_NUMPY_NUMBER = re.compile(r"\A(?:np\.\w+|array)\(([^(),]+)(?:, dtype=[^()]*)?\)\Z")  # np.float64(1.5), array(1.5)


def explain(prepared: Prepared, ran: Ran, source: Source, key: Key, known: Mapping[str, str] | None = None) -> Executed:
    """Points, cards, flags and outputs of one submission. With `known`, sentences by fingerprint, it names mistakes."""
    return _Explained(prepared, ran, source, key, known or {}).whole()


class _Explained:
    def __init__(self, prepared: Prepared, ran: Ran, source: Source, key: Key, mistakes: Mapping[str, str]) -> None:
        self._cells, self._ran, self._source, self._key = prepared.cells, ran, source, key
        self._known, self._mistakes = source.by_name(), mistakes
        self._shadows = TakenNames(self._cells, self._known)
        self._places = {cell.name: at for at, cell in enumerate(self._cells) if cell.name}
        self._cards: dict[str, str] = {}  # of tests that failed, with what came
        self._flags: list[str] = []
        self._restored = dict(ran.restored)

    def whole(self) -> Executed:
        exercises = [self._exercise(cell) for cell in self._source.cells if cell.grade or cell.task]
        self._say_whose_fault(exercises)
        results = [CellResult(r.outputs, r.status, r.count, r.seconds) for r in self._ran.cells]
        return Executed(results, exercises, self._flags, self._ran.problem, self._left_out(), self._ran.seconds)

    def _exercise(self, cell: SourceCell) -> ExerciseResult:
        found = ExerciseResult(cell.name, number_of(cell.name), cell.title, None, cell.points)
        if not cell.is_test:
            return found
        at, found.score = self._places[cell.name], 0.0
        result = self._ran.cells[at]
        if at in self._ran.lost:
            found.message = self._cards[cell.name] = f"Your code {self._ran.lost[at]}."
        elif result.status == "timeout":
            found.message = self._cards[cell.name] = (
                f"Your code was {last_error(result)[1]}: is there a loop that never ends?"
            )
        elif result.status == "skipped":
            found.message = f"This test was not run: {self._ran.problem or 'the notebook stopped before it'}."
        else:
            self._judge(cell, at, found)
        return found

    def _judge(self, cell: SourceCell, at: int, found: ExerciseResult) -> None:
        result, verdict = self._ran.cells[at], self._verdict(cell, self._ran.cells[at])
        again = self._ran.second.get(at)
        if again is not None:  # what another cell has taken costs that cell's exercise
            second = self._verdict(cell, again)
            if not verdict.passed and (second.passed or second.card != verdict.card):
                result, verdict = again, second
            else:
                del self._restored[at]
        self._ran.cells[at] = result
        number = found.number
        if verdict.passed:
            found.passed, found.score = True, _points(result, cell)
            if self._key[cell.name]:
                said = f"{number} {found.title}: {verdict.counts[0]} visible and {verdict.counts[1]} hidden checks passed\n"
                result.outputs.append({"output_type": "stream", "name": "stdout", "text": said})
            return
        if verdict.wrong == "malformed":
            self._flags.append(f"{number}: {OUT_OF_STEP}")
        self._cards[cell.name] = verdict.card
        found.hidden = verdict.asked is not None and verdict.asked.hidden
        found.mistake = mistake(result.records, read_key(self._key[cell.name]), cell, self._mistakes)
        perhaps = f"\n  perhaps   {found.mistake}" if found.mistake else ""
        message = about_test(verdict, number, found.title, self._cells, self._source)
        found.message, card = message[:_LONGEST_MESSAGE] + perhaps, verdict.card + perhaps
        result.outputs = [output for output in result.outputs if output["output_type"] != "error"]
        result.outputs.append(error_output("CheckFailed", card, card.split("\n")))
        result.status = "error"

    def _verdict(self, cell: SourceCell, result: CellResult) -> Verdict:
        """A test has to send the right records and to end without an error."""
        verdict = mark(result.records, read_key(self._key[cell.name]), number_of(cell.name), cell.title)
        if failed(result) and (verdict.passed or verdict.wrong == "malformed"):
            name, says = last_error(result)
            card = f"{number_of(cell.name)} {cell.title}: the test stopped\n  error     {name}: {says}"
            return Verdict(False, card, "stopped", error_name=name, says=says)
        return verdict

    # -- whose fault it is -----------------------------------------------------------------------------------------

    def _say_whose_fault(self, exercises: Sequence[ExerciseResult]) -> None:
        """Say for each failed exercise whether its own cell or an earlier one stopped it."""
        lost = {item.number for item in exercises if item.score == 0 and not item.passed and item.score is not None}
        own: list[OwnCell] = []
        for at, cell in enumerate(self._cells):
            expected = self._known.get(cell.name or "")
            if expected is None or not expected.solution or expected.cell_type != "code":
                continue
            number = number_of(expected.name)
            own.append(OwnCell(number, frozenset(qualified_names(expected.source)), cell.source))
            if at in self._ran.lost:
                _note(exercises, number, f"The cell of this exercise {self._ran.lost[at]}.")
            elif self._ran.cells[at].status in ("error", "timeout"):
                _note(exercises, number, self._about_cell(cell, self._ran.cells[at]))
            _note(exercises, number, self._shadows.remark(at))
        for item in exercises:
            if item.number in lost and not item.mistake:  # a known mistake is this exercise's own
                item.because = blamed(item.number, self._cards.get(item.name, ""), own, lost)

    def _about_cell(self, cell: Cell, result: CellResult) -> str:
        name, says = last_error(result)
        if result.status == "timeout":
            return f"The cell of this exercise was {says}."
        if name != "SystemExit" and (broken := unreadable(without_magics(cell.source))):
            return f"The cell of this exercise is not Python: {broken}"
        errors = [output for output in result.outputs if output["output_type"] == "error"]
        return about_cell(cell, name, says, errors[-1]["traceback"] if errors else [], self._cells)

    def _left_out(self) -> list[str]:
        """Cells other than tests that ended Python or ran too long, counted as in the autograded notebook."""
        found, before = [], 0
        for at, (cell, result) in enumerate(zip(self._cells, self._ran.cells)):
            number = at + 1 + before
            before += cell.name in self._source.schemes  # which follows as a cell of its own
            if cell.name and self._known[cell.name].is_test:
                continue
            if at in self._ran.lost:
                found.append(f"cell {number} {self._ran.lost[at]} and was left out")
            elif result.status == "timeout":
                found.append(f"cell {number} was {last_error(result)[1]}")
        return found + self._shadows.told(self._restored)


def failed(result: CellResult) -> bool:
    """Whether a cell ended with an error."""
    return result.status != "ok" or any(output["output_type"] == "error" for output in result.outputs)


def last_error(result: CellResult) -> tuple[str, str]:
    """Name and message of the error with which a cell ended."""
    errors = [output for output in result.outputs if output["output_type"] == "error"]
    return (str(errors[-1]["ename"]), str(errors[-1]["evalue"])) if errors else ("", "")


def _note(exercises: Sequence[ExerciseResult], number: str, text: str) -> None:
    for item in exercises:
        if text and item.number == number and not item.passed and text not in item.message:
            item.message = f"{text}\n{item.message}" if item.message else text


def _points(result: CellResult, cell: SourceCell) -> float:
    """All points, or as many as the test's last expression says."""
    shown = [output for output in result.outputs if output["output_type"] == "execute_result"]
    if not shown or not _ends_in_a_value(cell.source):
        return cell.points
    try:
        points = float(_NUMPY_NUMBER.sub(r"\1", shown[-1]["data"]["text/plain"]))
    except (KeyError, TypeError, ValueError):
        return cell.points
    return min(points, cell.points) if points >= 0 else cell.points  # not a number: all of them, as nbgrader does


@functools.lru_cache(1 << 10)  # of tests, which are the same for the whole class
def _ends_in_a_value(source: str) -> bool:
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    return bool(body) and isinstance(body[-1], ast.Expr)
