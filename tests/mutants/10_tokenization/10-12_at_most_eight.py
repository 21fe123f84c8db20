"""Takes a byte for an id at least.

breaks: 10-12-bits-per-byte
hidden: yes
"""
#| export
def bits_per_byte(loss, ids, size):
    return loss * min(ids, size) / (math.log(2) * size)
