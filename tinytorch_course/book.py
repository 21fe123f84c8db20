"""`make book`: the book in _build/html.

Jupyter Book reads a staging folder, never the checkout itself. What is put there: the landing page and the guides from docs/,
each module's page from src/NN_name/about.md, the student edition of its notebook, and a page for the API reference. So no
solution can get into the book. Mermaid and MathJax come from npm, so that a reader's browser loads nothing from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .config import Course, Module
from .source import read_text

# npm package, version, the one file that the book needs, and what readers see without it
VENDORED = {
    "mermaid": ("11.17.2", "dist/mermaid.min.js", "diagrams are shown as text"),
    "mathjax": ("3.2.2", "es5/tex-svg.js", "formulas are shown as TeX"),
}
_FENCE = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
_PICTURES = {".png", ".svg", ".jpg", ".jpeg", ".webp", ".gif"}


@dataclass
class Stage:
    """The folder that Jupyter Book reads.

    Attributes
    ----------
    root : path
    notices : list of str
        What is missing and what stands in its place.
    """

    course: Course
    root: Path
    notices: list[str] = field(default_factory=list)

    def write(self, page: str, text: str) -> None:
        path = self.root / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")

    def has(self, page: str) -> bool:
        return any((self.root / f"{page}{suffix}").is_file() for suffix in (".md", ".ipynb"))


# -- pages -----------------------------------------------------------------------------------------------------------


def title_of(module: Module) -> tuple[str, str]:
    """A module's title and its sentence, from the first cell of its source: ``Autograd``, ``The engine that …``."""
    text = read_text(module.src)
    title = re.search(r"^# # Module \d\d: (.+)$", text, re.MULTILINE)
    sentence = re.search(r"^# > (.+)$", text, re.MULTILINE)
    return (title.group(1).strip() if title else module.name[3:].title(), sentence.group(1).strip() if sentence else "")


def repository(course: Course) -> str:
    return f"https://github.com/{course.settings['user']}/{course.settings['repo']}"


def binder_link(module: Module) -> str:
    """The address that opens a module's student edition in JupyterLab on Binder."""
    settings = module.course.settings
    place = f"lab/tree/notebooks/{module.name}/{module.name}.ipynb"
    return f"https://mybinder.org/v2/gh/{settings['user']}/{settings['repo']}/{settings['branch']}?urlpath={place}"


def cards(module: Module, *, audio: str | None, transcript: bool, lite: bool) -> str:
    """The cards of a module's page: work on it, look at its source, listen. Here and nowhere else."""
    title, _ = title_of(module)
    blocks = [
        f"""
```{{grid-item-card}} {{octicon}}`rocket;1em` Launch
Open the notebook on Binder: nothing to install, 1 to 2 GB of memory, and ten idle minutes end the session. Save your work
before that.
+++
```{{button-link}} {binder_link(module)}
:color: primary
:expand:
Launch Binder<span class="sr-only"> with Module {module.name[:2]}</span>
```
```""",
        f"""
```{{grid-item-card}} {{octicon}}`book;1em` Notebook
Read the student edition here, or get it with the library and the data as the [student guide](/guides/student.md) says.
+++
```{{button-ref}} /student/{module.name}
:ref-type: doc
:color: primary
:outline:
:expand:
Read the notebook
```
```""",
        f"""
```{{grid-item-card}} {{octicon}}`code;1em` Source
The file from which notebook and library are made. It holds the reference solutions: look after your own attempt.
+++
```{{button-link}} {repository(module.course)}/blob/{module.course.settings["branch"]}/src/{module.name}/{module.name}.py
:color: primary
:outline:
:expand:
View source
```
```""",
    ]
    if lite:
        blocks[0] = blocks[0].replace(
            "+++\n",
            f"""+++
```{{button-link}} ../lite/lab/index.html?path={module.name}/{module.name}.ipynb
:color: primary
:expand:
Open in this browser
```
""",
            1,
        )
    if transcript:
        player = (
            f'<audio controls preload="none" src="../_static/{audio}" aria-label="Audio overview of Module {module.name[:2]}: {title}"></audio>'
            if audio
            else "There is no recording in this copy of the book."
        )
        blocks.append(
            f"""
```{{grid-item-card}} {{octicon}}`unmute;1em` Listen
An overview of about five minutes, spoken by a speech synthesiser.

{player}
+++
```{{button-ref}} /audio/{module.name}
:ref-type: doc
:color: primary
:outline:
:expand:
Read the transcript
```
```"""
        )
    # Directives inside directives need longer fences outside.
    inner = [
        re.sub(r"^```(\{grid-item-card\}.*)", r"````\1", block.strip("\n"), flags=re.MULTILINE) for block in blocks
    ]
    inner = [block[: -len("```")] + "````" for block in inner]
    columns = "1 2 2 4" if len(inner) == 4 else "1 2 3 3"
    return f"`````{{grid}} {columns}\n:gutter: 3\n:class-container: launch\n\n" + "\n\n".join(inner) + "\n`````\n"


def outside_fences(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a Markdown text that are not inside a code fence, with their index; directives count as text."""
    open_fence: str | None = None
    for index, line in enumerate(text.split("\n")):
        found = _FENCE.match(line)
        if open_fence:
            if found and found.group(1).startswith(open_fence) and not line.strip().strip("`~:"):
                open_fence = None
            continue
        rest = line.strip().lstrip("`~:")
        if (found and line.strip()[0] != ":" and rest and not rest.startswith("{")) or (
            found and line.strip()[0] == "`" and not rest and not _closes(text, index)
        ):
            open_fence = found.group(1)
            continue
        yield index, line


def _closes(text: str, index: int) -> bool:
    """Whether a bare fence on this line closes a directive that was opened above (and so opens no code)."""
    open_fences: list[str] = []
    for line in text.split("\n")[: index + 1]:
        found = _FENCE.match(line)
        if not found:
            continue
        bare = not line.strip().strip("`~:")
        if bare and open_fences and found.group(1).startswith(open_fences[-1]):
            open_fences.pop()
            if line is text.split("\n")[index]:
                return True
        elif not bare:
            open_fences.append(found.group(1))
    return False
