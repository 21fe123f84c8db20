"""Module 01: what a tensor is made from, how it computes, what it refuses."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinytorch import Tensor
from tinytorch.core.tensor import as_array

from .support import laid_out, layouts, numbers, seeds, shape_pairs, shapes_or_empty

BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


# -- making -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "shape"),
    [
        (3, ()),
        (2.5, ()),
        (True, ()),
        ([1, 2], (2,)),
        ((1.0, 2), (2,)),
        ([[1, 2], [3, 4]], (2, 2)),
        ([], (0,)),
        ([[]], (1, 0)),
    ],
)
def test_python_numbers_and_lists_become_float32(data, shape):
    for array in (as_array(data), Tensor(data).data):
        assert type(array) is np.ndarray
        assert array.dtype == np.float32
        assert array.shape == shape
        np.testing.assert_array_equal(array, data)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64, np.int8, np.uint8, np.bool_])
def test_what_numpy_made_keeps_its_dtype(dtype):
    assert Tensor(np.array([1, 0], dtype)).dtype == dtype
    scalar = Tensor(np.array([1], dtype)[0])
    assert scalar.dtype == dtype
    assert scalar.shape == ()
    assert type(scalar.data) is np.ndarray


def test_an_array_is_kept_as_it_is():
    array = np.array([1.0, 2.0])
    assert Tensor(array).data is array
    assert Tensor(array).numpy() is array
    assert Tensor(Tensor(array)).data is array


@pytest.mark.parametrize("data", [[[1, 2], [3]], [1, [2, 3]], [[1.0], [2.0, 3.0]]])
def test_ragged_lists_are_refused(data):
    with pytest.raises(ValueError, match="length"):
        Tensor(data)


@pytest.mark.parametrize(
    "data", ["1.0", ["a", "b"], None, [None], {}, {1: 2}, object(), 1j, [1j], np.array(["a"]), b"1"]
)
def test_what_is_not_made_of_real_numbers_is_refused(data):
    with pytest.raises(TypeError):
        Tensor(data)


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8, np.bool_])
def test_only_floating_point_tensors_can_require_gradients(dtype):
    with pytest.raises(TypeError, match=np.dtype(dtype).name):
        Tensor(np.array([1], dtype), requires_grad=True)


def test_a_new_tensor_has_no_gradient_and_no_history():
    for requires_grad in (False, True):
        x = Tensor([1.0], requires_grad=requires_grad)
        assert x.requires_grad is requires_grad
        assert x.grad is None
        assert x._grad_fn is None


def test_a_tensor_takes_no_other_attributes():
    with pytest.raises(AttributeError):
        Tensor([1.0]).gard = 1


# -- looking at it ----------------------------------------------------------------------------------------------------


def test_shape_ndim_size_dtype_and_length():
    x = Tensor(np.zeros((2, 3, 4)))
    assert (x.shape, x.ndim, x.size, x.dtype, len(x)) == ((2, 3, 4), 3, 24, np.float64, 2)
    with pytest.raises(TypeError):
        len(Tensor(1.0))


def test_item_gives_a_python_number():
    for data, kind in ((2.5, float), (np.array([[3]]), int), (np.array(True), bool)):
        value = Tensor(data).item()
        assert type(value) is kind
        assert value == data
    with pytest.raises(ValueError):
        Tensor([1.0, 2.0]).item()


def test_the_repr_shows_what_matters():
    assert repr(Tensor([1.0, 2.5])) == "Tensor([1. , 2.5])"
    assert "requires_grad=True" in repr(Tensor([1.0], requires_grad=True))
    assert "float64" in repr(Tensor(np.ones(1)))
    assert "int64" in repr(Tensor(np.ones(1, np.int64)))
    assert len(repr(Tensor(np.zeros(100_000)))) < 300


# -- computing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", BINARY, ids=lambda operation: operation.__name__)
@given(pair=shape_pairs, seed=seeds, layout_a=layouts, layout_b=layouts)
def test_operators_compute_what_numpy_computes(operation, pair, seed, layout_a, layout_b):
    a = laid_out(numbers(pair[0], seed, "positive"), layout_a)
    b = laid_out(numbers(pair[1], seed + 1, "positive"), layout_b)
    expected = operation(a, b)
    for left, right in ((Tensor(a), Tensor(b)), (Tensor(a), b), (a, Tensor(b))):
        result = operation(left, right)
        assert isinstance(result, Tensor)
        assert type(result.data) is np.ndarray
        np.testing.assert_array_equal(result.data, expected)


@pytest.mark.parametrize("operation", BINARY, ids=lambda operation: operation.__name__)
@pytest.mark.parametrize(
    "number", [2, 2.0, True, np.float64(2), np.float32(2), np.int64(2)], ids=lambda n: type(n).__name__
)
def test_numbers_stand_on_either_side(operation, number):
    x = Tensor([1.0, 2.0, 4.0])
    for result, expected in (
        (operation(x, number), operation(x.data, float(number))),
        (operation(number, x), operation(float(number), x.data)),
    ):
        assert isinstance(result, Tensor)
        assert result.dtype == np.float32
        np.testing.assert_allclose(result.data, expected, rtol=1e-6)


@pytest.mark.parametrize("operation", [*BINARY, operator.matmul], ids=lambda operation: operation.__name__)
@pytest.mark.parametrize("other", ["2", None, {}, object(), {1}], ids=lambda other: type(other).__name__)
def test_what_is_no_number_is_refused_on_either_side(operation, other):
    x = Tensor([1.0, 2.0])
    with pytest.raises(TypeError):
        operation(x, other)
    with pytest.raises(TypeError):
        operation(other, x)


def test_an_unknown_operand_may_answer_itself():
    class Polite:
        def __radd__(self, other):
            return "my turn"

        __rmatmul__ = __radd__

    assert Tensor([1.0]) + Polite() == "my turn"
    assert Tensor([1.0]) @ Polite() == "my turn"


def test_in_place_operators_make_a_new_tensor_and_leave_the_array_alone():
    x = Tensor([1.0, 2.0])
    before = x
    x += 1
    np.testing.assert_array_equal(x.data, [2.0, 3.0])
    np.testing.assert_array_equal(before.data, [1.0, 2.0])


@given(
    hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=2, min_side=0, max_side=3), seeds, layouts
)
def test_matmul_computes_what_numpy_computes(pair, seed, layout):
    first, second = pair.input_shapes
    a, b = laid_out(numbers(first, seed), layout), numbers(second, seed + 1)
    expected = a @ b
    for result in (Tensor(a) @ Tensor(b), Tensor(a).matmul(Tensor(b)), Tensor(a) @ b, a @ Tensor(b)):
        assert type(result.data) is np.ndarray
        np.testing.assert_allclose(result.data, expected, rtol=1e-12, atol=1e-14)  # sums may run in another order
        assert result.shape == np.shape(expected)


def test_a_batch_times_one_matrix_is_the_product_of_each():
    for shape in ((2, 4, 3), (2, 1, 4, 3), (1, 1, 3), (0, 4, 3), (2, 0, 3), (2, 4, 0)):
        for width in (5, 1, 0):
            a, b = numbers(shape, 0).astype(np.float32), numbers((shape[-1], width), 1).astype(np.float32)
            for layout in (a, np.asfortranarray(a), np.repeat(a, 2, axis=1)[:, ::2]):
                result = Tensor(layout) @ Tensor(b)
                assert result.dtype == np.float32
                np.testing.assert_allclose(result.data, a @ b, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("a", "b"), [((2, 3), (2, 3)), ((3,), (2,)), ((2, 3), (4,)), ((2, 2, 3), (3, 3, 2))])
def test_a_matmul_that_does_not_fit_names_both_shapes(a, b):
    with pytest.raises(ValueError) as caught:
        Tensor(np.ones(a)).matmul(Tensor(np.ones(b)))
    assert str(a) in str(caught.value)
    assert str(b) in str(caught.value)


def test_a_matmul_with_a_number_is_refused():
    for call in (lambda: Tensor([1.0]) @ 2.0, lambda: Tensor([1.0]) @ Tensor(2.0), lambda: Tensor(2.0) @ Tensor([1.0])):
        with pytest.raises((ValueError, TypeError)):
            call()


def test_shapes_that_do_not_broadcast_are_named():
    with pytest.raises(ValueError) as caught:
        Tensor(np.ones((2, 3))) + Tensor(np.ones(4))
    assert "(2,3)" in str(caught.value).replace(" ", "")


@given(shapes_or_empty, seeds, layouts, st.data())
def test_sum_mean_and_max_compute_what_numpy_computes(shape, seed, layout, data):
    array = laid_out(numbers(shape, seed), layout)
    axis = data.draw(st.one_of(st.none(), hnp.valid_tuple_axes(len(shape)))) if shape else None
    keepdims = data.draw(st.booleans())
    x = Tensor(array)
    np.testing.assert_array_equal(x.sum(axis=axis, keepdims=keepdims).data, array.sum(axis=axis, keepdims=keepdims))
    assert type(x.sum(axis=axis, keepdims=keepdims).data) is np.ndarray
    if array.size:
        mean, highest = x.mean(axis=axis, keepdims=keepdims), x.max(axis=axis, keepdims=keepdims)
        np.testing.assert_allclose(mean.data, array.mean(axis=axis, keepdims=keepdims), atol=1e-12)
        np.testing.assert_array_equal(highest.data, array.max(axis=axis, keepdims=keepdims))


def test_axis_and_keepdims_may_be_given_in_order():
    x = Tensor(numbers((2, 3), 0))
    for name in ("sum", "mean", "max"):
        assert getattr(x, name)(0).shape == (3,)
        assert getattr(x, name)(1, True).shape == (2, 1)
        assert getattr(x, name)((0, 1)).shape == ()


def test_a_wrong_axis_is_named():
    for name in ("sum", "mean", "max"):
        with pytest.raises(IndexError, match="3"):  # NumPy's AxisError
            getattr(Tensor(np.ones((2, 2))), name)(axis=3)


def test_the_maximum_of_nothing_is_refused():
    with pytest.raises(ValueError):
        Tensor(np.ones((0,))).max()


@given(shapes_or_empty, seeds)
def test_functions_of_one_tensor_compute_what_numpy_computes(shape, seed):
    array = numbers(shape, seed, "positive")
    x = Tensor(array)
    pairs = [(x.exp(), np.exp(array)), (x.log(), np.log(array)), (x.sqrt(), np.sqrt(array)), (-x, -array)]
    for result, expected in pairs:
        assert type(result.data) is np.ndarray
        np.testing.assert_array_equal(result.data, expected)


# -- shapes -----------------------------------------------------------------------------------------------------------


def test_reshape_takes_numbers_or_a_tuple_and_one_minus_one():
    x = Tensor(np.arange(6.0))
    for result in (x.reshape(2, 3), x.reshape((2, 3)), x.reshape(2, -1), x.reshape((-1, 3)), x.reshape([2, 3])):
        np.testing.assert_array_equal(result.data, [[0, 1, 2], [3, 4, 5]])
    assert x.shape == (6,)
    with pytest.raises(ValueError):
        x.reshape(4)


def test_transpose_swaps_the_last_two_axes_or_those_it_is_given():
    x = Tensor(np.zeros((2, 3, 4)))
    assert x.transpose().shape == (2, 4, 3)
    assert x.T.shape == (2, 4, 3)
    assert x.transpose(0, 1).shape == (3, 2, 4)
    assert x.transpose(0, -1).shape == (4, 3, 2)
    assert x.transpose(dim0=1, dim1=2).shape == (2, 4, 3)
    for few in (Tensor(1.0), Tensor([1.0, 2.0])):
        assert few.transpose().shape == few.shape
        assert few.T.shape == few.shape
    with pytest.raises(IndexError):
        x.transpose(0, 3)


def test_permute_reorders_all_axes():
    x = Tensor(np.zeros((2, 3, 4)))
    assert x.permute(2, 0, 1).shape == (4, 2, 3)
    assert x.permute((2, 0, 1)).shape == (4, 2, 3)
    assert x.permute(-1, 0, 1).shape == (4, 2, 3)
    for wrong in ((0, 1), (0, 0, 1)):
        with pytest.raises(ValueError):
            x.permute(*wrong)


def test_reshape_transpose_and_slices_are_views():
    x = Tensor(np.zeros((2, 3)))
    for view in (x.reshape(6), x.transpose(), x.T, x.permute(1, 0), x[0], x[:, 1:]):
        assert np.shares_memory(view.data, x.data)


@given(hnp.array_shapes(min_dims=1, max_dims=3), st.data())
def test_indexing_selects_what_numpy_selects(shape, data):
    array = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    key = data.draw(st.one_of(hnp.basic_indices(shape, allow_newaxis=True), hnp.integer_array_indices(shape)))
    result = Tensor(array)[key]
    assert type(result.data) is np.ndarray
    np.testing.assert_array_equal(result.data, array[key])


def test_a_tensor_may_be_the_key():
    x = Tensor(np.arange(4.0))
    np.testing.assert_array_equal(x[Tensor(np.array([3, 0]))].data, [3, 0])
    np.testing.assert_array_equal(x[Tensor(np.array([True, False, False, True]))].data, [0, 3])


def test_rows_by_number_are_what_numpy_selects_in_every_layout_and_dtype_of_numbers():
    table = np.arange(12, dtype=np.float32).reshape(4, 3)
    for array in (table, np.asfortranarray(table), table.T, table[::2], table[:, :0], table[0], table.reshape(2, 2, 3)):
        for kind in (np.int8, np.int64, np.uint8, np.uint64):
            for numbers_of_rows in ([1, 0, 1], [[0], [1]], [], 1):
                key = np.array(numbers_of_rows, kind)
                result = Tensor(array)[key]
                np.testing.assert_array_equal(result.data, array[key])
                assert result.dtype == array.dtype
    np.testing.assert_array_equal(Tensor(table)[np.array([-1, -4])].data, table[[3, 0]])
    assert not np.shares_memory(Tensor(table)[np.array([1])].data, table)
    assert np.shares_memory(Tensor(table)[np.array(1)].data, table) == np.shares_memory(table[np.array(1)], table)


def test_a_place_that_is_not_there_is_refused():
    with pytest.raises(IndexError):
        Tensor([1.0, 2.0])[2]
    for number in (4, -5):
        with pytest.raises(IndexError, match=f"{number} is out of bounds for axis 0 with size 4"):
            Tensor(np.zeros((4, 3)))[np.array([0, number])]
    with pytest.raises(IndexError):
        Tensor(1.0)[np.array([0])]


def test_iteration_gives_the_rows_and_ends():
    rows = list(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    assert [row.shape for row in rows] == [(2,), (2,)]


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_sum_and_mean_stay_in_the_dtype(dtype):
    x = Tensor(np.ones((3, 3), dtype))
    assert x.sum().dtype == dtype
    assert x.mean(axis=0).dtype == dtype
