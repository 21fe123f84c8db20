"""Every way a check fails gives a card that says what, where and what to do; nothing wrong passes."""

from __future__ import annotations

import linecache
import sys
import types

import numpy as np
import pytest

from tinytorch.checks import CheckFailed, Checks, bare


class Box:
    """What a Tensor looks like to a check."""

    def __init__(self, data):
        self.data = data


def card(run) -> str:
    """The card of the check that `run(check)` fails."""
    with pytest.raises(CheckFailed) as caught, Checks("06.4", "MulBackward.apply") as check:
        run(check)
    assert "\n".join(caught.value._render_traceback_()) == str(caught.value)
    return str(caught.value)


def test_a_wrong_shape_is_named_before_any_value():
    a, b = np.zeros((4, 3)), np.array([1.0, 2, 3])
    text = card(
        lambda check: check.equal(
            "the gradient of `b`", np.ones((4, 3)), [5.0, 7, 9], inputs={"a": a, "b": b}, look="What was stretched?"
        )
    )
    assert text.splitlines()[0] == "06.4 MulBackward.apply: the gradient of `b` came out with shape (4, 3), not (3,)"
    assert "  input     a (4, 3), b [1., 2., 3.] (3,)" in text
    assert "shape (3,)" in text and "shape (4, 3)" in text
    assert text.splitlines()[-1] == "  look at   What was stretched?"


@pytest.mark.parametrize(
    "got, problem",
    [
        (None, "should be an array, not None (is a return missing?)"),
        ("3", "should be an array, not a str"),
        (lambda: 3, "should be an array, not a function"),
        ([1.0, [2.0]], "should be an array, not a list"),
        ([1.0, 2.5], "came out wrong"),
        ([1.0, np.nan], "came out wrong"),
        ([[1.0, 2.0]], "came out with shape (1, 2), not (2,)"),
        (Box([1.0, 2.0]), "should be an array, not a Box"),
        (np.array(["1", "2"]), "should hold numbers"),
    ],
)
def test_equal_refuses_everything_but_the_right_numbers(got, problem):
    assert problem in card(lambda check: check.equal("the result", got, [1.0, 2.0]))


@pytest.mark.parametrize("what", ["the average", "the averages"])
def test_a_card_speaks_of_one_thing_and_of_several_in_the_same_grammar(what):
    """No verb in it agrees with a number: neither "the averages is" nor "the average are"."""
    said = {
        card(lambda check, failing=failing: failing(check))
        .splitlines()[0]
        .removeprefix(f"06.4 MulBackward.apply: {what} ")
        for failing in (
            lambda check: check.equal(what, [1.0], [2.0]),
            lambda check: check.equal(what, [1.0], [1.0, 2.0]),
            lambda check: check.equal(what, None, [1.0]),
            lambda check: check.equal(what, np.ones(1), [1.0], dtype=np.float32),
            lambda check: check.equal(what, np.array(["1"]), [1.0]),
            lambda check: check.same(what, ["a"], ["b"]),
            lambda check: check.same(what, ["a"], ("a",)),
            lambda check: check.same(what, 3, None),
            lambda check: check.is_a(what, 3, (int.__class__, list)),
            lambda check: check.raises(what, IndexError, lambda: 3),
        )
    }
    assert said == {
        "came out wrong",
        "came out with shape (1,), not (2,)",
        "should be an array, not None (is a return missing?)",
        "came out in float64, not in float32",
        "should hold numbers, but came out with dtype <U1",
        "should be a tuple, not a list",
        "should be None, not an int",
        "should be a type or a list, not an int",
        "should raise an IndexError",
    }


@pytest.mark.parametrize(
    "got", [[1.0, 2.0], (1, 2), np.array([1.0, 2.0], np.float32), Box(np.array([1.0, 2.0])), [Box(np.array(1.0)), 2]]
)
def test_equal_takes_the_right_numbers_in_any_wrapping(got):
    with Checks("06.4", "x") as check:
        check.equal("the result", got, [1.0, 2.0])


