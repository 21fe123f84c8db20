"""Rounds the number of test samples down.

breaks: 05-09-split-indices
hidden: yes
"""
#| export
def split_indices(count, test_share, seed):
    order = np.random.default_rng(seed).permutation(count)
    size = int(count * test_share)
    return order[size:], order[:size]
