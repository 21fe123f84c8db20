"""Looks for the longest piece from the left.

breaks: 10-10-encode-piece
"""
#| export
def encode_piece(data, ids):
    pieces = {k: bytes([k]) for k in range(256)}
    for (left, right), new in ids.items():
        pieces[new] = pieces[left] + pieces[right]
    numbers, parts = {piece: k for k, piece in pieces.items()}, []
    while data:
        size = max(n for n in range(1, len(data) + 1) if data[:n] in numbers)
        parts.append(numbers[data[:size]])
        data = data[size:]
    return parts