def test_an_object_that_says_it_equals_everything_does_not_pass():
    class Yes:
        def __eq__(self, other):
            return True

        def __array__(self, *_, **__):
            return np.array([1.0, 2.0])

    class YesArray(np.ndarray):
        pass

    for liar in (Yes(), Box(Yes()), np.array([9.0, 9.0]).view(YesArray)):
        card(lambda check, liar=liar: check.equal("the result", liar, [1.0, 2.0]))
    card(lambda check: check.same("the shape", Yes(), (2,)))
    card(lambda check: check.true("it should hold", Yes()))


@pytest.mark.parametrize("value", [object(), [object()]], ids=["alone", "in a list"])
def test_no_card_shows_the_address_of_an_object(value):
    shown = card(lambda check: check.same("the note", value, None, inputs={"note": value}))
    assert "<object object>" in shown and "0x" not in shown  # it says nothing, and is another one each time


def test_nan_has_to_meet_nan_and_dtypes_are_checked_on_demand():
    with Checks("06.4", "x") as check:
        check.equal("the result", [np.nan, 1.0], [np.nan, 1.0])
        check.equal("the result", np.float32(1), 1.0, dtype=np.float32)
    assert "float64" in card(lambda check: check.equal("the result", np.float64(1), 1.0, dtype=np.float32))


def test_large_values_say_where_they_differ_first():
    right = np.zeros((30, 40))
    wrong = right.copy()
    wrong[7, 9] = 3
    text = card(lambda check: check.equal("the result", wrong, right))
    assert "in 1 of 1200 places, first at [7, 9]: 3, not 0" in text
    assert len(text) < 1500


def test_small_numbers_are_not_shown_as_zero():
    assert "1.e-08" in card(lambda check: check.equal("the result", np.array([1e-8, 1.0]), [2e-8, 1.0], atol=0))


def test_a_missing_error_and_a_poor_message_are_told_apart():
    def raising(error):
        def call():
            raise error

        return call

    with Checks("06.4", "x") as check:
        check.raises("a bad shape", ValueError, raising(ValueError("shape (2,) here")), mentions=("shape", "(2,)"))
    assert "should raise a ValueError" in card(lambda c: c.raises("a bad shape", ValueError, lambda: 3))
    assert "another error" in card(lambda c: c.raises("a bad shape", ValueError, raising(KeyError("x"))))
    assert "says more" in card(lambda c: c.raises("it", ValueError, raising(ValueError("no")), mentions="shape"))
    assert "not written yet" in card(lambda c: c.raises("it", Exception, raising(NotImplementedError("06.4 do it"))))


def test_the_calm_line_counts_and_never_says_all(capsys):
    with Checks("06.4", "MulBackward") as check:
        check.equal("a", 1, 1)
        check.same("b", (1,), (1,))
    assert capsys.readouterr().out == "06.4 MulBackward: 2 visible checks passed\n"
    with Checks("06.4", "MulBackward") as check:
        check.equal("a", 1, 1)
        check.hidden()
        check.equal("a", 1, 1)
    assert capsys.readouterr().out == "06.4 MulBackward: 1 visible and 1 hidden checks passed\n"


def in_notebook(*cells: str) -> str:
    """Run cells as a notebook does; the card of the last one."""
    main = types.ModuleType("__main__")
    keep, sys.modules["__main__"] = sys.modules["__main__"], main
    try:
        for number, source in enumerate(cells):
            name = f"<cell {number}>"
            linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
            if number == len(cells) - 1:
                with pytest.raises(CheckFailed) as caught:
                    exec(compile(source, name, "exec"), main.__dict__)
                return str(caught.value)
            exec(compile(source, name, "exec"), main.__dict__)
    finally:
        sys.modules["__main__"] = keep
    raise AssertionError


TEST = "from tinytorch.checks import Checks\nwith Checks('01.1', 'half') as check:\n    check.equal('half(4)', half(4), 2.0)\n"


