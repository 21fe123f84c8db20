"""Notebooks, marks and code are read however editors, formatters and other systems have saved them."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import pytest

from tinytorch_course.author.build import build
from tinytorch_course.base.code import magic_line, newer_syntax, unreadable
from tinytorch_course.base.course import Course, exported_file, exported_module
from tinytorch_course.base.errors import CourseError
from tinytorch_course.base.marks import is_export
from tinytorch_course.base.nbdev_export import exported_files
from tinytorch_course.base.notebook import read_notebook


@pytest.mark.parametrize(
    "cell, belongs",
    [
        ("#| export\nx = 1", True),
        ("# | export\nx = 1", True),  # black, ruff, autopep8
        ("#|export\nx = 1", True),
        ("\n#| exporti\nx = 1", True),
        ("#| hide\n# | export\nx = 1", True),
        ("%%time\n#| export\nx = 1", True),
        ("x = 1\n#| export", False),
        ("# a comment first\n#| export\nx = 1", False),  # nbdev sees code there
        ("#| exporting\nx = 1", False),
        ("# export", False),
    ],
)
def test_an_exported_cell_is_what_nbdev_takes_for_one(cell: str, belongs: bool):
    from nbdev.process import extract_directives
    from nbformat.v4 import new_code_cell

    assert is_export(cell) is belongs
    assert bool({"export", "exporti"} & set(extract_directives(new_code_cell(cell)))) is belongs


def test_a_notebook_that_a_formatter_went_over_is_exported_all_the_same(toy: Course):
    build(toy)
    path = toy.module("01").notebook
    before = exported_files(toy, path.relative_to(toy.root), read_notebook(path))
    path.write_text(path.read_text(encoding="utf-8").replace("#| ", "# | "), encoding="utf-8")
    assert exported_module("# | default_exp core.tensor\n") == "core.tensor"
    toy.module("01").src.unlink()
    assert exported_file(toy.module("01")) == Path("core/tensor.py")
    assert exported_files(toy, path.relative_to(toy.root), read_notebook(path)) == before


@pytest.mark.parametrize("ids", ["none", "the same", "odd"])
@pytest.mark.parametrize("minor", [4, 5])
def test_cells_without_proper_ids_are_read_in_silence(toy: Course, ids: str, minor: int):
    build(toy)
    path = toy.module("01").notebook
    nb = json.loads(path.read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        cell["id"] = {"none": None, "the same": "same", "odd": "a cell's name, with blanks"}[ids]
        if ids == "none":
            del cell["id"]
    nb["nbformat_minor"] = minor
    sources = ["".join(cell["source"]) for cell in nb["cells"]]
    path.write_text(json.dumps(nb), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = read_notebook(path)
    assert [cell.source for cell in read.cells] == sources
    assert len({cell.id for cell in read.cells}) == len(sources)


def test_line_ends_of_windows_and_a_byte_order_mark_change_nothing(toy: Course):
    build(toy)
    path = toy.module("01").notebook
    before = read_notebook(path)
    nb = json.loads(path.read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(nb, indent=1).replace("\n", "\r\n").encode())
    assert read_notebook(path) == before


@pytest.mark.parametrize(
    "code, line, text",
    [
        ("def f(x):\n    return x\n\n%timeit f(1)", 4, "%timeit f(1)"),
        ("def f():\n    !ls\n", 2, "!ls"),
        ("names = !ls", 1, "names = !ls"),
        ("import numpy as np\nnp.array?", 2, "np.array?"),
        ("%%time\nx = 1", 1, "%%time"),
    ],
)
def test_a_magic_in_an_exported_cell_is_named_with_its_line(toy: Course, code: str, line: int, text: str):
    assert magic_line(code) == (line, text)
    build(toy)
    nb = read_notebook(toy.module("01").notebook)
    at = next(n for n, cell in enumerate(nb.cells) if "def twice" in cell.source)
    nb.cells[at].source = f"#| export\n{code}"
    with pytest.raises(CourseError) as error:
        exported_files(toy, Path("notebooks/01_tensor/01_tensor.ipynb"), nb)
    assert (error.value.cell, error.value.line) == (at + 1, line + 1) and f"`{text}`" in str(error.value)


@pytest.mark.parametrize("code", ["x = 7 % 2", '"""\n%not a magic\n"""', "x = (1", "", "a = 1 if b else c"])
def test_python_is_no_magic(code: str):
    assert magic_line(code) is None


@pytest.mark.parametrize(
    "code, version",
    [
        ("try:\n    pass\nexcept* ValueError:\n    pass", (3, 11)),
        ("x = 1\ntype Vector = list", (3, 12)),
        ("def first[T](items: list[T]) -> T:\n    return items[0]", (3, 12)),
        ('names = {"a": 1}\nprint(f"{names["a"]}")', (3, 12)),
        ("try:\n    pass\nexcept ValueError, TypeError:\n    pass", (3, 14)),
    ],
)
def test_newer_syntax_is_told_from_a_mistake(code: str, version: tuple[int, int]):
    here = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= version:
        assert newer_syntax(code) == "" == unreadable(code)
    else:
        asked = f"is it syntax of Python {version[0]}.{version[1]}? Here is {here}"
        assert newer_syntax(code) == asked and asked in unreadable(code)
    assert newer_syntax("def half(x:\n    return x") == ""


def test_a_source_that_needs_a_newer_python_than_promised_is_refused(toy: Course):
    settings = toy.root / "settings.ini"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("min_python = 3.10", "min_python = 3.9"), encoding="utf-8"
    )
    path = toy.module("01").src
    text = path.read_text(encoding="utf-8")
    new = "match x:\n        case _:\n            return x / 2\n"
    path.write_text(text.replace("return x / 2\n", new), encoding="utf-8")
    with pytest.raises(CourseError, match=r"(?s)cell 7.*newer than Python 3\.9.*min_python"):
        build(Course(toy.root))
    path.write_text(text, encoding="utf-8")
    assert build(Course(toy.root)).written
