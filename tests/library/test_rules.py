"""Every operation of Tensor: its gradient against central differences, over shapes, axes, keys and layouts of all kinds."""

import operator

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinytorch import Tensor

from .support import check_gradients, laid_out, layouts, numbers, seeds, shape_pairs, shapes, shapes_or_empty

# How each operator wants its operands: any numbers, or some that keep away from where it has no derivative.
BINARY = {
    operator.add: ("any", "any"),
    operator.sub: ("any", "any"),
    operator.mul: ("any", "any"),
    operator.truediv: ("any", "away"),
    operator.pow: ("positive", "any"),
}
UNARY = {operator.neg: "any", Tensor.exp: "any", Tensor.log: "positive", Tensor.sqrt: "positive"}


@pytest.mark.parametrize("operation", BINARY, ids=lambda operation: operation.__name__)
@given(pair=shape_pairs, seed=seeds, layout_a=layouts, layout_b=layouts)
@example(pair=((), ()), seed=0, layout_a="plain", layout_b="plain")
@example(pair=((), (3,)), seed=0, layout_a="plain", layout_b="plain")
@example(pair=((3,), ()), seed=0, layout_a="plain", layout_b="plain")
@example(pair=((2, 1, 3), (1,)), seed=0, layout_a="plain", layout_b="plain")
@example(pair=((1, 1), (3,)), seed=0, layout_a="plain", layout_b="plain")
@example(pair=((3, 1), (1, 3)), seed=0, layout_a="plain", layout_b="plain")
@example(pair=((0, 3), (1, 3)), seed=0, layout_a="plain", layout_b="plain")
@example(pair=((0,), ()), seed=0, layout_a="plain", layout_b="plain")
def test_gradients_of_the_binary_operators_undo_every_broadcast(operation, pair, seed, layout_a, layout_b):
    kind_a, kind_b = BINARY[operation]
    a = laid_out(numbers(pair[0], seed, kind_a), layout_a)
    b = laid_out(numbers(pair[1], seed + 1, kind_b), layout_b)
    check_gradients(operation, a, b, seed=seed)


@pytest.mark.parametrize("operation", BINARY, ids=lambda operation: operation.__name__)
@given(shape=shapes_or_empty, seed=seeds)
def test_gradients_with_the_same_tensor_on_both_sides(operation, shape, seed):
    kind = "positive" if operation in (operator.pow, operator.truediv) else "any"
    check_gradients(lambda x: operation(x, x), numbers(shape, seed, kind), seed=seed)


@pytest.mark.parametrize("operation", BINARY, ids=lambda operation: operation.__name__)
@pytest.mark.parametrize("constant", [2, 2.5, True, np.float64(1.5), np.float32(1.5), np.int64(3)], ids=repr)
@given(shape=shapes_or_empty, seed=seeds)
def test_gradients_with_a_number_on_either_side(operation, constant, shape, seed):
    x = numbers(shape, seed, "positive")
    check_gradients(lambda x: operation(x, constant), x, seed=seed)
    check_gradients(lambda x: operation(constant, x), x, seed=seed)


@pytest.mark.parametrize("operation", BINARY, ids=lambda operation: operation.__name__)
@given(pair=shape_pairs, seed=seeds)
def test_gradients_with_a_plain_array_on_either_side(operation, pair, seed):
    x, constant = numbers(pair[0], seed, "positive"), numbers(pair[1], seed + 1, "positive")
    check_gradients(lambda x: operation(x, constant), x, seed=seed)
    check_gradients(lambda x: operation(constant, x), x, seed=seed)
    check_gradients(lambda x: operation(x, Tensor(constant)), x, seed=seed)
    check_gradients(lambda x: operation(Tensor(constant), x), x, seed=seed)


def test_gradients_with_a_list_on_either_side():
    x = numbers((2, 3), 0, "positive")
    for operation in BINARY:
        check_gradients(lambda x, operation=operation: operation(x, [1.0, 2.0, 3.0]), x)
        check_gradients(lambda x, operation=operation: operation([1.0, 2.0, 3.0], x), x)


