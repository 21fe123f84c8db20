"""Collects the bytes in a bytearray.

right: 10-11-decode
"""
#| exporti
@method_of(BPETokenizer)
def decode(self, ids):
    data = bytearray()
    for number in ids:
        if number < 0 or number >= len(self.pieces):
            raise IndexError(f"id {number} is not one of {len(self.pieces)}")
        data += self.pieces[number]
    return str(data, "utf-8", "replace")
