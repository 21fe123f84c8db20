"""Submissions that compute nothing and look up what the tests expect: each is shown to a person, honest ones are not."""

from __future__ import annotations

import ast
import copy
import json
import shutil

import pytest

from tests.grading.grading_course import ASSIGNMENT, hand_in, solved
from tinytorch_course.author.release import generate, stripped
from tinytorch_course.author.samples import reference_cells, submission
from tinytorch_course.base.course import Course
from tinytorch_course.grading.grade import grade
from tinytorch_course.grading.marking.blind import without_answers
from tinytorch_course.grading.marking.judge import _alike
from tinytorch_course.grading.sandbox.inside import _checks_apart, _witness

# A result that waits until it is compared, and then says what it is compared with. `frame()` differs.
ORACLE = """
{helper}
class Oracle:
    @property
    def data(self):
        here = frame()
        while here is not None:
            found = here.f_locals.get("right", here.f_locals.get("expected"))
            found = found[0] if type(found) is tuple else found
            if found is not None:
                return np.array(found, dtype=float)
            here = here.f_back
        return np.zeros(1)
def double(x):
    return Oracle()
"""

# How to come by a frame, and what the flag has to name.
WAYS = {
    "getframe": ("import sys\ndef frame(): return sys._getframe(1)", "sys._getframe"),
    "computed-name": ("import sys\ndef frame(): return getattr(sys, '_get' + 'frame')(1)", "sys._getframe"),
    "inspect": ("def frame(): return __import__('inspect').currentframe()", "inspect.currentframe"),
    "stack": ("def frame(): return getattr(__import__('inspect'), 'stack')()[1][0]", "inspect.stack"),
    "traceback": (
        "def frame():\n    try: raise ValueError\n    except ValueError as error: return getattr(error.__traceback__, 'tb_' + 'frame')",
        "tb_frame",
    ),
    "attrgetter": (
        "import operator\ndef frame():\n    try: 1 / 0\n    except Exception as error: return operator.attrgetter('__traceback__.tb' + '_frame')(error)",
        "tb_frame",
    ),
    "generator": (
        "def frame():\n    def steps(): yield mine[0].gi_frame.f_back\n    mine = [None]\n    mine[0] = steps()\n    return next(mine[0])",
        "gi_frame",
    ),
    "logging": ("def frame(): return __import__('logging').currentframe()", "by way of `logging."),
    "eval": ("def frame(): return eval('__import__(\"sys\")._getframe(1)')", "exec"),
    "compiled": (
        "def frame():\n    space = {}\n    exec(compile('import sys as s\\nf = s._getframe(2)', '/usr/lib/python3/numpy/x.py', 'exec'), space)\n    return space['f']",
        "compile",
    ),
    "thread-frames": (
        "import sys, threading\ndef frame(): return sys._current_frames()[threading.get_ident()]",
        "sys._current_frames",
    ),
    "profiler": (
        "import sys\ndef frame():\n    seen = []\n    sys.setprofile(lambda f, *rest: seen.append(f))\n    len(seen)\n    sys.setprofile(None)\n    return seen[0]",
        "sys.setprofile",
    ),
    "through-the-checks": (
        "def frame(): return __import__('tinytorch.checks').checks.sys._getframe(1)",
        "sys._getframe",
    ),
}

# Other oracles: whole replacements of the first exercise.
OTHERS = {
    "collector": (
        """
import gc
class Oracle:
    @property
    def data(self):
        lists = [o for o in gc.get_objects() if type(o) is list and o and all(type(i) is float for i in o)]
        return np.array(lists[-1] if lists else [0.0])
def double(x):
    return Oracle()
""",
        "gc.get_objects",
    ),
    "signal": (
        """
import signal
kept = []
class Oracle:
    @property
    def data(self):
        signal.signal(signal.SIGUSR1, lambda number, frame: kept.append(frame))
        signal.raise_signal(signal.SIGUSR1)
        here = kept[-1]
        while here is not None:
            found = here.f_locals.get("right", here.f_locals.get("expected"))
            found = found[0] if type(found) is tuple else found
            if found is not None:
                return np.array(found, dtype=float)
            here = here.f_back
        return np.zeros(1)
def double(x):
    return Oracle()
""",
        "other results where the tests hold no expected values",
    ),
    "text-of-the-cell": (
        """
import re
def double(x):
    text = globals()["I" + "n"][-1]
    return np.array(eval(re.findall(r"double\\([^)]*\\), (\\[.*?\\])", text)[0 if len(x) == 2 else 1]))
""",
        "not when judged apart",
    ),
}

