"""Leaves each element where it was moved to.

breaks: 06-12-numerical-gradient
"""
#| export
def numerical_gradient(function, array, eps=1e-6):
    """The gradient of a number with respect to an array, by central differences.

    Parameters
    ----------
    function : callable
        From an array of the shape of `array` to one number.
    array : numpy.ndarray of float64
        Where the gradient is wanted. Its elements are moved in place, one at a time, and `function` is called with it;
        afterwards it has its old values again.
    eps : float
        How far each element is moved, up and down.

    Returns
    -------
    numpy.ndarray of float64, of the shape of `array`
        In each place ``(f(x + eps) - f(x - eps)) / (2 eps)``, with that element alone moved.
    """
    slopes = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        array[place] += eps
        above = float(function(array))
        array[place] -= 2 * eps
        below = float(function(array))
        slopes[place] = (above - below) / (2 * eps)
    return slopes
