"""Sequences turned round, by attention: 8 digits go in, the same 8 come out backwards, of sequences never seen before.

Attention let a network look back at any place of a sentence in 2014 (Bahdanau, Cho and Bengio). In 2017 Vaswani and others
built a whole translator from it: "Attention is all you need".
"""

from __future__ import annotations

import numpy as np

from tinytorch import (
    AdamW,
    CosineSchedule,
    CrossEntropyLoss,
    Embedding,
    Layer,
    Linear,
    MultiHeadAttention,
    PositionalEncoding,
    ReLU,
    Sequential,
    Tensor,
    clip_grad_norm,
    manual_seed,
    no_grad,
)

MEANING = (
    "What has to be written at one place stands at another, and only attention moves anything from place to place. "
    "Take it out, and each place sees its own digit only: the network can do no better than guess."
)
LENGTH, DIGITS, WIDTH, STEPS = 8, 10, 32, 600


class Reverser(Layer):
    """One block: digits and places become vectors, attention moves them, a small network reads them off."""

    def __init__(self, attention):
        self.embedding, self.places = Embedding(DIGITS, WIDTH), PositionalEncoding(WIDTH, LENGTH)
        self.attention = MultiHeadAttention(WIDTH, 2) if attention else None
        self.inner = Sequential(Linear(WIDTH, 2 * WIDTH), ReLU(), Linear(2 * WIDTH, WIDTH))
        self.head = Linear(WIDTH, DIGITS)

    def forward(self, sequences):
        x = self.places(self.embedding(sequences))
        if self.attention:
            x = x + self.attention(x)
        return self.head(x + self.inner(x))


def learn(steps, sequences, attention):
    """A Reverser that was trained on batches of these sequences."""
    manual_seed(0)
    network, loss_of, rng = Reverser(attention), CrossEntropyLoss(), np.random.default_rng(0)
    optimizer = AdamW(network.parameters(), lr=0.01)
    schedule = CosineSchedule(optimizer, STEPS, warmup_steps=50)
    for _ in steps:
        batch = rng.choice(sequences, 64)
        optimizer.zero_grad()
        said = network(batch).reshape(-1, DIGITS)
        loss_of(said, Tensor(batch[:, ::-1].reshape(-1))).backward(retain_graph=False)
        clip_grad_norm(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return network


def shares_right(network, sequences):
    """Which share of the sequences comes out right as a whole, and which share of their digits."""
    with no_grad():
        right = network(sequences).data.argmax(axis=-1) == sequences[:, ::-1]
    return right.all(axis=1).mean(), right.mean()


def tell(story):
    rng = np.random.default_rng(0)
    sequences = rng.permutation(np.unique(rng.integers(DIGITS, size=(5000, LENGTH)), axis=0))
    shown, unseen = sequences[:4000], sequences[4000:]

    whole, _ = shares_right(learn(story.steps(STEPS, "with attention"), shown, attention=True), unseen)
    story.require("unseen sequences turned round", f"{whole:.1%}", "above 99 %", whole > 0.99)

    whole, single = shares_right(learn(story.steps(STEPS, "without attention"), shown, attention=False), unseen)
    story.require("without attention", f"{whole:.1%}", "below 1 %", whole < 0.01)
    story.require("without attention, digit by digit", f"{single:.1%}", "below 20 %", single < 0.2)
