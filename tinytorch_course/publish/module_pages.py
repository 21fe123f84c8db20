"""The pages of a module: what it is about, its notebook, its buttons."""

from __future__ import annotations

import html
import re

import nbformat
from nbformat.notebooknode import NotebookNode

from ..author.first_cell import TAG as SETUP
from ..author.release import stripped
from ..base.course import Course, Module
from ..base.files import read_text
from .links import prose_lines, relinked
from .outputs import Outputs
from .stage import Stage

# -- pages -----------------------------------------------------------------------------------------------------------


def title_of(module: Module) -> tuple[str, str]:
    """A module's title and its sentence, from the first cell of its source: ``Autograd``, ``The engine that …``."""
    text = read_text(module.src)
    title = re.search(r"^# # Module \d\d: (.+)$", text, re.MULTILINE)
    sentence = re.search(r"^# > (.+)$", text, re.MULTILINE)
    return (title.group(1).strip() if title else module.name[3:].title(), sentence.group(1).strip() if sentence else "")


def binder_link(module: Module) -> str:
    """The address that opens a module's student edition in JupyterLab on Binder; empty where Binder cannot build it."""
    course = module.course
    if module.name not in on_binder(course) or not course.repository.startswith("https://github.com/"):
        return ""
    place = f"lab/tree/notebooks/{module.name}/{module.name}.ipynb"
    home = course.repository.removeprefix("https://github.com/")
    return f"https://mybinder.org/v2/gh/{home}/{course.settings['branch']}?urlpath={place}"


def on_binder(course: Course) -> list[str]:
    """The modules whose student edition Binder's image holds: binder/postBuild names them."""
    script = course.root / "binder" / "postBuild"
    return re.findall(r"^module=(\S+)", read_text(script), re.MULTILINE) if script.is_file() else []


def directive(name: str, argument: str, *content: str, options: dict[str, str] | None = None) -> str:
    """A directive with a fence that is longer than those inside it."""
    body = "\n".join(content)
    inside = max((len(found) for found in re.findall(r"^:{3,}", body, re.MULTILINE)), default=2)
    fence = ":" * (inside + 1)  # a fence of backticks could not have an icon in its title
    head = [f":{key}: {value}".rstrip() for key, value in (options or {}).items()]
    return "\n".join([f"{fence}{{{name}}} {argument}".rstrip(), *head, *([""] if head else []), body, fence])


def button(text: str, target: str, *, page: bool = False, plain: bool = False) -> str:
    """A button that leads to a page of the book or to an address."""
    options = (
        {"color": "primary", "expand": ""} | ({"ref-type": "doc"} if page else {}) | ({"outline": ""} if plain else {})
    )
    return directive("button-ref" if page else "button-link", target, text, options=options)


def card(icon: str, title: str, text: str, *buttons: str) -> str:
    footer = directive("card-footer", "", *buttons)
    return directive("grid-item-card", f"{{octicon}}`{icon};1em` {title}", text, "", footer)


def player(name: str, title: str) -> str:
    return f'<audio controls preload="none" src="../_static/{name}" aria-label="{html.escape(title)}"></audio>'


def cards(module: Module, *, audio: str | None, lite: bool) -> str:
    """The cards of a module's page: work on it, read it, look at its source, listen. Here and nowhere else."""
    course, number = module.course, module.name[:2]
    launch, text = [], "On your computer: the student guide takes five minutes."
    if binder_link(module):
        text = "Nothing to install. A session on Binder has 1 to 2 GB of memory and ends after ten idle minutes: save your work."
        launch.append(button(f"Launch Binder {_for(number)}", binder_link(module)))
    elif (course.root / "docs" / "guides" / "student.md").is_file():
        launch.append(button("Student guide", "/guides/student", page=True))
    if lite:
        page = f"../lite/lab/index.html?path={module.name}/{module.name}.ipynb"
        launch.append(button(f"Open in this browser {_for(number)}", page, plain=True))
    items = [card("rocket", "Launch", text, *launch)]
    if module.notebook.is_file():
        text = "The student edition as a page: the text, the exercises and their visible checks."
        items.append(
            card(
                "book", "Notebook", text, button("Read the notebook", f"/student/{module.name}", page=True, plain=True)
            )
        )
    if course.repository:
        source = f"{course.repository}/blob/{course.settings['branch']}/src/{module.name}/{module.name}.py"
        text = "The file that notebook and library are made from. It holds the reference solutions, so try first."
        items.append(card("code", "Source", text, button(f"View source {_for(number)}", source, plain=True)))
    if (course.root / "docs" / "audio" / f"{module.name}.md").is_file():
        text = "An overview of about five minutes, read by a speech synthesiser."
        text += (
            f"\n\n{player(audio, f'Audio overview of Module {number}')}"
            if audio
            else "  This copy of the book has the text only."
        )
        items.append(
            card(
                "unmute", "Listen", text, button("Read the transcript", f"/audio/{module.name}", page=True, plain=True)
            )
        )
    columns = f"1 2 {min(len(items), 3)} {len(items)}" if len(items) != 4 else "1 2 2 2"
    return directive("grid", columns, *items, options={"gutter": "3", "class-container": "launch"})


