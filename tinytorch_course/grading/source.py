"""Reads what an assignment consists of from nbgrader's gradebook and the release that lies beside it."""

from __future__ import annotations

import ast
import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from ..errors import CourseError
from .model import Source, SourceCell


def read_config(course_dir: Path) -> Config:
    """nbgrader's configuration for this course, as its own commands would read it."""
    try:
        return PyFileConfigLoader("nbgrader_config.py", path=str(course_dir)).load_config()
    except ConfigFileNotFound:
        from ..nbgrader_setup import configure

        return configure(Config(), course_dir)


def course_directory(course_dir: Path, config: Config | None = None) -> CourseDirectory:
    config = read_config(course_dir) if config is None else config
    directory = CourseDirectory(config=config)
    if not config.CourseDirectory.get("root"):
        directory.root = str(course_dir)
    return directory


def _order(directory: CourseDirectory, assignment: str, notebook: str) -> tuple[dict[str, int], set[str]]:
    """Position of each grade id in the release (or the source), and the ids of the cells tagged ``demo``."""
    for step in (directory.release_directory, directory.source_directory):
        path = Path(directory.format_path(step, ".", assignment), f"{notebook}.ipynb")
        if not path.is_file():
            continue
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (ValueError, KeyError, UnicodeDecodeError):
            continue
        places: dict[str, int] = {}
        demos: set[str] = set()
        for position, cell in enumerate(cells):
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name:
                places[name] = position
                if "demo" in cell["metadata"].get("tags", []):
                    demos.add(name)
        return places, demos
    return {}, set()


def _imports(cells: list[SourceCell]) -> tuple[str, ...]:
    """Modules that the given cells import: safe to import ahead, since they are the instructor's."""
    names: dict[str, None] = {}
    for cell in cells:
        if cell.cell_type != "code" or not cell.restored or cell.demo:
            continue
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            continue
        for node in tree.body:
            if isinstance(node, ast.Import):
                names |= dict.fromkeys(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names[node.module] = None
    return tuple(names)


def read_source(directory: CourseDirectory, assignment: str) -> Source:
    """The assignment as it was generated."""
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        try:
            notebooks = gradebook.find_assignment(assignment).notebooks
        except MissingEntry:
            notebooks = []
        if not notebooks:
            raise CourseError(
                f"the gradebook does not know the assignment {assignment!r}",
                f"Make it first: nbgrader generate_assignment {assignment}",
            )
        if len(notebooks) > 1:
            names = ", ".join(notebook.name for notebook in notebooks)
            raise CourseError(f"{assignment!r} has several notebooks ({names}); this grader takes one", "Split it.")
        notebook = notebooks[0]
        graded = {cell.name: cell for cell in notebook.grade_cells}
        solutions = {cell.name for cell in notebook.solution_cells}
        tasks = {cell.name: cell for cell in notebook.task_cells}
        places, demos = _order(directory, assignment, notebook.name)
        cells = []
        for cell in notebook.source_cells:
            points = graded.get(cell.name) or tasks.get(cell.name)
            cells.append(
                SourceCell(
                    name=cell.name,
                    cell_type=cell.cell_type,
                    locked=bool(cell.locked),
                    grade=cell.name in graded,
                    solution=cell.name in solutions,
                    task=cell.name in tasks,
                    points=float(points.max_score) if points is not None else 0.0,
                    source=cell.source or "",
                    checksum=cell.checksum,
                    demo=cell.name in demos,
                )
            )
        cells.sort(key=lambda cell: places.get(cell.name, len(places)))
        text = json.dumps([asdict(cell) for cell in cells], sort_keys=True)
        return Source(
            assignment=assignment,
            notebook=notebook.name,
            cells=tuple(cells),
            kernelspec=notebook.kernelspec or "{}",
            preload=_imports(cells),
            key=hashlib.sha256(text.encode()).hexdigest(),
        )
