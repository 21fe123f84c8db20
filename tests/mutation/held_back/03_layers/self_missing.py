"""Another shape of a mistake, or another mistake.

breaks: 03-06-walk
means: 03-06_without_itself
"""


def walk(thing):
    result = []

    def go(item):
        if isinstance(item, (Layer, Tensor)) and item is not thing:
            if any(item is other for other in result):
                return
            result.append(item)
        if isinstance(item, Layer):
            for value in vars(item).values():
                go(value)
        elif isinstance(item, dict):
            for value in item.values():
                go(value)
        elif isinstance(item, (list, tuple)):
            for value in item:
                go(value)

    go(thing)
    return result
