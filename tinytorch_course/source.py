"""A name that scripts of courses use; the code is in base/marks.py."""

from .author.source import read_source
from .base.marks import is_export, without_marks
from .base.notebook import read_notebook

__all__ = ["is_export", "read_notebook", "read_source", "without_marks"]