def test_super_outside_of_a_class_is_told_how_it_is_written():
    halves = "class Halves:\n    pass\n\ndef half(self):\n    return super().half()\n\nHalves.half = half\n"
    test = TEST.replace("'half')", "'Halves.half')").replace("half(4), 2.0", "Halves().half(), 2.0")
    assert in_notebook(halves, test).splitlines()[-1].endswith("which it is: super(Halves, self).")


def test_a_cell_that_was_not_run_says_so():
    text = in_notebook(TEST)
    assert "`half` is not defined yet" in text and "run the cells above first" in text


def test_a_stub_names_its_task():
    text = in_notebook('def half(x):\n    raise NotImplementedError("01.1 half: return half of x")\n', TEST)
    assert text.splitlines() == ["01.1 half: not written yet", "  to do     return half of x"]


def test_an_error_in_the_students_code_shows_their_line_and_no_line_of_the_test():
    text = in_notebook("def half(x):\n    y = x\n    return y.halves\n", TEST)
    assert "AttributeError: 'int' object has no attribute 'halves'" in text
    assert "half, line 3: return y.halves" in text
    assert "  check     check.equal('half(4)', half(4), 2.0)" in text


def test_an_error_keeps_the_question_where_to_look_and_the_inputs_as_they_were():
    test = (
        "from tinytorch.checks import Checks\nimport numpy as np\nx = np.ones(2)\n"
        "with Checks('01.1', 'half') as check:\n"
        "    check.given(x=x, look='What is a half?')\n"
        "    check.equal('half(x)', half(x), 2.0)\n"
    )
    text = in_notebook("def half(x):\n    x[:] = 7\n    return x / None\n", test)
    assert "  look at   What is a half?" in text and "  input     x [1., 1.] (2,)" in text


def test_an_error_in_a_hidden_check_shows_no_line_of_it():
    test = TEST.replace("    check.equal", "    check.hidden()\n    check.equal")
    text = in_notebook("def half(x):\n    return x / None\n", test)
    assert "half, line 2" in text and "check.equal" not in text


def test_raising_not_implemented_error_is_not_the_same_as_an_unwritten_exercise():
    spoken = in_notebook('def half(x):\n    """x / 2, or NotImplemented."""\n    raise NotImplementedError\n', TEST)
    silent = in_notebook("def half(x):\n    raise NotImplementedError\n", TEST)
    assert "not written yet" not in spoken + silent
    assert "`return NotImplemented`" in spoken and "return NotImplemented`" not in silent


def test_not_implemented_error_is_a_wrong_error_where_another_one_is_asked_for():
    test = "from tinytorch.checks import Checks\nwith Checks('01.1', 'half') as check:\n    check.raises('half of text', TypeError, lambda: half('x'))\n"
    text = in_notebook("def half(x):\n    raise NotImplementedError('no text')\n", test)
    assert "half of text should raise another error" in text and "return NotImplemented" not in text
    assert "expected  TypeError" in text and "got       NotImplementedError: no text" in text
    spoken = in_notebook("def half(x):\n    # else NotImplemented\n    raise NotImplementedError\n", test)
    assert "Should this be `return NotImplemented`?" in spoken
    stub = in_notebook("def half(x):\n    raise NotImplementedError('01.1 half: halve it')\n", test)
    assert "not written yet" in stub


def test_code_above_a_raise_that_still_stands_is_noticed():
    test = "from tinytorch.checks import Checks\nwith Checks('01.1', 'half') as check:\n    check.equal('half', half(2), 1)\n"
    stub = "def half(x):\n    # YOUR CODE HERE\n{}    raise NotImplementedError('01.1 half: halve it')\n"
    assert "still stand below" not in in_notebook(stub.format(""), test)
    assert "still stand below" in in_notebook(stub.format("    x = x / 2\n"), test)


