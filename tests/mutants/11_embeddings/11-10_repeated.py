"""Repeats each frequency and picks sine or cosine by column.

right: 11-10-sinusoidal-positions
"""
#| export
def sinusoidal_positions(max_length, embed_dim):
    columns = np.arange(embed_dim)
    angles = np.outer(np.arange(max_length), np.repeat(wave_frequencies(embed_dim), 2)[:embed_dim])
    return np.where(columns % 2 == 0, np.sin(angles), np.cos(angles)).astype(np.float32)
