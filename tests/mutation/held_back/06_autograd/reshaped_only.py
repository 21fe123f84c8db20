"""Another shape of a mistake, or another mistake.

breaks: 06-10-unbroadcast
means: none
"""


def unbroadcast(grad, shape):
    return grad.reshape(shape)
