"""Forgets that the logarithm is a natural one.

breaks: 10-12-bits-per-byte
"""
#| export
def bits_per_byte(loss, ids, size):
    return loss * ids / size