# A course whose class, in one exercise's cell, is built on by the next, and whose given functions call the student's.
GIVEN = "class Function:\n    @property\n    def data(self):\n        raise AttributeError('no numbers here')\n"
DEPOSIT = "def deposit(grad):\n    grad = grad.copy()\n    return grad\n"
OUTER = "def run(rule):\n    return rule.apply(1)\n"


@pytest.mark.parametrize("title", ["MulBackward.apply", "MulBackward", "What is the rule?"])
def test_an_error_points_at_the_exercises_own_line_not_at_the_given_one_that_noticed(title):
    mine = "class MulBackward(Function):\n    def apply(self, g):\n        return [g * other.data for other in [self]][0]\n"
    test = f"from tinytorch.checks import Checks\nwith Checks('06.6', {title!r}):\n    MulBackward().apply(2)\n"
    text = in_notebook(GIVEN, mine, test)
    assert "line 3: return [g * other.data for other in [self]][0]" in text and "error     AttributeError" in text
    assert "line 4" not in text, "what raises on purpose says it in its message"
    deep = in_notebook(GIVEN, DEPOSIT, mine.replace("other.data", "deposit(g)"), test)
    assert "line 3: return [g * deposit(g)" in deep and "  calls     deposit, line 2: grad = grad.copy()" in deep


def test_an_error_is_found_below_a_given_function_and_in_a_helper_of_the_same_cell():
    mine = (
        "class MulBackward:\n    def apply(self, g):\n        return helper(g)\ndef helper(g):\n    return g.nothing\n"
    )
    test = "from tinytorch.checks import Checks\nwith Checks('06.6', 'MulBackward.apply'):\n    run(MulBackward())\n"
    text = in_notebook(OUTER, mine, test)
    assert "  in        helper, line 5: return g.nothing" in text and "calls" not in text and "rule.apply" not in text


def test_a_method_that_is_attached_is_told_from_one_of_the_same_name_around_it():
    given = "class Optimizer: pass\nclass SGD(Optimizer):\n    def __init__(self):\n        super().__init__()\n"
    mine = "def __init__(self):\n    self.lr = None + 1\nOptimizer.__init__ = __init__\n"
    test = "from tinytorch.checks import Checks\nwith Checks('07.3', 'Optimizer.__init__'):\n    SGD()\n"
    text = in_notebook(given, mine, test)
    assert "  in        __init__, line 2: self.lr = None + 1" in text and "calls" not in text
    trailing = "def sum_(x):\n    return inner(x)\n"
    inner = "def inner(x):\n    return x.nothing\n"
    test = "from tinytorch.checks import Checks\nwith Checks('01.9', 'Tensor.sum'):\n    outer(3)\n"
    text = in_notebook(inner, trailing, "def outer(x):\n    return sum_(x)\n", test)
    assert "  in        sum_, line 2: return inner(x)\n  calls     inner, line 2: return x.nothing" in text


def test_a_program_that_runs_the_checks_is_no_part_of_the_notebook():
    main = types.ModuleType("__main__")
    main.__file__ = "judge.py"
    exec(compile("def heard(call):\n    return call()\n", "judge.py", "exec"), main.__dict__)
    sys.modules["judge_of_checks"] = main
    try:
        test = (
            "from tinytorch.checks import Checks\nfrom judge_of_checks import heard\n"
            "with Checks('01.1', 'What?'):\n    heard(lambda: half(4))\n"
        )
        text = in_notebook("def half(x):\n    return x.halves\n", test)
    finally:
        del sys.modules["judge_of_checks"]
    assert "  in        half, line 2: return x.halves" in text and "calls" not in text


