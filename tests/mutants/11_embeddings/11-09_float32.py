"""Rounded too early.

breaks: 11-09-wave-frequencies
hidden: yes
"""
#| export
def wave_frequencies(embed_dim):
    return np.float32(10000.0) ** (-np.arange(0, embed_dim, 2, dtype=np.float32) / np.float32(embed_dim))
