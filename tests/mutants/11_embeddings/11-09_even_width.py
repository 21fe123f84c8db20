"""Divides by twice the number of pairs, which is not the width if that is odd.

breaks: 11-09-wave-frequencies
"""
#| export
def wave_frequencies(embed_dim):
    pairs = (embed_dim + 1) // 2
    return 10000.0 ** (-np.arange(pairs) / pairs)
