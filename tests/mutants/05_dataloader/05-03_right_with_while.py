"""Cuts off the front until nothing is left, and returns a tuple.

right: 05-03-batch-indices
"""
#| export
def batch_indices(order, batch_size, drop_last=False):
    batches = []
    rest = order
    while len(rest) >= batch_size:
        batches.append(rest[:batch_size])
        rest = rest[batch_size:]
    if len(rest) and not drop_last:
        batches.append(rest)
    return tuple(batches)
