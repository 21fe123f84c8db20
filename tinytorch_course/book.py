"""`make book`: the book in _build/html.

Jupyter Book reads a staging folder, never the checkout itself. What is put there: the landing page and the guides from docs/,
each module's page from src/NN_name/about.md, the student edition of its notebook, and a page for the API reference. So no
solution can get into the book. Mermaid and MathJax come from npm, so that a reader's browser loads nothing from elsewhere.
"""

from __future__ import annotations

import html
import importlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import yaml

from .audio import speak
from .book_extension import STATIC
from .build import drift
from .config import Course, Module
from .console import err, out, progress
from .errors import CourseError
from .first_cell import TAG as SETUP
from .release import exported_file, stripped
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
    source = f"{repository(course)}/blob/{course.settings['branch']}/src/{module.name}/{module.name}.py"
    launch, text = [], "On your computer: the student guide takes five minutes."
    if module.name in on_binder(course):
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


def with_cards(text: str, block: str) -> str:
    """The text with the cards before its first section, behind the title and what introduces the module."""
    lines = text.split("\n")
    depth_free = [index for index, line in prose_lines(text) if line.startswith("## ")]
    place = depth_free[0] if depth_free else len(lines)
    return "\n".join([*lines[:place], "", block, *lines[place:]])


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
            return f"[{label}]({repository(course)}/{kind}/{course.settings['branch']}/{inside.as_posix()}{tail})"
        return found.group(0)

    for index, line in prose_lines(text):
        lines[index] = _LINK.sub(link, line)
    return "\n".join(lines)


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


def notebook_page(stage: Stage, module: Module) -> None:
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
        if cell.cell_type == "markdown":
            cell.source = relinked(stage, cell.source, module.notebook)
    launch = f"[launch it]({binder_link(module)}) or " if module.name in on_binder(stage.course) else ""
    note = (
        ":::{note}\nThis is the notebook as students get it, without what its cells print and draw. "
        f"To work on it, {launch}follow the [student guide](../../docs/guides/student.md).\n:::"
    )
    nb.cells.insert(1, nbformat.v4.new_markdown_cell(relinked(stage, note, module.notebook)))
    path = stage.root / "student" / f"{module.name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, path)


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


def transcript_page(stage: Stage, module: Module, audio: str | None) -> None:
    path = stage.course.root / "docs" / "audio" / f"{module.name}.md"
    if not path.is_file():
        return
    title, rest = read_text(path).split("\n", 1)
    above = "This copy of the book was built without a speech synthesiser, so there is the text only."
    if audio:
        above = player(audio, title.lstrip("# "))
    stage.write(f"audio/{module.name}.md", f"{title}\n\n{above}\n{relinked(stage, rest, path)}")


# -- the whole -------------------------------------------------------------------------------------------------------


def toc_pages(course: Course) -> list[str]:
    toc = yaml.safe_load(read_text(course.root / "_toc.yml"))
    return [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]


def write_toc(stage: Stage) -> None:
    """_toc.yml with what is there only, and the pages of a module below it."""
    toc = yaml.safe_load(read_text(stage.course.root / "_toc.yml"))
    for part in toc["parts"]:
        part["chapters"] = [chapter for chapter in part["chapters"] if stage.has(chapter["file"])]
        for chapter in part["chapters"]:
            folder, _, name = chapter["file"].partition("/")
            if folder == "modules":
                below = {"student": "Notebook", "api": "API reference", "audio": "Audio overview"}
                pages = [
                    {"file": f"{kind}/{name}", "title": title}
                    for kind, title in below.items()
                    if stage.has(f"{kind}/{name}")
                ]
                chapter["sections"] = pages
    toc["parts"] = [part for part in toc["parts"] if part["chapters"]]
    stage.write("_toc.yml", yaml.safe_dump(toc, sort_keys=False, allow_unicode=True))


def write_config(stage: Stage) -> None:
    """_config.yml with what settings.ini says, and without what could not be had."""
    settings = stage.course.settings
    config = yaml.safe_load(read_text(stage.course.root / "_config.yml"))
    config |= {
        "title": settings["title"],
        "author": settings["author"],
        "copyright": settings["copyright"].split(",")[0],
    }
    config["repository"] = {"url": repository(stage.course), "branch": settings["branch"]}
    sphinx = config["sphinx"]["config"]
    sphinx["version"] = sphinx["release"] = settings["version"]
    if not (stage.root / STATIC / sphinx["mathjax_path"]).is_file():
        sphinx["mathjax_path"] = "no-mathjax.js"
        stage.write(f"{STATIC}/no-mathjax.js", "// Built without MathJax: formulas are shown as TeX.\n")
    stage.write("_config.yml", yaml.safe_dump(config, sort_keys=False, allow_unicode=True))


def modules_list(course: Course) -> str:
    """The landing page's list of the modules, each with its sentence."""
    lines = ["| Module | What you build |", "|---|---|"]
    for module in course.modules:
        title, sentence = title_of(module)
        lines.append(f"| [{module.name[:2]}&nbsp;{title}](/modules/{module.name}.md) | {sentence} |")
    return "\n".join(lines)


