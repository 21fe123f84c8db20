"""What the tests of the book share: reading HTML without a browser, and the code on the modules' pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path


@dataclass
class Page(HTMLParser):
    """A page's links, ids, pictures and text."""

    path: Path
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    nameless: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attributes}
        self.ids |= {has[name] for name in ("id", "name") if has.get(name)}
        if tag == "a" and has.get("href"):
            self.links.append(has["href"])
        if tag in ("script", "img", "iframe", "audio", "source", "video", "embed") and has.get("src"):
            self.loads.append(has["src"])
        if (
            tag == "link"
            and has.get("href")
            and has.get("rel") not in ("canonical", "next", "prev", "search", "index", "author")
        ):
            self.loads.append(has["href"])
        if tag == "img" and not has.get("alt", "").strip():
            self.nameless.append(f"img {has.get('src')}")
        if (tag == "audio" or has.get("role") == "img") and tag != "svg" and not has.get("aria-label", "").strip():
            self.nameless.append(f"{tag} {has}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return squeezed("".join(self.words))


def squeezed(text: str) -> str:
    """Without white space, so that neither indentation nor markup between two letters hides a line."""
    return re.sub(r"\s+", "", text)


@dataclass(frozen=True)
class Example:
    """Code on a page, and what the page says that it prints."""

    page: str
    line: int
    where: str  # "TinyTorch", "PyTorch", or "" outside of tabs
    code: str
    said: str


def examples(path: Path) -> list[Example]:
    """The code of a module's page that shows an output.

    The output is the block without a language that follows, or the comments behind the calls of print. Code in a tab has to
    show its output; elsewhere only code with a block behind it is taken.
    """
    found: list[Example] = []
    tab = ""
    lines = path.read_text(encoding="utf-8").split("\n")
    index = 0
    while index < len(lines):
        line = lines[index]
        if item := re.match(r"\s*[`:]{3,}\{tab-item\}\s*(.+)", line):
            tab = next((name for name in ("TinyTorch", "PyTorch") if name in item.group(1)), "")
        elif re.match(r"\s*(`{5,}|:{5,})\s*$", line) or line.startswith("#"):
            tab = ""
        if line.strip() == "```python":
            end = next(i for i in range(index + 1, len(lines)) if lines[i].strip() == "```")
            code = "\n".join(lines[index + 1 : end])
            after = next((i for i in range(end + 1, len(lines)) if lines[i].strip()), len(lines) - 1)
            said: str | None = None
            if lines[after].strip() in ("```", "```text", "```none"):
                close = next(i for i in range(after + 1, len(lines)) if lines[i].strip() == "```")
                said = "\n".join(lines[after + 1 : close])
            elif tab:
                comments = [re.search(r"\)\s+#\s(.*)$", text) for text in code.split("\n") if "print(" in text]
                said = "\n".join(comment.group(1) for comment in comments if comment)
            if said is not None:
                found.append(Example(path.parent.name, index + 1, tab, code, said))
            index = end
        index += 1
    return found
