"""Uses np.split at the borders.

right: 05-03-batch-indices
"""
#| export
def batch_indices(order, batch_size, drop_last=False):
    order = np.asarray(order)
    if drop_last:
        order = order[: len(order) - len(order) % batch_size]
    if len(order) == 0:
        return []
    return list(np.split(order, np.arange(batch_size, len(order), batch_size)))
