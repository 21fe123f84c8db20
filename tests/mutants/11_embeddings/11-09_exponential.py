"""Through exp and log.

right: 11-09-wave-frequencies
"""
#| export
def wave_frequencies(embed_dim):
    return np.exp(np.arange(0, embed_dim, 2) * (-np.log(10000.0) / embed_dim))
