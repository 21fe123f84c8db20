"""The benchmarks compare sides that compute the same."""

import importlib
import importlib.util
import json
import subprocess
import sys

import pytest

worker = pytest.importorskip("benchmarks.worker", reason="an installed library comes without its benchmarks")
workloads = pytest.importorskip("benchmarks.workloads")
ALL, NEEDS, check = workloads.ALL, worker.NEEDS, worker.check
SIDES = [(name, side) for name, workload in ALL.items() for side in list(workload.sides)[1:]]


@pytest.mark.parametrize(("name", "side"), SIDES)
def test_every_side_of_a_workload_has_the_gradients_of_the_limit(name, side):
    if not importlib.util.find_spec(NEEDS.get(side, "numpy")):
        pytest.skip(f"{side} is not installed")
    limit, *_ = ALL[name].sides
    check(side, ALL[name].sides[side]()(), [array.copy() for array in ALL[name].sides[limit]()()])


def test_a_side_with_other_gradients_is_refused():
    limit = ALL["bias"].sides["numpy"]()()
    for wrong in ([limit[0] * 1.01], [limit[0].astype("float64")], [limit[0][None]], limit * 2):
        with pytest.raises(AssertionError):
            check("wrong", wrong, limit)


def test_a_run_that_would_drop_figures_or_cannot_write_them_is_refused_before_it_measures(tmp_path):
    main = importlib.import_module("benchmarks.__main__")
    assert main.lacking(["bias", "chain"], tmp_path / "new")[0] == ""
    there = {"workloads": [{"name": "bias"}, {"name": "chain"}], "memory": {}}
    (tmp_path / "results.json").write_text(json.dumps(there), encoding="utf-8")
    assert main.lacking(["bias", "chain"], tmp_path)[0] == ""
    assert "figures of chain" in main.lacking(["bias"], tmp_path)[0]
    (tmp_path / "file").touch()
    assert "cannot take the results" in main.lacking(["bias"], tmp_path / "file")[0]


def test_figures_survive_a_workload_that_fails(tmp_path, monkeypatch, capsys):
    main = importlib.import_module("benchmarks.__main__")
    sides = {side: {"milliseconds": 1.0, "ratio": 1.5, "quartiles": [1.4, 1.6]} for side in ("numpy", "tinytorch")}

    def run(module, name, *rest, environment):
        if name == "chain":
            raise subprocess.CalledProcessError(1, "chain")
        return {"name": name, "rounds": 5, "sides": sides}

    monkeypatch.setattr(main, "run", run)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "bias", "chain", "--out", str(tmp_path)])
    assert main.main() == 1
    kept = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert [result["name"] for result in kept["workloads"]] == ["bias"]
    assert "1.50" in capsys.readouterr().out and (tmp_path / "results.md").is_file()
