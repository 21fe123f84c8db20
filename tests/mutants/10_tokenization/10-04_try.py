"""Tries to read it, with one byte less each time.

right: 10-04-whole-characters
"""
#| export
def whole_characters(data):
    for missing in range(4):
        end = len(data) - missing
        if end <= 0:
            return 0
        try:
            data[:end].decode()
            return end
        except UnicodeDecodeError:
            pass
    return 0
