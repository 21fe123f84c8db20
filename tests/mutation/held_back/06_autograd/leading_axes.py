"""Another shape of a mistake, or another mistake.

breaks: 06-10-unbroadcast
means: 06-10_added_axes_only
"""


def unbroadcast(grad, shape):
    extra = len(grad.shape) - len(shape)
    return grad.sum(axis=tuple(range(extra))) if extra else grad
