"""Counts the values itself, zeroes in place and multiplies with einsum; returns a list.

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
    rows, outputs = target.shape
    z = np.einsum("ri,io->ro", x, weight) + bias
    grad = (np.where(z > 0, z, 0) - target) * (2 / (rows * outputs))
    grad[z <= 0] = 0
    return [np.einsum("ri,ro->io", x, grad), np.einsum("ro->o", grad)]
