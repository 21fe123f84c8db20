"""Convolutions and pooling: against loops and central differences, against PyTorch where it is installed."""

import numpy as np
import pytest

from tinytorch import AvgPool2d, Conv2d, Flatten, MaxPool2d, Tensor, manual_seed, no_grad
from tinytorch.core.convolutions import fold, output_size, unfold, windows

from .support import check_gradients, laid_out, numbers

# shape of x, kernel, stride, padding
CASES = [
    ((2, 3, 5, 4), 3, 1, 0),
    ((1, 2, 4, 7), 2, 2, 1),
    ((2, 1, 6, 6), 3, 2, 0),
    ((1, 1, 3, 2), 3, 1, 2),
    ((2, 2, 5, 3), 1, 3, 0),
]


def layer_of(weight, bias, stride, padding):
    out_channels, in_channels, size, _ = weight.shape
    layer = Conv2d(in_channels, out_channels, size, stride, padding)
    layer.weight, layer.bias = weight, bias
    return layer


def place_by_place(x, weight, bias, stride, padding):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    size = weight.shape[2]
    rows, columns = ((n - size) // stride + 1 for n in x.shape[2:])
    out = np.zeros((len(x), len(weight), rows, columns))
    for n, o, i, j in np.ndindex(out.shape):
        window = x[n, :, i * stride : i * stride + size, j * stride : j * stride + size]
        out[n, o, i, j] = np.vdot(window, weight[o]) + bias[o]
    return out


def problem(shape, size):
    return numbers(shape, 0), numbers((4, shape[1], size, size), 1), numbers((4,), 2)


@pytest.mark.parametrize(("shape", "size", "stride", "padding"), CASES)
@pytest.mark.parametrize("layout", ["plain", "fortran", "every other", "read-only"])
def test_a_convolution_is_what_the_loops_give(shape, size, stride, padding, layout):
    x, weight, bias = problem(shape, size)
    layer = layer_of(Tensor(weight), Tensor(bias), stride, padding)
    result = layer(Tensor(laid_out(x, layout))).data
    np.testing.assert_allclose(result, place_by_place(x, weight, bias, stride, padding), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("shape", "size", "stride", "padding"), CASES)
def test_gradients_of_a_convolution_agree_with_central_differences(shape, size, stride, padding):
    check_gradients(lambda x, w, b: layer_of(w, b, stride, padding)(x), *problem(shape, size))


@pytest.mark.parametrize(("shape", "size", "stride", "padding"), CASES)
def test_fold_is_the_transpose_of_windows(shape, size, stride, padding):
    x = numbers(shape, 3)
    cut = windows(x, size, stride, padding)
    grad = numbers(cut.shape, 4)
    np.testing.assert_allclose(np.vdot(cut, grad), np.vdot(x, fold(grad, shape, stride, padding)), rtol=1e-10)


@pytest.mark.parametrize("kind", [MaxPool2d, AvgPool2d])
@pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 2), (2, 1), (5, 5)])
def test_gradients_of_pooling_agree_with_central_differences(kind, size, stride):
    check_gradients(kind(size, stride), numbers((2, 2, 5, 6), 5, "distinct"))


def test_windows_without_a_frame_are_a_view_and_unfold_records_nothing_where_nothing_is_wanted():
    x = numbers((1, 1, 4, 4), 0)
    assert np.shares_memory(windows(x, 3), x)
    assert not unfold(Tensor(x), 3).requires_grad
    with no_grad():
        assert not unfold(Tensor(x, requires_grad=True), 3).requires_grad


def test_moved_pictures_give_moved_results_bit_for_bit():
    manual_seed(0)
    layer, x = Conv2d(1, 4, 3, padding=1), np.zeros((2, 1, 9, 9), np.float32)
    x[:, :, 3:6, 2:5] = numbers((2, 1, 3, 3), 0)
    here, there = layer(Tensor(x)).data, layer(Tensor(np.roll(x, 1, axis=3))).data
    np.testing.assert_array_equal(here[..., 1:-2], there[..., 2:-1])


def test_float32_stays_float32():
    layer, x = Conv2d(2, 3, 3, padding=1), Tensor(np.ones((1, 2, 4, 4), np.float32), requires_grad=True)
    result = Flatten()(MaxPool2d(2)(layer(x)))
    result.sum().backward()
    assert result.shape == (1, 12)
    assert {a.dtype for a in (result.data, x.grad, *(p.grad for p in layer.parameters()))} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: output_size(2, 3), ["2", "3"]),
        (lambda: Conv2d(1, 0, 3), ["1", "0", "3"]),
        (lambda: Conv2d(2, 3, 3)(Tensor(np.ones((1, 1, 5, 5), np.float32))), ["(1, 1, 5, 5)", "(3, 2, 3, 3)"]),
        (lambda: Conv2d(2, 3, 3)(Tensor(np.ones((2, 5, 5), np.float32))), ["(2, 5, 5)", "(3, 2, 3, 3)"]),
        (lambda: MaxPool2d(4)(Tensor(np.ones((1, 1, 3, 5), np.float32))), ["4", "3"]),
    ],
)
def test_what_does_not_fit_raises_a_value_error_that_says_what(call, words):
    with pytest.raises(ValueError) as caught:
        call()
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize(("shape", "size", "stride", "padding"), CASES)
def test_pytorch_gives_the_same_results_and_gradients(shape, size, stride, padding):
    torch = pytest.importorskip("torch")
    arrays = problem(shape, size)
    ours = [Tensor(array, requires_grad=True) for array in arrays]
    theirs = [torch.tensor(array, requires_grad=True) for array in arrays]
    result = layer_of(*ours[1:], stride, padding)(ours[0])
    right = torch.nn.functional.conv2d(*theirs, stride=stride, padding=padding)
    np.testing.assert_allclose(result.data, right.detach().numpy(), rtol=1e-9)
    grad = numbers(result.shape, 6)
    result.backward(grad)
    right.backward(torch.tensor(grad))
    for mine, other in zip(ours, theirs):
        np.testing.assert_allclose(mine.grad, other.grad.numpy(), rtol=1e-9, atol=1e-12)
