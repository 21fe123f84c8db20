"""Pictures in notebooks, with words for those who cannot see them. Hand-written; matplotlib is imported on use only."""

from __future__ import annotations

import base64
import html
import io
from typing import Any

__all__ = ["show"]


def show(figure: Any, alt: str) -> None:
    """Show a matplotlib figure with an alternative text, and close it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    alt : str
        What the picture shows, in a sentence or two.
    """
    import matplotlib.pyplot as plt
    from IPython.display import display

    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=100, bbox_inches="tight")
    plt.close(figure)  # otherwise the notebook shows it a second time, without its text
    source = "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()
    # An HTML image: JupyterLab and nbconvert give no alternative text to others.
    image = f'<img src="{source}" alt="{html.escape(alt)}">'
    display({"text/html": image, "text/plain": alt}, raw=True)
