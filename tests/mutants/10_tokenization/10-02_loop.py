"""Loops with try.

right: 10-02-there-and-back
"""
#| exporti
@method_of(CharTokenizer)
def encode(self, text):
    numbers = []
    for place, character in enumerate(text):
        try:
            numbers.append(self.ids[character])
        except KeyError:
            raise ValueError(f"no id for {character!r}, place {place}") from None
    return numbers


@method_of(CharTokenizer)
def decode(self, ids):
    text = ""
    for number in ids:
        if number < 0:
            raise IndexError(f"{number} is below 0")
        if number >= len(self.characters):
            raise IndexError(f"{number} is too large")
        text += self.characters[number]
    return text
