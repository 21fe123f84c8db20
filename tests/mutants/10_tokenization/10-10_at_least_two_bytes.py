"""Expects at least one byte.

breaks: 10-10-encode-piece
hidden: yes
"""
#| export
def encode_piece(data, ids):
    parts = [data[0], *data[1:]]
    while True:
        known = [ids[pair] for pair in zip(parts, parts[1:]) if pair in ids]
        if not known:
            return parts
        first = min(known)
        pair = next(pair for pair in zip(parts, parts[1:]) if ids.get(pair) == first)
        parts = merge(parts, pair, first)
