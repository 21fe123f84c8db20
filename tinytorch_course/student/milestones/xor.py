"""XOR by a network with a hidden layer: what one layer could not do, two can, because gradients reach the first.

Rumelhart, Hinton and Williams had networks learn XOR by back-propagation in 1986.
"""

from __future__ import annotations

from tinytorch import Adam, BinaryCrossEntropyLoss, Linear, Sequential, Sigmoid, Tanh, Tensor, manual_seed

MEANING = (
    "The hidden layer bends the plane until one straight line is enough. Nobody told it how: the gradient of the loss, "
    "carried back through the second layer, did."
)
questions = Tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
answers = Tensor([[0.0], [1.0], [1.0], [0.0]])


def tell(story):
    manual_seed(1)
    network, loss_of = Sequential(Linear(2, 8), Tanh(), Linear(8, 1), Sigmoid()), BinaryCrossEntropyLoss()
    optimizer = Adam(network.parameters(), lr=0.05)
    for _ in story.steps(400):
        optimizer.zero_grad()
        loss = loss_of(network(questions), answers)
        loss.backward()
        optimizer.step()
    said = network(questions).data
    right = int(((said > 0.5) == (answers.data > 0.5)).sum())
    story.require("right of 4", right, "4", right == 4)
    story.require("loss in the end", f"{loss.item():.4f}", "below 0.05", loss.item() < 0.05)
