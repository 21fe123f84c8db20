"""Both sums with a plus.

breaks: 11-11-shifted
"""
def shifted(row, shift):
    turn = shift * wave_frequencies(len(row))
    sine, cosine = row[0::2], row[1::2]
    pairs = [sine * np.cos(turn) + cosine * np.sin(turn), cosine * np.cos(turn) + sine * np.sin(turn)]
    return np.stack(pairs, axis=1).reshape(-1)
