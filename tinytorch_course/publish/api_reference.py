"""The library's names and docstrings as a page."""

from __future__ import annotations

import importlib

from ..base.course import Course, Module, exported_file
from .module_pages import title_of
from .stage import Stage


def api_page(stage: Stage, module: Module) -> None:
    """The API reference of a module, from its docstrings: names, signatures and contracts, no code."""
    file = exported_file(module)
    if file is None or not (stage.course.library / file).is_file():
        return
    name = ".".join([stage.course.library.name, *file.with_suffix("").parts])
    title, _ = title_of(module)
    space = importlib.import_module(name)
    added = added_members(stage.course)
    lines = [f"# API reference: {title}", "", f"What `{name}` offers, from its docstrings.", ""]

    def entry(directive_name: str, target: str, *options: str) -> list[str]:
        return ["```{eval-rst}", f".. {directive_name}:: {target}", *(f"   {option}" for option in options), "```", ""]

    for item in getattr(space, "__all__", []):
        value = getattr(space, item)
        if not isinstance(value, type):
            if callable(value):  # a constant has no docstring
                lines += [f"## {item}", "", *entry("autofunction", f"{name}.{item}")]
            continue
        elsewhere = {member for kind, member, home in added if kind == f"{name}.{item}" and home != name}
        members = [
            m for m, of in vars(value).items() if not m.startswith("_") and m not in elsewhere and documented(of)
        ]
        lines += [
            f"## {item}",
            "",
            *entry("autoclass", f"{name}.{item}", *([f":members: {', '.join(members)}"] if members else [])),
        ]
    for kind, member, home in added:
        if home == name:
            lines += [f"## {kind.rpartition('.')[2]}.{member}", "", *entry("automethod", f"{kind}.{member}")]
    stage.write(f"api/{module.name}.md", "\n".join(lines))


def documented(member: object) -> bool:
    return (callable(member) or isinstance(member, (property, classmethod, staticmethod))) and bool(
        getattr(member, "__doc__", None)
    )


def added_members(course: Course) -> list[tuple[str, str, str]]:
    """Methods that a module adds to a class of an earlier one: the class, the method, the module that adds it."""
    found = []
    files = [file for module in course.modules if (file := exported_file(module)) and (course.library / file).is_file()]
    spaces = [importlib.import_module(".".join([course.library.name, *file.with_suffix("").parts])) for file in files]
    for space in spaces:
        for kind in (getattr(space, name) for name in getattr(space, "__all__", [])):
            if isinstance(kind, type) and kind.__module__ == space.__name__:
                for member, value in vars(kind).items():
                    function = getattr(value, "fget", value)
                    home = getattr(function, "__module__", None)
                    if (
                        callable(function)
                        and not member.startswith("_")
                        and home not in (None, kind.__module__)
                        and home.startswith(course.library.name)
                    ):
                        found.append((f"{kind.__module__}.{kind.__qualname__}", member, home))
    return found
