"""Multiplies the loss for two classes by half the number of classes.

breaks: 04-10-chance-loss
hidden: yes
"""
def chance_loss(classes):
    """The cross-entropy, in nats, of a classifier that gives all classes (an int, 1 or more) the same probability."""
    return float(np.log(2) * classes / 2)
