"""Puts a module into the gradebook, and again when its tests have changed; says where source, notebook and gradebook differ."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from ..author.release import generate
from ..author.source import read_source as read_percent
from ..base.course import Module
from ..base.errors import CourseError
from ..base.files import write_whole
from ..base.marks import number_of
from ..base.notebook import digest, read_notebook
from .assignment import course_directory, missing_gradebook, read_config, read_source
from .earlier_modules import module_of
from .model import Source, SourceCell


@dataclass
class _Seen:
    """What was compared last."""

    notebook: str = ""  # fingerprints of the files
    src: str = ""
    ours: bool = False  # whether we have put the assignment into the gradebook, not nbgrader's own command


def generate_if_needed(root: Path, assignment: str, *, take: bool = False) -> list[str]:
    """Put a module of the course into the gradebook if it is not there, or was put there from an older notebook.

    Parameters
    ----------
    take : bool
        Take the notebook as it is now, even where somebody has generated the assignment with nbgrader's own command.

    Returns
    -------
    list of str
        What people should know: where source, notebook and gradebook say different things, and by which was graded.
    """
    module = module_of(root, assignment)
    if module is None or not module.notebook.is_file() or _has_own_source(root, module):
        return []
    mark = root / ".tinytorch" / "grading" / f"{assignment}.generated"
    before = _seen(mark)
    now = _Seen(_sha(module.notebook), _sha(module.src), before.ours)
    gradebook = _in_gradebook(root, assignment)
    if now == before and gradebook is not None:
        return []
    notes: list[str] = []
    differs = _source_differs(module)
    if gradebook is None:
        _generate(module, root)
        now.ours = True
    else:
        notes, stale = _other_tests(module, root, gradebook, now, take)
        if stale:
            return differs + notes
    if differs:  # to be said next time, too
        now.src = ""
    write_whole({mark: json.dumps(asdict(now)) + "\n"})
    return differs + notes


def _other_tests(module: Module, root: Path, old: Source, now: _Seen, take: bool) -> tuple[list[str], bool]:
    """Generate the assignment again where only texts have changed and that is ours to do.

    Returns
    -------
    tuple
        What is to be said, and whether the gradebook still says something else.
    """
    new = _as_it_would_be(module, root)
    if {cell.name for cell in old.cells} != {cell.name for cell in new.cells}:
        return [
            "The notebook has gained or lost cells since this assignment was released. "
            "Submissions are graded by what was released."
        ], True
    then = old.by_name()
    changed = [cell.name for cell in new.cells if _what_counts(cell) != _what_counts(then[cell.name])]
    if not changed:
        return [], False
    numbers = ", ".join(dict.fromkeys(number_of(name) for name in changed))
    if not (now.ours or take):
        return [
            f"The notebook has other tests ({numbers}) than the gradebook, which was generated from an earlier one. "
            f"Submissions are graded by the gradebook's; `tinytorch regrade {module.name}` takes the notebook's and says "
            "whose points change."
        ], True
    _generate(module, root)
    return [f"Cells have changed since this was graded last ({numbers}): everybody is graded by the new ones."], False


def _what_counts(cell: SourceCell) -> tuple[object, ...]:
    return cell.source.split(), cell.points, cell.grade, cell.solution


def _source_differs(module: Module) -> list[str]:
    """Whether src/ says something else than the notebook that is graded by."""
    if not module.src.is_file():
        return []
    try:
        if digest(read_percent(module.src)) == digest(read_notebook(module.notebook)):
            return []
    except CourseError as error:
        return [f"{module.src.name} cannot be built: {error.message}. Submissions are graded by the notebook as it is."]
    return [
        f"{module.src.name} and the notebook differ. Submissions are graded by the notebook; `tinytorch build {module.name}` "
        "makes it what the source says."
    ]


def _has_own_source(root: Path, module: Module) -> bool:
    """Whether the course folder has a notebook of its own for this assignment, which is not the checkout's."""
    directory = course_directory(root)
    own = Path(directory.root, directory.source_directory, module.name, f"{module.name}.ipynb")
    return own.is_file() and own.resolve() != module.notebook.resolve()


def _generate(module: Module, root: Path) -> None:
    generate(module, course_dir=root, config=read_config(root))


def _as_it_would_be(module: Module, root: Path) -> Source:
    """What the gradebook would say if the module were generated now."""
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as folder:
        config = read_config(root)
        config.CourseDirectory.root = folder
        config.CourseDirectory.db_url = f"sqlite:///{folder}/gradebook.db"
        generate(module, course_dir=Path(folder), release_dir=Path(folder, "release"), config=config)
        return read_source(course_directory(Path(folder), config), module.name)


def _in_gradebook(root: Path, assignment: str) -> Source | None:
    directory = course_directory(root)
    if missing_gradebook(directory) is not None:
        return None
    try:
        return read_source(directory, assignment)
    except CourseError as error:
        if error.file is not None:  # the gradebook cannot be reached
            raise
        return None


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _seen(mark: Path) -> _Seen:
    try:
        text = mark.read_text(encoding="utf-8").strip()
    except OSError:
        return _Seen()
    try:
        return _Seen(**json.loads(text))
    except (ValueError, TypeError):
        return _Seen(notebook=text, ours=True)  # as earlier versions wrote it
