"""A two-layer network, made of exported modules only, learns to read digits."""

import numpy as np
import pytest

from tinytorch import (
    CrossEntropyLoss,
    DataLoader,
    Linear,
    ReLU,
    Sequential,
    Tensor,
    TensorDataset,
    load_digits,
    no_grad,
)


def accuracy(network, images, labels):
    with no_grad():
        return float((network(Tensor(images)).data.argmax(axis=1) == labels).mean())


@pytest.mark.parametrize("retain_graph", [True, False])
def test_a_two_layer_network_reads_held_out_digits(retain_graph):
    images, labels = load_digits()
    order = np.random.default_rng(0).permutation(len(images))
    held_out, train = order[:360], order[360:]
    network = Sequential(Linear(64, 64), ReLU(), Linear(64, 10))
    loss_of, parameters = CrossEntropyLoss(), network.parameters()
    assert accuracy(network, images[held_out], labels[held_out]) < 0.3
    loader = DataLoader(TensorDataset(Tensor(images[train]), Tensor(labels[train])), 32, shuffle=True, seed=0)
    losses = []
    for _ in range(30):
        total = 0.0
        for x, y in loader:
            network.zero_grad()
            loss = loss_of(network(x), y)
            loss.backward(retain_graph=retain_graph)
            for parameter in parameters:
                parameter.data -= np.float32(0.3) * parameter.grad
            total += loss.item()
        losses.append(total / len(loader))
    assert losses[-1] < 0.05 < losses[0]
    assert accuracy(network, images[held_out], labels[held_out]) > 0.95
    assert all(parameter.dtype == np.float32 for parameter in parameters)
