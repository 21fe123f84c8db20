"""Adds the row of the shift.

breaks: 11-11-shifted
"""
def shifted(row, shift):
    turn = shift * wave_frequencies(len(row))
    return row + np.stack([np.sin(turn), np.cos(turn)], axis=1).reshape(-1)
