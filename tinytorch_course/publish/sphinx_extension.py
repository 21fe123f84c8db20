"""What the book asks of Sphinx beyond Jupyter Book: diagrams without network, alternative text, docstrings as they are.

sphinxcontrib-mermaid reads the diagrams. Its own script comes as a module, which browsers refuse when a page is opened as a
file; so the script is ours (docs/_static/tinytorch.js), and Mermaid is loaded from the book itself.
"""

from __future__ import annotations

import html
import importlib
import pkgutil
import re
import textwrap
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinxcontrib import mermaid

log = logging.getLogger(__name__)
MERMAID = "vendor/mermaid.min.js"  # below book.py's STATIC, when npm can be reached
STATIC = "_extra/_static"  # goes into the book as it is; every script in _static itself would be loaded on every page
_TITLE = re.compile(r"^\s*accTitle\s*:\s*(.+)$", re.MULTILINE)
_TEXT = re.compile(r"^\s*accDescr\s*(?::\s*(.+)|\{([^}]*)\})\s*$", re.MULTILINE)


def described(node: nodes.Element) -> str:
    """A diagram's alternative text: its option ``:alt:``, or what `accTitle` and `accDescr` say in the diagram."""
    if node.get("alt"):
        return " ".join(node["alt"].split())
    code = node["code"]
    title, text = _TITLE.search(code), _TEXT.search(code)
    parts = [title.group(1) if title else "", (text.group(1) or text.group(2)) if text else ""]
    return " ".join(" ".join(parts).split())


def visit_mermaid(self: Any, node: nodes.Element) -> None:
    """A diagram that tinytorch.js draws, in whose place its description stands; without Mermaid, that is what there is.

    Its source is an attribute, since the search shows what is between the tags.
    """
    alt, code = html.escape(described(node)), html.escape(node["code"])
    pre = f'<pre class="mermaid" data-source="{code}">{alt}</pre>'
    kind = "diagram" if Path(self.builder.srcdir, STATIC, MERMAID).is_file() else "diagram told"
    self.body.append(f'<div class="{kind}" role="img" tabindex="0" aria-label="{alt}">{pre}</div>\n')
    raise nodes.SkipNode


def warn_without_alt(app: Sphinx, doctree: nodes.document) -> None:
    """A picture or a diagram without alternative text is a warning, and warnings fail `make book`."""
    for node in doctree.findall(nodes.image):
        if not str(node.get("alt", "")).strip():
            log.warning("the picture %s has no alternative text", node.get("uri"), location=node)
    for node in doctree.findall(mermaid.mermaid):
        if not described(node):
            log.warning("the diagram has no alternative text: give it accTitle and accDescr", location=node)


