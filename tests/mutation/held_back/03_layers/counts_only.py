"""Another shape of a mistake, or another mistake.

breaks: 03-13-activation-bytes
means: 03-13_numbers_not_bytes
"""


def activation_bytes(sizes, batch_size):
    numbers = [2 * n * batch_size for n in sizes[1:-1]] + [sizes[-1] * batch_size]
    return sum(numbers)
