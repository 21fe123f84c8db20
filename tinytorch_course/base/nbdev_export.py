"""From a notebook to library files, through nbdev."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from .code import magic_line
from .course import Course, exported_module
from .errors import CourseError
from .marks import is_export, without_marks
from .notebook import to_json

_SETTINGS = """[DEFAULT]
lib_name = tinytorch-course
lib_path = tinytorch
nbs_path = .
recursive = True
black_formatting = False
put_version_in_init = False
update_pyproject = False
"""


def _drop_marks(cell: NotebookNode) -> None:  # an nbdev processor
    if cell.cell_type == "code":
        cell.set_source(without_marks(cell.source))


def exported_files(course: Course, notebook: Path, nb: NotebookNode) -> dict[Path, str]:
    """The library files that `nb` exports, by their path relative to the course: text only, nothing is written.

    nbdev does it, in a folder of its own, with one processor more: it drops the marks around solutions.

    Parameters
    ----------
    course : Course
    notebook : path
        Where the notebook stands, relative to the course: the exported code points back to it.
    nb : notebook
    """
    with warnings.catch_warnings():  # IPython's, where the home folder cannot be written
        warnings.simplefilter("ignore")
        from nbdev.export import nb_export

    code = [cell.source for cell in nb.cells if cell.cell_type == "code"]
    if not any(map(is_export, code)):
        return {}
    if not any(map(exported_module, code)):
        raise CourseError(
            "exports cells but does not say where to",
            "Add a cell `#| default_exp core.NAME` below the title.",
            file=notebook,
        )
    for number, cell in enumerate(nb.cells, start=1):
        if cell.cell_type == "code" and is_export(cell.source) and (magic := magic_line(cell.source)):
            raise CourseError(
                f"not exported: `{magic[1]}` is for notebooks, not for a library",
                "Put the line into a cell of its own, without `#| export`, save, and export again.",
                file=notebook,
                cell=number,
                line=magic[0],
                exit_code=1,
            )
    library = course.library.relative_to(course.root)
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as folder:
        root = Path(folder).resolve()
        if (course.root / "settings.ini").is_file():
            shutil.copy(course.root / "settings.ini", root)
        else:  # a notebook that nbgrader has fetched
            (root / "settings.ini").write_text(_SETTINGS, encoding="utf-8")
        draft = root / notebook
        draft.parent.mkdir(parents=True)
        draft.write_text(to_json(nb), encoding="utf-8")
        (root / library).mkdir()
        try:
            nb_export(str(draft), lib_path=root / library, procs=[_drop_marks])
        except SyntaxError as error:
            raise CourseError(f"cannot be exported: {error}", file=notebook) from error
        texts = {path: path.read_text(encoding="utf-8") for path in sorted((root / library).rglob("*.py"))}
        return {path.relative_to(root): text for path, text in texts.items() if text.strip()}
