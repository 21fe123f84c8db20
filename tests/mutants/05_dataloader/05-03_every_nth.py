"""Deals the indices out like cards.

breaks: 05-03-batch-indices
"""
#| export
def batch_indices(order, batch_size, drop_last=False):
    count = len(order) // batch_size
    batches = [order[i : count * batch_size : count] for i in range(count)]
    return batches if drop_last else batches + [order[count * batch_size :]]
