"""Both sides written out, the sigmoid by hand.

right: 04-05-loss-slope
"""
def loss_slope(loss, logit, target, step=1e-5):
    """How fast the loss of the sigmoid of a logit changes with the logit.

    Parameters
    ----------
    loss : function from two Tensors of shape (1,), a probability and a target, to a Tensor
    logit, target : float
    step : float
        How far to step to each side.

    Returns
    -------
    float
    """
    sides = []
    for side in (step, -step):
        p = Tensor(np.array([1 / (1 + np.exp(-(logit + side)))]))
        sides.append(float(loss(p, Tensor(np.array([float(target)]))).data))
    return (sides[0] - sides[1]) / (step + step)