def from_npm(name: str, version: str, to: Path) -> Path | None:
    """Unpack an npm package below `to`, unless it is there already; None when npm or the registry cannot be reached."""
    home = to / f"{name}-{version}"
    if home.is_dir():
        return home
    npm = shutil.which("npm")
    if npm is None:
        return None
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to, prefix=".npm-") as folder:
        command = [npm, "pack", "--silent", "--prefer-offline", "--pack-destination", folder, f"{name}@{version}"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
        except subprocess.TimeoutExpired:
            return None
        archives = list(Path(folder).glob("*.tgz"))
        if done.returncode or not archives:
            return None
        with tarfile.open(archives[0]) as archive:
            members = [
                m for m in archive.getmembers() if m.isfile() and ".." not in m.name and not m.name.startswith("/")
            ]
            archive.extractall(folder, members)
        (Path(folder) / "package").rename(home)
    return home


def vendor(stage: Stage, cache: Path) -> None:
    """Put Mermaid and MathJax among the static files."""
    for name, (version, file, without) in VENDORED.items():
        package = from_npm(name, version, cache)
        if package is None:
            stage.notices.append(f"npm cannot give {name} {version}: {without}")
            continue
        target = stage.root / STATIC / "vendor" / Path(file).name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(package / file, target)
        if (package / "LICENSE").is_file():
            shutil.copy(package / "LICENSE", target.with_name(f"{name}-LICENSE.txt"))


def behind(course: Course) -> list[str]:
    """What is not as src/ gives it, so that nobody wonders why an edit is not in the book."""
    try:
        return [f"run `make build`, the book shows what was built before: {finding}" for finding in drift(course)]
    except CourseError as error:
        return [f"cannot be built, so the book shows what was built before: {error}"]


def make_stage(course: Course, root: Path, *, cache: Path, lite: bool = False) -> Stage:
    """Fill the folder that Jupyter Book reads."""
    stage = Stage(course, root)
    stage.notices += behind(course)
    docs = course.root / "docs"
    shutil.copytree(docs / "_static", root / "_static")
    (root / STATIC).mkdir(parents=True)
    vendor(stage, cache)
    with progress("pages", total=len(course.modules)) as advance:
        for count, module in enumerate(course.modules, start=1):
            script = docs / "audio" / f"{module.name}.md"
            audio = None
            if script.is_file():
                spoken = speak(read_text(script), root / STATIC / "audio" / module.name)
                audio = f"audio/{spoken.name}" if spoken else None
                if spoken is None:
                    stage.notices.append(
                        f"no espeak-ng here: {module.name} has the transcript of its audio overview only"
                    )
            here = lite and (course.root / "_lite" / "files" / module.name / f"{module.name}.ipynb").is_file()
            if lite and not here:
                stage.notices.append(f"the browser edition has no {module.name}: run `make lite` again")
            module_page(stage, module, audio=audio, lite=here)
            notebook_page(stage, module)
            api_page(stage, module)
            transcript_page(stage, module, audio)
            advance(count, module.name)
    for path in sorted((docs / "guides").glob("*.md")):
        stage.write(f"guides/{path.name}", relinked(stage, read_text(path), path))
    landing = relinked(stage, read_text(docs / "index.md"), docs / "index.md")
    stage.write("index.md", landing.replace("<!-- modules -->", modules_list(course)))
    write_config(stage)
    write_toc(stage)
    return stage


def run_jupyter_book(course: Course, source: Path) -> Path:
    """Build what is in the folder `source`; the folder with the pages, beside `source`.

    Raises
    ------
    CourseError
        When Jupyter Book warns of anything.
    """
    main = "from jupyter_book.cli.main import main; main()"
    place = ["build", str(source), "--path-output", str(source.parent)]
    command = [sys.executable, "-c", main, *place, "-W", "--keep-going", "-q"]
    paths = [str(course.root), os.environ.get("PYTHONPATH", "")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1", "NO_COLOR": "1"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, encoding="utf-8", errors="replace")
    pages = source.parent / "_build" / "html"
    if done.returncode or not (pages / "index.html").is_file():
        said = re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr).replace(f"{source}{os.sep}", "")
        raise CourseError(f"Jupyter Book is not content:\n{said.strip()}", exit_code=1)
    return pages


def build_book(course: Course, to: Path | None = None) -> Path:
    """Build the book into `to`, by default _build/html; the landing page's path.

    Raises
    ------
    CourseError
        When Jupyter Book warns of anything. What was built before stays then.
    """
    build = course.root / "_build"
    to = to or build / "html"
    build.mkdir(exist_ok=True)
    lite = course.root / "_lite"
    has_lite = (lite / "index.html").is_file()
    with tempfile.TemporaryDirectory(dir=build, prefix="book-") as folder:
        source = Path(folder).resolve() / "source"
        stage = make_stage(course, source, cache=build / "npm", lite=has_lite)
        for notice in stage.notices:
            out.print(f"note: {notice}", markup=False)
        pages = run_jupyter_book(course, source)
        if has_lite:
            shutil.copytree(lite, pages / "lite")
        shutil.rmtree(to, ignore_errors=True)
        shutil.move(pages, to)
    return to / "index.html"


def main() -> int:
    try:
        course = Course.find()
        index = build_book(course)
    except CourseError as error:
        err.print(f"book: {error}", markup=False, style="red")
        return error.exit_code
    browser = ", with the browser edition in lite/" if (index.parent / "lite").is_dir() else ""
    out.print(f"the book is in {index.relative_to(course.root)}{browser}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
