"""Always takes the same seed.

breaks: 05-09-split-indices
hidden: yes
"""
#| export
def split_indices(count, test_share, seed):
    order = np.random.default_rng(0).permutation(count)
    size = round(count * test_share)
    return order[size:], order[:size]
