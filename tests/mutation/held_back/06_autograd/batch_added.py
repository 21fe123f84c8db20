"""Another shape of a mistake, or another mistake.

breaks: 06-23-saved-bytes
means: none
"""


def saved_bytes(batch, widths):
    return 4 * (batch + sum(widths[:-1]))
