"""Computes all losses, then goes back through each: all graphs are alive at once.

breaks: 06-09-micro-batches
"""
def micro_batches(loss_of, pieces):
    """Leave in the weights the gradient of the mean loss over all rows, computed piece by piece.

    Each piece gets a `backward` of its own, so that there is the graph of one piece only at any time.

    Parameters
    ----------
    loss_of : callable
        ``loss_of(x, target)`` returns the mean loss over the rows of x, a Tensor that has been recorded.
    pieces : list of (x, target)
        The batch in pieces, which may have different numbers of rows.
    """
    rows = sum(len(x) for x, _ in pieces)
    losses = [loss_of(x, target) * (len(x) / rows) for x, target in pieces]
    for loss in losses:
        loss.backward()
