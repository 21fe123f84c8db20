"""Walks with np.nditer and collects the differences in a list.

right: 06-12-numerical-gradient
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
    slopes = []
    walk = np.nditer(array, flags=["multi_index", "zerosize_ok"], order="C")
    while not walk.finished:
        kept = float(array[walk.multi_index])
        ends = []
        for step in (eps, -eps):
            array[walk.multi_index] = kept + step
            ends.append(float(function(array)))
        array[walk.multi_index] = kept
        slopes.append((ends[0] - ends[1]) / (2 * eps))
        walk.iternext()
    return np.array(slopes, dtype=np.float64).reshape(array.shape)
