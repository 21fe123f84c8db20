"""Text answers by question: what is grouped, what the page and the table show, and what a filled-in table does."""

from __future__ import annotations

import csv
import random
import re
import shutil
import time
from dataclasses import replace
from html import unescape

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from tests.grading.conftest import leave_kernels_out
from tests.grading.grading_course import ASSIGNMENT, find, hand_in, released, solved
from tinytorch_course.base.errors import CourseError
from tinytorch_course.cli import app
from tinytorch_course.grading import commands
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.records import texts
from tinytorch_course.grading.records.answers import Answer, grouped, nearly_equal, words
from tinytorch_course.grading.records.comments import library_of
from tinytorch_course.grading.records.report import make_report
from tinytorch_course.grading.records.term import make_term_report
from tinytorch_course.grading.records.texts import write_texts
from tinytorch_course.grading.records.texts_in import read_texts

TEXT = "text-90-05-why"
SAME = "Because multiplication distributes over the addition of any two numbers that one likes."
FORMULA = '=HYPERLINK("http://x.example")'
ANSWERS = {
    "ann": SAME,
    "bob": "because multiplication *distributes* over the addition,\nof any two numbers that one likes",  # equal
    "cat": SAME.replace("distributes", "distribtes"),  # nearly
    "dan": SAME.replace("distributes", "does not distribute"),
    "eve": "<script>alert(1)</script> " + FORMULA,
    "fay": FORMULA,
    "gus": None,  # the untouched cell
}


def run(root, **options):
    return grade(root, ASSIGNMENT, workers=1, progress=False, **options)


@pytest.fixture(scope="module")
def graded_once(template, tmp_path_factory):
    root = tmp_path_factory.mktemp("texts") / "course"
    shutil.copytree(template, root)
    stub = find(released(root), TEXT)["source"]
    for student, text in ANSWERS.items():
        hand_in(root, student, solved(root, text_90_05_why=stub if text is None else text))
    hand_in(root, "zoe", b'{"cells": [')  # cannot be graded
    with pytest.MonkeyPatch.context() as patch:
        leave_kernels_out(patch)
        run(root)
    return root


@pytest.fixture
def graded(graded_once, root, without_kernels):
    shutil.copytree(graded_once, root, dirs_exist_ok=True)
    return root


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def table(root, text):
    path = root / "in.csv"
    path.write_text(text, encoding="utf-8")
    return path


def recorded(root, student):
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        answer = book.find_grade(TEXT, ASSIGNMENT, ASSIGNMENT, student)
        comment = book.find_comment(TEXT, ASSIGNMENT, ASSIGNMENT, student)
        return answer.manual_score, answer.needs_manual_grade, comment.manual_comment


def in_groups(*texts):
    groups = grouped([Answer(str(at), text) for at, text in enumerate(texts)])
    return sorted(sorted(int(answer.student) for answer in group.answers) for group in groups)


@pytest.mark.parametrize(
    ("other", "together"),
    [
        (SAME.upper(), True),
        ("  " + SAME.replace(" ", "\n\n") + "!", True),
        (SAME.replace("numbers", "nubmers"), True),  # a slip
        (SAME.replace("Because", "Since"), True),
        (SAME.replace("distributes", "never distributes"), False),
        (SAME.replace("any two", "some three"), False),
        (SAME.replace("distributes over the addition of", "of the addition over distributes"), False),
        ("Something else.", False),
    ],
)
def test_answers_are_together_only_where_they_say_the_same(other, together):
    assert (in_groups(SAME, other) == [[0, 1]]) is together


