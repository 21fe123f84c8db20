"""`backward`: what it accepts, what it accumulates, what it leaves alone, and what it says when something is wrong."""

import numpy as np
import pytest

import tinytorch.core.autograd as engine
from tinytorch import CrossEntropyLoss, Function, Linear, ReLU, Tensor, no_grad
from tinytorch.core.autograd import MulBackward

from .support import numbers
from .test_dtypes import FUNCTIONS, tensor


def leaf(*values, dtype=np.float32):
    return Tensor(np.array(values, dtype), requires_grad=True)


# -- the page's examples ----------------------------------------------------------------------------------------------


def test_the_first_example_of_the_page():
    x = Tensor([2.0], requires_grad=True)
    y = x * 3 + 1
    y.backward()
    np.testing.assert_array_equal(y.data, [7.0])
    np.testing.assert_array_equal(x.grad, [3.0])


def test_the_comparison_with_pytorch_on_the_page():
    x = Tensor([[1.0, 2.0]], requires_grad=True)
    w = Tensor([[3.0], [4.0]], requires_grad=True)
    y = x.matmul(w)
    (y * y).sum().backward()
    np.testing.assert_array_equal(x.grad, [[66.0, 88.0]])
    np.testing.assert_array_equal(w.grad, [[22.0], [44.0]])


def test_a_result_refers_to_the_function_that_made_it():
    x, y = leaf(1.0), leaf(2.0)
    assert x._grad_fn is None
    product = x * y
    assert isinstance(product._grad_fn, MulBackward)
    assert isinstance(product._grad_fn, Function)
    assert type((x + y)._grad_fn).__name__ == "AddBackward"


# -- the gradient that backward starts from ---------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_a_result_with_one_element_needs_no_gradient(shape):
    x = Tensor(np.full(shape, 3.0), requires_grad=True)
    (x * x).backward()
    np.testing.assert_array_equal(x.grad, np.full(shape, 6.0))
    assert type(x.grad) is np.ndarray


def test_a_result_with_more_elements_needs_one_and_says_so():
    x = leaf(1.0, 2.0)
    with pytest.raises(ValueError, match=r"(?is)gradient.*\(2,\)|\(2,\).*gradient"):
        (x * 2).backward()
    assert x.grad is None


def test_an_empty_result_needs_a_gradient_too():
    x = Tensor(np.zeros((0, 2)), requires_grad=True)
    with pytest.raises(ValueError, match=r"\(0, 2\)"):
        (x * 2).backward()
    (x * 2).backward(np.zeros((0, 2)))
    assert x.grad.shape == (0, 2)


@pytest.mark.parametrize("wrong", [(3,), (2, 1), (1, 2), ()])
def test_a_gradient_of_the_wrong_shape_is_refused_with_both_shapes_before_anything_happens(wrong):
    x = leaf(1.0, 2.0)
    x.grad = np.array([5.0, 5.0], np.float32)
    result = x * 2
    with pytest.raises(ValueError) as caught:
        result.backward(np.ones(wrong))
    assert str(wrong) in str(caught.value)
    assert "(2,)" in str(caught.value)
    np.testing.assert_array_equal(x.grad, [5.0, 5.0])


def test_the_gradient_may_be_a_tensor_or_a_list():
    for gradient in (Tensor([1.0, 10.0]), [1.0, 10.0], np.array([1.0, 10.0])):
        x = leaf(1.0, 2.0)
        (x * 2).backward(gradient)
        np.testing.assert_array_equal(x.grad, [2.0, 20.0])
        assert x.grad.dtype == np.float32


def test_backward_on_a_leaf_gives_it_the_gradient_itself_but_not_the_same_array():
    x = leaf(1.0, 2.0)
    gradient = np.array([3.0, 4.0], np.float32)
    x.backward(gradient)
    np.testing.assert_array_equal(x.grad, gradient)
    assert not np.shares_memory(x.grad, gradient)
    y = leaf(5.0)
    y.backward()
    np.testing.assert_array_equal(y.grad, [1.0])


