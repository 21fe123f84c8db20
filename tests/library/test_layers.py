"""Module 03: layers, their parameters, their modes, and the random numbers behind them."""

import numpy as np
import pytest

from tinytorch import Dropout, Layer, Linear, ReLU, Sequential, Tensor, manual_seed

from .support import numbers


@pytest.mark.parametrize("shape", [(3,), (2, 3), (0, 3), (4, 2, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear_multiplies_by_its_weight_and_adds_its_bias(shape, bias):
    layer, x = Linear(3, 5, bias=bias), numbers(shape, 0).astype(np.float32)
    result = layer(Tensor(x))
    expected = x @ layer.weight.data + (layer.bias.data if bias else 0)
    assert result.shape == (*shape[:-1], 5)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result.data, expected, rtol=1e-6, atol=1e-6)


def test_linears_parameters():
    layer = Linear(3, 5)
    assert layer.weight.shape == (3, 5)
    assert layer.bias.shape == (5,)
    for parameter in (layer.weight, layer.bias):
        assert parameter.requires_grad
        assert parameter.dtype == np.float32
    assert [id(p) for p in layer.parameters()] == [id(layer.weight), id(layer.bias)]
    without = Linear(3, 5, bias=False)
    assert without.bias is None
    assert [id(p) for p in without.parameters()] == [id(without.weight)]


def test_linear_starts_with_numbers_as_pytorch_does():
    weight = Linear(400, 300).weight.data
    bound = 1 / np.sqrt(400)
    assert np.abs(weight).max() <= bound
    assert np.abs(weight).max() > 0.99 * bound
    np.testing.assert_allclose(weight.mean(), 0, atol=0.01 * bound)
    np.testing.assert_allclose(weight.std(), bound / np.sqrt(3), rtol=0.02)


def test_linear_refuses_what_does_not_fit_and_names_both_shapes():
    with pytest.raises(ValueError) as caught:
        Linear(3, 5)(Tensor(np.zeros((2, 4), np.float32)))
    assert "(2, 4)" in str(caught.value)
    assert "(3, 5)" in str(caught.value)
    for sizes in ((0, 3), (3, 0), (-1, 2)):
        with pytest.raises(ValueError, match=str(sizes[0])):
            Linear(*sizes)


def test_the_same_seed_gives_the_same_weights_and_masks():
    def numbers_after(seed):
        manual_seed(seed)
        return Linear(4, 4).weight.data, Dropout(0.5)(Tensor(np.ones((8, 8)))).data

    first, second, other = numbers_after(1), numbers_after(1), numbers_after(2)
    for one, two, three in zip(first, second, other):
        np.testing.assert_array_equal(one, two)
        assert not np.array_equal(one, three)


# -- dropout ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_dropout_drops_its_share_and_enlarges_the_rest(p):
    result = Dropout(p)(Tensor(np.ones((300, 300), np.float32)))
    values = np.unique(result.data)
    np.testing.assert_allclose(values, [0, 1 / (1 - p)], rtol=1e-6)
    np.testing.assert_allclose((result.data == 0).mean(), p, atol=0.01)
    np.testing.assert_allclose(result.data.mean(), 1, atol=0.05)
    assert result.dtype == np.float32


def test_dropout_draws_a_new_mask_each_time():
    layer, x = Dropout(0.5), Tensor(np.ones((8, 8)))
    assert not np.array_equal(layer(x).data, layer(x).data)


def test_dropout_does_nothing_in_evaluation_or_without_probability():
    x = Tensor(numbers((4, 4), 0))
    layer = Dropout(0.5)
    layer.eval()
    np.testing.assert_array_equal(layer(x).data, x.data)
    np.testing.assert_array_equal(Dropout(0.0)(x).data, x.data)


@pytest.mark.parametrize("p", [-0.1, 1.0, 1.5])
def test_dropout_refuses_what_is_no_probability(p):
    with pytest.raises(ValueError, match=str(p)):
        Dropout(p)


# -- sequential and nesting -------------------------------------------------------------------------------------------


class Block(Layer):
    """Layers in attributes, lists, tuples and dictionaries; one of them shared."""

    def __init__(self):
        self.first = Linear(2, 2)
        self.many = [Linear(2, 2), (Dropout(0.5), ReLU())]
        self.named = {"last": Linear(2, 2, bias=False)}
        self.scale = Tensor([1.0], requires_grad=True)
        self.constant = Tensor([2.0])
        self.again = self.first
        self.name = "block"

    def forward(self, x):
        x = self.first(x)
        x = self.many[1][0](self.many[0](x))
        return self.again(self.named["last"](x)) * self.scale * self.constant


def test_parameters_come_in_definition_order_and_each_once():
    block = Block()
    expected = [
        *(block.first.weight, block.first.bias, block.many[0].weight, block.many[0].bias),
        *(block.named["last"].weight, block.scale),
    ]
    assert [id(p) for p in block.parameters()] == [id(p) for p in expected]


def test_all_parameters_of_a_nested_block_get_gradients_and_lose_them_again():
    block = Block()
    block.eval()
    block(Tensor(numbers((3, 2), 0).astype(np.float32))).sum().backward()
    assert all(parameter.grad is not None for parameter in block.parameters())
    block.zero_grad()
    assert all(parameter.grad is None for parameter in block.parameters())


def test_train_and_eval_reach_every_layer():
    block = Block()
    dropout = block.many[1][0]
    assert block.training
    assert dropout.training
    block.eval()
    assert not block.training
    assert not dropout.training
    block.train()
    assert dropout.training


def test_sequential_runs_its_layers_in_order():
    one, two = Linear(3, 4), Linear(4, 2)
    stack, x = Sequential(one, ReLU(), two), Tensor(numbers((5, 3), 0).astype(np.float32))
    np.testing.assert_array_equal(stack(x).data, two(ReLU()(one(x))).data)
    assert len(stack) == 3
    assert stack[0] is one
    assert stack[-1] is two
    assert [id(p) for p in stack.parameters()] == [id(p) for p in (one.weight, one.bias, two.weight, two.bias)]
    assert len(Sequential()) == 0
    assert Sequential()(x) is x


def test_a_layer_without_forward_says_so():
    class Empty(Layer):
        pass

    with pytest.raises(NotImplementedError, match="Empty"):
        Empty()(Tensor([1.0]))


def test_layers_show_themselves():
    assert repr(Linear(3, 2)) == "Linear(3, 2)"
    assert "Linear(3, 2)" in repr(Sequential(Linear(3, 2), ReLU()))
    assert "0.5" in repr(Dropout(0.5))


def test_a_layer_written_by_the_user_is_tracked_and_counted():
    class Scale(Layer):
        def __init__(self):
            self.factor = Tensor([3.0], requires_grad=True)

        def forward(self, x):
            return x * self.factor

    layer = Scale()
    layer(Tensor([1.0, 2.0])).sum().backward()
    assert layer.parameters() == [layer.factor]
    np.testing.assert_array_equal(layer.factor.grad, [3.0])
