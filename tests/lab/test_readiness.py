"""Before Module 07 begins, a missing or wrong Module 06 gets a card that names its exercise; a slow one is fine."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mutation.harness import Variant, in_child, variants_of
from tinytorch.readiness import EXERCISES, EngineNotReady, check_engine
from tinytorch_course.author.source import read_source
from tinytorch_course.base.course import Course

ROOT = Path(__file__).resolve().parents[2]
MODULE = Course(ROOT).module("06")


ENGINE = (ROOT / "tinytorch" / "core" / "autograd.py").read_text(encoding="utf-8")


def ask(engine: str) -> tuple[str, tuple[str, ...]]:
    """What a notebook's first cell says with this text as core/autograd.py, and the exercises that it names."""

    def work() -> dict:  # in a child: an engine changes Tensor itself
        module = types.ModuleType("tinytorch.core.autograd")
        module.__spec__ = importlib.util.find_spec("tinytorch.core.autograd")
        module.__package__ = "tinytorch.core"
        sys.modules[module.__name__] = module
        exec(compile(engine, "core/autograd.py", "exec"), module.__dict__)
        try:
            check_engine(quiet=True)
        except EngineNotReady as error:
            return {"said": str(error), "exercises": error.exercises}
        return {"said": "", "exercises": ()}

    found = in_child(work)
    return found["said"], tuple(found["exercises"])


def first_cell(folder: Path, without: str = "") -> subprocess.CompletedProcess:
    """What it says in a folder with a library of its own, from which a module may be missing."""
    shutil.copytree(ROOT / "tinytorch", folder / "tinytorch", ignore=shutil.ignore_patterns("__pycache__", without))
    code = "from tinytorch.readiness import check_engine; check_engine(needs=('layers', 'optimizers'))"
    env = os.environ | {"PYTHONPATH": str(folder), "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8"
    )


def exercises_of_the_source() -> dict[str, str]:
    """Which exercise of Module 06 makes which name."""
    made = {}
    for cell in read_source(MODULE.src).cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if found := re.match(r"06-(\d\d)-", grade_id):
            for name in re.findall(r"^(?:class|def) (\w+)", cell.source, re.MULTILINE):
                made[name] = f"06.{int(found.group(1))}"
    return made


def test_the_numbers_of_the_exercises_are_those_of_module_06():
    made = exercises_of_the_source()
    assert {name: made.get(name) for name in EXERCISES} == EXERCISES


def test_the_reference_engine_is_ready(tmp_path: Path):
    done = first_cell(tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"Your engine is ready: \d+ answers, all right\.\n", done.stdout)


def of(name: str, change: Callable[[str], str]) -> str:
    """core/autograd.py with one function or class of it changed."""
    (node,) = (node for node in ast.parse(ENGINE).body if getattr(node, "name", None) == name)
    old = "\n".join(ENGINE.split("\n")[node.lineno - 1 : node.end_lineno])
    new = change(old)
    assert new != old, f"{name} was not changed"
    return ENGINE.replace(old, new)


def returning(expression: str) -> Callable[[str], str]:
    """The last return statement returns something else."""
    return lambda old: re.sub(r"return [^\n]*$", f"return {expression}", old.rstrip())


def replaced(pattern: str, by: str) -> Callable[[str], str]:
    return lambda old: re.sub(pattern, by, old)


