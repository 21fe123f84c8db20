"""Looks at the first two outcomes only: it rains, or it does not.

breaks: 04-03-average-surprise
hidden: yes
"""
def average_surprise(truth, predicted):
    """How surprised a forecast is on average, in bits: the cross-entropy of two distributions."""
    total = 0.0
    for i in (0, 1):
        if truth[i] > 0:
            total += truth[i] * (np.inf if predicted[i] == 0 else -np.log2(predicted[i]))
    return float(total)
