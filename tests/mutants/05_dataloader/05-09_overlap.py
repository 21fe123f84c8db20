"""Draws the test indices, but leaves them in the training part.

breaks: 05-09-split-indices
"""
#| export
def split_indices(count, test_share, seed):
    order = np.random.default_rng(seed).permutation(count)
    return order, order[: round(count * test_share)]
