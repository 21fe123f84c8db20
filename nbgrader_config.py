"""nbgrader's configuration: what `nbgrader generate_assignment 06_autograd` and its other commands use here."""

from pathlib import Path

from tinytorch_course.nbgrader_setup import configure

configure(get_config(), Path(__file__).parent)  # noqa: F821  (nbgrader puts get_config here)
