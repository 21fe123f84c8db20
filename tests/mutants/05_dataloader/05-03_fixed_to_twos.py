"""Cuts into twos.

breaks: 05-03-batch-indices
hidden: yes
"""
#| export
def batch_indices(order, batch_size, drop_last=False):
    batches = [order[i : i + 2] for i in range(0, len(order), 2)]
    return batches[:-1] if drop_last and len(batches[-1]) < 2 else batches
