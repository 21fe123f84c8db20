"""Activations, losses, layers: their gradients against central differences, and at the ends of the number line."""

import warnings
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinytorch import (
    GELU,
    BinaryCrossEntropyLoss,
    CrossEntropyLoss,
    Dropout,
    Linear,
    MSELoss,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
    Tensor,
    log_softmax,
    manual_seed,
    no_grad,
)
from tinytorch.core.autograd import CrossEntropyBackward

from .support import check_gradients, laid_out, layouts, numbers, seeds, shapes_or_empty

ELEMENTWISE = [ReLU, Sigmoid, Tanh, GELU]


def gradient_at(function, values, dtype=np.float64):
    """The gradient of the sum of `function` at `values`."""
    x = Tensor(np.asarray(values, dtype), requires_grad=True)
    function(x).sum().backward()
    assert x.grad.dtype == dtype
    return x.grad


# -- activations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ELEMENTWISE)
@given(shape=shapes_or_empty, seed=seeds, layout=layouts)
def test_gradients_of_activations(kind, shape, seed, layout):
    check_gradients(kind(), laid_out(numbers(shape, seed, "distinct"), layout), seed=seed)


@pytest.mark.parametrize(
    "function", [Softmax, lambda dim: lambda x: log_softmax(x, dim)], ids=["softmax", "log_softmax"]
)
@given(shape=hnp.array_shapes(min_dims=1, max_dims=4, max_side=4), seed=seeds, layout=layouts, place=st.integers(-4, 3))
def test_gradients_of_softmax_along_any_axis(function, shape, seed, layout, place):
    dim = place % (2 * len(shape)) - len(shape)
    check_gradients(function(dim=dim), laid_out(numbers(shape, seed), layout), seed=seed)


def test_softmax_of_no_rows():
    x = Tensor(np.zeros((0, 3)), requires_grad=True)
    Softmax()(x).sum().backward()
    assert x.grad.shape == (0, 3)


