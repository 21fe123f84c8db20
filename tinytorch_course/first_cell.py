"""A name that scripts of courses use; the code is in author/first_cell.py."""

from .author.first_cell import SOURCE, TAG

__all__ = ["SOURCE", "TAG"]