@pytest.mark.parametrize(
    "value, shown",
    [
        ((2,), "(2,)"),
        ((2, 0, 1), "(2, 0, 1)"),
        ("(2, 0, 1)", "(2, 0, 1)"),
        ([3, 5], "[3, 5]"),
        ((), "()"),
        ((None, 2), "(None, 2)"),
        ("", "''"),
        (" x", "' x'"),
        ("two\nlines", "'two\\nlines'"),
        (np.array([2.0, 3.0]), "[2., 3.] (2,)"),
        (Box(np.array([2.0, 3.0])), "[2., 3.] (2,)"),
        (None, "None"),
        (list(range(50)), "(50,)"),
    ],
)
def test_inputs_are_shown_as_one_would_write_them(value, shown):
    def run(check):
        check.given(axes=value)
        check.equal("it", 1, 2)

    assert f"  input     axes {shown}\n" in card(run)


@pytest.mark.parametrize(
    "got, kind",
    [
        ([], "a list"),
        ((), "a tuple"),
        ((i for i in ()), "a generator"),
        (np.ones(1), "an ndarray"),
        ("", "a str"),
        (1, "an int"),
        (np.uint8(1), "a uint8"),
        (UnboundLocalError(), "an UnboundLocalError"),
    ],
)
def test_kinds_have_their_article(got, kind):
    assert f"the result should be a dict, not {kind}\n" in card(lambda check: check.is_a("the result", got, dict))
    assert f"the result should be a set, not {kind}\n" in card(lambda check: check.same("the result", got, set()))


def test_a_list_of_tensors_is_not_shown_as_one_array():
    pair = [Box(np.array([1.0, 2.0])), Box(np.array([3.0, 4.0]))]
    assert "got       [Box of shape (2,), Box of shape (2,)]" in card(lambda c: c.is_a("it", pair, tuple))
    assert "got       (array([1., 2.]), None, array of shape (3, 4))" in card(
        lambda c: c.is_a("it", (np.array([1.0, 2.0]), None, np.ones((3, 4))), list)
    )
    assert "got       [(Box of shape (2,),), 3]" in card(lambda c: c.is_a("it", [(pair[0],), 3], tuple))
    assert "got       Box of array([1., 2.])  shape (2,)" in card(lambda c: c.is_a("it", pair[0], np.ndarray))
    numbers = card(lambda c: c.equal("it", pair, [[1.0, 2.0], [3.0, 5.0]]))
    assert "[3., 4.]" in numbers, "where numbers are compared, numbers are shown"
    assert "expected  [1, 3]\n  got       [1, 2]" in card(lambda c: c.same("it", [1, 2], [1, 3]))


def test_what_looks_the_same_says_by_how_much_it_differs():
    text = card(lambda c: c.equal("it", np.array([1.0, 2 + 1e-9]), [1.0, 2.0], rtol=0, atol=0))
    assert text.endswith("  differs   largest difference 1e-09")
    assert "largest difference 1e-09" in card(lambda c: c.equal("it", 1 + 1e-9, 1.0, rtol=0, atol=0))
    many = card(lambda c: c.equal("it", np.ones(9) + 1e-9, np.ones(9), rtol=0, atol=0))
    assert "in 9 of 9 places" in many and "; largest difference 1e-09" in many
    assert "largest" not in card(lambda c: c.equal("it", [1.0, 2.1], [1.0, 2.0]))
    flags = np.zeros(100, bool)
    assert "largest difference 1" in card(lambda c: c.equal("it", ~flags, ~flags & (np.arange(100) != 50)))
    assert "differs" not in card(lambda c: c.equal("it", [np.inf, np.nan], [np.inf, 1.0]))


def test_what_has_to_stay_says_that_it_changed():
    def run(check):
        check.given(x=3, look="Which factor is the slope?")
        check.unchanged("`grad_output`", np.array([1.0, 5.0]), [1.0, 2.0])

    lines = card(run).splitlines()
    assert lines[0] == "06.4 MulBackward.apply: `grad_output` changed, which must not happen"
    assert "  expected  array([1., 2.])  shape (2,)" in lines and "  got       array([1., 5.])  shape (2,)" in lines
    assert (
        "  input     x 3" in lines
        and lines[-1].startswith("  look at   Which line writes")
        and "slope" not in lines[-1]
    )
    text = card(
        lambda c: c.unchanged("the array", np.array([1.0, 2 + 1e-9]), np.array([1.0, 2.0]), look="Put it back.")
    )
    assert text.endswith("  differs   largest difference 1e-09\n  look at   Put it back.")


