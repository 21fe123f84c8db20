"""Another shape of a mistake, or another mistake.

breaks: 06-01-by-hand
means: none
"""


def linear_relu_by_hand(x, weight, bias, target):
    out = np.maximum(x @ weight + bias, 0)
    d = 2 / out.size * (out - target) * (target > 0)
    return x.T @ d, d.sum(0)