@pytest.mark.parametrize("exponent", [-2, -1, 0, 1, 2, 3, 0.5])
@given(shape=shapes_or_empty, seed=seeds)
def test_gradients_of_whole_powers_of_numbers_of_either_sign(exponent, shape, seed):
    kind = "positive" if exponent == 0.5 else "away"
    check_gradients(lambda x: x**exponent, numbers(shape, seed, kind), seed=seed)


@pytest.mark.parametrize("exponent", [1, 2, 3])
def test_gradient_of_a_power_at_zero(exponent):
    x = Tensor(np.zeros(2), requires_grad=True)
    (x**exponent).sum().backward()
    np.testing.assert_array_equal(x.grad, [1.0, 1.0] if exponent == 1 else [0.0, 0.0])


def test_the_zeroth_power_has_no_slope_anywhere():
    x = Tensor(np.array([-1.0, 0.0, 2.0]), requires_grad=True)
    (x**0).sum().backward()
    np.testing.assert_array_equal(x.grad, [0.0, 0.0, 0.0])


def test_the_square_of_a_negative_number_keeps_its_slope_when_the_exponent_is_a_tensor():
    x, n = Tensor(np.array([-3.0, 2.0]), requires_grad=True), Tensor(np.array([2.0, 2.0]))
    (x**n).sum().backward()
    np.testing.assert_allclose(x.grad, [-6.0, 4.0])


@pytest.mark.parametrize("operation", UNARY, ids=lambda operation: operation.__name__)
@given(shape=shapes_or_empty, seed=seeds, layout=layouts)
def test_gradients_of_the_functions_of_one_tensor(operation, shape, seed, layout):
    check_gradients(operation, laid_out(numbers(shape, seed, UNARY[operation]), layout), seed=seed)


# -- matrix products --------------------------------------------------------------------------------------------------

matmul_shapes = hnp.mutually_broadcastable_shapes(
    signature=np.matmul.signature, max_dims=2, min_side=0, max_side=3
).map(lambda shapes: shapes.input_shapes)


@given(pair=matmul_shapes, seed=seeds, layout_a=layouts, layout_b=layouts)
def test_gradients_of_matmul_for_every_pair_of_ranks(pair, seed, layout_a, layout_b):
    a, b = laid_out(numbers(pair[0], seed), layout_a), laid_out(numbers(pair[1], seed + 1), layout_b)
    check_gradients(Tensor.matmul, a, b, seed=seed)
    check_gradients(operator.matmul, a, b, seed=seed)


RANKS = [
    ((3,), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3,)),
    ((2, 3), (3, 4)),
    ((3,), (2, 3, 4)),
    ((2, 4, 3), (3,)),
    ((2, 4, 3), (3, 5)),
    ((4, 3), (2, 3, 5)),
    ((2, 4, 3), (2, 3, 5)),
    ((1, 4, 3), (2, 3, 5)),
    ((2, 4, 3), (1, 3, 5)),
    ((2, 1, 4, 3), (3, 3, 2)),
    ((3, 4, 3), (2, 1, 3, 2)),
    ((3,), (2, 2, 3, 2)),
    ((2, 2, 2, 3), (3,)),
    ((2, 2, 2, 3), (3, 2)),
    ((2, 3), (2, 2, 3, 2)),
    ((1, 1), (1, 1)),
    ((1,), (1,)),
    ((0, 3), (3, 2)),
    ((2, 0), (0, 3)),
    ((0,), (0,)),
    ((0, 2, 3), (3, 2)),
    ((2, 3), (0, 3, 2)),
    ((3,), (0, 3, 2)),
]


@pytest.mark.parametrize(("shape_a", "shape_b"), RANKS)
def test_gradients_of_matmul(shape_a, shape_b):
    check_gradients(Tensor.matmul, numbers(shape_a, 0), numbers(shape_b, 1))


@given(side=st.integers(0, 3), batch=hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=2), seed=seeds)
def test_gradients_of_a_matrix_times_itself(side, batch, seed):
    x = numbers((*batch, side, side), seed)
    check_gradients(lambda x: x @ x, x, seed=seed)
    check_gradients(lambda x: x.transpose() @ x, x, seed=seed)


