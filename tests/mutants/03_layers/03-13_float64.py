"""Takes 8 bytes a number.

breaks: 03-13-activation-bytes
"""
def activation_bytes(sizes, batch_size):
    return 8 * batch_size * (2 * sum(sizes[1:-1]) + sizes[-1])
