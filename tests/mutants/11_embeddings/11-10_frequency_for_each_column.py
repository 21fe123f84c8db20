"""The cosines have frequencies of their own.

breaks: 11-10-sinusoidal-positions
"""
#| export
def sinusoidal_positions(max_length, embed_dim):
    angles = np.arange(max_length)[:, None] * 10000.0 ** (-np.arange(embed_dim) / embed_dim)
    return np.where(np.arange(embed_dim) % 2 == 0, np.sin(angles), np.cos(angles)).astype(np.float32)
