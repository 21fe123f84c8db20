"""Optimizers: PyTorch's numbers, what they remember, what they refuse."""

import json
import tracemalloc

import numpy as np
import pytest

from tests.library.torch_optimizers import CASES, RECORDED, beginning, by_torch, gradients
from tinytorch import SGD, Adam, AdamW, CosineSchedule, Linear, MSELoss, Optimizer, ReLU, Sequential, Tensor
from tinytorch.core import optimizers

recorded = json.loads(RECORDED.read_text(encoding="utf-8"))


def parameter(data, grad=None, dtype=np.float64):
    tensor = Tensor(np.array(data, dtype), requires_grad=True)
    tensor.grad = None if grad is None else np.array(grad, dtype)
    return tensor


def by_tinytorch(kind, settings):
    params = [Tensor(array, requires_grad=True) for array in beginning()]
    optimizer, path = getattr(optimizers, kind)(params, **settings), []
    for grads in gradients():
        for param, grad in zip(params, grads):
            param.grad = None if grad is None else grad.copy()
        optimizer.step()
        path.append([param.data.copy() for param in params])
    return path


def assert_same(path, right):
    assert len(path) == len(right)
    for step, (ours, theirs) in enumerate(zip(path, right)):
        for number, (a, b) in enumerate(zip(ours, theirs)):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12, err_msg=f"step {step}, parameter {number}")


@pytest.mark.parametrize("name", CASES)
def test_steps_are_those_recorded_from_pytorch(name):
    assert recorded["torch"] == "2.13.0"
    assert_same(by_tinytorch(*CASES[name]), recorded["paths"][name])


@pytest.mark.parametrize("name", CASES)
def test_steps_are_those_of_the_installed_pytorch(name):
    pytest.importorskip("torch")
    assert_same(by_tinytorch(*CASES[name]), by_torch(*CASES[name]))


def make_all(params):
    return [SGD(params, 0.1), SGD(params, 0.1, 0.9, 0.1), Adam(params), Adam(params, weight_decay=0.1), AdamW(params)]


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_works_in_place_keeps_the_dtype_and_leaves_the_gradient(number, dtype):
    param = parameter([[1.0, -2.0]], [[0.5, 0.25]], dtype)
    array, grad = param.data, param.grad.copy()
    optimizer = make_all([param])[number]
    for _ in range(3):
        optimizer.step()
    assert param.data is array and array.dtype == dtype
    assert not np.array_equal(array, [[1.0, -2.0]])
    np.testing.assert_array_equal(param.grad, grad)
    for value in optimizer.state[0].values():
        assert not isinstance(value, np.ndarray) or (value.dtype == dtype and value is not param.grad)


@pytest.mark.parametrize("number", range(5))
def test_a_parameter_without_gradient_and_its_state_stay_as_they_are(number):
    used, unused = parameter([1.0], [1.0]), parameter([2.0])
    optimizer = make_all([used, unused])[number]
    optimizer.step()
    assert unused.data.tolist() == [2.0] and optimizer.state[1] == {}
    assert used.data.tolist() != [1.0]


@pytest.mark.parametrize("number", range(5))
def test_parameters_of_one_optimizer_do_not_influence_each_other(number):
    grads = [[3.0, -1.0], [0.5, 2.0], [1.0, 1.0]]
    together = [parameter([1.0]), parameter([-1.0])]
    alone = [parameter([1.0]), parameter([-1.0])]
    joint, apart = make_all(together)[number], [make_all([param])[number] for param in alone]
    for pair in grads:
        for params in (together, alone):
            for param, grad in zip(params, pair):
                param.grad = np.array([grad])
        joint.step()
        for optimizer in apart:
            optimizer.step()
    for one, two in zip(together, alone):
        np.testing.assert_array_equal(one.data, two.data)


@pytest.mark.parametrize("number", range(5))
def test_it_goes_on_from_a_saved_state_as_if_nothing_had_happened(number):
    rng = np.random.default_rng(0)
    grads = rng.normal(size=(6, 3))
    whole, first = parameter(np.ones(3)), parameter(np.ones(3))
    one, two = make_all([whole])[number], make_all([first])[number]
    for grad in grads[:3]:
        whole.grad, first.grad = grad.copy(), grad.copy()
        one.step()
        two.step()
    saved = two.state_dict()
    second = parameter(first.data.copy())
    two.step()  # what was saved does not change with it
    three = make_all([second])[number]
    three.lr = 77.0
    three.load_state_dict(saved)
    for grad in grads[3:]:
        whole.grad, second.grad = grad.copy(), grad.copy()
        one.step()
        three.step()
    np.testing.assert_array_equal(whole.data, second.data)