def _for(number: str) -> str:
    return f'<span class="sr-only">for Module {number}</span>'


def with_cards(text: str, block: str) -> str:
    """The text with the cards before its first section, behind the title and what introduces the module."""
    lines = text.split("\n")
    depth_free = [index for index, line in prose_lines(text) if line.startswith("## ")]
    place = depth_free[0] if depth_free else len(lines)
    return "\n".join([*lines[:place], "", block, *lines[place:]])


# -- the pages of one module -----------------------------------------------------------------------------------------


def module_page(stage: Stage, module: Module, *, audio: str | None, lite: bool) -> None:
    block = cards(module, audio=audio, lite=lite)
    if module.about.is_file():
        text = relinked(stage, read_text(module.about), module.about)
    else:
        title, sentence = title_of(module)
        text = f"# Module {module.name[:2]}: {title}\n\n{sentence}\n"
        stage.notices.append(f"{module.name} has no about.md yet: its page shows title, cards and links only")
    stage.write(f"modules/{module.name}.md", with_cards(text, block))


def notebook_page(stage: Stage, module: Module, outputs: Outputs | None = None) -> None:
    """The student edition as a page, with what its given cells print and draw where that is known."""
    if not module.notebook.is_file():
        stage.notices.append(f"{module.name} has no notebook yet: run `make build`")
        return
    nb = stripped(module)
    # In search results and tabs of the browser, the notebook and the module's page are told apart by their titles.
    nb.cells[0].source = re.sub(r"^(# .+)$", r"\1, the notebook", nb.cells[0].source, count=1, flags=re.MULTILINE)
    for cell in nb.cells:
        code = cell.cell_type == "code"
        if code and re.fullmatch(r"#\|\s*default_exp\s+\S+\s*", cell.source):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "remove-cell"]
        if code and SETUP in cell.metadata.get("tags", []):
            cell.metadata["tags"] = [*cell.metadata["tags"], "hide-input"]
        if code and outputs and cell.id in outputs:
            cell.outputs = [NotebookNode(output) for output in outputs[cell.id]]
        if cell.cell_type == "markdown":
            cell.source = relinked(stage, cell.source, module.notebook)
    launch = f"[launch it]({binder_link(module)}) or " if binder_link(module) else ""
    shows = "with what its given cells print and draw" if outputs else "without what its cells print and draw"
    note = (
        f":::{{note}}\nThis is the notebook as students get it, {shows}. "
        f"To work on it, {launch}follow the [student guide](../../docs/guides/student.md).\n:::"
    )
    nb.cells.insert(1, nbformat.v4.new_markdown_cell(relinked(stage, note, module.notebook)))
    path = stage.root / "student" / f"{module.name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, path)


def transcript_page(stage: Stage, module: Module, audio: str | None) -> None:
    path = stage.course.root / "docs" / "audio" / f"{module.name}.md"
    if not path.is_file():
        return
    title, rest = read_text(path).split("\n", 1)
    above = "This copy of the book was built without a speech synthesiser, so there is the text only."
    if audio:
        above = player(audio, title.lstrip("# "))
    stage.write(f"audio/{module.name}.md", f"{title}\n\n{above}\n{relinked(stage, rest, path)}")


def modules_list(course: Course) -> str:
    """The landing page's list of the modules, each with its sentence."""
    lines = ["| Module | What you build |", "|---|---|"]
    for module in course.modules:
        title, sentence = title_of(module)
        lines.append(f"| [{module.name[:2]}&nbsp;{title}](/modules/{module.name}.md) | {sentence} |")
    return "\n".join(lines)
