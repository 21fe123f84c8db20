"""Digits that nobody showed it: a network learns from 1,437 handwritten digits and reads 360 others, within a minute.

In 1989 LeCun and others had a network that learned by back-propagation read handwritten postal codes. These digits are
smaller: 8 by 8 pixels.
"""

from __future__ import annotations

import numpy as np

from tinytorch import (
    AdamW,
    CosineSchedule,
    CrossEntropyLoss,
    DataLoader,
    Dropout,
    Linear,
    ReLU,
    Sequential,
    TensorDataset,
    Trainer,
    load_digits,
    manual_seed,
)

MEANING = (
    "It was never shown these 360 digits, so it cannot have learned them by heart: it has learned what digits look like. "
    "Eight modules, nothing below them but NumPy."
)
EPOCHS, MINUTE = 15, 60


def moved(images):
    """The images, and four copies that are moved by one pixel, left, right, up and down: what does not matter."""
    padded = np.pad(images.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    places = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
    return np.concatenate([padded[:, i : i + 8, j : j + 8].reshape(-1, 64) for i, j in places])


def tell(story):
    images, labels = load_digits()
    order = np.random.default_rng(0).permutation(len(images))
    unseen, shown = order[:360], order[360:]
    loader = DataLoader(TensorDataset(moved(images[shown]), np.tile(labels[shown], 5)), 64, shuffle=True, seed=0)

    manual_seed(0)
    network = Sequential(Linear(64, 512), ReLU(), Dropout(0.5), Linear(512, 10))
    optimizer = AdamW(network.parameters(), lr=0.004, weight_decay=0.05)
    schedule = CosineSchedule(optimizer, EPOCHS * len(loader), warmup_steps=50)
    trainer = Trainer(network, CrossEntropyLoss(), optimizer, schedule, max_norm=5.0)
    for _ in story.steps(EPOCHS):
        trainer.fit(loader, 1)
        if story.seconds > MINUTE:  # what it has learned by now counts
            break

    right = trainer.evaluate(DataLoader(TensorDataset(images[unseen], labels[unseen]), 360))["accuracy"]
    story.require("right of 360 unseen digits", f"{right:.1%}", "above 97 %", right > 0.97)
    story.require("seconds", f"{story.seconds:.0f}", "at most 60", story.seconds <= MINUTE)
