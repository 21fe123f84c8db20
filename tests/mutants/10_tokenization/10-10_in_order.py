"""Merges every known pair in the order of its id.

right: 10-10-encode-piece
"""
#| export
def encode_piece(data, ids):
    parts = list(data)
    for pair, new in sorted(ids.items(), key=lambda item: item[1]):
        if len(parts) > 1:
            parts = merge(parts, pair, new)
    return parts
