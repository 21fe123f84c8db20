"""Tosses a coin for each index, so the sizes vary.

breaks: 05-09-split-indices
"""
#| export
def split_indices(count, test_share, seed):
    test = np.random.default_rng(seed).random(count) < test_share
    return np.flatnonzero(~test), np.flatnonzero(test)
