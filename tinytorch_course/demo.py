"""`make demo`: the main job once from end to end, saying what it does."""

from __future__ import annotations

import os
import shutil
import sys

from .author.build import build
from .author.release import release
from .author.samples import sample_class, write_class
from .base.console import exit_code, out
from .base.course import Course
from .grading.grade import grade
from .grading.records.report import write_report
from .grading.sandbox.walls import missing_reason

MODULE = "06_autograd"


def demo() -> None:
    """Build, release, grade a class of five and report, in the folder demo/ of the checkout."""
    course = Course.find()
    module = course.module(MODULE)
    here = course.root / "demo"
    shutil.rmtree(here, ignore_errors=True)
    here.mkdir()

    out.rule("1. Build: src/ -> notebooks/ -> tinytorch/")
    done = build(course)
    out.print(f"{len(done.written)} files written, {len(done.unchanged)} already as src/ gives them")

    out.rule(f"2. Release the student edition of {module.name}")
    edition = release(course, [module], here / "edition")
    out.print(f"solutions and hidden tests are gone; the library holds Modules 01 to {module.number - 1:02d}")

    out.rule("3. Five students hand in")
    students = sample_class(module)
    write_class(module, students, here / "course" / "submitted")
    out.print(", ".join(students))

    unprotected = missing_reason()
    out.rule("4. Grade them, each in a sandbox" if unprotected is None else "4. Grade them, without a sandbox")
    if unprotected:
        out.print(
            f"Not protected: {unprotected}. These five come with the course; grading strangers needs the sandbox.\n"
            "`tinytorch doctor` says what mends it.",
            markup=False,
        )
    result = grade(here / "course", module.name, timeout=10, force=True, sandbox=unprotected is None)
    out.print(result.table())

    out.rule("5. What you can look at now")
    shown = {
        "student edition": edition,
        "gradebook": result.gradebook,
        "feedback": result.feedback,
        "report": write_report(here / "course", module.name),
    }
    for what, path in shown.items():
        out.print(f"{what:<16} {os.path.relpath(str(path), course.root)}", markup=False)
    out.print("\nWork as a student:    cd demo/edition && ../../.venv/bin/tinytorch lab", markup=False)
    out.print("Work as an author:    .venv/bin/tinytorch lab", markup=False)


if __name__ == "__main__":
    sys.exit(exit_code(demo, "demo"))
