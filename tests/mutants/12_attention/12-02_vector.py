"""Returns the diagonal as a vector.

breaks: 12-02-softmax-slopes
"""
def softmax_slopes(weights):
    return weights * (1 - weights)
