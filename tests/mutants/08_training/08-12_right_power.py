"""With a power.

right: 08-12-standard-error
"""
def standard_error(accuracy, count):
    return (accuracy * (1 - accuracy) / count) ** 0.5
