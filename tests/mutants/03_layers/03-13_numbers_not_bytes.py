"""Returns numbers instead of bytes.

breaks: 03-13-activation-bytes
"""
def activation_bytes(sizes, batch_size):
    return batch_size * (2 * sum(sizes[1:-1]) + sizes[-1])
