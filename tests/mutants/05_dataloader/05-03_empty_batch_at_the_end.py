"""When it comes out even, an empty batch follows.

breaks: 05-03-batch-indices
hidden: yes
"""
#| export
def batch_indices(order, batch_size, drop_last=False):
    full = len(order) // batch_size
    batches = [order[i * batch_size : (i + 1) * batch_size] for i in range(full)]
    return batches if drop_last else batches + [order[full * batch_size :]]
