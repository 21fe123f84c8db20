"""Always steps by 1e-5.

breaks: 04-05-loss-slope
hidden: yes
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
        return loss(Sigmoid()(Tensor(np.array([z]))), Tensor(np.array([target]))).item()

    return (at(logit + 1e-5) - at(logit - 1e-5)) / 2e-5
