"""Returns the share of wrong answers.

breaks: 04-09-accuracy
"""
def accuracy(logits, target):
    """The share of rows whose largest logit is that of the right class.

    Parameters
    ----------
    logits : Tensor of shape (N, C)
    target : Tensor of shape (N,), integers

    Returns
    -------
    float from 0 to 1
    """
    return float(np.mean(logits.data.argmax(axis=1) != target.data))
