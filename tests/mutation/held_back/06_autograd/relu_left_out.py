"""Another shape of a mistake, or another mistake.

breaks: 06-01-by-hand
means: 06-01_slope_of_relu_forgotten
"""


def linear_relu_by_hand(x, weight, bias, target):
    out = np.maximum(x @ weight + bias, 0)
    d = 2 / out.size * (out - target)
    dw = np.zeros_like(weight)
    for row, g in zip(x, d):
        dw += np.outer(row, g)
    return dw, sum(d)
