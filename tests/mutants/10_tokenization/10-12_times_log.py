"""Multiplies by the logarithm of 2.

breaks: 10-12-bits-per-byte
"""
#| export
def bits_per_byte(loss, ids, size):
    return loss * math.log(2) * ids / size
