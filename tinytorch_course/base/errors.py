"""The one error that users of the command line meet."""

from __future__ import annotations

from pathlib import Path


class CourseError(Exception):
    """Something that a person can mend: what was wrong, where, and what to do.

    Parameters
    ----------
    message : str
        What was wrong and what was expected, in one sentence.
    hint : str, optional
        What to do.
    file : path, optional
    cell, line : int, optional
        Where: the cell counted from 1, and the line of the file (or of the cell, for a notebook).
    exit_code : int
        1 when the work shows a failure, 2 for wrong usage or environment.
    """

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        *,
        file: Path | str | None = None,
        cell: int | None = None,
        line: int | None = None,
        exit_code: int = 2,
    ) -> None:
        self.message, self.hint, self.exit_code = message, hint, exit_code
        self.file, self.cell, self.line = file, cell, line
        super().__init__(str(self))

    def __str__(self) -> str:
        place = [str(self.file)] if self.file else []
        place += [f"cell {self.cell}"] if self.cell is not None else []
        place += [f"line {self.line}"] if self.line is not None else []
        text = f"{', '.join(place)}: {self.message}" if place else self.message
        return f"{text}\n  {self.hint}" if self.hint else text
