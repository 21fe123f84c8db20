"""Counts a ReLU after the last layer.

breaks: 03-13-activation-bytes
"""
def activation_bytes(sizes, batch_size):
    return 4 * batch_size * 2 * sum(sizes[1:])
