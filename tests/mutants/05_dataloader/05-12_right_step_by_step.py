"""Adds one sample after the other.

right: 05-12-expected-classes
"""
def expected_classes(batch_size, classes):
    seen = 0.0
    for _ in range(batch_size):
        seen += (classes - seen) / classes
    return seen