@pytest.mark.parametrize(
    "got, before",
    [
        (np.array([0.1, np.nan], np.float32), [0.1, np.nan]),
        (Box(np.array([1, 2])), [1, 2]),
        (np.array([True]), np.array([True])),
        ([1, "a"], [1, "a"]),
        ({"epoch": 5}, {"epoch": 5}),
        (None, None),
        (3, 3),
    ],
)
def test_what_stayed_as_it_was_passes(got, before, capsys):
    with Checks("06.4", "x") as check:
        check.unchanged("it", got, before)
    assert "1 visible check passed" in capsys.readouterr().out


@pytest.mark.parametrize(
    "got, before",
    [
        (np.array([1.0, 2 + 1e-12]), [1.0, 2.0]),
        (np.ones((2, 1)), np.ones(2)),
        (None, [1.0]),
        (np.array(["1"]), [1.0]),
        ({"epoch": 6}, {"epoch": 5}),
        ([1, "b"], [1, "a"]),
        ("a", ["a"]),
        (np.float32(0.5), None),
    ],
)
def test_what_changed_does_not_pass(got, before):
    assert "it changed, which must not happen" in card(lambda check: check.unchanged("it", got, before))


def test_a_wrong_dtype_alone_gets_a_hint_about_dtypes():
    def looks_at(got, **options):
        def run(check):
            check.given(look="Where is it positive?")
            check.equal("it", got, [1.0, 2.0], **{"dtype": np.float32} | options)

        return card(run).splitlines()[-1].removeprefix("  look at   ")

    wide, wrong = np.array([1.0, 2.0]), np.array([1.0, 3.0])
    assert looks_at(wide) == "Python numbers take no part in the dtype; float64 arrays and NumPy scalars do."
    assert looks_at(np.array([1, 2])) == "Which line makes int64 of it?"
    assert looks_at(wide, dtype_look="What does np.ones give?", look="The slope.") == "What does np.ones give?"
    assert looks_at(wide, look="What does np.zeros give?") == "What does np.zeros give?"
    assert looks_at(wrong) == "Where is it positive?" == looks_at(wrong, dtype_look="Which dtype?")


def test_tuples_are_shown_as_tuples():
    text = card(lambda check: check.equal("the sizes", (16, 4), (16, 8)))
    assert "expected  (16, 8)" in text and "got       (16, 4)" in text


def test_an_error_in_a_lambda_of_the_test_does_not_show_the_test():
    test = "from tinytorch.checks import Checks\nwith Checks('01.1', 'half') as check:\n    check.hidden()\n    secret = lambda: 1 / 0\n    secret()\n"
    text = in_notebook("x = 1\n", test)
    assert "ZeroDivisionError" in text and "lambda" not in text


def test_a_name_error_inside_the_students_code_is_theirs():
    text = in_notebook("def half(x):\n    return xx / 2\n", TEST)
    assert "NameError" in text and "return xx / 2" in text


def test_stand_ins_hold_inside_the_block_only():
    main = types.ModuleType("__main__")
    source = (
        "from tinytorch.checks import Checks\n"
        "helper = lambda: 1\n"
        "with Checks('01.1', 'x') as check:\n"
        "    with check.using(helper=lambda: 2, extra=3):\n"
        "        inside = helper(), extra\n"
        "after = helper(), 'extra' in globals()\n"
    )
    exec(source, main.__dict__)
    assert main.inside == (2, 3) and main.after == (1, False)


def test_a_bare_object_has_not_run_its_constructor():
    class Rule:
        def __init__(self):
            raise RuntimeError

    rule = bare(Rule, 1, 2, axis=0)
    assert rule.saved_tensors == (1, 2) and rule.axis == 0
