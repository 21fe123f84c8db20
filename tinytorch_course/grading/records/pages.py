"""The pages of grading, from its templates."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from jinja2 import Environment

from ...base.pages import script, templates

_TEMPLATES = Path(__file__).with_name("templates")


@functools.cache
def _environment() -> Environment:
    found = templates(_TEMPLATES)
    found.globals["scripts"] = {name: script(_TEMPLATES, name) for name in ("table", "marking")}
    found.globals["parts"] = found.get_template("parts.html.j2").module
    return found


def render(template: str, **values: Any) -> str:
    """A page as HTML that needs nothing else.

    Parameters
    ----------
    template : str
        A file of ``templates/``, without ``.html.j2``.
    values
        What the template asks for. One that is missing is an error.
    """
    return _environment().get_template(f"{template}.html.j2").render(**values)


def render_text(template: str, **values: Any) -> str:
    """A letter or another plain text, from a file of ``templates/`` without ``.txt.j2``: nothing is escaped in it."""
    return _environment().get_template(f"{template}.txt.j2").render(**values)