def add_mermaid(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Load Mermaid on the pages that have a diagram."""
    here = Path(app.srcdir, STATIC, MERMAID).is_file()
    if here and doctree is not None and doctree.next_node(mermaid.mermaid):
        app.add_js_file(MERMAID, priority=400)


def describe(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """A description for search engines: the page's first sentences that are neither a title nor in a box."""
    if doctree is None:
        return
    texts = [p.astext() for p in doctree.findall(nodes.paragraph) if isinstance(p.parent, nodes.section)]
    words = " ".join(" ".join(texts).split())
    if words:
        text = textwrap.shorten(words, 160, placeholder=" …")
        context["metatags"] = f'{context.get("metatags", "")}\n<meta name="description" content="{html.escape(text)}">'


_MARKUP = re.compile(r"(``.*?``|`[^`\n]*`)|(?<!\\)([*|])|(?<=\w)(_)(?!\w)")
_PARAMETER = re.compile(r"\s*\*{0,2}\w+(, \*{0,2}\w+)*( : .*)?$")


def literal_docstring(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Docstrings are plain sentences: a star, a bar or an underscore at the end of a name is meant as it stands."""

    def escape(found: re.Match[str]) -> str:
        return found.group(1) or "\\" + (found.group(2) or found.group(3))

    lines[:] = [line if _PARAMETER.match(line) else _MARKUP.sub(escape, line) for line in lines]


def import_library(app: Sphinx) -> None:
    """Import all modules of the library first: later ones add methods to the classes of earlier ones."""
    import tinytorch.core

    for module in pkgutil.iter_modules(tinytorch.core.__path__, "tinytorch.core."):
        importlib.import_module(module.name)


# -- what the theme leaves out -----------------------------------------------------------------------------------------

_HEAD = re.compile(r"<thead>.*?</thead>", re.DOTALL)
_EMPTY = re.compile(r'<th class="head([^"]*)"><p></p></th>')
_HEADING = re.compile(r"<h[1-6]>.*?</h[1-6]>", re.DOTALL)
_BETWEEN_TAGS = re.compile(r">[^<>]+<")
_DOT = re.compile(r"(?<=\w)\.(?=[A-Za-z_])")  # of a name such as Linear.forward
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_CODE = re.compile(r'(<code class="docutils literal notranslate">)(.*?)(</code>)', re.DOTALL)
_BREAK = re.compile(r"(?<=[a-zA-Z0-9)\]])(?=_[a-z])|(?<=[(=.,])(?=[\w*\"-])|(?<=[a-z])(?=[A-Z])")
_CHILDREN = re.compile(r'(<a class="[^"]*reference internal[^"]*" href="[^"]*">)([^<]*)(</a><details[^>]*>)<summary>')
_DIFFICULTY = re.compile(r"difficulty (●+)(○*)")


def breakable(table: str) -> str:
    """The table with places where a long name may go on in the next line: `CrossEntropy|Loss`, `f(|x, dim=|None)`."""

    def code(found: re.Match[str]) -> str:
        parts = re.split(r"(<[^>]*>|&\w+;|&#\d+;)", found.group(2))
        parts[::2] = [_BREAK.sub("<wbr>", part) for part in parts[::2]]
        return found.group(1) + "".join(parts) + found.group(3)

    return _CODE.sub(code, table)


def accessible(page: str) -> str:
    """A page as the theme writes it, with names for what has none, and with labels that say what is seen."""

    def head(found: re.Match[str]) -> str:
        empty_corner = _EMPTY.sub(r'<td class="head\1"></td>', found.group(0))
        return empty_corner if re.search(r"<th\b", empty_corner) else ""

    def difficulty(found: re.Match[str]) -> str:
        full, empty = found.groups()
        words = f"{len(full)} of {len(full + empty)}"
        return f'difficulty <span role="img" aria-label="{words}" title="{words}">{full}{empty}</span>'

    page = _HEAD.sub(head, page)
    page = _TABLE.sub(lambda found: breakable(found.group(0)), page)
    page = _HEADING.sub(
        lambda found: _BETWEEN_TAGS.sub(lambda text: _DOT.sub(".<wbr>", text.group(0)), found.group(0)), page
    )
    page = _DIFFICULTY.sub(difficulty, page)
    page = _CHILDREN.sub(r'\1\2\3<summary aria-label="Pages of \2">', page)
    page = page.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    page = re.sub(r'(<button class="[^"]*search-button-field[^"]*" title="Search") aria-label="Search"', r"\1", page)
    page = re.sub(r'(<i class="theme-switch [^"]*" data-mode="\w+") +title="[^"]*"', r'\1 aria-hidden="true"', page)
    page = page.replace(
        'aria-label="Color mode" data-bs-title="Color mode"', f'aria-label="{_MODE}" data-bs-title="{_MODE}"'
    )
    logo = re.compile(r'<div class="sidebar-primary-item">(?=\s*<a class="navbar-brand)')
    return logo.sub('<div class="sidebar-primary-item" role="navigation" aria-label="Home">', page)


_MODE = "Light, dark, or as the system has it"


def mend_pages(app: Sphinx, failure: Exception | None) -> None:
    if failure is None and app.builder.format == "html":
        for path in Path(app.outdir).rglob("*.html"):
            if "_static" not in path.parts:
                path.write_text(accessible(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict[str, Any]:
    app.setup_extension("sphinxcontrib.mermaid")
    # Thebe would let readers run code on Binder, with a script from elsewhere; nothing here uses it.
    for listeners in list(app.events.listeners.values()):
        for listener in list(listeners):
            function = listener.handler
            if function is mermaid.install_js or (
                function.__module__ == "sphinx_thebe" and function.__name__ != "st_static_path"
            ):
                app.disconnect(listener.id)
    app.add_node(mermaid.mermaid, override=True, html=(visit_mermaid, None))
    app.connect("builder-inited", import_library)
    app.connect("doctree-read", warn_without_alt)
    app.connect("html-page-context", add_mermaid)
    app.connect("html-page-context", describe)
    app.connect("build-finished", mend_pages)
    app.connect("autodoc-process-docstring", literal_docstring, priority=100)  # before napoleon
    return {"version": "1", "parallel_read_safe": True}
