"""Chooses without repetition, and sorts.

right: 05-09-split-indices
"""
#| export
def split_indices(count, test_share, seed):
    numbers = np.random.default_rng(seed)
    test = np.sort(numbers.choice(count, size=round(test_share * count), replace=False))
    train = np.delete(np.arange(count), test)
    return [train, test]
