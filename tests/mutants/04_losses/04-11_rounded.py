"""Rounds to a whole number of choices.

breaks: 04-11-perplexity
hidden: yes
"""
def perplexity(loss):
    """The number of equally probable choices that are as surprising as this loss, in nats (a float)."""
    return float(round(np.exp(loss)))
