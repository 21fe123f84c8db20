"""Divides by the number of rows instead of the number of values.

breaks: 06-01-by-hand
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
    z = x @ weight + bias
    grad_h = 2 * (np.maximum(z, 0) - target) / len(z)
    grad_z = grad_h * (z > 0)
    return x.T @ grad_z, grad_z.sum(axis=0)
