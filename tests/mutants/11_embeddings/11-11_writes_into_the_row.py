"""Right numbers, but in the caller's row.

breaks: 11-11-shifted
hidden: yes
"""
def shifted(row, shift):
    turn = shift * wave_frequencies(len(row))
    sine, cosine = row[0::2].copy(), row[1::2].copy()
    row[0::2] = sine * np.cos(turn) + cosine * np.sin(turn)
    row[1::2] = cosine * np.cos(turn) - sine * np.sin(turn)
    return row