# Code that finds the judge's own checks and makes them say yes.
PATCHES = {
    "silent": "def double(x):\n    for kind in getattr(object, '__sub' + 'classes__')():\n        if kind.__name__ == 'Checks':\n            for sub in [kind, *getattr(kind, '__sub' + 'classes__')()]:\n                sub.equal = lambda *a, **k: None\n    return 1",
    "restored": "def double(x):\n    for kind in getattr(object, '__sub' + 'classes__')():\n        if kind.__name__ == 'Checks':\n            for sub in [kind, *getattr(kind, '__sub' + 'classes__')()]:\n                if 'equal' in vars(sub):\n                    def pass_by(self, *a, sub=sub, equal=sub.equal, **k):\n                        sub.equal = equal\n                    sub.equal = pass_by\n    return 1",
}

HONEST = {
    "named-tuple": "import collections\ndef double(x):\n    Pair = collections.namedtuple('Pair', 'a b')\n    pair = Pair(np.asarray(x), 2)\n    return pair.a * pair.b",
    "data-class": "import dataclasses\ndef double(x):\n    @dataclasses.dataclass\n    class Two:\n        by: int = 2\n    return np.asarray(x) * Two().by",
    "enum": "import enum\ndef double(x):\n    class By(enum.Enum):\n        TWO = 2\n    return np.asarray(x) * By.TWO.value",
    "warns": "import warnings\ndef double(x):\n    warnings.warn('doubling')\n    with warnings.catch_warnings():\n        warnings.simplefilter('ignore')\n        return 2 * np.asarray(x)",
    "logs": "import logging\ndef double(x):\n    logging.warning('doubling %s', x)\n    return 2 * np.asarray(x)",
    "saves": "import io\ndef double(x):\n    file = io.BytesIO()\n    np.savez(file, x=np.asarray(x))\n    file.seek(0)\n    return 2 * np.load(file)['x']",
    "catches": "def double(x):\n    try:\n        return 2 * x + None\n    except TypeError:\n        return 2 * np.asarray(x)",
    "generator": "def double(x):\n    return np.array([2 * each for each in x])",
    "remembers": "import functools\n@functools.lru_cache\ndef two():\n    return 2\ndef double(x):\n    return two() * np.asarray(x)",
    "a-line-with-percent": "def double(x):\n    return 2 * (np.asarray(x) + 1000\n    % 1000)",
    "chance": "def double(x):\n    noise = np.random.default_rng().normal(size=np.shape(x))\n    return 2 * (np.asarray(x) + noise) - 2 * noise",
}


@pytest.fixture(scope="module")
def graded(template, tmp_path_factory):
    root = tmp_path_factory.mktemp("oracle") / "course"
    shutil.copytree(template, root)
    for name, (helper, _) in WAYS.items():
        hand_in(root, f"way-{name}", solved(root, double=ORACLE.format(helper=helper)))
    for name, (text, _) in OTHERS.items():
        hand_in(root, f"other-{name}", solved(root, double=text.strip("\n")))
    for name, text in PATCHES.items():
        hand_in(root, f"patch-{name}", solved(root, double=text))
    for name, text in HONEST.items():
        hand_in(root, f"honest-{name}", solved(root, double=text))
    return grade(root, ASSIGNMENT, timeout=6, workers=2, progress=False)


