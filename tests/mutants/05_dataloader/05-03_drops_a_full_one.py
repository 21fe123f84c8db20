"""drop_last drops the last batch even when it is full.

breaks: 05-03-batch-indices
"""
#| export
def batch_indices(order, batch_size, drop_last=False):
    batches = [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
    return batches[:-1] if drop_last else batches
