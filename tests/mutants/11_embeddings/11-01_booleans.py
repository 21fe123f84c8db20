"""Leaves the comparison as it is.

breaks: 11-01-one-hot
"""
def one_hot(ids, count):
    return ids[..., None] == np.arange(count)
