"""Searches the largest logit from 0 on, which negative logits never exceed.

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
    right = 0
    for row, number in zip(logits.data, target.data):
        top, answer = 0, 0
        for candidate, value in enumerate(row):
            if value > top:
                top, answer = value, candidate
        right += answer == number
    return float(right / len(target.data))
