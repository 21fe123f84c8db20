"""Modules 02 and 04: what activations and losses compute, at which extremes, and what they refuse."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinytorch import (
    GELU,
    BinaryCrossEntropyLoss,
    CrossEntropyLoss,
    MSELoss,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
    Tensor,
    log_softmax,
)

from .support import laid_out, layouts, numbers, seeds, shapes_or_empty

FORMULAS = {
    ReLU: lambda x: np.where(x > 0, x, 0),
    Sigmoid: lambda x: 1 / (1 + np.exp(-x)),
    Tanh: np.tanh,
    GELU: lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
}


@pytest.fixture
def no_warnings():
    """Any warning is an error; an underflow to 0 is not one."""
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("kind", FORMULAS)
@given(shape=shapes_or_empty, seed=seeds, layout=layouts)
def test_activations_follow_their_formulas(kind, shape, seed, layout):
    values = laid_out(4 * numbers(shape, seed), layout)
    before = values.copy()
    result = kind()(Tensor(values))
    assert type(result.data) is np.ndarray
    assert result.shape == shape
    np.testing.assert_allclose(result.data, FORMULAS[kind](values), rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(values, before)
    assert not np.shares_memory(result.data, values)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("kind", "expected"),
    [(ReLU, [0, 0, 0, 1e4]), (Sigmoid, [0, 0.5, 0.5, 1]), (Tanh, [-1, 0, 0, 1]), (GELU, [0, 0, 0, 1e4])],
)
def test_activations_far_out_are_quiet_and_exact(kind, expected, dtype, no_warnings):
    result = kind()(Tensor(np.array([-1e4, -0.0, 0.0, 1e4], dtype)))
    np.testing.assert_array_equal(result.data, np.array(expected, dtype))


@pytest.mark.parametrize(("kind", "low", "high"), [(ReLU, 0, np.inf), (Sigmoid, 0, 1), (Tanh, -1, 1)])
def test_activations_at_infinity(kind, low, high, no_warnings):
    result = kind()(Tensor(np.array([-np.inf, np.inf], np.float32)))
    np.testing.assert_array_equal(result.data, [low, high])


def test_sigmoid_keeps_small_numbers(no_warnings):
    np.testing.assert_allclose(Sigmoid()(Tensor(np.array([-600.0]))).data, np.exp([-600.0]), rtol=1e-12)


def test_activations_have_nothing_to_learn_and_compute_in_forward():
    for kind in (*FORMULAS, Softmax):
        activation = kind()
        assert activation.parameters() == []
        x = Tensor([1.0, -1.0])
        np.testing.assert_array_equal(activation(x).data, activation.forward(x).data)
        assert kind.__name__ in repr(activation)


# -- softmax ----------------------------------------------------------------------------------------------------------


@given(hnp.array_shapes(min_dims=1, max_dims=4, max_side=4), seeds, layouts, st.integers(-4, 3))
def test_softmax_gives_shares_that_add_up_to_one_along_its_axis(shape, seed, layout, place):
    dim = place % (2 * len(shape)) - len(shape)
    values = laid_out(5 * numbers(shape, seed), layout)
    before = values.copy()
    shares = Softmax(dim=dim)(Tensor(values)).data
    assert shares.shape == shape
    np.testing.assert_allclose(shares.sum(axis=dim), 1.0)
    np.testing.assert_allclose(shares, np.exp(values) / np.exp(values).sum(axis=dim, keepdims=True))
    np.testing.assert_allclose(np.log(shares), log_softmax(Tensor(values), dim).data)
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("function", [Softmax(), log_softmax], ids=["softmax", "log_softmax"])
def test_a_number_added_to_all_logits_changes_nothing(function, no_warnings):
    values = numbers((3, 4), 0)
    np.testing.assert_allclose(function(Tensor(values + 1e4)).data, function(Tensor(values)).data, atol=1e-9)


def test_softmax_with_minus_infinity_gives_no_share(no_warnings):
    shares = Softmax()(Tensor(np.array([[0.0, -np.inf, 0.0]], np.float32))).data
    np.testing.assert_array_equal(shares, [[0.5, 0.0, 0.5]])


def test_log_softmax_has_no_minus_infinity_where_the_share_underflows(no_warnings):
    result = log_softmax(Tensor(np.array([[0.0, 1e4]], np.float32)))
    np.testing.assert_allclose(result.data, [[-1e4, 0.0]])


# -- losses -----------------------------------------------------------------------------------------------------------


@given(hnp.array_shapes(min_dims=0, max_dims=3), seeds, layouts)
def test_losses_follow_their_formulas(shape, seed, layout):
    rng = np.random.default_rng(seed)
    a, b = np.asarray(rng.uniform(0.01, 0.99, shape)), np.asarray(rng.uniform(0, 1, shape))
    prediction, target = Tensor(laid_out(a, layout)), Tensor(b)
    squared, entropy = MSELoss()(prediction, target), BinaryCrossEntropyLoss()(prediction, target)
    np.testing.assert_allclose(squared.data, np.mean((a - b) ** 2))
    np.testing.assert_allclose(entropy.data, np.mean(-(b * np.log(a) + (1 - b) * np.log(1 - a))))
    for loss in (squared, entropy):
        assert type(loss.data) is np.ndarray
        assert loss.shape == ()


@given(st.integers(1, 6), st.integers(1, 6), seeds, layouts)
def test_cross_entropy_follows_its_formula(samples, classes, seed, layout):
    target = np.random.default_rng(seed).integers(0, classes, samples)
    logits = 3 * numbers((samples, classes), seed)
    loss = CrossEntropyLoss()(Tensor(laid_out(logits, layout)), Tensor(target))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(loss.data, -np.log(shares[np.arange(samples), target]).mean(), atol=1e-12)
    assert loss.shape == ()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_losses_at_the_ends_are_quiet_and_finite(dtype, no_warnings):
    certain, wrong = np.array([0.0, 1.0], dtype), np.array([1.0, 0.0], dtype)
    assert BinaryCrossEntropyLoss()(Tensor(certain), Tensor(certain)).item() == 0
    assert BinaryCrossEntropyLoss()(Tensor(certain), Tensor(wrong)).item() == 100
    logits = Tensor(np.array([[1e4, -1e4]], dtype))
    assert CrossEntropyLoss()(logits, Tensor(np.array([0]))).item() == 0
    assert CrossEntropyLoss()(logits, Tensor(np.array([1]))).item() == 2e4


@pytest.mark.parametrize("loss", [MSELoss(), BinaryCrossEntropyLoss()], ids=["mse", "bce"])
def test_predictions_and_targets_of_different_shapes_are_refused_with_both(loss):
    with pytest.raises(ValueError) as caught:
        loss(Tensor(np.full((4, 1), 0.5)), Tensor(np.full(4, 0.5)))
    assert "(4, 1)" in str(caught.value)
    assert "(4,)" in str(caught.value)


@pytest.mark.parametrize("value", [-0.1, 1.1, 3.0])
def test_binary_cross_entropy_refuses_what_is_no_probability(value):
    with pytest.raises(ValueError, match="probabilit"):
        BinaryCrossEntropyLoss()(Tensor([value]), Tensor([1.0]))
    with pytest.raises(ValueError, match="target"):
        BinaryCrossEntropyLoss()(Tensor([0.5]), Tensor([value]))


@pytest.mark.parametrize("target", [[0, 3], [-1, 0]])
def test_cross_entropy_refuses_classes_that_are_not_there(target):
    with pytest.raises(ValueError, match=r"0.*2"):
        CrossEntropyLoss()(Tensor(np.zeros((2, 3))), Tensor(np.array(target)))


@pytest.mark.parametrize("loss", [MSELoss, BinaryCrossEntropyLoss, CrossEntropyLoss])
def test_a_loss_of_arrays_says_to_wrap_them(loss):
    with pytest.raises(TypeError, match=r"not Tensor and ndarray: wrap arrays in Tensor"):
        loss()(Tensor(np.full((2, 3), 0.5)), np.array([0, 1]))
    with pytest.raises(TypeError, match=r"not ndarray and Tensor"):
        loss()(np.full((2, 3), 0.5), Tensor(np.full((2, 3), 0.5)))


def test_cross_entropy_refuses_targets_of_another_form():
    logits = Tensor(np.zeros((2, 3)))
    with pytest.raises(TypeError, match="integer"):
        CrossEntropyLoss()(logits, Tensor([0.0, 1.0]))
    for target in (np.zeros((2, 1), int), np.zeros(3, int), np.zeros((2, 3), int)):
        with pytest.raises(ValueError, match=r"\(2, 3\)"):
            CrossEntropyLoss()(logits, Tensor(target))
    with pytest.raises(ValueError):
        CrossEntropyLoss()(Tensor(np.zeros(3)), Tensor(np.array([0])))


def test_nan_in_gives_nan_out():
    nan = Tensor(np.array([[np.nan, 1.0]]))
    assert np.isnan(MSELoss()(nan, Tensor(np.zeros((1, 2)))).item())
    assert np.isnan(BinaryCrossEntropyLoss()(nan, Tensor(np.zeros((1, 2)))).item())
    assert np.isnan(CrossEntropyLoss()(nan, Tensor(np.array([1]))).item())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_loss_of_many_numbers_keeps_its_precision(dtype):
    count = 1 << 20
    prediction, target = Tensor(np.full(count, 0.1, dtype)), Tensor(np.zeros(count, dtype))
    np.testing.assert_allclose(MSELoss()(prediction, target).item(), 0.01, rtol=1e-5)


@pytest.mark.parametrize("dim", [0, -1])
def test_softmax_of_a_single_number_is_one_and_does_not_change_with_it(dim):
    x = Tensor(np.array(2.0), requires_grad=True)
    result = Softmax(dim)(x)
    assert type(result.data) is np.ndarray and result.shape == () and result.item() == 1.0
    result.backward()
    assert x.grad == 0.0
    assert log_softmax(Tensor(np.array(2.0)), dim).item() == 0.0


@pytest.mark.parametrize("function", [Softmax(), log_softmax])
def test_softmax_along_an_axis_without_numbers_has_none_either(function):
    x = Tensor(np.zeros((3, 0)), requires_grad=True)
    result = function(x)
    assert result.shape == (3, 0)
    result.backward(np.zeros((3, 0)))
    assert x.grad.shape == (3, 0)
