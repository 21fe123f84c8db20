"""Compares the slope and not its size: every negative slope counts as flat.

breaks: 02-07-saturated-share
"""
def saturated_share(activation, x, limit=0.01):
    """The share of the values of `x` at which the activation is nearly flat.

    Parameters
    ----------
    activation : function from Tensor to Tensor
    x : Tensor of any shape
    limit : float
        A slope counts as flat if its size, whatever its sign, is below this.

    Returns
    -------
    float between 0 and 1
    """
    return float(np.mean(slope(activation, x).data < limit))
