"""Ignores shuffle.

breaks: 05-04-epoch-order
"""
#| export
def epoch_order(count, shuffle, seed, epoch):
    return np.random.default_rng([seed, epoch]).permutation(count)
