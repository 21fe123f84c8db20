"""Depth, time that grows with the number of operations and not faster, and memory that is given back at once."""

import gc
import subprocess
import sys
import tracemalloc
import weakref

import numpy as np
import pytest

from tinytorch import GELU, Linear, MSELoss, ReLU, Sequential, Sigmoid, Softmax, Tensor, no_grad
from tinytorch.core.autograd import AddBackward

from .support import numbers


@pytest.fixture
def without_cycle_collector():
    """Memory comes back by reference counting alone, or not at all."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def leaf(*shape):
    return Tensor(np.ones(shape, np.float32), requires_grad=True)


# -- depth ------------------------------------------------------------------------------------------------------------

MILLION = """
import gc
import numpy as np
from tinytorch import Tensor
gc.disable()
x = Tensor(np.ones(2, np.float32), requires_grad=True)
one = Tensor(np.ones(2, np.float32))
y = x
for _ in range(1_000_000):
    y = y + one
y.backward(np.array([1.0, 2.0], np.float32), {options})
assert x.grad.tolist() == [1.0, 2.0], x.grad
del y
print("done")
"""


@pytest.mark.parametrize("options", ["retain_graph=True", "retain_graph=False"])
def test_a_chain_of_a_million_operations_goes_back_and_is_freed(options):
    done = subprocess.run([sys.executable, "-c", MILLION.format(options=options)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:] or f"died with {done.returncode}"
    assert done.stdout == "done\n"


def test_a_long_chain_that_never_went_back_is_freed_without_recursion():
    code = MILLION.replace("y.backward", "#").replace("assert", "#").replace("1_000_000", "300_000").format(options="")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:] or f"died with {done.returncode}"


def count_calls(monkeypatch, rule):
    """How often a rule is applied from here on, as a list that grows."""
    calls, apply = [], rule.apply

    def counted(self, grad_output):
        calls.append(self)
        return apply(self, grad_output)

    monkeypatch.setattr(rule, "apply", counted)
    return calls


def test_sixty_doublings_take_sixty_steps_back(monkeypatch):
    x = leaf(1)
    y = x
    for _ in range(60):
        y = y + y
    calls = count_calls(monkeypatch, AddBackward)
    y.backward()
    assert len(calls) == 60
    np.testing.assert_array_equal(x.grad, [2.0**60])


def test_each_node_is_visited_once_in_a_net_of_crossing_paths(monkeypatch):
    a, b = leaf(1), leaf(1)
    calls = count_calls(monkeypatch, AddBackward)
    for _ in range(30):
        a, b = a + b, b + a
    (a + b).backward()
    assert len(calls) == 61


def test_a_rule_is_not_applied_for_inputs_without_gradients(monkeypatch):
    calls = count_calls(monkeypatch, AddBackward)
    constant = Tensor([1.0]) + Tensor([2.0])
    x = leaf(1)
    (x * constant).backward()
    assert not calls


def test_a_node_waits_for_all_gradients_before_it_hands_its_own_on():
    x = leaf(1)
    early = x * 2  # used by the next operation and, much later, again
    late = early
    for _ in range(50):
        late = late * 1
    (early * 3 + late * 5).backward()
    np.testing.assert_array_equal(x.grad, [16.0])


# -- memory -----------------------------------------------------------------------------------------------------------


def network_loss(x):
    network = Sequential(Linear(8, 8), ReLU(), Linear(8, 8), GELU(), Linear(8, 8), Sigmoid(), Softmax())
    return MSELoss()(network(x), Tensor(np.zeros((4, 8), np.float32)))


@pytest.mark.parametrize("then", ["nothing", "backward", "backward twice", "backward without retain_graph"])
def test_a_graph_that_is_dropped_is_gone_at_once(without_cycle_collector, then):
    x = leaf(4, 8)
    first = x * 2
    middle = first + 1
    loss = network_loss(middle)
    watched = [weakref.ref(thing) for thing in (first, middle, loss)]
    if then != "nothing":
        loss.backward(retain_graph=then != "backward without retain_graph")
    if then == "backward twice":
        loss.backward()
    del first, middle, loss
    assert [reference() for reference in watched] == [None, None, None]


def test_a_result_that_retains_its_gradient_is_gone_at_once_too(without_cycle_collector):
    middle = leaf(3) * 2
    middle.retain_grad()
    result = (middle * 3).sum()
    result.backward()
    watched = [weakref.ref(middle), weakref.ref(result)]
    del middle, result
    assert [reference() for reference in watched] == [None, None]


@pytest.mark.parametrize(
    "operation",
    [
        lambda x: x + 1,
        lambda x: x - np.ones(3, np.float32),
        lambda x: -x,
        lambda x: x * 2,
        lambda x: x / 2,
        lambda x: x @ np.ones((3, 2), np.float32),
        lambda x: x.sum(),
        lambda x: x.exp(),
        lambda x: x[[0, 1]],
        ReLU(),
        Softmax(),
    ],
    ids=["add", "sub", "neg", "mul", "div", "matmul", "sum", "exp", "gather", "relu", "softmax"],
)
def test_numbers_that_no_rule_will_read_are_not_kept(without_cycle_collector, operation):
    middle = leaf(3) * 2
    result, numbers_of_middle = operation(middle), weakref.ref(middle.data)
    del middle
    assert result._grad_fn is not None
    assert numbers_of_middle() is None


def test_a_graph_is_gone_after_an_error_on_the_way_back(without_cycle_collector, monkeypatch):
    def apply(self, grad_output):
        raise ZeroDivisionError

    monkeypatch.setattr(AddBackward, "apply", apply)
    x = leaf(3)
    middle = x + 1
    result = (middle * 2).sum()
    watched = weakref.ref(middle)
    try:
        result.backward()
    except Exception:
        pass
    else:
        raise AssertionError("the rule did not raise")
    del middle, result
    assert watched() is None


def test_steps_of_training_leave_nothing_behind(without_cycle_collector):
    x = leaf(4, 8)

    def step():
        x.grad = None
        network_loss(x).backward()

    def left_by_200_steps():
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(200):
            step()
        after, _ = tracemalloc.get_traced_memory()
        return after - before

    tracemalloc.start()
    try:
        # Python keeps up to 2,000 freed tuples of each size for later. First that stock is filled, which takes some
        # hundreds of steps: until 200 of them leave nothing. What leaks never comes to that point.
        for _ in range(20):
            if left_by_200_steps() < 100:
                break
        left = left_by_200_steps()
    finally:
        tracemalloc.stop()
    assert left < 2_000, f"200 steps left {left} bytes behind"


def peak_of(function):
    """The most memory that `function` takes at once, in bytes."""
    tracemalloc.start()
    try:
        function()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak


BIG = (256, 1024)  # 1 MiB of float32
SIZE = 4 * BIG[0] * BIG[1]


def test_no_grad_holds_no_intermediate_results():
    x = leaf(*BIG)

    def forward():
        y = x
        for _ in range(20):
            y = y * 2
        return y

    def silent():
        with no_grad():
            forward()

    assert peak_of(silent) < 3.5 * SIZE


def test_sums_of_constants_hold_no_intermediate_results():
    x = Tensor(np.ones(BIG, np.float32))

    def forward():
        y = x
        for _ in range(20):
            y = y * 2

    assert peak_of(forward) < 3.5 * SIZE


def test_the_way_back_holds_few_gradients_at_a_time():
    x = leaf(*BIG)

    def run():
        y = x
        for _ in range(20):
            y = y.exp() * 0.1  # each result is read on the way back: 20 of them have to be kept, 20 need not
        y.backward(np.ones(BIG, np.float32), retain_graph=False)

    forward = 40 * SIZE
    assert peak_of(run) < forward + 6 * SIZE


def test_without_retain_graph_the_results_are_let_go_on_the_way_back(without_cycle_collector):
    x = leaf(8)
    middle = x.exp()
    array = weakref.ref(middle.data)
    result = middle.exp().sum()
    del middle
    assert array() is not None
    result.backward(retain_graph=False)
    assert array() is None
    assert result.data is not None


def test_gradients_of_intermediates_are_not_kept(without_cycle_collector):
    x = leaf(*BIG)
    y = x
    for _ in range(10):
        y = y + 1.0

    def back():
        x.grad = None
        y.backward(np.ones(BIG, np.float32))

    back()
    assert peak_of(back) < 4.5 * SIZE


def test_numbers_in_a_graph_are_not_copied(without_cycle_collector):
    weight = Tensor(numbers((64, 64), 0).astype(np.float32), requires_grad=True)
    x = Tensor(numbers((2, 64), 1).astype(np.float32))
    result = x @ weight
    assert any(np.shares_memory(tensor.data, x.data) for tensor in result._grad_fn.saved_tensors)
