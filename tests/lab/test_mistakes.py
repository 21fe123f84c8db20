"""A failed check may name a known mistake, and whatever happens on the way, its card comes."""

from __future__ import annotations

import json
import linecache
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tinytorch.lab import checks, mistakes
from tinytorch.lab.checks import CheckFailed, Checks

TEST = """
box = [1.0, 2.0]
with Checks("99.1", "half") as check:
    check.given(box=box)
    check.equal("half of 4", half(4.0), 2.0)
    check.equal("half of the box", half(np.array(box)), [0.5, 1.0])
    check.raises("half of a word", TypeError, lambda: half("word"))
"""


def run(half: Any, test: str = TEST) -> tuple[CheckFailed | None, dict[str, Any]]:
    """Run a test cell as a notebook does; its card, and the notebook's names."""
    space: dict[str, Any] = {"__name__": "__main__", "Checks": Checks, "half": half, "np": np}
    linecache.cache["<cell>"] = (len(test), None, test.splitlines(keepends=True), "<cell>")
    try:
        exec(compile(test, "<cell>", "exec"), space)
    except CheckFailed as card:
        return card, space
    return None, space


def print_of(half: Any, test: str = TEST) -> str | None:
    card, _ = run(half, test)
    assert card is not None
    return card.fingerprint


def test_one_mistake_written_in_two_ways_has_one_fingerprint():
    assert print_of(lambda x: x * 2) == print_of(lambda x: x + x) is not None


def test_rounding_makes_no_difference_and_a_thousandth_does():
    assert print_of(lambda x: x / 3) == print_of(lambda x: x / 3 * (1 + 1e-9))
    assert print_of(lambda x: x / 3) != print_of(lambda x: x / 3 * 1.01)


def test_what_comes_after_the_first_failure_tells_mistakes_apart():
    assert print_of(lambda x: x * 2) != print_of(lambda x: x * 2 if np.ndim(x) == 0 else x / 2)


def test_an_error_inside_the_code_has_a_fingerprint_too():
    def broken(x):
        return x.half

    assert print_of(broken) == print_of(lambda x: x.half) is not None
    assert print_of(broken) != print_of(lambda x: x[0])


def test_what_is_not_written_or_not_run_is_no_mistake():
    def stub(x):
        raise NotImplementedError("99.1 half: return half of x")

    card, _ = run(stub)
    assert "not written yet" in str(card) and card.fingerprint is None
    card, _ = run(lambda x: not_there)  # noqa: F821
    assert card.fingerprint is None


def test_the_card_names_a_known_mistake_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    known = {"of": "", "mistakes": {print_of(lambda x: x * 2): "Doubles."}}
    (tmp_path / "99.json").write_text(json.dumps(known), encoding="utf-8")
    monkeypatch.setattr(mistakes, "KNOWN", tmp_path)
    card, _ = run(lambda x: x + x)
    assert str(card).splitlines()[-1] == "  perhaps   Doubles."
    assert card._render_traceback_()[-1] == "  perhaps   Doubles."  # what JupyterLab shows
    card, _ = run(lambda x: x * 3)
    assert "perhaps" not in str(card)


def test_a_broken_file_of_known_mistakes_takes_no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mistakes, "KNOWN", tmp_path)
    for text in ("", "[]", '{"mistakes": 3}', "\0"):
        (tmp_path / "99.json").write_text(text, encoding="utf-8")
        card, _ = run(lambda x: x * 2)
        assert "came out wrong" in str(card)


def test_checks_that_pass_cost_nothing(monkeypatch: pytest.MonkeyPatch):
    called = []
    monkeypatch.setattr(checks, "fingerprint", lambda *_: called.append(1))

    def half(x):
        return x / 2

    assert run(half)[0] is None and not called


def test_running_once_more_leaves_no_trace(capsys: pytest.CaptureFixture[str]):
    def half(x):
        print("half")
        return x

    card, space = run(half, TEST + "after = 1\n")
    assert card.fingerprint and capsys.readouterr().out.count("half\n") == 1
    assert space["Checks"] is Checks and type(space["check"]) is Checks
    assert "after" not in space and space["box"] == [1.0, 2.0]
    assert sys.gettrace() is None


def test_a_loop_without_an_end_behind_the_first_failure_is_left(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mistakes, "SECONDS", 0.3)

    def half(x):
        while np.ndim(x):
            pass
        return x

    began = time.monotonic()
    card, _ = run(half)
    assert "half of 4 came out wrong" in str(card) and card.fingerprint is None
    assert time.monotonic() - began < 5


def test_a_probe_tells_apart_what_checks_do_not(capsys: pytest.CaptureFixture[str]):
    probing = TEST + "    check.probe(lambda: half(6.0))\n"

    def doubles(x):
        return x * 2 if np.ndim(x) or x == 4.0 else x / 4

    def doubles_small_ones(x):
        return x * 2 if np.ndim(x) or x == 4.0 else x / 2

    assert print_of(doubles) == print_of(doubles_small_ones)
    assert print_of(doubles, probing) != print_of(doubles_small_ones, probing)
    asked = []
    assert (
        run(lambda x: asked.append(repr(x)) or x / 2, probing)[0] is None and "6.0" not in asked
    )  # where all is right
    assert "3 visible checks passed" in capsys.readouterr().out


def test_how_a_student_words_an_error_makes_no_difference_to_a_probe():
    def refuses(says: str, kind: type[Exception] = ValueError):
        def half(x):
            if np.ndim(x) == 0 and x == 6.0:
                raise kind(says)
            return x

        return print_of(half, TEST + "    check.probe(lambda: half(6.0))\n")

    assert refuses("no six") == refuses("not 6") != refuses("no six", TypeError)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, RecursionError, MemoryError])
def test_no_error_of_the_second_run_gets_out(error: type[BaseException]):
    def half(x):
        if np.ndim(x):
            raise error
        return x

    card, _ = run(half)
    assert "half of 4 came out wrong" in str(card)


def test_hidden_checks_take_no_part():
    hidden = '    check.hidden()\n    check.equal("half of -3", half(-3.0), -1.5)\n'

    def half(x):
        return x if x is not None and np.ndim(x) == 0 and x == 4.0 else 7 if np.ndim(x) == 0 else x / 2

    assert print_of(half) == print_of(half, TEST + hidden)
    visible_right = TEST.replace("2.0)", "4.0)", 1)
    card, _ = run(half, visible_right.replace("    check.raises", "    check.hidden()\n    check.raises"))
    assert card.hidden and card.fingerprint is None
