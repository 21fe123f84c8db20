"""Weights with the sizes, but divides by the number of batches.

breaks: 04-12-epoch-loss
"""
def epoch_loss(losses, sizes):
    """The mean loss of all examples, from the mean losses of batches and the batches' sizes (two lists)."""
    return sum(loss * size for loss, size in zip(losses, sizes)) / len(sizes)
