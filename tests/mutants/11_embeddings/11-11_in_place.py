"""Writes the sines before the cosines have read them.

breaks: 11-11-shifted
"""
def shifted(row, shift):
    turn = shift * wave_frequencies(len(row))
    row[0::2] = row[0::2] * np.cos(turn) + row[1::2] * np.sin(turn)
    row[1::2] = row[1::2] * np.cos(turn) - row[0::2] * np.sin(turn)
    return row
