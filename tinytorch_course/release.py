"""A name that scripts of courses use; the code is in author/release.py."""

from .author.release import generate, release, stripped

__all__ = ["generate", "release", "stripped"]
