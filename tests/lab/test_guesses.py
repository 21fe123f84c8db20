"""Predictions in notebooks: compared kindly, never in the way of anything, and each one measured where it says so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tinytorch.lab import guesses
from tinytorch.lab.guesses import Guesses
from tinytorch_course.author.source import read_source
from tinytorch_course.base.course import Course

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("said", "was", "how"),
    [
        (3, 5.2, "you said 3, it was 5.2: within a factor of 2"),
        (5.2, 5.0, "you said 5.2, it was 5: within 10 %"),
        (5.0, 5.2, "within 10 %"),
        (1, 2.5, "a factor of 2.5 too low"),
        (25, 10, "a factor of 2.5 too high"),
        (100, 32767, "you said 100, it was 32,767: a factor of 328 too low"),
        (0.5, 0.01, "a factor of 50 too high"),
    ],
)
def test_a_prediction_is_compared_by_its_factor(said, was, how, capsys):
    guess = Guesses()
    guess.predict("it", said)
    guess.measured("it", was)
    assert capsys.readouterr().out.rstrip().endswith(how)


@pytest.mark.parametrize(
    "nothing", [None, "three", "3", 0, -2, float("nan"), float("inf"), True, [1, 2], 10**400, 1j, object()]
)
def test_what_is_no_number_above_0_is_no_prediction_and_no_error(nothing, capsys):
    guess = Guesses()
    guess.predict("it", nothing)
    guess.measured("it", 2.0)
    assert "it was 2; nothing was predicted" in capsys.readouterr().out
    guess.show()
    assert "Nothing was predicted" in capsys.readouterr().out


def test_a_number_with_a_comma_is_no_prediction_and_no_error(capsys):
    guess = Guesses()
    guess.predict("it", 32, 767)
    assert "without commas" in capsys.readouterr().out
    guess.predict("it", None, 5)
    assert "without commas" in capsys.readouterr().out
    guess.measured("it", 32767)
    assert "nothing was predicted" in capsys.readouterr().out


def test_a_measurement_that_is_no_number_is_no_error(capsys):
    guess = Guesses()
    guess.predict("it", 2)
    guess.measured("it", None)
    guess.measured("never predicted", 5)
    guess.show()
    assert "Nothing was predicted and measured" in capsys.readouterr().out


def test_a_cell_that_runs_again_replaces_its_row(capsys):
    guess = Guesses()
    for said in (1, 40, 4):
        guess.predict("it", said)
        guess.measured("it", 5)
    capsys.readouterr()
    guess.show()
    table = capsys.readouterr().out
    assert table.count("it  ") == 1 and re.search(r"^ 1 it +4 +5  within a factor of 2$", table, re.MULTILINE)
    guess.predict("it", None)
    guess.show()
    assert "Nothing was predicted" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ([(2, 2), (3, 5)], "2 of 2 within a factor of 2: all near."),
        ([(2, 2), (1, 5)], "1 of 2 within a factor of 2; the other is too low."),
        ([(2, 2), (50, 5)], "1 of 2 within a factor of 2; the other is too high."),
        ([(1, 5), (50, 5), (None, 5)], "None of 2 within a factor of 2: they lie on both sides."),
    ],
)
def test_the_end_says_in_one_sentence_how_well_calibrated(pairs, sentence, capsys):
    guess = Guesses()
    for number, (said, was) in enumerate(pairs):
        guess.predict(f"number {number}", said)
        guess.measured(f"number {number}", was)
    capsys.readouterr()
    guess.show()
    assert capsys.readouterr().out.splitlines()[-1] == sentence


def test_the_picture_holds_what_was_compared_and_says_it_in_words(monkeypatch):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    shown = []
    monkeypatch.setattr(guesses, "_in_notebook", lambda: True)
    monkeypatch.setattr(guesses, "show", lambda figure, alt: shown.append((figure, alt)))
    guess = Guesses()
    guess.predict("calls", 100)
    guess.predict("steps", 3)
    guess.predict("seconds", None)
    for what, was in [("calls", 32767), ("steps", 4), ("seconds", 1)]:
        guess.measured(what, was)
    guess.show()
    ((figure, alt),) = shown
    (axes,) = figure.axes
    points = axes.lines[-1].get_xydata().tolist()
    assert points == [[32767, 100], [4, 3]] and axes.get_xscale() == axes.get_yscale() == "log"
    assert "calls: 100 said, 32,767 measured" in alt and "seconds" not in alt


def test_in_a_terminal_it_is_text_only_and_leaves_no_file(tmp_path):
    code = (
        "import sys\nfrom tinytorch.guesses import Guesses\nguess = Guesses()\n"
        "guess.predict('it', 3)\nguess.measured('it', 4)\nguess.show()\n"
        "print([name for name in ('matplotlib', 'IPython') if name in sys.modules])\n"
    )
    run = [sys.executable, "-B", "-c", code]
    env = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(run, cwd=tmp_path, env=env, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "within a factor of 2" in done.stdout and done.stdout.endswith("[]\n")
    assert not list(tmp_path.iterdir())


PREDICTED = re.compile(r'guess\.predict\("(.+?)", (.+?)\)$', re.MULTILINE)
MEASURED = re.compile(r'guess\.measured\("(.+?)", ')


@pytest.mark.parametrize("number", ["06", "07", "08", "12"])
def test_each_prediction_of_a_module_is_measured_below_it_and_looked_back_at(number):
    cells = read_source(Course(ROOT).module(number).src).cells
    first, measured, looks = {}, {}, []
    for at, cell in enumerate(cells):
        if "guess" not in cell.source or cell.cell_type != "code":
            continue
        tags = cell.metadata.get("tags", [])
        assert "demo" in tags, "a cell that graded ones might need"
        for what, number_there in PREDICTED.findall(cell.source):
            assert "play" in tags and number_there == "None"
            first[what] = at
        measured |= dict.fromkeys(MEASURED.findall(cell.source), at)
        looks += [at] * cell.source.count("guess.show()")
    assert len(first) >= 3 and first.keys() == measured.keys()
    assert all(first[what] < measured[what] for what in first)
    assert len(looks) == 1 and looks[0] > max(measured.values())
