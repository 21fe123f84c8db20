"""The sine in both columns.

breaks: 11-10-sinusoidal-positions
"""
#| export
def sinusoidal_positions(max_length, embed_dim):
    angles = np.arange(max_length)[:, None] * wave_frequencies(embed_dim)
    return np.repeat(np.sin(angles), 2, axis=1)[:, :embed_dim].astype(np.float32)
