"""Steps to one side only.

breaks: 02-06-slope
"""
def slope(function, x, step=1e-5):
    """The slope of a function at every value of `x`, by steps to both sides.

    Parameters
    ----------
    function : from Tensor to Tensor of the same shape, each value on its own
    x : Tensor of any shape
        May be float32; the steps are taken in float64.
    step : float
        How far to step to each side.

    Returns
    -------
    Tensor of the shape of `x`, in float64
    """
    exact = Tensor(x.data.astype(np.float64))
    return (function(exact + step) - function(exact)) / step