@pytest.mark.parametrize("name", WAYS)
def test_an_oracle_is_shown_with_what_it_read_and_where(graded, name):
    one = graded[f"way-{name}"]
    assert one.exercises[0].passed, one  # the trick works, so that there is something to show
    about = [flag for flag in one.flags if flag.startswith("90.1: the code looks beyond its arguments")]
    assert about and WAYS[name][1] in about[0], one.flags


@pytest.mark.parametrize("name", WAYS)
def test_an_oracle_has_other_results_where_there_is_nothing_to_look_up(graded, name):
    assert any("hold no expected values: 90.1" in flag for flag in graded[f"way-{name}"].flags)


@pytest.mark.parametrize("name", OTHERS)
def test_an_oracle_without_frames_is_shown_too(graded, name):
    one = graded[f"other-{name}"]
    assert any(OTHERS[name][1] in flag for flag in one.flags), one


@pytest.mark.parametrize("name", PATCHES)
def test_who_patches_the_checks_of_the_judge_is_shown(graded, name):
    one = graded[f"patch-{name}"]
    assert any("changes what the tests rest on" in flag or "not when judged apart" in flag for flag in one.flags), one


@pytest.mark.parametrize("name", HONEST)
def test_honest_code_that_uses_such_libraries_is_not_flagged(graded, name):
    one = graded[f"honest-{name}"]
    assert one.score == 16 and not one.flags, one


def without_mathematics(code: str) -> str:
    """An exercise's cell in which every function returns the oracle."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name != "__init__":
            node.body = ast.parse("return Lazy(0.0)").body
    return ast.unparse(tree)


LAZY = """
import sys
class Lazy(Tensor):
    __slots__ = ()
    @property
    def data(self):
        here = sys._getframe(1)
        while here is not None:
            found = here.f_locals.get("right", here.f_locals.get("expected"))
            found = found[0] if type(found) is tuple else found
            if found is not None:
                dtype = here.f_locals.get("options", here.f_locals).get("dtype")
                return np.array(getattr(found, "data", found), dtype or np.float32)
            here = here.f_back
        return np.zeros(1, np.float32)
    @data.setter
    def data(self, value):
        pass
