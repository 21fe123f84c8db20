"""Digits wherever they stand: a convolutional network reads digits moved by two pixels, and was never shown one.

Fukushima's neocognitron (1980) had the layers, LeCun and others (1989) trained them by back-propagation.
"""

import numpy as np

from tinytorch import (
    AdamW,
    Conv2d,
    CosineSchedule,
    CrossEntropyLoss,
    DataLoader,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    TensorDataset,
    Trainer,
    load_digits,
    manual_seed,
)

MEANING = (
    "Both networks have learned the same digits, all in the middle, with about 5,100 weights. One has a weight for each pixel, "
    "the other the same few for every place: for it a three is a three wherever it stands."
)
MOVES = [(0, 2), (0, -2), (2, 0), (-2, 0)]


def placed(images, down=0, right=0):
    """The images on canvases of 12 by 12 pixels, moved from the middle."""
    canvas = np.zeros((len(images), 1, 12, 12), np.float32)
    canvas[:, 0, 2 + down : 10 + down, 2 + right : 10 + right] = images.reshape(-1, 8, 8)
    return canvas


def learn(story, what, epochs, network, lr, images, labels):
    """A trainer whose network was trained on the images in the middle of their canvases."""
    loader = DataLoader(TensorDataset(placed(images), labels), 64, shuffle=True, seed=0)
    optimizer = AdamW(network.parameters(), lr=lr, weight_decay=0.01)
    schedule = CosineSchedule(optimizer, epochs * len(loader), warmup_steps=20)
    trainer = Trainer(network, CrossEntropyLoss(), optimizer, schedule)
    for _ in story.steps(epochs, what):
        trainer.fit(loader, 1)
    return trainer


def share_right(trainer, images, labels, moves):
    """The share of images that are read rightly, over all these moves."""
    loaders = [DataLoader(TensorDataset(placed(images, *move), labels), 360) for move in moves]
    return np.mean([trainer.evaluate(loader)["accuracy"] for loader in loaders])


def tell(story):
    images, labels = load_digits()
    order = np.random.default_rng(0).permutation(len(images))
    unseen, shown = order[:360], order[360:]

    manual_seed(0)
    flat = Sequential(Flatten(), Linear(144, 33), ReLU(), Linear(33, 10))
    by_pixel = learn(story, "a weight for each pixel", 30, flat, 0.004, images[shown], labels[shown])
    manual_seed(0)
    first, second = Conv2d(1, 16, 3, padding=1), Conv2d(16, 32, 3, padding=1)
    network = Sequential(first, ReLU(), second, ReLU(), MaxPool2d(12), Flatten(), Linear(32, 10))
    by_filter = learn(story, "the same filters everywhere", 6, network, 0.01, images[shown], labels[shown])

    for name, trainer in (("a weight for each pixel", by_pixel), ("filters", by_filter)):
        right = share_right(trainer, images[unseen], labels[unseen], [(0, 0)])
        story.require(f"{name}: unseen digits", f"{right:.1%}", "above 93 %", right > 0.93)
    right = share_right(by_pixel, images[unseen], labels[unseen], MOVES)
    story.require("a weight for each pixel: moved by two", f"{right:.1%}", "below 30 %", right < 0.3)
    right = share_right(by_filter, images[unseen], labels[unseen], MOVES)
    story.require("filters: moved by two", f"{right:.1%}", "above 85 %", right > 0.85)
