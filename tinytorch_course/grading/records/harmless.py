"""Text of students' as it may stand in a notebook that people open: what it says stays, nothing in it runs."""

from __future__ import annotations

import html
import re

# Without attributes these only set type. A sanitizer of HTML would not do: it takes Markdown's quotes and code apart.
_TYPE = "b|i|u|s|em|strong|code|pre|kbd|sub|sup|br|hr|p|ul|ol|li|table|thead|tbody|tr|th|td|details|summary|blockquote"
_TAG = re.compile(rf"<(/?(?:{_TYPE}))(?:\s[^<>]*)?(/?)>|<(?=[A-Za-z/!?])", re.IGNORECASE)
_TEX = re.compile(r"\\(?=(?:href|style|class|cssId|require)(?![A-Za-z]))")  # MathJax makes links and styles of these


def harmless_markdown(text: str) -> str:
    """Markdown in which HTML is text, but for tags that only set type; those lose their attributes.

    A space after the ``<`` makes text of a tag in prose, formulas and code alike, whatever a reader of Markdown takes for
    which.
    """
    text = _TAG.sub(lambda found: f"<{found[1]}{found[2]}>" if found[1] else "< ", text)
    return _TEX.sub(r"\\ ", text)


def harmless_source(cell_type: str, text: str) -> str:
    """What a student wrote in a cell, as it may be shown. Code is never shown as anything else than code."""
    if cell_type == "code":
        return text
    return harmless_markdown(text) if cell_type == "markdown" else html.escape(text, quote=False)
