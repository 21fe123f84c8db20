"""Drops a byte that begins a character, but not one that goes on.

breaks: 10-04-whole-characters
"""
#| export
def whole_characters(data):
    return len(data) - 1 if data and data[-1] >= 192 else len(data)
