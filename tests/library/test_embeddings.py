"""Tables of symbols and rows of positions: values, gradients, errors, and what waves promise."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinytorch import (
    SGD,
    Adam,
    CrossEntropyLoss,
    Embedding,
    Linear,
    PositionalEncoding,
    ReLU,
    Tensor,
    enable_autograd,
    manual_seed,
    no_grad,
)
from tinytorch.core.embeddings import check_ids, sinusoidal_positions, wave_frequencies

from .support import central_differences, check_gradients, numbers, seeds

enable_autograd(quiet=True)

id_shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)


def with_table(array):
    """An Embedding whose table is known, in the array's dtype."""
    layer = Embedding(*np.shape(array))
    layer.weight = Tensor(np.array(array), requires_grad=True)
    return layer


# -- ids --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ids", [[2, 0], (2, 0), np.array([2, 0]), np.array([2, 0], np.uint8), Tensor(np.array([2, 0]))]
)
def test_ids_come_in_any_wrapping(ids):
    layer = with_table([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    np.testing.assert_array_equal(layer(ids).data, [[5, 6], [1, 2]])


@pytest.mark.parametrize("bad", [3, -1, [0, 3], np.array([[-2]]), Tensor(np.array([7])), np.array([255], np.uint8)])
def test_an_id_that_is_no_row_is_named_with_the_number_of_rows(bad):
    layer = with_table(np.zeros((3, 5)))
    values = np.ravel(bad.data if isinstance(bad, Tensor) else bad)
    worst = next(int(v) for v in values if not 0 <= v < 3)
    with pytest.raises(IndexError, match=rf"(?<!\d){worst}\b.*\b3\b"):
        layer(bad)


@pytest.mark.parametrize("bad", [[0.0], np.array([True, False, True]), Tensor([1.0, 2.0]), 1.5, ["0"]])
def test_ids_that_are_not_integers_are_refused_by_dtype(bad):
    with pytest.raises(TypeError, match=r"float|bool|U"):
        Embedding(3, 2)(bad)


def test_no_ids_give_no_rows():
    assert Embedding(3, 2)(np.zeros((4, 0), int)).shape == (4, 0, 2)


def test_check_ids_returns_integers_and_leaves_the_callers_alone():
    given_ids = np.array([[1, 0], [2, 2]], np.int16)
    ids = check_ids(given_ids, 3)
    assert ids.dtype.kind == "i"
    np.testing.assert_array_equal(ids, given_ids)


# -- the table --------------------------------------------------------------------------------------------------------


def test_the_table_is_float32_normal_and_repeats_with_the_seed():
    manual_seed(3)
    first = Embedding(500, 40)
    manual_seed(3)
    again = Embedding(500, 40)
    other = Embedding(500, 40)
    assert first.weight.dtype == np.float32
    assert first.weight.requires_grad
    assert [p is first.weight for p in first.parameters()] == [True]
    np.testing.assert_array_equal(first.weight.data, again.weight.data)
    assert not np.array_equal(again.weight.data, other.weight.data)
    ordered = np.sort(first.weight.data.reshape(-1))
    expected = [0.5 * (1 + math.erf(x / math.sqrt(2))) for x in ordered[::500]]
    np.testing.assert_allclose(expected, np.linspace(0, 1, 20_000)[::500], atol=0.02)


@pytest.mark.parametrize("sizes", [(0, 3), (3, 0), (-1, 2)])
def test_an_empty_table_is_refused(sizes):
    with pytest.raises(ValueError, match=f"{sizes[0]} and {sizes[1]}"):
        Embedding(*sizes)


def test_layers_say_their_sizes():
    assert repr(Embedding(7, 3)) == "Embedding(7, 3)"
    assert repr(PositionalEncoding(4, 9)) == "PositionalEncoding(4, 9)"
    assert repr(PositionalEncoding(4, learned=True)) == "PositionalEncoding(4, 512, learned=True)"


@given(id_shapes, st.integers(1, 4), st.sampled_from([np.float32, np.float64]), seeds)
@settings(max_examples=60, deadline=None)
def test_rows_are_the_product_with_one_hot_rows(shape, width, dtype, seed):
    rng = np.random.default_rng(seed)
    table, ids = rng.standard_normal((5, width)).astype(dtype), rng.integers(5, size=shape)
    rows = with_table(table)(ids)
    assert rows.shape == (*shape, width)
    assert rows.dtype == dtype
    np.testing.assert_array_equal(rows.data, np.eye(5, dtype=dtype)[ids] @ table)


@given(id_shapes, seeds)
@settings(max_examples=40, deadline=None)
def test_the_gradient_of_the_table_equals_central_differences_with_repeated_ids(shape, seed):
    rng = np.random.default_rng(seed)
    table, ids = rng.standard_normal((4, 2)), rng.integers(3, size=shape)  # row 3 is never used
    layer = with_table(table)
    rows = layer(ids)
    gradient = np.asarray(rng.standard_normal(rows.shape))
    (rows * rows).backward(gradient)
    (expected,) = central_differences(lambda array: array[ids] ** 2, [table], gradient)
    assert layer.weight.grad.dtype == np.float64
    np.testing.assert_allclose(layer.weight.grad, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(layer.weight.grad[3], 0)


def test_a_row_gets_the_sum_over_all_its_places():
    layer = with_table(np.zeros((3, 1), np.float32))
    (layer([[1, 1], [0, 1]]) * np.float32([[[1], [10]], [[100], [1000]]])).sum().backward()
    np.testing.assert_array_equal(layer.weight.grad, [[100], [1011], [0]])
    assert layer.weight.grad.dtype == np.float32


def test_two_lookups_in_one_table_add_up():
    layer = with_table(np.ones((3, 2)))
    (layer([0, 1]).sum() + layer([1, 2]).sum() * 3.0).backward()
    np.testing.assert_array_equal(layer.weight.grad, [[1, 1], [4, 4], [3, 3]])


def test_a_table_that_is_also_the_last_layer_gets_both_gradients():
    table = numbers((4, 3), 1)
    ids = np.array([0, 2, 2])

    def loss(weight):
        return weight[ids] @ weight.T

    check_gradients(loss, table)
    layer = with_table(table)
    (layer(ids) @ layer.weight.T).backward(np.ones((3, 4)))
    (expected,) = central_differences(lambda array: array[ids] @ array.T, [table], np.ones((3, 4)))
    np.testing.assert_allclose(layer.weight.grad, expected, rtol=1e-5, atol=1e-6)


def test_unused_rows_stay_under_plain_descent():
    layer = with_table(numbers((4, 2), 0))
    before = layer.weight.data.copy()
    optimizer = SGD(layer.parameters(), 0.5)
    layer([1, 1, 3]).sum().backward()
    optimizer.step()
    np.testing.assert_array_equal(layer.weight.data[[0, 2]], before[[0, 2]])
    np.testing.assert_allclose(layer.weight.data[[1, 3]], before[[1, 3]] - [[1.0], [0.5]])


def test_no_grad_looks_up_without_a_trace():
    with no_grad():
        assert not Embedding(3, 2)([0, 1]).requires_grad


# -- waves ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("embed_dim", [1, 2, 3, 8, 65, 512])
def test_waves_equal_an_independent_calculation(embed_dim):
    rows = sinusoidal_positions(40, embed_dim)
    assert rows.shape == (40, embed_dim)
    assert rows.dtype == np.float32
    for place in (0, 1, 7, 39):
        for column in range(embed_dim):
            angle = place / math.pow(10000, 2 * (column // 2) / embed_dim)
            right = math.cos(angle) if column % 2 else math.sin(angle)
            assert rows[place, column] == pytest.approx(right, abs=1e-6)


def test_waves_are_exact_at_far_places():
    rows = sinusoidal_positions(20_000, 6)
    for place in (9_999, 19_999):
        angles = [place / 10000 ** (2 * i / 6) for i in range(3)]
        right = [f(angle) for angle in angles for f in (math.sin, math.cos)]
        np.testing.assert_allclose(rows[place], right, atol=1e-6)


def test_frequencies_fall_from_one_by_a_constant_factor():
    frequencies = wave_frequencies(64)
    assert frequencies[0] == 1
    np.testing.assert_allclose(frequencies[1:] / frequencies[:-1], 10000 ** (-2 / 64))
    assert len(wave_frequencies(7)) == 4


@given(st.integers(1, 8), st.integers(0, 300), st.integers(-100, 100), seeds)
@settings(max_examples=60, deadline=None)
def test_a_shift_is_a_rotation_that_does_not_know_the_place(pairs, place, shift, seed):
    rows = sinusoidal_positions(401, 2 * pairs).astype(np.float64)
    shift = max(shift, -place)
    rotation = np.zeros((2 * pairs, 2 * pairs))
    for i, angle in enumerate(shift * wave_frequencies(2 * pairs)):
        cosine, sine = math.cos(angle), math.sin(angle)
        rotation[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = [[cosine, sine], [-sine, cosine]]
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(2 * pairs), atol=1e-12)
    np.testing.assert_allclose(rotation @ rows[place], rows[place + shift], atol=1e-6)


def test_products_of_rows_depend_on_the_distance_only():
    products = sinusoidal_positions(60, 16) @ sinusoidal_positions(60, 16).T
    for distance in range(60):
        diagonal = np.diagonal(products, distance)
        np.testing.assert_allclose(diagonal, diagonal[0], atol=1e-5)
    assert (np.argmax(products, axis=1) == np.arange(60)).all()


def test_no_two_places_have_the_same_row():
    rows = sinusoidal_positions(512, 32)
    apart = ((rows[:, None] - rows) ** 2).sum(axis=-1) + 10 * np.eye(512)
    assert apart.min() > 0.1


# -- the layer of positions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4), (2, 5, 3, 4), (2, 6, 4), (1, 0, 4)])
@pytest.mark.parametrize("learned", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_place_gets_its_row(shape, learned, dtype):
    layer = PositionalEncoding(4, 6, learned)
    rows = layer.weight.data if learned else layer.positions
    x = numbers(shape, 0).astype(dtype)
    result = layer(Tensor(x))
    assert result.shape == shape
    assert result.dtype == dtype
    for place in range(shape[-2]):
        np.testing.assert_allclose(result.data[..., place, :], x[..., place, :] + rows[place], rtol=1e-6, atol=1e-6)


def test_waves_are_the_default_and_no_parameter():
    layer = PositionalEncoding(6)
    assert layer.parameters() == []
    np.testing.assert_array_equal(layer.positions, sinusoidal_positions(512, 6))


def test_learned_positions_are_a_small_parameter_that_repeats_with_the_seed():
    manual_seed(1)
    layer = PositionalEncoding(50, 200, learned=True)
    manual_seed(1)
    np.testing.assert_array_equal(layer.weight.data, PositionalEncoding(50, 200, learned=True).weight.data)
    assert layer.weight.shape == (200, 50)
    assert layer.weight.dtype == np.float32
    assert [p is layer.weight for p in layer.parameters()] == [True]
    assert layer.weight.data.std() == pytest.approx(0.02, rel=0.05)


def test_the_gradient_of_learned_positions_equals_central_differences():
    rows, x = numbers((5, 3), 1), numbers((2, 4, 3), 2)

    def encode(rows, x):
        layer = PositionalEncoding(3, 5, learned=True)
        layer.weight = rows
        result = layer(x)
        return result * result

    grads = check_gradients(encode, rows, x)
    np.testing.assert_array_equal(grads[0][4], 0)  # no text was that long


@pytest.mark.parametrize("shape", [(7, 4), (2, 7, 4), (3, 5), (3, 1), (4,)])
@pytest.mark.parametrize("learned", [False, True])
def test_what_does_not_fit_is_refused_with_both_shapes(shape, learned):
    layer = PositionalEncoding(4, 6, learned)
    with pytest.raises(ValueError) as caught:
        layer(Tensor(np.zeros(shape, np.float32)))
    assert str(shape) in str(caught.value)
    assert "(6, 4)" in str(caught.value)


@pytest.mark.parametrize("sizes", [(0, 5), (5, 0)])
def test_positions_of_no_size_are_refused(sizes):
    with pytest.raises(ValueError, match=f"{sizes[0]} and {sizes[1]}"):
        PositionalEncoding(*sizes)


# -- what it is for ---------------------------------------------------------------------------------------------------


def third_symbol(positions):
    """The share of right answers to which of six symbols stands third, of a model that ends in a mean."""
    manual_seed(0)
    rng, relu, loss_of = np.random.default_rng(0), ReLU(), CrossEntropyLoss()
    layers = [Embedding(6, 32), Linear(32, 64), Linear(64, 6)]
    table, hidden, scores = layers
    optimizer = Adam([p for layer in [*layers, *([positions] if positions else [])] for p in layer.parameters()], 0.01)

    def answer(ids):
        x = table(ids)
        return scores(relu(hidden(positions(x) if positions else x)).mean(axis=1))

    for _ in range(300):
        ids = rng.permuted(np.tile(np.arange(6), (64, 1)), axis=1)
        optimizer.zero_grad()
        loss_of(answer(ids), Tensor(ids[:, 2])).backward(retain_graph=False)
        optimizer.step()
    ids = rng.permuted(np.tile(np.arange(6), (600, 1)), axis=1)
    with no_grad():
        return float((answer(ids).data.argmax(axis=1) == ids[:, 2]).mean())


@pytest.mark.parametrize("learned", [False, True])
def test_with_positions_a_model_learns_which_symbol_stands_third(learned):
    manual_seed(4)
    assert third_symbol(PositionalEncoding(32, 6, learned)) > 0.98


def test_without_positions_it_stays_at_chance():
    assert third_symbol(None) < 0.25


def test_the_mean_of_rows_does_not_know_their_order():
    manual_seed(0)
    table = Embedding(9, 16)
    ids = np.random.default_rng(0).permuted(np.tile(np.arange(9), (20, 1)), axis=1)
    bags = table(ids).data.astype(np.float64).mean(axis=1)
    np.testing.assert_allclose(bags, np.broadcast_to(bags[0], bags.shape), atol=1e-12)
