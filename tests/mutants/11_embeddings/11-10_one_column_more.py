"""One column more for an odd number.

breaks: 11-10-sinusoidal-positions
"""
#| export
def sinusoidal_positions(max_length, embed_dim):
    angles = np.arange(max_length)[:, None] * wave_frequencies(embed_dim)
    return np.stack([np.sin(angles), np.cos(angles)], axis=2).reshape(max_length, -1).astype(np.float32)
