"""Divides by the count outside the root.

breaks: 08-12-standard-error
"""
def standard_error(accuracy, count):
    return math.sqrt(accuracy * (1 - accuracy)) / count
