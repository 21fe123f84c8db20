"""Reads the place off the first hand, which starts again after 6.28 places.

breaks: 11-11-shifted
"""
def shifted(row, shift):
    place = np.arctan2(row[0], row[1]) % (2 * np.pi)
    angles = (place + shift) * wave_frequencies(len(row))
    return np.stack([np.sin(angles), np.cos(angles)], axis=1).reshape(-1)
