"""Links and fences in Markdown."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from .stage import Stage, toc_pages

_FENCE = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
_PICTURES = {".png", ".svg", ".jpg", ".jpeg", ".webp", ".gif"}


def prose_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a Markdown text that are not code, with their index. What stands in a directive is prose, unless it is code."""
    fences: list[tuple[str, bool]] = []  # the marks that are open, and whether they hold code
    for index, line in enumerate(text.split("\n")):
        found = _FENCE.match(line)
        in_code = bool(fences) and fences[-1][1]
        if not found:
            if not in_code:
                yield index, line
            continue
        mark, rest = found.group(1), line.strip().lstrip("`~:").strip()
        if fences and not rest and mark[0] == fences[-1][0][0] and len(mark) >= len(fences[-1][0]):
            fences.pop()
        elif not in_code:
            directive = re.match(r"\{([\w-]+)\}", rest)
            fences.append((mark, not directive if mark[0] != ":" else False))
            if directive and directive.group(1) in {
                "mermaid",
                "code-block",
                "code",
                "math",
                "raw",
                "eval-rst",
                "code-cell",
            }:
                fences[-1] = (mark, True)


def relinked(stage: Stage, text: str, origin: Path) -> str:
    """The text with its links to files of the repository pointing to pages of the book, or to the repository.

    Parameters
    ----------
    stage : Stage
    text : str
        Markdown of the file `origin`.
    origin : path
    """
    course = stage.course
    planned = set(toc_pages(course))
    lines = text.split("\n")

    def link(found: re.Match[str]) -> str:
        mark, label, target = found.groups()
        path, _, anchor = target.partition("#")
        if not path or re.match(r"[a-z]+:|/", path):
            return found.group(0)
        file = (origin.parent / path).resolve()
        tail = f"#{anchor}" if anchor else ""
        try:
            inside = file.relative_to(course.root)
        except ValueError:
            return found.group(0)
        if mark or inside.suffix in _PICTURES:
            if file.is_file():
                (stage.root / "files" / inside).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, stage.root / "files" / inside)
            return f"{mark}[{label}](/files/{inside.as_posix()})"
        names = {module.name for module in course.modules}
        if inside.parts[0] in (course.src.name, course.notebooks.name) and len(inside.parts) > 1:
            name = inside.parts[1]
            if name not in names:
                return label if f"modules/{name}" in planned else found.group(0)
            if len(inside.parts) == 2 or inside.name == "about.md":
                return f"[{label}](/modules/{name}.md{tail})"
            if inside.suffix == ".ipynb":
                return f"[{label}](/student/{name}.ipynb{tail})"
        if inside.parts[0] == "docs" and inside.suffix == ".md":
            page = inside.relative_to("docs").as_posix()
            if file.is_file():
                return f"[{label}](/{page}{tail})"
            return label if page.removesuffix(".md") in planned else found.group(0)
        if file.exists():
            kind = "tree" if file.is_dir() else "blob"
            if not course.repository:
                return label
            return f"[{label}]({course.repository}/{kind}/{course.settings['branch']}/{inside.as_posix()}{tail})"
        return found.group(0)

    for index, line in prose_lines(text):
        lines[index] = _LINK.sub(link, line)
    return "\n".join(lines)
