"""Every epoch has the same order.

breaks: 05-04-epoch-order
"""
#| export
def epoch_order(count, shuffle, seed, epoch):
    if not shuffle:
        return np.arange(count)
    return np.random.default_rng(seed).permutation(count)
