"""Uses the first and the last batch only.

breaks: 04-12-epoch-loss
hidden: yes
"""
def epoch_loss(losses, sizes):
    """The mean loss of all examples, from the mean losses of batches and the batches' sizes (two lists)."""
    return (losses[0] * sizes[0] + losses[-1] * sizes[-1]) / (sizes[0] + sizes[-1])
