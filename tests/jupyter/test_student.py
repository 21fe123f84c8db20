"""A student's way through the student edition in JupyterLab, in a real browser."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tinytorch_course.author.release import release
from tinytorch_course.author.samples import exercise_ids, reference_cells, with_body
from tinytorch_course.base.course import Course, Module
from tinytorch_course.base.marks import GradeId

from .conftest import MODULE, ROOT, Lab
from .notebook import RUN, Notebook

pytestmark = pytest.mark.slow
PATH = f"notebooks/{MODULE}/{MODULE}.ipynb"
CALM = re.compile(r"^(\d\d\.\d+) .+: \d+ visible checks? passed$", re.M)


def code_exercises(module: Module) -> list[str]:
    return [g for g in exercise_ids(module) if (e := GradeId.of(g)) and e.kind == "exercise"]


def wrong_solution(module: Module, grade_id: str) -> str:
    """A wrong solution that the visible checks catch: one of the mutants, or one that gives nothing back."""
    for path in sorted((ROOT / "tests" / "mutants" / MODULE).glob("*.py")):
        head, _, body = path.read_text(encoding="utf-8").partition('"""\n')
        if re.search(rf"^breaks: {grade_id}$", head, re.M) and "hidden: yes" not in head:
            return body.strip("\n")
    return with_body(module, grade_id, "return None")


def test_a_student_works_in_jupyterlab(edition: Path, module: Module, serve, chromium):
    lab: Lab = serve(edition)
    reference = reference_cells(module)
    first = code_exercises(module)[0]
    number = GradeId.of(first).number
    with Notebook(chromium, lab, PATH, "student") as notebook:
        notebook.shot("opened")

        # The stub says what is to be done.
        exercise, test = notebook.by_grade_id(first), notebook.by_grade_id(f"test-{first}")
        for index in range(exercise + 1):
            if notebook.page.evaluate(
                "i => window.jupyterapp.shell.currentWidget.content.widgets[i].model.type === 'code'", index
            ):
                notebook.run(index)
        notebook.run(test)
        assert re.search(rf"^{number} .+: not written yet\n\s+to do\s+\S", notebook.output(test), re.M)
        notebook.shot("not-written")

        # A wrong solution gets a card, and no traceback.
        notebook.write(exercise, wrong_solution(module, first))
        notebook.run(exercise)
        notebook.run(test)
        card = notebook.output(test)
        assert card.startswith(f"{number} ") and "Traceback" not in card and "CheckFailed" not in card
        assert re.search(r"^  (expected|got|error|in) ", card, re.M), card
        notebook.cell(test)
        notebook.shot("wrong")

        # The right one gets the calm line.
        notebook.write(exercise, reference[first])
        notebook.run(exercise)
        notebook.run(test)
        assert CALM.fullmatch(notebook.output(test).strip()), notebook.output(test)
        notebook.cell(test)
        notebook.shot("right")

        # What is given cannot be edited.
        for index in (0, test):
            before = notebook.source(index)
            notebook.type_into(index, "123")
            assert notebook.source(index) == before
        notebook.type_into(exercise, "123")
        assert notebook.source(exercise) == reference[first] + "123", "what is not given can be"
        notebook.write(exercise, reference[first])

        # The whole notebook, solved.
        for grade_id, text in reference.items():
            if grade_id != first:
                notebook.write(notebook.by_grade_id(grade_id), text)
        notebook.run_all()
        outputs = [output for cell in notebook.outputs() for output in cell]
        errors = [o["ename"] + ": " + o["evalue"] for o in outputs if o["output_type"] == "error"]
        assert errors == []
        said = "".join("".join(o["text"]) for o in outputs if o["output_type"] == "stream")
        tested = {GradeId.of(c.metadata.nbgrader.grade_id).number for c in graded_cells(edition)}
        assert {m.group(1) for m in CALM.finditer(said)} == tested
        assert notebook.refused == [], "nothing on the page asks for the network"
        notebook.shot("all")

        notebook.save()
        nb = nbformat.read(edition / PATH, as_version=4)
        assert reference[first] in [cell.source for cell in nb.cells]
        assert not (edition / "src").exists(), "a student's notebook is not paired"


def graded_cells(edition: Path) -> list:
    nb = nbformat.read(edition / PATH, as_version=4)
    return [c for c in nb.cells if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("grade")]


def test_the_graph_of_an_expression_is_drawn_without_network(checkout, tmp_path: Path, serve, chromium):
    """JupyterLab draws the Mermaid picture itself; its text is there for those who cannot see it."""
    shutil.copytree(checkout.library, tmp_path / "work" / "tinytorch")
    nb = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )
    nb.cells = [
        nbformat.v4.new_code_cell(
            "from tinytorch import Tensor, draw_graph\n"
            "x, w = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0, 4.0], requires_grad=True)\n"
            "draw_graph((x * w).sum())"
        )
    ]
    nbformat.write(nb, tmp_path / "work" / "graph.ipynb")
    with Notebook(chromium, serve(tmp_path / "work"), "graph.ipynb", "graph") as notebook:
        notebook.run(0)
        picture = notebook.cell(0).locator(".jp-RenderedMermaid img, .jp-RenderedMermaid svg")
        expect(picture).to_be_visible(timeout=RUN)
        notebook.shot("drawn")
        [output] = notebook.outputs()[0]
        assert {"text/vnd.mermaid", "text/plain"} <= set(output["data"])
        assert notebook.cell(0).locator(".jp-RenderedMermaid").inner_text() or picture.get_attribute("alt")
        assert notebook.refused == []


def test_validate_says_which_exercises_fail_and_then_that_all_visible_checks_pass(
    checkout: Course, tmp_path: Path, serve, chromium
):
    module = checkout.module("01")  # the shortest: the button is the same in each
    lab: Lab = serve(release(checkout, [module], tmp_path / "edition"))
    path = f"notebooks/{module.name}/{module.name}.ipynb"
    with Notebook(chromium, lab, path, "validate") as notebook:
        button = notebook.page.locator(".jp-NotebookPanel:visible").get_by_text("Validate", exact=True)
        expect(button).to_be_visible()
        button.click()
        dialog = notebook.page.locator(".jp-Dialog")
        expect(dialog).to_be_visible(timeout=RUN)
        notebook.shot("blank")
        said = dialog.inner_text()
        assert "not written yet" in said and "Traceback" not in said, said
        dialog.get_by_role("button").last.click()

        reference = reference_cells(module)
        for grade_id, text in reference.items():
            notebook.write(notebook.by_grade_id(grade_id), text)
        notebook.save()
        button.click()
        expect(dialog).to_be_visible(timeout=RUN)
        notebook.shot("solved")
        assert "Success" in dialog.inner_text(), dialog.inner_text()
