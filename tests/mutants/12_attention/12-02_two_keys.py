"""Fits two keys only: the slopes beside the diagonal are taken for the negative of those on it.

breaks: 12-02-softmax-slopes
hidden: yes
"""
def softmax_slopes(weights):
    own = weights * (1 - weights)
    slopes = np.tile(-own, (len(weights), 1))
    np.fill_diagonal(slopes, own)
    return slopes
