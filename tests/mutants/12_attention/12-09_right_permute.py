"""By permute, and heads picked one by one on the way back.

right: 12-09-heads
"""
#| exporti
def split_heads(x, num_heads):
    front = list(range(x.ndim - 2))
    n = x.ndim
    cut = x.reshape(x.shape[:-1] + (num_heads, x.shape[-1] // num_heads))
    return cut.permute(*front, n - 1, n - 2, n)


def merge_heads(x):
    n = x.ndim
    front = list(range(n - 3))
    turned = x.permute(*front, n - 2, n - 3, n - 1)
    return turned.reshape(turned.shape[:-2] + (-1,))