@pytest.mark.parametrize(
    "texts",
    [
        ("It takes 4 GB for the weights and 8 GB for Adam.", "It takes 8 GB for the weights and 4 GB for Adam."),
        ("f(x) + x doubles the work of the walk", "f(x) - x doubles the work of the walk"),
        ("The memory of the card can not hold it", "The memory of the card can hold it"),
        ("It's 4.5 times as much memory in the end", "It's 4,6 times as much memory in the end"),
    ],
)
def test_a_number_a_sign_or_a_not_keeps_answers_apart(texts):
    assert in_groups(*texts) == [[0], [1]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Activations do not fit. Gradients take 4 GB more.",
            "Activations do not fit. Sharding would help. Gradients take 4 GB more.",
        ),
        (
            "All uses send a share back, and the whole sum goes on to the rule of the operation.",
            "All uses send a share back, and the whole sum goes on to the rule of the operation. Work is repeated.",
        ),
        (
            "All uses send a share back, and a share is lost where it goes on at once. Nobody waits.",
            "All uses send a share back, and a share is lost where it goes on at once. Work is repeated.",
        ),
        (SAME, SAME.replace("addition", "addition, as the table of the lecture shows,")),
    ],
)
def test_a_sentence_or_a_clause_more_keeps_answers_apart(one, other):
    assert in_groups(one, other) == [[0], [1]]


@pytest.mark.parametrize("other", ["over the", "over", "of the", "in the end over the"])
def test_small_words_and_slips_keep_nothing_apart(other):
    assert in_groups(SAME, SAME.replace("over the", other)) == [[0, 1]]


@pytest.mark.parametrize("dash", [" -- ", " - ", " – ", "—", "--", " — ", ";\n- "])
def test_a_dash_is_layout_and_a_minus_is_not(dash):
    assert words(f"it is kept{dash}so it grows") == words("It is kept. So it grows.")
    for minus in ("-1", "f(x) - x", "4 - 2", "a - b", "3–5"):
        assert "-" in words(f"that is {minus}")


def test_groups_do_not_drift_from_their_first_answer():
    words = [f"word{'abcdefghijklmnopqrst'[at] * 2}" for at in range(20)]
    chain = []
    for at in range(12):  # each is near the one before it, the last has little in common with the first
        chain.append(" ".join([f"other{'abcdefghijklmnopqrst'[i] * 2}" for i in range(at)] + words[at:]))
    groups = grouped([Answer(f"{at:02}", text) for at, text in enumerate(chain)])
    assert len(groups) > 1 and len({answer.student for group in groups for answer in group.answers}) == 12


VOCABULARY = words(
    "the gradient of a tensor is kept until backward has run and memory grows with depth not batch since each loss adds "
    "two arrays to every layer so a chain of rules visits its nodes in order"
)


def an_answer(seed):
    """One of forty, as it is or with one or two words of it changed, gone, doubled or moved."""
    chance = random.Random(seed)
    text = random.Random(seed % 40).choices(VOCABULARY, k=14 + seed % 40)
    for _ in range(chance.randint(0, 3)):
        at, word = chance.randrange(len(text)), chance.choice([*VOCABULARY, "slip", "slep", "slup"])
        text[at : at + 1] = chance.choice(([word], [], [text[at]] * 2, [word, text[at]]))
    return " ".join(text)


def test_no_two_that_are_nearly_equal_are_left_apart_by_a_short_cut():
    groups = grouped([Answer(f"{at:04}", an_answer(at)) for at in range(600)])
    firsts = [words(group.answers[0].text) for group in groups]
    assert not [(one, other) for at, one in enumerate(firsts) for other in firsts[:at] if nearly_equal(other, one)]
    assert all(
        len({words(first.text) for first in variant}) == 1 for group in groups for variant in group.variants
    ) and all(
        nearly_equal(first, words(variant[0].text))
        for first, group in zip(firsts, groups)
        for variant in group.variants[1:]
    )
    assert 40 < len(groups) < 500 and max(len(group.variants) for group in groups) > 3


def test_grouping_a_large_class_takes_seconds():
    """Comparing each with each of a few words took four minutes for these."""
    chance = random.Random(1)
    plain = [word for word in VOCABULARY if len(word) > 3 and word not in ("each", "every", "adds")]
    answers = [Answer(f"{at:04}", " ".join(chance.choices(plain, k=chance.randint(15, 80)))) for at in range(3000)]
    began = time.process_time()
    assert len(grouped(answers)) > 2900
    assert time.process_time() - began < 20


