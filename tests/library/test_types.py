"""The public interface is typed, and the stubs say what is there at run time."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy")
ROOT = Path(__file__).resolve().parents[2]

RIGHT = """
from typing import Any

import numpy as np
import numpy.typing as npt
from tinytorch import CrossEntropyLoss, DataLoader, Linear, ReLU, SGD, Sequential, Tensor, TensorDataset, no_grad

network = Sequential(Linear(4, 8), ReLU(), Linear(8, 3))
optimizer = SGD(network.parameters(), lr=0.1)
data = TensorDataset(Tensor(np.zeros((6, 4), np.float32)), Tensor(np.zeros(6, np.int64)))
for images, labels in DataLoader(data, batch_size=2, shuffle=True):
    loss: Tensor = CrossEntropyLoss()(network(images), labels)
    loss.backward(retain_graph=False)
    optimizer.step()
x = Tensor([1.0, 2.0], requires_grad=True)
y: Tensor = (2 - x * np.float64(3)) @ [1.0, 2.0] / x.sum(axis=0, keepdims=True).reshape(1) + np.ones(1)
gradient: npt.NDArray[Any] | None = x.grad
shape: tuple[int, ...] = y.T.shape
with no_grad():
    y[0].transpose().permute(0).exp()
"""

WRONG = """
from tinytorch import Linear, MSELoss, Tensor

Tensor("text")
Tensor([1.0]) + "text"
Tensor([1.0]).backwards()
Linear(3)
MSELoss()(Tensor([1.0]))
Tensor([1.0]).sum(axis="rows")
"""


def mypy(*arguments, cwd):
    return subprocess.run([sys.executable, "-m", *arguments], cwd=cwd, capture_output=True, text=True, encoding="utf-8")


def test_the_package_passes_mypy_as_ci_runs_it():
    done = mypy("mypy", "--cache-dir", ".mypy_cache", cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_a_right_program_passes_and_each_mistake_of_a_wrong_one_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    (tmp_path / "right.py").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    done = mypy("mypy", "--strict", "right.py", "wrong.py", cwd=tmp_path)
    assert "right.py" not in done.stdout, done.stdout
    lines = {int(line.split(":")[1]) for line in done.stdout.splitlines() if line.startswith("wrong.py")}
    expected = {number for number, line in enumerate(WRONG.splitlines(), 1) if line and "import" not in line}
    assert lines == expected, done.stdout


def test_the_stubs_agree_with_what_is_there_at_run_time():
    done = mypy("mypy.stubtest", "--concise", "--mypy-config-file", "pyproject.toml", "tinytorch", cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_of_the_library_is_typed_one_way_or_the_other():
    """A module whose methods are attached cell by cell has a stub beside it."""
    core = ROOT / "tinytorch" / "core"
    for path in core.glob("*.py"):
        if "@method_of" in path.read_text(encoding="utf-8"):
            assert path.with_suffix(".pyi").is_file(), f"{path.name} needs a stub: core/{path.stem}.pyi"
    assert (core.parent / "py.typed").is_file()
