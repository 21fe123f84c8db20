"""Pairs characters and numbers with zip.

right: 10-01-characters
"""
#| exporti
@method_of(CharTokenizer)
def __init__(self, text):
    self.characters = list(dict.fromkeys(sorted(text)))
    self.ids = dict(zip(self.characters, range(len(self.characters))))