def test_the_page_shows_the_scheme_the_groups_and_who_wrote_nothing(graded):
    written = write_texts(graded, ASSIGNMENT)
    [page] = written.pages
    text = page.read_text(encoding="utf-8")
    assert "Because multiplication distributes over addition." in text  # the reference's
    sections = re.findall(r'<section class="piece (\w+)" id="(\w+)"[^>]*>(.*?)</section>', text, re.S)
    assert [kind for kind, _, _ in sections] == ["waits"] * 4
    assert all(name in sections[0][2] for name in ("ann", "bob", "cat")) and "<mark>distribtes</mark>" in sections[0][2]
    assert re.search(r'id="blank"[^>]*>.*gus', text, re.S) and "zoe" not in text and written.left_out == ["zoe"]
    [question] = written.questions
    assert question.waiting == 6 and len(question.entered) == 7


def test_an_answer_that_was_changed_after_it_had_points_is_open_until_somebody_confirms_them(graded, monkeypatch):
    read_texts(graded, ASSIGNMENT, table(graded, f"student,question,points,comment\ndan,{TEXT},2,Why not?\n"))
    assert write_texts(graded, ASSIGNMENT).questions[0].waiting == 5
    hand_in(graded, "dan", solved(graded, text_90_05_why="It distributes."))
    assert {one.student: one.by_hand for one in run(graded)} == dict.fromkeys(
        ["ann", "bob", "cat", "dan", "eve", "fay"], 4.0
    ) | {
        "gus": 0.0,
        "zoe": 0.0,
    }
    written = write_texts(graded, ASSIGNMENT)
    text = written.pages[0].read_text(encoding="utf-8")
    assert written.questions[0].waiting == 6 and "open (2 for another answer before)" in text
    assert [row["points"] for row in rows_of(written.table) if row["student"] == "dan"] == [""]
    make_term_report(graded)
    row = next(line for line in (graded / "report/index.html").read_text("utf-8").split("\n") if "<td>dan<" in line)
    assert ">(18)<" in row  # in brackets
    taken = read_texts(graded, ASSIGNMENT, table(graded, f"student,question,points\ndan,{TEXT},2\n"))
    assert (taken.new, taken.changed) == (1, 0) and recorded(graded, "dan") == (2.0, False, "Why not?")
    assert write_texts(graded, ASSIGNMENT).questions[0].waiting == 5
    assert {one.student: one.by_hand for one in run(graded)}["dan"] == 0


def test_what_is_new_and_what_is_changed_are_counted(graded):
    lines = "student,question,points\nann,{0},1\nbob,{0},2\n"
    read_texts(graded, ASSIGNMENT, table(graded, lines.format(TEXT)))
    lines = "student,question,points,comment\nann,{0},1,\nbob,{0},3,\ncat,{0},3,\ngus,{0},0,\ndan,{0},,Why?\n"
    taken = read_texts(graded, ASSIGNMENT, table(graded, lines.format(TEXT)))
    assert (taken.answers, taken.new, taken.changed) == (5, 2, 2)


def test_points_entered_after_a_table_was_written_are_not_overwritten_by_it(graded):
    path = write_texts(graded, ASSIGNMENT).table
    head, *_ = rows = rows_of(path)
    newer = table(graded, f"student,question,points\nann,{TEXT},0\ncat,{TEXT},3\n")
    read_texts(graded, ASSIGNMENT, newer)
    for row in rows:
        row["points"] = "3" if row["student"] == "*" else "1" if row["student"] == "dan" else ""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head)
        writer.writeheader()
        writer.writerows(rows)
    taken = read_texts(graded, ASSIGNMENT, path)
    [line] = taken.bad
    assert "row 2 (*): the gradebook has 0 now for 1 of 3 answers" in line and "where 3 is right" in line
    assert [recorded(graded, student)[0] for student in ("ann", "bob", "cat", "dan")] == [0.0, 3.0, 3.0, 1.0]


def test_a_row_in_which_nobody_wrote_takes_nothing_back(graded):
    read_texts(graded, ASSIGNMENT, table(graded, f"student,question,points\ndan,{TEXT},1.25\n"))
    old = write_texts(graded, ASSIGNMENT).table.rename(graded / "old.csv")
    read_texts(graded, ASSIGNMENT, table(graded, f"student,question,points\ndan,{TEXT},4\n"))
    assert read_texts(graded, ASSIGNMENT, old).bad == [] and recorded(graded, "dan")[0] == 4.0


