"""Counts one label for the whole batch.

breaks: 05-11-batch-bytes
hidden: yes
"""
def batch_bytes(batch_size, shape):
    return batch_size * 4 * int(np.prod(shape)) + 8
