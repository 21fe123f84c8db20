"""Divides by the ids.

breaks: 10-12-bits-per-byte
"""
#| export
def bits_per_byte(loss, ids, size):
    return loss * size / (math.log(2) * ids)
