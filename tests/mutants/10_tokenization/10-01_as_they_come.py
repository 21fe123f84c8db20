"""Does not sort.

breaks: 10-01-characters
"""
#| exporti
@method_of(CharTokenizer)
def __init__(self, text):
    self.characters = list(dict.fromkeys(text))
    self.ids = {character: k for k, character in enumerate(self.characters)}
