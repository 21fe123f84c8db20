"""Transformers: the rule of a norm, a GPT that never looks ahead, caches that change no text, files that others read."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinytorch import (
    GPT,
    AdamW,
    CharTokenizer,
    LayerNorm,
    Linear,
    Tensor,
    TransformerBlock,
    detect_anomaly,
    generate,
    generate_cached,
    gradcheck,
    manual_seed,
    next_token_loss,
    next_token_pairs,
    no_grad,
)
from tinytorch.core.training import load_parameters, named_parameters, save_parameters
from tinytorch.core.transformers import KVCache, arrays_from, draw, next_token_probabilities, safetensors_bytes

from .support import numbers


def in_float64(layer):
    for parameter in layer.parameters():
        parameter.data = parameter.data.astype(np.float64)
    return layer


def random_gpt(vocab_size=11, embed_dim=8, num_layers=2, num_heads=2, max_length=12, seed=0):
    """A GPT in float64 whose scores lie far apart."""
    manual_seed(seed)
    model, rng = GPT(vocab_size, embed_dim, num_layers, num_heads, max_length), np.random.default_rng(seed)
    for parameter in model.parameters():
        parameter.data = rng.normal(scale=0.6, size=parameter.shape)
    return model


def composed(x, weight, bias, eps=1e-5):
    """A layer norm of the engine's own operations."""
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / ((centred * centred).mean(axis=-1, keepdims=True) + eps).sqrt() * weight + bias


# -- the norm ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5,), (1, 1), (3, 2), (2, 3, 7), (2, 1, 4, 6)])
def test_the_rule_of_a_norm_gives_the_gradients_of_the_composed_one(shape):
    layer = in_float64(LayerNorm(shape[-1]))
    layer.weight.data, layer.bias.data = numbers(shape[-1:], 1), numbers(shape[-1:], 2)
    one, two = Tensor(numbers(shape, 3), requires_grad=True), Tensor(numbers(shape, 3), requires_grad=True)
    weight, bias = Tensor(layer.weight.data, requires_grad=True), Tensor(layer.bias.data, requires_grad=True)
    slopes = numbers(shape, 4)
    out, other = layer(one), composed(two, weight, bias)
    out.backward(slopes)
    other.backward(slopes)
    np.testing.assert_allclose(out.data, other.data, rtol=1e-12, atol=1e-12)
    for got, right in [(one, two), (layer.weight, weight), (layer.bias, bias)]:
        np.testing.assert_allclose(got.grad, right.grad, rtol=1e-9, atol=1e-10)


def test_a_norm_agrees_with_central_differences():
    layer = in_float64(LayerNorm(4))
    layer.weight.data = numbers((4,), 1)
    assert gradcheck(layer, [Tensor(numbers((3, 4), 0), requires_grad=True)])


def test_only_what_wants_a_gradient_gets_one():
    layer = LayerNorm(3)
    layer.weight.requires_grad = False
    x = Tensor(np.ones((2, 3), np.float32))
    out = layer(x)
    assert out.requires_grad, "the bias is still learned"
    out.backward(np.ones((2, 3), np.float32))
    assert x.grad is None and layer.weight.grad is None and layer.bias.grad.tolist() == [2.0, 2.0, 2.0]


def test_rows_are_normalized_whatever_their_size_and_place():
    rows, layer = numbers((4, 16), 0).astype(np.float32), LayerNorm(16)
    with no_grad():
        right = layer(Tensor(rows)).data
        for scale, shift in [(100.0, 0.0), (1.0, 50.0), (1e4, -3e4)]:
            np.testing.assert_allclose(
                layer(Tensor(rows * np.float32(scale) + np.float32(shift))).data, right, atol=1e-3
            )
        assert layer(Tensor(np.full((2, 16), 7.0, np.float32))).data.tolist() == [[0.0] * 16] * 2


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match=r"\(2, 4\).*\(3,\)"):
        LayerNorm(3)(Tensor(np.ones((2, 4), np.float32)))
    with pytest.raises(ValueError, match=r"\(2, 1\)"):  # it would broadcast
        LayerNorm(3)(Tensor(np.ones((2, 1), np.float32)))


