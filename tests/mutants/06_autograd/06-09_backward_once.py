"""Adds the losses up first and calls backward once, which needs all graphs at once.

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
    total = 0
    for x, target in pieces:
        total = total + loss_of(x, target) * (len(x) / rows)
    total.backward()
