"""Adds the chances as if they could not meet.

breaks: 05-12-expected-classes
"""
def expected_classes(batch_size, classes):
    return classes * batch_size / classes
