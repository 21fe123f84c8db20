"""Adds layer by layer.

right: 03-13-activation-bytes
"""
def activation_bytes(sizes, batch_size):
    numbers = 0
    for i, size in enumerate(sizes[1:], start=1):
        numbers += size * batch_size
        if i < len(sizes) - 1:
            numbers += size * batch_size
    return numbers * np.dtype(np.float32).itemsize
