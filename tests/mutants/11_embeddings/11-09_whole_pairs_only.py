"""Forgets the last column of an odd number.

breaks: 11-09-wave-frequencies
"""
#| export
def wave_frequencies(embed_dim):
    return 10000.0 ** (-2.0 * np.arange(embed_dim // 2) / embed_dim)
