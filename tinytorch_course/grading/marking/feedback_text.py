"""Advice about errors that the course knows."""

from __future__ import annotations

import re

_MODULE = re.compile(
    r"^(?:ModuleNotFoundError|  error +ModuleNotFoundError): No module named '([\w.]{1,60})'", re.MULTILINE
)


def advice(text: str, before: str = "") -> str:
    """What to do about an error that the course knows; nothing for others."""
    if text.startswith("SystemExit"):
        return (
            f"{before}your code ended Python with exit(), quit() or sys.exit(). Take the call out, or return a value."
        )
    found = _MODULE.search(text)
    if found is None:
        return ""
    name = found.group(1)
    if name.split(".")[0] == "tinytorch":
        return f"{before}{name} is not there yet: it is a later module, or its name is spelled differently."
    return f"{before}{name} is not part of the course: the exercises need Python and NumPy only."
