"""The exponent without its 2.

breaks: 11-09-wave-frequencies
"""
#| export
def wave_frequencies(embed_dim):
    return 10000.0 ** (-np.arange((embed_dim + 1) // 2) / embed_dim)
