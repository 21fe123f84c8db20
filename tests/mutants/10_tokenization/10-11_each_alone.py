"""Reads each id for itself.

breaks: 10-11-decode
"""
#| exporti
@method_of(BPETokenizer)
def decode(self, ids):
    for number in ids:
        if not 0 <= number < len(self.pieces):
            raise IndexError(f"there is no id {number}")
    return "".join(self.pieces[number].decode("utf-8", errors="replace") for number in ids)
