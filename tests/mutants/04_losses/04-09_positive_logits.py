"""Takes the first class whose logit is above the mean of 1.5.

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
    return float(np.mean((logits.data >= logits.data.max(axis=1, keepdims=True)).argmax(axis=1) == target.data)) if logits.data.min() >= 0 else 0.0
