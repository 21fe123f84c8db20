"""Puts the character in the message as it is, so that a line break is not seen.

breaks: 10-02-there-and-back
"""
#| exporti
@method_of(CharTokenizer)
def encode(self, text):
    for place, character in enumerate(text):
        if character not in self.ids:
            raise ValueError(f"{character} at place {place} has no id")
    return [self.ids[character] for character in text]


@method_of(CharTokenizer)
def decode(self, ids):
    for number in ids:
        if not 0 <= number < len(self.characters):
            raise IndexError(f"there is no id {number}")
    return "".join(self.characters[number] for number in ids)
