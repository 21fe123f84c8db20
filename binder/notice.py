"""Puts a notice on top of a notebook: on Binder nothing lasts, and this is how to keep it."""

import sys
from pathlib import Path

import nbformat

NOTICE = """\
**You are on Binder, in a copy that does not last.** After about ten minutes without activity, or when the connection is
lost, it is gone with all that you wrote. Every now and then press Ctrl+S (⌘S) and then *Download* above this notebook:
the file is your work. To go on another day, open Binder again and drag the file onto the list of files at the left, into
the folder `notebooks/{module}`. You can also hand that file in.\
"""

path = Path(sys.argv[1])
notebook = nbformat.read(path, as_version=4)
notebook.cells.insert(0, nbformat.v4.new_markdown_cell(NOTICE.format(module=path.stem), id="binder-notice"))
nbformat.write(notebook, path)
