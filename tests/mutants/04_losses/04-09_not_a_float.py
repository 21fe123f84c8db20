"""Returns a Tensor.

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
    return Tensor(np.mean(logits.data.argmax(axis=1) == target.data, dtype=np.float32))
