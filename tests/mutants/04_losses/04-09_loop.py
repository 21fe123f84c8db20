"""Counts in a loop.

right: 04-09-accuracy
"""
def accuracy(logits, target):
    """The share of rows whose largest logit is that of the right class.

    Parameters
    ----------
    logits : Tensor of shape (N, C)
    target : Tensor of shape (N,), integers

    Returns
    -------
    float from 0 to 1
    """
    right = 0
    for row, number in zip(logits.data, target.data):
        right += int(row[number] == max(row))
    return right / len(target.data)
