"""The book: complete, without solutions, without warnings, without network, and for everybody to read."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
import yaml

from tinytorch_course.author.build import build
from tinytorch_course.author.source import read_source
from tinytorch_course.base.course import Course
from tinytorch_course.base.errors import CourseError
from tinytorch_course.base.marks import stub_of
from tinytorch_course.base.marks import visible as visible_part
from tinytorch_course.publish import audio
from tinytorch_course.publish import book as making
from tinytorch_course.publish import sphinx_extension as book_extension
from tinytorch_course.publish.book import build_book, make_stage, run_jupyter_book
from tinytorch_course.publish.links import relinked
from tinytorch_course.publish.module_pages import binder_link, cards, on_binder, with_cards
from tinytorch_course.publish.outputs import outputs_of
from tinytorch_course.publish.stage import Stage, toc_pages

from .pages import Page, squeezed

ROOT = Path(__file__).resolve().parents[2]
COURSE = Course(ROOT)


@cache
def pages_of(book: Path) -> dict[str, Page]:
    files = sorted(path for path in book.rglob("*.html") if path.relative_to(book).parts[0] not in {"lite", "_static"})
    return {path.relative_to(book).as_posix(): Page(path) for path in files}


# -- what is in it ---------------------------------------------------------------------------------------------------


def test_each_module_has_its_page_its_notebook_and_its_reference(book: Path):
    landing = pages_of(book)["index.html"]
    for module in COURSE.modules:
        for kind in ("modules", "student", "api"):
            assert f"{kind}/{module.name}.html" in pages_of(book)
        assert f"modules/{module.name}.html" in landing.links


def test_the_table_of_contents_names_each_module_and_each_guide_once():
    pages = toc_pages(COURSE)
    wanted = [f"modules/{module.name}" for module in COURSE.modules]
    wanted += [f"guides/{path.stem}" for path in (ROOT / "docs" / "guides").glob("*.md")]
    assert set(wanted) <= set(pages)
    assert len(pages) == len(set(pages))


def test_each_module_page_has_its_cards(book: Path):
    for module in COURSE.modules:
        page = pages_of(book)[f"modules/{module.name}.html"]
        assert not any("mybinder.org" in link or f"/src/{module.name}/" in link for link in page.links), (
            "no address yet"
        )
        assert f"../student/{module.name}.html" in page.links


def at(address: str) -> Course:
    """The course with an address of its repository."""
    course = Course(ROOT)
    course.settings["git_url"] = address
    return course


def test_binder_opens_module_06_once_the_course_has_an_address():
    published = at("https://github.com/somebody/tinytorch")
    assert on_binder(published) == ["06_autograd"]
    address = binder_link(published.module("06"))
    assert address.startswith("https://mybinder.org/v2/gh/somebody/tinytorch/main?")
    assert address.endswith("?urlpath=lab/tree/notebooks/06_autograd/06_autograd.ipynb")
    assert address in cards(published.module("06"), audio=None, lite=False)
    assert "/src/06_autograd/06_autograd.py" in cards(published.module("06"), audio=None, lite=False)


@pytest.mark.parametrize(
    "address, module", [("", "06"), ("https://example.org/tinytorch", "06"), ("https://github.com/a/b", "01")]
)
def test_where_binder_cannot_build_it_there_is_no_link(address: str, module: str):
    assert binder_link(at(address).module(module)) == ""


def test_the_reference_shows_what_a_module_adds_to_earlier_classes(book: Path):
    page = pages_of(book)["api/06_autograd.html"]
    assert "tinytorch.core.tensor.Tensor.backward" in page.ids
    assert "tinytorch.core.tensor.Tensor.backward" not in pages_of(book)["api/01_tensor.html"].ids


def test_a_notebooks_page_shows_what_its_given_cells_print_and_draw(book: Path):
    html = (book / "student" / "01_tensor.html").read_text(encoding="utf-8")
    assert 'alt="Left, a histogram of the share of ink in each picture' in html and "data:image/png;base64," in html
    assert "with what its given cells print and draw" in html and "visible checks passed" not in html
    assert "without what its cells print" in (book / "student" / "02_activations.html").read_text(encoding="utf-8")


def test_what_was_run_once_is_not_run_again_and_a_failing_cell_is_a_notice(
    toy: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    build(toy)
    module = toy.module("01")
    nb = nbformat.read(module.notebook, 4)
    nb.cells.append(nbformat.v4.new_code_cell("import sys\nprint(6 * 7)\nprint('careful', file=sys.stderr)"))
    nbformat.write(nb, module.notebook)
    [shown] = outputs_of(module, tmp_path).values()
    assert [(output["name"], output["text"]) for output in shown] == [("stdout", "42\n")]
    with monkeypatch.context() as patch:
        patch.setattr("tinytorch_course.publish.outputs.run", None)
        assert list(outputs_of(module, tmp_path).values()) == [shown]
    nb.cells[-1].source = "1 / 0"
    nbformat.write(nb, module.notebook)
    stage = Stage(toy, tmp_path)
    assert making._outputs(stage, module, tmp_path) is None
    assert "is shown without outputs" in stage.notices[0] and "ZeroDivisionError" in stage.notices[0]


def test_each_page_has_a_description_and_a_missing_one_leads_back(book: Path):
    for name, page in pages_of(book).items():
        html = page.path.read_text(encoding="utf-8")
        if not name.startswith(("genindex", "search", "py-modindex", "api/")):
            [text] = re.findall(r'<meta name="description" content="([^"]+)"', html)
            assert 20 <= len(unescape(text)) <= 160, name
    assert {"index.html", "search.html"} <= {*pages_of(book)["404.html"].links, "search.html"}


def test_what_the_search_shows_of_a_page_is_no_source_of_a_diagram(book: Path):
    for name, page in pages_of(book).items():
        assert "accTitle" not in "".join(page.words), name


# -- no solution, no hidden test -------------------------------------------------------------------------------------


@cache
def secrets() -> dict[str, str]:
    """Lines of solutions and of hidden tests that stand nowhere in what students get, squeezed, with where they are from."""
    secret: dict[str, str] = {}
    given: set[str] = set()
    for module in COURSE.modules:
        for cell in read_source(module.src).cells:
            kept = cell.source
            if cell.metadata.get("nbgrader"):
                kept = visible_part(stub_of(cell.source)) if cell.cell_type == "code" else ""
            given |= {squeezed(line) for line in kept.split("\n")}
            if cell.cell_type == "code":
                where = cell.metadata.get("nbgrader", {}).get("grade_id", "")
                for line in set(cell.source.split("\n")) - set(kept.split("\n")):
                    secret.setdefault(squeezed(line.split("  #")[0]), f"{module.name}, {where}")
    said = squeezed("".join(given))
    return {line: where for line, where in secret.items() if len(line) >= 30 and line not in said}


def test_there_are_secrets_to_look_for():
    assert len(secrets()) > 100
    assert {where.split(",")[0] for where in secrets().values()} >= {module.name for module in COURSE.modules}


def test_no_solution_and_no_hidden_test_is_in_the_book(book: Path):
    found = []
    for name, page in pages_of(book).items():
        text = page.text
        found += [f"{name}: {line} ({where})" for line, where in secrets().items() if line in text]
    assert not found, "\n".join(found[:20])


def test_the_book_has_no_marks_of_solutions_and_no_file_of_the_library(book: Path):
    marks = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)|check\.hidden\(")
    for name, page in pages_of(book).items():
        if not name.startswith("guides/"):  # the author's guide explains the marks
            assert not marks.search("".join(page.words)), name
    kinds = {path.suffix for path in book.rglob("*") if "lite" not in path.relative_to(book).parts}
    assert not kinds & {".py", ".whl", ".zip", ".ipynb"}


# -- links, pictures, network ----------------------------------------------------------------------------------------


def test_internal_links_lead_somewhere(book: Path):
    broken = []
    for name, page in pages_of(book).items():
        for link in [*page.links, *page.loads]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link.startswith("//"):
                continue
            target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
            if not target.exists():
                broken.append(f"{name}: {link}")
            elif parts.fragment and target.suffix == ".html":
                there = pages_of(book).get(target.relative_to(book.resolve()).as_posix())
                if there and unquote(parts.fragment) not in there.ids:
                    broken.append(f"{name}: {link} (no such place on that page)")
    assert not broken, "\n".join(broken)


def test_nothing_is_loaded_from_elsewhere(book: Path):
    if not (book / "_static" / book_extension.MERMAID).is_file():
        pytest.skip("npm is missing or has no network, so diagrams are sentences and formulas text")
    for name, page in pages_of(book).items():
        assert [load for load in page.loads if re.match(r"(https?:)?//", load)] == [], name
    for path in (book / "_static").rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*['\"]?(https?:)?//", path.read_text(encoding="utf-8")), path


def test_everything_to_see_or_hear_has_words(book: Path):
    assert {name: page.nameless for name, page in pages_of(book).items() if page.nameless} == {}


def test_what_the_theme_leaves_without_a_name_gets_one(book: Path):
    for name, page in pages_of(book).items():
        html = page.path.read_text(encoding="utf-8")
        assert not re.search(r"<th[^>]*>(\s|<p>|</p>)*</th>", html), f"{name}: an empty table head"
        assert not re.search(r"<thead>\s*<tr[^>]*>(\s|<td[^>]*></td>)*</tr>", html), f"{name}: a head without words"
        assert '<details><summary><span class="toctree-toggle"' not in html, f"{name}: a toggle without a name"
        assert "Toggle hidden content" not in html, f"{name}: a fold is not called what it shows"
        assert 'aria-label="Color mode"' not in html, name
        for icon in re.findall(r'<i class="theme-switch [^>]*>', html):
            assert 'aria-hidden="true"' in icon and "title=" not in icon, f"{name}: {icon}"
    switch = (book / "index.html").read_text(encoding="utf-8")
    assert 'aria-label="Light, dark, or as the system has it"' in switch
    assert 'role="navigation" aria-label="Home"' in switch
    difficulty = (book / "modules" / "06_autograd.html").read_text(encoding="utf-8")
    assert 'difficulty <span role="img" aria-label="3 of 4"' in difficulty


def test_long_names_in_tables_break_between_their_parts():
    code = '<code class="docutils literal notranslate"><span class="pre">{}</span></code>'
    broken = book_extension.breakable(f"<table>{code.format('CrossEntropyLoss(dim=None) a&lt;b')}</table>")
    assert "Cross<wbr>Entropy<wbr>Loss(<wbr>dim=<wbr>None) a&lt;b" in broken
    assert 'class="docutils literal notranslate"' in broken
    broken = book_extension.breakable(f"<table>{code.format('Embedding.__init__, saved_tensors')}</table>")
    assert "Embedding.<wbr>__init__, saved<wbr>_tensors" in broken


def test_names_in_headings_are_whole_and_break_after_a_dot(book: Path):
    for page in sorted((book / "student").glob("*.html")):
        for heading in re.findall(r"<h[1-6]>.*?</h[1-6]>", page.read_text(encoding="utf-8"), re.DOTALL):
            assert "<strong>" not in heading, f"{page.name}: {heading}: __init__ without backticks is a bold init"
            assert not re.search(r'="[^"]*<wbr>', heading), f"{page.name}: {heading}"
    attention = (book / "student" / "12_attention.html").read_text(encoding="utf-8")
    assert "MultiHeadAttention.<wbr>__init__" in attention


# -- what fails the build --------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path):
    """Build a book of one page with the book's own configuration; its text is the argument."""

    def build(text: str) -> Path:
        source = tmp_path / "source"
        source.mkdir()
        (source / "index.md").write_text(f"# Small\n\n{text}\n", encoding="utf-8")
        (source / "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
        (source / "dot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
        (source / "_static").mkdir()
        (source / book_extension.STATIC).mkdir(parents=True)
        for name in ("logo.svg", "favicon.svg", "tinytorch.css", "tinytorch.js"):
            (source / "_static" / name).write_bytes((ROOT / "docs" / "_static" / name).read_bytes())
        making.write_config(Stage(COURSE, source))
        return run_jupyter_book(COURSE, source)

    return build


def test_faults_on_a_page_fail_the_build(small):
    with pytest.raises(CourseError) as failure:
        small(
            "![](dot.svg)\n\n```mermaid\nflowchart LR\n  a --> b\n```\n\n"
            "[nowhere](nowhere.md)\n\n[no such section](#nothing)\n\n```{nonsense}\n```"
        )
    complaints = str(failure.value)
    assert "the picture dot.svg has no alternative text" in complaints
    assert "the diagram has no alternative text" in complaints
    assert "nowhere.md" in complaints
    assert "#nothing" in complaints or "'nothing'" in complaints
    assert "nonsense" in complaints


def test_what_is_right_builds_without_npm_and_shows_what_diagrams_say(small):
    diagram = "```mermaid\nflowchart LR\n  accTitle: Two boxes\n  accDescr: An arrow from a to b.\n  a --> b\n```"
    html = (small(f"![A dot.](dot.svg)\n\n{diagram}\n\n$x^2$") / "index.html").read_text(encoding="utf-8")
    assert 'aria-label="Two boxes An arrow from a to b."' in html
    # Not the source, which the search would show, too.
    assert ">Two boxes An arrow from a to b.</pre>" in html and "mermaid.min.js" not in html
    assert "no-mathjax.js" in html and "cdn" not in html


def test_without_npm_and_synthesiser_the_book_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shutil.which", lambda name, *rest, **more: None)
    stage = make_stage(COURSE, tmp_path / "source", cache=tmp_path / "npm")
    said = "\n".join(stage.notices)
    assert "npm cannot give mermaid" in said and "npm cannot give mathjax" in said and "no espeak-ng here" in said
    assert "<audio" not in (tmp_path / "source" / "audio" / "06_autograd.md").read_text(encoding="utf-8")
    assert "the text only" in (tmp_path / "source" / "modules" / "06_autograd.md").read_text(encoding="utf-8")
    config = yaml.safe_load((tmp_path / "source" / "_config.yml").read_text(encoding="utf-8"))
    assert config["sphinx"]["config"]["mathjax_path"] == "no-mathjax.js"


def test_only_notebooks_that_the_browser_edition_has_are_offered_there(
    small_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(making, "vendor", lambda stage, cache: None)
    monkeypatch.setattr(making, "speak", lambda text, to: None)
    monkeypatch.setattr(making, "behind", lambda course: [])
    stage = make_stage(small_course, tmp_path / "source", cache=tmp_path, lite=True)
    offered = {
        path.stem
        for path in (tmp_path / "source" / "modules").glob("*.md")
        if "Open in this browser" in path.read_text()
    }
    assert offered == {"01_tensor"}
    assert any("no 06_autograd: run `make lite`" in notice for notice in stage.notices)


@pytest.fixture
def small_course(tmp_path: Path) -> Course:
    """A course with the files of this one, whose browser edition has Module 01 only."""
    root = tmp_path / "course"
    root.mkdir()
    for path in ROOT.iterdir():
        if path.name in {"src", "notebooks", "tinytorch", "docs", "binder", "data"} or path.is_file():
            (root / path.name).symlink_to(path)
    notebook = root / "_lite" / "files" / "01_tensor" / "01_tensor.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text("{}", encoding="utf-8")
    return Course(root)


def test_what_is_staged_has_no_mark_of_a_solution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(making, "vendor", lambda stage, cache: None)
    monkeypatch.setattr(making, "speak", lambda text, to: None)
    make_stage(COURSE, tmp_path / "source", cache=tmp_path)
    for path in (tmp_path / "source").rglob("*"):
        if path.suffix in {".md", ".ipynb", ".yml"} and path.parent.name != "guides":
            assert not re.search(r"(BEGIN|END) (SOLUTION|HIDDEN)", path.read_text(encoding="utf-8")), path


def test_a_book_that_fails_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fails(course: Course, source: Path) -> Path:
        raise CourseError("Jupyter Book is not content", exit_code=1)

    monkeypatch.setattr(making, "make_stage", lambda *a, **k: Stage(COURSE, tmp_path))
    monkeypatch.setattr(making, "run_jupyter_book", fails)
    old = tmp_path / "html" / "index.html"
    old.parent.mkdir()
    old.write_text("old", encoding="utf-8")
    with pytest.raises(CourseError):
        build_book(COURSE, old.parent)
    assert old.read_text(encoding="utf-8") == "old"


# -- the parts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["", "https://github.com/somebody/tinytorch"])
def test_links_between_files_become_links_between_pages(tmp_path: Path, address: str):
    stage, about = Stage(at(address), tmp_path), COURSE.module("06").about
    text = (
        "[a](../01_tensor/about.md#strides) [b](06_autograd.py) [c](../../notebooks/06_autograd/06_autograd.ipynb) "
        "[d](../../CONTRIBUTING.md) [e](https://example.org) [f](#here) [g](../../docs/guides/nothing.md)"
    )
    source, guide = (
        f"[{label}]({address}/blob/main/{file})" if address else label
        for label, file in (("b", "src/06_autograd/06_autograd.py"), ("d", "CONTRIBUTING.md"))
    )
    assert relinked(stage, text, about) == (
        "[a](/modules/01_tensor.md#strides) "
        f"{source} [c](/student/06_autograd.ipynb) "
        f"{guide} [e](https://example.org) [f](#here) [g](../../docs/guides/nothing.md)"
    )


def test_links_in_code_stay_as_they_are(tmp_path: Path):
    text = "```python\n[a](../../CONTRIBUTING.md)\n```\n\n````{tab-item} T\n```python\n[a](../../CONTRIBUTING.md)\n```\n````"
    assert relinked(Stage(COURSE, tmp_path), text, COURSE.module("06").about) == text


def test_the_cards_stand_before_the_first_section():
    text = "# T\n\n```python\n## no section\n```\n\n## Overview\n"
    assert with_cards(text, "CARDS") == "# T\n\n```python\n## no section\n```\n\n\nCARDS\n## Overview\n"


def test_docstrings_are_shown_as_they_stand():
    lines = ["a * b, |x| and `*args` of sum_", "*shape : int", "**names : Tensor"]
    book_extension.literal_docstring(None, "", "", None, None, lines)  # type: ignore[arg-type]
    assert lines == [r"a \* b, \|x\| and `*args` of sum\_", "*shape : int", "**names : Tensor"]


# -- the audio overview ----------------------------------------------------------------------------------------------


def test_everything_in_the_script_is_spoken():
    spoken = audio.spoken_text("# One\n\nTwo `x.grad` & [three](four.md).\n")
    assert spoken == (
        '<speak><p>One</p><break time="700ms"/>\n<p>Two x dot grad &amp; three.</p><break time="350ms"/></speak>'
    )


def test_the_overview_of_module_06_lasts_four_to_six_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import shutil
    import wave

    if not shutil.which("espeak-ng"):
        pytest.skip("there is no espeak-ng here (Debian: apt-get install espeak-ng)")
    monkeypatch.setattr(audio, "converters", lambda wav: [])
    script = (ROOT / "docs" / "audio" / "06_autograd.md").read_text(encoding="utf-8")
    path = audio.speak(script, tmp_path / "06_autograd")
    assert path is not None and path.suffix == ".wav"
    with wave.open(str(path)) as sound:
        assert 240 <= sound.getnframes() / sound.getframerate() <= 360
