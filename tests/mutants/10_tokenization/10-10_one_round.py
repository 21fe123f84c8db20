"""Stops after one merge.

breaks: 10-10-encode-piece
"""
#| export
def encode_piece(data, ids):
    parts = list(data)
    known = [pair for pair in zip(parts, parts[1:]) if pair in ids]
    if known:
        pair = min(known, key=ids.get)
        parts = merge(parts, pair, ids[pair])
    return parts
