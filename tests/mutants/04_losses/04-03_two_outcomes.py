"""Knows yes and no only.

breaks: 04-03-average-surprise
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
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(-(truth[0] * np.log2(predicted[0]) + (1 - truth[0]) * np.log2(1 - predicted[0])))
