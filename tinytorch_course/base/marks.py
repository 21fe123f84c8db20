"""The one grammar of marks: solution and hidden blocks, exported cells, grade ids and the numbers of exercises."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

SOLUTION, HIDDEN, SCHEME = "SOLUTION", "HIDDEN TESTS", "MARK SCHEME"
MARK = re.compile(rf"^\s*(?:###|===)\s*(BEGIN|END) ({SOLUTION}|{HIDDEN}|{SCHEME})\b(.*)$")
_HIDDEN_BLOCK = re.compile(rf"^[ \t]*#+ *BEGIN {HIDDEN}.*?^[ \t]*#+ *END {HIDDEN}[^\n]*\n?", re.DOTALL | re.MULTILINE)
# Formatters write `# | export`; other marks of that kind and IPython's `%%time` may stand above it.
_EXPORT, _ABOVE_CODE = re.compile(r"\s*#\s*\|\s*exporti?\b"), re.compile(r"\s*(?:#\s*\||%%\w|$)")
_GRADE_ID = re.compile(r"(?:(test|text)-)?(\d\d)-(\d\d)-(.+)")


@dataclass(frozen=True)
class GradeId:
    """What a grade id says: ``test-06-04-mul-backward`` is the test of exercise 06.4."""

    text: str
    kind: str  # "exercise", "test" or "text"
    number: str  # "06.4"
    slug: str  # "mul-backward"

    @classmethod
    def of(cls, text: str) -> GradeId | None:
        """The grade id that `text` is; nothing where it says no number."""
        found = _GRADE_ID.fullmatch(text)
        if found is None:
            return None
        kind, module, exercise, slug = found.groups()
        return cls(text, kind or "exercise", f"{module}.{int(exercise)}", slug)

    @property
    def is_well_formed(self) -> bool:
        """Whether the name behind the number is written as authors have to write it."""
        return re.fullmatch(r"[a-z0-9-]+", self.slug) is not None


def number_of(name: str) -> str:
    """``06.4`` for ``test-06-04-mul-backward``; the name itself where it says no number."""
    found = GradeId.of(name)
    return found.number if found else name


def is_export(source: str) -> bool:
    """Whether a code cell belongs to the library."""
    head = itertools.takewhile(_ABOVE_CODE.match, source.split("\n"))
    return any(map(_EXPORT.match, head))


def without_marks(source: str) -> str:
    """A solution cell's code without the two marks around the solution."""
    return "\n".join(line for line in source.split("\n") if not (m := MARK.match(line)) or m.group(2) != SOLUTION)


def stub_of(source: str) -> str:
    """An exercise's cell as the student gets it: each solution block replaced by a stub that names its task."""
    lines: list[str] = []
    inside = False
    for line in source.split("\n"):
        edge, what, task = found.groups() if (found := MARK.match(line)) else ("", "", "")
        if what == SOLUTION and edge == "BEGIN":
            indent = line[: len(line) - len(line.lstrip())]
            lines += [f"{indent}# YOUR CODE HERE", f"{indent}raise NotImplementedError({_quoted(task)})"]
            inside = True
        elif what == SOLUTION:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def scheme_of(source: str) -> str:
    """The mark scheme in a text answer's cell, without its marks."""
    lines: list[str] = []
    inside = False
    for line in source.split("\n"):
        found = MARK.match(line)
        if found and found.group(2) == SCHEME:
            inside = found.group(1) == "BEGIN"
        elif inside:
            lines.append(line)
    return "\n".join(lines).strip("\n")


def _quoted(text: str) -> str:
    return '"' + text.strip().replace("\\", "\\\\").replace('"', '\\"') + '"'


def visible(source: str) -> str:
    """A test cell's text as the student has it."""
    return _HIDDEN_BLOCK.sub("", source).rstrip("\n")


def hidden_lines(source: str) -> list[str]:
    """The lines that only the grader has, long enough to be recognised."""
    shown = {line.strip() for line in visible(source).split("\n")}
    lines = [line.strip() for block in _HIDDEN_BLOCK.findall(source) for line in block.split("\n")]
    skipped = {"check.hidden()", *shown}
    return [line for line in lines if len(line) >= 12 and not line.startswith("###") and line not in skipped]
