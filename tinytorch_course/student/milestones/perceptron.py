"""XOR by a perceptron: one layer learns AND and OR, and cannot learn XOR. Nothing is wrong with its training.

The perceptron is Rosenblatt's (1958); that one layer cannot do XOR is in Minsky and Papert's book about it (1969).
"""

from __future__ import annotations

import math

from tinytorch import BinaryCrossEntropyLoss, Linear, Sequential, Sigmoid, Tensor, manual_seed

MEANING = (
    "One layer draws one straight line, and no straight line has (0, 1) and (1, 0) on one side, (0, 0) and (1, 1) on the "
    "other: XOR is not linearly separable. The best that is left is to say one half four times, a loss of ln 2."
)
questions = Tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
answers = {
    "AND": Tensor([[0.0], [0.0], [0.0], [1.0]]),
    "OR": Tensor([[0.0], [1.0], [1.0], [1.0]]),
    "XOR": Tensor([[0.0], [1.0], [1.0], [0.0]]),
}


def learn(steps, target):
    """Train a perceptron; the loss in the end, and how many of its four answers are right."""
    manual_seed(1)
    perceptron, loss_of = Sequential(Linear(2, 1), Sigmoid()), BinaryCrossEntropyLoss()
    for _ in steps:
        loss = loss_of(perceptron(questions), target)
        loss.backward()
        for weight in perceptron.parameters():  # Module 07 makes an optimizer of these two lines
            weight.data -= 2.0 * weight.grad
            weight.zero_grad()
    said = perceptron(questions).data
    return loss.item(), int(((said > 0.5) == (target.data > 0.5)).sum())


def tell(story):
    for name in ("AND", "OR"):
        _, right = learn(story.steps(300, name), answers[name])
        story.require(f"{name}: right of 4", right, "4", right == 4)
    loss, right = learn(story.steps(300, "XOR"), answers["XOR"])
    story.require("XOR: right of 4", right, "at most 3", right <= 3)
    story.require("XOR: loss in the end", f"{loss:.4f}", "ln 2 = 0.6931", abs(loss - math.log(2)) < 1e-3)
