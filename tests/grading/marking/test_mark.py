"""Records and the answer key: what is compared, and what a forged or malformed record is worth."""

from __future__ import annotations

import contextlib
import json
import time
import types

import numpy as np
import pytest

from tinytorch.lab import checks
from tinytorch_course.grading.marking.blind import without_answers
from tinytorch_course.grading.marking.limited import Exceeded, Limited
from tinytorch_course.grading.marking.mark import mark
from tinytorch_course.grading.marking.records import Malformed, read, read_key
from tinytorch_course.grading.sandbox.inside.sender import sender

TEST = """
with Checks("90.1", "double") as check:
    check.given(x=3, look="Twice?")
    check.equal("the result", double(np.float32(3)), 6.0, dtype=np.float32)
    before = np.ones(2)
    kept = before.copy()
    check.unchanged("x", (double(kept), kept)[1], before)
    check.same("its shape", double(np.ones((2, 3))).shape, (2, 3))
    check.is_a("it", double(np.ones(2)), np.ndarray)
    check.raises("a text", TypeError, lambda: double(None), mentions="number")
    check.true("it is the same array", double(kept) is not kept)
"""
RIGHT = """
def double(x):
    if x is None:
        raise TypeError("no number")
    return x * np.asarray(2, np.asarray(x).dtype)
"""


def sent(code: str, solution: str) -> list[str]:
    """What a test sends of a solution."""
    texts: list[str] = []
    main = types.ModuleType("__main__")
    main.np, main.Checks = np, sender(checks, np, texts.append, "seed")
    exec(solution, main.__dict__)
    with contextlib.suppress(Exception):
        exec(code, main.__dict__)
    return texts


KEY = read_key(tuple(sent(TEST, RIGHT)))
BARE = without_answers(TEST)


def verdict(solution: str):
    return mark(sent(BARE, solution), KEY, "90.1", "double")


def test_a_test_without_its_answers_holds_none_of_them():
    assert "6.0" not in BARE and "float32(3)" in BARE and "TypeError" not in BARE and "ndarray" not in BARE
    assert "dtype" not in BARE and "Twice" not in BARE and "number" not in BARE and "(2, 3))" in BARE


def test_what_is_right_passes():
    assert verdict(RIGHT).passed and verdict(RIGHT).counts == (6, 0)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("return x *", "return x + 0 *"), "values"),
        (("np.asarray(x).dtype", "np.float64"), "dtype"),
        (
            ("return x", "x = np.asarray(x) if np.ndim(x) else x\n    if np.ndim(x) == 1: x *= 2\n    return x"),
            "changed",
        ),
        (('TypeError("no', 'ValueError("no'), "error"),
        (('"no number"', '"no"'), "message"),
        (("raise TypeError", "return TypeError"), "no error"),
        (("if x is None:", "if True:"), "raised"),
    ],
)
def test_each_rung_is_told_apart(change, wrong):
    assert verdict(RIGHT.replace(*change)).wrong == wrong


def test_a_check_of_an_exercise_that_is_not_written_passes_for_no_error():
    stub = "def double(x):\n    raise NotImplementedError('90.1 double: write it')"
    code = 'with Checks("90.1", "double") as check:\n    check.raises("x", Exception, lambda: double(3))\n'
    key = read_key(tuple(sent(code, RIGHT.replace("is None", "is not None"))))
    found = mark(sent(without_answers(code), stub), key, "90.1", "double")
    assert not found.passed and "not written yet" in found.card


@pytest.mark.parametrize("forge", ["all fine", "twice", "fewer", "more", "other order", "nothing"])
def test_a_forged_record_is_worth_nothing(forge):
    (honest,) = sent(BARE, RIGHT)
    records = json.loads(honest)
    true = {"kind": "true", "came": {"value": True}, "told": {}}
    forged = {
        "all fine": [json.dumps([true] * len(records))],
        "twice": [honest, honest],
        "fewer": [json.dumps(records[1:])],
        "more": [json.dumps([*records, true])],
        "other order": [json.dumps(records[::-1])],
        "nothing": [],
    }[forge]
    found = mark(forged, KEY, "90.1", "double")
    assert not found.passed and found.wrong == "malformed"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[" * 100_000,
        "[1]",
        '[{"kind": "equal"}]',
        '[{"kind": ["equal"], "came": {}}]',
        '[{"kind": "equal", "came": {"value": ["int", 3]}}]',
        '[{"kind": "equal", "came": {"value": ["array", "<f8", [1000000000000], "AAAA"]}}]',
        '[{"kind": "equal", "came": {"value": ["array", "|O", [1], "AAAA"], "is": [3]}}]',
        '[{"kind": "equal", "came": {"value": ["dict", [[["list", "", []], null]]]}}]',
        '[{"kind": "error", "came": {"raised": [], "frames": [["f", true, "x"]]}}]',
        '[{"kind": "equal", "came": {"value": ["float", "0x1p99999"]}}]',
    ],
)
def test_what_is_no_record_is_refused(text):
    with pytest.raises(Malformed):
        read(text)


def test_half_a_surrogate_pair_becomes_text_that_a_file_can_hold():
    (record,) = read('[{"kind": "raises", "came": {"raised": ["builtins.ValueError"], "says": "\\ud800"}}]')
    record.says.encode("utf-8")


def test_random_inputs_depend_on_the_secret_and_on_nothing_else():
    def drawn(seed):
        return sender(checks, np, print, seed)("90.1", "double").rng().random()

    assert drawn("one") == drawn("one") != drawn("two")
    assert checks.Checks("90.1", "double").rng().random() == checks.Checks("90.1", "double").rng().random()


def _forever():
    while True:
        pass


def _too_much():
    return len(bytearray(64 << 30))


@pytest.mark.parametrize(("call", "words"), [(_forever, "took longer"), (_too_much, "too much memory")])
def test_what_takes_too_long_or_too_much_is_ended_and_the_next_call_works(call, words):
    limited = Limited()
    try:
        with pytest.raises(Exceeded, match=words):
            limited.call(1.0, call)
        assert limited.call(20.0, abs, -3) == 3
    finally:
        limited.close()


def _slowly():
    """Waits longer than its limit, as on a machine on which others have the processors."""
    time.sleep(1.5)
    return "done"


def test_a_busy_machine_takes_nothing_from_its_time():
    limited = Limited()
    try:
        assert limited.call(0.5, _slowly) == "done"
    finally:
        limited.close()
