"""Pages from templates. Whatever comes from people is text there; one style sheet dresses all of them."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_SHARED = Path(__file__).with_name("templates")


def templates(folder: Path) -> Environment:
    """The templates of `folder`, which may extend those that all pages share. A value that is missing is an error."""
    found = Environment(
        loader=FileSystemLoader([folder, _SHARED]),
        autoescape=lambda name: name is None or not name.endswith(".txt.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    found.filters["plain"] = lambda number: f"{number:g}"
    return found
