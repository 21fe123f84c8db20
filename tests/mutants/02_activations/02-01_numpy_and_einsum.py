"""Works on the arrays, with einsum, and returns a list.

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
    W = np.einsum("ih,ho->io", W1.data, W2.data)
    b = b2.data.copy()
    for unit in range(len(b1)):
        b += b1.data[unit] * W2.data[unit]
    return [Tensor(W), Tensor(b)]
