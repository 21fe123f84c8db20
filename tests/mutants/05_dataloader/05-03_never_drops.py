"""Ignores drop_last.

breaks: 05-03-batch-indices
"""
#| export
def batch_indices(order, batch_size, drop_last=False):
    return [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
