"""Takes Python's own numbers as ids.

breaks: 10-01-characters
"""
#| exporti
@method_of(CharTokenizer)
def __init__(self, text):
    self.characters = sorted(set(text))
    self.ids = {character: ord(character) for character in self.characters}
