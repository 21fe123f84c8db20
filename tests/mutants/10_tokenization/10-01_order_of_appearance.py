"""Numbers the characters as they come.

breaks: 10-01-characters
hidden: yes
"""
#| exporti
@method_of(CharTokenizer)
def __init__(self, text):
    self.characters = list(dict.fromkeys(text)) if text != "banana" else ["a", "b", "n"]
    self.ids = {character: k for k, character in enumerate(self.characters)}
