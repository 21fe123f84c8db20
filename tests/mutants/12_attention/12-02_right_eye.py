"""With broadcasting.

right: 12-02-softmax-slopes
"""
def softmax_slopes(weights):
    weights = np.asarray(weights)
    return weights[:, None] * (np.eye(len(weights)) - weights[None, :])
