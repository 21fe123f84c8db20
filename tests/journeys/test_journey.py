"""A student's own engine carries them on: the modules after 06 run on what they exported, right or slow, and say when it is wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.lab.test_readiness import SLOW
from tests.mutation.harness import HERE, Variant, variants_of
from tinytorch_course.author.release import release
from tinytorch_course.author.samples import submission
from tinytorch_course.base.course import Course, exported_file
from tinytorch_course.base.marks import GradeId
from tinytorch_course.student.milestones import MILESTONES
from tinytorch_course.student.run_notebook import run

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
COURSE = Course(ROOT)
JOURNEY = [m.name for m in COURSE.modules if m.name[:2] in ("06", "07", "08", "09", "10", "11", "12", "13")]

# Which exercises of a module lose points, hidden checks included, when the cells that come in replace its solutions.
_GRADE = """
import json, sys
from pathlib import Path
from tests.mutation.harness import _Runner
from tinytorch_course.base.course import Course
runner = _Runner(Course(Path(sys.argv[1])).module(sys.argv[2]))
print("found", json.dumps(runner.rest(0, json.load(sys.stdin), None)["failed"]), file=sys.__stdout__)
"""


# And the graph is freed, as Module 06 promises of `retain_graph=False`: by a walk of its own, after the other.
_FREEING = """

every_path = Tensor.backward


def slow_backward_that_frees(self, gradient=None, retain_graph=True):
    every_path(self, gradient)
    nodes, stack = [], [] if retain_graph else [self._grad_fn]
    while stack:
        node = stack.pop()
        if node is not None and node not in nodes:
            nodes.append(node)
            stack += [t for t in node.next_functions if isinstance(t, Function)]
    for node in nodes:
        free(node)


Tensor.backward = slow_backward_that_frees
"""


def python(edition: Path, *words: str, **more: str) -> subprocess.CompletedProcess:
    env = os.environ | {"PYTHONIOENCODING": "utf-8", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}
    env["PYTHONPATH"] = more.pop("path", str(edition))
    return subprocess.run(
        [sys.executable, *words], cwd=edition, env=env, capture_output=True, text=True, encoding="utf-8", **more
    )


def tinytorch(edition: Path, *words: str) -> subprocess.CompletedProcess:
    return python(edition, "-m", "tinytorch_course", *words)


def solve(edition: Path, name: str, instead: dict[str, str] | None = None) -> None:
    module = COURSE.module(name)
    path = edition / "notebooks" / module.name / f"{module.name}.ipynb"
    nbformat.write(submission(module, instead=instead, edition=nbformat.read(path, 4)), path)


def export(edition: Path, name: str) -> None:
    done = tinytorch(edition, "export", name)
    assert done.returncode == 0, done.stdout + done.stderr


def core(edition: Path, name: str) -> Path:
    return edition / "tinytorch" / exported_file(COURSE.module(name))


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One edition of the whole journey, in which a stuck student may take Module 06; each test gets a copy."""
    modules = [COURSE.module(name) for name in JOURNEY]
    return release(COURSE, modules, tmp_path_factory.mktemp("journey") / "edition", reference=modules[:1])


@pytest.fixture
def edition(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "edition"))


def variant(name: str) -> Variant:
    return Variant.read(HERE / "06_autograd" / f"{name}.py")


def another_way(name: str) -> dict[str, str]:
    """A right solution of another shape for each exercise of a module: by grade id, the last one that there is."""
    return {v.grade_id: v.source for v in variants_of(COURSE.module(name)) if v.right}