def test_an_array_changed_between_forward_and_backward_is_found():
    layer, x = LayerNorm(3), Tensor(numbers((2, 3), 0), requires_grad=True)
    with detect_anomaly():
        out = layer(x).sum()
        layer.weight.data *= 2
        with pytest.raises(RuntimeError, match="LayerNormBackward"):
            out.backward()


# -- the model ---------------------------------------------------------------------------------------------------------


def test_gradients_of_a_gpt_agree_with_central_differences():
    model, rng = random_gpt(embed_dim=4, num_layers=1), np.random.default_rng(1)
    inputs, targets = rng.integers(11, size=(2, 5)), rng.integers(11, size=(2, 5))
    next_token_loss(model(inputs), targets).backward()
    for name, parameter in named_parameters(model).items():
        place = tuple(rng.integers(size) for size in parameter.shape)
        before, losses = parameter.data[place], []
        with no_grad():
            for step in (1e-6, -1e-6):
                parameter.data[place] = before + step
                losses.append(next_token_loss(model(inputs), targets).item())
        parameter.data[place] = before
        assert parameter.grad[place] == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-5, abs=1e-8), name


def test_what_comes_later_changes_no_bit_of_what_was_said():
    manual_seed(0)
    model, rng = GPT(30, 16, 3, 4, 20), np.random.default_rng(0)
    ids = rng.integers(30, size=(3, 20))
    with no_grad():
        said = model(ids).data
        for cut in (1, 7, 19):
            other = ids.copy()
            other[:, cut:] = rng.integers(30, size=(3, 20 - cut))
            assert np.array_equal(model(other).data[:, :cut], said[:, :cut])


def test_read_and_written_by_one_table():
    model = GPT(9, 4, 1, 2, 5)
    names = list(named_parameters(model))
    assert names[:2] == ["tokens.weight", "positions.weight"] and names[-1] == "norm.bias" and len(names) == 20
    out = model([1, 2])
    out.backward(np.ones(out.shape, np.float32))
    assert np.all(np.any(model.tokens.weight.grad, axis=1)), "ids that were not read learn from not being written"


@pytest.mark.parametrize("sizes", [(512, 64, 2, 4, 64), (1000, 32, 4, 8, 128)])
def test_an_untrained_model_knows_nothing_and_says_so(sizes):
    manual_seed(0)
    model, ids = GPT(*sizes), np.random.default_rng(0).integers(sizes[0], size=2000)
    inputs, targets = next_token_pairs(ids, sizes[-1])
    with no_grad():
        assert next_token_loss(model(inputs), targets).item() == pytest.approx(math.log(sizes[0]) + 0.5, abs=0.2)


def test_it_learns_a_text_by_heart():
    text = "one two three four five six seven. "
    tokenizer = CharTokenizer(text)
    inputs, targets = next_token_pairs(tokenizer.encode(text * 3), len(text))
    manual_seed(0)
    model = GPT(len(tokenizer), 32, 1, 2, len(text) + 1)
    optimizer = AdamW(model.parameters(), lr=0.01)
    for _ in range(120):
        optimizer.zero_grad()
        loss = next_token_loss(model(inputs), targets)
        loss.backward(retain_graph=False)
        optimizer.step()
    assert loss.item() < 0.1
    written = generate(model, tokenizer.encode("one"), len(text) - 3, top_k=1)
    assert tokenizer.decode(written) == text


# -- against PyTorch ---------------------------------------------------------------------------------------------------


def torch_scores(torch, model, ids):
    """The model's scores by PyTorch's own functions, and its parameters there by name."""
    own = {name: torch.tensor(p.data, requires_grad=True) for name, p in named_parameters(model).items()}

    def linear(x, name):
        return x @ own[f"{name}.weight"] + own[f"{name}.bias"]

    def norm(x, name):
        return torch.nn.functional.layer_norm(x, x.shape[-1:], own[f"{name}.weight"], own[f"{name}.bias"])

    x = own["tokens.weight"][ids] + own["positions.weight"][: ids.shape[-1]]
    for k, block in enumerate(model.blocks):
        h, at = norm(x, f"blocks.{k}.norm1"), f"blocks.{k}.attention"
        parts = [
            linear(h, f"{at}.{p}_proj").unflatten(-1, (block.attention.num_heads, -1)).transpose(-3, -2) for p in "qkv"
        ]
        mixed = torch.nn.functional.scaled_dot_product_attention(*parts, is_causal=True)
        x = x + linear(mixed.transpose(-3, -2).flatten(-2), f"{at}.out_proj")
        h = linear(norm(x, f"blocks.{k}.norm2"), f"blocks.{k}.mlp.0")
        x = x + linear(torch.nn.functional.gelu(h, approximate="tanh"), f"blocks.{k}.mlp.2")
    return norm(x, "norm") @ own["tokens.weight"].T, own


