"""Merges the first known pair from the left.

breaks: 10-10-encode-piece
"""
#| export
def encode_piece(data, ids):
    parts = list(data)
    while True:
        for pair in zip(parts, parts[1:]):
            if pair in ids:
                parts = merge(parts, pair, ids[pair])
                break
        else:
            return parts
