"""Always leaves the last character out.

breaks: 10-04-whole-characters
"""
#| export
def whole_characters(data):
    start = len(data) - 1
    while start > 0 and 128 <= data[start] < 192:
        start -= 1
    return len(data) if data and data[-1] < 128 else max(start, 0)
