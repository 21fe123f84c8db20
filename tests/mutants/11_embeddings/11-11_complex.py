"""Complex numbers turn by a product.

right: 11-11-shifted
"""
def shifted(row, shift):
    pointers = row[1::2] + 1j * row[0::2]
    pointers = pointers * np.exp(1j * shift * wave_frequencies(len(row)))
    result = np.empty(len(row))
    result[0::2], result[1::2] = pointers.imag, pointers.real
    return result
