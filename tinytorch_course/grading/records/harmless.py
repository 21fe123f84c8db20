"""Text of students' as it may stand in a notebook that people open: what it says stays, nothing in it runs."""

from __future__ import annotations

import html
import re

# Tags that only set type stay when they are bare. A sanitizer of HTML would not do: it takes Markdown's quotes and code
# apart.
_TYPE = "b|i|u|s|em|strong|code|pre|kbd|sub|sup|br|hr|p|ul|ol|li|table|thead|tbody|tr|th|td|details|summary|blockquote"
_TAG = re.compile(rf"<(?!/?(?:{_TYPE})\s*/?>)(?=[A-Za-z/!?])", re.IGNORECASE)
_TEX = re.compile(r"\\(?=(?:href|style|class|cssId|require)(?![A-Za-z]))")  # MathJax makes links and styles of these
_LONGEST = 200  # characters of an address in which its scheme has to stand
_LINK = re.compile(rf"\](?=[(:]\s*(?:<([^<>\n]{{0,{_LONGEST}}})|(\S{{0,{_LONGEST}}})))")
_GOOD = re.compile(r"(?:https?|mailto|attachment):", re.IGNORECASE)
_SCHEME = re.compile(r"[^/?#:]*:")


def harmless_markdown(text: str) -> str:
    """Markdown in which HTML is text, but for bare tags that set type, and links lead to web pages only.

    A space is put where a tag, a link or a command of MathJax begins. That makes text of it in prose, formulas and code
    alike, whatever a reader of Markdown takes for which.
    """
    text = _LINK.sub(lambda found: "]" if _leads_to_a_page(found[1] or found[2] or "") else "] ", text)
    return _TEX.sub(r"\\ ", _TAG.sub("< ", text))


def _leads_to_a_page(address: str) -> bool:
    """Whether a link's address has no scheme, or one that starts nothing in a browser."""
    if _GOOD.match(address):
        return True
    if len(address) == _LONGEST:  # it may be longer, and its scheme with it
        return False
    for _ in range(3):
        address = html.unescape(address)
    return not _SCHEME.match(re.sub(r"[\\\s\0-\x1f]", "", address))


def harmless_source(cell_type: str, text: str) -> str:
    """What a student wrote in a cell, as it may be shown. Code is never shown as anything else than code."""
    if cell_type == "code":
        return text
    return harmless_markdown(text) if cell_type == "markdown" else html.escape(text, quote=False)
