"""Counts the Linear layers only.

breaks: 03-13-activation-bytes
"""
def activation_bytes(sizes, batch_size):
    return 4 * batch_size * sum(sizes[1:])
