"""The name by which notebooks import `tinytorch.lab.graph` and `tinytorch.lab.playback`."""

from tinytorch.lab.graph import draw_graph
from tinytorch.lab.playback import play_backward

__all__ = ["draw_graph", "play_backward"]