@pytest.mark.parametrize(
    ("before", "enters"), [("", True), ("4 or 1,0", True), ("seen", True), ("open", False), ("0", False)]
)
def test_a_table_says_what_the_gradebook_had_in_words_or_not_at_all(graded, before, enters):
    read_texts(graded, ASSIGNMENT, table(graded, f"student,question,points\ndan,{TEXT},1\n"))
    taken = read_texts(graded, ASSIGNMENT, table(graded, f'student,question,points,before\ndan,{TEXT},2,"{before}"\n'))
    assert (taken.bad == []) is enters and recorded(graded, "dan")[0] == (2.0 if enters else 1.0)


def test_a_student_whose_submission_could_not_be_graded_is_named_as_that(graded):
    [line] = read_texts(graded, ASSIGNMENT, table(graded, f"student,question,points\nzoe,{TEXT},1\n")).bad
    assert "could not be graded" in line and "no such student" not in line


def test_the_question_is_rendered_and_nothing_in_it_runs(graded, monkeypatch):
    prose = "### 90.5 Why\n\nWhy *so*?\n\n<details>\n<summary>Hint</summary>\n\nThink.\n</details>\n\n<img src=x onerror=alert(1)>"
    monkeypatch.setattr(
        texts, "_questions", lambda ground, ask=texts._questions: [replace(q, prose=prose) for q in ask(ground)]
    )
    text = write_texts(graded, ASSIGNMENT).pages[0].read_text(encoding="utf-8")
    assert "<em>so</em>" in text and "<summary>Hint</summary>" in text and "&lt;details" not in text
    assert "<img" not in text and "onerror=alert(1)" in unescape(text) and "&lt; img" in text


def test_a_long_answer_is_cut_with_a_sign_and_can_be_given_points(graded):
    answer = " ".join(f"word{at}" for at in range(1000))
    hand_in(graded, "dan", solved(graded, text_90_05_why=answer))
    run(graded)
    written = write_texts(graded, ASSIGNMENT)
    rows = [row for row in rows_of(written.table) if row["student"] == "dan"]
    sign = f"… (cut: {len(answer) - 5000} characters more)"
    assert rows[0]["answer"].endswith(sign) and sign in written.pages[0].read_text(encoding="utf-8")
    path = graded / "in.csv"
    for text, bad in (("", 0), (" and more", 1)):
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerow(rows[0] | {"points": "4", "before": ""})
        hand_in(graded, "dan", solved(graded, text_90_05_why=answer + text))
        run(graded)
        assert len(read_texts(graded, ASSIGNMENT, path).bad) == bad


def test_what_students_wrote_is_text_in_page_and_table(graded):
    written = write_texts(graded, ASSIGNMENT)
    text = written.pages[0].read_text(encoding="utf-8")
    assert (
        text.lower().count("<script") == 1 and text.count("script-src 'sha256-") == 1
    )  # ours, and no other is allowed
    assert "alert(1)" in unescape(text)
    cells = [cell for row in rows_of(written.table) for cell in row.values()]
    assert not [cell for cell in cells if re.match(r"\s*[=+@-]", cell)]
    assert any("'=HYPERLINK" in cell for cell in cells)


def test_a_row_for_a_group_reaches_all_of_it_and_an_own_row_comes_first(graded):
    rows = rows_of(write_texts(graded, ASSIGNMENT).table)
    [group] = {row["group"] for row in rows if row["student"] == "ann"}
    assert [row["student"] for row in rows if row["group"] == group] == ["*", "ann", "bob", "cat"]
    for row in rows:
        if row["student"] == "*":
            row |= {"points": "3", "comment": "Say why.", "answer": row["answer"]}
        if row["student"] == "cat":
            row["points"] = "2,5"  # as German spreadsheets write it
    lines = [
        ";".join(rows[0]),
        *(";".join(f'"{cell}"'.replace("\n", " ") for cell in row.values()) for row in rows[:4]),
    ]
    taken = read_texts(graded, ASSIGNMENT, table(graded, "\n".join(lines)))
    assert (taken.answers, taken.new, taken.changed, taken.bad) == (3, 3, 0, [])
    assert recorded(graded, "ann") == recorded(graded, "bob") == (3.0, False, "Say why.")
    assert recorded(graded, "cat") == (2.5, False, "Say why.")
    assert recorded(graded, "dan") == (None, True, None)


