"""Another shape of a mistake, or another mistake.

breaks: 03-13-activation-bytes
means: 03-13_counts_the_input
"""


def activation_bytes(sizes, batch_size):
    numbers = sizes[0]
    for n in sizes[1:-1]:
        numbers += 2 * n
    numbers += sizes[-1]
    return numbers * batch_size * 4
