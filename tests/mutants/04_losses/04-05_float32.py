"""Makes float32 tensors, in which the difference has no digits left.

breaks: 04-05-loss-slope
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
    def at(z):
        return loss(Sigmoid()(Tensor([z])), Tensor([target])).item()

    return (at(logit + step) - at(logit - step)) / (2 * step)
