"""Adds the sizes of the dimensions instead of multiplying.

breaks: 05-11-batch-bytes
hidden: yes
"""
def batch_bytes(batch_size, shape):
    return batch_size * (4 * sum(shape) + 8)
