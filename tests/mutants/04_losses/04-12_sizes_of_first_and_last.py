"""Takes all batches but the last to be as large as the first, and the last alone to be different.

breaks: 04-12-epoch-loss
hidden: yes
"""
def epoch_loss(losses, sizes):
    """The mean loss of all examples, from the mean losses of batches and the batches' sizes (two lists)."""
    total = sum(losses[:-1]) * sizes[0] + losses[-1] * sizes[-1]
    return total / (sizes[0] * (len(sizes) - 1) + sizes[-1])
