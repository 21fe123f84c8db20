"""Counts the input too.

breaks: 03-13-activation-bytes
"""
def activation_bytes(sizes, batch_size):
    return 4 * batch_size * (sizes[0] + 2 * sum(sizes[1:-1]) + sizes[-1])
