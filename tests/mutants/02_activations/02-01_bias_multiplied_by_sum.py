"""Multiplies out the biases as if they were numbers.

breaks: 02-01-merge-layers
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
    return W1 @ W2, (b1 + b2) @ W2
