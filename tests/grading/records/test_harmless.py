"""What students write and where it goes: no script in what a grader opens, no formula in a table."""

from __future__ import annotations

import csv
import io
import json
import time
from html.parser import HTMLParser

import pytest
from nbconvert.filters import markdown2html

from tests.grading.grading_course import ASSIGNMENT, find, hand_in, solved
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.inbox.filling import harmless
from tinytorch_course.grading.records.harmless import harmless_markdown

ATTACKS = [
    "It depends.<script>window.ANSWER=1</script><img src=x onerror='window.IMG=1'>",
    "<b onclick=alert(1)>x</b> <b/onclick=alert(1)>x <details open ontoggle=alert(1)>x",
    "<<script>script>alert(1)</script> <b <script>alert(1)</script>>",
    "<svg/onload=alert(1)> <!--><script>alert(1)</script>--> <?x <script>alert(1)</script> ?>",
    "```\ncode\n```\n<script>alert(1)</script>\n```\n<iframe srcdoc='<script>alert(1)</script>'>\n```",
    "`` ` <script>alert(1)</script> ``\n\n` <script>alert(1)</script>",
    "[x](javascript:alert(1)) [y](JaVaScRiPt:alert(1)) [z](&#106;avascript:alert(1)) [w](javascript&colon;alert(1))",
    "[x](<javascript:alert(1)>) [y](\njavascript:alert(1)) ![z](javascript:alert(1)) [v](java\\script:alert(1))",
    "[x][1] [y]\n\n[1]: javascript:alert(1)\n[y]: <data:text/html,alert(1)>\n[a\nb]: vbscript:x\n\n[a\nb]",
    "[x](&#" + "0" * 3000 + "106;avascript:alert(1)) [y](" + "a" * 150 + "&#" + "0" * 60 + "58;x)",
    "[x](&amp;#106;avascript:alert(1)) <javascript:alert(1)> <a href='javascript:alert(1)'>x</a>",
    "$<script>alert(1)</script>$ $$\\href{javascript:alert(1)}{x}$$ $\\style{background:url(x)}{y}$",
    "| a | b |\n|---|---|\n| <script>alert(1)</script> | [x](javascript:alert(1)) |",
    "\\<script>alert(1)</script> &lt;b&gt; \x00<script>alert(1)</script>",
]
HONEST = [
    "Because a < b and b > c: 3<4, 2*x<=4.",
    "> a quote\n\n- a list\n- of **two**\n\n1. and `code` with `a[0]: int`",
    "$\\frac{a}{b} < \\sum_i x_i$ and H<sub>2</sub>O<br>next line, see [NumPy](https://numpy.org/doc) and ![p](attachment:a.png)",
    "```python\nx = [i for i in range(3)]\nd = {1: x[0]}\n```",
    "<details><summary>more</summary>text</details>",
]


class Found(HTMLParser):
    """The tags and addresses that a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.attributes = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_in_a_text_answer_runs_where_a_grader_reads_it(text):
    """Rendered by nbconvert, as the formgrader does it."""
    found = Found(markdown2html(harmless_markdown(text)))
    assert not found.tags & {"script", "img", "iframe", "svg", "object", "style", "link", "form", "input", "base"}
    for name, value in found.attributes:
        assert not name.startswith("on") and name != "srcdoc"
        if name in ("href", "src"):
            assert value.startswith(("http:", "https:", "#", "mailto:"))
    assert "\\href" not in harmless_markdown(text) and "\\style" not in harmless_markdown(text)


@pytest.mark.parametrize("text", ATTACKS)
def test_cleaning_a_text_answer_once_is_enough(text):
    assert harmless_markdown(harmless_markdown(text)) == harmless_markdown(text)


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_text_answer_stays_as_it_was(text):
    assert harmless_markdown(text) == text


def test_cleaning_takes_no_longer_for_odd_text():
    began = time.process_time()
    for piece in ("](", "]:\n", "<", "](&#", "\\href", "<b ", "](<"):
        harmless_markdown(piece * (200_000 // len(piece)))
    assert time.process_time() - began < 20


def test_the_graded_notebook_holds_the_cleaned_answer_and_graders_see_the_mark_scheme(root):
    source = root / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    nb = json.loads(source.read_text(encoding="utf-8"))
    scheme = "\n\n=== BEGIN MARK SCHEME ===\n2 points: distributes.\n2 points: an example.\n=== END MARK SCHEME ==="
    cell = find(nb, "text-90-05-why")
    cell["source"] = "".join(cell["source"]) + scheme
    source.write_text(json.dumps(nb), encoding="utf-8")
    work = solved(root, why=ATTACKS[0])
    for kind in ("markdown", "raw"):
        work["cells"].insert(1, {"cell_type": kind, "metadata": {}, "source": ATTACKS[0], "id": f"added-{kind}"})
    hand_in(root, "eve", work)
    result = grade(root, ASSIGNMENT, workers=1)["eve"]
    assert result.score == 16 and not result.flags
    path = root / "autograded" / "eve" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert not any("<script" in "".join(cell["source"]) for cell in cells if cell["cell_type"] != "code")
    assert sum("window.ANSWER=1" in "".join(cell["source"]) for cell in cells) == 3  # what it says stays
    at = next(
        i for i, cell in enumerate(cells) if cell["metadata"].get("nbgrader", {}).get("grade_id") == "text-90-05-why"
    )
    assert "2 points: an example." in cells[at + 1]["source"] and not cells[at + 1]["metadata"]
    page = (root / "feedback" / "eve" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "an example" not in page


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\u200b=1",
        "＝1",
        "x;=1",
        'x;"=1',
        "x\t=1",
        "x\n=1",
        "x,=1",
        "x|=1",
        '"=1',
    ],
)
def test_no_text_is_a_formula_whatever_parts_the_cells(text):
    cleaned = harmless(text)
    table = io.StringIO()
    csv.writer(table).writerow(["ann", cleaned, "end"])
    for separator in ",;\t|":
        for quotes in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            lines = table.getvalue().splitlines(keepends=True)
            for row in csv.reader(lines, delimiter=separator, quoting=quotes):
                assert not any(cell.strip(' "\t\r\n\u200b')[:1] in tuple("=+-@＝") for cell in row if cell)
    assert harmless(cleaned) == cleaned and cleaned.replace("'", "") == text


@pytest.mark.parametrize("text", ["-3", "+2.5", "12,5", "Doe, Ann", "a@b.c", "points lost in 06.4, 06.7", "'=1", "-"])
def test_numbers_names_and_addresses_stay_as_they_are(text):
    assert harmless(text) == text
