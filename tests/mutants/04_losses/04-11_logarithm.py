"""Takes the logarithm once more.

breaks: 04-11-perplexity
"""
def perplexity(loss):
    """The number of equally probable choices that are as surprising as this loss, in nats (a float)."""
    return float(np.log(loss))