def test_backward_on_a_tensor_that_does_not_require_gradients_returns():
    x = Tensor([1.0, 2.0])
    assert x.backward() is None
    assert x.backward(np.ones(7)) is None
    assert x.grad is None
    assert (x * 2).backward() is None


# -- accumulation -----------------------------------------------------------------------------------------------------


def test_gradients_accumulate_over_graphs_and_over_calls():
    x = leaf(1.0, 2.0)
    (x * 3).sum().backward()
    (x * 4).sum().backward()
    np.testing.assert_array_equal(x.grad, [7.0, 7.0])
    result = (x * x).sum()
    result.backward()
    result.backward()
    np.testing.assert_array_equal(x.grad, [11.0, 15.0])


def test_accumulating_never_changes_an_array_that_was_taken_before():
    x = leaf(1.0, 2.0)
    (x * 3).sum().backward()
    kept = x.grad
    copy = kept.copy()
    y = x * 1
    y.backward(np.ones(2, np.float32))
    np.testing.assert_array_equal(kept, copy)
    np.testing.assert_array_equal(x.grad, [4.0, 4.0])


def test_four_quarter_batches_add_up_to_four_times_the_mean_of_the_whole():
    rng = np.random.default_rng(0)
    images, labels = rng.standard_normal((32, 5)), rng.integers(0, 3, 32)
    layer, loss = Linear(5, 3), CrossEntropyLoss()
    layer.weight.data, layer.bias.data = layer.weight.data.astype(np.float64), layer.bias.data.astype(np.float64)
    loss(layer(Tensor(images)), Tensor(labels)).backward()
    whole = layer.weight.grad
    layer.zero_grad()
    for part in np.split(np.arange(32), 4):
        loss(layer(Tensor(images[part])), Tensor(labels[part])).backward()
    np.testing.assert_allclose(layer.weight.grad, 4 * whole, rtol=1e-12)


def test_zero_grad_sets_none():
    x = leaf(1.0)
    (x * 2).backward()
    assert x.zero_grad() is None
    assert x.grad is None
    x.zero_grad()
    assert x.grad is None


def test_a_leaf_on_many_paths_gets_the_sum_of_all():
    x = leaf(2.0)
    square = x * x
    (square * square + square + x).backward()  # x⁴ + x² + x
    np.testing.assert_array_equal(x.grad, [4 * 8 + 2 * 2 + 1])


# -- no array is shared -----------------------------------------------------------------------------------------------


def test_no_two_gradients_share_memory_and_none_shares_a_tensors():
    a, b, c, d = (Tensor(numbers((3, 3), seed), requires_grad=True) for seed in range(4))
    # additions, reshapes and views hand the same array on: here they hand it to several leaves
    result = (a + b) + (c.reshape(9).reshape(3, 3) + d.transpose())
    gradient = np.ones((3, 3))
    result.backward(gradient)
    leaves = [a, b, c, d]
    arrays = [gradient, result.data, *(t.data for t in leaves), *(t.grad for t in leaves)]
    for number, first in enumerate(arrays):
        for second in arrays[:number]:
            assert not np.shares_memory(first, second)
    a.grad += 100
    for other in (b, c, d):
        np.testing.assert_array_equal(other.grad, np.ones((3, 3)))
    np.testing.assert_array_equal(gradient, np.ones((3, 3)))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x + 1,
        lambda x: x - 1,
        lambda x: x.sum(),
        lambda x: x.sum(axis=0),
        lambda x: x.sum(axis=1, keepdims=True),
        lambda x: x.reshape(-1),
        lambda x: x.transpose(),
        lambda x: x.permute(1, 0),
        lambda x: x[:],
        lambda x: x[None],
        lambda x: x.mean(),
        lambda x: x * 1,
    ],
)
def test_a_gradient_is_always_an_array_that_one_may_write_into(function):
    x = Tensor(numbers((3, 3), 0), requires_grad=True)
    result = function(x)
    gradient = np.ones_like(result.data)
    result.backward(gradient)
    x.grad += 1.0
    np.testing.assert_array_equal(gradient, np.ones_like(gradient))
    assert x.grad.base is None or x.grad.base.size == x.grad.size


