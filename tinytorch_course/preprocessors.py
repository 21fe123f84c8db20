"""The name that courses' own nbgrader_config.py and nbgrader's settings use; the code is in author/preprocessors.py."""

from .author.preprocessors import LockWhatIsGiven, NameTheTask, NothingLeaves

__all__ = ["LockWhatIsGiven", "NameTheTask", "NothingLeaves"]
