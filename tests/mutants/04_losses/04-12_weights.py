"""A weighted average by NumPy.

right: 04-12-epoch-loss
"""
def epoch_loss(losses, sizes):
    """The mean loss of all examples, from the mean losses of batches and the batches' sizes (two lists)."""
    return float(np.average(losses, weights=sizes))
