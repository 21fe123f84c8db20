"""The lengths of the waves.

breaks: 11-09-wave-frequencies
"""
#| export
def wave_frequencies(embed_dim):
    return 2 * np.pi * 10000.0 ** (np.arange(0, embed_dim, 2) / embed_dim)
