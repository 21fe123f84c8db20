"""A name that scripts of courses use; the code is in base/course.py."""

from .base.course import Course, Module, exported_file, exported_module

__all__ = ["Course", "Module", "exported_file", "exported_module"]
