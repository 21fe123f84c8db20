"""Subtracts inside the array of the targets, which are then no targets any more.

breaks: 06-01-by-hand
hidden: yes
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
    target -= np.maximum(z, 0)
    grad_z = -2 * target / z.size * (z > 0)
    return x.T @ grad_z, grad_z.sum(axis=0)
