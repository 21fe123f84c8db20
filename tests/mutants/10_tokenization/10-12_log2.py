"""Changes the unit of the loss first.

right: 10-12-bits-per-byte
"""
#| export
def bits_per_byte(loss, ids, size):
    bits = loss * np.log2(np.e)
    return bits * (ids / size)
