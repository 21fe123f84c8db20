"""With math.ceil.

right: 08-03-piece-bytes
"""
def piece_bytes(batch, widths, pieces, itemsize=4):
    rows = math.ceil(batch / pieces)
    return rows * sum(widths) * itemsize
