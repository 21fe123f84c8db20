"""Cuts with -size, which is wrong for a share of 0.

breaks: 05-09-split-indices
"""
#| export
def split_indices(count, test_share, seed):
    order = np.random.default_rng(seed).permutation(count)
    size = round(count * test_share)
    return order[:-size], order[-size:]
