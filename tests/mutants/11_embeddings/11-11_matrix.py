"""One matrix with a block for each pair.

right: 11-11-shifted
"""
def shifted(row, shift):
    matrix = np.zeros((len(row), len(row)))
    for i, w in enumerate(wave_frequencies(len(row))):
        cosine, sine = np.cos(shift * w), np.sin(shift * w)
        matrix[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = [[cosine, sine], [-sine, cosine]]
    return matrix @ row