def test_changing_a_gradient_in_place_does_not_change_the_next_backward():
    x = leaf(1.0, 2.0)
    result = (x * 3).sum()
    result.backward()
    x.grad *= 100
    x.zero_grad()
    result.backward()
    np.testing.assert_array_equal(x.grad, [3.0, 3.0])


# -- intermediates ----------------------------------------------------------------------------------------------------


def test_intermediates_keep_their_gradients_only_when_asked():
    x = leaf(2.0, 3.0)
    kept, other = x * x, x * 2
    kept.retain_grad()
    result = (kept * other).sum()
    result.backward()
    np.testing.assert_array_equal(kept.grad, [4.0, 6.0])
    assert other.grad is None
    assert result.grad is None
    result.backward()
    np.testing.assert_array_equal(kept.grad, [8.0, 12.0])
    np.testing.assert_array_equal(x.grad, 2 * 6 * np.array([4.0, 9.0]))


def test_the_result_itself_can_keep_its_gradient():
    x = leaf(2.0)
    result = x * 3
    result.retain_grad()
    result.backward(np.array([5.0], np.float32))
    np.testing.assert_array_equal(result.grad, [5.0])


def test_a_kept_gradient_is_an_array_of_its_own():
    x, y = leaf(2.0, 3.0), leaf(1.0, 1.0)
    middle = x + y
    middle.retain_grad()
    gradient = np.ones(2, np.float32)
    (middle + 1).backward(gradient)
    arrays = [middle.grad, x.grad, y.grad, gradient]
    for number, first in enumerate(arrays):
        assert not any(np.shares_memory(first, second) for second in arrays[:number])


def test_retain_grad_on_a_leaf_changes_nothing():
    x = leaf(2.0)
    x.retain_grad()
    (x * 3).backward()
    np.testing.assert_array_equal(x.grad, [3.0])


# -- freeing the graph ------------------------------------------------------------------------------------------------


def test_without_retain_graph_the_gradients_are_the_same():
    kept, freed = (Tensor(numbers((3, 3), 0), requires_grad=True) for _ in range(2))
    for x, retain in ((kept, True), (freed, False)):
        middle = x @ x
        (middle * middle + middle).sum().backward(retain_graph=retain)
    np.testing.assert_array_equal(kept.grad, freed.grad)


def test_a_second_backward_over_a_freed_graph_says_what_to_do():
    x = leaf(1.0, 2.0)
    result = (x * x).sum()
    result.backward(retain_graph=False)
    grad = x.grad.copy()
    with pytest.raises(RuntimeError, match="retain_graph"):
        result.backward()
    np.testing.assert_array_equal(x.grad, grad)


def test_a_new_result_that_hangs_on_a_freed_graph_says_so_too_and_changes_nothing():
    x, y = leaf(1.0, 2.0), leaf(1.0, 1.0)
    middle = x * x
    middle.sum().backward(retain_graph=False)
    grad = x.grad.copy()
    with pytest.raises(RuntimeError, match="retain_graph"):
        (middle * y).sum().backward()
    np.testing.assert_array_equal(x.grad, grad)
    assert y.grad is None


# -- errors in a rule -------------------------------------------------------------------------------------------------


def graph_with_a_bad_rule(monkeypatch, apply):
    """Leaves x and y with gradients, and a result of which one rule, between others, is `apply`."""
    x, y = leaf(1.0, 2.0), leaf([3.0], [4.0])
    x.grad, y.grad = np.array([7.0, 7.0], np.float32), np.array([[8.0], [8.0]], np.float32)
    middle = x * y  # (2, 2); the rule that breaks
    result = (middle + x).sum() + y.sum()
    monkeypatch.setattr(MulBackward, "apply", apply)
    return x, y, result


def check_untouched(x, y):
    np.testing.assert_array_equal(x.grad, [7.0, 7.0])
    np.testing.assert_array_equal(y.grad, [[8.0], [8.0]])


def test_a_rule_that_raises_is_named_with_its_shapes_and_leaves_every_gradient_as_it_was(monkeypatch):
    def apply(self, grad_output):
        raise ZeroDivisionError("something broke inside")

    x, y, result = graph_with_a_bad_rule(monkeypatch, apply)
    with pytest.raises(Exception) as caught:
        result.backward()
    text = str(caught.value)
    for part in ("MulBackward", "(2,)", "(2, 1)", "something broke inside"):
        assert part in text, text
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    check_untouched(x, y)


