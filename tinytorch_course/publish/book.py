"""`make book`: the book in _build/html.

Jupyter Book reads a staging folder, never the checkout itself. What is put there: the landing page and the guides from docs/,
each module's page from src/NN_name/about.md, the student edition of its notebook, and a page for the API reference. So no
solution can get into the book. Mermaid and MathJax come from npm, so that a reader's browser loads nothing from elsewhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

import yaml

from ..author.build import drift
from ..base.console import exit_code, out, progress
from ..base.course import Course, Module
from ..base.errors import CourseError
from ..base.files import read_text
from ..base.printable import without_colours
from .api_reference import api_page
from .audio import speak
from .links import relinked
from .module_pages import module_page, modules_list, notebook_page, transcript_page
from .outputs import Outputs, outputs_of
from .sphinx_extension import STATIC
from .stage import Stage
from .vendored import vendor


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
    if stage.course.repository:
        config["repository"] = {"url": stage.course.repository, "branch": settings["branch"]}
    else:
        config["html"]["use_repository_button"] = False
    sphinx = config["sphinx"]["config"]
    sphinx["version"] = sphinx["release"] = settings["version"]
    if not (stage.root / STATIC / sphinx["mathjax_path"]).is_file():
        sphinx["mathjax_path"] = "no-mathjax.js"
        stage.write(f"{STATIC}/no-mathjax.js", "// Built without MathJax: formulas are shown as TeX.\n")
    stage.write("_config.yml", yaml.safe_dump(config, sort_keys=False, allow_unicode=True))


def behind(course: Course) -> list[str]:
    """What is not as src/ gives it, so that nobody wonders why an edit is not in the book."""
    try:
        return [f"run `make build`, the book shows what was built before: {finding}" for finding in drift(course)]
    except CourseError as error:
        return [f"cannot be built, so the book shows what was built before: {error}"]


def _outputs(stage: Stage, module: Module, cache: Path) -> Outputs | None:
    """What a notebook's given cells print and draw, or a notice why that is not known."""
    if not module.notebook.is_file():
        return None
    try:
        return outputs_of(module, cache)
    except CourseError as error:
        stage.notices.append(f"{module.name} is shown without outputs: {error}")
        return None


def make_stage(course: Course, root: Path, *, cache: Path, lite: bool = False, run: Collection[str] = ()) -> Stage:
    """Fill the folder that Jupyter Book reads; `run` names the modules whose notebooks are run for their outputs."""
    stage = Stage(course, root)
    stage.notices += behind(course)
    docs = course.root / "docs"
    shutil.copytree(docs / "_static", root / "_static")
    (root / STATIC).mkdir(parents=True)
    shutil.copy(docs / "404.html", (root / STATIC).parent)
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
            outputs = _outputs(stage, module, cache.parent / "outputs") if module.name in run else None
            notebook_page(stage, module, outputs)
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
    env = course.environment(PYTHONUTF8="1", NO_COLOR="1")
    done = subprocess.run(command, env=env, capture_output=True, text=True, encoding="utf-8", errors="replace")
    pages = source.parent / "_build" / "html"
    if done.returncode or not (pages / "index.html").is_file():
        said = without_colours(done.stdout + done.stderr).replace(f"{source}{os.sep}", "")
        raise CourseError(f"Jupyter Book is not content:\n{said.strip()}", exit_code=1)
    return pages


def build_book(course: Course, to: Path | None = None, *, run: Collection[str] | None = None) -> Path:
    """Build the book into `to`, by default _build/html; the landing page's path.

    Notebooks of the modules in `run`, by default of all, are run once for what their given cells print and draw.

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
        names = [module.name for module in course.modules] if run is None else run
        stage = make_stage(course, source, cache=build / "npm", lite=has_lite, run=names)
        for notice in stage.notices:
            out.print(f"note: {notice}", markup=False)
        pages = run_jupyter_book(course, source)
        if has_lite:
            shutil.copytree(lite, pages / "lite")
        shutil.rmtree(to, ignore_errors=True)
        shutil.move(pages, to)
    return to / "index.html"


def main() -> None:
    course = Course.find()
    index = build_book(course)
    browser = ", with the browser edition in lite/" if (index.parent / "lite").is_dir() else ""
    out.print(f"the book is in {index.relative_to(course.root)}{browser}")


if __name__ == "__main__":
    sys.exit(exit_code(main, "book"))
