"""Gives the chance of being wrong.

breaks: 04-10-chance-loss
"""
def chance_loss(classes):
    """The cross-entropy, in nats, of a classifier that gives all classes (an int, 1 or more) the same probability."""
    return 1 - 1 / classes
