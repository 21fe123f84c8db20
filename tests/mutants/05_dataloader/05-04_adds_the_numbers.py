"""Adds seed and epoch, so neighbouring seeds share their orders.

breaks: 05-04-epoch-order
"""
#| export
def epoch_order(count, shuffle, seed, epoch):
    if not shuffle:
        return np.arange(count)
    return np.random.default_rng(seed + epoch).permutation(count)
