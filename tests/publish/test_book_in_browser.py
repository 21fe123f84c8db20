"""The book in a browser: at phone, tablet and desktop width, light and dark, with the keyboard, as files and over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tinytorch_course.publish import sphinx_extension as book_extension

pytestmark = pytest.mark.slow

WIDTHS = (390, 820, 1400)


def pages(book: Path) -> list[str]:
    folders = ("modules", "student", "api", "guides", "audio")
    return [
        "index.html",
        *sorted(f"{folder}/{path.name}" for folder in folders for path in (book / folder).glob("*.html")),
    ]


def test_no_page_is_wider_than_the_screen_or_asks_another_server(book: Path, chromium: Any, served: Any):
    faults: list[str] = []
    with served(book) as address:
        context = chromium.new_context(viewport={"width": WIDTHS[0], "height": 900})
        tab = context.new_page()
        tab.on(
            "request",
            lambda r: faults.append(f"asks {r.url}") if not r.url.startswith((address, "data:", "blob:")) else None,
        )
        tab.on("response", lambda r: faults.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        tab.on("pageerror", lambda error: faults.append(f"{tab.url}: {error}"))
        tab.on("console", lambda m: faults.append(f"{tab.url}: {m.text}") if m.type == "error" else None)
        for page in pages(book):
            tab.set_viewport_size({"width": WIDTHS[0], "height": 900})
            tab.goto(address + page, wait_until="load")
            for width in WIDTHS:
                tab.emulate_media(color_scheme="dark" if width == 820 else "light")
                tab.set_viewport_size({"width": width, "height": 900})
                wider = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                if wider > 0:
                    faults.append(f"{page} is {wider} pixels wider than {width}")
        context.close()
    assert not faults, "\n".join(faults)


def test_diagrams_and_formulas_are_drawn_even_when_the_book_is_opened_as_a_file(book: Path, chromium: Any):
    if not (book / "_static" / book_extension.MERMAID).is_file():
        pytest.skip("npm is missing or has no network, so diagrams are sentences and formulas text")
    tab = chromium.new_page()
    drawn = 0
    for path in sorted((book / "modules").glob("*.html")):
        tab.goto(path.as_uri(), wait_until="load")
        diagrams = tab.locator(".diagram")
        if diagrams.count():
            tab.wait_for_function(
                "document.querySelectorAll('.diagram').length === document.querySelectorAll('.diagram.drawn svg').length"
            )
            assert "Syntax error" not in "".join(diagrams.all_inner_texts()), path.name
            drawn += diagrams.count()
        if tab.locator(".math").count():
            tab.wait_for_selector("mjx-container svg", state="attached")
    tab.close()
    assert drawn


def test_the_theme_follows_the_system_and_can_be_switched(book: Path, chromium: Any, served: Any):
    background = "getComputedStyle(document.body).backgroundColor"
    with served(book) as address:
        seen = {}
        for scheme in ("light", "dark"):
            context = chromium.new_context(color_scheme=scheme)
            tab = context.new_page()
            tab.goto(address, wait_until="load")
            seen[scheme] = tab.evaluate(background)
            if scheme == "light":
                for _ in range(3):  # auto, light, dark
                    tab.locator("button.theme-switch-button").first.click()
                    seen.setdefault("switched", set()).add(tab.evaluate(background))
            context.close()
    assert sum(map(int, seen["light"][4:-1].split(","))) > 600 > 200 > sum(map(int, seen["dark"][4:-1].split(",")))
    assert {seen["light"], seen["dark"]} <= seen["switched"]


def test_the_keyboard_reaches_the_text_the_cards_and_the_tabs(book: Path, chromium: Any, served: Any):
    with served(book) as address:
        tab = chromium.new_page()
        tab.goto(f"{address}modules/06_autograd.html", wait_until="load")
        tab.keyboard.press("Tab")
        assert "main-content" in tab.evaluate(
            "document.activeElement.getAttribute('href') || document.activeElement.id || ''"
        )
        names: list[str] = []
        for _ in range(150):
            tab.keyboard.press("Tab")
            names.append(
                tab.evaluate(
                    "(document.activeElement.innerText || document.activeElement.getAttribute('aria-label') || '').trim()"
                )
            )
            if names[-1].startswith("PyTorch") or names[-1].startswith("TinyTorch\n"):
                break
        assert any(name.startswith("Read the notebook") for name in names)
        assert any(name.startswith("Student guide") for name in names)
        tabs = tab.locator(".sd-tab-set > input")
        assert tabs.count() >= 2
        tabs.first.focus()
        tab.keyboard.press("ArrowRight")
        assert tabs.nth(1).is_checked()
        tab.close()


def test_on_a_phone_the_menu_opens_and_the_audio_can_be_played(book: Path, chromium: Any, served: Any):
    with served(book) as address:
        context = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
        tab = context.new_page()
        tab.goto(f"{address}modules/06_autograd.html", wait_until="load")
        tab.locator("button.primary-toggle").first.tap()
        entry = tab.locator("#pst-primary-sidebar-modal a, .bd-sidebar-primary a").filter(has_text="Module 01").first
        entry.wait_for(state="visible")
        if tab.locator("audio").count():
            seconds = tab.evaluate(
                "new Promise(done => { const a = document.querySelector('audio'); a.preload = 'metadata';"
                " a.onloadedmetadata = () => done(a.duration); a.onerror = () => done(0); a.load(); })"
            )
            assert 200 < seconds < 400
        context.close()


def test_the_keyboard_keeps_its_place_and_shows_it(book: Path, chromium: Any, served: Any):
    with served(book) as address:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
        tab = context.new_page()
        tab.goto(f"{address}modules/06_autograd.html", wait_until="load")
        answer = tab.locator(".admonition-title > .toggle-button").first
        assert answer.get_attribute("aria-label") == "Answer"
        answer.press("Enter")
        assert answer.get_attribute("aria-expanded") == "true"
        buttons = tab.locator(".header-article__inner .btn:visible")
        marked = set()
        tab.locator(".bd-sidebar-primary a").last.focus()
        for _ in range(buttons.count() + 3):
            tab.keyboard.press("Tab")
            tab.wait_for_timeout(300)  # the theme fades outlines in
            here = "document.activeElement"
            if tab.evaluate(f"!!{here}.closest('.header-article__inner') && {here}.matches('.btn')"):
                style = tab.evaluate(f"getComputedStyle({here}).outline")
                assert "solid" in style and "3px" in style, tab.evaluate(f"{here}.outerHTML")
                marked.add(tab.evaluate(f"{here}.className"))
        assert len(marked) >= 2 and len(marked) == len(set(buttons.evaluate_all("all => all.map(b => b.className)")))
        tab.locator("button.theme-switch-button").first.focus()
        modes = []
        for _ in range(3):
            tab.keyboard.press("Enter")
            tab.wait_for_timeout(100)
            modes.append(tab.evaluate("document.documentElement.dataset.mode"))
        assert sorted(modes) == ["auto", "dark", "light"]
        context.close()


def test_on_a_phone_diagrams_are_turned_where_that_helps_and_their_text_stays_legible(
    book: Path, chromium: Any, served: Any
):
    size = """() => [...document.querySelectorAll(".diagram.drawn svg")].map(svg => {
        const box = svg.getBoundingClientRect(), view = svg.viewBox.baseVal;
        return {scale: box.width / view.width, tall: view.height > view.width,
                cut: svg.closest(".diagram").scrollWidth > svg.closest(".diagram").clientWidth};
    })"""
    tall = {}
    with served(book) as address:
        for width in (390, 1440):
            context = chromium.new_context(viewport={"width": width, "height": 900})
            tab = context.new_page()
            for page in sorted((book / "modules").glob("*.html")):
                tab.goto(f"{address}modules/{page.name}", wait_until="load")
                tab.locator(".diagram.drawn").first.wait_for()
                tab.wait_for_function("document.querySelectorAll('pre.mermaid').length == "
                                      "document.querySelectorAll('.diagram.drawn').length")  # fmt: skip
                for diagram in tab.evaluate(size):
                    assert diagram["scale"] > 0.64, f"{page.name} at {width}: {diagram}"
                    assert width == 390 or not diagram["cut"], f"{page.name} at {width}: {diagram}"
                tall[page.stem, width] = tab.evaluate(size)[-1]["tall"]
            context.close()
    assert tall["06_autograd", 390] and not tall["06_autograd", 1440]  # the graph of y = x * 3 + 1
