"""A notebook in JupyterLab, driven as a person would: by mouse and keyboard, looking at what is on the screen."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from .conftest import ARTEFACTS, Lab

SECOND = 1000
BOOT, RUN = 90 * SECOND, 240 * SECOND

# The current notebook's widget, and one of its cells by what its source holds.
_WIDGET = "window.jupyterapp.shell.currentWidget"


class Notebook:
    """One notebook, open in one page. Nothing but the server on this machine can be reached."""

    def __init__(self, browser: Browser, lab: Lab, path: str, name: str) -> None:
        self.lab, self.path, self.name = lab, path, name
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page: Page = self.context.new_page()
        self.refused: list[str] = []
        self.page.route(re.compile(r"^https?://(?!127\.0\.0\.1[:/])"), self._refuse)
        self.page.goto(lab.page(path))
        expect(self.page.locator(".jp-Notebook:visible")).to_be_visible(timeout=BOOT)
        self._until_ready()
        self.shots = 0
        ARTEFACTS.mkdir(exist_ok=True)

    def _refuse(self, route) -> None:
        self.refused.append(route.request.url)
        route.abort()

    def _until_ready(self) -> None:
        self.page.wait_for_function(
            f"() => {{ const w = {_WIDGET}; return w?.content?.widgets?.length && w.context?.isReady"
            " && w.sessionContext?.session?.kernel?.status === 'idle' }",
            timeout=BOOT,
        )

    def __enter__(self) -> Notebook:
        return self

    def __exit__(self, kind, *_) -> None:
        if kind is not None:
            self.shot("failed")
        self.context.close()

    # -- looking -------------------------------------------------------------------------------------------------

    def shot(self, what: str, of: Locator | None = None) -> Path:
        """A picture of the page (or of a part) among the artefacts."""
        self.shots += 1
        path = ARTEFACTS / f"{self.name}-{self.shots:02d}-{what}.png"
        (of or self.page).screenshot(path=path)
        return path

    def index(self, words: str) -> int:
        """Number of the first cell whose source has `words`."""
        code = f"w => [...{_WIDGET}.content.model.cells].findIndex(c => c.sharedModel.getSource().includes(w))"
        found = self.page.evaluate(code, words)
        assert found >= 0, f"no cell holds {words!r}"
        return found

    def by_grade_id(self, grade_id: str) -> int:
        code = f"g => [...{_WIDGET}.content.model.cells].findIndex(c => c.getMetadata('nbgrader')?.grade_id === g)"
        found = self.page.evaluate(code, grade_id)
        assert found >= 0, f"no cell has the grade id {grade_id}"
        return found

    def cell(self, index: int) -> Locator:
        """The cell with this number, scrolled into view."""
        self.page.evaluate(
            f"async i => {{ const n = {_WIDGET}.content; n.activeCellIndex = i; await n.scrollToItem(i, 'center') }}",
            index,
        )
        cell = self.page.locator(f".jp-Notebook:visible .jp-Cell[data-windowed-list-index='{index}']")
        expect(cell).to_be_visible()
        return cell

    def output(self, index: int) -> str:
        """The text below a code cell."""
        return self.cell(index).locator(".jp-OutputArea").first.inner_text()

    def outputs(self) -> list[list[dict]]:
        """All outputs of all code cells, as the notebook holds them."""
        return self.page.evaluate(
            f"() => [...{_WIDGET}.content.model.cells].filter(c => c.type === 'code').map(c => c.outputs.toJSON())"
        )

    def source(self, index: int) -> str:
        return self.page.evaluate(f"i => {_WIDGET}.content.model.cells.get(i).sharedModel.getSource()", index)

    # -- doing ---------------------------------------------------------------------------------------------------

    def write(self, index: int, text: str) -> None:
        """Replace a cell's text through its editor."""
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def type_into(self, index: int, text: str) -> None:
        """Try to type at the end of a cell, one key after another: a double click opens prose for editing."""
        self.cell(index).locator(".jp-Cell-inputArea").dblclick()
        self.page.wait_for_timeout(300)
        editor = self.cell(index).locator(".cm-content")
        if editor.is_visible():
            editor.press("Control+End")
            if "\n" in text:  # as pasted: typing would continue a quotation
                self.page.keyboard.insert_text(text)
            else:
                editor.press_sequentially(text)
        else:
            self.page.keyboard.type(text)
        self.page.keyboard.press("Escape")

    def run(self, index: int) -> None:
        """Select a cell, press Shift+Enter and wait until it has run."""
        self.cell(index).locator(".jp-InputPrompt").click()
        self.page.keyboard.press("Shift+Enter")
        self._until_done()

    def menu(self, *words: str) -> None:
        """Choose from the menu bar."""
        first, *rest = words
        self.page.locator(".lm-MenuBar-item", has_text=re.compile(f"^{first}$")).click()
        for word in rest:
            self.page.locator(".lm-Menu:visible .lm-Menu-item").filter(has_text=word).first.click()

    def _until_done(self) -> None:
        self.page.wait_for_timeout(200)
        self.page.wait_for_function(
            f"() => {{ const w = {_WIDGET}; return w.sessionContext.session.kernel.status === 'idle'"
            " && [...w.content.model.cells].every(c => c.type !== 'code' || c.executionState !== 'running') }",
            timeout=RUN,
        )
        self.page.wait_for_timeout(300)

    def run_all(self) -> None:
        """Run > Run All Cells; ends at the last cell although cells fail only if none does."""
        self.menu("Run", "Run All Cells")
        self._until_done()

    def save(self) -> None:
        self.page.keyboard.press("Escape")
        self.menu("File", "Save Notebook")
        self.page.wait_for_function(f"() => !{_WIDGET}.context.model.dirty", timeout=RUN)
