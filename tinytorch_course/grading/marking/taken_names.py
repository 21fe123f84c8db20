"""Names that a student's cell takes away from all others: ``sum = 3``, ``np = None``.

Every later cell that needs such a name would fail. So a cell that fails is tried once more with the name's first
meaning, and the remark says which cell took it.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...base.code import names_bound, names_imported, parsed
from ...base.marks import number_of
from ..model import Cell, SourceCell

_BUILTINS = {name for name in dir(builtins) if not name.startswith("_")}


@dataclass(frozen=True)
class FirstMeaning:
    """Names and the code that gives them their first meaning."""

    names: tuple[str, ...]
    code: str  # the imports

    @property
    def before(self) -> str:
        """For the kernel: take the names' present meaning aside."""
        return (
            "import builtins as _tt_b\n_tt_g = _tt_b.globals()\n"
            f"_tt_kept = {{_tt_n: _tt_g.pop(_tt_n) for _tt_n in {self.names!r} if _tt_n in _tt_g}}\n{self.code}"
        )

    @property
    def after(self) -> str:
        """For the kernel: put it back."""
        return "_tt_g.update(_tt_kept)"


class TakenNames:
    """Which cells of a submission take which names.

    Parameters
    ----------
    cells : sequence of Cell
        The prepared submission.
    known : mapping of str to SourceCell
        The assignment's cells by grade id.
    """

    def __init__(self, cells: Sequence[Cell], known: Mapping[str, SourceCell]) -> None:
        self._cells, self._known = cells, known
        self._imports: dict[str, str] = {}
        self._taken: dict[int, dict[str, int]] = {}  # by cell: name and line
        for at, cell in enumerate(cells):
            if cell.cell_type != "code" or not cell.run:
                continue
            tree = parsed(cell.source)
            expected = known.get(cell.name or "")
            if expected is not None and expected.restored:
                if not expected.is_test:
                    for name, statement in names_imported(tree):
                        self._imports.setdefault(name, statement)
                continue
            own = dict(names_bound(parsed(expected.source))) if expected is not None else {}
            again = {name for name, statement in names_imported(tree) if self._imports.get(name) == statement}
            taken = {
                name: line
                for name, line in names_bound(tree)
                if name not in own and name not in again and (name in _BUILTINS or name in self._imports)
            }
            if taken:
                self._taken[at] = taken

    def of_others(self, at: int) -> FirstMeaning | None:
        """The names that cells of other exercises have taken before this cell."""
        number = self._number(at)
        own = {
            name
            for place, names in self._taken.items()
            if place < at and self._number(place) == number
            for name in names
        }
        names = {name for place, names in self._taken.items() if place < at for name in names} - own
        if not names or not number:
            return None
        ordered = tuple(sorted(names))
        return FirstMeaning(ordered, "\n".join(self._imports[name] for name in ordered if name in self._imports))

    def remark(self, at: int) -> str:
        """For the exercise whose own cell takes names."""
        taken = self._taken.get(at)
        if not taken:
            return ""
        names = " and ".join(f"`{name}` (line {line})" for name, line in list(taken.items())[:4])
        return f"This exercise's cell gives {names} another meaning for the whole notebook: choose another name."

    def told(self, restored: Mapping[int, FirstMeaning]) -> list[str]:
        """What was put right, for the people who read the result."""
        used = {name for restore in restored.values() for name in restore.names}
        found = []
        for at, taken in self._taken.items():
            names = [f"`{name}`" for name in taken if name in used]
            if names:
                found.append(
                    f"cell {at + 1} gives {', '.join(names[:4])} another meaning; cells of other exercises that failed "
                    "because of it ran with the first one"
                )
        return found

    def _number(self, at: int) -> str | None:
        """The exercise to which a cell belongs; another text for every cell that belongs to none."""
        name = self._cells[at].name
        if name is None:
            return f"cell {at}"
        return number_of(name)
