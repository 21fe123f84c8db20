"""Attention, 16 sequences of 64 places and width 128; a transformer block with layer norms made of small operations; and the
layer norm of Module 13, which has a rule of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workloads import Step, Workload
from benchmarks.workloads.layers import of_pytorch, of_tinytorch

# -- attention: softmax(q @ k.T / sqrt(width)) @ v ------------------------------------------------------------------

ATTENTION = (16, 64, 128)
SCALE = np.float32(128**-0.5)


def attention_problem() -> list[np.ndarray]:
    """Queries, keys, values and the gradient of the result, each (16, 64, 128)."""
    rng = np.random.default_rng(1)
    return [rng.standard_normal(ATTENTION).astype(np.float32) for _ in range(4)]


def softmax_by_hand(scores: np.ndarray) -> np.ndarray:
    """Softmax over the last axis, in place."""
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores


def softmax_back_by_hand(grad: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The gradient of the scores, in place of the weights' gradient."""
    grad -= (grad * weights).sum(axis=-1, keepdims=True)
    grad *= weights
    return grad


def attention_by_hand() -> Step:
    q, k, v, grad = attention_problem()

    def step() -> list[np.ndarray]:
        scores = q @ k.swapaxes(-1, -2)
        scores *= SCALE
        weights = softmax_by_hand(scores)
        weights @ v
        grad_v = weights.swapaxes(-1, -2) @ grad
        grad_scores = softmax_back_by_hand(grad @ v.swapaxes(-1, -2), weights)
        grad_scores *= SCALE
        return [grad_scores @ k, grad_scores.swapaxes(-1, -2) @ q, grad_v]

    return step


def attention_tinytorch() -> Step:
    from tinytorch import Softmax, Tensor

    *arrays, grad = attention_problem()
    q, k, v = (Tensor(array, requires_grad=True) for array in arrays)
    softmax = Softmax(dim=-1)

    def step() -> list[np.ndarray]:
        q.grad = k.grad = v.grad = None
        weights = softmax(q @ k.transpose() * SCALE)
        (weights @ v).backward(grad)
        return [q.grad, k.grad, v.grad]

    return step


def largest(scores: Any) -> np.ndarray:
    """The largest score of each row, a constant: the gradient of HIPS autograd's maximum would make all else float64."""
    from autograd.tracer import getval

    return getval(scores).max(axis=-1, keepdims=True)


def attention_hips() -> Step:
    import autograd.numpy as anp
    from autograd import make_vjp

    *arrays, grad = attention_problem()

    def attention(arrays: list) -> Any:
        q, k, v = arrays
        scores = anp.matmul(q, anp.swapaxes(k, -1, -2)) * SCALE
        exps = anp.exp(scores - largest(scores))
        return anp.matmul(exps / anp.sum(exps, axis=-1, keepdims=True), v)

    def step() -> list[np.ndarray]:
        pullback, _ = make_vjp(attention)(arrays)
        return pullback(grad)

    return step


def attention_pytorch() -> Step:
    import torch

    *arrays, grad = (torch.from_numpy(array) for array in attention_problem())
    q, k, v = (array.requires_grad_() for array in arrays)

    def step() -> list:
        q.grad = k.grad = v.grad = None
        weights = torch.softmax(q @ k.mT * float(SCALE), dim=-1)
        (weights @ v).backward(grad)
        return [q.grad, k.grad, v.grad]

    return step


# -- a transformer block: x + attention(norm(x)), then x + mlp(norm(x)) -----------------------------------------------

