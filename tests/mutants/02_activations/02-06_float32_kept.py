"""Takes the steps in the dtype of x: float32 has no digits left.

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
    return (function(x + step) - function(x - step)) / (2 * step)
