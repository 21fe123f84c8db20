"""Takes the smallest piece.

breaks: 08-03-piece-bytes
"""
def piece_bytes(batch, widths, pieces, itemsize=4):
    rows = batch // pieces
    return rows * sum(widths) * itemsize
