"""Cuts into pieces of nearly equal size.

breaks: 05-03-batch-indices
"""
#| export
def batch_indices(order, batch_size, drop_last=False):
    count = len(order) // batch_size + (0 if drop_last else 1)
    return np.array_split(order, count)