@pytest.mark.parametrize("shape", [(3, 2), (2, 3, 2), (3,)])
def test_gradients_of_matmul_with_a_plain_array_on_either_side(shape):
    a, b = numbers((2, 3), 0), numbers(shape, 1)
    check_gradients(lambda x: x @ b, a)
    check_gradients(lambda x: a @ x, b)
    check_gradients(lambda x: x @ b.tolist(), a)
    check_gradients(lambda x: a.tolist() @ x, b)


# -- sums, means, maxima ----------------------------------------------------------------------------------------------


@st.composite
def reductions(draw, min_side=0):
    """A shape and the axis argument of a reduction: None, a number or a tuple, negative ones too."""
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=min_side, max_side=3))
    if not shape:
        return shape, draw(st.sampled_from([None, ()]))
    axes = hnp.valid_tuple_axes(len(shape), min_size=0)
    one = st.integers(-len(shape), len(shape) - 1)
    return shape, draw(st.one_of(st.none(), one, axes))


@given(reductions(), st.booleans(), seeds, layouts)
def test_gradients_of_sum(reduction, keepdims, seed, layout):
    shape, axis = reduction
    x = laid_out(numbers(shape, seed), layout)
    check_gradients(lambda x: x.sum(axis=axis, keepdims=keepdims), x, seed=seed)


@given(reductions(min_side=1), st.booleans(), seeds, layouts)
def test_gradients_of_mean(reduction, keepdims, seed, layout):
    shape, axis = reduction
    x = laid_out(numbers(shape, seed), layout)
    check_gradients(lambda x: x.mean(axis=axis, keepdims=keepdims), x, seed=seed)


@given(reductions(min_side=1), st.booleans(), seeds, layouts)
def test_gradients_of_max(reduction, keepdims, seed, layout):
    shape, axis = reduction
    x = laid_out(numbers(shape, seed, "distinct"), layout)
    check_gradients(lambda x: x.max(axis=axis, keepdims=keepdims), x, seed=seed)


@given(reductions(min_side=1), st.booleans(), seeds)
def test_tied_maxima_share_the_gradient_and_nothing_else_gets_any(reduction, keepdims, seed):
    shape, axis = reduction
    values = np.asarray(np.random.default_rng(seed).integers(0, 3, shape), dtype=np.float64)
    x = Tensor(values, requires_grad=True)
    result = x.max(axis=axis, keepdims=keepdims)
    gradient = numbers(result.shape, seed, "positive")
    result.backward(gradient)
    assert not x.grad[values != values.max(axis=axis, keepdims=True)].any()
    np.testing.assert_allclose(x.grad.sum(axis=axis, keepdims=keepdims), gradient)
    assert (x.grad >= 0).all()


# -- shapes -----------------------------------------------------------------------------------------------------------


@given(shapes_or_empty, seeds, layouts, st.randoms(use_true_random=False))
def test_gradients_of_reshape(shape, seed, layout, random):
    x = laid_out(numbers(shape, seed), layout)
    sizes = [size for size in shape if size != 1] + [1] * random.randint(0, 2)
    random.shuffle(sizes)
    check_gradients(lambda x: x.reshape(*sizes) if sizes else x.reshape(()), x, seed=seed)
    check_gradients(lambda x: x.reshape(tuple(sizes)), x, seed=seed)
    if x.size:
        check_gradients(lambda x: x.reshape(-1), x, seed=seed)
        check_gradients(lambda x: x.reshape(1, -1), x, seed=seed)


@given(shapes_or_empty, seeds, layouts, st.data())
def test_gradients_of_transpose_and_permute(shape, seed, layout, data):
    x = laid_out(numbers(shape, seed), layout)
    check_gradients(Tensor.transpose, x, seed=seed)
    check_gradients(lambda x: x.T, x, seed=seed)
    axes = data.draw(st.permutations(range(len(shape))))
    if axes:
        signed = tuple(axis - data.draw(st.sampled_from([0, len(shape)])) for axis in axes)
        check_gradients(lambda x: x.permute(*signed), x, seed=seed)
        check_gradients(lambda x: x.permute(signed), x, seed=seed)
        dim0, dim1 = signed[0], signed[-1]
        check_gradients(lambda x: x.transpose(dim0, dim1), x, seed=seed)


