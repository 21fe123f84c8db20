"""Knows characters of up to three bytes.

breaks: 10-04-whole-characters
"""
#| export
def whole_characters(data):
    start = len(data) - 1
    while start >= 0 and 128 <= data[start] < 192:
        start -= 1
    if start < 0:
        return 0
    needed = 1 if data[start] < 128 else 2 if data[start] < 224 else 3
    return len(data) if len(data) - start >= needed else start
