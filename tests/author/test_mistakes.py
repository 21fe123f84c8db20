"""What an edition knows of wrong solutions: which mistake it is, and no line of code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT, put_mutants
from tinytorch_course.author import mistakes
from tinytorch_course.author.build import build
from tinytorch_course.author.release import release
from tinytorch_course.author.variants import Variant, mutants, variants_of
from tinytorch_course.base.course import Course
from tinytorch_course.student.check import check

HELD_BACK = Path(__file__).parents[1] / "mutation" / "held_back"
MUTANTS = {
    "01-01_doubles": ("Doubles instead of halving.\n\nbreaks: 01-01-half", "return x * 2"),
    "01-01_right_times": ("Right.\n\nright: 01-01-half", "return x * 0.5"),
    "01-01_positive": ("Forgets the sign.\n\nbreaks: 01-01-half\nhidden: yes", "return abs(x) / 2"),
    "01-01_squares": ("Takes the root.\n\nbreaks: 01-01-half", "return x ** 0.5 + 5"),
    "01-01_seven": ("Always answers with 7.\n\nbreaks: 01-01-half", "return 7"),
}


@pytest.fixture
def known(toy: Course) -> Course:
    """The toy with wrong solutions, two of which answer alike."""
    put_mutants(toy, MUTANTS)
    build(toy)
    return toy


def told(course: Course, line: str, to: Path) -> str:
    """What `tinytorch check` says of a solution in an edition."""
    path = release(course, [course.module("01")], to) / "notebooks" / "01_tensor" / "01_tensor.ipynb"
    nb = nbformat.read(path, 4)
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "01-01-half":
            cell.source = f"#| export\ndef half(x):\n    {line}"
    nbformat.write(nb, path)
    return check(Course(to), path)[0][0].message


def test_check_names_the_mistake_and_leaves_right_ones_and_others_alone(known: Course, tmp_path: Path):
    (_, seen, named), (_, seen_in_grading, named_in_grading) = mistakes.make(known.module("01"))
    assert (seen, named) == (3, 1) and (seen_in_grading, named_in_grading) == (4, 4)  # hidden checks tell more
    assert told(known, "return x + x", tmp_path / "a").endswith("\n  perhaps   Doubles instead of halving.")
    assert told(known, "return x - x / 2", tmp_path / "b") == ""
    other = told(known, "return x / 3", tmp_path / "c")
    assert "came out wrong" in other and "perhaps" not in other


def test_a_mistake_that_answers_anew_each_time_has_no_name(toy: Course):
    drawn = "__import__('numpy').random.default_rng().random()"
    put_mutants(toy, {"01-01_draws": ("Draws a number.\n\nbreaks: 01-01-half", f"return {drawn}")})
    build(toy)
    for path, seen, named in mistakes.make(toy.module("01")):
        assert (seen, named) == (1, 0) and json.loads(path.read_text(encoding="utf-8"))["mistakes"] == {}


def test_of_mistakes_that_answer_alike_only_a_general_one_has_a_name(known: Course):
    def sentences(**change: object) -> set[str]:
        variants = [Variant("a", "", "01-01-half", says="One."), Variant("b", "", "01-01-half", says="Two.", **change)]
        return set(mistakes.known(variants, {"a": ["00"], "b": ["00"]}).values())

    assert sentences() == set()
    assert sentences(general=True) == {"Two."}
    assert sentences(right=True) == set()


def test_an_edition_goes_without_what_is_older_than_its_tests(known: Course, tmp_path: Path):
    module = known.module("01")
    mistakes.make(module)
    assert mistakes.is_current(module)
    text = module.src.read_text(encoding="utf-8")
    module.src.write_text(text.replace("Half of 4 is 2.", "Half of 4 is two."), encoding="utf-8")
    assert mistakes.is_current(module)  # prose makes no difference
    module.src.write_text(text.replace('"half(4)", half(4), 2.0', '"half(6)", half(6), 3.0'), encoding="utf-8")
    assert not mistakes.is_current(module)
    build(known)
    edition = release(known, [module], tmp_path / "edition")
    assert not list(edition.rglob("known/*.json"))


def test_an_edition_holds_no_line_of_a_wrong_or_right_solution(known: Course, tmp_path: Path):
    mistakes.make(known.module("01"))
    edition = release(known, [known.module("01")], tmp_path / "edition")
    assert list(edition.rglob("known/01.json"))
    files = [path for path in edition.rglob("*") if path.suffix in {".json", ".ipynb", ".py"}]
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    for line in [line for _, line in MUTANTS.values()] + ["return x / 2"]:
        assert not [path for path, text in texts.items() if f"    {line}" in text], line


@pytest.mark.parametrize("module", Course(ROOT).modules, ids=lambda module: module.name)
def test_what_is_committed_is_of_today_and_holds_sentences_only(module):
    assert mistakes.is_current(module), f"run `tinytorch mistakes {module.name}`, and commit"
    wrong = [variant for variant in variants_of(module) if not variant.right]
    says = {variant.says for variant in wrong}
    visible = {variant.says for variant in wrong if not variant.hidden}
    for file, sentences in ((mistakes.file_of(module), visible), (mistakes.graded_file(module), says)):
        found = json.loads(file.read_text(encoding="utf-8"))
        assert set(found) == {"of", "mistakes"}
        assert all(re.fullmatch("[0-9a-f]{16}", name) for name in found["mistakes"])
        assert set(found["mistakes"].values()) <= sentences


@pytest.mark.slow
@pytest.mark.parametrize("name", ["03_layers", "06_autograd"])
def test_mistakes_of_another_shape_are_named_and_rightly(name: str, course: Course):
    """Wrong solutions that took no part: 60 % of them get a line, and 95 % of the lines are true."""
    module = course.module(name)
    says = {variant.name: variant.says for variant in variants_of(module)}
    known = json.loads(mistakes.file_of(module).read_text(encoding="utf-8"))["mistakes"]
    prints, _ = mistakes.prints_of(module, HELD_BACK / name)
    named = {file: {known[p] for p in found if p in known} for file, found in prints.items()}
    named = {file: lines for file, lines in named.items() if lines}
    wrong = []
    for file, lines in named.items():
        text = (HELD_BACK / name / f"{file}.py").read_text(encoding="utf-8")
        means = re.search("^means: (.*)$", text, re.MULTILINE).group(1).split()
        if not lines <= {says.get(mutant) for mutant in means}:
            wrong.append((file, lines))
    assert len(prints) >= 20 and len(named) >= 0.6 * len(prints)
    assert len(wrong) <= 0.05 * len(named), wrong


_PROBES = """
import json, sys
from pathlib import Path
from tinytorch.lab import checks, mistakes
from tinytorch_course.author.variants import Runner
from tinytorch_course.base.course import Course
from tinytorch_course.base.marks import visible, without_marks
runner, found = Runner(Course(Path(sys.argv[1])).module(sys.argv[2])), {}
for cell in runner.cells:
    source = visible(without_marks(cell.source))
    if "demo" in cell.metadata.get("tags", []):
        continue
    if "check.probe(" in source:
        notes = mistakes._once_more(checks.Checks, compile(source, "<test>", "exec"), runner.space)
        found[cell.metadata.nbgrader.grade_id] = [note[3] for note in notes if note[1] == "probe"]
    runner.run(source, cell.metadata.get("nbgrader", {}).get("grade_id") or cell.id)
