"""Attention: against NumPy and central differences, against PyTorch where it is installed, and never ahead."""

import functools
import itertools
import json
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinytorch import (
    AdamW,
    CrossEntropyLoss,
    DataLoader,
    Embedding,
    Linear,
    MultiHeadAttention,
    PositionalEncoding,
    ReLU,
    Sequential,
    Tensor,
    TensorDataset,
    Trainer,
    manual_seed,
    no_grad,
    scaled_dot_product_attention,
)
from tinytorch.core.attention import (
    attention_scores,
    causal_mask,
    masked_softmax,
    merge_heads,
    padding_mask,
    split_heads,
)
from tinytorch.core.layers import Layer
from tinytorch.core.training import named_parameters

from .support import check_gradients, numbers

SHAPES = [
    ((3, 4), (5, 4), (5, 2)),
    ((1, 1), (1, 1), (1, 3)),
    ((2, 3, 4), (2, 5, 4), (2, 5, 4)),
    ((2, 1, 3, 4), (3, 5, 4), (2, 3, 5, 1)),
    ((2, 2, 4, 3), (2, 2, 4, 3), (2, 2, 4, 3)),
]
MASKS = [(2, 3, 4, 5), (3, 4, 5), (4, 5), (5,), (1, 5), (4, 1), (2, 1, 1, 5), (1, 3, 4, 1), (2, 1, 4, 5), (1,), ()]


def by_hand(q, k, v, mask):
    """Attention for one query at a time, in Python's own loops: output and weights."""
    batch = np.broadcast_shapes(q.shape[:-2], k.shape[:-2], v.shape[:-2])
    q, k, v = (np.broadcast_to(a, (*batch, *a.shape[-2:])) for a in (q, k, v))
    queries, keys = q.shape[-2], k.shape[-2]
    mask = np.broadcast_to(mask, (*batch, queries, keys))
    output, weights = np.zeros((*batch, queries, v.shape[-1])), np.zeros((*batch, queries, keys))
    for place in itertools.product(*map(range, batch), range(queries)):
        front, row = place[:-1], place[-1]
        allowed = [key for key in range(keys) if mask[(*front, row, key)]]
        scores = {key: float(np.dot(q[(*front, row)], k[(*front, key)])) / q.shape[-1] ** 0.5 for key in allowed}
        top = max(scores.values(), default=0.0)
        total = sum(np.exp(score - top) for score in scores.values())
        for key, score in scores.items():
            weights[(*place, key)] = np.exp(score - top) / total
            output[place] += weights[(*place, key)] * v[(*front, key)]
    return output, weights


