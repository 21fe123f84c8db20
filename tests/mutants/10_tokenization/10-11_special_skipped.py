"""Leaves special ids out.

breaks: 10-11-decode
hidden: yes
"""
#| exporti
@method_of(BPETokenizer)
def decode(self, ids):
    for number in ids:
        if not 0 <= number < len(self.pieces):
            raise IndexError(f"there is no id {number}")
    special = self.special.values()
    return b"".join(self.pieces[number] for number in ids if number not in special).decode("utf-8", errors="replace")
