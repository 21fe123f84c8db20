"""Adds up the gradients of single rows.

right: 06-01-by-hand
"""
def linear_relu_by_hand(x, weight, bias, target):
    """The gradients of L = mean((relu(x @ weight + bias) - target)**2).

    Parameters
    ----------
    x, weight, bias, target : numpy.ndarray
        (rows, inputs), (inputs, outputs), (outputs,) and (rows, outputs).

    Returns
    -------
    tuple of two arrays
        dL/dweight in the shape of `weight`, dL/dbias in the shape of `bias`.
    """
    grad_weight, grad_bias = np.zeros_like(weight), np.zeros_like(bias)
    for row, wanted in zip(x, target):
        z = row @ weight + bias
        grad_z = 2 * (np.maximum(z, 0) - wanted) * (z > 0) / target.size
        grad_weight += np.outer(row, grad_z)
        grad_bias += grad_z
    return grad_weight, grad_bias
