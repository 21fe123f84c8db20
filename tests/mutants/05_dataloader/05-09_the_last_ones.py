"""Takes the last indices for the test.

breaks: 05-09-split-indices
"""
#| export
def split_indices(count, test_share, seed):
    size = round(count * test_share)
    return np.arange(count - size), np.arange(count - size, count)
