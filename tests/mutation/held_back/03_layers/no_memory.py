"""Another shape of a mistake, or another mistake.

breaks: 03-06-walk
means: 03-06_counts_twice
"""


def walk(thing):
    result = []
    if isinstance(thing, (Layer, Tensor)):
        result.append(thing)
    if isinstance(thing, Layer):
        thing = thing.__dict__
    if isinstance(thing, dict):
        thing = list(thing.values())
    if isinstance(thing, (list, tuple)):
        for item in thing:
            result += walk(item)
    return result
