"""The one grammar of marks: solution and hidden blocks, grade ids, exercise numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

SOLUTION, HIDDEN, SCHEME = "SOLUTION", "HIDDEN TESTS", "MARK SCHEME"
_MARK = re.compile(r"^\s*(?:###|===)\s*(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)\b(.*)$")
_EXPORT = re.compile(r"^#\|\s*exporti?\b", re.MULTILINE)
_GRADE_ID = re.compile(r"(?:(test|text)-)?(\d\d)-(\d\d)-[a-z0-9-]+")


@dataclass(frozen=True)
class Exercise:
    """What a grade id says: ``test-06-04-mul-backward`` is the test of exercise 06.4."""

    grade_id: str
    kind: str  # "exercise", "test" or "text"

    @property
    def number(self) -> str:
        module, exercise = re.findall(r"\d\d", self.grade_id)[:2]
        return f"{module}.{int(exercise)}"

    @classmethod
    def of(cls, grade_id: str) -> Exercise | None:
        found = _GRADE_ID.fullmatch(grade_id)
        return cls(grade_id, found.group(1) or "exercise") if found else None


def is_export(source: str) -> bool:
    """Whether a code cell belongs to the library."""
    return bool(_EXPORT.match(source.lstrip("\n")))


def without_marks(source: str) -> str:
    """A solution cell's code without the two marks around the solution."""
    return "\n".join(line for line in source.split("\n") if not (m := _MARK.match(line)) or m.group(2) != SOLUTION)


_BEGIN = re.compile(r"^(\s*)###\s*BEGIN SOLUTION\b\s*(.*)$")


def stub_of(source: str) -> str:
    """An exercise's cell as the student gets it: each solution block replaced by a stub that names its task."""
    lines: list[str] = []
    inside = False
    for line in source.split("\n"):
        if begin := _BEGIN.match(line):
            indent, task = begin.groups()
            lines += [f"{indent}# YOUR CODE HERE", f"{indent}raise NotImplementedError({_quoted(task)})"]
            inside = True
        elif inside and f"END {SOLUTION}" in line:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return '"' + text.strip().replace("\\", "\\\\").replace('"', '\\"') + '"'


_HIDDEN = re.compile(r"^[ \t]*#+ *BEGIN HIDDEN TESTS.*?^[ \t]*#+ *END HIDDEN TESTS[^\n]*\n?", re.DOTALL | re.MULTILINE)
_NUMBER = re.compile(r"(?:(?:test|text)-)?(\d\d)-(\d\d)-(.*)")


def visible(source: str) -> str:
    """A test cell's text as the student has it."""
    return _HIDDEN.sub("", source).rstrip("\n")


def hidden_lines(source: str) -> list[str]:
    """The lines that only the grader has, long enough to be recognised."""
    shown = {line.strip() for line in visible(source).split("\n")}
    lines = [line.strip() for block in _HIDDEN.findall(source) for line in block.split("\n")]
    skipped = {"check.hidden()", *shown}
    return [line for line in lines if len(line) >= 12 and not line.startswith("###") and line not in skipped]


def number_of(name: str) -> str:
    """``06.4`` for ``test-06-04-mul-backward``; the grade id itself where it says no number."""
    found = _NUMBER.fullmatch(name)
    return f"{found.group(1)}.{int(found.group(2))}" if found else name
