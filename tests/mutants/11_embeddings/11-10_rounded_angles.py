"""Angles in float32, which are coarse at far places.

breaks: 11-10-sinusoidal-positions
hidden: yes
"""
#| export
def sinusoidal_positions(max_length, embed_dim):
    angles = np.arange(max_length, dtype=np.float32)[:, None] * wave_frequencies(embed_dim).astype(np.float32)
    rows = np.empty((max_length, embed_dim), np.float32)
    rows[:, 0::2] = np.sin(angles)
    rows[:, 1::2] = np.cos(angles)[:, : embed_dim // 2]
    return rows