def test_scores_and_gradients_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    model, rng = random_gpt(), np.random.default_rng(2)
    inputs, targets = rng.integers(11, size=(3, 12)), rng.integers(11, size=(3, 12))
    scores = model(inputs)
    loss = next_token_loss(scores, targets)
    loss.backward()
    there, own = torch_scores(torch, model, torch.tensor(inputs))
    other = torch.nn.functional.cross_entropy(there.flatten(0, 1), torch.tensor(targets).flatten())
    other.backward()
    np.testing.assert_allclose(scores.data, there.detach().numpy(), rtol=1e-9, atol=1e-9)
    assert loss.item() == pytest.approx(other.item(), rel=1e-12)
    for name, parameter in named_parameters(model).items():
        np.testing.assert_allclose(parameter.grad, own[name].grad.numpy(), rtol=1e-8, atol=1e-10, err_msg=name)


# -- texts -------------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 9), min_size=2, max_size=60), st.integers(1, 12))
def test_windows_are_the_text_and_answers_the_text_one_later(ids, length):
    if len(ids) <= length:
        with pytest.raises(ValueError, match=rf"\b{len(ids)} ids.*\b{length}\b"):
            next_token_pairs(ids, length)
        return
    inputs, targets = next_token_pairs(ids, length)
    used = inputs.size
    assert inputs.shape == targets.shape == (used // length, length)
    assert inputs.ravel().tolist() == ids[:used] and targets.ravel().tolist() == ids[1 : used + 1]
    assert used + length > len(ids) - 1, "nothing that fits is left out"


@given(
    st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=12),
    st.sampled_from([0.01, 0.5, 1.0, 30.0]),
    st.integers(1, 14),
)
def test_probabilities_add_up_and_keep_the_order_of_the_scores(scores, temperature, top_k):
    scores = np.array(scores, np.float32)
    found = next_token_probabilities(scores, temperature, top_k)
    assert found.sum() == pytest.approx(1.0) and np.all(found >= 0) and np.count_nonzero(found) <= top_k
    order = np.argsort(-scores, kind="stable")
    assert np.all(np.diff(found[order]) <= 1e-15), "a better score is not less probable"
    assert not found[order[top_k:]].any()
    one = next_token_probabilities(scores, temperature, 1)
    assert one.tolist() == [float(k == scores.argmax()) for k in range(len(scores))]


def test_draws_follow_the_probabilities_and_never_what_is_excluded():
    rng, wanted = np.random.default_rng(0), np.array([0.0, 0.5, 0.0, 0.3, 0.2, 0.0])
    shares = np.bincount([draw(wanted, rng) for _ in range(20_000)], minlength=6) / 20_000
    np.testing.assert_allclose(shares, wanted, atol=0.02)
    assert not shares[wanted == 0].any()


class Ends:
    """A random number generator that draws the largest number there is, or the smallest."""

    def __init__(self, number):
        self.random = lambda: number


@pytest.mark.parametrize("number", [0.0, np.nextafter(1.0, 0.0)])
def test_a_draw_at_the_edge_is_still_allowed(number):
    for wanted in ([0.0, 0.1, 0.2, 0.7, 0.0], [0.0, 1.0, 0.0], np.array([0.0, *[0.1] * 10, 0.0])):
        assert wanted[draw(np.array(wanted), Ends(number))] > 0


