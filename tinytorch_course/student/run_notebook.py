"""Runs a student's notebook from top to bottom in a fresh kernel and says what happened to each exercise."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_runtime_dir
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode

from ..base.code import newer_syntax, without_magics
from ..base.console import progress
from ..base.course import Course
from ..base.errors import CourseError
from ..base.marks import GradeId
from ..base.printable import without_colours

TIMEOUT = 180  # seconds for one cell
TEST_TIMEOUT = 20  # for a cell that checks an exercise: more is a loop without an end
SKIPPED = "tinytorch-skipped"


@dataclass(frozen=True)
class Failure:
    """A cell that raised: which one, on which of its lines, and what it said."""

    cell: int  # from 1
    line: int | None
    error: str
    message: str
    grade_id: str | None
    where: str  # in words: JupyterLab shows no cell numbers

    @property
    def exercise(self) -> GradeId | None:
        return GradeId.of(self.grade_id) if self.grade_id else None


def run(course: Course, path: Path, nb: NotebookNode, skip: Collection[int] = ()) -> list[Failure]:
    """Execute every cell of `nb` in place, whatever fails on the way; the failures in order. Cells at the places in `skip` are left out.

    The kernel is this interpreter's, works in the notebook's folder, and finds this course's ``tinytorch`` first.
    """
    _make_sure_of_room()
    for at, cell in enumerate(nb.cells):
        tags = [tag for tag in cell.metadata.get("tags", []) if tag != SKIPPED]
        cell.metadata["tags"] = [*tags, SKIPPED] if at in skip else tags
    total = sum(cell.cell_type == "code" for cell in nb.cells) - len(skip)
    done = started = 0
    with progress(path.name, total) as advance:

        def on_executed(cell: NotebookNode, cell_index: int, **_: object) -> None:
            nonlocal done
            done += 1
            advance(done)

        def on_start(cell_index: int, **_: object) -> None:
            nonlocal started
            started = cell_index

        client = client_of(path, nb)
        client.on_cell_start, client.on_cell_executed = on_start, on_executed
        try:
            client.execute(env=course.environment())
        except DeadKernelError as error:
            hint = "A cell ended Python itself (out of memory, or sys.exit). Run the cells one by one to find it."
            raise CourseError("the kernel died", hint, file=path, cell=started + 1, exit_code=1) from error
        except CellTimeoutError as error:
            raise endless(nb, started, path) from error
        except RuntimeError as error:
            raise no_start(path) from error
    return failures_of(nb)


def no_start(path: Path) -> CourseError:
    """The error for a kernel that does not answer after it was started."""
    hint = "Nothing of your notebook has run, and nothing is lost. Try again; if it stays so, `tinytorch doctor` says more."
    return CourseError("the kernel did not start", hint, file=path, exit_code=1)


def failures_of(nb: NotebookNode) -> list[Failure]:
    """The cells of a notebook that has run whose outputs tell of an error, in order."""
    failures, places = [], _places(nb)
    for number, cell in enumerate(nb.cells, start=1):
        if failure := _failure(cell, number, places[number - 1]):
            if failure.error in ("SyntaxError", "IndentationError") and (
                why := newer_syntax(without_magics(cell.source))
            ):
                failure = replace(failure, message=f"{failure.message}; {why}")
            failures.append(failure)
    return failures


def _make_sure_of_room() -> None:
    """Write where a kernel will: a full disk or a folder that cannot be written is said here, not by a kernel that dies."""
    folder = Path(jupyter_runtime_dir())
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(1 << 16))


def client_of(path: Path, nb: NotebookNode) -> NotebookClient:
    """What runs `nb` in a kernel of this interpreter, whatever the machine's kernel `python3` is."""
    manager = AsyncKernelManager(kernel_name="python3")
    command = [sys.executable, "-m", "ipykernel_launcher", "--log-level=ERROR", "-f", "{connection_file}"]
    command += ["--HistoryManager.enabled=False"]  # what is checked is not what the student typed
    manager._kernel_spec = KernelSpec(argv=command, display_name="Python 3", language="python")
    return NotebookClient(
        nb,
        km=manager,
        timeout_func=lambda cell: TEST_TIMEOUT if cell.metadata.get("nbgrader", {}).get("grade") else TIMEOUT,
        shutdown_kernel="immediate",  # one that is stuck in a loop would not listen
        allow_errors=True,
        skip_cells_with_tag=SKIPPED,
        resources={"metadata": {"path": str(path.parent)}},
    )


def _places(nb: NotebookNode) -> list[str]:
    """Where each cell is, in words: JupyterLab shows no cell numbers."""
    places, heading = [], "the top"
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            titles = [line.lstrip("# ") for line in cell.source.split("\n") if re.match(r"#+ \S", line)]
            heading = titles[-1] if titles else heading
        code = [line for line in cell.source.split("\n") if line.strip() and not line.startswith("#")]
        places.append(f"below “{heading}”, the cell that begins `{(code or [''])[0].strip()}`")
    return places


def endless(nb: NotebookNode, index: int, path: Path) -> CourseError:
    """The error for a cell that does not come to an end: which exercise it is."""
    about = nb.cells[index].metadata.get("nbgrader", {})
    exercise, seconds = GradeId.of(about.get("grade_id", "")), TEST_TIMEOUT if about.get("grade") else TIMEOUT
    what = f"exercise {exercise.number}" if exercise else _places(nb)[index]
    hint = (
        "Is there a loop that never ends? Mend it, run the cell itself, save, and try again; later cells have not run."
    )
    return CourseError(f"{what} was still running after {seconds} s", hint, file=path, cell=index + 1, exit_code=1)


def _failure(cell: NotebookNode, number: int, where: str) -> Failure | None:
    if cell.cell_type != "code":
        return None
    for output in cell.outputs:
        if output.output_type == "error":
            text = without_colours("\n".join(output.traceback)) or f"{output.ename}: {output.evalue}"
            lines = re.findall(r"Cell In\[\d+\], line (\d+)", text) or re.findall(r"^-+> (\d+)", text, re.MULTILINE)
            return Failure(
                cell=number,
                line=int(lines[0]) if lines else None,
                error=output.ename,
                message=text if output.ename == "CheckFailed" else f"{output.ename}: {output.evalue}",
                where=where,
                grade_id=cell.metadata.get("nbgrader", {}).get("grade_id"),
            )
    return None
