"""Notebooks as the course writes them: the same source gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from .errors import CourseError
from .files import read_text

KEPT_METADATA = ("nbgrader", "tags", "deletable", "editable")
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


def read_notebook(path: Path) -> NotebookNode:
    """A notebook in nbformat 4, or a clear error that names file and line."""
    text = read_text(path)
    try:
        nb = json.loads(text)
    except json.JSONDecodeError as error:
        what = "is empty" if not text.strip() else f"is not a notebook: {error.msg}"
        hint = "A notebook is JSON. Take an earlier version, or save it again from JupyterLab."
        raise CourseError(what, hint, file=path, line=error.lineno) from error
    if not isinstance(nb, dict) or ("cells" not in nb and "worksheets" not in nb):
        raise CourseError("is JSON, but not a notebook: it has no cells", file=path)
    named: set[str] = set()
    for number, cell in enumerate(nb.get("cells", []), start=1):
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        if kind not in ("code", "markdown", "raw"):
            hint = "Cells are of type code, markdown or raw."
            raise CourseError(f"the cell type {kind!r} is unknown", hint, file=path, cell=number)
        _tidy(cell, f"cell-{number}", named)
    if nb.get("nbformat") == 4 and nb.get("nbformat_minor") != 5:  # cells have ids since 4.5
        nb["nbformat_minor"] = 5
    try:
        return nbformat.reads(json.dumps(nb), as_version=4)
    except Exception as error:  # nbformat raises many kinds
        raise CourseError(f"is not a valid notebook: {error}", file=path) from error


def _tidy(cell: dict[str, Any], name: str, named: set[str]) -> None:
    """Mend what other programs leave: no id, an odd one or the same twice (nbformat warns), line ends of Windows."""
    if not isinstance(cell.get("id"), str) or not _ID.fullmatch(cell["id"]) or cell["id"] in named:
        cell["id"] = name
    named.add(cell["id"])
    if isinstance(cell.get("source"), list):
        cell["source"] = "".join(map(str, cell["source"]))
    cell["source"] = str(cell.get("source", "")).replace("\r\n", "\n")


def _cell_id(cell: NotebookNode, taken: set[str]) -> str:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    if grade_id:
        base = re.sub(r"[^a-zA-Z0-9_-]", "-", grade_id)[:60]
    else:
        base = "c-" + hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:10]
    name, count = base, 1
    while name in taken:
        count += 1
        name = f"{base}-{count}"
    taken.add(name)
    return name


def canonical(nb: NotebookNode) -> NotebookNode:
    """The same notebook in the one form that depends on its content only.

    No outputs, no counts, cell ids from grade ids or content, only metadata that means something here.
    """
    taken: set[str] = set()
    cells = []
    for cell in nb.cells:
        metadata = {key: cell.metadata[key] for key in KEPT_METADATA if cell.metadata.get(key) not in (None, [], {})}
        new: dict[str, Any] = {
            "cell_type": cell.cell_type,
            "id": "",
            "metadata": json.loads(json.dumps(metadata, sort_keys=True)),
            "source": cell.source.strip("\n"),
        }
        if cell.cell_type == "code":
            new |= {"execution_count": None, "outputs": []}
        node = nbformat.from_dict(new)
        node.id = _cell_id(node, taken)
        cells.append(node)
    metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def digest(nb: NotebookNode) -> str:
    """A fingerprint of what a notebook says, whatever its outputs, ids and other metadata."""
    cells = [[cell.cell_type, cell.source, cell.metadata] for cell in canonical(nb).cells]
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()[:16]


def checksum(cell: NotebookNode) -> str:
    """nbgrader's checksum of one of its cells, as a release stores it there: ``nbgrader.utils.compute_checksum``.

    Importing nbgrader takes longer than running a notebook's exercises.
    """
    about = cell.metadata.get("nbgrader", {})
    grade, solution = about.get("grade", False), about.get("solution", False)
    locked = not solution and (grade or about.get("locked", False))
    parts = [cell.source, cell.cell_type, str(grade), str(solution), str(bool(locked)), about["grade_id"]]
    parts += [str(float(about["points"]))] if grade else []
    return hashlib.md5("".join(parts).encode("utf-8", errors="surrogatepass"), usedforsecurity=False).hexdigest()


def is_as_released(cell: NotebookNode) -> bool:
    """Whether a cell is as the student edition had it."""
    released = cell.metadata.get("nbgrader", {}).get("checksum")
    return bool(released) and checksum(cell) == released


def to_json(nb: NotebookNode) -> str:
    """A notebook as text: the same notebook gives the same bytes on every system."""
    return json.dumps(nb, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
