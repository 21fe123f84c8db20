"""The name by which notebooks import `tinytorch.lab.graph`."""

from tinytorch.lab.graph import draw_graph

__all__ = ["draw_graph"]
