"""Merges the pair with the largest id first.

breaks: 10-10-encode-piece
"""
#| export
def encode_piece(data, ids):
    parts = list(data)
    while True:
        known = [ids[pair] for pair in zip(parts, parts[1:]) if pair in ids]
        if not known:
            return parts
        best = max(known)
        pair = next(pair for pair in zip(parts, parts[1:]) if ids.get(pair) == best)
        parts = merge(parts, pair, best)
