"""Merges the pair first that is most frequent in this piece.

breaks: 10-10-encode-piece
hidden: yes
"""
#| export
def encode_piece(data, ids):
    parts = list(data)
    while True:
        counts = {pair: n for pair, n in pair_counts(parts).items() if pair in ids}
        if not counts:
            return parts
        pair = min(counts, key=lambda pair: (-counts[pair], ids[pair]))
        parts = merge(parts, pair, ids[pair])
