"""Asks whether the second logit is above the first, which knows two classes only.

breaks: 04-09-accuracy
hidden: yes
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
    return float(np.mean((logits.data[:, 1] > logits.data[:, 0]) == target.data))
