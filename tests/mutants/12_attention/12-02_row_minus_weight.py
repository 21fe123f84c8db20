"""Subtracts the weight of the score from each row, without the factor in front of it.

breaks: 12-02-softmax-slopes
"""
def softmax_slopes(weights):
    return np.diag(weights) - weights
