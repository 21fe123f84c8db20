"""The spread of one image.

breaks: 08-12-standard-error
"""
def standard_error(accuracy, count):
    return math.sqrt(accuracy * (1 - accuracy))
