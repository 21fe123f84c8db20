"""Works for the batch of the example.

breaks: 03-13-activation-bytes
hidden: yes
"""
def activation_bytes(sizes, batch_size):
    return 400 * (2 * sum(sizes[1:-1]) + sizes[-1])
