"""Forgets the factor of what is right.

breaks: 08-12-standard-error
"""
def standard_error(accuracy, count):
    return math.sqrt((1 - accuracy) / count)
