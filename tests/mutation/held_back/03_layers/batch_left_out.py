"""Another shape of a mistake, or another mistake.

breaks: 03-13-activation-bytes
means: none
"""


def activation_bytes(sizes, batch_size):
    return 4 * (2 * sum(sizes[1:-1]) + sizes[-1])
