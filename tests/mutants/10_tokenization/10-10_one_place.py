"""Merges the leftmost place of the smallest id each time.

right: 10-10-encode-piece
"""
#| export
def encode_piece(data, ids):
    parts = list(data)
    while len(parts) > 1:
        found = [(ids[pair], place) for place, pair in enumerate(zip(parts, parts[1:])) if pair in ids]
        if not found:
            break
        new, place = min(found)
        parts[place : place + 2] = [new]
    return parts
