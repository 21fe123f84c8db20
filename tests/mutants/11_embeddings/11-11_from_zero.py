"""The row of place `shift`, whatever was given.

breaks: 11-11-shifted
"""
def shifted(row, shift):
    turn = shift * wave_frequencies(len(row))
    return np.stack([np.sin(turn), np.cos(turn)], axis=1).reshape(-1)
