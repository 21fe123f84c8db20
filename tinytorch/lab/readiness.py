"""Is the engine that a notebook runs on ready? Quick questions to the installed Module 06, and where to look if not.

From Module 07 on, notebooks run on the autograd that their reader wrote. A wrong gradient would surface there as an
optimizer that does not learn. So those notebooks begin with::

    from tinytorch.readiness import check_engine

    check_engine()

An engine is judged by what it does: small expressions, differentiated, against gradients known from elsewhere. How it
does that is its own affair, and a slow engine is ready. Only when an answer is wrong are the parts of Module 06 asked
one by one, to say which exercise to look at. Hand-written; needs NumPy only.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from typing import Any

import numpy as np

from .parts import EXERCISES, exercises_to_look_at
from .questions import QUESTIONS, Engine, agrees, optimizers

__all__ = ["EXERCISES", "EngineNotReady", "check_engine"]

# The modules of tinytorch.core that a notebook may need, and where each comes from.
_MODULES = {
    "tensor": "01_tensor",
    "activations": "02_activations",
    "layers": "03_layers",
    "losses": "04_losses",
    "dataloader": "05_dataloader",
    "autograd": "06_autograd",
    "optimizers": "07_optimizers",
    "training": "08_training",
    "convolutions": "09_convolutions",
    "tokenization": "10_tokenization",
    "embeddings": "11_embeddings",
    "attention": "12_attention",
    "transformers": "13_transformers",
}


class EngineNotReady(RuntimeError):
    """The installed Module 06 is missing or wrong; shown as a card instead of a traceback.

    Parameters
    ----------
    problem : str
        What is wrong, in one sentence.
    rows : dict of str to str
        The card's lines.
    exercises : tuple of str
        The exercises to look at, the most probable one first.
    """

    def __init__(self, problem: str, rows: dict[str, str], exercises: tuple[str, ...] = ()) -> None:
        self.problem, self.rows, self.exercises = problem, rows, exercises
        super().__init__(self.card())

    def card(self) -> str:
        """The card as plain text."""
        lines = [f"Your engine is not ready: {self.problem}"]
        for name, value in self.rows.items():
            first, *rest = value.splitlines() or [""]
            lines += [f"  {name:<10}{first}", *(" " * 12 + line for line in rest)]
        return "\n".join(lines)

    def _render_traceback_(self) -> list[str]:
        return self.card().splitlines()


def _show(value: Any) -> str:
    if isinstance(value, (bool, str)) or value is None:
        return str(value)
    with np.printoptions(precision=5, suppress=True):
        return f"{np.asarray(value)}  shape {np.shape(value)}".replace("\n", " ")


def check_engine(quiet: bool = False, needs: tuple[str, ...] = ()) -> None:
    """Ask the installed Module 06 a few questions.

    Parameters
    ----------
    quiet : bool
        Without the line that says that all is well.
    needs : tuple of str
        Other modules of ``tinytorch.core`` that have to be there, for example ``("dataloader", "optimizers")``. The
        optimizers are asked some questions, too.

    Raises
    ------
    EngineNotReady
        When ``tinytorch.core.autograd``, or a module that is needed, is missing, or an answer is wrong: with the expression, what was expected,
        what came, and the exercise of Module 06 to look at.
    """
    for name, module in _MODULES.items():
        needed = name in needs or name in ("tensor", "activations", "losses", "autograd")
        if needed and importlib.util.find_spec(f"tinytorch.core.{name}") is None:
            todo = f"solve the notebook of Module {module[:2]}, then `tinytorch export {module}`"
            rows = {"missing": f"tinytorch/core/{name}.py", "to do": todo}
            raise EngineNotReady(f"there is no Module {module[:2]} in your tinytorch/", rows)
    autograd = importlib.import_module("tinytorch.core.autograd")
    engine = Engine(autograd)
    try:
        autograd.enable_autograd(quiet=True)
    except Exception as error:
        raise _failed(engine, "switching autograd on", ("tracked",), error) from None
    asked = 0
    for question, parts in QUESTIONS:
        name = question.__name__.strip("_").replace("_", " ")
        try:
            with np.errstate(all="ignore"):
                for what, got, right in question(engine):
                    asked += 1
                    if not agrees(got, right):
                        rows = {"expected": _show(right), "got": _show(got)}
                        raise EngineNotReady(f"{what} is wrong", rows, exercises_to_look_at(engine, parts, None))
        except EngineNotReady as wrong:
            wrong.rows["look at"] = _where(wrong.exercises)
            raise EngineNotReady(wrong.problem, wrong.rows, wrong.exercises) from None
        except Exception as error:
            raise _failed(engine, f"a question about {name}", parts, error) from None
    if "optimizers" in needs:
        asked += _ask_optimizers(engine)
    taken = getattr(autograd, "_reference_of", None)  # what `tinytorch export --reference` writes
    if taken:
        print(f"This notebook runs on the course's {taken}, not on yours.")
    if not quiet:
        whose = "The" if taken else "Your"
        print(f"{whose} engine is ready: {asked} answers, all right.")


def _ask_optimizers(engine: Engine) -> int:
    """Ask Module 07 too, since it stands on a ready engine; how many answers it gave."""
    asked = 0
    mend = "Mend it there, then call `tinytorch export 07_optimizers` and restart this notebook."
    try:
        for exercise, what, got, right in optimizers(engine):
            asked += 1
            if not agrees(got, right):
                look = f"exercise {exercise} of Module 07\n{mend}"
                rows = {"expected": _show(right), "got": _show(got), "look at": look}
                raise EngineNotReady(f"{what} is wrong", rows, tuple(exercise.split(" or ")))
    except EngineNotReady:
        raise
    except Exception as error:
        named = re.match(r"(07\.\d+) ", str(error)) if isinstance(error, NotImplementedError) else None
        place = f"exercise {named.group(1)} of Module 07" if named else "Module 07: `tinytorch check 07_optimizers`"
        rows = {"error": f"{type(error).__name__}: {error}", "look at": f"{place}\n{mend}"}
        raise EngineNotReady(
            "a step of an optimizer raised an error", rows, (named.group(1),) if named else ()
        ) from None
    return asked


def _failed(engine: Engine, doing: str, parts: tuple[str, ...], error: Exception) -> EngineNotReady:
    exercises = exercises_to_look_at(engine, parts, error)
    rows = {"error": f"{type(error).__name__}: {error}", "look at": _where(exercises)}
    return EngineNotReady(f"{doing} raised an error", rows, exercises)


def _where(exercises: tuple[str, ...]) -> str:
    names = {number: [name for name, of in EXERCISES.items() if of == number] for number in exercises}
    places = " or ".join(f"exercise {number} ({', '.join(names.get(number) or ['-'])})" for number in exercises)
    return f"{places} of Module 06\nMend it there, then call `tinytorch export 06_autograd` and restart this notebook."
