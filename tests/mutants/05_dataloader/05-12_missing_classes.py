"""Returns the classes that are missing.

breaks: 05-12-expected-classes
"""
def expected_classes(batch_size, classes):
    return classes * (1 - 1 / classes) ** batch_size
