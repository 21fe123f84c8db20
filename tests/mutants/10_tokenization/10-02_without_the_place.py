"""Says which character, but not where.

breaks: 10-02-there-and-back
"""
#| exporti
@method_of(CharTokenizer)
def encode(self, text):
    for character in text:
        if character not in self.ids:
            raise ValueError(f"{character!r} has no id")
    return [self.ids[character] for character in text]


@method_of(CharTokenizer)
def decode(self, ids):
    for number in ids:
        if not 0 <= number < len(self.characters):
            raise IndexError(f"there is no id {number}")
    return "".join(self.characters[number] for number in ids)
