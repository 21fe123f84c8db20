"""Looks at a last byte also where there is none.

breaks: 10-04-whole-characters
hidden: yes
"""
#| export
def whole_characters(data):
    start = len(data) - 1
    while 128 <= data[start] < 192 and start:
        start -= 1
    first = data[start]
    needed = 1 if first < 128 else 2 if first < 224 else 3 if first < 240 else 4
    return len(data) if len(data) - start >= needed else start
