"""Takes all pieces but the last one to be as large as the first.

breaks: 06-09-micro-batches
hidden: yes
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
    rows = len(pieces[0][0]) * (len(pieces) - 1) + len(pieces[-1][0])
    for x, target in pieces:
        (loss_of(x, target) * (len(x) / rows)).backward()
