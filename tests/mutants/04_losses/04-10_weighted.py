"""Gives one class's share of the sum, times 2.

breaks: 04-10-chance-loss
hidden: yes
"""
def chance_loss(classes):
    """The cross-entropy, in nats, of a classifier that gives all classes (an int, 1 or more) the same probability."""
    return float(2 * np.log(classes) / classes)
