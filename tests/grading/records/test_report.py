"""The report on a class: what it says, and that nothing of a student's can run in it."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import random
import re
import shutil
import time
from urllib.parse import unquote

import numpy as np
import pytest
from nbgrader.api import Gradebook

from tests.grading.grading_course import ASSIGNMENT, find, hand_in, released, solved
from tinytorch_course.base.errors import CourseError
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.model import Recorded, SubmissionResult
from tinytorch_course.grading.records.report import write_report
from tinytorch_course.grading.records.report_page import page
from tinytorch_course.grading.records.rows import Row
from tinytorch_course.grading.records.similar import Work, answer_print, fingerprints, pairs_of, prints_of
from tinytorch_course.grading.records.term import make_term_report
from tinytorch_course.grading.records.texts import write_texts

COPIED = """
def words(text):
    found, current = [], ""
    for letter in text.lower() + " ":
        if letter.isspace():
            found += [current] * bool(current)
            current = ""
        else:
            current = current + letter
    position = len(found) * 3 - 2
    return [found[at // 3] for at in range(0, position + 2, 3)]
"""
TEXT = "text-90-05-why"
SQUARE = "def double(x):\n    return np.asarray(x) ** 2"
NEVER_EMPTY = "def words(text):\n    return text.lower().split() or ['']"  # only a hidden check asks for that
UNREADABLE = "the time of submission cannot be read"
RENAMED = COPIED.replace("current", "piece").replace("letter", "c").replace("found", "out  ") + "    # my own work\n"


@pytest.fixture(scope="module")
def report(template, tmp_path_factory):
    root = tmp_path_factory.mktemp("report") / "course"
    shutil.copytree(template, root)
    hand_in(root, "perfect", solved(root))
    hand_in(root, "blank", released(root))
    hand_in(root, "copier", solved(root, words=COPIED))
    hand_in(root, "copied", solved(root, words=RENAMED))
    hand_in(root, "half", solved(root, double=SQUARE, words=NEVER_EMPTY))
    hand_in(root, "=cmd|'<script>alert(1)<script>'!A1", solved(root))
    hand_in(root, "broken", b"{")
    hand_in(root, "odd", solved(root)).with_name("timestamp.txt").write_text("soon")
    grade(root, ASSIGNMENT, workers=2)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        answer = gradebook.find_grade("text-90-05-why", ASSIGNMENT, ASSIGNMENT, "perfect")
        answer.manual_score, answer.needs_manual_grade = 3.0, False
        gradebook.find_comment(
            "90-01-double", ASSIGNMENT, ASSIGNMENT, "half"
        ).manual_comment = "Squared, <i>not</i> doubled."
        gradebook.db.commit()
        gradebook.add_student("absent", first_name="Ann", last_name="Absent")
        gradebook.update_or_create_student("perfect", first_name="Ada", last_name="Lovelace", lms_user_id="77")
        gradebook.update_or_create_student("odd", first_name="Grace", last_name="Hopper")
    write_texts(root, ASSIGNMENT)
    make_term_report(root)
    path = write_report(root, ASSIGNMENT)
    return root, path, path.read_text(encoding="utf-8")


def table(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_it_counts_what_people_graded(report):
    _, path, page = report
    assert "19 of 20" not in page and 'data-value="19">19</td>' in page
    rows = table(path.with_name("grades.csv"))
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", ASSIGNMENT]
    assert rows[1][5] == "20" and ["Lovelace, Ada", "77", "", "perfect", "", "19"] in rows


def test_what_people_graded_reaches_the_students_pages(report):
    root, _, _ = report

    def own_page(student):
        return (root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")

    assert "19 of 20 points" in own_page("perfect")
    comment = "Squared, &lt;i&gt;not&lt;/i&gt; doubled."
    first, second = own_page("half").split("90.2 Shift.apply")
    assert comment in first and comment not in second
    assert own_page("blank").count("No response.") == 1  # to the text answer; cards speak for the exercises


def test_it_shows_what_needs_a_person_and_what_is_odd(report):
    _, _, page = report
    assert "cut off" in page and UNREADABLE in page and "absent" in page


def test_it_shows_each_exercise_with_its_commonest_failure(report):
    _, _, page = report
    assert "90.1 double" in page and "the result came out wrong" in page and "needs 90.1" in page


def test_copies_are_found_although_names_were_changed(report):
    _, _, page = report
    own = [
        f'<td><a href="../../feedback/{name}/{ASSIGNMENT}/{ASSIGNMENT}.html">{name}</a></td>'
        for name in ("copied", "copier")
    ]
    assert "".join(own) in page
    assert page.count("places)") == 1  # and nobody else


def test_it_needs_nothing_from_elsewhere_and_runs_nothing(report):
    _, _, page = report
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<svg") > 3 and 'role="img"' in page
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert page.count("<script") == 1  # ours, and no other is allowed
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{allowed}'\"" in page


def test_what_could_not_be_graded_has_no_score_anywhere(report):
    root, path, page = report
    by_login = {row[3]: row[5] for row in table(path.with_name("grades.csv"))[2:]}
    assert by_login["broken"] == "" and by_login["absent"] == "" and by_login["blank"] == "0"
    moodle = {row[0]: row[3:] for row in table(path.with_name("grades-moodle.csv"))}
    assert moodle["broken"][0] == "" and "cut off" in moodle["broken"][1] and moodle["absent"] == ["", ""]
    remarks = {row[0]: row for row in table(path.with_name("remarks.csv"))}
    assert remarks["broken"][3] == "" and "cut off" in remarks["broken"][7]
    assert remarks["absent"][5] == "missing" and remarks["perfect"][3] == "19"
    assert "8 submissions, 7 graded, 1 not gradable" in page and "1 missing" in page
    assert "Histogram of 7 scores" in page and "median 16." in page
    assert "1 submission without a score left out" in page
    own = (root / "feedback" / "broken" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "Not graded yet" in own and "0 of" not in own
    assert "(it could not be graded; a person looks at it)" in own and "answers still wait" not in own


def test_points_that_a_person_gives_to_what_could_not_be_graded_count(root):
    hand_in(root, "cut", b"{")
    hand_in(root, "ann", solved(root))
    grade(root, ASSIGNMENT, workers=1)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        item = gradebook.find_grade("test-90-01-double", ASSIGNMENT, ASSIGNMENT, "cut")
        item.manual_score, item.needs_manual_grade = 4.0, False
        answer = gradebook.find_grade("text-90-05-why", ASSIGNMENT, ASSIGNMENT, "ann")
        answer.manual_score, answer.needs_manual_grade = 0.0, False
        gradebook.db.commit()
    page = write_report(root, ASSIGNMENT)
    assert {row[3]: row[5] for row in table(page.with_name("grades.csv"))[2:]} == {"cut": "4", "ann": "16"}
    own = (root / "feedback" / "ann" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "not graded yet" not in own and "<span>0 of 4</span>" in own and "still wait" not in own


def test_each_student_leads_to_feedback_and_notebook(report):
    _, path, page = report
    links = [unquote(link) for link in re.findall(r'<a href="([^"]+)">', page)]
    assert links and all((path.parent / link).is_file() for link in links)
    assert len(set(links)) == 19  # a page and a notebook for each of eight, a pair, the term, a question


def test_the_same_remark_stands_there_once(root):
    for student in ("odd", "odd-too"):
        hand_in(root, student, solved(root)).with_name("timestamp.txt").write_text("soon")
    grade(root, ASSIGNMENT, workers=1)
    page = write_report(root, ASSIGNMENT).read_text(encoding="utf-8")
    assert page.count(UNREADABLE) == 1
    row = next(line for line in page.split("\n") if UNREADABLE in line)
    assert ">2</td>" in row and ">odd</a>" in row and ">odd-too</a>" in row


def test_answers_that_nobody_has_read_are_open_and_not_lost(report):
    """Provisional is not final: in Moodle's table, in the share that has it right, on the student's page."""
    root, path, page = report
    moodle = {row[0]: row[4] for row in table(path.with_name("grades-moodle.csv"))}
    assert moodle["copied"] == "provisional: 90.5 to be read (4 points)"
    assert moodle["half"] == "provisional: 90.5 to be read (4 points); points lost in 90.1, 90.3, 90.4"
    assert moodle["perfect"] == "points lost in 90.5"  # a person has read it
    (row,) = [line for line in page.split("\n") if "to be graded by hand" in line]
    assert "5 to be graded by hand; 1 graded; 1 left empty" in row and "%" not in row
    assert "5 of 8 scores are provisional: answers to 90.5" in page
    own = (root / "feedback" / "half" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "so far: a person has yet to give up to 4 points" in own


def test_an_answer_that_was_changed_after_it_was_read_is_open_everywhere(report, tmp_path):
    old = report[0]
    root = tmp_path / "course"
    shutil.copytree(old, root)
    for student, text in (("perfect", "Another text."), ("half", None)):
        hand_in(root, student, solved(root, text_90_05_why=text or find(released(root), TEXT)["source"]))
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        answer = book.find_grade(TEXT, ASSIGNMENT, ASSIGNMENT, "half")
        answer.manual_score, answer.needs_manual_grade = 2.0, False
        book.db.commit()
    result = grade(root, ASSIGNMENT, workers=2)
    assert [result[student].by_hand for student in ("perfect", "half")] == [4, 4]  # an empty one too
    path = write_report(root, ASSIGNMENT)
    moodle = {row[0]: row[4] for row in table(path.with_name("grades-moodle.csv"))}
    for student in ("perfect", "half"):
        assert moodle[student].startswith("provisional: 90.5 to be read (4 points)")
        own = (root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
        assert "so far: a person has yet to give up to 4 points" in own and "3 of 4" not in own
    term = make_term_report(root).read_text(encoding="utf-8")
    assert term.count(">(19)<") == 1  # with what a person gave the answer before


def test_who_waits_for_a_person_comes_first(report):
    _, _, page = report
    tiles = re.findall(r'<a class="tile" href="(#\w+)"><b>([^<]+)</b>([^<]+)', page)
    assert tiles[:2] == [("#waiting", "1", "wait for a person"), ("#answers", "5", "text answers to read")]
    assert all(f'id="{place[1:]}"' in page for place, _, _ in tiles)
    headings = re.findall(r"<h2>([^<]+)", page)
    assert headings[0] == "Who waits for a person" and headings[-1] == "Everybody"
    assert ">Hopper, Grace (odd)</a>" in page.split("<section")[1]  # people by name


def test_the_feedback_page_says_on_top_what_lost_points_and_whether_a_hidden_check_did(report):
    root, _, _ = report
    own = (root / "feedback" / "half" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    top = own[: own.index("<section")]
    said = [re.sub(r"<[^>]+>", "", item) for item in re.findall(r"<li>(.*?)</li>", top)]
    assert said == [
        "90.1 double: 4 points; a check in your notebook shows it",
        "90.3 words: 4 points; a hidden check found it; those in your notebook pass",
        "90.4 total: 4 points; it needs 90.1, which is not right yet",
    ]
    assert all(f'id="{place}"' in own for place in re.findall(r'href="#(\w+)"', top))


def test_a_graded_notebook_is_a_page_with_the_students_code_and_what_came_of_it(report):
    _, path, _ = report
    page = (path.parent / "graded" / "half" / "notebook.html").read_text(encoding="utf-8")
    assert "return np.asarray(x) ** 2" in page and "expected  array([2., 4.])" in page
    assert "Since it is the same as adding it to itself." in page
    assert "class Box" not in page and "secret_input" not in page  # what was given, and the tests' code
    broken = (path.parent / "graded" / "broken" / "notebook.html").read_text(encoding="utf-8")
    assert "cut off" in broken


def test_the_term_and_the_pages_for_marking_texts_are_one_click_away(report):
    _, path, page = report
    for address in ("../index.html", "texts/text-90-05-why.html"):
        assert f'<a href="{address}">' in page and (path.parent / address).is_file()


def test_a_pair_stands_side_by_side_without_what_the_edition_gave(report):
    _, path, page = report
    (address,) = re.findall(r'<a href="(pairs/\d+\.html)">', page)
    pair = (path.parent / address).read_text(encoding="utf-8")
    same = re.findall(r'<span class="same">(.*?)</span>', pair)
    assert any("found += [current]" in line for line in same) and any("out   += [piece]" in line for line in same)
    assert "Marked is what they share and hardly anybody else has" in pair
    assert pair.count("⋯</span>") == 2 and "def words(text)" not in pair
    assert "my own work" in pair and not any("my own work" in line for line in same)


def similar_pairs(work, given=()):
    return pairs_of({student: Work(prints_of(pieces)) for student, pieces in work.items()}, given)


def test_code_that_the_edition_gave_makes_no_pair():
    given = COPIED
    work = {"a": [given + "a = 1"], "b": [given + "b = [2, 3]"], "c": ["def words(text):\n    return text.split()"]}
    assert [(pair.one, pair.other) for pair in similar_pairs(work)] == [("a", "b")]
    assert similar_pairs(work, [given]) == []


def a_class(students, wrong=0.5):
    """Answers of 20 exercises: most write what the reference has, the others one of five things that go wrong."""
    chance = random.Random(3)
    return {
        f"s{at:02}": {f"e{n}": 1 + chance.randrange(5) * (chance.random() < wrong) for n in range(20)}
        for at in range(students)
    }


def equal_pairs(answers):
    names = [f"e{n}" for n in range(20)]
    rows = {student: np.array([own.get(name, 0) for name in names], np.uint32) for student, own in answers.items()}
    found = pairs_of({student: Work(prints_of([]), row) for student, row in rows.items()}, (), names)
    return {(pair.one, pair.other): len(pair.equal) for pair in found}


def test_copies_are_found_though_each_of_their_answers_is_what_many_write():
    answers = a_class(60)
    assert equal_pairs(answers) == {}
    answers["s07"] = dict(answers["s41"])
    answers["s30"] = dict(answers["s30"], **{name: answers["s52"][name] for name in list(answers["s52"])[:17]})
    found = equal_pairs(answers)
    assert set(found) == {("s07", "s41"), ("s30", "s52")} and found["s07", "s41"] == 20
    answers["s08"] = dict(answers["s41"])
    assert {("s07", "s08"), ("s07", "s41"), ("s08", "s41")} < set(equal_pairs(answers))


def test_those_who_have_all_right_are_no_copies_of_each_other():
    answers = a_class(60)
    for at in range(10, 22):
        answers[f"s{at}"] = {f"e{n}": 1 for n in range(20)}
    assert equal_pairs(answers) == {}
    blank = {f"b{at}": {} for at in range(9)}
    assert equal_pairs(answers | blank) == {} and equal_pairs({"a": {"e1": 1}}) == {}


def test_an_answer_is_the_same_whatever_its_names_comments_and_layout():
    code = "def f(x):\n    return x + 1"
    assert answer_print(code) == answer_print("def g(value):  # mine\n\n    return value \\\n        + 1")
    assert answer_print(code) != answer_print("def f(x):\n    return x - 1")
    assert (
        answer_print("It is *kept*, so.", False) == answer_print("it is kept so", False) != answer_print("it is", False)
    )
    assert answer_print("") == answer_print("  ", False) == 0


@pytest.mark.parametrize("line", ["'a' + ", "'", '"""', "\\", "(", "1_", " ", "f'{", "0x", "\\\n"])
def test_looking_for_pairs_takes_no_longer_for_odd_code(line):
    """Python's tokenizer took 36 s for 32 kB of one line."""
    began = time.process_time()
    fingerprints(line * (200_000 // len(line)))
    assert time.process_time() - began < 6


def test_four_hundred_remarks_of_their_own_are_one_row():
    def row(at):
        flags = [f"the time of submission cannot be read: 'never {at}'"]
        result = SubmissionResult(f"s{at}", ASSIGNMENT, "graded", flags=flags, repairs=[f"cell {at} was left out"])
        return Row(result, Recorded(at % 20, 20, 0, False), f"Student {at}", feedback="f.html", notebook="n.html")

    text = page(ASSIGNMENT, [row(at) for at in range(400)], [], [])
    for section in ("noticed", "repaired"):
        part = text.split(f'<section id="{section}">')[1].split("</section>")[0]
        assert part.count("<tr>") == 2 and part.count("<details>") == 1  # the head, and one row to unfold
        assert all(f">Student {at} (s{at})</a>" in part for at in (0, 399))
    assert len(text) < 400_000


def test_no_cell_of_a_table_is_a_formula(report):
    _, path, _ = report
    for name in ("grades.csv", "grades-moodle.csv", "remarks.csv"):
        assert not any(value[:1] in tuple("=+-@") for row in table(path.with_name(name)) for value in row)


def test_a_class_that_was_not_graded_has_no_report(root):
    with pytest.raises(CourseError, match="has been graded"):
        write_report(root, ASSIGNMENT)


def test_what_everybody_shares_makes_no_pair():
    common = "\n".join(f"def f{i}(x):\n    return [x * {i}, x + {i}, x - {i}, x / {i + 1}]" for i in range(20))
    assert similar_pairs({f"s{i}": [common] for i in range(30)}) == []
    assert fingerprints("x = (") == set() and fingerprints("") == set()


def test_the_page_sorts_by_a_heading_and_is_complete_without_a_script(report, chromium):
    _, path, _ = report
    everybody = "table.sortable >> nth=-1"

    def scores(page):
        return [
            cell.get_attribute("data-value") for cell in page.locator(everybody).locator("tbody td:nth-child(3)").all()
        ]

    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(path.as_uri())
    assert len(scores(page)) == 8 and page.get_by_role("button").count() == 0
    plain.close()
    context = chromium.new_context()
    page = context.new_page()
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri())
    before = scores(page)
    heading = page.locator(everybody).get_by_role("button", name="points")
    heading.click()
    rising = scores(page)
    heading.click()
    falling = scores(page)
    assert [float(value) for value in rising] == sorted(float(value) for value in before) != [float(v) for v in falling]
    assert [float(value) for value in falling] == sorted((float(value) for value in before), reverse=True)
    page.locator(everybody).locator("tbody a").first.click()
    assert "/feedback/" in page.url and "points" in page.content()
    assert errors == []
    context.close()


def test_of_a_large_table_the_first_rows_are_shown_and_all_are_found(tmp_path, chromium):
    rows = [
        Row(SubmissionResult(f"s{at:03}", ASSIGNMENT, "graded"), Recorded(at % 20, 20, 0, False), feedback="f.html")
        for at in range(400)
    ]
    path = tmp_path / "report.html"
    path.write_text(page(ASSIGNMENT, rows, [], []), encoding="utf-8")
    context = chromium.new_context()
    shown = context.new_page()
    shown.goto(path.as_uri())
    table = shown.locator("#everybody table")
    seen = table.locator("tbody tr:not([hidden])")
    more, find = shown.locator("#everybody button.more"), shown.locator("#everybody input.find")
    assert seen.count() == 300 and more.inner_text() == "300 of 400 rows are shown. Show all"
    find.fill("s39")
    assert seen.count() == 10 and more.is_hidden()
    find.fill("")
    for _ in range(2):
        table.get_by_role("button", name="student").click()
    assert seen.count() == 300 and seen.first.locator("td").first.inner_text() == "s399"  # of all, not of those shown
    more.click()
    assert seen.count() == 400 and more.is_hidden()
    context.close()


def test_the_pages_are_read_on_a_telephone(report, chromium):
    root, path, _ = report
    pages = [path, path.parent / "graded" / "half" / "notebook.html", path.parent / "pairs" / "1.html"]
    pages.append(root / "feedback" / "half" / ASSIGNMENT / f"{ASSIGNMENT}.html")
    context = chromium.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    for place in pages:
        page.goto(place.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, place
        small = "[...document.querySelectorAll('p, td, li, pre')].filter(e => parseFloat(getComputedStyle(e).fontSize) < 12)"
        assert page.evaluate(f"{small}.length") == 0
    page.goto(path.as_uri())
    # What an SVG says is as large as its picture is scaled.
    size = (
        "e => parseFloat(getComputedStyle(e.querySelector('text')).fontSize) * e.clientWidth / e.viewBox.baseVal.width"
    )
    assert page.locator("svg.dots").evaluate(size) > 11
    context.close()


def test_the_page_is_dark_all_over_and_breaks_between_lines_in_print(report, chromium):
    """Catches: a white search box in the dark; a section that fits no page begins a new one and leaves half of it empty."""
    _, path, _ = report
    context = chromium.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(path.as_uri())
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), {className: 'find'}))")
    colours = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    assert page.locator("input.find").first.evaluate(colours) == page.locator("body").evaluate(colours)
    page.emulate_media(media="print")
    breaks = "e => getComputedStyle(e).breakInside"
    assert page.locator("#exercises").evaluate(breaks) == "auto"
    for part in ("#exercises tr", "svg.bars", "svg.dots"):
        assert page.locator(part).first.evaluate(breaks) == "avoid"
    context.close()