# -- indexing ---------------------------------------------------------------------------------------------------------


@given(shapes_or_empty, seeds, layouts, st.data())
def test_gradients_of_slices_numbers_ellipses_and_new_axes(shape, seed, layout, data):
    key = data.draw(hnp.basic_indices(shape, allow_newaxis=True, max_dims=6))
    check_gradients(lambda x: x[key], laid_out(numbers(shape, seed), layout), seed=seed)


@given(hnp.array_shapes(min_dims=1, max_dims=3, max_side=3), seeds, layouts, st.data())
def test_gradients_of_integer_arrays_as_keys_add_up_where_a_place_is_named_twice(shape, seed, layout, data):
    result = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
    key = data.draw(hnp.integer_array_indices(shape, result_shape=result))  # negative ones too
    x = laid_out(numbers(shape, seed), layout)
    check_gradients(lambda x: x[key], x, seed=seed)
    first = key[0]
    check_gradients(lambda x: x[first], x, seed=seed)
    check_gradients(lambda x: x[first.tolist()] if first.ndim == 1 and first.size else x[first], x, seed=seed)
    check_gradients(lambda x: x[Tensor(first)], x, seed=seed)


@given(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4), seeds, layouts, st.data())
def test_gradients_of_boolean_keys(shape, seed, layout, data):
    x = laid_out(numbers(shape, seed), layout)
    mask = data.draw(hnp.arrays(bool, shape))
    rows = data.draw(hnp.arrays(bool, shape[:1]))
    check_gradients(lambda x: x[mask], x, seed=seed)
    check_gradients(lambda x: x[rows], x, seed=seed)
    check_gradients(lambda x: x[Tensor(mask)], x, seed=seed)


MIXED_KEYS = [
    (slice(None), [0, 0, 2]),
    ([1, 1], slice(0, 2)),
    (..., [0, 2, 2, 2]),
    (np.array([[0], [1]]), slice(None), np.array([0, 2])),
    (0, [1, 1, 0]),
    (slice(None, None, -1), 1, [0, 0]),
    (None, [1, 0, 1]),
    (np.array([True, False]), slice(None), [0, 0]),
    (np.int64(1), -1),
    np.array(1),
    True,
    False,
    (slice(None), np.zeros((2, 0), int)),
]


@pytest.mark.parametrize("key", MIXED_KEYS, ids=repr)
def test_gradients_of_mixed_keys(key):
    check_gradients(lambda x: x[key], numbers((2, 3, 3), 0))


def test_one_row_taken_ten_thousand_times_gets_ten_thousand_gradients():
    x = Tensor(np.ones((3, 4), np.float32), requires_grad=True)
    x[np.full(10_000, 1)].sum().backward()
    np.testing.assert_array_equal(x.grad, np.repeat([[0.0], [10_000.0], [0.0]], 4, axis=1))


def test_iterating_over_a_tensor_is_tracked():
    check_gradients(lambda x: sum(row * (number + 1.0) for number, row in enumerate(x)), numbers((3, 2), 0))


# -- special numbers --------------------------------------------------------------------------------------------------


@given(shapes, seeds)
def test_nan_passes_through_and_does_not_spread_backwards(shape, seed):
    assume(shape)
    values = numbers(shape, seed)
    place = tuple(0 for _ in shape)
    values[place] = np.nan
    x = Tensor(values, requires_grad=True)
    result = (x * x).sum()
    assert np.isnan(result.item())
    result.backward()
    assert np.isnan(x.grad[place])
    assert np.isnan(x.grad).sum() == 1


def test_a_maximum_with_nan_is_nan_and_hands_its_gradient_to_the_nan():
    x = Tensor(np.array([1.0, np.nan, 3.0]), requires_grad=True)
    result = x.max()
    assert np.isnan(result.item())
    result.backward()
    assert not np.array_equal(x.grad, [0.0, 0.0, 0.0]), "the gradient of a NaN maximum was lost"
