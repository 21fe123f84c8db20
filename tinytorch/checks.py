"""The name by which notebooks import `tinytorch.lab.checks`."""

from tinytorch.lab.checks import CheckFailed, Checks, bare

__all__ = ["CheckFailed", "Checks", "bare"]
