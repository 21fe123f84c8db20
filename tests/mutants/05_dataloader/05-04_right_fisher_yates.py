"""Shuffles by hand, swapping from the back.

right: 05-04-epoch-order
"""
#| export
def epoch_order(count, shuffle, seed, epoch):
    order = np.arange(count)
    if shuffle:
        numbers = np.random.default_rng((epoch, seed, 99))
        for last in range(count - 1, 0, -1):
            other = numbers.integers(last + 1)
            order[last], order[other] = order[other], order[last]
    return order
