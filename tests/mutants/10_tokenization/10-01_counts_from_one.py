"""Keeps 0 free for something unknown.

breaks: 10-01-characters
"""
#| exporti
@method_of(CharTokenizer)
def __init__(self, text):
    self.characters = sorted(set(text))
    self.ids = {character: k for k, character in enumerate(self.characters, start=1)}