# -- caches ------------------------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.integers(0, 3))
def test_in_whatever_parts_a_text_comes_the_scores_are_the_same(parts, seed):
    parts = [size for k, size in enumerate(parts) if sum(parts[: k + 1]) <= 12]
    model, rng = random_gpt(seed=seed), np.random.default_rng(seed)
    ids, caches, found = rng.integers(11, size=(2, sum(parts))), [KVCache() for _ in model.blocks], []
    with no_grad():
        for at, size in zip(np.cumsum([0, *parts]), parts, strict=False):
            found.append(model.forward_cached(ids[:, at : at + size], caches).data)
        np.testing.assert_allclose(np.concatenate(found, axis=1), model(ids).data, rtol=1e-9, atol=1e-9)
    assert {len(cache) for cache in caches} == {sum(parts)}


@pytest.mark.parametrize("seed", range(4))
def test_with_caches_it_writes_the_same_text(seed):
    model = random_gpt(seed=seed)
    for options in ({}, {"temperature": 0.3}, {"top_k": 3}, {"end": 4}, {"temperature": 2.0, "top_k": 5, "end": 0}):
        assert generate_cached(model, [1, 2], 10, seed=seed, **options) == generate(
            model, [1, 2], 10, seed=seed, **options
        )
    with pytest.raises(ValueError, match=r"\b12\b"):
        generate_cached(model, [1, 2], 11)
    assert len(generate(model, [1, 2], 30)) == 32, "without them a text may be longer than the model has positions"


def test_writing_records_nothing_and_keeps_no_graph():
    model, caches = random_gpt(), [KVCache() for _ in range(2)]
    generate(model, [1], 3)
    with no_grad():
        assert not model.forward_cached([1, 2], caches).requires_grad
    assert not caches[0].keys.requires_grad and caches[0].keys._grad_fn is None
    assert all(parameter.grad is None for parameter in model.parameters())


# -- files -------------------------------------------------------------------------------------------------------------

ARRAYS = {
    "a": np.arange(6, dtype=np.float32).reshape(2, 3),
    "turned": np.arange(6, dtype=np.float64).reshape(2, 3).T,
    "part": np.arange(20, dtype=np.int64)[::3],
    "é": np.array([True, False]),
    "number": np.array(1.5, np.float16),
    "none": np.zeros((0, 4), np.float32),
}


def same(one, two):
    assert sorted(one) == sorted(two)
    for name in one:
        assert one[name].dtype == two[name].dtype and np.array_equal(one[name], two[name]), name


def test_arrays_come_back_as_they_were():
    back = arrays_from(safetensors_bytes(ARRAYS))
    same(back, ARRAYS)
    back["a"][0, 0] = 9.0  # their own memory
    assert ARRAYS["a"][0, 0] == 0.0


def test_the_library_reads_our_files_and_we_read_its():
    library = pytest.importorskip("safetensors.numpy")
    same(library.load(safetensors_bytes(ARRAYS)), ARRAYS)
    theirs = {name: np.ascontiguousarray(array).reshape(array.shape) for name, array in ARRAYS.items()}
    same(arrays_from(library.save(theirs, metadata={"format": "np"})), ARRAYS)


@pytest.mark.parametrize("ending", [".npz", ".safetensors"])
def test_a_model_goes_through_a_file(tmp_path, ending):
    if ending == ".safetensors":
        pytest.importorskip("safetensors")
    manual_seed(1)
    model, other, path = GPT(9, 8, 2, 2, 6), GPT(9, 8, 2, 2, 6), tmp_path / f"model{ending}"
    save_parameters(model, path, torch_layout=True)
    load_parameters(other, path, torch_layout=True)
    assert generate(other, [1], 20) == generate(model, [1], 20)
    if ending == ".safetensors":
        stored = arrays_from(path.read_bytes())
        assert list(sorted(stored)) == sorted(named_parameters(model)) and stored["tokens.weight"].shape == (9, 8)
        assert stored["blocks.0.mlp.0.weight"].shape == (32, 8), "PyTorch's layout: (out, in)"


def test_a_block_has_pytorchs_number_of_parameters():
    torch = pytest.importorskip("torch")
    there = torch.nn.TransformerEncoderLayer(16, 4, 64, norm_first=True)
    assert sum(p.size for p in TransformerBlock(16, 4).parameters()) == sum(p.numel() for p in there.parameters())
    assert isinstance(TransformerBlock(16, 4).mlp[0], Linear)
