"""The same angle for all hands.

breaks: 11-11-shifted
"""
def shifted(row, shift):
    sine, cosine = row[0::2], row[1::2]
    pairs = [sine * np.cos(shift) + cosine * np.sin(shift), cosine * np.cos(shift) - sine * np.sin(shift)]
    return np.stack(pairs, axis=1).reshape(-1)
