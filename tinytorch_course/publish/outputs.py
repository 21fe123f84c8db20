"""What the given cells of a notebook print and draw: the solved notebook is run, and kept until it or the library changes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ..base.course import Module
from ..base.errors import CourseError
from ..base.files import read_text, write_whole
from ..base.notebook import read_notebook
from ..student.run_notebook import run

Outputs = dict[str, list[dict[str, Any]]]  # by the cell's id


def outputs_of(module: Module, cache: Path) -> Outputs:
    """The outputs of a module's given cells, as nbformat has them: text and pictures, no warnings.

    Parameters
    ----------
    module : Module
    cache : path
        A folder: what was run once is not run again while notebook and library are the same.

    Raises
    ------
    CourseError
        When one of the cells fails.
    """
    course = module.course
    state = hashlib.sha256(module.notebook.read_bytes())
    for path in sorted(course.library.rglob("*.py")):
        state.update(path.read_bytes())
    kept = cache / f"{module.name}-{state.hexdigest()[:16]}.json"
    if kept.is_file():
        found: Outputs = json.loads(read_text(kept))
        return found
    nb = read_notebook(module.notebook)
    if failures := run(course, module.notebook, nb):
        raise CourseError(f"its cell fails: {failures[0].message}", file=module.notebook, cell=failures[0].cell)
    given = [cell for cell in nb.cells if cell.cell_type == "code" and "nbgrader" not in cell.metadata]
    found = {cell.id: shown for cell in given if (shown := [s for o in cell.outputs if (s := _shown(o))])}
    for old in cache.glob(f"{module.name}-*.json"):
        old.unlink()
    write_whole({kept: json.dumps(found, ensure_ascii=False)})
    return found


def _shown(output: dict[str, Any]) -> dict[str, Any] | None:
    """The output with one form only, which has words for those who cannot see it; nothing for a warning."""
    if output["output_type"] == "stream":
        return dict(output) if output["name"] == "stdout" else None
    data = output["data"]
    html = data.get("text/html") or data.get("image/svg+xml")  # the SVG holds its own title and description
    if html:
        return {"output_type": "display_data", "metadata": {}, "data": {"text/html": html}}
    text = data.get("text/plain")
    return {"output_type": "display_data", "metadata": {}, "data": {"text/plain": text}} if text else None