def test_a_gradient_of_the_wrong_shape_is_named_with_rule_input_and_both_shapes(monkeypatch):
    def apply(self, grad_output):
        return np.zeros((2, 3), np.float32), np.zeros((2, 1), np.float32)

    x, y, result = graph_with_a_bad_rule(monkeypatch, apply)
    with pytest.raises(Exception) as caught:
        result.backward()
    for part in ("MulBackward", "input 0", "(2, 3)", "(2,)"):
        assert part in str(caught.value), str(caught.value)
    check_untouched(x, y)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_rule_with_too_few_or_too_many_gradients_is_named(monkeypatch, count):
    def apply(self, grad_output):
        return (np.zeros(2, np.float32),) * count

    x, y, result = graph_with_a_bad_rule(monkeypatch, apply)
    with pytest.raises(Exception, match="MulBackward"):
        result.backward()
    check_untouched(x, y)


@pytest.mark.parametrize("value", ["text", object(), [1.0, 2.0], 5], ids=["str", "object", "list", "number"])
def test_something_that_is_not_a_gradient_is_refused_or_understood(monkeypatch, value):
    def apply(self, grad_output):
        return value, np.ones((2, 1), np.float32)

    x, y, result = graph_with_a_bad_rule(monkeypatch, apply)
    if isinstance(value, list):  # two numbers for x of shape (2,): may be taken for an array
        try:
            result.backward()
        except Exception as error:
            assert "MulBackward" in str(error)
            check_untouched(x, y)
        else:
            np.testing.assert_array_equal(x.grad, [7 + 2 + 1, 7 + 2 + 2])
        return
    with pytest.raises(Exception, match="MulBackward"):
        result.backward()
    check_untouched(x, y)


def test_a_rule_that_returns_nothing_where_a_gradient_is_due_is_named(monkeypatch):
    x, y, result = graph_with_a_bad_rule(monkeypatch, lambda self, grad_output: None)
    with pytest.raises(Exception, match="MulBackward"):
        result.backward()
    check_untouched(x, y)


def test_a_rule_may_say_none_for_an_input_without_gradient(monkeypatch):
    x, y = leaf(1.0, 2.0), Tensor([3.0, 4.0])
    result = x * y
    monkeypatch.setattr(MulBackward, "apply", lambda self, grad_output: (grad_output * 3, None))
    result.backward(np.ones(2, np.float32))
    np.testing.assert_array_equal(x.grad, [3.0, 3.0])
    assert y.grad is None


def test_backward_works_again_after_an_error(monkeypatch):
    def apply(self, grad_output):
        raise ZeroDivisionError

    x, y, result = graph_with_a_bad_rule(monkeypatch, apply)
    with pytest.raises(Exception, match="MulBackward"):
        result.backward()
    monkeypatch.undo()
    result.backward()
    np.testing.assert_array_equal(x.grad, 7 + np.array([3 + 4 + 2.0, 3 + 4 + 2.0]))
    np.testing.assert_array_equal(y.grad, 8 + np.array([[1 + 2 + 1.0], [1 + 2 + 1.0]]))


def test_a_gradient_rule_that_is_missing_says_which():
    class HalfBackward(Function):
        pass

    x = leaf(2.0)
    result = Tensor([1.0])
    result.requires_grad, result._grad_fn = True, HalfBackward(x)
    with pytest.raises(Exception, match="HalfBackward"):
        result.backward()
    assert x.grad is None


def test_a_function_of_ones_own_takes_part():
    class CubeBackward(Function):
        """z = x³, so dL/dx = dL/dz · 3 x²."""

        def apply(self, grad_output):
            (x,) = self.saved_tensors
            return (grad_output * 3 * x.data**2,)

    x = leaf(2.0, -1.0)
    doubled = x * 2
    cube = Tensor(doubled.data**3)
    cube.requires_grad, cube._grad_fn = True, CubeBackward(doubled)
    cube.backward(np.ones(2, np.float32))
    np.testing.assert_array_equal(x.grad, 2 * 3 * np.array([16.0, 4.0]))