def test_relu_has_the_slope_zero_at_zero():
    np.testing.assert_array_equal(gradient_at(ReLU(), [-1.0, -0.0, 0.0, 1.0]), [0.0, 0.0, 0.0, 1.0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ELEMENTWISE)
def test_activations_are_quiet_and_flat_far_out(kind, dtype):
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("error")
        slopes = gradient_at(kind(), [-1e30, -1e12, -1e4, -300.0, 300.0, 1e4, 1e12, 1e30], dtype)
    expected = [0, 0, 0, 0, 1, 1, 1, 1] if kind in (ReLU, GELU) else [0] * 8
    np.testing.assert_allclose(slopes, expected, atol=1e-12)


def test_sigmoid_keeps_the_small_slopes_of_large_negative_numbers():
    np.testing.assert_allclose(gradient_at(Sigmoid(), [-50.0, -300.0]), np.exp([-50.0, -300.0]), rtol=1e-12)


@pytest.mark.parametrize("kind", [*ELEMENTWISE, Softmax])
def test_nan_in_an_activation_gives_nan_and_a_nan_gradient(kind):
    x = Tensor(np.array([np.nan, 1.0]), requires_grad=True)
    result = kind()(x)
    assert np.isnan(result.data[0])
    result.backward(np.array([1.0, 1.0]))
    if kind is not ReLU:  # whose slope for NaN is a matter of taste: PyTorch says NaN passes, a comparison says 0
        assert np.isnan(x.grad[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("function", [Softmax(), log_softmax], ids=["softmax", "log_softmax"])
def test_softmax_of_extreme_logits_is_quiet_and_finite(function, dtype):
    x = Tensor(np.array([[1e4, -1e4, 0.0], [3e38, -3e38, 0.0], [-1e4, -1e4, -1e4]], dtype), requires_grad=True)
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore", over="ignore"):
        warnings.simplefilter("error")
        result = function(x)
        result[:, 0].sum().backward()
    assert np.isfinite(result.data[[0, 2]]).all()
    assert np.isfinite(x.grad).all()
    np.testing.assert_allclose(x.grad.sum(axis=1), 0, atol=1e-6)


def test_a_row_of_minus_infinities_beside_a_number_gets_no_gradient():
    x = Tensor(np.array([[0.0, -np.inf, 1.0]]), requires_grad=True)
    result = Softmax()(x)
    result[0, 0].sum().backward()
    right = np.exp([0.0, 1.0]) / np.exp([0.0, 1.0]).sum()
    np.testing.assert_allclose(result.data[0, [0, 2]], right)
    np.testing.assert_allclose(x.grad, [[right[0] * right[1], 0.0, -right[0] * right[1]]])


# -- losses -----------------------------------------------------------------------------------------------------------

loss_shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=4)


@given(loss_shapes, seeds, layouts, layouts)
def test_gradients_of_the_mean_squared_error(shape, seed, layout, other):
    prediction, target = laid_out(numbers(shape, seed), layout), laid_out(numbers(shape, seed + 1), other)
    check_gradients(lambda pred: MSELoss()(pred, Tensor(target)), prediction, seed=seed)


@given(loss_shapes, seeds, layouts)
def test_gradients_of_the_binary_cross_entropy(shape, seed, layout):
    rng = np.random.default_rng(seed)
    prediction = laid_out(np.asarray(rng.uniform(0.05, 0.95, shape)), layout)
    for target in (np.asarray(rng.integers(0, 2, shape), np.float64), np.asarray(rng.uniform(0, 1, shape))):
        check_gradients(
            lambda pred, target=target: BinaryCrossEntropyLoss()(pred, Tensor(target)), prediction, seed=seed
        )


@given(st.integers(1, 5), st.integers(1, 5), seeds, layouts)
def test_gradients_of_the_cross_entropy(samples, classes, seed, layout):
    target = np.random.default_rng(seed).integers(0, classes, samples)
    logits = laid_out(3 * numbers((samples, classes), seed), layout)
    check_gradients(lambda logits: CrossEntropyLoss()(logits, Tensor(target)), logits, seed=seed)


@pytest.mark.parametrize("loss", [MSELoss, BinaryCrossEntropyLoss])
def test_a_target_that_requires_gradients_gets_them_or_an_error(loss):
    pred = np.array([0.3, 0.6])
    target = Tensor(np.array([0.2, 0.9]), requires_grad=True)
    try:
        loss()(Tensor(pred), target).backward()
    except (ValueError, TypeError):
        return
    assert target.grad is not None, "the target's gradient was lost in silence"
    target.grad = None
    check_gradients(lambda target: loss()(Tensor(pred), target), np.array([0.2, 0.9]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_of_extreme_logits_is_quiet_and_right(dtype):
    logits = Tensor(np.array([[1e4, 0.0, -1e4], [1e4, 0.0, -1e4], [0.0, 0.0, 0.0]], dtype), requires_grad=True)
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("error")
        loss = CrossEntropyLoss()(logits, Tensor(np.array([0, 2, 1])))
        loss.backward()
    np.testing.assert_allclose(loss.item(), (0 + 2e4 + np.log(3)) / 3, rtol=1e-6)
    expected = np.array([[0, 0, 0], [1, 0, -1], [1 / 3, -2 / 3, 1 / 3]]) / 3
    np.testing.assert_allclose(logits.grad, expected, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_binary_cross_entropy_of_certain_predictions_is_quiet_and_bounded(dtype):
    pred = Tensor(np.array([0.0, 1.0, 0.0, 1.0], dtype), requires_grad=True)
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("error")
        loss = BinaryCrossEntropyLoss()(pred, Tensor(np.array([0.0, 1.0, 1.0, 0.0], dtype)))
        loss.backward()
    np.testing.assert_allclose(loss.item(), 50.0)
    assert np.isfinite(pred.grad).all()
    np.testing.assert_allclose(pred.grad[:2], 0.0, atol=1.0)
    assert pred.grad[2] <= 0 <= pred.grad[3]


@pytest.mark.parametrize("loss", [MSELoss, BinaryCrossEntropyLoss])
def test_a_prediction_used_as_its_own_target_still_gets_a_gradient_of_its_own(loss):
    pred = Tensor(np.array([0.25, 0.75]), requires_grad=True)
    detached = Tensor(pred.data)
    loss()(pred, detached).backward()
    assert np.isfinite(pred.grad).all()


def test_fused_cross_entropy_agrees_with_the_one_made_of_operations():
    values, target = 5 * numbers((7, 4), 0), np.random.default_rng(1).integers(0, 4, 7)
    fused, composed = (Tensor(values.copy(), requires_grad=True) for _ in range(2))
    one = CrossEntropyLoss()(fused, Tensor(target))
    other = -log_softmax(composed)[np.arange(7), target].mean()
    one.backward()
    other.backward()
    np.testing.assert_allclose(one.data, other.data, rtol=1e-12)
    np.testing.assert_allclose(fused.grad, composed.grad, atol=1e-12)


def entropy_gradient(values, target):
    """The gradient of the mean cross-entropy, by its formula."""
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True) - np.eye(values.shape[1])[target]) / len(values)


def test_cross_entropy_gives_the_same_gradient_in_every_pass():
    values, target = 5 * numbers((7, 4), 0), np.random.default_rng(1).integers(0, 4, 7)
    logits = Tensor(values.copy(), requires_grad=True)
    loss = CrossEntropyLoss()(logits, Tensor(target))
    for times in (1, 2, 3):  # the first one uses what the loss left, the others compute it again
        loss.backward()
        np.testing.assert_allclose(logits.grad, times * entropy_gradient(values, target), atol=1e-12)
    np.testing.assert_array_equal(logits.data, values)


def test_one_cross_entropy_for_many_batches_mixes_nothing_up():
    loss_of, rng = CrossEntropyLoss(), np.random.default_rng(2)
    batches = [(5 * rng.normal(size=(3, 4)), rng.integers(0, 4, 3)) for _ in range(3)]
    logits = [Tensor(values.copy(), requires_grad=True) for values, _ in batches]
    losses = [loss_of(each, Tensor(target)) for each, (_, target) in zip(logits, batches)]
    with no_grad():
        loss_of(logits[1], Tensor(batches[1][1]))  # what this one leaves is for nobody
    losses.append(loss_of(Tensor(batches[0][0]) * Tensor(np.ones(4), requires_grad=True), Tensor(batches[0][1])))
    for loss in reversed(losses):
        loss.backward()
    for each, batch in zip(logits, batches):
        np.testing.assert_allclose(each.grad, entropy_gradient(*batch), atol=1e-12)


@pytest.mark.parametrize("left", ["nothing", "that of other logits"])
def test_cross_entropy_needs_nothing_left_by_the_loss(left):
    values, target = 5 * numbers((7, 4), 0), np.random.default_rng(1).integers(0, 4, 7)
    logits = Tensor(values, requires_grad=True)
    loss = CrossEntropyLoss()(logits, Tensor(target))
    loss._grad_fn.left = None if left == "nothing" else (Tensor(values), np.ones((7, 4)), np.ones((7, 1)))
    loss.backward()
    np.testing.assert_allclose(logits.grad, entropy_gradient(values, target), atol=1e-12)
    alone = CrossEntropyBackward(logits, Tensor(target)).apply(np.array(1.0))
    np.testing.assert_allclose(alone[0], entropy_gradient(values, target), atol=1e-12)


def test_what_cross_entropy_leaves_for_the_way_back_is_kept_by_the_graph_alone():
    loss_of, logits = CrossEntropyLoss(), Tensor(numbers((7, 4), 0), requires_grad=True)
    loss = loss_of(logits, Tensor(np.zeros(7, int)))
    assert not vars(loss_of)
    powers = weakref.ref(loss._grad_fn.left[1])
    loss.backward()
    logits.grad = None
    assert powers() is None
    loss_of(Tensor(numbers((7, 4), 0)), Tensor(np.zeros(7, int)))
    assert loss_of.left is None


# -- layers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(3,), (2, 3), (0, 3), (2, 4, 3), (2, 1, 2, 3)])
def test_gradients_of_a_linear_layer(shape, bias):
    layer = Linear(3, 2, bias=bias)

    def run(x, weight, *rest):
        layer.weight = weight
        if rest:
            layer.bias = rest[0]
        return layer(x)

    check_gradients(run, numbers(shape, 0), numbers((3, 2), 1), *([numbers((2,), 2)] if bias else []))


def test_gradients_of_dropout_go_where_the_mask_let_through():
    def run(x):
        manual_seed(3)
        return Dropout(0.5)(x)

    check_gradients(run, numbers((4, 5), 0))
    layer = Dropout(0.5)
    layer.eval()
    check_gradients(lambda x: layer(x) * 1.0, numbers((4, 5), 0))


def test_gradients_of_a_whole_network():
    network = Sequential(Linear(4, 5), GELU(), Linear(5, 3), Tanh(), Linear(3, 3))
    parameters = network.parameters()

    def run(x, *values):
        linears = [layer for layer in network if isinstance(layer, Linear)]
        for layer, weight, bias in zip(linears, values[::2], values[1::2]):
            layer.weight, layer.bias = weight, bias
        return CrossEntropyLoss()(network(x), Tensor(np.array([0, 2, 1, 1])))

    check_gradients(run, numbers((4, 4), 0), *(parameter.data.astype(np.float64) for parameter in parameters))
