"""One after the other.

right: 11-09-wave-frequencies
"""
#| export
def wave_frequencies(embed_dim):
    return np.array([1 / 10000 ** (2 * i / embed_dim) for i in range((embed_dim + 1) // 2)])
