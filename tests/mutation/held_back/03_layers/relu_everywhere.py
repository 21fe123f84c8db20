"""Another shape of a mistake, or another mistake.

breaks: 03-13-activation-bytes
means: 03-13_relu_at_the_end
"""


def activation_bytes(sizes, batch_size):
    return 8 * batch_size * sum(sizes[1:])
