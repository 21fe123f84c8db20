"""The real and imaginary parts of a turning pointer.

right: 11-10-sinusoidal-positions
"""
#| export
def sinusoidal_positions(max_length, embed_dim):
    turns = np.exp(1j * np.arange(max_length)[:, None] * wave_frequencies(embed_dim))
    rows = np.stack([turns.imag, turns.real], axis=2).reshape(max_length, -1)
    return rows[:, :embed_dim].astype(np.float32)