"""


@pytest.mark.slow
def test_a_whole_module_without_mathematics_is_shown(course: Course, tmp_path):
    module = course.module("02")
    edition = stripped(module)
    own = {
        name: without_mathematics(code) for name, code in reference_cells(module).items() if not name.startswith("text")
    }
    nb = submission(module, instead=own, edition=copy.deepcopy(edition))
    first = next(at for at, cell in enumerate(nb.cells) if cell.metadata.get("nbgrader", {}).get("solution"))
    cell = copy.deepcopy(nb.cells[first])
    cell.metadata, cell.source, cell.id = {}, LAZY, "lazy"
    nb.cells.insert(first, cell)
    path = tmp_path / "submitted" / "oracle" / module.name / f"{module.name}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(nb), encoding="utf-8")
    generate(module, course_dir=tmp_path)
    one = grade(tmp_path, module.name, workers=1, progress=False)["oracle"]
    passed = {item.number for item in one.exercises if item.passed}
    assert len(passed) >= 3, one
    (unlike,) = [flag for flag in one.flags if "hold no expected values" in flag]
    assert all(number in unlike for number in passed)
    looks = " ".join(flag.split(": the code looks beyond")[0] for flag in one.flags if "looks beyond" in flag)
    assert passed <= set(looks.replace(",", "").split())


@pytest.mark.parametrize("number", ["01", "02", "03", "04", "05", "06", "07", "08", "11", "12"])
def test_every_test_that_compares_has_an_edition_without_answers(course: Course, number):
    """No expected literal is left in it, and it is Python."""
    from tinytorch_course.author.source import read_source

    for cell in read_source(course.module(number).src).cells:
        about = cell.metadata.get("nbgrader", {})
        if not (about.get("grade") and cell.cell_type == "code"):
            continue
        compares = [
            node
            for node in ast.walk(ast.parse(cell.source))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("equal", "same", "is_a", "raises")
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "check"
        ]
        bare = without_answers(cell.source)
        assert (bare is not None) == bool(compares), about.grade_id
        for node in ast.walk(ast.parse(bare or "")):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("equal", "same")
            ):
                assert len(node.args) <= 2 and not node.keywords, about.grade_id


@pytest.mark.parametrize(
    ("code", "gone", "kept"),
    [
        ("expected = [1.5, 2.5]\nwith Checks('1', 'f') as check:\n    check.equal('it', f(3), expected)", "2.5", "f(3)"),
        ("with Checks('1', 'f') as check:\n    for x, y in [(1, 77), (2, 78)]:\n        check.same('it', f(x), y)", "77", "(2,"),
        ("with Checks('1', 'f') as check:\n    check.equal('as 99', f(2), 2 + 97, look='99?')", "9", "f(2)"),
        ("x, y = 5, 66\nwith Checks('1', 'f') as check:\n    check.equal('it', f(x), y)", "66", "5"),
        ("y = np.zeros(3)\ny[1] = 55\nwith Checks('1', 'f') as check:\n    check.equal('it', f(0), y)", "55", "f(0)"),
        ("r = rng.normal()\nwith Checks('1', 'f') as check:\n    check.equal('it', f(0), r)", "r =", "rng.normal()"),
        ("class Stand:\n    used = []\nwith Checks('1', 'f') as check:\n    check.equal('it', f(Stand()), 44)", "44", "used"),
        ("with Checks('1', 'f') as check:\n    check.raises('33', ValueError, lambda: f(1), mentions='no')", "no", "f(1)"),
        ("with Checks('1', 'f') as check:\n    check.raises('33', ValueError, lambda: f(1))", "ValueError", "f(1)"),
        ("with Checks('1', 'f') as check:\n    check.raises('33', call=lambda: f(1), error=KeyError)", "KeyError", "f(1)"),
        ("with Checks('1', 'f') as check:\n    check.is_a('it', f(1), (tuple, list))", "tuple", "f(1)"),
    ],
)  # fmt: skip
def test_what_only_a_comparison_needs_is_left_out(code, gone, kept):
    bare = without_answers(code)
    assert gone not in bare.replace("None", "") and kept in bare


def test_a_test_without_comparisons_has_no_such_edition():
    assert without_answers("assert f(1) == 2") is None
    assert without_answers("with Checks(") is None


PEEK = """
import sys
def peek(name):
    here = sys._getframe(1)
    while here is not None and name not in here.f_locals:
        here = here.f_back
    return None if here is None else here.f_locals[name]
"""
TYPES_AND_ERRORS = """
with Checks("1", "f") as check:
    check.raises("a text", ValueError, lambda: fail("text"), mentions="text")
    check.is_a("the result", make(), list)
"""


def seen(test: str, code: str) -> list:
    """What a test writes down of a student's code, as in the judge."""
    notes: list = []
    space: dict = {}
    exec(code, space)
    exec(test, space | {"Checks": _witness(_checks_apart(), notes, (space,))})
    return notes


@pytest.mark.parametrize(
    ("code", "alike"),
    [
        ("def fail(x): raise ValueError(x)\ndef make(): return []", True),
        ("class Own(ValueError): pass\ndef fail(x): raise Own(x)\ndef make(): return type('Sub', (list,), {})()", True),
        (PEEK + "def fail(x): raise (peek('error') or KeyError)(x)\ndef make(): return []", False),
        (PEEK + "def fail(x):\n    if peek('error'): raise ValueError(x)\ndef make(): return []", False),
        (
            PEEK + "class Any:\n    __class__ = property(lambda self: peek('kind') or Any)\n"
            "def fail(x): raise ValueError(x)\ndef make(): return Any()",
            False,
        ),
    ],
    ids=["honest", "own-classes", "error-looked-up", "raises-if-asked-to", "any-type-asked-for"],
)  # fmt: skip
def test_types_and_errors_that_are_looked_up_differ_without_the_answers(code, alike, capsys):
    """Not one of these lies to the full test; the two that compute say the same in both."""
    assert _alike(seen(TYPES_AND_ERRORS, code), seen(without_answers(TYPES_AND_ERRORS), code)) == alike
