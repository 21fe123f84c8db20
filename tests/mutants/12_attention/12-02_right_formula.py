"""Element by element, as the formula stands there.

right: 12-02-softmax-slopes
"""
def softmax_slopes(weights):
    return [[w * ((i == j) - v) for j, v in enumerate(weights)] for i, w in enumerate(weights)]
