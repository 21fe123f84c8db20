"""The name by which notebooks import `tinytorch.lab.pictures`."""

from tinytorch.lab.pictures import show

__all__ = ["show"]