def test_a_saved_state_of_another_kind_or_for_other_parameters_is_refused():
    param = parameter([1.0, 2.0], [1.0, 1.0])
    adam = Adam([param])
    adam.step()
    saved = adam.state_dict()
    with pytest.raises(ValueError, match="settings"):
        SGD([param], 0.1).load_state_dict(saved)
    with pytest.raises(ValueError, match="1 parameters, not 2"):
        Adam([param, parameter([1.0])]).load_state_dict(saved)
    with pytest.raises(ValueError, match=r"shape \(2,\).*\(3,\)"):
        Adam([parameter([1.0, 2.0, 3.0])]).load_state_dict(saved)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda p: SGD([], 0.1), ValueError, "at least one parameter"),
        (lambda p: SGD([p], 0), ValueError, "above 0, not 0"),
        (lambda p: SGD([p], -1), ValueError, "above 0, not -1"),
        (lambda p: Adam([p], float("nan")), ValueError, "above 0, not nan"),
        (lambda p: SGD([p, Tensor([1.0])], 0.1), ValueError, "requires no gradient"),
        (lambda p: SGD([p.data], 0.1), TypeError, "ndarray"),
        (lambda p: SGD([p], 0.1, momentum=1.0), ValueError, "momentum"),
        (lambda p: SGD([p], 0.1, momentum=-0.1), ValueError, "momentum"),
        (lambda p: SGD([p], 0.1, weight_decay=-0.1), ValueError, "weight_decay"),
        (lambda p: Adam([p], betas=(0.9, 1.0)), ValueError, "betas"),
        (lambda p: Adam([p], betas=(0.9,)), ValueError, "betas"),
        (lambda p: AdamW([p], eps=-1), ValueError, "eps"),
        (lambda p: AdamW([p], weight_decay=-1), ValueError, "weight_decay"),
    ],
)
def test_wrong_arguments_get_an_error_that_names_them(make, error, message):
    with pytest.raises(error, match=message):
        make(parameter([1.0]))


def test_a_parameter_given_twice_is_moved_once():
    param = parameter([1.0], [1.0])
    optimizer = SGD([param, param], 0.1)
    optimizer.step()
    assert param.data.tolist() == [0.9]
    assert len(optimizer.params) == 1


def test_the_base_class_says_that_an_update_is_missing():
    with pytest.raises(NotImplementedError, match="Optimizer has no update"):
        Optimizer([parameter([1.0], [1.0])], 0.1).step()


@pytest.mark.parametrize(
    ("make", "arrays"), [(lambda p: SGD(p, 0.1), 0), (lambda p: SGD(p, 0.1, 0.9), 1), (Adam, 2), (AdamW, 2)]
)
def test_the_state_takes_as_many_arrays_as_the_module_says(make, arrays):
    params = Sequential(Linear(256, 512), Linear(512, 10)).parameters()
    size = sum(param.data.nbytes for param in params)
    for param in params:
        param.grad = np.ones(param.shape, param.dtype)
    optimizer = make(params)
    tracemalloc.start()
    optimizer.step()
    kept = tracemalloc.get_traced_memory()[0]
    for _ in range(3):
        optimizer.step()
    later = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert abs(kept - arrays * size) < 0.02 * size + 4000
    assert abs(later - kept) < 4000  # and no more with each step


@pytest.mark.parametrize("number", range(5))
def test_each_makes_a_loss_of_two_layers_smaller(number):
    rng = np.random.default_rng(1)
    x, y = Tensor(rng.normal(size=(32, 4)).astype(np.float32)), Tensor(rng.normal(size=(32, 1)).astype(np.float32))
    net = Sequential(Linear(4, 16), ReLU(), Linear(16, 1))
    optimizer, losses = make_all(net.parameters())[number], []
    optimizer.lr = 0.01
    for _ in range(60):
        optimizer.zero_grad()
        loss = MSELoss()(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]
    assert all(param.dtype == np.float32 for param in net.parameters())


def test_a_schedule_s_rates_do_not_turn_float32_into_float64():
    param = parameter([1.0], [1.0], np.float32)
    optimizer = AdamW([param], 0.1)
    schedule = CosineSchedule(optimizer, 10, 2)
    for _ in range(4):
        optimizer.step()
        schedule.step()
    assert type(optimizer.lr) is float
    assert {str(v.dtype) for v in optimizer.state[0].values() if isinstance(v, np.ndarray)} == {"float32"}
