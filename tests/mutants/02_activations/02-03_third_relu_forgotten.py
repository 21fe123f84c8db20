"""Falls for ever: right up to x = 2 only.

breaks: 02-03-tent
"""
def tent(x, height, relu):
    """A tent over 0 to 2, with its top at x = 1, as a sum of three ReLUs.

    Parameters
    ----------
    x : Tensor of any shape
    height : float
        The value at x = 1; may be negative.
    relu : function from Tensor to Tensor

    Returns
    -------
    Tensor of the shape of `x`: 0 outside of 0 to 2
    """
    return (relu(x) - relu(x - 1) * 2) * height