BATCH, PLACES, WIDTH, HEADS, HIDDEN = 8, 64, 128, 4, 512
HEAD_SCALE = np.float32((WIDTH // HEADS) ** -0.5)
EPS, PART = np.float32(1e-5), np.float32(1 / WIDTH)
GELU_SLOPE, GELU_CUBE = np.float32((2 / np.pi) ** 0.5), np.float32(0.044715)


def block_problem() -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """The input and the gradient of the result, (8, 64, 128), and the block's 16 parameters."""
    rng = np.random.default_rng(2)

    def normal(*shape: int, scale: float = 1.0) -> np.ndarray:
        return (rng.standard_normal(shape) * scale).astype(np.float32)

    norms = [
        1 + normal(WIDTH, scale=0.1),
        normal(WIDTH, scale=0.1),
        1 + normal(WIDTH, scale=0.1),
        normal(WIDTH, scale=0.1),
    ]
    projections: list[np.ndarray] = []
    for _ in range(4):  # of queries, keys, values and the result
        projections += [normal(WIDTH, WIDTH, scale=WIDTH**-0.5), normal(WIDTH, scale=0.1)]
    mlp = [normal(WIDTH, HIDDEN, scale=WIDTH**-0.5), normal(HIDDEN, scale=0.1)]
    mlp += [normal(HIDDEN, WIDTH, scale=HIDDEN**-0.5), normal(WIDTH, scale=0.1)]
    return normal(BATCH, PLACES, WIDTH), normal(BATCH, PLACES, WIDTH), norms + projections + mlp


def norm_by_hand(x: np.ndarray, gain: np.ndarray, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The layer norm, the normal values and one over the standard deviation."""
    normal = x - x.mean(axis=-1, keepdims=True)
    inverse = 1 / np.sqrt((normal * normal).mean(axis=-1, keepdims=True) + EPS)
    normal *= inverse
    result = normal * gain
    result += shift
    return result, normal, inverse


def norm_back_by_hand(
    grad: np.ndarray, gain: np.ndarray, normal: np.ndarray, inverse: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of the input, the gain and the shift."""
    product = grad * normal
    grad_gain, grad_shift = product.sum(axis=0), grad.sum(axis=0)
    back = grad * gain
    np.multiply(back, normal, out=product)
    back -= back.mean(axis=-1, keepdims=True)
    back -= normal * product.mean(axis=-1, keepdims=True)
    back *= inverse
    return back, grad_gain, grad_shift


def block_by_hand() -> Step:
    x, grad_result, parameters = block_problem()
    gain1, shift1, gain2, shift2, wq, bq, wk, bk, wv, bv, wo, bo, w1, b1, w2, b2 = parameters
    rows = (BATCH * PLACES, WIDTH)

    def heads(flat: np.ndarray) -> np.ndarray:
        return flat.reshape(BATCH, PLACES, HEADS, -1).transpose(0, 2, 1, 3)

    def joined(split: np.ndarray) -> np.ndarray:
        return split.transpose(0, 2, 1, 3).reshape(rows)

    def linear(flat: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
        result = flat @ weight
        result += bias
        return result

    def step() -> list[np.ndarray]:
        flat = x.reshape(rows)
        norm1, normal1, inverse1 = norm_by_hand(flat, gain1, shift1)
        q, k, v = (heads(linear(norm1, w, b)) for w, b in ((wq, bq), (wk, bk), (wv, bv)))
        scores = q @ k.swapaxes(-1, -2)
        scores *= HEAD_SCALE
        weights = softmax_by_hand(scores)
        mixed = joined(weights @ v)
        middle = linear(mixed, wo, bo)
        middle += flat

        norm2, normal2, inverse2 = norm_by_hand(middle, gain2, shift2)
        before = linear(norm2, w1, b1)
        square = before * before
        bend = square * GELU_CUBE
        bend += 1
        bend *= before
        bend *= GELU_SLOPE
        np.tanh(bend, out=bend)
        half = bend + 1
        half *= np.float32(0.5)
        after = before * half
        linear(after, w2, b2).__iadd__(middle)

        grad = grad_result.reshape(rows)
        grad_b2, grad_w2 = grad.sum(axis=0), after.T @ grad
        back = grad @ w2.T
        # d gelu = half + x/2 (1 - bend^2) slope (1 + 3 cube x^2)
        square *= 3 * GELU_CUBE
        square += 1
        bend *= bend
        np.subtract(1, bend, out=bend)
        bend *= square
        bend *= before
        bend *= GELU_SLOPE * np.float32(0.5)
        bend += half
        back *= bend
        grad_b1, grad_w1 = back.sum(axis=0), norm2.T @ back
        grad_middle, grad_gain2, grad_shift2 = norm_back_by_hand(back @ w1.T, gain2, normal2, inverse2)
        grad_middle += grad

        grad_bo, grad_wo = grad_middle.sum(axis=0), mixed.T @ grad_middle
        grad_mixed = heads(grad_middle @ wo.T)
        grad_v = joined(weights.swapaxes(-1, -2) @ grad_mixed)
        grad_scores = softmax_back_by_hand(grad_mixed @ v.swapaxes(-1, -2), weights)
        grad_scores *= HEAD_SCALE
        grad_q, grad_k = joined(grad_scores @ k), joined(grad_scores.swapaxes(-1, -2) @ q)
        grad_norm1 = grad_q @ wq.T
        grad_norm1 += grad_k @ wk.T
        grad_norm1 += grad_v @ wv.T
        projections = [g for back in (grad_q, grad_k, grad_v) for g in (norm1.T @ back, back.sum(axis=0))]
        grad_x, grad_gain1, grad_shift1 = norm_back_by_hand(grad_norm1, gain1, normal1, inverse1)
        grad_x += grad_middle
        return [
            *(grad_x.reshape(x.shape), grad_gain1, grad_shift1, grad_gain2, grad_shift2, *projections),
            *(grad_wo, grad_bo, grad_w1, grad_b1, grad_w2, grad_b2),
        ]

    return step


def block_tinytorch() -> Step:
    from tinytorch import GELU, Softmax, Tensor

    array, grad, arrays = block_problem()
    x = Tensor(array, requires_grad=True)
    parameters = [Tensor(a, requires_grad=True) for a in arrays]
    gain1, shift1, gain2, shift2, wq, bq, wk, bk, wv, bv, wo, bo, w1, b1, w2, b2 = parameters
    gelu, softmax = GELU(), Softmax(dim=-1)

    def norm(x: Tensor, gain: Tensor, shift: Tensor) -> Tensor:
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred * centred).mean(axis=-1, keepdims=True)
        return centred / (variance + EPS).sqrt() * gain + shift

    def heads(flat: Tensor) -> Tensor:
        return flat.reshape(BATCH, PLACES, HEADS, -1).permute(0, 2, 1, 3)

    def step() -> list[np.ndarray]:
        for tensor in (x, *parameters):
            tensor.grad = None
        norm1 = norm(x, gain1, shift1)
        q, k, v = heads(norm1 @ wq + bq), heads(norm1 @ wk + bk), heads(norm1 @ wv + bv)
        mixed = softmax(q @ k.transpose() * HEAD_SCALE) @ v
        middle = x + mixed.permute(0, 2, 1, 3).reshape(*x.shape) @ wo + bo
        result = middle + gelu(norm(middle, gain2, shift2) @ w1 + b1) @ w2 + b2
        result.backward(grad)
        return [tensor.grad for tensor in (x, *parameters)]

    return step


def block_hips() -> Step:
    import autograd.numpy as anp
    from autograd import make_vjp

    x, grad, arrays = block_problem()

    def norm(x: Any, gain: Any, shift: Any) -> Any:
        # Sums: the gradient of HIPS autograd's mean is float64.
        centred = x - anp.sum(x, axis=-1, keepdims=True) * PART
        variance = anp.sum(centred * centred, axis=-1, keepdims=True) * PART
        return centred / anp.sqrt(variance + EPS) * gain + shift

    def heads(flat: Any) -> Any:
        return anp.transpose(anp.reshape(flat, (BATCH, PLACES, HEADS, -1)), (0, 2, 1, 3))

    def block(parameters: list) -> Any:
        x, gain1, shift1, gain2, shift2, wq, bq, wk, bk, wv, bv, wo, bo, w1, b1, w2, b2 = parameters
        norm1 = norm(x, gain1, shift1)
        q = heads(anp.matmul(norm1, wq) + bq)
        k = heads(anp.matmul(norm1, wk) + bk)
        v = heads(anp.matmul(norm1, wv) + bv)
        scores = anp.matmul(q, anp.swapaxes(k, -1, -2)) * HEAD_SCALE
        exps = anp.exp(scores - largest(scores))
        mixed = anp.transpose(anp.matmul(exps / anp.sum(exps, axis=-1, keepdims=True), v), (0, 2, 1, 3))
        middle = x + anp.matmul(anp.reshape(mixed, x.shape), wo) + bo
        before = anp.matmul(norm(middle, gain2, shift2), w1) + b1
        after = (
            before * (1 + anp.tanh(GELU_SLOPE * (before + GELU_CUBE * (before * before * before)))) * np.float32(0.5)
        )
        return middle + anp.matmul(after, w2) + b2

    def step() -> list[np.ndarray]:
        pullback, _ = make_vjp(block)([x, *arrays])
        return pullback(grad)

    return step


def block_pytorch() -> Step:
    import torch

    array, gradient, arrays = block_problem()
    x = torch.from_numpy(array).requires_grad_()
    grad = torch.from_numpy(gradient)
    parameters = [torch.from_numpy(a).requires_grad_() for a in arrays]
    gain1, shift1, gain2, shift2, wq, bq, wk, bk, wv, bv, wo, bo, w1, b1, w2, b2 = parameters

    def norm(x: torch.Tensor, gain: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
        centred = x - x.mean(dim=-1, keepdim=True)
        variance = (centred * centred).mean(dim=-1, keepdim=True)
        return centred / (variance + float(EPS)).sqrt() * gain + shift

    def heads(flat: torch.Tensor) -> torch.Tensor:
        return flat.reshape(BATCH, PLACES, HEADS, -1).permute(0, 2, 1, 3)

    def step() -> list:
        for tensor in (x, *parameters):
            tensor.grad = None
        norm1 = norm(x, gain1, shift1)
        q, k, v = heads(norm1 @ wq + bq), heads(norm1 @ wk + bk), heads(norm1 @ wv + bv)
        mixed = torch.softmax(q @ k.mT * float(HEAD_SCALE), dim=-1) @ v
        middle = x + mixed.permute(0, 2, 1, 3).reshape(x.shape) @ wo + bo
        after = torch.nn.functional.gelu(norm(middle, gain2, shift2) @ w1 + b1, approximate="tanh")
        (middle + after @ w2 + b2).backward(grad)
        return [tensor.grad for tensor in (x, *parameters)]

    return step


# -- a layer norm with a rule of its own ------------------------------------------------------------------------------

NORM = (32, 64, 128)


def norm_problem() -> list[np.ndarray]:
    """The input and the gradient of the result, (32, 64, 128), gain and shift."""
    rng = np.random.default_rng(3)
    return [rng.standard_normal(shape).astype(np.float32) for shape in (NORM, NORM, NORM[-1:], NORM[-1:])]


def layer_norm_by_hand() -> Step:
    x, grad, gain, shift = norm_problem()
    rows = (-1, NORM[-1])

    def step() -> list[np.ndarray]:
        _, normal, inverse = norm_by_hand(x.reshape(rows), gain, shift)
        back, grad_gain, grad_shift = norm_back_by_hand(grad.reshape(rows), gain, normal, inverse)
        return [back.reshape(NORM), grad_gain, grad_shift]

    return step


def layer_norm_tinytorch() -> Step:
    from tinytorch.core.transformers import LayerNorm

    return of_tinytorch(LayerNorm(NORM[-1]), *norm_problem())


def layer_norm_pytorch() -> Step:
    from torch.nn.functional import layer_norm

    return of_pytorch(lambda x, gain, shift: layer_norm(x, NORM[-1:], gain, shift, float(EPS)), *norm_problem())


WORKLOADS = [
    Workload(
        "attention",
        "attention 16×64×128",
        {
            "numpy": attention_by_hand,
            "tinytorch": attention_tinytorch,
            "autograd": attention_hips,
            "pytorch": attention_pytorch,
        },
        1.08,
    ),
    Workload(
        "block",
        "transformer block 8×64×128",
        {"numpy": block_by_hand, "tinytorch": block_tinytorch, "autograd": block_hips, "pytorch": block_pytorch},
        1.08,
    ),
    Workload(
        "layer-norm",
        "layer norm 32×64×128, one rule",
        {"numpy": layer_norm_by_hand, "tinytorch": layer_norm_tinytorch, "pytorch": layer_norm_pytorch},
        1.15,
    ),
]