# -- what is not differentiated ---------------------------------------------------------------------------------------


def test_a_constant_gets_no_gradient():
    x, constant = leaf(1.0, 2.0), Tensor([3.0, 4.0])
    (x * constant + constant).sum().backward()
    assert constant.grad is None
    assert not constant.requires_grad


def test_integer_tensors_take_part_as_constants():
    x, counts = leaf(1.0, 2.0), Tensor(np.array([2, 3]))
    (x * counts).sum().backward()
    np.testing.assert_array_equal(x.grad, [2.0, 3.0])
    assert counts.grad is None


def test_a_result_of_constants_has_no_graph():
    result = Tensor([1.0]) * Tensor([2.0]) + 3
    assert not result.requires_grad
    assert result._grad_fn is None


def test_freezing_a_parameter_leaves_it_without_gradient():
    layer = Linear(2, 2)
    layer.weight.requires_grad = False
    layer(Tensor(np.ones((1, 2), np.float32))).sum().backward()
    assert layer.weight.grad is None
    assert layer.bias.grad is not None


# -- no_grad ----------------------------------------------------------------------------------------------------------


def test_no_grad_records_nothing_and_ends_with_its_block():
    x = leaf(1.0, 2.0)
    with no_grad():
        silent = ReLU()(x * 2 + 1).sum()
    assert not silent.requires_grad
    assert silent._grad_fn is None
    assert (x * 2).requires_grad


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_no_grad_holds_for_every_operation_on_a_leaf(function):
    x = tensor(np.float32)
    assert function(x).requires_grad
    with no_grad():
        silent = function(x)
    assert not silent.requires_grad
    assert silent._grad_fn is None


def test_no_grad_nests():
    x = leaf(1.0)
    with no_grad():
        with no_grad():
            assert not (x * 2).requires_grad
        assert not (x * 2).requires_grad
    assert (x * 2).requires_grad


def test_no_grad_ends_when_its_block_raises():
    x = leaf(1.0)
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    assert (x * 2).requires_grad


def test_no_grad_gives_the_same_numbers():
    layer, x = Linear(3, 2), Tensor(numbers((4, 3), 0))
    recorded = layer(x).data
    with no_grad():
        np.testing.assert_array_equal(layer(x).data, recorded)


def test_a_tensor_made_in_no_grad_may_require_gradients():
    with no_grad():
        x = leaf(1.0)
    (x * 2).backward()
    np.testing.assert_array_equal(x.grad, [2.0])


def test_backward_works_inside_no_grad():
    x = leaf(3.0)
    result = x * x
    with no_grad():
        result.backward()
    np.testing.assert_array_equal(x.grad, [6.0])


def test_no_grad_as_a_decorator_covers_every_call():
    x = leaf(1.0)

    @no_grad()
    def silent():
        return x * 2

    assert not silent().requires_grad
    assert not silent().requires_grad
    assert (x * 2).requires_grad


# -- gradcheck --------------------------------------------------------------------------------------------------------


def test_gradcheck_agrees_with_right_rules():
    inputs = [Tensor(numbers((2, 3), seed), requires_grad=True) for seed in range(2)]
    assert engine.gradcheck(lambda a, b: (a * b).exp().sum(axis=0), inputs)


def test_gradcheck_finds_a_wrong_rule(monkeypatch):
    monkeypatch.setattr(MulBackward, "apply", lambda self, grad_output: (grad_output, grad_output))
    inputs = [Tensor(numbers((2, 3), seed), requires_grad=True) for seed in range(2)]
    try:
        found = not engine.gradcheck(lambda a, b: a * b, inputs)
    except (AssertionError, ValueError) as error:
        found = bool(str(error))
    assert found


def test_gradcheck_leaves_its_inputs_as_they_were():
    x = Tensor(numbers((2,), 0), requires_grad=True)
    before = x.data.copy()
    engine.gradcheck(lambda x: x * x, [x])
    np.testing.assert_array_equal(x.data, before)
