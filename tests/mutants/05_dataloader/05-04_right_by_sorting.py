"""Sorts by random keys, from a generator with a seed sequence.

right: 05-04-epoch-order
"""
#| export
def epoch_order(count, shuffle, seed, epoch):
    indices = np.arange(count)
    if shuffle:
        numbers = np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, epoch))))
        indices = np.argsort(numbers.random(count))
    return indices