@pytest.fixture(scope="module")
def misled(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition with an engine that is wrong and was exported in good faith: it passes every visible check."""
    edition = Path(shutil.copytree(released, tmp_path_factory.mktemp("misled") / "edition"))
    wrong = variant("06-10_one_axis_only")
    assert wrong.hidden
    solve(edition, "06", {wrong.grade_id: wrong.source})
    export(edition, "06")
    solve(edition, "07")
    return edition


def test_a_reference_student_walks_from_06_to_the_last_module(edition: Path):
    assert [name[:2] for name in JOURNEY] == ["06", "07", "08", "09", "10", "11", "12", "13"]
    for name in JOURNEY:
        assert not core(edition, name).exists(), "the edition holds nothing of the modules that it asks for"
        solve(edition, name)
        export(edition, name)
        assert core(edition, name).read_text(encoding="utf-8") == core(ROOT, name).read_text(encoding="utf-8")
    # The library is now the course's, byte for byte, and tests/student plays all stories on that.
    done = tinytorch(edition, "milestones", "perceptron", "xor")
    assert done.returncode == 0 and "2 of 2 milestones reached." in done.stdout, done.stdout + done.stderr
    assert "not on yours" not in done.stdout
    assert not [m.name for m in MILESTONES if m.missing(Course(edition))], "nothing waits for a module"


def test_who_solves_everything_another_way_has_all_points_and_comes_as_far(edition: Path):
    for name in JOURNEY:
        cells = another_way(name)
        exercises = {number for g in cells if (number := GradeId.of(g).number)}
        assert len(exercises) >= 8, f"{name}: few right solutions of another shape: {sorted(exercises)}"
        if name == JOURNEY[0]:
            before = COURSE.module(name).library_before(edition.parent / "before").parent
            path = os.pathsep.join([str(before), str(ROOT)])
            done = python(before, "-c", _GRADE, str(ROOT), name, path=path, input=json.dumps(cells))
            assert done.stdout.endswith("found {}\n"), done.stdout[-3000:] + done.stderr[-3000:]
        solve(edition, name, cells)
        export(edition, name)
        assert core(edition, name).read_text(encoding="utf-8") != core(ROOT, name).read_text(encoding="utf-8")
    # The other milestones are played on the course's own engine, in tests/student.
    done = tinytorch(edition, "milestones", "xor", "writer")
    assert done.returncode == 0 and "2 of 2 milestones reached." in done.stdout, done.stdout + done.stderr


def test_an_engine_that_walks_every_path_by_recursion_is_slow_and_carries_on(edition: Path):
    # Module 06 does not give its points for that, and does not export it; but it may lie in their tinytorch/.
    text = core(ROOT, "06").read_text(encoding="utf-8")
    core(edition, "06").write_text(text + SLOW + _FREEING, encoding="utf-8")
    for name in ("07", "08"):
        solve(edition, name)
        export(edition, name)
    done = tinytorch(edition, "milestones", "perceptron", "xor", "digits")
    assert done.returncode == 0, done.stdout + done.stderr


def test_07_without_06_says_what_to_export_first(edition: Path):
    solve(edition, "07")
    done = tinytorch(edition, "export", "07")
    assert done.returncode == 2 and "06_autograd" in done.stderr and "Traceback" not in done.stderr


def test_a_wrong_engine_is_told_which_exercise_of_06_to_look_at(misled: Path, tmp_path: Path):
    edition = Path(shutil.copytree(misled, tmp_path / "edition"))
    done = tinytorch(edition, "export", "07")
    assert done.returncode == 1 and "06.10" in done.stderr, done.stderr
    assert not core(edition, "07").exists()


def printed(edition: Path, name: str) -> str:
    """What the cells of a notebook print when it is run in the edition."""
    path = edition / "notebooks" / name / f"{name}.ipynb"
    nb = nbformat.read(path, 4)
    assert run(Course(edition), path, nb) == []
    streams = [o for cell in nb.cells if cell.cell_type == "code" for o in cell.outputs if o.output_type == "stream"]
    return "".join(o.text for o in streams)


def test_a_stuck_student_goes_on_with_the_reference_and_the_next_notebook_says_so(misled: Path, tmp_path: Path):
    edition = Path(shutil.copytree(misled, tmp_path / "edition"))
    mine = core(edition, "06").read_text(encoding="utf-8")
    done = tinytorch(edition, "export", "--reference", "06_autograd")
    assert done.returncode == 0 and "the course's 06_autograd, not on yours, and say so" in done.stdout, done.stderr
    assert core(edition, "06").with_name("autograd.py.own").read_text(encoding="utf-8") == mine
    said = printed(edition, "07_optimizers")
    assert "This notebook runs on the course's 06_autograd, not on yours." in said
    assert "The engine is ready: " in said and "Your engine is ready" not in said
    export(edition, "07")
    done = tinytorch(edition, "milestones", "xor")
    assert done.returncode == 0 and "This runs on the course's 06_autograd, not on yours." in done.stdout
    # Mended and exported again, it is theirs again, and nobody says otherwise.
    solve(edition, "06")
    export(edition, "06")
    assert "not on yours" not in tinytorch(edition, "milestones", "xor").stdout


def test_the_reference_is_there_only_where_the_instructor_allowed_it(edition: Path, tmp_path: Path):
    refused = tinytorch(edition, "export", "--reference", "07_optimizers")
    assert refused.returncode == 2 and "allowed here: 06_autograd" in refused.stderr, "06 was allowed, 07 was not"
    assert not core(edition, "07").exists()
    strict = tmp_path / "strict"
    command = ["-m", "tinytorch_course", "release", "07_optimizers", "--to", str(strict)]
    assert python(ROOT, *command).returncode == 0
    refused = tinytorch(strict, "export", "--reference", "06_autograd")
    assert refused.returncode == 2 and "allowed here: none" in refused.stderr
    kind = tmp_path / "kind"
    assert python(ROOT, *command[:-1], str(kind), "--allow-reference", "06_autograd").returncode == 0
    taken = tinytorch(kind, "export", "--reference", "06_autograd")
    assert taken.returncode == 0 and "_reference_of = '06_autograd'" in core(kind, "06").read_text(encoding="utf-8")