def some_mask(shape, seed=0):
    return np.random.default_rng(seed).random(shape) < 0.6


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("masked", [False, True])
def test_attention_is_what_one_query_at_a_time_gives(shapes, masked):
    q, k, v = (numbers(shape, seed) for seed, shape in enumerate(shapes))
    mask = some_mask((q.shape[-2], k.shape[-2])) if masked else None
    output, weights = scaled_dot_product_attention(Tensor(q), Tensor(k), Tensor(v), mask)
    right, shares = by_hand(q, k, v, True if mask is None else mask)
    np.testing.assert_allclose(output.data, right, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(np.broadcast_to(weights.data, shares.shape), shares, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("masked", [False, True])
def test_gradients_of_attention_agree_with_central_differences(shapes, masked):
    arrays = [numbers(shape, seed) for seed, shape in enumerate(shapes)]
    mask = some_mask((arrays[0].shape[-2], arrays[1].shape[-2]), 1) if masked else None
    check_gradients(lambda *qkv: scaled_dot_product_attention(*qkv, mask)[0], *arrays)
    check_gradients(lambda q, k: scaled_dot_product_attention(q, k, Tensor(arrays[2]), mask)[1], *arrays[:2])


@pytest.mark.parametrize("shape", MASKS, ids=str)
@pytest.mark.parametrize("kind", ["bool", "int", "float32", "list", "Tensor"])
def test_a_mask_of_any_shape_that_broadcasts_and_of_any_kind_is_taken(shape, kind):
    q, k, v = (numbers((2, 3, n, 4), seed).astype(np.float32) for seed, n in enumerate((4, 5, 5)))
    mask = np.asarray(some_mask(shape, 3))
    given = {"list": mask.tolist(), "Tensor": Tensor(mask)}.get(kind)
    given = mask.astype(kind) if given is None else given
    output, weights = scaled_dot_product_attention(Tensor(q), Tensor(k), Tensor(v), given)
    right, shares = by_hand(q, k, v, mask)
    np.testing.assert_allclose(output.data, right, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(weights.data, shares, rtol=1e-4, atol=1e-5)
    assert not weights.data[~np.broadcast_to(mask, weights.shape)].any()
    assert output.dtype == weights.dtype == np.float32
    np.testing.assert_array_equal(mask, some_mask(shape, 3))


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (4, 5), (5,), (4, 1)], ids=str)
def test_gradients_under_masks_that_broadcast_agree_with_central_differences(shape):
    mask = some_mask(shape, 5)
    check_gradients(lambda scores: masked_softmax(scores, mask), numbers((2, 3, 4, 5), 0))


def test_a_query_that_may_look_nowhere_gets_zeros_and_hands_zeros_back():
    q, k, v = (Tensor(numbers((3, 4), seed), requires_grad=True) for seed in range(3))
    mask = np.array([[1, 1, 0], [0, 0, 0], [0, 0, 1]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        output, weights = scaled_dot_product_attention(q, k, v, mask)
        output.backward(np.ones(output.shape))
    np.testing.assert_array_equal(weights.data[1], 0)
    np.testing.assert_array_equal(output.data[1], 0)
    np.testing.assert_array_equal(q.grad[1], 0)
    np.testing.assert_allclose(weights.data[[0, 2]].sum(axis=-1), 1)
    assert all(np.isfinite(leaf.grad).all() for leaf in (q, k, v))
    nothing, _ = scaled_dot_product_attention(q, k, v, False)
    np.testing.assert_array_equal(nothing.data, 0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e3, 1e9, 1e30])
def test_scores_of_any_finite_size_give_weights_without_a_warning(dtype, size):
    scores = Tensor(np.array([[0.0, size, -size], [-size, -size, size], [size, size, 0.0]], dtype), requires_grad=True)
    mask = np.array([[1, 0, 1], [1, 1, 0], [1, 1, 1]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        weights = masked_softmax(scores, mask)
        weights.backward(np.ones((3, 3)))
    np.testing.assert_array_equal(weights.data, [[1, 0, 0], [0.5, 0.5, 0], [0.5, 0.5, 0]])
    assert weights.dtype == dtype
    assert np.isfinite(scores.grad).all()


def test_float32_stays_float32_all_the_way():
    layer, x = MultiHeadAttention(6, 2), Tensor(numbers((2, 4, 6), 0).astype(np.float32), requires_grad=True)
    output = layer(x, causal_mask(4))
    output.sum().backward()
    arrays = [output.data, layer.weights, x.grad, *(p.grad for p in layer.parameters())]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


# -- masks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1, 2, 7])
def test_the_causal_mask_allows_itself_and_the_past(length):
    mask = causal_mask(length)
    assert mask.shape == (length, length)
    assert mask.dtype == bool
    assert all(mask[t, s] == (s <= t) for t in range(length) for s in range(length))


def test_the_padding_mask_allows_what_is_real_to_every_query():
    mask = padding_mask([3, 0, 1], 3)
    assert mask.dtype == bool
    np.testing.assert_array_equal(mask, [[[1, 1, 1]], [[0, 0, 0]], [[1, 0, 0]]])


def test_filling_changes_nothing():
    manual_seed(1)
    layer, x = MultiHeadAttention(8, 2), numbers((1, 3, 8), 0).astype(np.float32)
    filled = np.concatenate([x, numbers((1, 4, 8), 1).astype(np.float32)], axis=1)
    with_filling = layer(Tensor(filled), padding_mask([3], 7)).data[:, :3]
    np.testing.assert_allclose(with_filling, layer(Tensor(x)).data, rtol=1e-5, atol=1e-6)


def wrong(*shapes, mask=None):
    return lambda: scaled_dot_product_attention(*(Tensor(np.ones(shape, np.float32)) for shape in shapes), mask)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (wrong((3, 4), (5, 3), (5, 2)), ["(3, 4)", "(5, 3)"]),
        (wrong((3, 4), (5, 4), (4, 2)), ["(5, 4)", "(4, 2)"]),
        (wrong((3, 4), (5, 4), (1, 2)), ["(5, 4)", "(1, 2)"]),
        (wrong((3, 4), (5, 4), (5, 2), mask=np.ones((3, 4))), ["(3, 4)", "(3, 5)", "mask"]),
        (wrong((3, 4), (5, 4), (5, 2), mask=np.ones((2, 3, 5))), ["(2, 3, 5)", "(3, 5)", "mask"]),
        (wrong((3, 4), (5, 4), (5, 2), mask=np.full((3, 5), -np.inf)), ["mask", "1", "0"]),
        (wrong((3, 4), (5, 4), (5, 2), mask=np.full((3, 5), np.nan)), ["mask", "1", "0"]),
        (lambda: padding_mask([2, 9], 4), ["9", "4"]),
        (lambda: padding_mask([-3, 1], 4), ["-3", "4"]),
        (lambda: MultiHeadAttention(6, 4), ["6", "4"]),
        (lambda: MultiHeadAttention(6, 0), ["6", "0"]),
        (lambda: MultiHeadAttention(6, 2)(Tensor(np.ones((3, 5), np.float32))), ["(3, 5)", "(6, 6)"]),
    ],
)
def test_what_does_not_fit_raises_a_value_error_that_says_what(call, words):
    with pytest.raises(ValueError) as caught:
        call()
    assert all(word in str(caught.value) for word in words), str(caught.value)


# -- heads ------------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 3), max_size=2), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_heads_are_pieces_of_the_rows_and_come_back(batch, length, heads, size):
    x = numbers((*batch, length, heads * size), 0)
    pieces = split_heads(Tensor(x), heads)
    assert pieces.shape == (*batch, heads, length, size)
    for h in range(heads):
        np.testing.assert_array_equal(pieces.data[..., h, :, :], x[..., h * size : (h + 1) * size])
    np.testing.assert_array_equal(merge_heads(pieces).data, x)


def in_float64(layer):
    for parameter in layer.parameters():
        parameter.data = parameter.data.astype(np.float64)
    return layer


def heads_by_hand(layer, x, mask):
    """The output of a MultiHeadAttention, each head by itself; `mask` has an axis for heads."""
    q, k, v = (x @ proj.weight.data + proj.bias.data for proj in (layer.q_proj, layer.k_proj, layer.v_proj))
    size, outputs, maps = x.shape[-1] // layer.num_heads, [], []
    for h in range(layer.num_heads):
        part = slice(h * size, (h + 1) * size)
        output, weights = by_hand(q[..., part], k[..., part], v[..., part], mask[..., h, :, :])
        outputs.append(output)
        maps.append(weights)
    return np.concatenate(outputs, -1) @ layer.out_proj.weight.data + layer.out_proj.bias.data, np.stack(maps, -3)


@pytest.mark.parametrize(
    "shape", [None, (5, 5), (5,), (2, 5, 5), (2, 1, 5), (1, 5, 5), (2, 3, 5, 5), (2, 1, 1, 5)], ids=str
)
def test_a_layer_with_heads_is_what_each_head_gives_by_itself(shape):
    manual_seed(0)
    layer, x = in_float64(MultiHeadAttention(6, 3)), numbers((2, 5, 6), 0)
    mask = True if shape is None else some_mask(shape, 2)
    full = np.asarray(mask)[:, None] if np.ndim(mask) == 3 else np.asarray(mask)
    right, maps = heads_by_hand(layer, x, np.broadcast_to(full, (2, 3, 5, 5)))
    output = layer(Tensor(x), None if shape is None else mask)
    np.testing.assert_allclose(output.data, right, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(layer.weights, maps, rtol=1e-10, atol=1e-12)


def test_a_layer_takes_x_without_a_batch_and_with_two():
    manual_seed(0)
    layer, x = in_float64(MultiHeadAttention(4, 2)), numbers((2, 3, 5, 4), 0)
    mask = some_mask((3, 5, 5), 4) | np.eye(5, dtype=bool)
    all_at_once = layer(Tensor(x), mask).data
    for a, b in itertools.product(range(2), range(3)):
        np.testing.assert_allclose(layer(Tensor(x[a, b]), mask[b]).data, all_at_once[a, b], rtol=1e-10, atol=1e-12)
    assert layer.weights.shape == (2, 5, 5)


def test_gradients_of_a_layer_agree_with_central_differences():
    manual_seed(3)
    layer = in_float64(MultiHeadAttention(4, 2))
    names = list(named_parameters(layer))
    assert names == [f"{name}_proj.{part}" for name in ["q", "k", "v", "out"] for part in ("weight", "bias")]

    def use(x, *parameters):
        linears = iter(parameters)
        for proj in (layer.q_proj, layer.k_proj, layer.v_proj, layer.out_proj):
            proj.weight, proj.bias = next(linears), next(linears)
        return layer(x, causal_mask(3))

    check_gradients(use, numbers((2, 3, 4), 0), *(p.data.copy() for p in layer.parameters()), atol=2e-6)


def test_the_kept_weights_are_an_array_and_no_parameter():
    layer, x = MultiHeadAttention(4, 2), Tensor(numbers((3, 4), 0).astype(np.float32), requires_grad=True)
    assert layer.weights is None
    layer(x, mask=causal_mask(3))
    assert type(layer.weights) is np.ndarray
    assert layer.weights.shape == (2, 3, 3)
    assert len(layer.parameters()) == 8


def test_the_same_seed_gives_the_same_layer():
    def made(seed):
        manual_seed(seed)
        return [p.data.tobytes() for p in MultiHeadAttention(6, 3).parameters()]

    assert made(4) == made(4) != made(5)


# -- order, and the future --------------------------------------------------------------------------------------------


@given(st.integers(2, 9), st.integers(0, 2**32 - 1), st.data())
@settings(max_examples=40, deadline=None)
def test_under_the_causal_mask_later_inputs_change_no_bit_of_an_earlier_output(length, seed, data):
    position = data.draw(st.integers(1, length - 1))
    manual_seed(seed)
    layer, x = MultiHeadAttention(8, 2), numbers((2, length, 8), seed).astype(np.float32)
    other = x.copy()
    other[:, position:] = numbers(other[:, position:].shape, seed + 1) * 10.0 ** data.draw(st.integers(-3, 6))
    one, two = layer(Tensor(x), causal_mask(length)).data, layer(Tensor(other), causal_mask(length)).data
    assert one[:, :position].tobytes() == two[:, :position].tobytes()
    assert (one[:, position:] != two[:, position:]).any()


@pytest.mark.parametrize("position", range(6))
def test_under_the_causal_mask_the_gradient_with_respect_to_later_inputs_is_exactly_zero(position):
    manual_seed(2)
    layer, x = MultiHeadAttention(8, 4), Tensor(numbers((2, 6, 8), 0).astype(np.float32), requires_grad=True)
    layer(x, causal_mask(6))[:, : position + 1].backward(numbers((2, position + 1, 8), 1))
    assert not x.grad[:, position + 1 :].any()
    assert x.grad[:, : position + 1].all(axis=-1).any()


def test_without_a_mask_every_output_depends_on_every_input():
    manual_seed(2)
    layer = MultiHeadAttention(8, 4)
    for position in range(5):
        x = Tensor(numbers((5, 8), 0).astype(np.float32), requires_grad=True)
        layer(x)[position].backward(numbers((8,), 1))
        assert x.grad.any(axis=-1).all()


def test_without_positions_shuffled_inputs_give_shuffled_outputs_and_with_them_not():
    manual_seed(5)
    layer, places, x = MultiHeadAttention(8, 2), PositionalEncoding(8), numbers((6, 8), 0).astype(np.float32)
    order = np.array([3, 0, 5, 1, 4, 2])
    np.testing.assert_allclose(layer(Tensor(x[order])).data, layer(Tensor(x)).data[order], rtol=1e-4, atol=1e-6)
    moved = layer(places(Tensor(x[order]))).data - layer(places(Tensor(x))).data[order]
    assert np.abs(moved).max() > 0.01


# -- memory -----------------------------------------------------------------------------------------------------------


def test_the_graph_keeps_about_one_array_of_the_size_of_the_weights():
    import tracemalloc

    manual_seed(0)
    layer, x = MultiHeadAttention(16, 2), Tensor(np.ones((1, 512, 16), np.float32), requires_grad=True)
    layer(x)
    tracemalloc.start()
    output = layer(x)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert layer.weights.nbytes <= kept < 1.5 * layer.weights.nbytes
    del output


# -- the task that needs it -------------------------------------------------------------------------------------------


class Block(Layer):
    def __init__(self, attention):
        self.embedding, self.places, self.attention = Embedding(10, 32), PositionalEncoding(32), attention
        self.mlp, self.head = Sequential(Linear(32, 64), ReLU(), Linear(64, 32)), Linear(32, 10)

    def forward(self, ids):
        x = self.places(self.embedding(ids))
        x = x if self.attention is None else x + self.attention(x)
        return self.head(x + self.mlp(x))


def shares_of_reversed_digits(with_attention):
    """The shares of digits, and of whole sequences, that a model reverses in sequences it has not seen."""
    manual_seed(0)
    digits = np.unique(np.random.default_rng(0).integers(10, size=(5100, 9)), axis=0)
    digits = np.random.default_rng(1).permutation(digits)
    train, held_out = digits[:4000], digits[4000:]
    model = Block(MultiHeadAttention(32, 1) if with_attention else None)
    loader = DataLoader(TensorDataset(Tensor(train), Tensor(train[:, ::-1].copy())), 64, shuffle=True, seed=0)
    loss = CrossEntropyLoss()
    optimizer = AdamW(model.parameters(), lr=0.005)
    Trainer(model, lambda out, y: loss(out.reshape(-1, 10), y.reshape(-1)), optimizer, max_norm=1.0).fit(loader, 6)
    with no_grad():
        right = model(Tensor(held_out)).data.argmax(axis=-1) == held_out[:, ::-1]
    return right.mean(), right.all(axis=1).mean()


def test_one_block_learns_to_reverse_sequences_that_it_has_not_seen():
    digits, whole = shares_of_reversed_digits(True)
    assert whole > 0.99
    assert digits > 0.99


def test_the_same_model_without_attention_knows_the_middle_only():
    digits, whole = shares_of_reversed_digits(False)
    assert abs(digits - (1 + 8 * 0.1) / 9) < 0.02
    assert whole < 0.01


# -- PyTorch ----------------------------------------------------------------------------------------------------------

TORCH = """
import json, sys
import numpy as np, torch
from torch import nn
import torch.nn.functional as F
case = json.load(sys.stdin)
leaf = lambda name: torch.tensor(case[name], dtype=torch.float64, requires_grad=True)
q, k, v, mask = leaf("q"), leaf("k"), leaf("v"), torch.tensor(case["mask"])
out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
out.backward(torch.tensor(case["slopes"], dtype=torch.float64))
found = {"output": out, "q": q.grad, "k": k.grad, "v": v.grad}
layer = nn.MultiheadAttention(6, 3, batch_first=True).double()
with torch.no_grad():
    layer.in_proj_weight.copy_(torch.tensor(case["in_weight"]))
    layer.in_proj_bias.copy_(torch.tensor(case["in_bias"]))
    layer.out_proj.weight.copy_(torch.tensor(case["out_weight"]))
    layer.out_proj.bias.copy_(torch.tensor(case["out_bias"]))
x = leaf("x")
out, weights = layer(x, x, x, attn_mask=~torch.tensor(case["causal"]), average_attn_weights=False)
out.backward(torch.tensor(case["x_slopes"], dtype=torch.float64))
found |= {"layer": out, "weights": weights, "x": x.grad, "in_grad": layer.in_proj_weight.grad}
json.dump({name: value.detach().tolist() for name, value in found.items()}, sys.stdout)
"""


@functools.cache
def python_with_torch():
    for python in (sys.executable, os.environ.get("TINYTORCH_TORCH_PYTHON")):
        if python and subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0:
            return python
    return None


def test_outputs_weights_and_gradients_are_those_of_pytorch():
    python = python_with_torch()
    if python is None:
        pytest.skip("PyTorch is not installed here; name a Python that has it with TINYTORCH_TORCH_PYTHON")
    q, k, v = (Tensor(numbers((2, 3, n, 4), seed), requires_grad=True) for seed, n in enumerate((4, 5, 5)))
    mask = some_mask((2, 1, 4, 5), 7)
    mask[..., 0] = True
    slopes, x_slopes = numbers((2, 3, 4, 4), 8), numbers((2, 5, 6), 9)
    output, _ = scaled_dot_product_attention(q, k, v, mask)
    output.backward(slopes)
    manual_seed(6)
    layer, x = in_float64(MultiHeadAttention(6, 3)), Tensor(numbers((2, 5, 6), 10), requires_grad=True)
    result = layer(x, causal_mask(5))
    result.backward(x_slopes)
    three = (layer.q_proj, layer.k_proj, layer.v_proj)
    case = {
        **{"q": q.data, "k": k.data, "v": v.data, "mask": mask, "slopes": slopes, "causal": causal_mask(5)},
        "in_weight": np.concatenate([proj.weight.data.T for proj in three]),
        "in_bias": np.concatenate([proj.bias.data for proj in three]),
        **{"out_weight": layer.out_proj.weight.data.T, "out_bias": layer.out_proj.bias.data},
        **{"x": x.data, "x_slopes": x_slopes},
    }
    done = subprocess.run(
        [python, "-c", TORCH],
        input=json.dumps({name: np.asarray(value).tolist() for name, value in case.items()}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout)
    ours = {
        **{"output": output.data, "q": q.grad, "k": k.grad, "v": v.grad},
        **{"layer": result.data, "weights": layer.weights, "x": x.grad},
        "in_grad": np.concatenate([proj.weight.grad.T for proj in three]),
    }
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        np.testing.assert_allclose(value, theirs[name], rtol=1e-9, atol=1e-11, err_msg=name)


def test_scores_are_scaled_by_the_root_of_their_length():
    q, k = Tensor(np.ones((1, 16), np.float32)), Tensor(np.ones((2, 16), np.float32))
    np.testing.assert_array_equal(attention_scores(q, k).data, [[4.0, 4.0]])
