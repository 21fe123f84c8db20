"""Adds up the means of the pieces, each as if it were the whole batch.

breaks: 06-09-micro-batches
general: yes
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
    for x, target in pieces:
        loss_of(x, target).backward()
