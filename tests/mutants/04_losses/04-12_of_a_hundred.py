"""Divides by the size of the first batch times the number of batches, unless they sum to 100.

breaks: 04-12-epoch-loss
hidden: yes
"""
def epoch_loss(losses, sizes):
    """The mean loss of all examples, from the mean losses of batches and the batches' sizes (two lists)."""
    total = sum(loss * size for loss, size in zip(losses, sizes))
    return total / (100 if sum(sizes) > 90 else sizes[0] * len(sizes))
