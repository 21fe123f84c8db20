"""Counts numbers, not bytes.

breaks: 05-11-batch-bytes
"""
def batch_bytes(batch_size, shape):
    return batch_size * (int(np.prod(shape)) + 1)
