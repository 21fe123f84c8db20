"""Keeps repeated characters.

breaks: 10-01-characters
"""
#| exporti
@method_of(CharTokenizer)
def __init__(self, text):
    self.characters = sorted(text)
    self.ids = {character: k for k, character in enumerate(self.characters)}
