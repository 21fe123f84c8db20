"""Returns the chance of one class.

breaks: 05-12-expected-classes
"""
def expected_classes(batch_size, classes):
    return 1 - (1 - 1 / classes) ** batch_size
