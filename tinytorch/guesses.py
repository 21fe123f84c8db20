"""The name by which notebooks import `tinytorch.lab.guesses`."""

from tinytorch.lab.guesses import Guesses

__all__ = ["Guesses"]
