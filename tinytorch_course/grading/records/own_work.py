"""What a student made: the cells of an autograded notebook that are theirs, and what was given in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..model import Source


@dataclass(frozen=True)
class OwnCell:
    """A cell that a student wrote in, or the test of one.

    Parameters
    ----------
    kind : str
        ``"code"``, ``"text"`` or ``"test"``.
    name : str
        Its grade id; empty for a cell that the student added.
    source : str
        What stands in it.
    pieces : list of (str, str)
        What came of it: ``("text", …)``, ``("error", …)``, or a picture's type and its base64 text.
    """

    kind: str
    name: str
    source: str
    pieces: list[tuple[str, str]] = field(default_factory=list)


def own_cells(path: Path) -> list[OwnCell]:
    """The student's cells of an autograded notebook, and the tests; none where it cannot be read."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [found for cell in cells if (found := _own(cell)) is not None]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _own(cell: Mapping[str, Any]) -> OwnCell | None:
    about = cell["metadata"].get("nbgrader") or {}
    text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    code, solution, grade = cell["cell_type"] == "code", about.get("solution"), about.get("grade")
    if about and not solution and not (code and grade):
        return None
    kind = "test" if grade and not solution else "code" if code else "text"
    return OwnCell(kind, about.get("grade_id", ""), text, list(_outputs(cell.get("outputs", ()))))


def _outputs(outputs: Any) -> Iterator[tuple[str, str]]:
    for output in outputs:
        data = output.get("data", {})
        if output["output_type"] == "error":
            yield "error", "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
        elif output["output_type"] == "stream":
            yield "text", "".join(output["text"])
        elif picture := next((name for name in ("image/png", "image/jpeg") if name in data), ""):
            yield picture, "".join(data[picture]).strip()
        elif "text/plain" in data:
            yield "text", "".join(data["text/plain"])


def given_code(source: Source) -> dict[str, str]:
    """What the edition holds in the cells of exercises, by grade id."""
    return {cell.name: cell.source for cell in source.cells if cell.solution and cell.cell_type == "code"}
