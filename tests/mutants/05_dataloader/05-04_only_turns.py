"""Begins at a random place and goes on in order.

breaks: 05-04-epoch-order
hidden: yes
"""
#| export
def epoch_order(count, shuffle, seed, epoch):
    if not shuffle:
        return np.arange(count)
    return np.roll(np.arange(count), int(np.random.default_rng([seed, epoch]).integers(1, max(count, 2))))
