"""Subtracts the expected number of equal pairs: right for two samples.

breaks: 05-12-expected-classes
hidden: yes
"""
def expected_classes(batch_size, classes):
    return batch_size - batch_size * (batch_size - 1) / 2 / classes
