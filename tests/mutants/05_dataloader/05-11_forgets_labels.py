"""Counts the images only.

breaks: 05-11-batch-bytes
"""
def batch_bytes(batch_size, shape):
    return batch_size * 4 * int(np.prod(shape))
