"""Sums the surprise of all classes, each with its probability.

right: 04-10-chance-loss
"""
def chance_loss(classes):
    """The cross-entropy, in nats, of a classifier that gives all classes (an int, 1 or more) the same probability."""
    return float(-sum(np.log(1 / classes) / classes for _ in range(classes)))
