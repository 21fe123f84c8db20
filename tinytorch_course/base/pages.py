"""Pages from templates. Whatever comes from people is text there; one style sheet dresses all of them."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

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


def script(folder: Path, name: str) -> tuple[Markup, str]:
    """A page's own script, and its hash: the content security policy of the page names the one that may run."""
    text = (folder / f"{name}.js.j2").read_text(encoding="utf-8")
    return Markup(text), base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
