"""Takes every n-th index, from a start that depends on the seed.

breaks: 05-09-split-indices
hidden: yes
"""
#| export
def split_indices(count, test_share, seed):
    size = round(count * test_share)
    start = np.random.default_rng(seed).integers(max(count, 1))
    test = (start + np.arange(size) * count // max(size, 1)) % count
    return np.setdiff1d(np.arange(count), test), test
