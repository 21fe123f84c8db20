"""The name that courses' own nbgrader_config.py and nbgrader's settings use; the code is in base/nbgrader_setup.py."""

from .base.nbgrader_setup import configure

__all__ = ["configure"]
