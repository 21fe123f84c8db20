"""Takes each byte for a character.

breaks: 10-11-decode
"""
#| exporti
@method_of(BPETokenizer)
def decode(self, ids):
    for number in ids:
        if not 0 <= number < len(self.pieces):
            raise IndexError(f"there is no id {number}")
    return b"".join(self.pieces[number] for number in ids).decode("latin-1")
