"""Lets a negative id count from the end.

breaks: 10-11-decode
hidden: yes
"""
#| exporti
@method_of(BPETokenizer)
def decode(self, ids):
    for number in ids:
        if number >= len(self.pieces):
            raise IndexError(f"there is no id {number}")
    return b"".join(self.pieces[number] for number in ids).decode("utf-8", errors="replace")
