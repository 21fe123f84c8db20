"""Counts instead of taking the indices from the order.

breaks: 05-03-batch-indices
"""
#| export
def batch_indices(order, batch_size, drop_last=False):
    numbers = np.arange(len(order))
    batches = [numbers[i : i + batch_size] for i in range(0, len(order), batch_size)]
    return batches[:-1] if drop_last and len(batches[-1]) < batch_size else batches
