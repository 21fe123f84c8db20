"""What the graph keeps and where its gradients go; the reference page's rules; arrays that nobody else holds; anomalies."""

import numpy as np
import pytest

import tinytorch.core.autograd as engine
from tinytorch import Function, Tensor, detect_anomaly

from .support import check_gradients, numbers


def leaf(*values):
    return Tensor(list(values), requires_grad=True)


def test_next_functions_say_where_gradients_go_and_saved_tensors_what_the_rule_reads():
    x, w, fixed = leaf(1.0), leaf(2.0), Tensor([3.0])
    product = x * w
    result = product + fixed
    assert result._grad_fn.next_functions == (product._grad_fn, None)
    assert result._grad_fn.saved_tensors == ()
    assert product._grad_fn.next_functions == (x, w)
    assert product._grad_fn.saved_tensors == (x, w)


def test_a_product_keeps_the_numbers_of_a_constant_and_not_those_that_nobody_reads():
    x, mask = leaf(1.0, 2.0), Tensor([0.0, 1.0])
    assert (x * mask)._grad_fn.saved_tensors == (engine.UNREAD, mask)
    assert (mask * x)._grad_fn.saved_tensors == (mask, engine.UNREAD)
    assert (x / mask)._grad_fn.saved_tensors == (engine.UNREAD, mask)


class PageMul(Function):
    """The reference page's rule, typed in as it stands there."""

    def apply(self, grad_output):
        a, b = self.saved_tensors
        grad_a = grad_b = None

        if a.requires_grad:
            grad_a = grad_output * b.data

        if b.requires_grad:
            grad_b = grad_output * a.data

        return grad_a, grad_b


class PageMatmul(Function):
    """The reference page's rule, typed in as it stands there."""

    def apply(self, grad_output):
        a, b = self.saved_tensors
        grad_a = grad_b = None

        if a.requires_grad:
            b_T = np.swapaxes(b.data, -2, -1)
            grad_a = np.matmul(grad_output, b_T)

        if b.requires_grad:
            a_T = np.swapaxes(a.data, -2, -1)
            grad_b = np.matmul(a_T, grad_output)

        return grad_a, grad_b


@pytest.mark.parametrize("shapes", [((2, 3), (2, 3)), ((2, 3), (3,)), ((), (2, 1)), ((2, 1, 3), (4, 1))])
def test_the_page_rule_of_multiplication_is_right_for_every_broadcast(shapes):
    def page(a, b):
        return engine.record(Tensor(np.asarray(a.data * b.data)), PageMul(a, b)) if a.requires_grad else a * b

    check_gradients(page, *(numbers(shape, seed) for seed, shape in enumerate(shapes)))


@pytest.mark.parametrize("shapes", [((2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4))])
def test_the_page_rule_of_the_matrix_product_is_right_for_batches(shapes):
    def page(a, b):
        return engine.record(Tensor(a.data @ b.data), PageMatmul(a, b)) if a.requires_grad else a @ b

    check_gradients(page, *(numbers(shape, seed) for seed, shape in enumerate(shapes)))


class SameArrayTwice(Function):
    """Returns one new array for both inputs, and keeps it."""

    def apply(self, grad_output):
        self.kept = grad_output * 2
        return self.kept, self.kept


def test_leaves_share_no_array_even_where_a_rule_keeps_what_it_returns_or_returns_it_twice():
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    result = engine.record(Tensor([0.0, 0.0]), SameArrayTwice(a, b))
    result.backward(np.ones(2, np.float32))
    kept = result._grad_fn.kept
    for first, second in ((a.grad, b.grad), (a.grad, kept), (b.grad, kept)):
        assert not np.shares_memory(first, second)
    np.testing.assert_array_equal(a.grad, [2.0, 2.0])


def test_a_gradient_that_nobody_else_holds_is_not_copied(monkeypatch):
    weight, x, made = Tensor(np.ones((3, 2), np.float32), requires_grad=True), Tensor(np.ones((4, 3), np.float32)), []
    apply = engine.MatmulBackward.apply

    def noted(self, grad_output):
        grads = apply(self, grad_output)
        made.append(grads[1].ctypes.data)
        return grads

    monkeypatch.setattr(engine.MatmulBackward, "apply", noted)
    (x @ weight).sum().backward()
    assert weight.grad.ctypes.data == made[0]


@pytest.mark.parametrize("axis", [0, -1, None])
@pytest.mark.parametrize("function", [Tensor.sum, Tensor.mean, Tensor.max], ids=lambda f: f.__name__)
def test_reductions_of_a_single_number_along_its_only_axis(function, axis):
    check_gradients(lambda x: function(x, axis=axis), np.array(3.0))


def test_relu_lets_the_gradient_pass_at_nan():
    node = engine.ReLUBackward(leaf(np.nan, -1.0, 0.0, 2.0))
    np.testing.assert_array_equal(node.apply(np.full(4, 3.0, np.float32))[0], [3.0, 0.0, 0.0, 3.0])


def test_a_failing_unbroadcast_is_not_blamed_on_the_rule(monkeypatch):
    def broken(grad, shape):
        raise ZeroDivisionError("in unbroadcast")

    monkeypatch.setattr(engine, "unbroadcast", broken)
    x, b = Tensor(np.ones((2, 3)), requires_grad=True), Tensor(np.ones(3), requires_grad=True)
    with pytest.raises(ZeroDivisionError):
        (x + b).sum().backward()
    assert x.grad is None and b.grad is None


def test_backward_without_anything_to_do_warns_once_for_each_place():
    with pytest.warns(UserWarning, match="requires_grad"):
        Tensor([1.0]).backward()


# -- detect_anomaly ---------------------------------------------------------------------------------------------------


def test_an_array_changed_in_place_is_found_with_rule_and_line():
    w, x = leaf(1.0, 2.0), leaf(3.0, 4.0)
    with detect_anomaly():
        y = (w * x).sum()  # this line
        x.data *= 10
        with pytest.raises(RuntimeError, match=r"(?s)MulBackward.*changed.*test_engine\.py.*# this line"):
            y.backward()
    assert w.grad is None and x.grad is None


def test_a_saved_result_changed_in_place_is_found_too():
    x = leaf(1.0, 2.0)
    with detect_anomaly():
        y = x.exp()
        y.data += 1
        with pytest.raises(RuntimeError, match="ExpBackward"):
            y.sum().backward()


def test_a_gradient_that_becomes_nan_is_found_where_it_begins():
    x = leaf(0.0, 4.0)
    with detect_anomaly(), np.errstate(all="ignore"):
        y = (x.sqrt() * Tensor([0.0, 1.0])).sum() * 2
        with pytest.raises(RuntimeError, match="SqrtBackward makes a gradient NaN"):
            y.backward()
    assert x.grad is None


def test_a_result_that_is_nan_is_found_going_forward():
    with (
        detect_anomaly(),
        np.errstate(all="ignore"),
        pytest.raises(RuntimeError, match="NaN in the result of LogBackward"),
    ):
        leaf(-1.0).log()


def test_right_programs_pass_and_outside_nothing_is_left():
    before = engine.record, engine.ask
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    with detect_anomaly():
        y = (x * w + x.exp()).sum()
        y.backward()
    assert (engine.record, engine.ask) == before
    np.testing.assert_allclose(x.grad, np.array([3.0, 4.0]) + np.exp([1.0, 2.0]), rtol=1e-6)
    y.backward()  # a graph that was made inside
    with pytest.raises(ZeroDivisionError), detect_anomaly():
        raise ZeroDivisionError
    assert (engine.record, engine.ask) == before
