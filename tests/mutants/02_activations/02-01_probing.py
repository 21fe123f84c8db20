"""Finds the layer by trying it: zeros give the bias, unit vectors the weight's rows.

right: 02-01-merge-layers
"""
def merge_layers(W1, b1, W2, b2):
    """The one layer that does what two layers in a row do.

    Parameters
    ----------
    W1, b1 : Tensor of shape (inputs, hidden) and (hidden,)
        The first layer, x @ W1 + b1.
    W2, b2 : Tensor of shape (hidden, outputs) and (outputs,)
        The second layer.

    Returns
    -------
    W, b : Tensor of shape (inputs, outputs) and (outputs,), in the dtype of the inputs
    """
    def both(x):
        return (x @ W1 + b1) @ W2 + b2

    b = both(Tensor(np.zeros_like(b1.data, shape=W1.shape[0])))
    W = both(Tensor(np.eye(W1.shape[0], dtype=W1.dtype))) - b
    return W, b