def test_a_group_alone_in_the_table_is_the_group_of_now(graded):
    rows = rows_of(write_texts(graded, ASSIGNMENT).table)
    label = next(row["group"] for row in rows if row["student"] == "*")
    read_texts(graded, ASSIGNMENT, table(graded, f"student,question,group,points\n,90.5,{label},4\n"))
    assert [recorded(graded, student)[0] for student in ANSWERS] == [4.0, 4.0, 4.0, None, None, None, None]


def test_what_was_entered_survives_grading_again_and_comes_out_as_it_went_in(graded):
    comment = "=right; but why?"
    text = f"student,question,group,points,comment\nann,{TEXT},,3,{comment}\nfay,{TEXT},,0,\n"
    read_texts(graded, ASSIGNMENT, table(graded, text))
    for _ in range(2):
        result = run(graded, force=True)
        assert {one.student: one.score for one in result}["ann"] == 19
        assert recorded(graded, "ann") == (3.0, False, comment) and recorded(graded, "fay") == (0.0, False, None)
    make_report(graded, ASSIGNMENT)
    page = (graded / "feedback" / "ann" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "19 of 20 points" in page and comment in unescape(page)
    again = read_texts(graded, ASSIGNMENT, write_texts(graded, ASSIGNMENT).table)
    assert again.bad == [] and again.changed == 0
    assert recorded(graded, "ann") == (3.0, False, comment)


def test_bad_rows_are_named_and_the_others_are_entered(graded):
    text = (
        "student,question,group,points,comment\n"
        f"ann,{TEXT},,4.5,\nbob,{TEXT},,much,\nnobody,{TEXT},,1,\ndan,text-90-09-none,,1,\n*,{TEXT},gffffff,1,\n"
        f"dan,{TEXT},,nan,\ndan,{TEXT},,-1,\nzoe,{TEXT},,1,\n*,{TEXT},,1,\n"
        f"eve,{TEXT},,2,\neve,{TEXT},,3,\nfay,90.5,,1,good\n"
    )
    taken = read_texts(graded, ASSIGNMENT, table(graded, text))
    named = {line.partition(" (")[0]: line for line in taken.bad}
    assert set(named) == {f"row {at}" for at in (2, 3, 4, 5, 6, 7, 8, 9, 10, 12)}
    assert "between 0 and 4" in named["row 2"] and "'much'" in named["row 3"] and "no question" in named["row 5"]
    assert recorded(graded, "eve")[0] == 2.0 and recorded(graded, "fay") == (1.0, False, "good")
    assert [recorded(graded, student)[0] for student in ("ann", "bob", "dan")] == [None] * 3


def test_an_answer_that_changed_after_the_table_was_written_gets_no_points_from_it(graded):
    rows = rows_of(write_texts(graded, ASSIGNMENT).table)
    hand_in(graded, "bob", solved(graded, text_90_05_why="I do not know any more."))
    run(graded)
    path = graded / "in.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | {"points": "4" if row["student"] == "*" else ""} for row in rows)
    taken = read_texts(graded, ASSIGNMENT, path)
    assert len(taken.bad) == 1 and "(bob)" in taken.bad[0] and "another one now" in taken.bad[0]
    assert [recorded(graded, student)[0] for student in ("ann", "bob", "cat")] == [4.0, None, 4.0]


def test_a_table_that_was_filled_in_and_not_taken_in_is_not_written_over(graded):
    path = write_texts(graded, ASSIGNMENT).table
    assert write_texts(graded, ASSIGNMENT).aside is None
    filled = path.read_text(encoding="utf-8-sig").replace(
        "ann,text-90-05-why,g801a34,,", "ann,text-90-05-why,g801a34,3,"
    )
    path.write_text(filled, encoding="utf-8")
    aside = write_texts(graded, ASSIGNMENT).aside
    assert aside is not None and aside.read_text(encoding="utf-8") == filled and ",3," not in path.read_text("utf-8")
    read_texts(graded, ASSIGNMENT, aside)
    write_texts(graded, ASSIGNMENT)
    assert recorded(graded, "ann")[0] == 3.0 and write_texts(graded, ASSIGNMENT).aside is None


def test_a_table_in_which_nobody_wrote_is_not_put_aside(graded):
    path = write_texts(graded, ASSIGNMENT).table
    for points in (1, 2):
        read_texts(graded, ASSIGNMENT, table(graded, f"student,question,points\ndan,{TEXT},{points}\n"))
        assert write_texts(graded, ASSIGNMENT).aside is None
    semicolons = "\n".join(";".join(f'"{cell}"' for cell in row) for row in csv.reader(path.open(encoding="utf-8-sig")))
    path.write_text(semicolons, encoding="cp1252")  # a spreadsheet has opened and saved it
    read_texts(graded, ASSIGNMENT, table(graded, f"student,question,points\ndan,{TEXT},4\n"))
    assert write_texts(graded, ASSIGNMENT).aside is None


def test_points_of_another_group_do_not_hide_what_was_not_taken_in(graded):
    rows = "student,question,points\n" + "".join(f"{student},{TEXT},3\n" for student in ("ann", "bob", "cat"))
    read_texts(graded, ASSIGNMENT, table(graded, rows))
    hand_in(graded, "fay", solved(graded, text_90_05_why=ANSWERS["dan"]))
    run(graded)
    path = write_texts(graded, ASSIGNMENT).table
    text = path.read_text(encoding="utf-8-sig")
    [label] = {row["group"] for row in rows_of(path) if row["student"] == "dan"}
    path.write_text(text.replace(f"*,{TEXT},{label},,", f"*,{TEXT},{label},3,"), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text and write_texts(graded, ASSIGNMENT).aside is not None


def test_a_table_of_something_else_is_refused(graded):
    with pytest.raises(CourseError, match="has no column question, points"):
        read_texts(graded, ASSIGNMENT, table(graded, "student,score\nann,3\n"))
    with pytest.raises(CourseError, match="cannot be read"):
        read_texts(graded, ASSIGNMENT, graded / "none.csv")


def test_the_command_writes_takes_in_and_says_by_its_exit_code_what_was_left(graded, monkeypatch):
    class Module:
        name = ASSIGNMENT

    monkeypatch.setattr(commands.Course, "module", lambda self, name: Module)
    where = ["--course-dir", str(graded)]
    done = CliRunner().invoke(app, ["texts", "90", *where])
    assert (
        done.exit_code == 0
        and "7 students, 5 groups of answers, 1 without" in done.output
        and "texts.csv" in done.output
    )
    good = table(graded, f"student,question,points\nann,{TEXT},4\n")
    done = CliRunner().invoke(app, ["texts", "90", "--in", str(good), *where])
    assert done.exit_code == 0 and "1 answer has the table's points and comments: 1 new." in done.output
    bad = table(graded, f"student,question,points\nann,{TEXT},99\nbob,{TEXT},1\n")
    done = CliRunner().invoke(app, ["texts", "90", "--in", str(bad), *where])
    assert done.exit_code == 1 and "row 2 (ann)" in done.output
    assert recorded(graded, "ann")[0] == 4.0 and recorded(graded, "bob")[0] == 1.0


# -- by keyboard -----------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(graded, chromium):
    """The page of the question in a browser that keeps nothing from before; whatever a script of an answer does is seen."""
    context = chromium.new_context(accept_downloads=True)
    page = context.new_page()
    page.wrong = []
    page.on("dialog", lambda dialog: (page.wrong.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: page.wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.goto(write_texts(graded, ASSIGNMENT).pages[0].as_uri())
    yield page
    assert page.wrong == []
    context.close()


def pressed(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def saved(page, to):
    with page.expect_download() as download:
        page.keyboard.press("s")
    download.value.save_as(to)
    return to


def test_a_few_keys_give_points_and_comments_to_whole_groups(graded, desk):
    pressed(desk, "j", "4", "j", "2", ".", "5", "c")  # the largest group, then the next
    desk.keyboard.type("=just so, - but why?")
    pressed(desk, "Escape", "n", "ArrowDown", "a", "Enter", "9", "1", "k", "Backspace")  # there are 4 points at most
    path = saved(desk, graded / "saved.csv")
    assert not [cell for row in rows_of(path) for cell in row.values() if re.search(r"(^|,)\s*[=+@-]", cell)]
    taken = read_texts(graded, ASSIGNMENT, path)
    assert taken.bad == [] and taken.kept == 1
    [question] = write_texts(graded, ASSIGNMENT).questions
    people = [[answer.student for answer in group.answers] for group in question.groups]
    assert sorted(people[0]) == ["ann", "bob", "cat"]
    assert {recorded(graded, student) for student in people[0]} == {(4.0, False, None)}
    assert recorded(graded, people[1][0]) == (2.5, False, "=just so, - but why?")
    assert recorded(graded, people[2][0])[0] is None  # a comment without points was given, and taken back
    assert recorded(graded, people[3][0]) == (1.0, False, None)
    assert recorded(graded, "gus") == (None, False, None)


def test_what_was_entered_outlives_the_page_and_ends_with_the_gradebooks(graded, desk):
    pressed(desk, "j", "3")
    told = "2 of 5 groups have points, 4 of 7 answers. 1 not saved."  # who wrote nothing has the grader's 0
    desk.locator("#told", has_text=told).wait_for()  # the page has taken it, before it goes
    desk.reload()
    desk.locator("#told", has_text=told).wait_for()
    first = desk.locator("section.piece").first
    assert first.get_by_label("points").input_value() == "3"
    read_texts(graded, ASSIGNMENT, saved(desk, graded / "saved.csv"))
    read_texts(
        graded, ASSIGNMENT, table(graded, f"student,question,points\nann,{TEXT},2\nbob,{TEXT},2\ncat,{TEXT},2\n")
    )
    write_texts(graded, ASSIGNMENT)
    desk.reload()
    assert "2 of 5 groups" in desk.locator("#told").inner_text()
    pressed(desk, "j", "3", "Backspace", "2")
    assert rows_of(saved(desk, graded / "saved.csv")) == []  # as the gradebook has it: nothing is entered twice


def test_newer_points_of_the_gradebook_are_shown_and_not_saved_over(graded, desk):
    """Two people grade: what one entered, and the other has changed since, is not saved again with the next group."""
    pressed(desk, "j", "1")
    read_texts(graded, ASSIGNMENT, saved(desk, graded / "saved.csv"))
    people = [f"{student},{TEXT},0,\n" for student in ("ann", "bob", "cat")]
    read_texts(graded, ASSIGNMENT, table(graded, "student,question,points,comment\n" + "".join(people)))
    pressed(desk, "j", "2")  # on the page of before
    taken = read_texts(graded, ASSIGNMENT, saved(desk, graded / "saved.csv"))
    assert [line for line in taken.bad if "has 0 now for 3 of 3" in line] == taken.bad and len(taken.bad) == 1
    write_texts(graded, ASSIGNMENT)
    desk.reload()
    first = desk.locator("section.piece").first
    assert first.get_by_label("points").input_value() == "0" and "You had entered: 1" in first.inner_text()
    assert desk.locator("#gone").inner_text().startswith("1 group has other points now than when you entered yours")
    assert rows_of(saved(desk, graded / "saved.csv")) == [] and desk.locator("#gone").inner_text() == ""
    pressed(desk, "j", "4")  # anew
    assert rows_of(saved(desk, graded / "saved.csv"))[0]["before"] == "0"
    assert read_texts(graded, ASSIGNMENT, graded / "saved.csv").bad == [] and recorded(graded, "ann")[0] == 4.0


def test_who_changes_their_mind_saves_again_on_the_same_page(graded, desk):
    for points in "123":
        pressed(desk, "k", points)
        if points != "2":  # that table was lost
            assert read_texts(graded, ASSIGNMENT, saved(desk, graded / "saved.csv")).bad == []
        else:
            saved(desk, graded / "lost.csv")
    assert recorded(graded, "ann")[0] == 3.0


def test_two_tabs_of_a_browser_keep_what_each_has_entered(graded, desk):
    other = desk.context.new_page()
    other.goto(desk.url)
    pressed(desk, "j", "1")
    pressed(other, "j", "j", "2")
    pressed(desk, "j", "j", "3")
    for page in (desk, other):
        page.locator("#told", has_text="3 not saved").wait_for()
        values = [field.input_value() for field in page.get_by_label("points of").all()]
        assert values[:3] == ["1", "2", "3"]
    assert {row["points"] for row in rows_of(saved(other, graded / "saved.csv"))} == {"1", "2", "3"}
    desk.locator("#told", has_text="All saved").wait_for()


def test_an_answer_changed_after_its_points_waits_on_the_page(graded, desk):
    read_texts(graded, ASSIGNMENT, table(graded, f"student,question,points\ndan,{TEXT},2\nann,{TEXT},1\n"))
    hand_in(graded, "dan", solved(graded, text_90_05_why="It distributes."))
    run(graded)
    [question] = write_texts(graded, ASSIGNMENT).questions
    desk.reload()
    waits = desk.locator("section.waits")
    assert waits.count() == 4 and "open (2 for another answer before)" in "".join(waits.all_inner_texts())
    assert f"{7 - question.waiting} of 7 answers" in desk.locator("#told").inner_text()  # the header's number
    assert f"{question.pieces} groups" in desk.locator(".total").inner_text()
    assert f"of {question.pieces} groups" in desk.locator("#told").inner_text()


def test_who_wrote_nothing_gets_points_only_while_that_is_so(graded, desk):
    pressed(desk, "j", "j", "j", "j", "j", "0")
    path = saved(desk, graded / "saved.csv")
    assert [(row["student"], row["answer"]) for row in rows_of(path)] == [("gus", "(no answer)")]
    hand_in(graded, "gus", solved(graded, text_90_05_why="Because it does."))
    run(graded)
    assert "another one now" in read_texts(graded, ASSIGNMENT, path).bad[0] and recorded(graded, "gus")[0] is None


def test_points_that_do_not_exist_are_not_saved(graded, desk):
    desk.locator("section.piece").nth(1).get_by_label("points").fill("7")
    pressed(desk, "Escape", "s")
    assert "7 is not between 0 and 4" in desk.locator("#told").inner_text()
    assert desk.evaluate("document.activeElement === document.querySelectorAll('section.piece')[1]")


def test_comments_are_kept_beside_the_course_and_offered_for_their_question(graded, desk):
    (graded / "comments.csv").write_text(
        f"question;points;comment\n{TEXT};2,5;Half of it.\ntext-90-09-other;1;Elsewhere.\n;;<b>See the script.</b>\n",
        "cp1252",
    )
    desk.goto(write_texts(graded, ASSIGNMENT).pages[0].as_uri())
    assert desk.locator("#library button").all_inner_texts() == ["a Half of it. (2.5)", "b <b>See the script.</b>"]
    pressed(desk, "j", "a", "b")
    path = saved(desk, graded / "saved.csv")
    text = path.read_text(encoding="utf-8") + f'(library),{TEXT},,,"Half of it.",\n(library),{TEXT},,1,+ new,\n'
    taken = read_texts(graded, ASSIGNMENT, table(graded, text))
    assert recorded(graded, "cat") == (2.5, False, "Half of it. <b>See the script.</b>") and taken.kept == 1
    assert [one.comment for one in library_of(graded)] == [
        "Half of it.",
        "Elsewhere.",
        "<b>See the script.</b>",
        "+ new",
    ]
    assert read_texts(graded, ASSIGNMENT, table(graded, text)).kept == 0


@pytest.mark.parametrize(
    ("text", "why"), [("points\n3\n", "no column comment"), ("points,comment\nx,a\n", "line 2: 'x' is no")]
)
def test_a_library_that_cannot_be_read_is_named(graded, text, why):
    (graded / "comments.csv").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=why):
        write_texts(graded, ASSIGNMENT)
