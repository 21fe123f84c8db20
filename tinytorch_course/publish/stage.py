"""The folder from which the book is built."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from ..base.course import Course
from ..base.files import read_text


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


# -- the whole -------------------------------------------------------------------------------------------------------


def toc_pages(course: Course) -> list[str]:
    toc = yaml.safe_load(read_text(course.root / "_toc.yml"))
    return [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
