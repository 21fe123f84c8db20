"""A person grades a text answer in nbgrader's formgrader; report and feedback say so, and grading again forgets nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import expect

from tests.grading.grading_course import ASSIGNMENT, hand_in, make_course, solved
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.records.report import make_report
from tinytorch_course.grading.sandbox.walls import missing_reason

from .conftest import ARTEFACTS, Lab
from .notebook import BOOT, SECOND

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(missing_reason() is not None, reason=f"no sandbox: {missing_reason()}"),
]
COMMENT = "Well put, but say why <b>both</b> sides are equal."


def feedback(root: Path, student: str) -> str:
    return (root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")


def entered(root: Path, student: str) -> tuple[float | None, bool, str | None]:
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        found = gradebook.find_grade("text-90-05-why", ASSIGNMENT, ASSIGNMENT, student)
        comment = gradebook.find_comment("text-90-05-why", ASSIGNMENT, ASSIGNMENT, student)
        return found.manual_score, found.needs_manual_grade, comment.manual_comment


def answer(page):
    """The boxes for points and comment of the text answer."""
    return page.locator("input#text-90-05-why"), page.locator("textarea#text-90-05-why-comment")


def test_points_and_comments_of_a_person_reach_the_student_and_stay(tmp_path: Path, serve, chromium):
    root = make_course(tmp_path / "course")
    hand_in(root, "ann", solved(root))
    hand_in(root, "bob", solved(root, why="Because."))
    hand_in(root, "cut", b"{")
    grade(root, ASSIGNMENT, workers=1)
    assert "not graded yet" in feedback(root, "ann") and "16 of 20 points" in feedback(root, "ann")

    lab: Lab = serve(root)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.route(lambda url: not url.startswith(lab.url), lambda route: route.abort())
    page.goto(f"{lab.url}/lab?token={lab.token}")  # signs in
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        ids = {s.assignment.student.id: s.id for s in gradebook.notebook_submissions(ASSIGNMENT, ASSIGNMENT)}
    ARTEFACTS.mkdir(exist_ok=True)

    for student, points in (("ann", "3.5"), ("bob", "0")):
        page.goto(f"{lab.url}/formgrader/submissions/{ids[student]}/")
        score, comment = answer(page)
        expect(score).to_be_visible(timeout=BOOT)
        expect(score).to_have_class(re.compile("needs_manual_grade"), timeout=30 * SECOND)
        for box, text in ((score, points), (comment, COMMENT)):
            box.scroll_into_view_if_needed()
            with page.expect_response(lambda r: "/api/" in r.url and r.request.method == "PUT", timeout=30 * SECOND):
                box.fill(text)
                box.press("Tab")
        page.screenshot(path=ARTEFACTS / f"formgrader-{student}.png")
    # What could not be run is shown with its reason, and can be given points.
    page.goto(f"{lab.url}/formgrader/submissions/{ids['cut']}/")
    expect(page.get_by_text("could not be graded automatically")).to_be_visible(timeout=BOOT)
    with page.expect_response(lambda r: "/api/grade/" in r.url and r.request.method == "PUT", timeout=30 * SECOND):
        answer(page)[0].fill("2")
        answer(page)[0].press("Tab")
    context.close()

    assert entered(root, "ann") == (3.5, False, COMMENT) and entered(root, "bob") == (0, False, COMMENT)
    for again in (False, True):
        if again:
            grade(root, ASSIGNMENT, workers=1, force=True)
        report = make_report(root, ASSIGNMENT)
        assert entered(root, "ann") == (3.5, False, COMMENT) and entered(root, "bob") == (0, False, COMMENT)
        assert "3 graded" in report.summary and "1 with answers" in report.summary  # the one that could not be run
        for student, total, points in (("ann", "19.5 of 20 points", "3.5 of 4"), ("bob", "16 of 20 points", "0 of 4")):
            text = feedback(root, student)
            assert total in text and f"<span>{points}</span>" in text and "not graded yet" not in text
            assert "Well put, but say why &lt;b&gt;both&lt;/b&gt; sides are equal." in text
        assert "2 of 20 points" in feedback(root, "cut")
        table = (report.page.parent / "grades.csv").read_text(encoding="utf-8")
        assert ",ann,,19.5" in table and ",bob,,16" in table and ",cut,,2" in table
    stored = json.loads((root / ".tinytorch" / "grading" / ASSIGNMENT / "ann.json").read_text(encoding="utf-8"))
    assert stored["result"]["score"] == 19.5
