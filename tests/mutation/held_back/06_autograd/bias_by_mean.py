"""Another shape of a mistake, or another mistake.

breaks: 06-01-by-hand
means: 06-01_bias_averaged
"""


def linear_relu_by_hand(x, weight, bias, target):
    rows, columns = x.shape[0], weight.shape[1]
    h = x @ weight + bias
    mask = h > 0
    g = np.where(mask, h, 0.0) - target
    g = np.where(mask, 2 * g / (rows * columns), 0)
    return np.transpose(x).dot(g), g.mean(0)
