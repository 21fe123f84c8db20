"""Counts the first hidden layer only.

breaks: 03-13-activation-bytes
hidden: yes
"""
def activation_bytes(sizes, batch_size):
    hidden = sizes[1] if len(sizes) > 2 else 0
    return 4 * batch_size * (2 * hidden + sizes[-1])