# Wrong engines: the part, what is done to it. Each is to be told apart by its exercise.
WRONG = {
    "the broadcast is not undone": (
        "unbroadcast",
        lambda old: old + "\n\n\ndef unbroadcast(grad, shape):\n    return grad\n",
    ),
    "only the leading axes are summed": (
        "unbroadcast",
        lambda old: (
            old
            + "\n\n\ndef unbroadcast(grad, shape):\n    while grad.ndim > len(shape):\n        grad = grad.sum(axis=0)\n    return grad\n"
        ),
    ),
    "a difference loses its sign": ("SubBackward", returning("grad_output, grad_output")),
    "a product is not multiplied": ("MulBackward", returning("grad_output, grad_output")),
    "a product has its factors exchanged": ("MulBackward", returning("grad_b, grad_a")),
    "a quotient's divisor has no sign": ("DivBackward", returning("grad_a, -grad_b if grad_b is not None else None")),
    "a matrix product is doubled": ("MatmulBackward", returning("grad_a, None if grad_b is None else 2 * grad_b")),
    "a sum is divided": ("SumBackward", returning("(np.broadcast_to(grad_output, self.shapes[0]) / 2,)")),
    "a permutation is not inverted": ("PermuteBackward", returning("(grad_output.transpose(self.axes),)")),
    "ReLU lets everything pass": ("ReLUBackward", returning("(grad_output,)")),
    "a sigmoid has half of its rule": ("SigmoidBackward", returning("(grad_output * self.output,)")),
    "GELU is taken for ReLU": ("GELUBackward", returning("(grad_output * (self.saved_tensors[0].data > 0),)")),
    "softmax is taken for a sigmoid": (
        "SoftmaxBackward",
        returning("(grad_output * self.output * (1 - self.output),)"),
    ),
    "a squared error is not divided": ("MSEBackward", replaced(r"2 / [\w.]*size", "2.0")),
    "cross-entropy is not divided": ("CrossEntropyBackward", returning("grad * len(grad), None")),
    "the order is depth first": (
        "topological_order",
        lambda old: (
            old
            + """


def topological_order(root):
    order, stack = [], [root]
    while stack:
        node = stack.pop()
        if node is not None and node not in order:
            order.append(node)
            stack += [t for t in node.next_functions if isinstance(t, Function)]
    return order
"""
        ),
    ),
    "gradients overwrite each other": (
        "propagate",
        replaced(r"pending\[target\] \+ grad if target in pending else grad", "grad"),
    ),
    "the dtype of recording": (
        "tracked",
        replaced(r"if self\.requires_grad or other\.requires_grad:", "if self.requires_grad:"),
    ),
    "a rule that is not written": (
        "MulBackward",
        lambda old: old.replace(
            "def apply(self, grad_output):",
            "def apply(self, grad_output):\n        raise NotImplementedError('06.4 MulBackward.apply: return the gradients')",
        ),
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_engine_is_told_which_exercise_to_mend(what: str):
    name, change = WRONG[what]
    said, exercises = ask(of(name, change))
    assert said.startswith("Your engine is not ready: "), "nothing was noticed"
    assert EXERCISES[name] in exercises, said
    assert f"exercise {EXERCISES[name]} (" in said
    assert "tinytorch export 06_autograd" in said


def test_gradients_that_do_not_accumulate_point_to_backward():
    change = "def deposit(pending):\n    for tensor, grad in pending.items():\n        tensor.grad = np.array(grad, tensor.dtype)"
    said, exercises = ask(of("deposit", lambda old: change))
    assert "the gradient of 3 x after 2 backward passes is wrong" in said
    assert exercises[0] == EXERCISES["backward"]


def test_a_missing_module_06_says_what_to_solve_and_export(tmp_path: Path):
    done = first_cell(tmp_path, without="autograd.py")
    assert "there is no Module 06 in your tinytorch/" in done.stderr
    assert "tinytorch export 06_autograd" in done.stderr


@pytest.mark.parametrize("module", ["01_tensor", "03_layers", "04_losses", "07_optimizers"])
def test_another_missing_module_is_named(tmp_path: Path, module: str):
    done = first_cell(tmp_path, without=f"{module[3:]}.py")
    assert f"there is no Module {module[:2]} in your tinytorch/" in done.stderr, done.stderr
    assert f"tinytorch export {module}" in done.stderr


# A right backward pass of another kind: recursive over all paths, one call a path. Slow, and ready.
SLOW = """

def slow_backward(self, gradient=None, retain_graph=True):
    if not self.requires_grad:
        return
    gradient = first_gradient(self, gradient)

    def visit(target, grad):
        if isinstance(target, Tensor):
            target.grad = np.array(grad if target.grad is None else target.grad + grad, target.dtype)
            return
        for before, part in zip(target.next_functions, ask(target, grad, {})):
            if part is not None and before is not None:
                visit(before, part)

    visit(edge(self), gradient)


Tensor.backward = slow_backward
del topological_order, propagate
"""


def test_a_slow_but_right_engine_without_our_parts_is_ready():
    assert ask(ENGINE + SLOW) == ("", ())


def with_variant(variant: Variant) -> str:
    """core/autograd.py with a variant in place of an exercise's cell."""
    cells = re.split(r"(?=^# %% )", ENGINE, flags=re.MULTILINE)
    (old,) = (cell for cell in cells if cell.split("\n", 1)[0].endswith(f"#{variant.grade_id}"))
    source = re.sub(r"^#\| exporti?\n", "", variant.source, flags=re.MULTILINE)
    return ENGINE.replace(old, f"{old.splitlines()[0]}\n{source}\n\n")


EXPORTED = [v for v in variants_of(MODULE) if f"#{v.grade_id}\n" in ENGINE]


RULES = {f"06-{int(number[3:]):02}" for number in EXERCISES.values()}


@pytest.mark.parametrize("variant", [v for v in EXPORTED if v.right], ids=lambda variant: variant.name)
def test_every_right_solution_of_module_06_makes_an_engine_that_is_ready(variant: Variant):
    assert ask(with_variant(variant)) == ("", ())


def test_most_wrong_rules_of_module_06_are_noticed_and_told_their_exercise():
    # What cannot be noticed: rules that do too much work, or go wrong in float32 or for integers only.
    rules = [v for v in EXPORTED if not v.right and v.grade_id[:5] in RULES]
    answers = {variant.name: (variant, ask(with_variant(variant))) for variant in rules}
    noticed = {name: answer for name, answer in answers.items() if answer[1][0]}
    told = [name for name, (v, (_, exercises)) in noticed.items() if f"06.{int(v.grade_id[3:5])}" in exercises]
    assert len(noticed) > 0.5 * len(answers), f"not noticed: {sorted(set(answers) - set(noticed))}"
    assert len(told) > 0.9 * len(noticed), f"told another exercise: {sorted(set(noticed) - set(told))}"


# -- Module 07, which later notebooks need as well --------------------------------------------------------------------

OPTIMIZERS = (ROOT / "tinytorch" / "core" / "optimizers.py").read_text(encoding="utf-8")


def ask_with(optimizers: str) -> tuple[str, tuple[str, ...]]:
    """What Module 08's first cell says with this text as core/optimizers.py."""

    def work() -> dict:
        module = types.ModuleType("tinytorch.core.optimizers")
        module.__spec__ = importlib.util.find_spec("tinytorch.core.optimizers")
        module.__package__ = "tinytorch.core"
        sys.modules[module.__name__] = module
        exec(compile(optimizers, "core/optimizers.py", "exec"), module.__dict__)
        try:
            check_engine(quiet=True, needs=("optimizers",))
        except EngineNotReady as error:
            return {"said": str(error), "exercises": error.exercises}
        return {"said": "", "exercises": ()}

    found = in_child(work)
    return found["said"], tuple(found["exercises"])


def optimizers_with(variant: Variant) -> str:
    """core/optimizers.py with a variant in place of an exercise's cell."""
    cells = re.split(r"(?=^# %% )", OPTIMIZERS, flags=re.MULTILINE)
    (old,) = (cell for cell in cells if cell.split("\n", 1)[0].endswith(f"#{variant.grade_id}"))
    source = re.sub(r"^#\| exporti?\n", "", variant.source, flags=re.MULTILINE)
    return OPTIMIZERS.replace(old, f"{old.splitlines()[0]}\n{source}\n\n")


STEPS = [v for v in variants_of(Course(ROOT).module("07")) if f"#{v.grade_id}\n" in OPTIMIZERS]


@pytest.mark.parametrize("variant", [v for v in STEPS if v.right], ids=lambda variant: variant.name)
def test_every_right_solution_of_module_07_is_ready(variant: Variant):
    assert ask_with(optimizers_with(variant)) == ("", ())


def test_wrong_steps_of_module_07_are_noticed_and_told_their_exercise():
    # What cannot be noticed here: arguments that are not refused, dtypes, and copies that nobody needs.
    wrong = [v for v in STEPS if not v.right and v.grade_id[:5] in ("07-04", "07-06", "07-08", "07-09")]
    answers = {v.name: (v, ask_with(optimizers_with(v))) for v in wrong}
    noticed = {name: answer for name, answer in answers.items() if answer[1][0]}
    assert len(noticed) > 0.7 * len(answers), f"not noticed: {sorted(set(answers) - set(noticed))}"
    told = [name for name, (v, (_, exercises)) in noticed.items() if f"07.{int(v.grade_id[3:5])}" in exercises]
    errors = [name for name, (_, (said, exercises)) in noticed.items() if not exercises and "raised an error" in said]
    assert len(told) + len(errors) > 0.8 * len(noticed), (
        f"told another: {sorted(set(noticed) - set(told) - set(errors))}"
    )


def test_one_dictionary_for_all_parameters_is_told_07_3():
    (shared,) = (v for v in STEPS if v.name == "07-03_one_dictionary")
    said, exercises = ask_with(optimizers_with(shared))
    assert exercises[0] == "07.3" and "tinytorch export 07_optimizers" in said, said