print(json.dumps(found), file=sys.__stdout__)
"""


@pytest.mark.parametrize("name", [m.name for m in Course(ROOT).modules if "check.probe(" in m.src.read_text("utf-8")])
def test_the_right_solution_answers_all_probes(name: str, course: Course, tmp_path: Path):
    """Else a probe would say of nothing what it is."""
    module = course.module(name)
    path = f"{module.library_before(tmp_path).parent}{os.pathsep}{ROOT}"
    env = os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}
    done = subprocess.run([sys.executable, "-c", _PROBES, str(ROOT), name], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    refused = {"test-04-01-check-pair", "test-13-08-pairs"}  # it is right to refuse what they ask for
    assert found and all(found.values())
    for test, answers in found.items():
        errors = [answer for answer in answers if isinstance(answer, list) and answer[:1] == ["raised"]]
        assert errors == ([["raised", "ValueError"]] if test in refused else []), (test, answers)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["03_layers", "06_autograd"])
def test_right_solutions_have_no_fingerprint(name: str, course: Course, tmp_path: Path):
    module = course.module(name)
    right = [variant.name for variant in variants_of(module) if variant.right]
    for file in right:
        shutil.copy(mutants(course) / name / f"{file}.py", tmp_path)
    for prints in mistakes.prints_of(module, tmp_path):
        assert right and set(prints) == set(right) and not any(prints.values())
