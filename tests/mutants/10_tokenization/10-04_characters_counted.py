"""Counts characters.

breaks: 10-04-whole-characters
"""
#| export
def whole_characters(data):
    return len(data.decode("utf-8", errors="ignore"))
