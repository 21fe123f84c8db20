"""Takes 8 bytes for a pixel.

breaks: 05-11-batch-bytes
"""
def batch_bytes(batch_size, shape):
    return batch_size * 8 * (int(np.prod(shape)) + 1)
