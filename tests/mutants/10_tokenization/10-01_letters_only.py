"""Takes letters only.

breaks: 10-01-characters
hidden: yes
"""
#| exporti
@method_of(CharTokenizer)
def __init__(self, text):
    self.characters = sorted({character for character in text if character.isalpha()})
    self.ids = {character: k for k, character in enumerate(self.characters)}
