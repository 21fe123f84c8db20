"""The house: imports run downwards only, in no circle, and no room grows past what a person reads at once."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

# From the cellar to the roof. A file imports from its own room and from rooms that stand in an earlier line.
FLOORS = """
tinytorch.lab
tinytorch_course.base
tinytorch_course.student tinytorch_course.author
tinytorch_course.publish tinytorch_course.grading.model
tinytorch_course.grading.inbox tinytorch_course.grading.sandbox
tinytorch_course.grading.assignment tinytorch_course.grading.earlier_modules tinytorch_course.grading.marking
tinytorch_course.grading.provisioner tinytorch_course.grading.records
tinytorch_course.grading.came tinytorch_course.grading.released tinytorch_course.grading.handed_in
tinytorch_course.grading.forget tinytorch_course.grading.class_run tinytorch_course.grading.changes
tinytorch_course.grading.grade
tinytorch_course.grading.gradescope
tinytorch_course.grading.commands
tinytorch_course.cli tinytorch_course.demo
tinytorch_course.preprocessors tinytorch_course.nbgrader_setup tinytorch_course.config tinytorch_course.source tinytorch_course.release tinytorch_course.first_cell
tinytorch_course.__main__
"""
FLOOR = {room: at for at, line in enumerate(FLOORS.split("\n")) for room in line.split()}
LONGEST_FUNCTION, LONGEST_FILE = 60, 450


def modules() -> dict[str, Path]:
    files = [*ROOT.glob("tinytorch_course/**/*.py"), *ROOT.glob("tinytorch/lab/*.py")]
    names = {file: ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files}
    return {name: file for file, name in names.items()}


def imported(name: str, file: Path, known: dict[str, Path]) -> Iterator[str]:
    """The modules of the course that a file imports, on its first floor or inside a function."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            home = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                found = next((n for n in (f"{home}.{alias.name}", home) if n in known), None)
                if found and found != name:
                    yield found


def room(name: str) -> str:
    while name and name not in FLOOR:
        name = name.rpartition(".")[0]
    return name


def test_imports_run_downwards_only():
    known = modules()
    wrong = [
        f"{name} imports {other}"
        for name, file in known.items()
        if room(name)
        for other in imported(name, file, known)
        if room(other) and room(other) != room(name) and FLOOR[room(other)] >= FLOOR[room(name)]
    ]
    assert not wrong, "\n".join(wrong)


def test_every_file_stands_in_a_room():
    homeless = [name for name in modules() if not room(name) and modules()[name].name != "__init__.py"]
    assert not homeless


def test_imports_make_no_circle():
    known = modules()
    graph = {name: set(imported(name, file, known)) for name, file in known.items()}
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle


def test_no_function_and_no_file_is_too_long_to_read():
    long = set()
    for name, file in modules().items():
        text = file.read_text(encoding="utf-8")
        if text.count("\n") > LONGEST_FILE:
            long.add(name)
        for node in ast.walk(ast.parse(text)):
            function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            if function and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION:
                long.add(f"{name}.{node.name}")
    assert not long
