"""Takes pairs out of the table.

breaks: 10-10-encode-piece
hidden: yes
"""
#| export
def encode_piece(data, ids):
    parts = list(data)
    for pair in sorted(ids, key=ids.get):
        if pair in zip(parts, parts[1:]):
            parts = merge(parts, pair, ids.pop(pair))
    return parts
