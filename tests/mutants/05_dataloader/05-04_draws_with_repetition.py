"""Draws indices at random: some twice, some never.

breaks: 05-04-epoch-order
"""
#| export
def epoch_order(count, shuffle, seed, epoch):
    if not shuffle:
        return np.arange(count)
    return np.random.default_rng([seed, epoch]).integers(0, count, size=count)
