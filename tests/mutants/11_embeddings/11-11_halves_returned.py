"""First all sines, then all cosines.

breaks: 11-11-shifted
"""
def shifted(row, shift):
    turn = shift * wave_frequencies(len(row))
    sine, cosine = row[0::2], row[1::2]
    return np.concatenate([sine * np.cos(turn) + cosine * np.sin(turn), cosine * np.cos(turn) - sine * np.sin(turn)])
