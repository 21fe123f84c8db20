"""The benchmarks compare sides that compute the same."""

import importlib.util

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
