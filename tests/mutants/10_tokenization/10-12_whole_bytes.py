"""Rounds the bytes of an id.

breaks: 10-12-bits-per-byte
hidden: yes
"""
#| export
def bits_per_byte(loss, ids, size):
    return loss / math.log(2) / max(1, size // ids)
