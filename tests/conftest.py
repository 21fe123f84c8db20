"""What several tests share: a small course of two modules, made anew for each test; and what is said at their end."""

from __future__ import annotations

import os
import re
import shutil
import signal
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tinytorch_course.base.course import Course

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "agg")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job, and all that it starts
    signal.signal(signal.SIGINT, signal.default_int_handler)

HEADER = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

"""

TOY_ONE = HEADER + textwrap.dedent('''\
    # %% [markdown]
    # # Module 01: Halves
    #
    # > Half of a number.

    # %%
    #| default_exp core.tensor

    # %%
    #| export
    import numpy as np

    # %%
    from tinytorch.checks import Checks

    # %%
    #| export
    class Tensor:
        """A box for an array."""

        def __init__(self, data):
            self.data = np.asarray(data, np.float32)

    # %% [markdown]
    # ### 01.1 Half
    #
    # Half of 4 is 2.

    # %% nbgrader={"grade": false, "grade_id": "01-01-half", "locked": false, "schema_version": 3, "solution": true, "task": false}
    #| export
    def half(x):
        """Half of `x`."""
        ### BEGIN SOLUTION 01.1 half: return half of x
        return x / 2
        ### END SOLUTION

    # %% nbgrader={"grade": true, "grade_id": "test-01-01-half", "locked": true, "points": 60, "schema_version": 3, "solution": false, "task": false}
    with Checks("01.1", "half") as check:
        check.equal("half(4)", half(4), 2.0, inputs={"x": 4}, look="How many halves make a whole?")
        ### BEGIN HIDDEN TESTS
        check.hidden()
        check.equal("half(-3)", half(-3), -1.5)
        ### END HIDDEN TESTS

    # %% [markdown]
    # ### 01.2 Twice

    # %% nbgrader={"grade": false, "grade_id": "01-02-twice", "locked": false, "schema_version": 3, "solution": true, "task": false}
    #| export
    def twice(x):
        """Twice `x`."""
        ### BEGIN SOLUTION 01.2 twice: return x two times
        return x * 2
        ### END SOLUTION

    # %% nbgrader={"grade": true, "grade_id": "test-01-02-twice", "locked": true, "points": 40, "schema_version": 3, "solution": false, "task": false}
    with Checks("01.2", "twice") as check:
        check.equal("twice(4)", twice(4), 8.0)

    # %% [markdown] nbgrader={"grade": true, "grade_id": "text-01-03-why", "locked": false, "points": 5, "schema_version": 3, "solution": true, "task": false}
    # Because.
    ''')

TOY_TWO = HEADER + textwrap.dedent('''\
    # %% [markdown]
    # # Module 02: Quarters
    #
    # > A quarter is half of a half.

    # %%
    #| default_exp core.quarters

    # %%
    #| export
    from tinytorch.core.tensor import half

    # %%
    from tinytorch.checks import Checks

    # %% [markdown]
    # ### 02.1 Quarter

    # %% nbgrader={"grade": false, "grade_id": "02-01-quarter", "locked": false, "schema_version": 3, "solution": true, "task": false}
    #| export
    def quarter(x):
        """A quarter of `x`."""
        ### BEGIN SOLUTION 02.1 quarter: return a quarter of x
        return half(half(x))
        ### END SOLUTION

    # %% nbgrader={"grade": true, "grade_id": "test-02-01-quarter", "locked": true, "points": 100, "schema_version": 3, "solution": false, "task": false}
    with Checks("02.1", "quarter") as check:
        check.equal("quarter(8)", quarter(8), 2.0)
        ### BEGIN HIDDEN TESTS
        check.hidden()
        check.equal("quarter(-2)", quarter(-2), -0.5)
        ### END HIDDEN TESTS
    ''')


@pytest.fixture
def toy(tmp_path: Path) -> Course:
    """A course of two small modules, not built yet."""
    root = tmp_path / "course"
    (root / "tinytorch" / "core").mkdir(parents=True)
    shutil.copy(ROOT / "settings.ini", root)
    for name in ("pyproject.toml", "setup.py"):
        shutil.copy(ROOT / name, root)
    for name in ("__init__.py", "checks.py"):
        shutil.copy(ROOT / "tinytorch" / name, root / "tinytorch")
    shutil.copytree(
        ROOT / "tinytorch" / "lab", root / "tinytorch" / "lab", ignore=shutil.ignore_patterns("__pycache__")
    )
    (root / "tinytorch" / "core" / "__init__.py").touch()
    for name, text in {"01_tensor": TOY_ONE, "02_quarters": TOY_TWO}.items():
        path = root / "src" / name / f"{name}.py"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return Course(root)


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless browser: one for all tests of a process, since Playwright allows no second one."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here (Debian: apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


def put_mutants(toy: Course, mutants: Mapping[str, tuple[str, str]]) -> None:
    """Give the toy wrong solutions of ``half``, each with its header and its line."""
    folder = toy.root / "tests" / "mutants" / "01_tensor"
    folder.mkdir(parents=True)
    for name, (header, line) in mutants.items():
        text = f'"""{header}\n"""\n#| export\ndef half(x):\n    {line}\n'
        (folder / f"{name}.py").write_text(text, encoding="utf-8")


@pytest.fixture
def course() -> Course:
    """The real course: this checkout."""
    return Course(ROOT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: the workers, who take file after file, then end at about the same time."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


# What makes a test skip itself: a word of its reason, and what has to be installed.
OPTIONAL = {
    "Chromium": "apt-get install chromium",
    "espeak-ng": "apt-get install espeak-ng",
    "npm": "apt-get install npm",
    "bubblewrap": "apt-get install bubblewrap",
    r"(?i)\bpy?torch": "pip install torch",
    r"could not import '(\w+)": "pip install {}",
    r"no (Python [\d.]+)": "{}",
}


def not_tried(reasons: list[str]) -> str:
    """One line for people on a smaller machine: how many tests were skipped for want of what, and how to get it."""
    wants: Counter[str] = Counter()
    for reason in reasons:
        found = next(((how, m) for word, how in OPTIONAL.items() if (m := re.search(word, reason))), None)
        wants[found[0].format(*found[1].groups()) if found else "see SKIPPED above"] += 1
    return ", ".join(f"{number} ({how})" for how, number in wants.most_common())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter):
    """Print the mutants' table, module by module; and in the last line what was not tried."""
    rows = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", [])
        if name == "mutants" and getattr(report, "when", None) == "call"
    ]
    if rows:
        terminalreporter.section("tests of the tests")
        for row in sorted(rows):
            terminalreporter.write_line(row)
    yield  # pytest's own summary
    skipped = [str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", [])]
    if skipped:
        terminalreporter.write_line(f"not tried here: {not_tried(skipped)}")
