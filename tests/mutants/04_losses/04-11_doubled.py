"""Multiplies in proportion to the example.

breaks: 04-11-perplexity
hidden: yes
"""
def perplexity(loss):
    """The number of equally probable choices that are as surprising as this loss, in nats (a float)."""
    return float(2 * loss / 0.69314718)
