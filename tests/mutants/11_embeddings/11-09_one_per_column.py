"""A frequency for each column.

breaks: 11-09-wave-frequencies
"""
#| export
def wave_frequencies(embed_dim):
    return 10000.0 ** (-np.arange(embed_dim) / embed_dim)
