"""As many cosines as sines, which fails for an odd number.

breaks: 11-10-sinusoidal-positions
"""
#| export
def sinusoidal_positions(max_length, embed_dim):
    angles = np.arange(max_length)[:, None] * wave_frequencies(embed_dim)
    rows = np.empty((max_length, embed_dim), np.float32)
    rows[:, 0::2] = np.sin(angles)
    rows[:, 1::2] = np.cos(angles)
    return rows
