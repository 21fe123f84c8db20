"""Forgets the root.

breaks: 08-12-standard-error
"""
def standard_error(accuracy, count):
    return accuracy * (1 - accuracy) / count
