"""Leaves the error to the dictionary.

breaks: 10-02-there-and-back
"""
#| exporti
@method_of(CharTokenizer)
def encode(self, text):
    return [self.ids[character] for character in text]


@method_of(CharTokenizer)
def decode(self, ids):
    for number in ids:
        if not 0 <= number < len(self.characters):
            raise IndexError(f"there is no id {number}")
    return "".join(self.characters[number] for number in ids)
