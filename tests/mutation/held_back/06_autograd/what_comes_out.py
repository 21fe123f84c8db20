"""Another shape of a mistake, or another mistake.

breaks: 06-23-saved-bytes
means: 06-23_outputs
"""


def saved_bytes(batch, widths):
    total = 0
    for width in widths[1:]:
        total += 4 * batch * width
    return total
