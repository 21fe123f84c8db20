"""Goes through the outcomes one by one.

right: 04-03-average-surprise
"""
def average_surprise(truth, predicted):
    """How surprised a forecast is on average, in bits: the cross-entropy of two distributions.

    Parameters
    ----------
    truth, predicted : lists or arrays of the same length
        The probabilities of all outcomes, as they are and as they were predicted; each sums to 1.

    Returns
    -------
    float, infinite if something happens that was predicted with probability 0; no warnings
    """
    import math

    total = 0.0
    for t, p in zip(truth, predicted):
        if t > 0:
            total += math.inf if p == 0 else t * math.log2(1 / p)
    return total
