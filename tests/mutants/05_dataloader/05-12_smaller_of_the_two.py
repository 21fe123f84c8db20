"""Takes the smaller one of batch and classes.

breaks: 05-12-expected-classes
"""
def expected_classes(batch_size, classes):
    return min(batch_size, classes)
