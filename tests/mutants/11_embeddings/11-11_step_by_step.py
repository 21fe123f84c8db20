"""Turns by one place at a time, which never goes back.

breaks: 11-11-shifted
hidden: yes
"""
def shifted(row, shift):
    turn = wave_frequencies(len(row))
    sine, cosine = row[0::2], row[1::2]
    for _ in range(int(shift)):
        sine, cosine = sine * np.cos(turn) + cosine * np.sin(turn), cosine * np.cos(turn) - sine * np.sin(turn)
    return np.stack([sine, cosine], axis=1).reshape(-1)
