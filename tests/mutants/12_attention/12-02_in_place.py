"""Changes the weights that it was given.

breaks: 12-02-softmax-slopes
hidden: yes
"""
def softmax_slopes(weights):
    slopes = -np.outer(weights, weights)
    weights += np.diag(slopes)
    np.fill_diagonal(slopes, weights)
    return slopes
