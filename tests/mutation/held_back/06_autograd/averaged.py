"""Another shape of a mistake, or another mistake.

breaks: 06-10-unbroadcast
means: 06-10_mean
"""


def unbroadcast(grad, shape):
    while len(grad.shape) > len(shape):
        grad = np.mean(grad, axis=0)
    for i in range(len(shape)):
        if shape[i] == 1 and grad.shape[i] > 1:
            grad = np.mean(grad, axis=i, keepdims=True)
    return grad
