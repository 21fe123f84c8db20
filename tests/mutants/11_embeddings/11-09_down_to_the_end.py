"""Ends exactly at 1/10000.

breaks: 11-09-wave-frequencies
"""
#| export
def wave_frequencies(embed_dim):
    return np.geomspace(1.0, 1e-4, (embed_dim + 1) // 2)
